//! The conformance suites of HL7, and what they need to be read.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test reports by panicking"
)]

mod constraints;
mod fhir_xml;
mod fhirpath;
mod path;
mod path_limits;
mod profiles;
mod shared;
mod view_writers;
mod views;
mod xml;
