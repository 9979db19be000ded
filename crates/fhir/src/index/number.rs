/// The number a decimal stands for, and the span it stands for by the precision it is written with (R4 search,
/// section 3.1.1.4.6): `1.0` is 0.95 to 1.05. `None` when it is no decimal.
pub fn number_span(text: &str) -> Option<(f64, f64, f64)> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 128 {
        return None;
    }
    let value: f64 = text.parse().ok().filter(|v: &f64| v.is_finite())?;
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    if !mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let decimals = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let half = 0.5 * 10_f64.powi(exponent.saturating_sub(i32::try_from(decimals).unwrap_or(i32::MAX)));
    let clamp = |v: f64| v.clamp(f64::MIN, f64::MAX);
    Some((value, clamp(value - half), clamp(value + half)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_stands_for_a_span_by_its_precision() {
        for (text, low, high) in [
            ("1.0", 0.95, 1.05),
            ("100", 99.5, 100.5),
            ("-5", -5.5, -4.5),
            ("1e2", 50.0, 150.0),
            ("0.10", 0.095, 0.105),
        ] {
            let (_, l, h) = number_span(text).unwrap();
            assert!((l - low).abs() < 1e-9 && (h - high).abs() < 1e-9, "{text}: {l} {h}");
        }
        for bad in ["", "-", "a", "1,0", "inf", "NaN", "+1", "1e999", "e5", " 1", "0x1"] {
            assert_eq!(number_span(bad), None, "{bad}");
        }
    }
}
