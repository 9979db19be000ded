//! Tests of the page at the counter.

mod pages;
mod rules;
mod staff;
