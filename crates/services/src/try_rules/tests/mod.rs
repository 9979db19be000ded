//! Tests of the page that tries the rules.

mod pages;
mod rules;
