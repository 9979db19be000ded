//! Rust as tokens. Rules about what code says read tokens, so that a comment or a string is never mistaken for code.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::tree::SourceFile;

/// The tokens of a file, attributes and all. A file that is not Rust gives nothing: the compiler tells of that better.
pub(crate) fn all(file: &SourceFile) -> TokenStream {
    file.text.parse().unwrap_or_default()
}

/// The tokens of one level without attributes (so without doc comments) and without items under `#[cfg(test)]`.
pub(crate) fn product(stream: TokenStream) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if !is_punct(&token, '#') {
            kept.push(token);
            continue;
        }
        if tokens.peek().is_some_and(|next| is_punct(next, '!')) {
            tokens.next();
        }
        let Some(attribute) = tokens.next_if(|next| group(next, Delimiter::Bracket).is_some()) else {
            kept.push(token);
            continue;
        };
        if is_test_only(&attribute) {
            // The item ends with its body or its semicolon, whichever comes first.
            for skipped in tokens.by_ref() {
                if group(&skipped, Delimiter::Brace).is_some() || is_punct(&skipped, ';') {
                    break;
                }
            }
        }
    }
    kept
}

fn is_test_only(attribute: &TokenTree) -> bool {
    let text: String = attribute.to_string().split_whitespace().collect();
    text.starts_with("[cfg(test)") || text == "[test]"
}

/// Calls `visit` with the tokens of every level of the product code, outermost first.
pub(crate) fn each_level(stream: TokenStream, visit: &mut dyn FnMut(&[TokenTree])) {
    let level = product(stream);
    visit(&level);
    for token in level {
        if let TokenTree::Group(inner) = token {
            each_level(inner.stream(), visit);
        }
    }
}

/// Whether `token` is the punctuation `mark`.
pub(crate) fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Whether `token` is the identifier `name`.
pub(crate) fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

/// The group in `token`, when it has that delimiter.
pub(crate) fn group(token: &TokenTree, delimiter: Delimiter) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// The text of a string literal.
pub(crate) fn string(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

/// The line a token begins on, from 1.
pub(crate) fn line(token: &TokenTree) -> usize {
    token.span().start().line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_comments_are_not_product_code() {
        let stream: TokenStream =
            "/// a word\nfn kept() { #[cfg(test)] let x = 1; y } #[cfg(test)] mod tests { fn gone() {} } \
                                   #[cfg(test)] mod other; fn last() {}"
                .parse()
                .unwrap();
        let mut names = Vec::new();
        each_level(stream, &mut |level| {
            names.extend(level.iter().filter_map(|t| match t {
                TokenTree::Ident(ident) => Some(ident.to_string()),
                _ => None,
            }));
        });
        assert_eq!(names, ["fn", "kept", "fn", "last", "y"]);
    }

    #[test]
    fn a_hash_that_starts_no_attribute_stays() {
        let stream: TokenStream = "#\"main\" .x".parse().unwrap();
        assert_eq!(product(stream).len(), 4);
    }
}
