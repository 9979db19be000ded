//! The one binary that serves a country.
fn main() {}
