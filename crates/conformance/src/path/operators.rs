//! The operators with two sides, and the sign.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::EvalError;
use super::ast::{Expr, Operator};
use super::equality::{contains, distinct, equal_all, equivalent_all, quantity};
use super::evaluate::{Evaluated, Evaluator, Focus, single, truth};
use super::quantity::{Quantity, Unit};
use super::value::{Collection, Value};
use super::{Moment, calendar};

/// Evaluates both sides, and then the operator in a function of its own: this one recurses, so it has to need little stack.
pub(super) fn binary<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    operator: Operator,
    sides: &(Expr, Expr),
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let left = evaluator.argument(&sides.0, focus)?;
    if let Operator::And | Operator::Or | Operator::Implies = operator {
        return logical(evaluator, operator, &left, &sides.1, focus);
    }
    let right = evaluator.argument(&sides.1, focus)?;
    apply(evaluator, operator, left, right)
}

/// The other side need not be looked at when it makes no difference.
fn logical<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    operator: Operator,
    left: &[Value<'a>],
    right: &Expr,
    focus: Focus<'_, 'a>,
) -> Evaluated<Collection<'a>> {
    let left = truth(left, "a logical operator")?;
    let known = match (operator, left) {
        (Operator::And, Some(false)) => Some(false),
        (Operator::Or, Some(true)) | (Operator::Implies, Some(false)) => Some(true),
        _ => None,
    };
    if known.is_some() {
        return Ok(truth_value(known));
    }
    let right = evaluator.argument(right, focus)?;
    Ok(truth_value(logic(operator, left, truth(&right, "a logical operator")?)))
}

fn apply<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    operator: Operator,
    left: Collection<'a>,
    mut right: Collection<'a>,
) -> Evaluated<Collection<'a>> {
    use Operator::*;
    match operator {
        Xor => {
            let (left, right) = (truth(&left, "xor")?, truth(&right, "xor")?);
            Ok(truth_value(left.zip(right).map(|(l, r)| l != r)))
        }
        Equal => Ok(truth_value(equal_all(evaluator, &left, &right)?)),
        NotEqual => Ok(truth_value(equal_all(evaluator, &left, &right)?.map(|e| !e))),
        Equivalent => Ok(truth_value(Some(equivalent_all(evaluator, &left, &right)?))),
        NotEquivalent => Ok(truth_value(Some(!equivalent_all(evaluator, &left, &right)?))),
        In => membership(evaluator, left, &right),
        Contains => membership(evaluator, right, &left),
        Union => {
            let mut all = left;
            all.append(&mut right);
            evaluator.step(all.len())?;
            distinct(evaluator, all)
        }
        Concatenate => {
            let part = |values| match single(values, "&")? {
                None => Ok("".into()),
                Some(value) => value.text().ok_or(EvalError::Type("&")),
            };
            let (left, right) = (part(left)?, part(right)?);
            Ok(vec![evaluator.made(format!("{left}{right}"))?])
        }
        Less | LessOrEqual | Greater | GreaterOrEqual => compare(operator, left, right),
        _ => {
            let (Some(left), Some(right)) = (single(left, "arithmetic")?, single(right, "arithmetic")?) else {
                return Ok(Vec::new());
            };
            let result = arithmetic(evaluator, operator, &left, &right)?;
            Ok(result.into_iter().collect())
        }
    }
}

fn truth_value<'a>(value: Option<bool>) -> Collection<'a> {
    value.map(Value::Boolean).into_iter().collect()
}

/// Logic with three values (FHIRPath 2.0, "Boolean logic").
fn logic(operator: Operator, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (operator, left, right) {
        (Operator::And, Some(true), right) => right,
        (Operator::And, None, Some(false)) => Some(false),
        (Operator::Or, Some(false), right) => right,
        (Operator::Or, None, Some(true)) => Some(true),
        (Operator::Implies, Some(true), right) => right,
        (Operator::Implies, None, Some(true)) => Some(true),
        _ => None,
    }
}

fn membership<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    item: Collection<'a>,
    among: &[Value<'a>],
) -> Evaluated<Collection<'a>> {
    match single(item, "in and contains")? {
        None => Ok(Vec::new()),
        Some(item) => Ok(vec![Value::Boolean(contains(evaluator, among, &item)?)]),
    }
}

fn compare<'a>(operator: Operator, left: Collection<'a>, right: Collection<'a>) -> Evaluated<Collection<'a>> {
    let (Some(left), Some(right)) = (single(left, "a comparison")?, single(right, "a comparison")?) else {
        return Ok(Vec::new());
    };
    let Some(ordering) = order(&left, &right)? else { return Ok(Vec::new()) };
    Ok(vec![Value::Boolean(match operator {
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        _ => ordering.is_ge(),
    })])
}

/// Which comes first; `None` when that cannot be known.
pub(super) fn order(left: &Value<'_>, right: &Value<'_>) -> Evaluated<Option<Ordering>> {
    let wrong = EvalError::Type("a comparison");
    let (Some(a), Some(b)) = (left.to_system(), right.to_system()) else {
        // A primitive without value is nothing; anything else cannot be compared.
        let nothing = |v: &Value<'_>| matches!(v, Value::Element(e) if e.type_ref().is_some_and(|t| t.is_primitive() || t.isa("Quantity")));
        return if nothing(left) || nothing(right) { Ok(None) } else { Err(wrong) };
    };
    match (&a, &b) {
        (Value::Integer(a), Value::Integer(b)) => Ok(Some(a.cmp(b))),
        (Value::String(a), Value::String(b)) => Ok(Some(a.cmp(b))),
        (Value::Moment(a), Value::Moment(b)) => Ok(a.compare(b)),
        (a, b) => match (quantity(a), quantity(b)) {
            (Some(a), Some(b)) => Ok(a.compare(&b, false)),
            _ => Err(wrong),
        },
    }
}

/// The sign: numbers and quantities have one.
pub(super) fn negative(values: Collection<'_>) -> Evaluated<Collection<'_>> {
    let Some(value) = single(values, "-")? else { return Ok(Vec::new()) };
    Ok(vec![match value.to_system() {
        Some(Value::Integer(value)) => Value::Integer(value.checked_neg().ok_or(EvalError::Type("-"))?),
        Some(Value::Decimal(value)) => Value::Decimal(-value),
        Some(Value::Quantity(q)) => Value::Quantity(Box::new(Quantity { value: -q.value, unit: q.unit })),
        _ => return Err(EvalError::Type("-")),
    }])
}

/// The result; `None` where there is none, such as of a division by zero, or where it is too large.
fn arithmetic<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    operator: Operator,
    left: &Value<'a>,
    right: &Value<'a>,
) -> Evaluated<Option<Value<'a>>> {
    let wrong = EvalError::Type("arithmetic");
    let (Some(a), Some(b)) = (left.to_system(), right.to_system()) else {
        let primitive =
            |v: &Value<'_>| matches!(v, Value::Element(e) if e.type_ref().is_some_and(|t| t.is_primitive()));
        return if primitive(left) || primitive(right) { Ok(None) } else { Err(wrong) };
    };
    match (&a, &b, operator) {
        (Value::String(a), Value::String(b), Operator::Plus) => evaluator.made(format!("{a}{b}")).map(Some),
        (Value::Moment(moment), Value::Quantity(by), Operator::Plus | Operator::Minus) => {
            Ok(shift(*moment, by, operator == Operator::Minus)?.map(Value::Moment))
        }
        (Value::Integer(a), Value::Integer(b), _) => Ok(integers(operator, *a, *b)),
        (Value::Quantity(_), _, _) | (_, Value::Quantity(_), _) => {
            let (Some(a), Some(b)) = (quantity(&a), quantity(&b)) else { return Err(wrong) };
            let result = match operator {
                Operator::Plus => a.plus(&b, false),
                Operator::Minus => a.plus(&b, true),
                Operator::Times => a.combine(&b, false),
                Operator::Divide => a.combine(&b, true),
                _ => return Err(wrong),
            };
            Ok(result.map(|q| Value::Quantity(Box::new(q))))
        }
        _ => match (a.decimal(), b.decimal()) {
            (Some(a), Some(b)) => Ok(decimals(operator, a, b)),
            _ => Err(wrong),
        },
    }
}

fn integers<'a>(operator: Operator, a: i64, b: i64) -> Option<Value<'a>> {
    match operator {
        Operator::Plus => a.checked_add(b),
        Operator::Minus => a.checked_sub(b),
        Operator::Times => a.checked_mul(b),
        Operator::Div => a.checked_div(b),
        Operator::Mod => a.checked_rem(b),
        _ => return decimals(operator, Decimal::from(a), Decimal::from(b)),
    }
    .map(Value::Integer)
}

fn decimals<'a>(operator: Operator, a: Decimal, b: Decimal) -> Option<Value<'a>> {
    match operator {
        Operator::Plus => a.checked_add(b),
        Operator::Minus => a.checked_sub(b),
        Operator::Times => a.checked_mul(b),
        Operator::Divide => a.checked_div(b),
        Operator::Mod => a.checked_rem(b),
        _ => return a.checked_div(b)?.trunc().to_i64().map(Value::Integer),
    }
    .map(Value::Decimal)
}

/// A moment so much later or earlier. Only whole units count.
fn shift(moment: Moment, by: &Quantity, back: bool) -> Evaluated<Option<Moment>> {
    let Some(unit) = by.unit.calendar() else {
        return if by.unit == Unit::one() {
            Err(EvalError::Type("+"))
        } else {
            Err(EvalError::Type("arithmetic of dates"))
        };
    };
    let amount = by.value.trunc().to_i64().and_then(|a| if back { a.checked_neg() } else { Some(a) });
    Ok(amount.and_then(|amount| calendar::add(moment, amount, unit)))
}
