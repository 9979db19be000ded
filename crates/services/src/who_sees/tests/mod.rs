//! Tests of who sees what.

mod pages;
