use varde_base::Language;
use varde_rights::{RuleBook, sentence};

use crate::shared::testing::{Portal, visitor};

/// Most bytes of the page: a phone on a slow line loads it in a few seconds.
const MAX_BYTES: usize = 100_000;

#[tokio::test]
async fn everybody_reads_every_rule_in_every_language_without_signing_in() {
    let portal = Portal::new();
    let book = RuleBook::national().unwrap();
    for language in Language::ALL {
        let (status, page) = portal.get_signed_out(&format!("/rule-book?lang={language}")).await;
        assert_eq!(status, 200);
        assert!(page.len() < MAX_BYTES, "{} bytes in {language}", page.len());
        for rule in book.rules() {
            // Markup writes `&` otherwise, and no sentence has one.
            assert!(page.contains(sentence(rule.id, language)), "{} in {language}", rule.id);
        }
        assert_eq!(page.matches("<details").count(), 16, "a part for each relation, and none for strangers");
    }
}

#[tokio::test]
async fn conditions_are_said_in_words_and_what_no_rule_opens_is_everything_else() {
    let portal = Portal::new();
    let (_, page) = portal.get_signed_out("/rule-book?lang=en").await;
    for words in [
        "Only when a parent has consented to the young person",
        "Only when what was given covers area 2, record or area 3, digital health services",
        "Only when the person has also agreed to services that read the record",
        "everything else",
        "13–15 years",
        "pbrl § 3-4 second paragraph",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn one_who_has_signed_in_reads_it_too() {
    let (status, page) = Portal::new().get(&visitor("kari", 1), "/rule-book").await;
    assert!(status == 200 && page.contains("Innlogget som kari"), "{page}");
}
