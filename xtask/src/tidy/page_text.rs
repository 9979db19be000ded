//! No text a person reads outside locale files: literal words in the markup of `maud::html!`.
//!
//! A heuristic over tokens. Text nodes and readable attributes may hold no word at all; an expression inside the markup may hold no
//! literal of two words or more (one word is taken for a key, a class or a code).

use proc_macro2::{Delimiter, Group, TokenTree};

use super::Violation;
use super::tokens::{self, group, is_ident, is_punct};
use super::tree::{SourceFile, Tree};

const RULE: &str = "page-text";
const ROOMS: &[&str] = &["crates/web/src", "crates/services/src", "crates/auth/src"];
/// Attributes whose value is read to or by a person.
const READABLE: &[&str] =
    &["alt", "aria-description", "aria-label", "aria-roledescription", "label", "placeholder", "title"];

/// Literal text in markup.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let files = ROOMS.iter().flat_map(|room| tree.under(room)).filter(|file| file.is_rust() && !file.is_test());
    files.flat_map(check_file).collect()
}

fn check_file(file: &SourceFile) -> Vec<Violation> {
    let mut scan = Scan { path: &file.path, found: Vec::new() };
    scan.code(&tokens::product(tokens::all(file)));
    scan.found
}

struct Scan<'a> {
    path: &'a str,
    found: Vec<Violation>,
}

impl Scan<'_> {
    /// Rust: nothing is text until `html!` begins.
    fn code(&mut self, level: &[TokenTree]) {
        for (index, token) in level.iter().enumerate() {
            let TokenTree::Group(inner) = token else { continue };
            if is_html(level, index) {
                self.markup(&inner_tokens(inner));
            } else {
                self.code(&inner_tokens(inner));
            }
        }
    }

    /// Markup: elements, attributes, text nodes, splices and `@` control.
    fn markup(&mut self, level: &[TokenTree]) {
        let mut index = 0;
        while let Some(token) = level.get(index) {
            let mut next = index + 1;
            if is_punct(token, '@') {
                next = self.control(level, next);
            } else if is_punct(token, '=') {
                self.attribute(level, index);
                next += 1;
            } else if is_punct(token, '.') || is_punct(token, '#') {
                // A class or an id in quotes.
                next += usize::from(matches!(level.get(next), Some(TokenTree::Literal(_))));
            } else if let TokenTree::Group(inner) = token {
                match inner.delimiter() {
                    Delimiter::Brace => self.markup(&inner_tokens(inner)),
                    _ => self.expression(&inner_tokens(inner)),
                }
            } else {
                self.literal(token, 1);
            }
            index = next;
        }
    }

    /// After `@`: the head is code, the blocks are markup. Answers the place after it.
    fn control(&mut self, level: &[TokenTree], start: usize) -> usize {
        let rest = level.get(start..).unwrap_or_default();
        if rest.first().is_some_and(|keyword| is_ident(keyword, "let")) {
            let length = rest.iter().position(|token| is_punct(token, ';')).unwrap_or(rest.len());
            self.expression(rest.get(..length).unwrap_or_default());
            return start + length + 1;
        }
        let Some(length) = rest.iter().position(|token| group(token, Delimiter::Brace).is_some()) else {
            return level.len();
        };
        self.code(rest.get(..length).unwrap_or_default());
        if let Some(TokenTree::Group(block)) = rest.get(length) {
            if rest.first().is_some_and(|keyword| is_ident(keyword, "match")) {
                self.arms(&inner_tokens(block));
            } else {
                self.markup(&inner_tokens(block));
            }
        }
        start + length + 1
    }

    /// `pattern => markup,` and `pattern => { markup }`.
    fn arms(&mut self, level: &[TokenTree]) {
        let mut rest = level;
        while let Some(arrow) =
            rest.windows(2).position(|pair| matches!(pair, [a, b] if is_punct(a, '=') && is_punct(b, '>')))
        {
            let body = rest.get(arrow + 2..).unwrap_or_default();
            let is_block = body.first().is_some_and(|first| group(first, Delimiter::Brace).is_some());
            let length =
                if is_block { 1 } else { body.iter().position(|token| is_punct(token, ',')).unwrap_or(body.len()) };
            self.markup(body.get(..length).unwrap_or_default());
            rest = body.get(length..).unwrap_or_default();
        }
    }

    /// The value after `=` at `index`; only attributes that are read are text.
    fn attribute(&mut self, level: &[TokenTree], index: usize) {
        let is_readable = READABLE.contains(&attribute_name(level, index).as_str());
        let Some(value) = level.get(index + 1) else { return };
        match value {
            TokenTree::Group(inner) if !is_readable => self.code(&inner_tokens(inner)),
            TokenTree::Group(inner) if inner.delimiter() == Delimiter::Brace => self.markup(&inner_tokens(inner)),
            TokenTree::Group(inner) => self.expression(&inner_tokens(inner)),
            _ if is_readable => self.literal(value, 1),
            _ => {}
        }
    }

    /// Rust inside markup: its value is shown, so a literal of several words is text.
    fn expression(&mut self, level: &[TokenTree]) {
        for (index, token) in level.iter().enumerate() {
            match token {
                TokenTree::Group(inner) if is_html(level, index) => self.markup(&inner_tokens(inner)),
                TokenTree::Group(inner) => self.expression(&inner_tokens(inner)),
                _ => self.literal(token, 2),
            }
        }
    }

    fn literal(&mut self, token: &TokenTree, min_words: usize) {
        let Some(text) = tokens::string(token).filter(|text| words(text) >= min_words) else { return };
        let sentence = format!("\"{text}\" is text a person reads; give it a key in the four files of texts/");
        self.found.push(Violation::new(RULE, self.path, tokens::line(token), sentence));
    }
}

fn inner_tokens(group: &Group) -> Vec<TokenTree> {
    tokens::product(group.stream())
}

/// Whether the group at `index` is the body of `html!`.
fn is_html(level: &[TokenTree], index: usize) -> bool {
    let before = index.checked_sub(2).and_then(|start| level.get(start..index));
    matches!(before, Some([name, bang]) if is_ident(name, "html") && is_punct(bang, '!'))
}

/// `aria-label` before the `=` at `index`; the name ends where two words stand without a hyphen between.
fn attribute_name(level: &[TokenTree], index: usize) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut wants_word = true;
    for token in level.get(..index).unwrap_or_default().iter().rev() {
        match token {
            TokenTree::Ident(word) if wants_word => parts.push(word.to_string()),
            TokenTree::Punct(mark) if !wants_word && mark.as_char() == '-' => parts.push("-".to_owned()),
            _ => break,
        }
        wants_word = !wants_word;
    }
    parts.reverse();
    parts.concat()
}

/// Words of two letters or more, between spaces and with nothing but letters and closing punctuation; `{placeholders}` are none.
fn words(text: &str) -> usize {
    let is_word = |part: &str| {
        let word = part.trim_matches(|mark: char| ".,:;!?\"'()".contains(mark));
        word.chars().count() >= 2 && word.chars().all(char::is_alphabetic)
    };
    text.split_whitespace().filter(|part| is_word(part)).count()
}

#[cfg(test)]
mod tests {
    use super::super::tree::sample;
    use super::*;

    fn texts_in(code: &str) -> usize {
        check(&sample(&[("crates/services/src/a/pages.rs", code)])).len()
    }

    #[test]
    fn markup_without_words_is_good() {
        for good in [
            r#"fn a() { let plain = "not on a page"; }"#,
            r##"fn a() { html! { div.card."a-b" #"main" class="btn primary big" { (t.title()) " – " (name) } } }"##,
            r#"fn a() { html! { a href={"/appointments/" (id)} aria-label=(t.open()) disabled { "→" } } }"#,
            r#"fn a() { html! { @if kind == "two words" { br; } @else { (t.get("key")) } } }"#,
            r#"fn a() { html! { @match kind { "some kind" => (t.one()), "other" => { p { (t.two()) } } } } }"#,
            r#"fn a() { html! { @let href = format!("/a/{id}"); a href=(href) { (icon("arrow-right")) } } }"#,
            r#"fn a() { html! { path d="M0 0 l ab cd" {} (PreEscaped("<!doctype html>")) } }"#,
            r#"#[cfg(test)] mod tests { fn a() { html! { p { "Only a test" } } } }"#,
        ] {
            assert_eq!(texts_in(good), 0, "{good}");
        }
    }

    #[test]
    fn words_in_markup_are_found() {
        for bad in [
            r#"fn a() { html! { p { "Lagre" } } }"#,
            r#"fn a() { maud::html! { p { "Du har ingen timer." } } }"#,
            r#"fn a() { html! { input aria-label="Søk" placeholder=(p); } }"#,
            r#"fn a() { html! { img alt={ "Bilde " (x) }; } }"#,
            r#"fn a() { html! { (format!("Hos {} klokken {}", a, b)) } }"#,
            r#"fn a() { html! { @if x { "Ja" } } }"#,
            r#"fn a() { html! { @match x { 1 => "Ja", _ => {} } } }"#,
            r#"fn a() { html! { @let label = "Hei du"; (label) } }"#,
            r#"fn a() { card(html! { (list(html! { "Tom liste" })) }) }"#,
        ] {
            assert_eq!(texts_in(bad), 1, "{bad}");
        }
    }
}
