//! Separators and escapes of search values (R4 search, section 3.1.1.4.7): `\,` `\|` `\$` `\\`.

/// Splits at a separator that is not escaped. Escapes stay in the parts.
pub(crate) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == separator {
            parts.push(text.get(start..at).unwrap_or_default());
            start = at + c.len_utf8();
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// Resolves the escapes; `None` when a backslash stands before anything else, or last.
pub(crate) fn unescape(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return Some(text.to_owned());
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(chars.next().filter(|next| matches!(next, ',' | '|' | '$' | '\\'))?),
            other => out.push(other),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_split_unless_escaped() {
        assert_eq!(split(r"a,b\,c,,\\,d", ','), ["a", r"b\,c", "", r"\\", "d"]);
        assert_eq!(split("", ','), [""]);
        for (text, plain) in [(r"a\,b\|c\$d\\", Some(r"a,b|c$d\")), (r"a\b", None), ("a\\", None), ("å", Some("å"))] {
            assert_eq!(unescape(text).as_deref(), plain, "{text}");
        }
    }
}
