//! The functions, in groups.

mod boundary;
mod collection;
mod convert;
mod fhir;
mod filter;
mod math;
mod string;
mod string_code;

use super::EvalError;
use super::ast::Call;
use super::evaluate::{Evaluated, Evaluator, Focus};
use super::value::Collection;

pub(super) use collection::CollectionFunction;
pub(super) use convert::ConvertFunction;
pub(super) use fhir::FhirFunction;
pub(super) use filter::FilterFunction;
pub(super) use math::MathFunction;
pub(super) use string::StringFunction;

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Collection(CollectionFunction),
    Filter(FilterFunction),
    Convert(ConvertFunction),
    String(StringFunction),
    Math(MathFunction),
    Fhir(FhirFunction),
}

/// How many arguments a function takes, and whether its only one is the name of a type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arguments {
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) type_name: bool,
}

impl Function {
    /// The function of a name.
    pub(super) fn named(name: &str) -> Option<(Self, Arguments)> {
        let type_name = matches!(name, "is" | "as" | "ofType" | "getReferenceKey");
        let found = |least, most, function| (function, Arguments { least, most, type_name });
        collection::find(name)
            .map(|(f, least, most)| found(least, most, Self::Collection(f)))
            .or_else(|| filter::find(name).map(|(f, least, most)| found(least, most, Self::Filter(f))))
            .or_else(|| convert::find(name).map(|(f, least, most)| found(least, most, Self::Convert(f))))
            .or_else(|| string::find(name).map(|(f, least, most)| found(least, most, Self::String(f))))
            .or_else(|| math::find(name).map(|(f, least, most)| found(least, most, Self::Math(f))))
            .or_else(|| fhir::find(name).map(|(f, least, most)| found(least, most, Self::Fhir(f))))
    }

    /// True when the first argument is a regular expression.
    pub(super) fn takes_pattern(self) -> bool {
        use StringFunction::{Matches, MatchesFull, ReplaceMatches};
        matches!(self, Self::String(Matches | MatchesFull | ReplaceMatches))
    }

    /// True when the regular expression must match the whole text.
    pub(super) fn is_whole_match(self) -> bool {
        self == Self::String(StringFunction::MatchesFull)
    }
}

/// Looks a name up in the table of a group.
fn lookup<F: Copy>(table: &[(&str, F, usize, usize)], name: &str) -> Option<(F, usize, usize)> {
    table.iter().find(|(n, ..)| *n == name).map(|(_, function, least, most)| (*function, *least, *most))
}

pub(super) fn call<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    call: &Call,
    input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    match call.function {
        Function::Collection(function) => collection::call(evaluator, function, call, input, focus),
        Function::Filter(function) => filter::call(evaluator, function, call, input, focus),
        Function::Convert(function) => convert::call(evaluator, function, call, input, focus),
        Function::String(function) => string::call(evaluator, function, call, input, focus),
        Function::Math(function) => math::call(evaluator, function, call, input, focus),
        Function::Fhir(function) => fhir::call(evaluator, function, call, input, focus),
    }
}

/// The error of an argument that must be there.
fn missing<T>(value: Option<T>, what: &'static str) -> Evaluated<T> {
    value.ok_or(EvalError::Type(what))
}
