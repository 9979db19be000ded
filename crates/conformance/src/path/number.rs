//! Exact decimals: reading, rounding and what needs powers and logarithms.

use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use rust_decimal::{Decimal, RoundingStrategy};

/// A number as JSON has it, perhaps with an exponent. Digits beyond 28 are rounded away.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) { Decimal::from_scientific(text).ok() } else { text.parse().ok() }
}

/// A number as FHIRPath has it: an optional sign, digits, and digits behind a point.
pub(super) fn parse_plain(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, "0"), |(w, f)| (w, f));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if digits(whole) && digits(fraction) { text.parse().ok() } else { None }
}

/// Equal when rounded as far as the less precise one; zeros at the end do not count as precision.
pub(super) fn equivalent(left: Decimal, right: Decimal) -> bool {
    let digits = left.normalize().scale().min(right.normalize().scale());
    round(left, digits) == round(right, digits)
}

/// Rounded half away from zero.
pub(super) fn round(value: Decimal, digits: u32) -> Decimal {
    value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

/// A function of binary floating point, for what no exact number has: roots, powers, logarithms.
pub(super) fn float(value: Decimal, function: impl Fn(f64) -> f64) -> Option<Decimal> {
    let result = function(value.to_f64()?);
    // The shortest text that reads back as the same number, so that the square root of 81 is 9.
    if result.is_finite() { parse(&format!("{result:e}")).or_else(|| Decimal::from_f64(result)) } else { None }
}

/// A power. Whole exponents are exact as long as the digits suffice.
pub(super) fn power(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    let whole = if exponent.fract().is_zero() { exponent.to_i64() } else { None };
    if let Some(times) = whole.filter(|e| (0..=200).contains(e)) {
        let mut result = Some(Decimal::ONE);
        for _ in 0..times {
            result = result.and_then(|r| r.checked_mul(base));
        }
        return result;
    }
    let exponent = exponent.to_f64()?;
    float(base, |b| b.powf(exponent))
}

/// The least or greatest number that this one may be, by its digits: 1.587 is from 1.5865 to 1.5875. Rounded outwards to
/// `digits`; what is nothing at that many digits is 0.
pub(super) fn boundary(value: Decimal, digits: u32, high: bool) -> Option<Decimal> {
    if digits > 28 {
        return None;
    }
    let half = Decimal::try_new(5, value.scale() + 1).ok()?;
    let edge = if high { value.checked_add(half)? } else { value.checked_sub(half)? };
    let strategy = if high { RoundingStrategy::ToPositiveInfinity } else { RoundingStrategy::ToNegativeInfinity };
    let nothing = value.scale() > digits && round(value, digits).is_zero();
    let mut rounded = if nothing { Decimal::ZERO } else { edge.round_dp_with_strategy(digits, strategy) };
    rounded.rescale(digits);
    Some(rounded)
}
