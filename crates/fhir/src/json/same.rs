//! When two JSON values are the same for a `test` (RFC 6902 section 4.6).

use super::Node;

/// Order of members aside, and numbers by value: `1.00` is `1`. No number passes through binary floating point.
pub(super) fn same(left: &Node<'_>, right: &Node<'_>) -> bool {
    match (left, right) {
        (Node::Number(left), Node::Number(right)) => left == right || same_number(left, right),
        (Node::Array(left), Node::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Node::Object(left), Node::Object(right)) => {
            // No name is there twice, so as many members, each with its like, are all of them.
            left.members().len() == right.members().len()
                && left.members().iter().all(|m| right.get(&m.name).is_some_and(|value| same(&m.value, value)))
        }
        _ => left == right,
    }
}

fn same_number(left: &str, right: &str) -> bool {
    match (Decimal::of(left), Decimal::of(right)) {
        (Some(left), Some(right)) => left == right,
        // An exponent beyond all measure: only the same text is surely the same number.
        _ => false,
    }
}

/// A number without what makes no difference: zeros at either end, and where the point is put.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn of(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_end_matches('0');
        let dropped = i64::try_from(all.len() - digits.len()).ok()?;
        let digits = digits.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { negative: false, digits, exponent: 0 });
        }
        let scale = i64::try_from(fraction.len()).ok()?;
        let exponent = exponent.parse::<i64>().ok()?.checked_sub(scale)?.checked_add(dropped)?;
        Some(Self { negative, digits, exponent })
    }
}

#[cfg(test)]
mod tests {
    use super::same_number;

    #[test]
    fn numbers_are_the_same_by_value() {
        for (left, right, expected) in [
            ("1.00", "1", true),
            ("100", "1e2", true),
            ("0.10", "1E-1", true),
            ("-0", "0.000", true),
            ("0e99999999999999999999", "0", true),
            ("1", "-1", false),
            ("1", "10", false),
            ("0.1", "0.01", false),
            ("9007199254740993", "9007199254740992", false),
            ("0.1", "0.1000000000000000055511151231257827", false),
            ("1e-99999999999999999999", "1e-99999999999999999998", false),
        ] {
            assert_eq!(same_number(left, right), expected, "{left} {right}");
            assert_eq!(same_number(right, left), expected, "{right} {left}");
        }
    }
}
