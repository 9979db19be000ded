//! Filtering, projection and navigation, and what steers evaluation.

use std::cmp::Ordering;

use super::{lookup, missing};
use crate::path::EvalError;
use crate::path::ast::{Call, Expr};
use crate::path::equality::contains;
use crate::path::evaluate::{Evaluated, Evaluator, Focus, single, truth};
use crate::path::moment::Moment;
use crate::path::value::{Collection, Value};
use crate::path::{navigate, operators};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::path) enum FilterFunction {
    Where,
    Select,
    Repeat,
    RepeatAll,
    OfType,
    Single,
    First,
    Last,
    Tail,
    Skip,
    Take,
    Sort,
    Aggregate,
    Coalesce,
    Iif,
    Trace,
    DefineVariable,
    Children,
    Descendants,
    Is,
    As,
    Type,
    Now,
    Today,
    TimeOfDay,
}

use FilterFunction::*;

const TABLE: [(&str, FilterFunction, usize, usize); 25] = [
    ("where", Where, 1, 1),
    ("select", Select, 1, 1),
    ("repeat", Repeat, 1, 1),
    ("repeatAll", RepeatAll, 1, 1),
    ("ofType", OfType, 1, 1),
    ("single", Single, 0, 0),
    ("first", First, 0, 0),
    ("last", Last, 0, 0),
    ("tail", Tail, 0, 0),
    ("skip", Skip, 1, 1),
    ("take", Take, 1, 1),
    ("sort", Sort, 0, 10),
    ("aggregate", Aggregate, 1, 2),
    ("coalesce", Coalesce, 1, 10),
    ("iif", Iif, 2, 3),
    ("trace", Trace, 1, 2),
    ("defineVariable", DefineVariable, 1, 2),
    ("children", Children, 0, 0),
    ("descendants", Descendants, 0, 0),
    ("is", Is, 1, 1),
    ("as", As, 1, 1),
    ("type", Type, 0, 0),
    ("now", Now, 0, 0),
    ("today", Today, 0, 0),
    ("timeOfDay", TimeOfDay, 0, 0),
];

pub(super) fn find(name: &str) -> Option<(FilterFunction, usize, usize)> {
    lookup(&TABLE, name)
}

pub(super) fn call<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    function: FilterFunction,
    call: &Call,
    mut input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    match function {
        Where => filter(evaluator, call, input),
        Select => project(evaluator, call, &input),
        Repeat => repeat(evaluator, call, input, true),
        RepeatAll => repeat(evaluator, call, input, false),
        OfType => match &call.type_name {
            Some(type_name) => Ok(input.into_iter().filter(|v| v.is_exactly(type_name)).collect()),
            None => Ok(Vec::new()),
        },
        Single => Ok(single(input, "single")?.into_iter().collect()),
        First => {
            input.truncate(1);
            Ok(input)
        }
        Last => Ok(input.pop().into_iter().collect()),
        Tail => Ok(input.into_iter().skip(1).collect()),
        Skip | Take => {
            let count = missing(evaluator.integer(call, 0, focus, "skip and take")?, "skip and take")?;
            let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
            if function == Skip {
                Ok(input.into_iter().skip(count).collect())
            } else {
                input.truncate(count);
                Ok(input)
            }
        }
        Sort => sort(evaluator, call, input),
        Aggregate => aggregate(evaluator, call, &input, focus),
        Coalesce => coalesce(evaluator, call, focus),
        Iif => iif(evaluator, call, input, focus),
        Trace => {
            // Nobody listens, but a mistake in what is traced is one.
            for (index, item) in input.iter().enumerate() {
                if let Some(projection) = call.arguments.get(1) {
                    evaluator.each(projection, item, index)?;
                }
            }
            Ok(input)
        }
        DefineVariable => define(evaluator, call, input, focus),
        Children | Descendants => below(evaluator, &input, function == Descendants),
        Is => {
            let value = single(input, "is")?;
            Ok(value.zip(call.type_name.as_ref()).map(|(v, t)| Value::Boolean(v.is_of(t))).into_iter().collect())
        }
        As => {
            let value = single(input, "as")?;
            Ok(value.filter(|v| call.type_name.as_ref().is_some_and(|t| v.is_exactly(t))).into_iter().collect())
        }
        Type => Ok(input.iter().map(|v| Value::Type(v.type_info())).collect()),
        Now | Today | TimeOfDay => {
            let now = evaluator.context.now.ok_or(EvalError::NoTime)?;
            let now = Moment::now(now.unix_micros, now.offset_minutes);
            Ok(vec![Value::Moment(match function {
                Now => now,
                Today => now.day(),
                _ => now.time_of_day(),
            })])
        }
    }
}

/// The first argument that is not empty.
fn coalesce<'a>(evaluator: &mut Evaluator<'_, 'a>, call: &Call, focus: Focus<'_, 'a>) -> Evaluated<Collection<'a>> {
    for argument in &call.arguments {
        let found = evaluator.argument(argument, focus)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

fn filter<'a>(evaluator: &mut Evaluator<'_, 'a>, call: &Call, input: Collection<'a>) -> Evaluated<Collection<'a>> {
    let Some(condition) = call.arguments.first() else { return Ok(input) };
    let mut out = Vec::new();
    for (index, item) in input.into_iter().enumerate() {
        if truth(&evaluator.each(condition, &item, index)?, "where")? == Some(true) {
            out.push(item);
        }
    }
    Ok(out)
}

fn project<'a>(evaluator: &mut Evaluator<'_, 'a>, call: &Call, input: &[Value<'a>]) -> Evaluated<Collection<'a>> {
    let Some(projection) = call.arguments.first() else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for (index, item) in input.iter().enumerate() {
        out.append(&mut evaluator.each(projection, item, index)?);
        evaluator.step(out.len() / 64)?;
    }
    Ok(out)
}

/// The projection of the input, of that, and so on; each value once when `once` is set.
fn repeat<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    call: &Call,
    input: Collection<'a>,
    once: bool,
) -> Evaluated<Collection<'a>> {
    let Some(projection) = call.arguments.first() else { return Ok(Vec::new()) };
    let mut out: Collection<'a> = Vec::new();
    let mut queue = input;
    while !queue.is_empty() {
        let mut next = Vec::new();
        for (index, item) in queue.iter().enumerate() {
            for found in evaluator.each(projection, item, index)? {
                evaluator.step(1)?;
                if !once || !contains(evaluator, &out, &found)? {
                    out.push(found.clone());
                    next.push(found);
                }
            }
        }
        queue = next;
    }
    Ok(out)
}

/// Sorts by keys; a minus before a key turns its order around. What is missing comes first.
fn sort<'a>(evaluator: &mut Evaluator<'_, 'a>, call: &Call, input: Collection<'a>) -> Evaluated<Collection<'a>> {
    let mut keyed: Vec<(Vec<Option<Value<'a>>>, Value<'a>)> = Vec::with_capacity(input.len());
    let keys: Vec<(&Expr, bool)> = match call.arguments.as_slice() {
        [] => vec![(&Expr::This, false)],
        some => {
            some.iter().map(|e| if let Expr::Negative(inner) = e { (&**inner, true) } else { (e, false) }).collect()
        }
    };
    for (index, item) in input.into_iter().enumerate() {
        let mut values = Vec::with_capacity(keys.len());
        for (key, _) in &keys {
            values.push(single(evaluator.each(key, &item, index)?, "sort")?);
        }
        keyed.push((values, item));
    }
    evaluator.step(keyed.len().saturating_mul(keys.len()).saturating_mul(16))?;
    let sorted = merge_sort(keyed, &|(left, _), (right, _)| {
        for ((left, right), (_, descending)) in left.iter().zip(right).zip(&keys) {
            let ordering = match (left, right) {
                (Some(left), Some(right)) => operators::order(left, right)?.unwrap_or(Ordering::Equal),
                // Missing comes first in both directions (HL7's suite, testSort10).
                (Some(_), None) => return Ok(Ordering::Greater),
                (None, Some(_)) => return Ok(Ordering::Less),
                (None, None) => Ordering::Equal,
            };
            if ordering != Ordering::Equal {
                return Ok(if *descending { ordering.reverse() } else { ordering });
            }
        }
        Ok(Ordering::Equal)
    })?;
    Ok(sorted.into_iter().map(|(_, item)| item).collect())
}

/// Our own, since the order of dates of unequal precision is not total, and the one of the standard library may panic then.
fn merge_sort<T>(mut left: Vec<T>, compare: &impl Fn(&T, &T) -> Evaluated<Ordering>) -> Evaluated<Vec<T>> {
    if left.len() < 2 {
        return Ok(left);
    }
    let right = left.split_off(left.len() / 2);
    let mut out = Vec::with_capacity(left.len() + right.len());
    let mut left = merge_sort(left, compare)?.into_iter().peekable();
    let mut right = merge_sort(right, compare)?.into_iter().peekable();
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if compare(a, b)?.is_le() { left.next() } else { right.next() };
        out.extend(next);
    }
    out.extend(left);
    out.extend(right);
    Ok(out)
}

fn aggregate<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    call: &Call,
    input: &[Value<'a>],
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let Some(aggregator) = call.arguments.first() else { return Ok(Vec::new()) };
    let start = match call.arguments.get(1) {
        Some(start) => evaluator.argument(start, focus)?,
        None => Vec::new(),
    };
    let outer = std::mem::replace(&mut evaluator.total, start);
    for (index, item) in input.iter().enumerate() {
        let total = evaluator.each(aggregator, item, index)?;
        evaluator.step(total.len())?;
        evaluator.total = total;
    }
    Ok(std::mem::replace(&mut evaluator.total, outer))
}

/// Only the branch that is taken is evaluated. The condition must be a truth value (HL7's suite, testIif6).
fn iif<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    call: &Call,
    input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let this = single(input, "iif")?;
    let focus = Focus { this: this.as_ref(), index: focus.index };
    let Some(condition) = call.arguments.first() else { return Ok(Vec::new()) };
    let condition = match single(evaluator.argument(condition, focus)?, "the condition of iif")? {
        Some(value) => value.boolean().ok_or(EvalError::Type("the condition of iif"))?,
        None => false,
    };
    match call.arguments.get(if condition { 1 } else { 2 }) {
        Some(branch) => evaluator.argument(branch, focus),
        None => Ok(Vec::new()),
    }
}

fn define<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    call: &Call,
    input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let name = missing(evaluator.text(call, 0, focus, "defineVariable")?, "defineVariable")?.into_owned();
    let value = match (call.arguments.get(1), input.as_slice()) {
        (None, _) => input.clone(),
        (Some(value), [one]) => evaluator.each(value, one, 0)?,
        (Some(value), _) => evaluator.argument(value, focus)?,
    };
    evaluator.define(name, value)?;
    Ok(input)
}

fn below<'a>(evaluator: &mut Evaluator<'_, 'a>, input: &[Value<'a>], all: bool) -> Evaluated<Collection<'a>> {
    let mut out = Vec::new();
    for value in input {
        if let Value::Element(element) = value {
            navigate::children(element, &mut out);
        }
    }
    evaluator.step(out.len())?;
    if !all {
        return Ok(out);
    }
    let mut at = 0;
    while let Some(value) = out.get(at) {
        if let Value::Element(element) = value {
            let element = *element;
            let before = out.len();
            navigate::children(&element, &mut out);
            evaluator.step(out.len() - before)?;
        }
        at += 1;
    }
    Ok(out)
}
