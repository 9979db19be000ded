//! Conversions (FHIRPath 2.0, "Conversion").

use rust_decimal::Decimal;

use crate::path::ast::Call;
use crate::path::equality::quantity;
use crate::path::evaluate::{Evaluated, Evaluator, Focus, single};
use crate::path::moment::{Moment, MomentKind};
use crate::path::number;
use crate::path::quantity::{Quantity, Unit};
use crate::path::value::{Collection, Value};

/// To which type, and whether it is done or only asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::path) struct ConvertFunction {
    to: Target,
    only_asks: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Boolean,
    Integer,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
    Quantity,
}

pub(super) fn find(name: &str) -> Option<(ConvertFunction, usize, usize)> {
    let (type_name, only_asks) = match name.strip_prefix("convertsTo") {
        Some(rest) => (rest, true),
        None => (name.strip_prefix("to")?, false),
    };
    let to = match type_name {
        "Boolean" => Target::Boolean,
        "Integer" | "Long" => Target::Integer,
        "Decimal" => Target::Decimal,
        "String" => Target::String,
        "Date" => Target::Date,
        "DateTime" => Target::DateTime,
        "Time" => Target::Time,
        "Quantity" => Target::Quantity,
        _ => return None,
    };
    Some((ConvertFunction { to, only_asks }, 0, usize::from(to == Target::Quantity)))
}

pub(super) fn call<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    function: ConvertFunction,
    call: &Call,
    input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let Some(value) = single(input, "a conversion")? else { return Ok(Vec::new()) };
    let mut converted = value.to_system().and_then(|v| convert(&v, function.to));
    if let (Some(Value::Quantity(quantity)), Some(unit)) = (&converted, evaluator.text(call, 0, focus, "toQuantity")?) {
        let target = Quantity { value: Decimal::ONE, unit: Unit::quoted(&unit) };
        converted = quantity.in_unit_of(&target).map(|q| Value::Quantity(Box::new(q)));
    }
    Ok(match converted {
        _ if function.only_asks => vec![Value::Boolean(converted.is_some())],
        Some(value) => vec![value],
        None => Vec::new(),
    })
}

fn convert<'a>(value: &Value<'a>, to: Target) -> Option<Value<'a>> {
    match to {
        Target::Boolean => boolean(value).map(Value::Boolean),
        Target::Integer => integer(value).map(Value::Integer),
        Target::Decimal => decimal(value).map(Value::Decimal),
        Target::String => value.to_text().map(Value::String),
        Target::Date | Target::DateTime | Target::Time => moment(value, to).map(Value::Moment),
        Target::Quantity => match value {
            Value::String(text) => Quantity::parse(text),
            Value::Boolean(value) => Some(Quantity { value: Decimal::from(i32::from(*value)), unit: Unit::one() }),
            other => quantity(other),
        }
        .map(|q| Value::Quantity(Box::new(q))),
    }
}

fn boolean(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Boolean(value) => Some(*value),
        Value::String(text) => match text.to_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
            _ => None,
        },
        other => {
            let number = other.decimal()?;
            if number == Decimal::ONE {
                Some(true)
            } else if number.is_zero() {
                Some(false)
            } else {
                None
            }
        }
    }
}

fn integer(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Integer(value) => Some(*value),
        Value::Boolean(value) => Some(i64::from(*value)),
        Value::String(text) => {
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
        }
        _ => None,
    }
}

fn decimal(value: &Value<'_>) -> Option<Decimal> {
    match value {
        Value::Boolean(value) => Some(Decimal::from(i32::from(*value))),
        Value::String(text) => number::parse_plain(text),
        other => other.decimal(),
    }
}

fn moment(value: &Value<'_>, to: Target) -> Option<Moment> {
    match (value, to) {
        (Value::Moment(moment), _) => match (moment.kind(), to) {
            (MomentKind::Time, Target::Time) => Some(*moment),
            (MomentKind::Time, _) | (_, Target::Time) => None,
            (_, Target::Date) => Some(moment.day()),
            _ => Some(moment.with_kind(MomentKind::DateTime)),
        },
        (Value::String(text), Target::Date) => Moment::parse(text, MomentKind::DateTime).map(Moment::day),
        (Value::String(text), Target::DateTime) => Moment::parse(text, MomentKind::DateTime),
        (Value::String(text), _) => Moment::parse(text.strip_prefix('T').unwrap_or(text), MomentKind::Time),
        _ => None,
    }
}
