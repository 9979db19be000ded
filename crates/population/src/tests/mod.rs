//! Tests of the country as a whole.

mod cast;
mod country;
mod fhir;
