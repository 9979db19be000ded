use serde_json::{Value, json};
use varde_web::Visitor;

use crate::shared::testing::{Portal, acting_for, national_id, parent_of, patient, visitor};

fn appointment() -> Value {
    json!({
        "resourceType": "Appointment", "id": "kari-gp", "status": "booked", "start": "2026-12-01T09:00:00Z",
        "end": "2026-12-01T09:20:00Z", "serviceCategory": [{"coding": [{"code": "10"}]}],
        "participant": [{"actor": {"reference": "Patient/kari"}, "status": "accepted"}],
    })
}

/// Kari, Per who is 56, Nora who is 14 and Ola who is nobody to any of them.
async fn country() -> Portal {
    let portal = Portal::new();
    let people = [
        patient("kari", 1, "1980-03-04"),
        patient("per", 2, "1970-01-01"),
        patient("nora", 3, "2012-09-07"),
        patient("ola", 4, "1990-01-01"),
    ];
    portal.given(people.into_iter().chain([appointment()])).await;
    portal
}

/// Sends the form that gives Per area 3, as far as `step` says.
async fn give(portal: &Portal, giver: &Visitor, step: &str, key: &str) -> (u16, String) {
    let number = national_id(2);
    let fields = [
        ("number", number.as_str()),
        ("family", "nordmann"),
        ("areas", "3"),
        ("areas", "P"),
        ("step", step),
        ("form_key", key),
    ];
    let (status, page) = portal.post(giver, "/sharing/give", &fields).await;
    (status.as_u16(), page)
}

/// The path of a proxy that Kari has given Per and he has not answered.
async fn proposed(portal: &Portal) -> String {
    let (status, location) = give(portal, &visitor("kari", 1), "yes", "k1").await;
    assert_eq!(status, 303, "{location}");
    location.split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_proxy_is_given_accepted_used_and_withdrawn_with_effect_on_the_next_page() {
    let portal = country().await;
    let (kari, per) = (visitor("kari", 1), visitor("per", 2));
    let acting = acting_for(per.clone(), "kari");
    let (status, page) = give(&portal, &kari, "", "k0").await;
    assert!(status == 200 && page.contains("Stemmer dette?") && page.contains("per Nordmann"), "{page}");
    assert!(portal.get(&kari, "/sharing").await.1.contains("Ingen har fullmakt"), "nothing is written before yes");
    let path = proposed(&portal).await;
    let booked = "/appointments/kari-gp";
    assert_eq!(portal.get(&acting, booked).await.0, 404, "nothing is open before the receiver has accepted");
    let (_, page) = portal.get(&per, "/sharing").await;
    assert!(page.contains(&path) && page.contains("Noen ønsker å gi deg fullmakt"), "{page}");
    assert!(portal.get(&per, "/events").await.1.contains("Noen ønsker å gi deg fullmakt"));
    let (status, page) = portal.get(&per, &path).await;
    assert!(status == 200 && page.contains("kari Nordmann") && page.contains(&format!("{path}/accept")), "{page}");
    assert_eq!(portal.post(&per, &format!("{path}/accept"), &[]).await.1, "/sharing?done=accepted");
    assert_eq!(portal.get(&acting, booked).await.0, 200);
    assert!(portal.get(&kari, "/events").await.1.contains("En fullmakt du ga, er tatt imot"));
    let (_, page) = portal.get(&per, "/sharing").await;
    assert!(page.contains("FU-10") && page.contains("kari Nordmann"), "why is said: {page}");
    assert_eq!(portal.post(&kari, &format!("{path}/end"), &[]).await.1, "/sharing?done=ended");
    assert_eq!(portal.get(&acting, booked).await.0, 404, "the very next request");
    assert!(!portal.get(&per, "/sharing").await.1.contains(&path));
    assert!(portal.get(&kari, "/sharing").await.1.contains("Avsluttet, avslått eller utløpt: 1"));
}

#[tokio::test]
async fn only_the_receiver_answers_and_to_others_it_does_not_exist() {
    let portal = country().await;
    let (kari, per, ola) = (visitor("kari", 1), visitor("per", 2), visitor("ola", 4));
    let path = proposed(&portal).await;
    for who in [&kari, &ola, &acting_for(per.clone(), "ola")] {
        let (status, _) = portal.post(who, &format!("{path}/accept"), &[]).await;
        assert!(status == 404 || status == 403, "{status}");
    }
    assert_eq!(portal.get(&ola, &path).await.0, 404);
    assert_eq!(portal.post(&ola, &format!("{path}/end"), &[]).await.0, 404);
    assert_eq!(portal.get(&per, &format!("{path}/change")).await.0, 404, "the receiver cannot change it");
    let acting = acting_for(per.clone(), "kari");
    assert_eq!(portal.get(&acting, "/appointments/kari-gp").await.0, 404, "none of these answers counted");
    assert_eq!(portal.post(&per, &format!("{path}/refuse"), &[]).await.1, "/sharing?done=refused");
    assert_eq!(portal.post(&per, &format!("{path}/accept"), &[]).await.0, 404, "what is refused is over");
    assert_eq!(portal.get(&acting, "/appointments/kari-gp").await.0, 404);
}

#[tokio::test]
async fn the_receiver_ends_it_too() {
    let portal = country().await;
    let per = visitor("per", 2);
    let path = proposed(&portal).await;
    portal.post(&per, &format!("{path}/accept"), &[]).await;
    assert_eq!(portal.post(&per, &format!("{path}/end"), &[]).await.1, "/sharing?done=ended");
    assert_eq!(portal.get(&acting_for(per, "kari"), "/appointments/kari-gp").await.0, 404);
    assert!(portal.get(&visitor("kari", 1), "/events").await.1.contains("En fullmakt er avsluttet"));
}

#[tokio::test]
async fn a_change_that_grows_waits_and_one_that_does_not_goes_on() {
    let portal = country().await;
    let (kari, per) = (visitor("kari", 1), visitor("per", 2));
    let acting = acting_for(per.clone(), "kari");
    let path = proposed(&portal).await;
    portal.post(&per, &format!("{path}/accept"), &[]).await;
    assert!(portal.get(&kari, &format!("{path}/change")).await.1.contains("value=\"3\" checked"));
    let renewed = [
        ("areas", "3"),
        ("until-day", "1"),
        ("until-month", "1"),
        ("until-year", "2027"),
        ("step", "yes"),
        ("form_key", "k2"),
    ];
    let (_, location) = portal.post(&kari, &format!("{path}/change"), &renewed).await;
    let path = location.strip_suffix("?done=changed").unwrap_or_else(|| panic!("{location}"));
    assert_eq!(portal.get(&acting, "/appointments/kari-gp").await.0, 200, "renewed without a gap");
    portal.clock.set("2027-01-01T23:00:00Z".parse().unwrap());
    assert_eq!(portal.get(&acting, "/appointments/kari-gp").await.0, 404, "the last day is over");
    portal.clock.set("2026-11-21T09:00:00Z".parse().unwrap());
    let grown = [("areas", "3"), ("areas", "2"), ("step", "yes"), ("form_key", "k3")];
    portal.post(&kari, &format!("{path}/change"), &grown).await;
    assert_eq!(portal.get(&acting, "/appointments/kari-gp").await.0, 404, "waits for a new yes");
}

#[tokio::test]
async fn a_proxy_cannot_open_the_settings_of_the_giver_nor_give_on() {
    let portal = country().await;
    let per = visitor("per", 2);
    let path = proposed(&portal).await;
    portal.post(&per, &format!("{path}/accept"), &[]).await;
    let acting = acting_for(per, "kari");
    for page in ["/sharing", "/sharing/give"] {
        let (status, page) = portal.get(&acting, page).await;
        assert!(status == 403 && page.contains("FU-12") && !page.contains(&path), "{page}");
    }
    assert_eq!(give(&portal, &acting, "yes", "k9").await.0, 403);
    assert_eq!(portal.get(&acting, &path).await.0, 404);
    assert_eq!(portal.post(&acting, &format!("{path}/end"), &[]).await.0, 404);
}

#[tokio::test]
async fn a_youth_cannot_give_and_neither_can_parents_for_a_child() {
    let portal = country().await;
    portal.given([parent_of("nora", 1)]).await;
    let nora = visitor("nora", 3);
    assert_eq!(portal.get(&nora, "/sharing/give").await.0, 403);
    assert_eq!(give(&portal, &nora, "yes", "k1").await.0, 403);
    assert_eq!(give(&portal, &acting_for(visitor("kari", 1), "nora"), "yes", "k1").await.0, 403);
    let (status, page) = portal.get(&nora, "/sharing").await;
    assert!(status == 200 && !page.contains("/sharing/give"), "{page}");
    let (_, page) = portal.get(&visitor("kari", 1), "/sharing").await;
    assert!(page.contains("nora Nordmann"), "children are listed: {page}");
    assert!(page.contains("(regel PE-2)") && !page.contains("(PE-2)"), "as on the other pages: {page}");
}

#[tokio::test]
async fn a_number_that_does_not_fit_the_name_and_one_that_is_nobodys_look_the_same() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let (exists, nobody) = (national_id(2), national_id(77));
    let mut pages = Vec::new();
    for number in [exists.as_str(), nobody.as_str()] {
        let fields = [
            ("number", number),
            ("family", "Feil"),
            ("areas", "2"),
            ("until-day", "1"),
            ("until-month", "1"),
            ("until-year", "2020"),
        ];
        let (status, page) = portal.post(&kari, "/sharing/give", &fields).await;
        assert_eq!(status, 422);
        assert!(page.contains("value=\"Feil\"") && page.contains("value=\"2\" checked") && page.contains(number));
        assert!(
            page.contains("number-error")
                && page.contains("value=\"2020\"")
                && page.contains("until-error")
                && !page.contains("per Nordmann")
        );
        // Every form has a key of its own, which is random.
        let parts = page.split("name=\"form_key\" value=\"").enumerate();
        let keyless = parts.map(|(place, part)| if place == 0 { part } else { part.split_once('"').unwrap().1 });
        pages.push(keyless.collect::<String>().replace(number, "NUMBER"));
    }
    assert_eq!(pages[0], pages[1]);
    let young = national_id(3);
    let fields = [("number", young.as_str()), ("family", "Nordmann"), ("areas", "2")];
    assert_eq!(portal.post(&kari, "/sharing/give", &fields).await.0, 422, "under 18");
}

#[tokio::test]
async fn the_same_form_sent_twice_gives_one_and_another_form_is_told_that_there_is_one() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let first = give(&portal, &kari, "yes", "same").await;
    assert_eq!(give(&portal, &kari, "yes", "same").await, first);
    let (status, page) = give(&portal, &kari, "yes", "other").await;
    assert!(status == 422 && page.contains("Endre det i stedet"), "{page}");
}

#[tokio::test]
async fn the_level_of_consent_holds_at_once_is_kept_as_history_and_can_be_undone() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let set = async |level: &str| portal.post(&kari, "/sharing/privacy", &[("level", level)]).await;
    assert_eq!(portal.get(&kari, "/appointments/kari-gp").await.0, 200);
    assert_eq!(set("basis").await.1, "/sharing/privacy?done=saved");
    assert_eq!(portal.get(&kari, "/appointments/kari-gp").await.0, 404, "basis does not reach appointments");
    let (_, page) = portal.get(&kari, "/sharing/privacy").await;
    assert!(page.contains("value=\"basis\" checked") && page.contains("Gjelder nå"), "{page}");
    portal.clock.set("2026-11-21T10:00:00Z".parse().unwrap());
    set("full").await;
    assert_eq!(portal.get(&kari, "/appointments/kari-gp").await.0, 200, "undone");
    let (_, page) = portal.get(&kari, "/sharing/privacy").await;
    assert_eq!(page.matches("Gjelder nå").count(), 1, "one holds, the other is history: {page}");
    assert_eq!(page.matches("Basis: opplysninger").count(), 2, "a choice and a line of the history: {page}");
    assert_eq!(set("everything").await.0, 422);
}

#[tokio::test]
async fn a_parent_sets_it_for_a_small_child_and_a_proxy_and_a_youth_for_nobody() {
    let portal = country().await;
    portal.given([patient("emma", 5, "2020-01-01"), parent_of("emma", 1)]).await;
    let mother = acting_for(visitor("kari", 1), "emma");
    let level = [("level", "basis")];
    assert_eq!(portal.post(&mother, "/sharing/privacy", &level).await.0, 303);
    assert!(portal.get(&mother, "/sharing/privacy").await.1.contains("PA-3"));
    let path = proposed(&portal).await;
    portal.post(&visitor("per", 2), &format!("{path}/accept"), &[]).await;
    for who in [acting_for(visitor("per", 2), "kari"), visitor("nora", 3)] {
        assert_eq!(portal.get(&who, "/sharing/privacy").await.0, 403);
        assert_eq!(portal.post(&who, "/sharing/privacy", &level).await.0, 403);
    }
}

/// A Consent as `$register-proxy` writes it.
fn registered(id: &str, code: &str, receiver: &Value) -> Value {
    json!({
        "resourceType": "Consent", "id": id, "status": "active", "patient": { "reference": "Patient/kari" },
        "scope": { "coding": [{ "code": "patient-privacy" }] },
        "category": [{ "coding": [{ "system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": code }] }],
        "dateTime": "2026-11-20T09:00:00Z", "performer": [{ "display": "Liv Vold, Lege, Tromsø sykehus" }],
        "sourceReference": { "reference": "DocumentReference/form" },
        "provision": { "period": { "start": "2026-11-01", "end": "2031-11-01" }, "actor": [{ "role": { "text": "receiver" }, "reference": receiver }] },
    })
}

#[tokio::test]
async fn what_was_registered_says_by_whom_and_when_and_a_decision_is_not_the_givers_to_end() {
    let portal = country().await;
    let (kari, per) = (visitor("kari", 1), visitor("per", 2));
    let helper = json!({ "reference": "#helper", "display": "Nabo Nilsen" });
    let to_per = json!({ "reference": "Patient/per", "display": "per Nordmann" });
    portal.given([registered("paper", "FU", &helper), registered("decided", "TD", &to_per)]).await;
    let (_, page) = portal.get(&kari, "/sharing").await;
    assert!(page.contains("Nabo Nilsen") && page.contains("Fullmakt for en som ikke kan samtykke"), "{page}");
    let said = "Registrert av Liv Vold, Lege, Tromsø sykehus";
    let (_, page) = portal.get(&kari, "/sharing/paper").await;
    assert!(page.contains(said) && page.contains("20. november 2026") && page.contains("/sharing/paper/end"), "{page}");
    assert!(!page.contains("/sharing/paper/change"), "who is nobody here gets no other one online");
    let (_, page) = portal.get(&kari, "/sharing/decided").await;
    assert!(page.contains(said) && !page.contains("/sharing/decided/end"), "{page}");
    portal.post(&kari, "/sharing/decided/end", &[]).await;
    assert_eq!(portal.get(&acting_for(per.clone(), "kari"), "/appointments/kari-gp").await.0, 200, "it still holds");
    assert_eq!(portal.post(&per, "/sharing/decided/end", &[]).await.1, "/sharing?done=ended");
    assert_eq!(portal.get(&acting_for(per, "kari"), "/appointments/kari-gp").await.0, 404);
    assert_eq!(portal.post(&kari, "/sharing/paper/end", &[]).await.1, "/sharing?done=ended");
}
