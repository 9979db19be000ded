//! Numbers as people of each language write them.

use varde_base::Language;

/// Narrow no-break space, between groups of three digits (Norwegian and Sámi orthography).
const GROUP: char = '\u{202f}';

/// A decimal as it stands in JSON, with all digits it has: "4.10" is "4,10" in Norwegian and Sámi and "4.10" in English. Five digits and more are
/// set in groups of three. What is no plain decimal (an exponent) is given as it stands.
pub fn decimal(text: &str, language: Language) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("\u{2212}", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    if !digits.chars().all(|digit| digit.is_ascii_digit() || digit == '.') {
        return text.to_owned();
    }
    let mut out = format!("{sign}{}", grouped(whole, language));
    if let Some(fraction) = fraction {
        out.push(if language == Language::En { '.' } else { ',' });
        out.push_str(fraction);
    }
    out
}

/// As [`decimal`], with no more digits than somebody can have measured: a fraction is rounded to where five digits say something, as programs write
/// `23.456789012345` for what an instrument gave with three.
pub fn measured(text: &str, language: Language) -> String {
    decimal(rounded(text).as_deref().unwrap_or(text), language)
}

/// The number with a shorter fraction; `None` when it is short enough as it stands, or no plain decimal.
fn rounded(text: &str) -> Option<String> {
    const DIGITS: usize = 5;
    let (whole, fraction) = text.trim_start_matches('-').split_once('.')?;
    if !fraction.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let said = whole.trim_start_matches('0').len();
    let leading = if said == 0 { fraction.len() - fraction.trim_start_matches('0').len() } else { 0 };
    let kept = (DIGITS + leading).saturating_sub(said);
    if fraction.len() <= kept || fraction.len() <= 2 {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let short = format!("{number:.kept$}");
    // The zeros of the rounding were never measured.
    Some(if short.contains('.') { short.trim_end_matches('0').trim_end_matches('.').to_owned() } else { short })
}

fn grouped(whole: &str, language: Language) -> String {
    if whole.len() < 5 {
        return whole.to_owned();
    }
    let mut out = String::with_capacity(whole.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(if language == Language::En { ',' } else { GROUP });
        }
        out.push(digit);
    }
    out
}

/// A telephone number in groups, as it is written in Norway: "+47 22 00 00 00", and "+47 900 00 123" of a mobile. What is set in groups
/// already, is short or is of another country is given as it stands. It stays on one line.
pub fn telephone(number: &str) -> String {
    let number = number.trim();
    let (country, digits) = number.strip_prefix("+47").map_or(("", number), |rest| ("+47\u{a0}", rest));
    if digits.len() != 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return number.replace(' ', "\u{a0}");
    }
    let gaps: &[usize] = if digits.starts_with(['4', '8', '9']) { &[3, 5] } else { &[2, 4, 6] };
    let mut out = country.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if gaps.contains(&index) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_a_program_has_calculated_is_rounded_to_five_digits_and_what_was_measured_stays() {
        for (text, expected) in [
            ("23.456789012345", "23.457"),
            ("0.000284091234", "0.00028409"),
            ("4.10", "4.10"),
            ("140.256", "140.26"),
            ("123456.789", "123,457"),
            ("1234.5", "1234.5"),
            ("12345.67", "12,345.67"),
            ("-2.9999999", "\u{2212}3"),
            ("99.99999999", "100"),
            ("0.0", "0.0"),
            ("1e-7", "1e-7"),
            ("1.2345678e-7", "1.2345678e-7"),
        ] {
            assert_eq!(measured(text, Language::En), expected);
        }
    }

    #[test]
    fn a_telephone_number_is_set_in_groups_that_stay_on_a_line() {
        for (number, expected) in [
            ("+4722000000", "+47 22 00 00 00"),
            ("22000000", "22 00 00 00"),
            ("+4790000123", "+47 900 00 123"),
            ("80000123", "800 00 123"),
        ] {
            assert_eq!(telephone(number), expected.replace(' ', "\u{a0}"));
        }
        for number in ["116 117", "+47 22 00 00 00", "113", "+4611223344", "02800"] {
            assert_eq!(telephone(number), number.replace(' ', "\u{a0}"));
        }
    }

    #[test]
    fn a_decimal_keeps_its_digits_and_takes_the_mark_of_the_language() {
        for (text, nb, en) in [
            ("14.2", "14,2", "14.2"),
            ("4.10", "4,10", "4.10"),
            ("-0.5", "\u{2212}0,5", "\u{2212}0.5"),
            ("1234", "1234", "1234"),
            ("12345.5", "12\u{202f}345,5", "12,345.5"),
            ("1e6", "1e6", "1e6"),
            ("", "", ""),
        ] {
            assert_eq!(decimal(text, Language::Nb), nb);
            assert_eq!(decimal(text, Language::Se), nb);
            assert_eq!(decimal(text, Language::En), en);
        }
    }
}
