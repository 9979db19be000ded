use varde_base::Language;

use super::super::find::{Known, find};
use super::super::words;

fn found(query: &str, language: Language) -> Vec<&'static str> {
    let known: Vec<Known> = crate::all().iter().map(|slice| words::known(slice, language)).collect();
    find(query, &known).into_iter().map(|place| crate::all()[place].path).collect()
}

#[test]
fn people_find_services_by_their_own_words() {
    for (query, language, expected) in [
        ("legetime", Language::Nb, "/appointments"),
        ("Bestille time hos fastlegen", Language::Nb, "/appointments"),
        ("flytte timen min", Language::Nb, "/appointments"),
        ("fornye resept", Language::Nb, "/medicines"),
        ("reseptfornying", Language::Nb, "/medicines"),
        ("resspt", Language::Nb, "/medicines"),
        ("blodprøvesvar", Language::Nb, "/results"),
        ("BLODPRØVE", Language::Nb, "/results"),
        ("røntgen", Language::Nn, "/results"),
        ("tinge time", Language::Nn, "/appointments"),
        ("fullmakt", Language::Nb, "/sharing"),
        ("snoking", Language::Nb, "/access-log"),
        ("klage", Language::Nb, "/requests"),
        ("renew prescription", Language::En, "/medicines"),
        ("write to my doctor", Language::En, "/messages"),
        ("prescription", Language::Nb, "/medicines"),
        ("varraiskkus", Language::Se, "/results"),
        ("reseapta", Language::Se, "/medicines"),
    ] {
        let found = found(query, language);
        assert_eq!(found.first(), Some(&expected), "{query}: {found:?}");
    }
}

#[test]
fn what_fits_nothing_finds_nothing_and_a_long_text_is_no_trouble() {
    for query in ["", " ", "a", "xyzzy", "<b>!", "%00", "😀"] {
        assert_eq!(found(query, Language::Nb), Vec::<&str>::new(), "{query}");
    }
    assert!(found(&"resept ".repeat(10_000), Language::Nb).len() <= 8);
}

#[test]
fn a_slip_is_forgiven_in_a_long_word_and_not_in_a_short_one() {
    let services = [Known { title: "Medisiner".to_owned(), words: "mat".to_owned() }];
    for (query, is_found) in [
        ("medisiner", true),
        ("medsiner", true),
        ("meddisiner", true),
        ("mediciner", true),
        ("medisinre", true),
        ("mdesinre", false),
        ("met", false),
    ] {
        assert_eq!(!find(query, &services).is_empty(), is_found, "{query}");
    }
}

#[test]
fn every_service_has_words_in_every_language() {
    for slice in crate::all() {
        for language in Language::ALL {
            let words = words::words(crate::l10n::text(language), slice.path);
            assert!(words.is_some(), "{}: give it words in home/words.rs and the four locale files", slice.path);
        }
    }
}
