//! Units as people write them, from UCUM (Unified Code for Units of Measure) or whatever a source wrote.

/// Parts of units and what people write; the first that fits counts, so longer ones stand first.
const WRITTEN: [(&str, &str); 16] = [
    ("mm[Hg]", "mmHg"),
    ("m[IU]", "mIE"),
    ("u[IU]", "µIE"),
    ("k[IU]", "kIE"),
    ("[IU]", "IE"),
    ("[pH]", ""),
    ("[in_i]", "tommer"),
    ("[lb_av]", "pund"),
    ("[degF]", "°F"),
    ("Cel", "°C"),
    ("1.73_m2", "1,73 m²"),
    ("umol", "µmol"),
    ("ug", "µg"),
    ("uL", "µL"),
    ("m2", "m²"),
    ("m3", "m³"),
];

const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// The unit as people write it: `10*9/L` is "10⁹/L", `ug/L` "µg/L", `{nominal}` nothing. What is not UCUM stays.
pub(crate) fn written(unit: &str) -> String {
    if unit == "1" {
        return String::new();
    }
    let mut out = String::with_capacity(unit.len());
    let mut rest = unit;
    while let Some(next) = rest.chars().next() {
        if let Some((from, to)) = WRITTEN.iter().find(|(from, _)| rest.starts_with(from)) {
            out.push_str(to);
            rest = rest.get(from.len()..).unwrap_or_default();
            continue;
        }
        let (annotation, after) = annotation(rest);
        if let Some(annotation) = annotation {
            // An annotation that says something of the unit ("/{1.73_m2}") is written; a word in English is not.
            if annotation.starts_with(|c: char| c.is_ascii_digit()) {
                out.push_str(&written(annotation));
            }
            rest = after;
            continue;
        }
        if let Some(after) = rest.strip_prefix("10*").or_else(|| rest.strip_prefix("10^")) {
            let digits = after.chars().take_while(char::is_ascii_digit).count();
            out.push_str("10");
            out.extend(after.chars().take(digits).filter_map(raised));
            rest = after.get(digits..).unwrap_or_default();
            continue;
        }
        out.push(next);
        rest = rest.get(next.len_utf8()..).unwrap_or_default();
    }
    out.trim_end_matches('/').to_owned()
}

/// What stands in braces at the beginning, and the rest.
fn annotation(text: &str) -> (Option<&str>, &str) {
    match text.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        Some((annotation, after)) => (Some(annotation), after),
        None => (None, text),
    }
}

fn raised(digit: char) -> Option<char> {
    RAISED.get(usize::try_from(digit.to_digit(10)?).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn units_are_written_as_people_write_them() {
        for (unit, expected) in [
            ("g/dL", "g/dL"),
            ("ug/L", "µg/L"),
            ("umol/L", "µmol/L"),
            ("10*9/L", "10⁹/L"),
            ("10*3/uL", "10³/µL"),
            ("10^12/L", "10¹²/L"),
            ("m[IU]/L", "mIE/L"),
            ("mm[Hg]", "mmHg"),
            ("mL/min/{1.73_m2}", "mL/min/1,73 m²"),
            ("kg/m2", "kg/m²"),
            ("Cel", "°C"),
            ("{nominal}", ""),
            ("/{HPF}", ""),
            ("%", "%"),
            ("1", ""),
            ("10⁹/L", "10⁹/L"),
            ("mmol/mol", "mmol/mol"),
            ("{", "{"),
            ("", ""),
        ] {
            assert_eq!(written(unit), expected, "{unit}");
        }
    }
}
