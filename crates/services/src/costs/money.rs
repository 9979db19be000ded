//! Money as whole øre, so that nothing is lost in a sum.

use std::iter::Sum;

use varde_base::Language;
use varde_web::numbers;

/// An amount in the smallest unit of its currency: øre of a krone, cents of a dollar. May be below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub(super) struct Money(i64);

impl Money {
    /// Nothing.
    pub(super) const ZERO: Self = Self(0);

    /// Whole kroner.
    pub(super) const fn kroner(kroner: i32) -> Self {
        Self(kroner as i64 * 100)
    }

    /// Øre.
    pub(super) const fn ore(ore: i64) -> Self {
        Self(ore)
    }

    /// The amount in øre.
    pub(super) const fn as_ore(self) -> i64 {
        self.0
    }

    /// Reads a decimal as it stands in JSON, such as `179`, `28.104` or `1.5e2`; parts of an øre are rounded, a half away from zero. `None` for
    /// what is no decimal, or larger than money can be.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok().filter(|e| e.abs() <= 18)?),
            None => (text, 0),
        };
        let (is_negative, digits) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) || whole.len() + fraction.len() > 24 {
            return None;
        }
        // The digits as one whole number, and how many of them stand after the mark of the øre.
        let number: i128 = format!("{whole}{fraction}").parse().ok()?;
        let after = i32::try_from(fraction.len()).ok()? - exponent - 2;
        let scale = 10_i128.checked_pow(after.unsigned_abs())?;
        let ore = if after <= 0 { number.checked_mul(scale)? } else { (number + scale / 2) / scale };
        let ore = i64::try_from(ore).ok()?;
        Some(Self(if is_negative { -ore } else { ore }))
    }

    /// The sum, held at the largest amount there is.
    #[must_use]
    pub(super) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left, below zero when `other` is more.
    #[must_use]
    pub(super) const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Rounded to whole tens of kroner, for what is only about right.
    #[must_use]
    pub(super) const fn about(self) -> Self {
        Self((self.0.saturating_add(500) / 1_000) * 1_000)
    }

    /// More than nothing.
    pub(super) const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Digits, as people of each language write them: `3278,50`, without øre when there are none.
    pub(super) fn digits(self, language: Language) -> String {
        let ore = self.0.unsigned_abs();
        let (whole, rest) = (ore / 100, ore % 100);
        let sign = if self.0 < 0 { "-" } else { "" };
        let text = if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:02}") };
        numbers::decimal(&text, language)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Self::plus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_becomes_whole_ore_and_a_half_is_rounded_up() {
        for (text, expected) in [
            ("179", Some(17_900)),
            ("179.5", Some(17_950)),
            ("28.104000000000003", Some(2_810)),
            ("0.005", Some(1)),
            ("0.0049", Some(0)),
            ("-61.25", Some(-6_125)),
            ("-0.005", Some(-1)),
            ("1.5e2", Some(15_000)),
            ("15000e-2", Some(15_000)),
            ("0", Some(0)),
            ("", None),
            (".5", None),
            ("1,5", None),
            ("kr 5", None),
            ("1e19", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(Money::parse(text).map(Money::as_ore), expected, "{text}");
        }
    }

    #[test]
    fn sums_do_not_lose_an_ore_and_do_not_turn_over() {
        let cents: Money = (0..1_000).map(|_| Money::ore(10)).sum();
        assert_eq!(cents, Money::kroner(100));
        assert_eq!(Money::ore(i64::MAX).plus(Money::ore(1)), Money::ore(i64::MAX));
        assert_eq!(Money::kroner(1).less(Money::kroner(3)), Money::kroner(-2));
    }

    #[test]
    fn an_amount_is_written_as_people_write_it() {
        for (ore, nb, en) in [
            (327_800, "3278", "3278"),
            (17_950, "179,50", "179.50"),
            (5, "0,05", "0.05"),
            (-20_000, "\u{2212}200", "\u{2212}200"),
            (1_234_567, "12\u{202f}345,67", "12,345.67"),
        ] {
            assert_eq!(Money::ore(ore).digits(Language::Nb), nb);
            assert_eq!(Money::ore(ore).digits(Language::En), en);
        }
        assert_eq!(Money::kroner(1_234).about(), Money::kroner(1_230));
        assert_eq!(Money::kroner(1_235).about(), Money::kroner(1_240));
    }
}
