//! `lowBoundary`, `highBoundary` and `precision`: between what a value may lie (FHIRPath 2.0, "Utility functions").

use crate::path::moment::{Level, Moment, MomentKind, SECOND};
use crate::path::number;
use crate::path::quantity::Quantity;
use crate::path::value::Value;

/// Digits a number is given when none are asked for.
const DEFAULT_DIGITS: u32 = 8;

pub(super) fn boundary<'a>(value: &Value<'a>, digits: Option<i64>, high: bool) -> Option<Value<'a>> {
    match value {
        Value::Moment(moment) => moment_boundary(*moment, digits, high).map(Value::Moment),
        Value::Quantity(quantity) => {
            let digits = number_digits(digits)?;
            let value = number::boundary(quantity.value, digits, high)?;
            Some(Value::Quantity(Box::new(Quantity { value, unit: quantity.unit.clone() })))
        }
        other => number::boundary(other.decimal()?, number_digits(digits)?, high).map(Value::Decimal),
    }
}

fn number_digits(digits: Option<i64>) -> Option<u32> {
    digits.map_or(Some(DEFAULT_DIGITS), |d| u32::try_from(d).ok())
}

/// How many digits a value has: those behind the point of a number, or all of a date.
pub(super) fn precision(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Moment(moment) => Some(moment.precision()),
        other => Some(i64::from(other.decimal()?.scale())),
    }
}

/// The first or last instant a moment may be, so precise as asked for. One without offset may be anywhere on earth.
fn moment_boundary(moment: Moment, digits: Option<i64>, high: bool) -> Option<Moment> {
    let default = match moment.kind() {
        MomentKind::Date => 8,
        MomentKind::DateTime => 17,
        MomentKind::Time => 9,
    };
    let digits = digits.unwrap_or(default) + if moment.kind() == MomentKind::Time { 8 } else { 0 };
    let (level, fraction) = match digits {
        4 => (Level::Year, 0),
        6 => (Level::Month, 0),
        8 => (Level::Day, 0),
        10 => (Level::Hour, 0),
        12 => (Level::Minute, 0),
        14 => (Level::Second, 0),
        17 => (Level::Second, 3),
        _ => return None,
    };
    let wrong_kind = match moment.kind() {
        MomentKind::Date => level > Level::Day,
        MomentKind::DateTime => false,
        MomentKind::Time => level < Level::Hour,
    };
    if wrong_kind {
        return None;
    }
    // FHIR knows no hour without minutes, so an hour is the full one (HL7's suite, HighBoundaryDateTimeMillisecond1).
    let known = if moment.level() == Level::Hour { moment.with_level(Level::Minute, 0) } else { moment };
    let local = match (high, known.level()) {
        (false, _) => known.local(),
        (true, Level::Second) if known.precision() % 8 == 6 => known.local() + SECOND - 1,
        (true, _) => known.end() - 1,
    };
    let bounded = known.with_local(local).with_level(level, fraction);
    if level <= Level::Day {
        return Some(bounded.with_offset(None));
    }
    if moment.kind() == MomentKind::DateTime && !moment.has_offset() {
        return Some(bounded.with_offset(Some(if high { -12 * 60 } else { 14 * 60 })));
    }
    Some(bounded)
}
