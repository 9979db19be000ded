//! Tests of the crate as others see it, in one binary.

mod examples;
mod extract;
mod json;
mod patient;
mod prepare;
mod search;
mod shared;
mod validate;
