//! What every room may know: ids, the national identity number, clock, randomness, actor, language and error categories.
//!
//! Invariant: no I/O except the two leaf implementations a program starts with ([`SystemClock`], [`SystemRandom`]); no HTTP,
//! no SQL, no FHIR, no rule. Everything else in the workspace may depend on this crate; it depends on no other of ours.

mod actor;
mod category;
mod clock;
mod id;
mod language;
mod national_id;
mod random;

pub use actor::{Actor, AssuranceLevel, CareBasis, CitizenActor, PersonnelActor, Purpose, SystemActor, SystemRole};
pub use category::Category;
pub use clock::{Clock, ManualClock, SystemClock, date_in_norway, norway};
pub use id::{InvalidId, PatientId, ResourceId};
pub use language::Language;
pub use national_id::{InvalidNationalId, NATIONAL_ID_SYSTEM, NationalId, NationalIdKind};
pub use random::{Random, SeededRandom, SystemRandom, token_base64url};
