//! The one mark on what is out of the usual, names that say what was examined, and how many there are of what was chosen.

use serde_json::{Value, json};

use super::pages::{kari_with, page};
use super::{observation, report};

const OUTSIDE: &str = ">Utenfor det vanlige</span>";
const FAR: &str = ">Langt utenfor det vanlige</span>";

/// A finding in words, with this flag.
fn in_words(id: &str, name: &str, flag: &str, more: Value) -> Value {
    let mut body = observation(id, &format!("code-{id}"), 1.0, more);
    body.as_object_mut().unwrap().remove("valueQuantity");
    body["valueCodeableConcept"] = json!({"text": "Escherichia coli"});
    body["code"]["text"] = name.into();
    body["interpretation"] = json!([{"coding": [{"code": flag}]}]);
    body
}

/// The line of a list that leads to this address.
fn line<'p>(list: &'p str, href: &str) -> &'p str {
    let (_, rest) = list.split_once(&format!("href=\"{href}\"")).unwrap_or_else(|| panic!("{href}: {list}"));
    rest.split_once("</li>").unwrap().0
}

#[tokio::test]
async fn an_answer_in_words_that_is_not_as_usual_has_the_same_mark_as_one_in_numbers() {
    let number = |id: &str, flag: &str| {
        observation(id, &format!("code-{id}"), 5.4, json!({"interpretation": [{"coding": [{"code": flag}]}]}))
    };
    let portal = kari_with([
        in_words("grown", "Bakterier i urin", "A", json!({})),
        number("high", "H"),
        number("within", "N"),
        number("critical", "LL"),
        number("alone", "L"),
        report("urine", &["grown", "within"], json!({"status": "corrected"})),
        report("blood", &["high", "within"], json!({})),
        report("far", &["critical"], json!({})),
        report("usual", &["within"], json!({})),
        report("gone", &["high"], json!({"status": "entered-in-error"})),
    ])
    .await;
    let list = page(&portal, "/results").await;
    let analyses = page(&portal, "/results/analyses").await;
    let series = |id: &str| format!("/results/over-time?code=http%3A%2F%2Floinc.org%7Ccode-{id}");
    for (shown, href, mark) in [
        (&list, "/results/urine", Some(OUTSIDE)),
        (&list, "/results/blood", Some(OUTSIDE)),
        (&list, "/results/far", Some(FAR)),
        (&list, "/results/usual", None),
        (&list, "/results/gone", None),
        (&list, &series("alone"), Some(OUTSIDE)),
        (&analyses, &series("grown"), Some(OUTSIDE)),
        (&analyses, &series("high"), Some(OUTSIDE)),
        (&analyses, &series("critical"), Some(FAR)),
        (&analyses, &series("within"), None),
    ] {
        let line = line(shown, href);
        for known in [OUTSIDE, FAR] {
            assert_eq!(line.contains(known), mark == Some(known), "{href}: {line}");
        }
    }
    let urine = line(&list, "/results/urine");
    assert!(urine.contains(">Rettet</span>") && !urine.contains("ingen av"), "{urine}");
    assert!(line(&list, "/results/blood").contains("1 av 2 verdier"), "{list}");
    assert!(line(&analyses, &series("high")).contains("Høyere enn vanlig"), "{analyses}");
    let answer = page(&portal, "/results/urine").await;
    assert!(answer.contains(OUTSIDE) && !answer.contains("ingen av"), "{answer}");
}

#[tokio::test]
async fn a_name_that_does_not_say_what_was_examined_stands_after_it() {
    let of = |specimen: &str| json!({"specimen": [{"display": specimen}]});
    let own = json!({"specimen": {"display": "Urin"}});
    let portal = kari_with([
        in_words("skin", "Utseende", "N", json!({})),
        in_words("urine", "Farge", "N", own),
        in_words("named", "Bakterier i urin", "N", json!({})),
        in_words("copper", "Kobber", "N", json!({})),
        observation("potassium", "2823-3", 4.0, json!({})),
        report("r1", &["skin"], of("Hud fra ryggen")),
        report("r2", &["named", "potassium"], of("Urin")),
        report("r3", &["copper"], of("Serum")),
    ])
    .await;
    let analyses = page(&portal, "/results/analyses").await;
    for name in ["Hud fra ryggen: utseende", "Urin: farge", "Bakterier i urin", "Kobber", "Kalium"] {
        assert!(analyses.contains(&format!(">{name}</a>")), "{name}: {analyses}");
    }
    for path in ["/results/over-time?code=http://loinc.org|code-skin", "/results/r1"] {
        let shown = page(&portal, path).await;
        assert!(shown.contains("Hud fra ryggen: utseende"), "{path}: {shown}");
    }
}

#[tokio::test]
async fn a_narrowed_list_says_how_many_there_are_and_leads_back_to_all() {
    let of = |id: String, day: &str| {
        report(&id, &[], json!({"effectiveDateTime": day, "issued": format!("{day}T12:00:00Z")}))
    };
    let few = (0..3).map(|number| of(format!("old-{number}"), "2024-03-01"));
    let many = (0..50).map(|number| of(format!("new-{number}"), "2025-03-01"));
    let portal = kari_with(few.chain(many)).await;
    let chosen = page(&portal, "/results?year=2024").await;
    let (_, after) = chosen.split_once("3 treff<").unwrap_or_else(|| panic!("{chosen}"));
    assert!(after.contains("href=\"/results\">Vis alle svar"), "{chosen}");
    let chosen = page(&portal, "/results?year=2025").await;
    assert!(chosen.contains("40 treff på denne siden"), "{chosen}");
    assert!(!page(&portal, "/results").await.contains("treff"));
}
