//! Text (FHIRPath 2.0, "String Manipulation").

use std::borrow::Cow;

use regex::Regex;

use super::{lookup, string_code};
use crate::path::EvalError;
use crate::path::ast::Call;
use crate::path::evaluate::{Evaluated, Evaluator, Focus, MAX_TEXT, single};
use crate::path::value::{Collection, Element, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::path) enum StringFunction {
    IndexOf,
    LastIndexOf,
    Substring,
    StartsWith,
    EndsWith,
    Contains,
    Upper,
    Lower,
    Replace,
    Matches,
    MatchesFull,
    ReplaceMatches,
    Length,
    ToChars,
    Encode,
    Decode,
    Escape,
    Unescape,
    Trim,
    Split,
    Join,
}

use StringFunction::*;

const TABLE: [(&str, StringFunction, usize, usize); 21] = [
    ("indexOf", IndexOf, 1, 1),
    ("lastIndexOf", LastIndexOf, 1, 1),
    ("substring", Substring, 1, 2),
    ("startsWith", StartsWith, 1, 1),
    ("endsWith", EndsWith, 1, 1),
    ("contains", Contains, 1, 1),
    ("upper", Upper, 0, 0),
    ("lower", Lower, 0, 0),
    ("replace", Replace, 2, 2),
    ("matches", Matches, 1, 2),
    ("matchesFull", MatchesFull, 1, 2),
    ("replaceMatches", ReplaceMatches, 2, 3),
    ("length", Length, 0, 0),
    ("toChars", ToChars, 0, 0),
    ("encode", Encode, 1, 1),
    ("decode", Decode, 1, 1),
    ("escape", Escape, 1, 1),
    ("unescape", Unescape, 1, 1),
    ("trim", Trim, 0, 0),
    ("split", Split, 1, 1),
    ("join", Join, 0, 1),
];

pub(super) fn find(name: &str) -> Option<(StringFunction, usize, usize)> {
    lookup(&TABLE, name)
}

const WHAT: &str = "a function of text";

pub(super) fn call<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    function: StringFunction,
    call: &Call,
    input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    if function == Join {
        return join(evaluator, call, &input, focus);
    }
    let Some(text) = text_of(input)? else { return Ok(Vec::new()) };
    evaluator.step(text.len() / 16)?;
    match function {
        Upper => return Ok(vec![evaluator.made(text.to_uppercase())?]),
        Lower => return Ok(vec![evaluator.made(text.to_lowercase())?]),
        Trim => return Ok(vec![evaluator.made(text.trim().to_owned())?]),
        Length => return Ok(vec![count(text.chars().count())]),
        ToChars => {
            evaluator.step(text.len())?;
            return Ok(text.chars().map(|c| Value::String(c.to_string().into())).collect());
        }
        Substring => return substring(evaluator, call, &text, focus),
        Matches | MatchesFull | ReplaceMatches => return patterns(evaluator, function, call, &text, focus),
        _ => {}
    }
    let Some(argument) = evaluator.text(call, 0, focus, WHAT)? else { return Ok(Vec::new()) };
    Ok(vec![match function {
        IndexOf => index(&text, text.find(&*argument)),
        LastIndexOf => index(&text, text.rfind(&*argument)),
        StartsWith => Value::Boolean(text.starts_with(&*argument)),
        EndsWith => Value::Boolean(text.ends_with(&*argument)),
        Contains => Value::Boolean(text.contains(&*argument)),
        Split => {
            let parts: Collection<'a> = match &*argument {
                "" => text.chars().map(|c| Value::String(c.to_string().into())).collect(),
                separator => text.split(separator).map(|p| Value::String(p.to_owned().into())).collect(),
            };
            return Ok(parts);
        }
        Replace => {
            let Some(by) = evaluator.text(call, 1, focus, WHAT)? else { return Ok(Vec::new()) };
            let found = text.matches(&*argument).count();
            if found.saturating_mul(by.len()).saturating_add(text.len()) > MAX_TEXT {
                return Err(EvalError::TooExpensive);
            }
            evaluator.made(text.replace(&*argument, &by))?
        }
        _ => {
            let coded = string_code::code(function, &text, &argument)?;
            let Some(coded) = coded else { return Ok(Vec::new()) };
            evaluator.made(coded)?
        }
    }])
}

/// The text a function is called on. Primitive elements have a text whatever their type: `birthDate.substring(0, 4)`.
fn text_of(input: Collection<'_>) -> Evaluated<Option<Cow<'_, str>>> {
    let Some(value) = single(input, WHAT)? else { return Ok(None) };
    let text = match &value {
        Value::Element(element) if is_primitive(element) => return Ok(value.to_text()),
        other => other.text(),
    };
    text.map(Some).ok_or(EvalError::Type(WHAT))
}

fn is_primitive(element: &Element<'_>) -> bool {
    element.type_ref().is_some_and(|t| t.is_primitive())
}

fn count<'a>(count: usize) -> Value<'a> {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A byte offset as a count of characters; -1 for none.
fn index<'a>(text: &str, at: Option<usize>) -> Value<'a> {
    match at.and_then(|at| text.get(..at)) {
        Some(before) => count(before.chars().count()),
        None => Value::Integer(-1),
    }
}

fn substring<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    call: &Call,
    text: &str,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let Some(start) = evaluator.integer(call, 0, focus, WHAT)? else { return Ok(Vec::new()) };
    let length = evaluator.integer(call, 1, focus, WHAT)?;
    let Some(start) = usize::try_from(start).ok().filter(|s| *s < text.chars().count()) else { return Ok(Vec::new()) };
    let length = length.map_or(usize::MAX, |l| usize::try_from(l).unwrap_or(0));
    Ok(vec![evaluator.made(text.chars().skip(start).take(length).collect::<String>())?])
}

fn patterns<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    function: StringFunction,
    call: &Call,
    text: &str,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let made: Regex;
    let pattern = match &call.pattern {
        Some(pattern) => pattern,
        None => {
            let Some(pattern) = evaluator.text(call, 0, focus, WHAT)? else { return Ok(Vec::new()) };
            // To compile a pattern costs far more than to use it.
            evaluator.step(1_000 + pattern.len() * 10)?;
            made = crate::path::text::regex(&pattern, call.function).ok_or(EvalError::Pattern)?;
            &made
        }
    };
    if function != ReplaceMatches {
        return Ok(vec![Value::Boolean(pattern.is_match(text))]);
    }
    let Some(by) = evaluator.text(call, 1, focus, WHAT)? else { return Ok(Vec::new()) };
    // An empty pattern is found nowhere (HL7's suite, testReplaceMatches2).
    if pattern.as_str().is_empty() {
        return Ok(vec![Value::String(text.to_owned().into())]);
    }
    let mut out = String::new();
    let mut at = 0;
    for found in pattern.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(text.get(at..whole.start()).unwrap_or_default());
        at = whole.end();
        evaluator.step(1 + by.len() / 16)?;
        // Every reference to a group may bring all of what was found.
        let groups = by.matches('$').count();
        if out.len().saturating_add(by.len()).saturating_add(groups.saturating_mul(whole.len())) > MAX_TEXT {
            return Err(EvalError::TooExpensive);
        }
        found.expand(&by, &mut out);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Ok(vec![evaluator.made(out)?])
}

fn join<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    call: &Call,
    input: &[Value<'a>],
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let separator = evaluator.text(call, 0, focus, WHAT)?.unwrap_or_default();
    let mut out = String::new();
    let mut first = true;
    for value in input {
        let Some(text) = value.to_text() else { return Err(EvalError::Type(WHAT)) };
        if !first {
            out.push_str(&separator);
        }
        first = false;
        out.push_str(&text);
        if out.len() > MAX_TEXT {
            return Err(EvalError::TooExpensive);
        }
    }
    Ok(vec![evaluator.made(out)?])
}
