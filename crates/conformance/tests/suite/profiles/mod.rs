//! Profiles and terminology: small profiles of our own for each kind of rule, and real data that others wrote.

mod examples;
mod files;
mod hostile;
mod ledger;
mod rules;
mod within;
