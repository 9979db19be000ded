//! Telephone numbers as they are written.

/// A telephone number in groups, as it is written in Norway: "+47 22 00 00 00", and "+47 900 00 123" of a mobile. What is set in groups
/// already, is short or is of another country is given as it stands.
pub(crate) fn grouped(number: &str) -> String {
    let number = number.trim();
    let (country, digits) = number.strip_prefix("+47").map_or(("", number), |rest| ("+47\u{a0}", rest));
    if digits.len() != 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return number.to_owned();
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
    fn a_telephone_number_is_set_in_groups_that_stay_on_a_line() {
        for (number, expected) in [
            ("+4722000000", "+47 22 00 00 00"),
            ("22000000", "22 00 00 00"),
            ("+4790000123", "+47 900 00 123"),
            ("80000123", "800 00 123"),
        ] {
            assert_eq!(grouped(number), expected.replace(' ', "\u{a0}"));
        }
        for number in ["116 117", "+47 22 00 00 00", "113", "+4611223344", "02800"] {
            assert_eq!(grouped(number), number);
        }
    }
}
