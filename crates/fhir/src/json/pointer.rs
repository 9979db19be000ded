//! JSON Pointers (RFC 6901).

use super::Node;

/// The names and numbers a pointer is made of; `None` for what is no pointer.
pub(super) fn read_pointer(text: &str) -> Option<Vec<String>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.strip_prefix('/')?.split('/').map(unescape).collect()
}

/// `~1` is a slash and `~0` a tilde; a tilde before anything else is a mistake (RFC 6901 section 3).
fn unescape(token: &str) -> Option<String> {
    let mut parts = token.split('~');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (tail, plain) = match part.strip_prefix('1') {
            Some(tail) => (tail, '/'),
            None => (part.strip_prefix('0')?, '~'),
        };
        out.push(plain);
        out.push_str(tail);
    }
    Some(out)
}

/// A place in a list: digits, and no zero in front (RFC 6901 section 4).
pub(super) fn index(token: &str) -> Option<usize> {
    let well_formed = token == "0" || (!token.starts_with('0') && token.bytes().all(|b| b.is_ascii_digit()));
    if well_formed { token.parse().ok() } else { None }
}

/// What stands at a place.
pub(super) fn find<'n, 'a>(root: &'n Node<'a>, path: &[String]) -> Option<&'n Node<'a>> {
    path.iter().try_fold(root, |node, token| match node {
        Node::Object(object) => object.get(token),
        Node::Array(items) => items.get(index(token)?),
        _ => None,
    })
}

/// What stands at a place, to be changed.
pub(super) fn find_mut<'n, 'a>(root: &'n mut Node<'a>, path: &[String]) -> Option<&'n mut Node<'a>> {
    path.iter().try_fold(root, |node, token| match node {
        Node::Object(object) => object.get_mut(token),
        Node::Array(items) => items.get_mut(index(token)?),
        _ => None,
    })
}
