//! Profiles and terminology against real data that others wrote: HL7's examples, Norwegian guides, IPS, forms.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a test may stop, index and print")]

mod examples;
mod ledger;
mod rules;
mod shared;
