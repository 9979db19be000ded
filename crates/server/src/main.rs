//! The one binary that serves a country.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod fhir;
#[cfg(test)]
mod import;

fn main() {}
