//! Code systems that are a grammar instead of a list: which codes there are is told by how they are built.

/// Whether a code can be one of the system; `None` for a system that is no such grammar.
pub(super) fn fits(system: &str, code: &str) -> Option<bool> {
    match system {
        "urn:ietf:bcp:13" => Some(is_media_type(code)),
        "urn:ietf:bcp:47" => Some(is_language(code)),
        "http://unitsofmeasure.org" => Some(is_unit(code)),
        _ => None,
    }
}

/// `type/subtype`, parameters after it (RFC 6838, section 4.2).
fn is_media_type(code: &str) -> bool {
    let token = |text: &str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&b);
        !text.is_empty() && text.len() <= 127 && text.bytes().all(known)
    };
    let whole = code.split(';').next().unwrap_or_default().trim();
    whole.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

/// Subtags with hyphens, the first of 2 to 8 letters or `x` or `i` (RFC 5646, section 2.1).
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let first = parts.next().unwrap_or_default();
    let letters = first.bytes().all(|b| b.is_ascii_alphabetic());
    let long = (2..=8).contains(&first.len()) || matches!(first, "x" | "i" | "X" | "I");
    letters && long && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The letters a UCUM unit can have, and brackets that close (UCUM, section 2). Whether its atoms exist is not told.
fn is_unit(code: &str) -> bool {
    let mut open: Vec<char> = Vec::new();
    for letter in code.chars() {
        let closes = match letter {
            ']' => Some('['),
            '}' => Some('{'),
            ')' => Some('('),
            _ => None,
        };
        let in_note = open.last() == Some(&'{') && letter != '}';
        match (letter, closes) {
            _ if in_note => {}
            (_, Some(opening)) if open.pop() != Some(opening) => return false,
            ('[' | '{' | '(', _) => open.push(letter),
            (' ', _) => return false,
            _ => {}
        }
        if !letter.is_ascii_graphic() {
            return false;
        }
    }
    !code.is_empty() && open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_a_grammar_are_told_by_their_form() {
        for (system, right, wrong) in [
            (
                "urn:ietf:bcp:13",
                &["text/plain", "application/fhir+json; fhirVersion=4.0", "image/*"][..],
                &["text", "/x", ""][..],
            ),
            ("urn:ietf:bcp:47", &["nb", "nb-NO", "se", "x-klingon", "zh-Hans-CN"], &["", "n", "nb_NO", "nb-"]),
            (
                "http://unitsofmeasure.org",
                &["mg", "mm[Hg]", "{score}", "10*9/L", "mL/min/{1.73_m2}"],
                &["", "mm Hg", "mm[Hg", "a)"],
            ),
        ] {
            for code in right {
                assert_eq!(fits(system, code), Some(true), "{system} {code}");
            }
            for code in wrong {
                assert_eq!(fits(system, code), Some(false), "{system} {code}");
            }
        }
        assert_eq!(fits("http://loinc.org", "x"), None);
    }
}
