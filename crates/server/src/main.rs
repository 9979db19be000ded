//! The one binary that serves a country.

#[cfg(test)]
mod fhir;

fn main() {}
