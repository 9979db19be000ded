use std::fmt::Write as _;

use super::Node;

/// Writes text as a JSON string, with quotes.
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\') {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            // Writing to a String cannot fail.
            Some(other) => _ = write!(out, "\\u{:04x}", u32::from(other)),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Writes a value without blanks, numbers as they were written. Recurses as deep as the value, which the parser limits.
pub fn write_node(out: &mut String, node: &Node<'_>) {
    match node {
        Node::Null => out.push_str("null"),
        Node::Bool(true) => out.push_str("true"),
        Node::Bool(false) => out.push_str("false"),
        Node::Number(text) => out.push_str(text),
        Node::String(text) => write_string(out, text),
        Node::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_node(out, item);
            }
            out.push(']');
        }
        Node::Object(object) => {
            out.push('{');
            for (index, member) in object.members().iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, &member.name);
                out.push(':');
                write_node(out, &member.value);
            }
            out.push('}');
        }
    }
}
