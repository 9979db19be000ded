use serde_json::{Value, json};

use super::{appointment, ending, report};
use crate::shared::testing::{Portal, acting_for, consent, national_id, parent_of, patient, visitor};

fn proxy(id: &str, of: &str, serial: u16, area: &str) -> Value {
    let who = json!({"identifier": {"system": varde_base::NATIONAL_ID_SYSTEM, "value": national_id(serial).as_str()}});
    json!({
        "resourceType": "Consent", "id": id, "status": "active", "patient": {"reference": format!("Patient/{of}")},
        "scope": {"coding": [{"code": "patient-privacy"}]}, "dateTime": "2026-01-01",
        "category": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}]}],
        "provision": {"type": "permit", "period": {"start": "2026-01-01"},
            "code": [{"coding": [{"system": "urn:varde:proxy-area", "code": area}]}],
            "actor": [{"role": {"coding": [{"code": "FU"}]}, "reference": who}]},
    })
}

/// Kari has a boy of eight and a girl of fourteen, and acts for Arne with the area of registers; Siri is nothing to her. Each has something due.
async fn country() -> Portal {
    let portal = Portal::new();
    let born = [
        ("kari", "1980-03-04"),
        ("emil", "2018-01-01"),
        ("nora", "2012-09-07"),
        ("arne", "1942-01-01"),
        ("siri", "1990-01-01"),
    ];
    for (serial, (name, born)) in (1..).zip(born) {
        let due = [appointment, ending, report].into_iter().zip(["a", "rx", "r"]);
        portal.given([patient(name, serial, born)]).await;
        portal.given(due.map(|(of, kind)| of(&format!("{kind}-{name}"), name))).await;
    }
    portal.given([parent_of("emil", 1), parent_of("nora", 1), proxy("for-arne", "arne", 1, "1")]).await;
    portal
}

/// What stands under the heading of a person.
fn about<'p>(page: &'p str, heading: &str) -> &'p str {
    let part = page.split("<section>").find(|part| part.contains(&format!("data-size=\"sm\">{heading}</h2>")));
    part.map(|part| part.split("</section>").next().unwrap()).unwrap_or_else(|| panic!("{heading}: {page}"))
}

#[tokio::test]
async fn each_is_shown_with_what_is_due_as_the_relation_allows_and_nothing_more() {
    let portal = country().await;
    let (status, page) = portal.get(&visitor("kari", 1), "/household").await;
    assert_eq!(status, 200);
    let (medicines, results, appointments) = ("Resepter og medisiner", "Prøvesvar", "Timer");
    for (heading, seen, hidden) in [
        ("Deg selv", &[medicines, results, appointments][..], &[][..]),
        ("emil Nordmann", &[medicines, results, appointments], &[]),
        // From twelve, test results are the girl's own.
        ("nora Nordmann", &[medicines, appointments], &[results]),
        ("arne Nordmann", &[medicines, results], &[appointments]),
    ] {
        let part = about(&page, heading);
        assert!(seen.iter().all(|words| part.contains(words)), "{heading}: {part}");
        assert!(!hidden.iter().any(|words| part.contains(words)), "{heading}: {part}");
        assert!(part.contains("Frist 30. november 2026") && part.contains("Å gjøre"), "{heading}: {part}");
    }
    assert!(!page.contains("siri") && !page.contains("Vi fikk ikke hentet"), "{page}");
    assert!(!page.contains("Medisin rx-") && !page.contains("Svar r-"), "what it is about is read where it is opened");
}

#[tokio::test]
async fn hidden_things_leave_the_page_as_it_would_be_without_them() {
    let (with, without) = (country().await, country().await);
    let mut hidden = report("r-new", "nora");
    hidden["meta"] = json!({"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN_FORANS"}]});
    with.given([hidden, appointment("a-new", "siri")]).await;
    // Each form has a random key of its own.
    let strip = |page: &str| {
        let (first, rest) = page.split_once("name=\"form_key\"").unwrap();
        let rest = rest.split("name=\"form_key\"").filter_map(|part| part.split_once('>').map(|(_, after)| after));
        [first].into_iter().chain(rest).collect::<String>()
    };
    let of = async |portal: &Portal| strip(&portal.get(&visitor("kari", 1), "/household").await.1);
    assert_eq!(of(&with).await, of(&without).await);
}

#[tokio::test]
async fn the_way_to_a_person_goes_by_acting_for_them_and_stands_open_when_one_does() {
    let portal = country().await;
    let own = portal.get(&visitor("kari", 1), "/household").await.1;
    assert!(about(&own, "Deg selv").contains("href=\"/medicines\""), "{own}");
    let emil = about(&own, "emil Nordmann");
    assert!(
        !emil.contains("href=") && emil.contains("action=\"/act-for\"") && emil.contains("value=\"emil\""),
        "{emil}"
    );
    let acting = portal.get(&acting_for(visitor("kari", 1), "emil"), "/household").await.1;
    assert!(about(&acting, "emil Nordmann").contains("href=\"/medicines\""), "{acting}");
    assert!(about(&acting, "Deg selv").contains("value=\"kari\""), "{acting}");
}

#[tokio::test]
async fn a_look_at_the_household_stands_in_the_log_of_each() {
    let portal = country().await;
    portal.get(&visitor("kari", 1), "/household").await;
    let (_, log) = portal.get(&visitor("arne", 4), "/access-log").await;
    assert!(log.contains("kari"), "{log}");
    let (_, log) = portal.get(&visitor("siri", 5), "/access-log").await;
    assert!(!log.contains("kari"), "{log}");
}

#[tokio::test]
async fn a_failing_card_of_one_leaves_the_rest_and_a_stranger_has_only_themselves() {
    let portal = country().await;
    let mut damaged = appointment("a-emil", "emil");
    damaged["status"] = json!("sometime");
    portal.given([damaged]).await;
    let page = portal.get(&visitor("kari", 1), "/household").await.1;
    let emil = about(&page, "emil Nordmann");
    assert!(emil.contains("Vi fikk ikke hentet alt") && emil.contains("Resepter og medisiner"), "{emil}");
    assert!(!about(&page, "Deg selv").contains("Vi fikk ikke hentet alt"), "{page}");
    let siri = portal.get(&visitor("siri", 5), "/household").await.1;
    assert_eq!(siri.matches("<section>").count(), 1, "{siri}");
}

#[tokio::test]
async fn next_of_kin_are_told_what_they_help_with_and_no_health_matter() {
    let portal = country().await;
    let mut help = consent("help", "siri", "next-of-kin", "active");
    let who = json!({"identifier": {"system": varde_base::NATIONAL_ID_SYSTEM, "value": national_id(1).as_str()}});
    help["provision"] = json!({"type": "permit", "period": {"start": "2026-11-01"},
        "code": [{"coding": [{"code": "P"}]}, {"coding": [{"code": "T"}]}], "actor": [{"role": {"text": "x"}, "reference": who}]});
    portal.given([help]).await;
    let page = portal.get(&visitor("kari", 1), "/household").await.1;
    let siri = about(&page, "siri Nordmann");
    assert!(siri.contains("Du hjelper med praktiske ting"), "{siri}");
    for hidden in ["Resepter", "Prøvesvar", "Timer", "Frist"] {
        assert!(!siri.contains(hidden), "{hidden}: {siri}");
    }
}

#[tokio::test]
async fn with_nothing_due_it_says_so() {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")]).await;
    let (_, page) = portal.get(&visitor("kari", 1), "/household").await;
    assert!(about(&page, "Deg selv").contains("Ingenting å gjøre eller lese akkurat nå"), "{page}");
}
