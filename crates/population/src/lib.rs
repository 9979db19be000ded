//! The synthetic country: citizens in families, their doctors, hospitals and municipalities, and three years of care, as FHIR
//! R4 resources. Nobody in it is real.
//!
//! A [`Plan`] (size, seed, day) decides everything; [`Country::generate`] gives groups of resources in an order in which every
//! reference points backwards, so that a server can take them as they come. [`Country::people`] names the few people who are
//! always there and the story each is good for.
//!
//! ```
//! use varde_population::{Country, Plan};
//!
//! let plan = Plan { size: 60, seed: 1, today: jiff::civil::date(2026, 3, 2) };
//! let country = Country::generate(&plan);
//! assert!(country.people().iter().any(|person| person.name == "Ingrid Haugen"));
//! assert_eq!(country.flat_map(|group| group.resources).filter(|r| r.resource_type() == "Patient").count(), 60);
//! ```
//!
//! Invariants: no clock, no machine's randomness, no I/O but the writer it is handed; national ids are of the synthetic kind
//! (month + 80), mail goes to `example.test`, and no phone number can be dialled.

mod analyses;
mod calendar;
mod care;
mod cast;
mod catalogue;
mod costs;
mod country;
mod critical;
mod dice;
mod examinations;
mod families;
mod names;
mod numbers;
mod people;
mod places;
mod providers;
mod resources;
mod systems;
#[cfg(test)]
mod tests;

pub use calendar::{HISTORY_DAYS, HORIZON_DAYS, SLOT_MINUTES, SLOTS_A_DAY, easter, is_public_holiday, is_working_day};
pub use cast::Person;
pub use country::{Country, Group, MAX_CITIZENS, MAX_GROUP_RESOURCES, MIN_CITIZENS, Plan, ndjson};
pub use resources::Resource;
pub use systems::{
    ADDRESS_PROTECTION_SYSTEM, PROXY_AREA_SYSTEM, RELATION_SYSTEM, REPRESENTATION_ROLE_OID, REPRESENTATION_ROLE_SYSTEM,
};
