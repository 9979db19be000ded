//! Profiles: whether a resource is what the StructureDefinitions it claims demand (R4 profiling, conformance-rules).
//!
//! The structure R4 itself demands (known elements, formats, cardinality) is checked by `varde-fhir` when a resource is read;
//! here is what only a definition can tell. A structure is a tree of elements (from its snapshot, or built from its
//! differential), and a resource is walked beside it.

mod binding;
mod children;
mod compare;
mod differential;
mod element;
mod invariant;
mod item;
mod nested;
mod place;
mod reference;
mod slicing;
pub(crate) mod structure;
mod validator;
mod values;

pub use validator::{Options, Validator};
