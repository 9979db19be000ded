//! One alternative of a search parameter, by the type of the parameter.

use jiff::Timestamp;
use varde_base::ResourceId;

use super::query::{DateMatch, Match, NumberMatch, ParamKind, Prefix};
use super::split::{split, unescape};
use crate::ResourceType;
use crate::index::{date_span_micros, fold, number_span};
use crate::params::ParamDef;
use crate::references::LocalReference;

/// What follows the name of a parameter after a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modifier {
    None,
    Exact,
    Contains,
    Not,
    Type(ResourceType),
}

/// Why a value cannot be searched for.
pub(crate) type Refusal = &'static str;

/// Reads one alternative, escapes still in it.
pub(crate) fn parse(param: &ParamDef, modifier: Modifier, text: &str, now: Timestamp) -> Result<Match, Refusal> {
    if text.is_empty() {
        return Err("the value is empty");
    }
    match param.kind {
        ParamKind::String => string(modifier, text),
        ParamKind::Token => token(text),
        ParamKind::Reference => reference(param, modifier, text),
        ParamKind::Uri => Ok(Match::Uri(plain(text)?)),
        ParamKind::Date => date(text, now).map(Match::Date),
        ParamKind::Number => number(text).map(Match::Number),
        ParamKind::Quantity => quantity(text),
        ParamKind::Composite | ParamKind::Special => Err("this kind of parameter is not supported"),
    }
}

fn plain(text: &str) -> Result<String, Refusal> {
    unescape(text).ok_or("a backslash stands only before ',', '|', '$' or another backslash")
}

fn string(modifier: Modifier, text: &str) -> Result<Match, Refusal> {
    let text = plain(text)?;
    if modifier == Modifier::Exact {
        return Ok(Match::StringExact(text));
    }
    let folded = fold(&text);
    if folded.is_empty() {
        return Err("nothing is left of the value to search for");
    }
    Ok(if modifier == Modifier::Contains { Match::StringContains(folded) } else { Match::StringStarts(folded) })
}

fn token(text: &str) -> Result<Match, Refusal> {
    let parts = split(text, '|');
    let not_empty = |part: &str| plain(part).map(|p| Some(p).filter(|p| !p.is_empty()));
    let (system, code) = match parts.as_slice() {
        [code] => (None, Some(plain(code)?)),
        [system, code] => (Some(plain(system)?), not_empty(code)?),
        _ => return Err("a token is code, system|code, |code or system|"),
    };
    if code.is_none() && system.as_deref().is_none_or(str::is_empty) {
        return Err("a token needs a system or a code");
    }
    Ok(Match::Token { system, code })
}

fn reference(param: &ParamDef, modifier: Modifier, text: &str) -> Result<Match, Refusal> {
    let text = plain(text)?;
    if let Some(LocalReference { resource_type, id }) = LocalReference::parse(&text) {
        let fits = match modifier {
            Modifier::Type(only) => only == resource_type,
            _ => param.targets.is_empty() || param.targets().any(|target| target == resource_type),
        };
        return if fits {
            Ok(Match::Reference { target: Some(resource_type), id })
        } else {
            Err("the parameter does not refer to that type")
        };
    }
    if let Ok(id) = text.parse::<ResourceId>() {
        let mut targets = param.targets();
        let only = if targets.len() == 1 { targets.next() } else { None };
        let target = if let Modifier::Type(given) = modifier { Some(given) } else { only };
        return Ok(Match::Reference { target, id });
    }
    if text.contains(':') && !text.contains(char::is_whitespace) {
        return Ok(Match::Uri(text));
    }
    Err("a reference is an id, Type/id or an absolute URL")
}

/// Splits a comparison prefix off.
fn prefix(text: &str) -> (Prefix, &str) {
    let known = match text.get(..2) {
        Some("eq") => Prefix::Eq,
        Some("ne") => Prefix::Ne,
        Some("gt") => Prefix::Gt,
        Some("lt") => Prefix::Lt,
        Some("ge") => Prefix::Ge,
        Some("le") => Prefix::Le,
        Some("sa") => Prefix::Sa,
        Some("eb") => Prefix::Eb,
        Some("ap") => Prefix::Ap,
        _ => return (Prefix::Eq, text),
    };
    (known, text.get(2..).unwrap_or_default())
}

/// A date with its prefix. For `ap` the span is already widened by ten per cent of the distance to `now`.
pub(crate) fn date(text: &str, now: Timestamp) -> Result<DateMatch, Refusal> {
    let (prefix, rest) = prefix(text);
    let (mut low_micros, mut high_micros) = date_span_micros(rest)
        .ok_or("a date is YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss] with or without zone")?;
    if prefix == Prefix::Ap {
        let now = now.as_microsecond();
        let distance =
            low_micros.saturating_sub(now).saturating_abs().max(high_micros.saturating_sub(now).saturating_abs());
        low_micros = low_micros.saturating_sub(distance / 10);
        high_micros = high_micros.saturating_add(distance / 10);
    }
    Ok(DateMatch { prefix, low_micros, high_micros })
}

/// A number with its prefix. For `ap` the span is already ten per cent either way.
fn number(text: &str) -> Result<NumberMatch, Refusal> {
    let (prefix, rest) = prefix(text);
    let (value, mut low, mut high) = number_span(rest).ok_or("a number is needed, such as 5.40")?;
    if prefix == Prefix::Ap {
        low = low.min(value - value.abs() / 10.0);
        high = high.max(value + value.abs() / 10.0);
    }
    Ok(NumberMatch { prefix, value, low, high })
}

fn quantity(text: &str) -> Result<Match, Refusal> {
    let parts = split(text, '|');
    let given = |part: &str| plain(part).map(|p| Some(p).filter(|p| !p.is_empty()));
    let (value, system, code) = match parts.as_slice() {
        [value] => (*value, None, None),
        [value, system, code] => (*value, given(system)?, given(code)?),
        _ => return Err("a quantity is number or number|system|code"),
    };
    Ok(Match::Quantity { number: number(value)?, system, code })
}
