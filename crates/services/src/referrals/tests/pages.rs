use serde_json::{Value, json};

use super::{referral, task, visit};
use crate::shared::testing::{Portal, acting_for, consent, opening, parent_of, patient, proxy, visitor};

async fn kari_with(bodies: impl IntoIterator<Item = Value>) -> Portal {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")].into_iter().chain(bodies)).await;
    portal
}

async fn page(portal: &Portal, path: &str) -> String {
    let (status, page) = portal.get(&visitor("kari", 1), path).await;
    assert_eq!(status, 200, "{path}: {page}");
    page
}

/// What stands between the frame's header and footer, whose form has a key that is new each time.
async fn content(portal: &Portal, path: &str) -> String {
    page(portal, path).await.split_once("<main").unwrap().1.to_owned()
}

fn hospital() -> Value {
    json!({"resourceType": "Organization", "id": "h1", "name": "Fjord sykehus",
        "telecom": [{"system": "phone", "value": "+4711223344"}]})
}

#[tokio::test]
async fn the_list_says_where_each_stands_and_shows_nothing_of_others() {
    let portal = kari_with([
        hospital(),
        referral("r1", &[("mottatt-dato", "2026-11-16")], json!({})),
        referral("r2", &[("mottatt-dato", "2026-10-01")], json!({"status": "completed"})),
        referral("lab", &[], json!({"category": [{"coding": [{"code": "108252007"}]}]})),
        patient("per", 2, "1970-01-01"),
        referral("of-per", &[], json!({"subject": {"reference": "Patient/per"}})),
    ])
    .await;
    let list = page(&portal, "/referrals").await;
    for words in ["/referrals/r1", "Henvisning r1", "Til vurdering", "Pågår", "Avsluttet", "/referrals/r2", "HE-1"] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(list.contains("Til vurdering · sendt 2. november 2026 · svar innen 30. november 2026"), "{list}");
    assert!(!list.contains("of-per") && !list.contains("/referrals/lab"), "{list}");
    for path in ["/referrals/of-per", "/referrals/lab", "/referrals/nothing"] {
        assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_referral_is_a_line_in_time_with_what_comes_next_and_whom_to_ask() {
    let dates =
        [("mottatt-dato", "2026-11-03"), ("vurdert-dato", "2026-11-10"), ("frist-for-helsehjelp", "2027-02-01")];
    let portal = kari_with([
        hospital(),
        referral("r1", &dates, json!({})),
        task("r1", "completed", Some("granted")),
        visit("a1", "r1", "booked", "2026-12-10T09:00:00Z"),
    ])
    .await;
    let shown = page(&portal, "/referrals/r1").await;
    for words in [
        "Du har fått time",
        "Vurdert: du har rett til helsehjelp",
        "10. desember 2026 kl. 10.00",
        "Senest 1. februar 2027",
        "/appointments/a1",
        "tel:+4711223344",
        "Om hva som står i henvisningen: Ole Lie",
        "Vi har sett på den.",
        "116\u{a0}117",
        "/requests/new?item=ServiceRequest/r1",
        "/who-can-see/ServiceRequest/r1",
        "data-step=\"done\"",
        "HE-1",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("Helfo"), "{shown}");
}

#[tokio::test]
async fn a_broken_deadline_says_what_the_person_has_a_right_to_and_does_not_blame_before_it_is_over() {
    let late = [("mottatt-dato", "2026-11-02")];
    let care = [("mottatt-dato", "2026-05-04"), ("vurdert-dato", "2026-05-12"), ("frist-for-helsehjelp", "2026-11-20")];
    let portal = kari_with([hospital(), referral("r1", &late, json!({})), referral("r2", &care, json!({}))]).await;
    let assessment = page(&portal, "/referrals/r1").await;
    assert!(
        assessment.contains("De skulle ha svart innen 16. november 2026") && assessment.contains("Statsforvalteren"),
        "{assessment}"
    );
    assert!(!assessment.contains("Du trenger ikke gjøre noe"), "who is to ring them has something to do: {assessment}");
    for path in ["/referrals/r1", "/referrals/r2"] {
        let shown = page(&portal, path).await;
        let warning = shown.split_once("data-color=\"warning\"").unwrap().1.split_once("</div>").unwrap().0;
        assert!(warning.contains("href=\"tel:+4711223344\""), "whom to ring stands where one is asked to: {warning}");
    }
    let list = page(&portal, "/referrals").await;
    for words in [
        "svaret skulle ha kommet innen 16. november 2026",
        "helsehjelpen skulle ha begynt innen 20. november 2026",
        "sendt 2. november 2026",
    ] {
        assert!(list.contains(words), "{words}: {list}");
    }
    let treatment = page(&portal, "/referrals/r2").await;
    assert!(
        treatment.contains("Du skulle ha fått helsehjelp innen 20. november 2026") && treatment.contains("Helfo"),
        "{treatment}"
    );
    let front = page(&portal, "/").await;
    assert!(front.contains("Nytt om henvisninger") && front.contains("Fristen er ute"), "{front}");
    portal.clock.set("2026-11-16T12:00:00Z".parse().unwrap());
    for path in ["/referrals/r1", "/referrals/r2"] {
        let shown = page(&portal, path).await;
        assert!(!shown.contains("skulle ha") && !shown.contains("fristen er ute"), "{path}: {shown}");
    }
}

#[tokio::test]
async fn nothing_tells_of_a_referral_that_is_hidden_or_delayed() {
    let portal = kari_with([referral("r1", &[("mottatt-dato", "2026-11-16")], json!({}))]).await;
    let mut before = Vec::new();
    for path in ["/referrals", "/referrals/r1", "/"] {
        before.push(content(&portal, path).await);
    }
    let security = json!({"meta": {"security": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN"}]}});
    let delayed =
        json!({"category": [{"coding": [{"code": "child-psychiatry"}]}], "authoredOn": "2026-11-18T10:00:00Z"});
    portal.given([referral("r2", &[("mottatt-dato", "2026-10-01")], security), referral("r3", &[], delayed)]).await;
    for (path, before) in ["/referrals", "/referrals/r1", "/"].iter().zip(before) {
        assert_eq!(content(&portal, path).await, before, "{path} is the same as if there were nothing");
    }
    for path in ["/referrals/r2", "/referrals/r3"] {
        assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 404, "{path}");
    }
    portal.clock.set("2026-11-30T10:00:00Z".parse().unwrap());
    assert!(page(&portal, "/referrals").await.contains("/referrals/r3"), "the delay is over");
}

/// Who asks, about whom, and what the rule book says: below 16 referral by referral.
#[tokio::test]
async fn each_relation_sees_what_the_rule_book_opens_and_no_more() {
    let portal = Portal::new();
    let of = |id: &str, person: &str| referral(id, &[], json!({"subject": {"reference": format!("Patient/{person}")}}));
    let mut noras_task = task("opened", "completed", Some("granted"));
    noras_task["for"] = json!({"reference": "Patient/nora"});
    portal
        .given([
            patient("kari", 1, "1980-03-04"),
            patient("emil", 2, "2018-01-01"),
            patient("nora", 3, "2012-09-07"),
            patient("per", 4, "1970-01-01"),
            patient("ola", 5, "1970-01-01"),
            patient("siri", 6, "2009-01-01"),
            parent_of("emil", 1),
            parent_of("nora", 1),
            proxy("kari", 4, "2"),
            proxy("kari", 5, "1"),
            consent("youth", "nora", "foreldresamtykke", "active"),
            opening("nora", "opened", "youth", "content"),
            opening("nora", "opened", "parents", "content"),
            opening("nora", "outlined", "youth", "outline"),
            of("of-kari", "kari"),
            of("of-emil", "emil"),
            of("of-nora", "nora"),
            of("of-siri", "siri"),
            of("opened", "nora"),
            noras_task,
            referral(
                "outlined",
                &[],
                json!({"subject": {"reference": "Patient/nora"}, "authoredOn": "2026-09-02T08:00:00Z"}),
            ),
        ])
        .await;
    let cases: [(&str, _, &str, bool); 10] = [
        ("herself", visitor("kari", 1), "of-kari", true),
        ("a girl of seventeen", visitor("siri", 6), "of-siri", true),
        ("the mother of a boy of eight", acting_for(visitor("kari", 1), "emil"), "of-emil", true),
        ("the mother of a girl of fourteen", acting_for(visitor("kari", 1), "nora"), "of-nora", false),
        ("her mother, of what is opened", acting_for(visitor("kari", 1), "nora"), "opened", true),
        ("a girl of fourteen, with consent", visitor("nora", 3), "of-nora", false),
        ("the girl, of what is opened", visitor("nora", 3), "opened", true),
        ("a proxy with the area", acting_for(visitor("per", 4), "kari"), "of-kari", true),
        ("a proxy without the area", acting_for(visitor("ola", 5), "kari"), "of-kari", false),
        ("a stranger", acting_for(visitor("siri", 6), "kari"), "of-kari", false),
    ];
    for (who, visitor, id, is_open) in cases {
        let (_, list) = portal.get(&visitor, "/referrals").await;
        let (status, shown) = portal.get(&visitor, &format!("/referrals/{id}")).await;
        assert_eq!(list.contains(&format!("\"/referrals/{id}\"")), is_open, "{who}: {list}");
        assert_eq!(status, if is_open { 200 } else { 404 }, "{who}");
        if id == "opened" {
            assert!(
                shown.contains("du har rett til helsehjelp"),
                "the Task is opened with its referral, {who}: {shown}"
            );
        }
    }
    for (who, visitor, outlined) in
        [("the girl", visitor("nora", 3), true), ("her mother", acting_for(visitor("kari", 1), "nora"), false)]
    {
        let (_, list) = portal.get(&visitor, "/referrals").await;
        assert_eq!(list.contains("2. september 2026"), outlined, "{who}: {list}");
        assert!(!list.contains("Henvisning outlined"), "{who}: {list}");
        assert_eq!(portal.get(&visitor, "/referrals/outlined").await.0, 404, "{who}");
    }
}
