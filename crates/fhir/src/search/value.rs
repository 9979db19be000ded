//! One alternative of a search parameter, by the type of the parameter.

use jiff::Timestamp;
use varde_base::ResourceId;

use super::modifier::Modifier;
use super::query::{DateMatch, Match, NumberMatch, ParamKind, Prefix};
use super::split::{split, unescape};
use crate::index::{date_span_micros, fold, number_span};
use crate::params::ParamDef;
use crate::references::LocalReference;

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
        ParamKind::Special => near(text),
        ParamKind::Composite => Err("a composite is no part of another"),
    }
}

/// A value without its escapes.
pub(crate) fn plain(text: &str) -> Result<String, Refusal> {
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

/// `code`, `system|code`, `|code` or `system|`.
pub(crate) fn token(text: &str) -> Result<Match, Refusal> {
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

/// Farthest that is looked: the way distances are reckoned is not made for more.
const FARTHEST_KM: f64 = 1_000.0;
/// How far when nothing is said.
const ORDINARY_KM: f64 = 50.0;

/// `latitude|longitude|distance|unit` (R4 Location, section 8.7.4); kilometres unless a unit of length is named.
fn near(text: &str) -> Result<Match, Refusal> {
    const FORM: Refusal = "the form is latitude|longitude|distance|unit";
    let parts: Vec<String> = split(text, '|').into_iter().map(plain).collect::<Result<_, _>>()?;
    let number = |text: &String| number_span(text).map(|span| span.0).ok_or(FORM);
    let (place, rest) = parts.split_at_checked(2).ok_or(FORM)?;
    let [latitude, longitude] = place else { return Err(FORM) };
    let (latitude, longitude) = (number(latitude)?, number(longitude)?);
    if latitude.abs() > 90.0 || longitude.abs() > 180.0 {
        return Err("a latitude is at most 90 degrees, a longitude at most 180");
    }
    let distance_km = match rest {
        [] => ORDINARY_KM,
        [distance] => number(distance)?,
        [distance, unit] if unit.is_empty() => number(distance)?,
        [distance, unit] => {
            let km = crate::ucum::convert(number(distance)?, unit, "km");
            km.ok_or("the unit is no unit of length in UCUM, such as km, m or [mi_i]")?
        }
        _ => return Err(FORM),
    };
    if (0.0..=FARTHEST_KM).contains(&distance_km) {
        Ok(Match::Near { latitude, longitude, distance_km })
    } else {
        Err("a distance is from 0 to 1,000 km")
    }
}
