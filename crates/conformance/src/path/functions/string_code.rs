//! `encode`, `decode`, `escape` and `unescape`.

use super::StringFunction;
use crate::path::EvalError;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text in another form; `None` when it cannot be read.
pub(super) fn code(function: StringFunction, text: &str, format: &str) -> Result<Option<String>, EvalError> {
    use StringFunction::{Decode, Encode, Escape, Unescape};
    Ok(match (function, format) {
        (Encode, "hex") => Some(text.bytes().map(|b| format!("{b:02x}")).collect()),
        (Encode, "base64") => Some(base64(text.as_bytes())),
        (Encode, "urlbase64") => Some(base64(text.as_bytes()).replace('+', "-").replace('/', "_")),
        (Decode, "hex") => unhex(text).and_then(|b| String::from_utf8(b).ok()),
        (Decode, "base64") => unbase64(text).and_then(|b| String::from_utf8(b).ok()),
        (Decode, "urlbase64") => {
            unbase64(&text.replace('-', "+").replace('_', "/")).and_then(|b| String::from_utf8(b).ok())
        }
        (Escape, "html") => Some(escape_html(text)),
        (Unescape, "html") => Some(unescape_html(text)),
        (Escape, "json") => Some(escape_json(text)),
        (Unescape, "json") => unescape_json(text),
        _ => return Err(EvalError::Unknown("encode, decode, escape and unescape")),
    })
}

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut word = 0_u32;
        for index in 0..3 {
            word = (word << 8) | chunk.get(index).copied().map_or(0, u32::from);
        }
        for index in 0..4_usize {
            let sextet = usize::try_from((word >> (18 - 6 * index)) & 0x3f).unwrap_or_default();
            let digit = STANDARD.get(sextet).copied().map_or('=', char::from);
            out.push(if index > chunk.len() { '=' } else { digit });
        }
    }
    out
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() - digits.len() > 2 {
        return None;
    }
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for chunk in digits.as_bytes().chunks(4) {
        let mut word = 0_u32;
        for index in 0..4 {
            let value = match chunk.get(index) {
                Some(digit) => STANDARD.iter().position(|d| d == digit)?,
                None => 0,
            };
            word = (word << 6) | u32::try_from(value).ok()?;
        }
        let [_, bytes @ ..] = word.to_be_bytes();
        out.extend(bytes.iter().take(chunk.len().checked_sub(1).filter(|n| *n > 0)?));
    }
    Some(out)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn unescape_html(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn escape_json(text: &str) -> String {
    let mut quoted = String::new();
    varde_fhir::json::write_string(&mut quoted, text);
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

fn unescape_json(text: &str) -> Option<String> {
    // A bare quote is taken as it is.
    let mut quoted = String::from("\"");
    let mut escaped = false;
    for c in text.chars() {
        if c == '"' && !escaped {
            quoted.push('\\');
        }
        escaped = c == '\\' && !escaped;
        quoted.push(c);
    }
    quoted.push('"');
    let parsed = varde_fhir::json::parse(quoted.as_bytes(), &varde_fhir::Limits::default()).ok()?;
    parsed.str().map(str::to_owned)
}
