//! Query strings and form bodies (URL Standard, application/x-www-form-urlencoded).

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use varde_fhir::IssueCode;

use super::outcome::Failed;

/// Most parameters in one request; what a search takes of them is less.
const MAX_PARAMETERS: usize = 256;
/// What stays as it is in a link.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':').remove(b'/').remove(b',');

/// Reads a query string or a form body.
///
/// # Errors
/// 400 for what is no UTF-8, or too many.
pub(crate) fn decode(text: &str) -> Result<Vec<(String, String)>, Failed> {
    let mut pairs = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        if pairs.len() >= MAX_PARAMETERS {
            return Err(Failed::at(IssueCode::TooCostly, "", format!("at most {MAX_PARAMETERS} parameters")));
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((part(name)?, part(value)?));
    }
    Ok(pairs)
}

fn part(text: &str) -> Result<String, Failed> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(Into::into).map_err(|_| Failed::at(IssueCode::Value, "", "a parameter is not UTF-8"))
}

/// Writes pairs as a query string, without the question mark.
pub(crate) fn encode<'p>(pairs: impl Iterator<Item = (&'p str, &'p str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        let separator = if out.is_empty() { "" } else { "&" };
        // Writing to a String cannot fail.
        let _ =
            write!(out, "{separator}{}={}", utf8_percent_encode(name, ENCODED), utf8_percent_encode(value, ENCODED));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_survive_the_way_through_a_link() {
        let pairs = [("name:exact", "Åse & co=1"), ("code", r"http://x|a\,b,c+d%"), ("x", "")];
        let text = encode(pairs.into_iter());
        let back = decode(&text).unwrap();
        assert_eq!(back.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect::<Vec<_>>(), pairs, "{text}");
        assert_eq!(decode("a=b+c&&d").unwrap(), [("a".into(), "b c".into()), ("d".into(), String::new())]);
        assert!(decode("a=%ff").is_err());
        assert!(decode(&"a=b&".repeat(300)).is_err());
    }
}
