//! Numbers, and how precisely a value is known.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{boundary, lookup};
use crate::path::EvalError;
use crate::path::ast::Call;
use crate::path::evaluate::{Evaluated, Evaluator, Focus, single};
use crate::path::number;
use crate::path::quantity::Quantity;
use crate::path::value::{Collection, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::path) enum MathFunction {
    Abs,
    Ceiling,
    Exp,
    Floor,
    Ln,
    Log,
    Power,
    Round,
    Sqrt,
    Truncate,
    LowBoundary,
    HighBoundary,
    Precision,
    Comparable,
}

use MathFunction::*;

const TABLE: [(&str, MathFunction, usize, usize); 14] = [
    ("abs", Abs, 0, 0),
    ("ceiling", Ceiling, 0, 0),
    ("exp", Exp, 0, 0),
    ("floor", Floor, 0, 0),
    ("ln", Ln, 0, 0),
    ("log", Log, 1, 1),
    ("power", Power, 1, 1),
    ("round", Round, 0, 1),
    ("sqrt", Sqrt, 0, 0),
    ("truncate", Truncate, 0, 0),
    ("lowBoundary", LowBoundary, 0, 1),
    ("highBoundary", HighBoundary, 0, 1),
    ("precision", Precision, 0, 0),
    ("comparable", Comparable, 1, 1),
];

pub(super) fn find(name: &str) -> Option<(MathFunction, usize, usize)> {
    lookup(&TABLE, name)
}

pub(super) fn call<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    function: MathFunction,
    call: &Call,
    input: Collection<'a>,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let wrong = || EvalError::Type("a function of numbers");
    let Some(value) = single(input, "a function of numbers")? else { return Ok(Vec::new()) };
    let Some(value) = value.to_system() else {
        return if let Value::Element(e) = value
            && e.type_ref().is_some_and(|t| t.is_primitive())
        {
            Ok(Vec::new())
        } else {
            Err(wrong())
        };
    };
    let argument = evaluator.value(call, 0, focus, "a function of numbers")?;
    if !call.arguments.is_empty() && argument.is_none() {
        return Ok(Vec::new());
    }
    let result = match function {
        LowBoundary | HighBoundary => {
            let digits = argument.map(|a| a.integer().ok_or_else(wrong)).transpose()?;
            boundary::boundary(&value, digits, function == HighBoundary)
        }
        Precision => boundary::precision(&value).map(Value::Integer),
        Comparable => match (value, argument.and_then(|a| a.to_system())) {
            (Value::Quantity(left), Some(Value::Quantity(right))) => Some(Value::Boolean(left.comparable(&right))),
            _ => return Err(wrong()),
        },
        Abs | Round | Ceiling | Floor | Truncate => whole(function, value, argument)?,
        Exp | Ln | Log | Power | Sqrt => {
            let number = value.decimal().ok_or_else(wrong)?;
            let argument = argument.map(|a| a.decimal().ok_or_else(wrong)).transpose()?;
            let keeps_whole = matches!(value, Value::Integer(_));
            let result = float(function, number, argument);
            match result.filter(|r| function == Power && keeps_whole && r.fract().is_zero()).and_then(|r| r.to_i64()) {
                Some(whole) => Some(Value::Integer(whole)),
                None => result.map(Value::Decimal),
            }
        }
    };
    Ok(result.into_iter().collect())
}

fn whole<'a>(function: MathFunction, value: Value<'a>, argument: Option<Value<'a>>) -> Evaluated<Option<Value<'a>>> {
    let wrong = EvalError::Type("a function of numbers");
    Ok(match (function, value) {
        (Abs, Value::Integer(value)) => value.checked_abs().map(Value::Integer),
        (Abs, Value::Decimal(value)) => Some(Value::Decimal(value.abs())),
        (Abs, Value::Quantity(q)) => Some(Value::Quantity(Box::new(Quantity { value: q.value.abs(), unit: q.unit }))),
        (Round, value) => {
            let number = value.decimal().ok_or(wrong.clone())?;
            let digits = argument.map_or(Some(0), |a| a.integer()).and_then(|d| u32::try_from(d).ok()).ok_or(wrong)?;
            Some(Value::Decimal(number::round(number, digits.min(28))))
        }
        (function, value) => {
            let number = value.decimal().ok_or(wrong)?;
            let rounded = match function {
                Ceiling => number.ceil(),
                Floor => number.floor(),
                _ => number.trunc(),
            };
            rounded.to_i64().map(Value::Integer)
        }
    })
}

fn float(function: MathFunction, value: Decimal, argument: Option<Decimal>) -> Option<Decimal> {
    match function {
        Exp => number::float(value, f64::exp),
        Ln => number::float(value, f64::ln),
        Sqrt => number::float(value, f64::sqrt),
        Log => {
            let base = argument?.to_f64()?;
            number::float(value, |v| v.log(base))
        }
        _ => number::power(value, argument?),
    }
}
