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

#[cfg(test)]
mod tests {
    use super::*;

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
