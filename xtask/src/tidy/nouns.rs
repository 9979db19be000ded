//! No service noun in a lower room: a crate that says "appointment" knows what a page is about.

use std::collections::BTreeSet;

use proc_macro2::TokenTree;

use super::tree::{SourceFile, Tree};
use super::{Violation, slices, tokens};

const RULE: &str = "service-noun";

/// Rooms that may not know what a service is about. (`rights` must: the rule book is ordered by service; `fhir` speaks of resources.)
const ROOMS: &[&str] = &["crates/base/src", "crates/web/src", "crates/auth/src"];

/// Nouns that belong to services, whether or not their folder exists yet.
const NOUNS: &[&str] = &[
    "appointment",
    "prescription",
    "vaccine",
    "vaccination",
    "referral",
    "medication",
    "journal",
    "pregnancy",
    "copayment",
];

/// Names of slices that are everyday words of a program too, and so prove nothing.
const EVERYDAY: &[&str] = &[
    "access", "act", "event", "form", "home", "letter", "log", "message", "privacy", "profile", "result", "search",
    "summary", "task", "tool",
];

/// Service nouns in identifiers and strings of the lower rooms; tests and comments may give examples.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut nouns: BTreeSet<String> = NOUNS.iter().map(|noun| (*noun).to_owned()).collect();
    // A name of several words (`access_log`) is looked for as a whole in no word at all, so it is left out.
    nouns.extend(slices::names(tree).into_iter().filter(|name| !name.contains('_')).map(singular));
    nouns.retain(|noun| !EVERYDAY.contains(&noun.as_str()));
    let files = ROOMS.iter().flat_map(|room| tree.under(room)).filter(|file| file.is_rust() && !file.is_test());
    files.flat_map(|file| check_file(file, &nouns)).collect()
}

fn check_file(file: &SourceFile, nouns: &BTreeSet<String>) -> Vec<Violation> {
    let mut found = Vec::new();
    tokens::each_level(tokens::all(file), &mut |level| {
        for token in level {
            let text = match token {
                TokenTree::Ident(ident) => ident.to_string(),
                TokenTree::Literal(_) => tokens::string(token).unwrap_or_default(),
                _ => continue,
            };
            if let Some(noun) = words(&text).into_iter().map(|word| singular(&word)).find(|word| nouns.contains(word)) {
                let sentence = format!("\"{noun}\" belongs to a service, and this room may not know of services");
                found.push(Violation::new(RULE, &file.path, tokens::line(token), sentence));
            }
        }
    });
    found
}

/// `bookAppointment`, `book_appointment` and `/book/appointment` all hold the word `appointment`.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_was_lower = false;
    for letter in text.chars() {
        if !letter.is_alphabetic() || (letter.is_uppercase() && before_was_lower) {
            words.push(String::new());
        }
        if letter.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before_was_lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn singular(word: &str) -> String {
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::tree::sample;
    use super::*;

    fn nouns_in(path: &str, code: &str) -> usize {
        check(&sample(&[(path, code), ("crates/services/src/aids/mod.rs", "")])).len()
    }

    #[test]
    fn a_lower_room_speaks_of_no_service() {
        let web = "crates/web/src/page.rs";
        assert_eq!(nouns_in(web, "/// For example an appointment.\nfn page(error_message: &str) {}"), 0);
        assert_eq!(nouns_in(web, "#[cfg(test)] mod tests { fn appointment() {} }"), 0);
        assert_eq!(nouns_in("crates/services/src/x.rs", "fn appointments() {}"), 0);
        assert_eq!(nouns_in(web, "fn appointments() {}"), 1);
        assert_eq!(nouns_in(web, "struct AppointmentCard;"), 1);
        assert_eq!(nouns_in(web, "fn f() { g(\"/vaccines/{id}\") }"), 1);
        assert_eq!(nouns_in(web, "fn aids() {}"), 1, "the folder of a slice is a noun too");
    }
}
