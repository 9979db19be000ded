//! FHIR R4 (4.0.1) as validated JSON: reading, structure validation, index entries, search queries, typed views.
//!
//! Invariant: pure. No HTTP, no SQL, no async, no clock. Resources stay the bytes they were: decimals keep their digits. What
//! R4 defines is in generated tables (`generate/generate.py`), not in code, so no type of FHIR is compiled.
//!
//! A walk-through, from bytes to what the store needs:
//! ```
//! use varde_fhir::{Parsed, Prepared, ReferenceMap, compartment_patient, index, json::Limits};
//!
//! let body = br#"{"resourceType":"Observation","status":"final","code":{"text":"weight"},
//!     "subject":{"reference":"Patient/kari"},"valueQuantity":{"value":64.50,"unit":"kg"}}"#;
//! let mut parsed = Parsed::parse(body, &Limits::default()).unwrap();
//! let id = "weight-1".parse().unwrap();
//! parsed.set_id(&id);
//! parsed.rewrite_references(&ReferenceMap::new());
//! assert_eq!(compartment_patient(&parsed).unwrap().as_str(), "kari");
//! assert!(!index::extract(&parsed).entries.is_empty());
//! let stored = Prepared::new(&parsed, &id, &ReferenceMap::new()).render(1, "2026-01-01T00:00:00Z".parse().unwrap());
//! assert!(String::from_utf8(stored).unwrap().contains("64.50"));
//! ```

mod bundle;
pub mod capability;
mod compartment;
mod composite;
mod definition;
#[rustfmt::skip]
mod generated;
pub mod index;
mod issue;
pub mod json;
pub mod params;
mod parsed;
mod prepared;
mod primitive;
mod references;
mod resource_type;
pub mod search;
mod subset;
mod type_ref;
pub mod ucum;
mod validate;
pub mod view;

pub use bundle::{BundleKind, BundleWriter, EntryResponse, SearchMode};
pub use compartment::{compartment_patient, patient_types};
pub use issue::{Issue, IssueCode, Severity, operation_outcome};
pub use json::Limits;
pub use parsed::{BundleEntry, BundleRequest, Parsed};
pub use prepared::Prepared;
pub use references::{FoundReference, LocalReference, ReferenceMap, references};
pub use resource_type::{ResourceType, UnknownResourceType};
pub use subset::Subset;
pub use type_ref::{ElementRef, TypeRef};
