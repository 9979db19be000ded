//! Who may see and do what: pure decisions over a rule book that a lawyer can read.
//!
//! Invariant: no I/O, no clock, no async. The same facts always give the same decision, every decision names the rule that made
//! it, and no rule means no. Facts are gathered by the `store` room; nothing else may decide.

mod age;
mod book;
mod decision;
mod labels;
mod relation;
mod service;
mod texts;

pub use age::{AgeBand, age_in_years};
pub use book::{BookError, Rule, RuleBook};
pub use decision::{Decision, Facts, Filter, Outcome, RuleId};
pub use labels::{ItemLabel, Labels, label};
pub use relation::{FamilyFacts, Relation};
pub use service::{Action, Service, ServiceSet};
pub use texts::sentence;
