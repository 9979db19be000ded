//! Quantities: calendar durations and units of UCUM (FHIRPath 2.0, "Quantity").

use std::cmp::Ordering;
use std::fmt;

use octofhir_ucum::{EvalResult, Number, evaluate, parse_expression};
use rust_decimal::Decimal;

/// A number with a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// The number.
    pub value: Decimal,
    /// The unit.
    pub unit: Unit,
}

/// What a quantity counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A word of the calendar: `year`, `days`. A calendar year is not 365.25 days.
    Calendar(Calendar),
    /// A code of UCUM.
    Ucum(Box<str>),
}

/// The words for durations of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Calendar {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl Calendar {
    /// The word, in singular or plural.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Some(match word.strip_suffix('s').unwrap_or(word) {
            "year" => Self::Year,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" => Self::Day,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            "second" => Self::Second,
            "millisecond" => Self::Millisecond,
            _ => return None,
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Millisecond => "millisecond",
        }
    }

    fn ucum(self) -> &'static str {
        match self {
            Self::Year => "a",
            Self::Month => "mo",
            Self::Week => "wk",
            Self::Day => "d",
            Self::Hour => "h",
            Self::Minute => "min",
            Self::Second => "s",
            Self::Millisecond => "ms",
        }
    }

    /// The unit of the calendar a code of UCUM stands for, where the two are the same: weeks and shorter.
    fn of_definite(code: &str) -> Option<Self> {
        [Self::Week, Self::Day, Self::Hour, Self::Minute, Self::Second, Self::Millisecond]
            .into_iter()
            .find(|c| c.ucum() == code)
    }
}

impl Unit {
    /// A unit between quotes. Words of the calendar are understood there, too.
    pub(super) fn quoted(text: &str) -> Self {
        match Calendar::from_word(text) {
            Some(calendar) => Self::Calendar(calendar),
            None => Self::Ucum(text.into()),
        }
    }

    /// The unit of a FHIR Quantity: there `a` and `mo` are years and months of the calendar.
    pub(super) fn of_fhir(code: &str) -> Self {
        match code {
            "a" => Self::Calendar(Calendar::Year),
            "mo" => Self::Calendar(Calendar::Month),
            other => Self::quoted(other),
        }
    }

    /// `1`: no unit at all.
    pub(super) fn one() -> Self {
        Self::Ucum("1".into())
    }

    /// What can be added to a date: a word of the calendar, or a code of UCUM for a week or less.
    pub(super) fn calendar(&self) -> Option<Calendar> {
        match self {
            Self::Calendar(calendar) => Some(*calendar),
            Self::Ucum(code) => Calendar::of_definite(code),
        }
    }

    fn code(&self) -> &str {
        match self {
            Self::Calendar(calendar) => calendar.ucum(),
            Self::Ucum(code) => code,
        }
    }

    fn months(&self) -> Option<Decimal> {
        match self {
            Self::Calendar(Calendar::Year) => Some(Decimal::from(12)),
            Self::Calendar(Calendar::Month) => Some(Decimal::ONE),
            _ => None,
        }
    }

    fn evaluated(&self) -> Option<EvalResult> {
        // Longer codes than this are not units; the parser has its own limit on nesting.
        let code = Some(self.code()).filter(|c| c.len() <= 100)?;
        evaluate(&parse_expression(code).ok()?).ok().filter(|e| e.special.is_none())
    }
}

impl Quantity {
    /// A FHIRPath text such as `4 days`, `10 'mg'` or `1.5`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let value = super::number::parse_plain(number)?;
        let unit = unit.trim_start();
        let unit = match unit.strip_prefix('\'') {
            Some(rest) => Unit::quoted(rest.strip_suffix('\'').filter(|u| !u.is_empty())?),
            None if unit.is_empty() => Unit::one(),
            None => Unit::Calendar(Calendar::from_word(unit)?),
        };
        Some(Self { value, unit })
    }

    /// Which is more; `None` when the units have nothing to do with each other. Years and months of the calendar are of the
    /// same kind as `a` and `mo` only when `loosely` is set.
    pub(super) fn compare(&self, other: &Self, loosely: bool) -> Option<Ordering> {
        if self.unit == other.unit {
            return Some(self.value.cmp(&other.value));
        }
        let difference = self.in_base(other, loosely)?.checked_sub(other.in_base(self, loosely)?)?;
        Some(if difference.is_zero() {
            Ordering::Equal
        } else if difference.is_negative() {
            Ordering::Less
        } else {
            Ordering::Greater
        })
    }

    /// True when the two can be compared at all.
    pub(super) fn comparable(&self, other: &Self) -> bool {
        self.compare(other, false).is_some()
    }

    /// The value in base units, when `other` is commensurable.
    fn in_base(&self, other: &Self, loosely: bool) -> Option<Number> {
        let value = as_number(self.value)?;
        match (self.unit.months(), other.unit.months()) {
            (Some(months), Some(_)) => return value.checked_mul(as_number(months)?),
            (None, None) => {}
            _ if loosely => {}
            _ => return None,
        }
        let mine = self.unit.evaluated()?;
        if !mine.is_commensurable(&other.unit.evaluated()?) {
            return None;
        }
        value.checked_mul(mine.factor)
    }

    /// Equal when both are rounded as far as the less precise one, in its unit (FHIRPath 2.0, "~ Equivalent").
    pub(super) fn equivalent(&self, other: &Self) -> bool {
        let Some(converted) = other.to(&self.unit) else { return false };
        super::number::equivalent(self.value, converted)
            || self.to(&other.unit).is_some_and(|c| super::number::equivalent(c, other.value))
    }

    /// This quantity in the unit of another.
    pub(super) fn in_unit_of(&self, other: &Self) -> Option<Self> {
        Some(Self { value: self.to(&other.unit)?, unit: other.unit.clone() })
    }

    fn to(&self, unit: &Unit) -> Option<Decimal> {
        if self.unit == *unit {
            return Some(self.value);
        }
        let target = Self { value: Decimal::ONE, unit: unit.clone() };
        let ratio = self.in_base(&target, true)?.checked_div(target.in_base(self, true)?)?;
        as_decimal(ratio)
    }

    /// The product or the quotient, in base units unless one has none.
    pub(super) fn combine(&self, other: &Self, divide: bool) -> Option<Self> {
        let value = if divide { self.value.checked_div(other.value)? } else { self.value.checked_mul(other.value)? };
        if other.unit == Unit::one() {
            return Some(Self { value, unit: self.unit.clone() });
        }
        if self.unit == Unit::one() && !divide {
            return Some(Self { value, unit: other.unit.clone() });
        }
        let (mine, theirs) = (self.unit.evaluated()?, other.unit.evaluated()?);
        if !mine.arbitrary.is_empty() || !theirs.arbitrary.is_empty() {
            return None;
        }
        let factor =
            if divide { mine.factor.checked_div(theirs.factor)? } else { mine.factor.checked_mul(theirs.factor)? };
        let value = as_decimal(as_number(value)?.checked_mul(factor)?)?;
        let mut unit = String::new();
        for ((name, a), b) in octofhir_ucum::Dimension::BASE_UNITS.iter().zip(mine.dim.0).zip(theirs.dim.0) {
            let exponent = if divide { a.checked_sub(b)? } else { a.checked_add(b)? };
            if exponent != 0 {
                let separator = if unit.is_empty() { "" } else { "." };
                let power = if exponent == 1 { String::new() } else { exponent.to_string() };
                unit.push_str(&format!("{separator}{name}{power}"));
            }
        }
        let unit = if unit.is_empty() { Unit::one() } else { Unit::Ucum(unit.into()) };
        Some(Self { value, unit })
    }

    /// The sum or the difference, in the unit of the first.
    pub(super) fn plus(&self, other: &Self, minus: bool) -> Option<Self> {
        if !self.comparable(other) {
            return None;
        }
        let second = other.to(&self.unit)?;
        let value = if minus { self.value.checked_sub(second)? } else { self.value.checked_add(second)? };
        Some(Self { value, unit: self.unit.clone() })
    }
}

fn as_number(value: Decimal) -> Option<Number> {
    Number::parse(&value.to_string())
}

fn as_decimal(number: Number) -> Option<Decimal> {
    let (digits, exponent) = number.to_integer_and_exponent();
    if let Ok(scale) = u32::try_from(exponent.checked_neg()?) {
        return Decimal::try_from_i128_with_scale(digits, scale).ok();
    }
    let power = 10_i128.checked_pow(u32::try_from(exponent).ok()?)?;
    Decimal::try_from_i128_with_scale(digits.checked_mul(power)?, 0).ok()
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ucum(code) => code,
            Self::Calendar(calendar) => calendar.word(),
        })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unit {
            Unit::Ucum(code) => write!(f, "{} '{code}'", self.value),
            Unit::Calendar(calendar) => {
                let plural = if self.value == Decimal::ONE { "" } else { "s" };
                write!(f, "{} {}{plural}", self.value, calendar.word())
            }
        }
    }
}
