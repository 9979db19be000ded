//! Who may see and do what: pure decisions over a rule book that a lawyer can read.
//!
//! Invariant: no I/O, no clock, no async. The same facts always give the same decision, every decision names the rule that made
//! it, and no rule means no. Facts are gathered by the `store` room; nothing else may decide.

mod age;
mod book;
mod check;
mod condition;
mod decision;
mod detect;
mod explain;
mod facts;
mod filter;
mod labels;
mod parameters;
mod relation;
mod release;
mod service;
mod texts;

pub use age::{AgeBand, age_in_years};
pub use book::{BookError, Rule, RuleBook};
pub use check::{Difference, Finding};
pub use condition::Condition;
pub use decision::{Decision, Outcome, RuleId};
pub use detect::{Habits, LookUp, Reason, Scored, Ties, Weights, detect, score};
pub use explain::{Check, Explanation, Step};
pub use facts::{Asker, Audience, Facts, Opening, Subject};
pub use filter::{Filter, Judgement};
pub use labels::{Item, ItemLabel, Labels, label, may_be, of_message};
pub use parameters::{AddressCheck, Ages, ConsentLevel, DatedParameter, ParameterBook, ParameterError, Parameters};
pub use relation::{Areas, FamilyFacts, Relation, Standing};
pub use release::{Release, ReleaseKind};
pub use service::{Action, Service, ServiceSet};
pub use texts::{example, sentence};
