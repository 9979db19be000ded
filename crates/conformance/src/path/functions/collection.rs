//! Questions about collections, and combinations of them.

use super::lookup;
use crate::path::EvalError;
use crate::path::ast::Call;
use crate::path::equality::{contains, distinct};
use crate::path::evaluate::{Evaluated, Evaluator, Focus, truth};
use crate::path::value::{Collection, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::path) enum CollectionFunction {
    Empty,
    Exists,
    All,
    AllTrue,
    AnyTrue,
    AllFalse,
    AnyFalse,
    SubsetOf,
    SupersetOf,
    Count,
    Distinct,
    IsDistinct,
    Not,
    Union,
    Combine,
    Intersect,
    Exclude,
}

use CollectionFunction::*;

const TABLE: [(&str, CollectionFunction, usize, usize); 17] = [
    ("empty", Empty, 0, 0),
    ("exists", Exists, 0, 1),
    ("all", All, 1, 1),
    ("allTrue", AllTrue, 0, 0),
    ("anyTrue", AnyTrue, 0, 0),
    ("allFalse", AllFalse, 0, 0),
    ("anyFalse", AnyFalse, 0, 0),
    ("subsetOf", SubsetOf, 1, 1),
    ("supersetOf", SupersetOf, 1, 1),
    ("count", Count, 0, 0),
    ("distinct", Distinct, 0, 0),
    ("isDistinct", IsDistinct, 0, 0),
    ("not", Not, 0, 0),
    ("union", Union, 1, 1),
    ("combine", Combine, 1, 2),
    ("intersect", Intersect, 1, 1),
    ("exclude", Exclude, 1, 1),
];

pub(super) fn find(name: &str) -> Option<(CollectionFunction, usize, usize)> {
    lookup(&TABLE, name)
}

pub(super) fn call<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    function: CollectionFunction,
    call: &Call,
    input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let answer = match function {
        Empty => input.is_empty(),
        Exists => exists(evaluator, call, &input)?,
        All => all(evaluator, call, &input)?,
        AllTrue => truths(&input, "allTrue")?.iter().all(|t| *t),
        AnyTrue => truths(&input, "anyTrue")?.iter().any(|t| *t),
        AllFalse => truths(&input, "allFalse")?.iter().all(|t| !*t),
        AnyFalse => truths(&input, "anyFalse")?.iter().any(|t| !*t),
        Not => return Ok(truth(&input, "not")?.map(|t| Value::Boolean(!t)).into_iter().collect()),
        Count => return Ok(vec![Value::Integer(i64::try_from(input.len()).unwrap_or(i64::MAX))]),
        Distinct => return distinct(evaluator, input),
        IsDistinct => {
            let count = input.len();
            distinct(evaluator, input)?.len() == count
        }
        SubsetOf | SupersetOf | Union | Combine | Intersect | Exclude => {
            return with_other(evaluator, function, call, input, focus);
        }
    };
    Ok(vec![Value::Boolean(answer)])
}

fn exists<'a>(evaluator: &mut Evaluator<'_, 'a>, call: &Call, input: &[Value<'a>]) -> Evaluated<bool> {
    let Some(condition) = call.arguments.first() else { return Ok(!input.is_empty()) };
    for (index, item) in input.iter().enumerate() {
        if truth(&evaluator.each(condition, item, index)?, "exists")? == Some(true) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn all<'a>(evaluator: &mut Evaluator<'_, 'a>, call: &Call, input: &[Value<'a>]) -> Evaluated<bool> {
    let Some(condition) = call.arguments.first() else { return Ok(true) };
    for (index, item) in input.iter().enumerate() {
        if truth(&evaluator.each(condition, item, index)?, "all")? != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn truths(input: &[Value<'_>], what: &'static str) -> Evaluated<Vec<bool>> {
    input.iter().map(|v| v.boolean().ok_or(EvalError::Type(what))).collect()
}

fn with_other<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    function: CollectionFunction,
    call: &Call,
    mut input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let mut other = match call.arguments.first() {
        Some(argument) => evaluator.argument(argument, focus)?,
        None => Vec::new(),
    };
    match function {
        SubsetOf => Ok(vec![Value::Boolean(subset(evaluator, &input, &other)?)]),
        SupersetOf => Ok(vec![Value::Boolean(subset(evaluator, &other, &input)?)]),
        Union => {
            input.append(&mut other);
            distinct(evaluator, input)
        }
        Combine => {
            input.append(&mut other);
            Ok(input)
        }
        Intersect => {
            let mut out = Vec::new();
            for value in input {
                if contains(evaluator, &other, &value)? && !contains(evaluator, &out, &value)? {
                    out.push(value);
                }
            }
            Ok(out)
        }
        _ => {
            let mut out = Vec::new();
            for value in input {
                if !contains(evaluator, &other, &value)? {
                    out.push(value);
                }
            }
            Ok(out)
        }
    }
}

fn subset<'a>(evaluator: &mut Evaluator<'_, 'a>, small: &[Value<'a>], large: &[Value<'a>]) -> Evaluated<bool> {
    for value in small {
        if !contains(evaluator, large, value)? {
            return Ok(false);
        }
    }
    Ok(true)
}
