//! What a resource must be, and what can be asked of it: FHIRPath, profiles, terminology and tabular views.
//!
//! Invariant: pure. No HTTP, no SQL, no async, no clock: time is a parameter. Definitions and terminology are data that are
//! loaded; nothing of a country or a guide is written here. Every evaluation has a cost limit.

pub mod definitions;
pub mod path;
pub mod profile;
pub mod terminology;
pub mod view;
