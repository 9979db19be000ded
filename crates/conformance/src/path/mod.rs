//! FHIRPath 2.0 with the additions of FHIR R4: expressions over resources, evaluated without clock, network or threads.
//!
//! An expression is parsed once and evaluated many times. What an evaluation may cost is limited in steps, so that no
//! expression and no resource can hold up a request. See `docs/decisions/0005-fhirpath.md` for why this is our own.
//! ```
//! use varde_conformance::path::{Context, Expression};
//! use varde_fhir::json::{Limits, parse};
//!
//! let patient = br#"{"resourceType":"Patient","name":[{"use":"official","family":"Nordmann"}]}"#;
//! let patient = parse(patient, &Limits::default()).unwrap();
//! let official = Expression::parse("name.where(use = 'official').family = 'Nordmann'").unwrap();
//! assert_eq!(official.is_true(&Context::of_resource(&patient)), Ok(Some(true)));
//! ```

mod ast;
mod calendar;
mod check;
mod context;
mod equality;
mod evaluate;
mod functions;
mod lexer;
mod moment;
mod navigate;
mod number;
mod operators;
mod parser;
mod patch;
mod quantity;
mod text;
mod value;

use std::cell::Cell;

pub use check::CheckError;
pub use context::{Code, Conforms, Context, Now, Resolve, Terms};
pub use moment::{Moment, MomentKind};
pub use patch::{FhirPatch, FhirPatchError, FhirPatchErrorKind};
pub use quantity::{Calendar, Quantity, Unit};
pub use value::{Collection, Element, TypeInfo, Value};

use ast::Expr;

/// An expression that has been read.
#[derive(Debug, Clone)]
pub struct Expression {
    root: Expr,
}

/// What is wrong with the text of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// Longer than 20,000 bytes.
    #[error("the expression is too long")]
    TooLong,
    /// More than 128 levels, or 40 open brackets.
    #[error("the expression is nested too deeply")]
    TooDeep,
    /// A character that begins no word.
    #[error("unexpected character")]
    Character,
    /// A word that cannot stand here.
    #[error("unexpected word")]
    Unexpected,
    /// A comment without end.
    #[error("the comment does not end")]
    Comment,
    /// Text or name without the quote at its end.
    #[error("the closing quote is missing")]
    Unclosed,
    /// An escape that is none.
    #[error("unknown escape")]
    Escape,
    /// A number that is none or too large.
    #[error("not a number, or too large")]
    Number,
    /// A date or time that is none.
    #[error("not a date or time")]
    Moment,
    /// A function that is not known.
    #[error("unknown function")]
    Function,
    /// Too few or too many arguments.
    #[error("wrong number of arguments")]
    Arguments,
    /// A type that is not known.
    #[error("unknown type")]
    Type,
    /// A regular expression that is none, or too large.
    #[error("not a regular expression, or one too large")]
    Pattern,
}

/// Why a text is no expression, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (at byte {position})")]
pub struct ParseError {
    /// What.
    pub kind: ParseErrorKind,
    /// Byte from the start.
    pub position: usize,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// The limit on its cost is reached.
    #[error("the evaluation costs more than it may")]
    TooExpensive,
    /// More than one value where one is expected.
    #[error("{0} expects a single value")]
    NotSingle(&'static str),
    /// A value of a type that the function or operator cannot take.
    #[error("{0} cannot take a value of this type")]
    Type(&'static str),
    /// A variable that is not set.
    #[error("there is no variable %{0}")]
    Variable(String),
    /// A variable that is set already.
    #[error("the variable %{0} is set already")]
    VariableTwice(String),
    /// A regular expression that is none, or too large.
    #[error("not a regular expression, or one too large")]
    Pattern,
    /// No time was given to [`Context::at_time`].
    #[error("there is no time to evaluate the expression at")]
    NoTime,
    /// A profile nobody knows.
    #[error("the profile is not known: {0}")]
    Profile(String),
    /// A name that is not one of those the function knows.
    #[error("{0} does not know this name")]
    Unknown(&'static str),
}

impl Expression {
    /// Reads an expression. It may have 20,000 bytes, 128 levels and 40 brackets that are open at a time.
    ///
    /// # Errors
    /// The first thing that is wrong, with its position.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parser::parse(text).map(|root| Self { root })
    }

    /// Checks an expression against a type without evaluating it: names of elements that cannot be there, functions on values
    /// they cannot take (FHIRPath 2.0, "Type Safety and Strict Evaluation").
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, type_name: &str) -> Result<(), CheckError> {
        check::check(&self.root, type_name)
    }

    /// Evaluates the expression. The same input always gives the same result.
    ///
    /// # Errors
    /// As [`EvalError`] tells.
    pub fn evaluate<'a>(&self, context: &Context<'a>) -> Result<Collection<'a>, EvalError> {
        evaluate::evaluate(&self.root, context).0
    }

    /// Evaluates the expression and takes the result as a truth value, as invariants do: nothing is `None`, and a single value
    /// that is no truth value is true (FHIRPath 2.0, "Singleton Evaluation of Collections").
    ///
    /// # Errors
    /// As [`EvalError`] tells, more than one value included.
    pub fn is_true(&self, context: &Context<'_>) -> Result<Option<bool>, EvalError> {
        evaluate::truth(&self.evaluate(context)?, "a condition")
    }

    /// As [`Expression::is_true`], out of a budget that several evaluations share: what it costs is taken from `left`, and all of it when it
    /// costs too much.
    ///
    /// # Errors
    /// As [`Expression::is_true`].
    pub fn is_true_within(&self, context: Context<'_>, left: &Cell<u64>) -> Result<Option<bool>, EvalError> {
        let steps = left.get();
        let context = context.limited_to(steps);
        let (value, rest) = evaluate::evaluate(&self.root, &context);
        let spent = if matches!(value, Err(EvalError::TooExpensive)) { steps } else { steps - rest };
        // Evaluations within this one have taken theirs already.
        left.set(left.get().saturating_sub(spent));
        evaluate::truth(&value?, "a condition")
    }
}
