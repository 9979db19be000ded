use serde_json::{Value, json};
use varde_web::Visitor;

use crate::shared::testing::{Portal, acting_for, parent_of, patient, visitor};

fn appointment(id: &str, of: &str) -> Value {
    json!({
        "resourceType": "Appointment", "id": id, "status": "booked", "start": "2026-12-01T09:00:00Z",
        "end": "2026-12-01T09:20:00Z", "serviceCategory": [{"coding": [{"code": "10"}]}],
        "identifier": [{"system": "urn:x", "value": id, "assigner": {"reference": "Organization/o1"}}],
        "participant": [{"actor": {"reference": format!("Patient/{of}")}, "status": "accepted"}],
    })
}

fn organization(id: &str, name: &str) -> Value {
    json!({ "resourceType": "Organization", "id": id, "name": name })
}

/// Kari; Per, her husband; Nora, 6, whose father Per is; Sofie, 14; and two hospitals.
async fn country() -> Portal {
    let portal = Portal::new();
    portal
        .given([
            patient("kari", 1, "1980-03-04"),
            patient("per", 2, "1970-01-01"),
            patient("nora", 3, "2020-09-07"),
            patient("sofie", 4, "2012-09-07"),
            parent_of("nora", 2),
            appointment("kari-gp", "kari"),
            appointment("nora-gp", "nora"),
            organization("o1", "Storgata legekontor"),
            organization("o2", "Fjord sykehus"),
            organization("o3", "Fjord sykehus, Vestby"),
        ])
        .await;
    portal
}

const ERROR: [(&str, &str); 3] = [("wrong", "Feil dag"), ("right", "Dagen etter"), ("form_key", "k1")];

/// Sends a form, and gives the path of the request.
async fn sent(portal: &Portal, who: &Visitor, fields: &[(&str, &str)]) -> String {
    let (status, location) = portal.post(who, "/requests/new", fields).await;
    assert_eq!(status, 303, "{location}");
    location.split('?').next().unwrap().to_owned()
}

fn about_appointment(id: &'static str) -> Vec<(&'static str, &'static str)> {
    ERROR.into_iter().chain([("item", id)]).collect()
}

#[tokio::test]
async fn an_error_is_reported_from_the_appointment_and_followed() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/appointments/kari-gp").await;
    assert!(page.contains("/requests/new?item=Appointment/kari-gp"), "{page}");
    let (status, page) = portal.get(&kari, "/requests/new?item=Appointment/kari-gp").await;
    assert!(status == 200 && page.contains("Storgata legekontor") && page.contains("timer"), "{page}");
    let path = sent(&portal, &kari, &about_appointment("Appointment/kari-gp")).await;
    let (_, page) = portal.get(&kari, &format!("{path}?done=sent")).await;
    for words in ["Storgata legekontor har fått det du skrev", "21. desember 2026", "RQ-1"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let mut rest = page.as_str();
    for words in
        ["Timen det gjelder", "Hva er feil?", "Feil dag", "Hva skulle det stått?", "Dagen etter", "Hvor saken står"]
    {
        rest = rest.split_once(words).unwrap_or_else(|| panic!("{words}, in this order: {page}")).1;
    }
    assert_eq!(page.matches("Feil dag").count(), 1, "the question is said once: {page}");
    let (_, page) = portal.get(&kari, "/requests").await;
    assert!(page.contains(&path) && page.contains("Sendt"), "{page}");
    let (_, page) = portal.get(&kari, "/events").await;
    assert!(page.contains("Forespørselen din er sendt") && page.contains(&path), "{page}");
}

#[tokio::test]
async fn the_title_of_the_form_says_what_one_is_doing() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    portal.sent_by("Fjord sykehus", appointment("kari-late", "kari")).await;
    let (_, log) = portal.get(&kari, "/access-log").await;
    let entry = log.split("/requests/new?entry=").nth(1).unwrap().split('"').next().unwrap();
    for (query, title) in [
        ("", "Meld at noe er feil eller mangler"),
        ("?item=Appointment/kari-gp", "Meld feil i denne timen"),
        ("?kind=missing-document", "Be om noe som mangler i journalen"),
        ("?kind=access-after-death", "Be om innsyn etter et dødsfall"),
        (&format!("?entry={entry}"), "Spør hvorfor noen så på opplysningene"),
    ] {
        let (_, page) = portal.get(&kari, &format!("/requests/new{query}")).await;
        assert!(
            page.contains(&format!("<title>{title}")) && page.contains(&format!(">{title}</h1>")),
            "{query}: {page}"
        );
    }
}

#[tokio::test]
async fn what_names_a_place_alone_goes_to_the_organisation_of_the_place() {
    let portal = country().await;
    let mut booked = appointment("booked", "kari");
    booked.as_object_mut().unwrap().remove("identifier");
    let place_of_it = json!({ "actor": { "reference": "Location/l1" }, "status": "accepted" });
    booked["participant"].as_array_mut().unwrap().push(place_of_it);
    let place =
        json!({ "resourceType": "Location", "id": "l1", "managingOrganization": { "reference": "Organization/o2" } });
    portal.given([booked, place]).await;
    let (_, page) = portal.get(&visitor("kari", 1), "/requests/new?item=Appointment/booked").await;
    assert!(page.contains("Fjord sykehus") && !page.contains("De som driver Varde"), "{page}");
}

#[tokio::test]
async fn a_form_sent_twice_sends_once_and_a_wrong_one_keeps_what_was_typed() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let fields = about_appointment("Appointment/kari-gp");
    assert_eq!(sent(&portal, &kari, &fields).await, sent(&portal, &kari, &fields).await);
    let typed = [("wrong", "Allergien mangler"), ("holder", "Fjord")];
    let (status, page) = portal.post(&kari, "/requests/new", &typed).await;
    assert_eq!(status, 422);
    for words in
        ["Allergien mangler", "value=\"Fjord\"", "href=\"#right\"", "href=\"#chosen\"", "Fjord sykehus, Vestby"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let typed = [("wrong", "a"), ("right", "b"), ("holder", "Ukjent"), ("form_key", "k2")];
    assert!(portal.post(&kari, "/requests/new", &typed).await.1.contains("Vi fant ingen med det navnet"));
    let chosen = [("wrong", "a"), ("right", "b"), ("holder", "Fjord"), ("chosen", "o3"), ("form_key", "k2")];
    let path = sent(&portal, &kari, &chosen).await;
    assert!(portal.get(&kari, &path).await.1.contains("Fjord sykehus, Vestby"));
}

#[tokio::test]
async fn what_is_missing_is_asked_for_with_one_question_and_goes_to_the_one_named() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/requests/new?kind=missing-document&holder=Storgata+legekontor").await;
    assert!(page.contains("Hva mangler?") && page.contains("value=\"Storgata legekontor\""), "{page}");
    assert!(!page.contains("name=\"right\""), "nothing is to be put right: {page}");
    let kind = ("kind", "missing-document");
    let (status, page) = portal.post(&kari, "/requests/new", &[kind, ("holder", "Storgata")]).await;
    assert!(status == 422 && page.contains("href=\"#wrong\"") && page.contains("Hva mangler?"), "{page}");
    let fields = [kind, ("wrong", "Epikrisen fra mai"), ("holder", "Storgata"), ("form_key", "m1")];
    let path = sent(&portal, &kari, &fields).await;
    let (_, page) = portal.get(&kari, &path).await;
    for words in ["Noe som mangler i journalen", "Epikrisen fra mai", "Storgata legekontor", "21. desember 2026"] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn what_is_not_theirs_cannot_be_reported_and_is_not_there() {
    let portal = country().await;
    let (kari, per, sofie) = (visitor("kari", 1), visitor("per", 2), visitor("sofie", 4));
    let path = sent(&portal, &kari, &about_appointment("Appointment/kari-gp")).await;
    for (who, address) in [
        (&per, "/requests/new?item=Appointment/kari-gp"),
        (&kari, "/requests/new?item=Appointment/nowhere"),
        (&kari, "/requests/new?item=Organization/o1"),
        (&kari, "/requests/new?entry=1"),
        (&kari, "/requests/new?entry=18446744073709551615"),
        (&per, path.as_str()),
    ] {
        assert_eq!(portal.get(who, address).await.0, 404, "{address}");
    }
    assert_eq!(portal.post(&per, &format!("{path}/withdraw"), &[]).await.0, 404);
    assert_eq!(portal.get(&sofie, "/requests/new").await.0, 403);
    assert!(
        portal.get(&sofie, "/requests").await.1.contains("SE-13") || portal.get(&sofie, "/requests").await.0 == 200
    );
}

#[tokio::test]
async fn a_parent_reports_for_a_child_below_twelve() {
    let portal = country().await;
    let per = acting_for(visitor("per", 2), "nora");
    let path = sent(&portal, &per, &about_appointment("Appointment/nora-gp")).await;
    let (status, page) = portal.get(&per, &path).await;
    assert!(status == 200 && page.contains("RQ-2"), "{page}");
    assert_eq!(portal.get(&visitor("per", 2), &path).await.0, 404, "in his own matters there is no such request");
    assert_eq!(
        portal.get(&per, "/requests/new?kind=access-after-death").await.0,
        403,
        "of the dead one asks for oneself"
    );
}

fn dead(name: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("kind", "access-after-death"),
        ("name", name),
        ("day", "4"),
        ("month", "3"),
        ("year", "1980"),
        ("relation", "partner"),
        ("wrong", "Hva skjedde?"),
        ("holder", "Storgata"),
    ]
}

#[tokio::test]
async fn who_asks_after_a_death_learns_nothing_of_who_lives_or_is_dead() {
    let portal = country().await;
    let mut gone = patient("gone", 9, "1980-03-04");
    gone["deceasedDateTime"] = json!("2026-01-01");
    portal.given([gone]).await;
    let per = visitor("per", 2);
    let mut pages = Vec::new();
    for (key, name) in [("d1", "gone Nordmann"), ("d2", "kari Nordmann"), ("d3", "Ingen Slik")] {
        let mut fields = dead(name);
        fields.push(("form_key", key));
        let path = sent(&portal, &per, &fields).await;
        let (status, page) = portal.get(&per, &path).await;
        assert!(status == 200 && page.contains(name) && page.contains("Innsyn etter dødsfall"), "{page}");
        for words in [
            "Hva var du for den som er død?",
            "Ektefelle",
            "4. mars 1980",
            "Hva vil du se, og hvorfor?",
            "Hva skjedde?",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let line = |page: &str| page.split("<dt>").count();
        pages.push(line(&page));
    }
    assert!(pages.windows(2).all(|pair| pair[0] == pair[1]), "the same answer always: {pages:?}");
    assert!(!portal.get(&visitor("kari", 1), "/access-log").await.1.contains("foreldreansvar"), "nobody was looked up");
    let (status, page) = portal.post(&per, "/requests/new", &[("kind", "access-after-death")]).await;
    assert_eq!(status, 422);
    for field in ["name", "day", "relation", "wrong", "holder"] {
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field}: {page}");
    }
}

#[tokio::test]
async fn a_look_up_of_anothers_is_asked_about_by_its_number_alone() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    portal.get(&kari, "/appointments/kari-gp").await;
    portal.sent_by("Fjord sykehus", appointment("kari-late", "kari")).await;
    let (_, page) = portal.get(&kari, "/access-log?own=show").await;
    let own = page.split("<tr").find(|row| row.contains(">Du<")).unwrap();
    assert!(!own.contains("/requests/new?entry="), "one does not ask oneself: {own}");
    let entry = page.split("/requests/new?entry=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (status, page) = portal.get(&kari, &format!("/requests/new?entry={entry}")).await;
    let to = page.split("Skal svare").nth(1).unwrap();
    assert!(status == 200 && to.contains("Fjord sykehus") && !to.contains("De som driver Varde"), "{page}");
    portal.sent_by("Ukjent system", appointment("kari-later", "kari")).await;
    let (_, page) = portal.get(&kari, "/access-log").await;
    let unknown = page.split("/requests/new?entry=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (_, page) = portal.get(&kari, &format!("/requests/new?entry={unknown}")).await;
    assert!(page.contains("De som driver Varde"), "who looked is no organisation known here: {page}");
    let path = sent(&portal, &kari, &[("entry", &entry), ("wrong", "Hvem var det?"), ("form_key", "k")]).await;
    let (_, page) = portal.get(&kari, &path).await;
    assert!(page.contains("Spørsmål om et oppslag") && page.contains(&entry), "{page}");
    assert_eq!(portal.get(&visitor("per", 2), &format!("/requests/new?entry={entry}")).await.0, 404);
}

fn task(status: &str, members: &Value) -> Value {
    let mut task = json!({
        "resourceType": "Task", "id": "t1", "status": status, "intent": "order",
        "code": { "coding": [{ "system": "urn:varde:request", "code": "correction" }] },
        "for": { "reference": "Patient/kari" }, "requester": { "reference": "Patient/kari" },
        "focus": { "reference": "Appointment/kari-gp" }, "owner": { "reference": "Organization/o1", "display": "Storgata" },
        "authoredOn": "2026-10-01T09:00:00Z", "restriction": { "period": { "end": "2026-10-31" } },
    });
    for (name, value) in members.as_object().unwrap() {
        task[name] = value.clone();
    }
    task
}

#[tokio::test]
async fn after_a_no_one_complains_and_puts_ones_own_words_beside_it() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    portal.given([task("rejected", &json!({ "statusReason": { "text": "Notatet stemmer." } }))]).await;
    let (_, page) = portal.get(&kari, "/requests/t1").await;
    for words in [
        "Ikke rettet",
        "Notatet stemmer.",
        "/requests/t1/complain",
        "/requests/t1/state",
        "name=\"complaint\"",
        "name=\"statement\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("/requests/t1/withdraw"));
    let (status, page) = portal.post(&kari, "/requests/t1/state", &[("statement", " ")]).await;
    assert!(status == 422 && page.contains("href=\"#statement\""), "{page}");
    let words = [("statement", "Det var høyre kne.")];
    assert_eq!(portal.post(&kari, "/requests/t1/state", &words).await.1, "/requests/t1?done=stated");
    assert_eq!(portal.post(&kari, "/requests/t1/state", &words).await.1, "/requests/t1?done=changed-meanwhile");
    let (_, page) = portal.get(&kari, "/requests/t1").await;
    assert!(page.contains("Det var høyre kne.") && !page.contains("/requests/t1/state"), "{page}");
    let complaint = [("complaint", "Jeg er uenig.")];
    let first = portal.post(&kari, "/requests/t1/complain", &complaint).await.1;
    assert_eq!(portal.post(&kari, "/requests/t1/complain", &complaint).await.1, first, "one complaint");
    let (_, page) = portal.get(&kari, &first).await;
    assert!(page.contains("Statsforvalteren har fått det du skrev") && page.contains("/requests/t1"), "{page}");
    assert!(portal.get(&kari, "/requests/t1").await.1.contains(first.split('?').next().unwrap()));
}

#[tokio::test]
async fn what_is_late_says_so_and_what_is_taken_back_is_answered_no_more() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    portal.given([task("in-progress", &json!({}))]).await;
    let (_, page) = portal.get(&kari, "/requests/t1").await;
    assert!(page.contains("Svaret er forsinket") && page.contains("/requests/t1/complain"), "{page}");
    assert_eq!(portal.post(&kari, "/requests/t1/withdraw", &[]).await.1, "/requests/t1?done=withdrawn");
    assert_eq!(portal.post(&kari, "/requests/t1/withdraw", &[]).await.1, "/requests/t1?done=changed-meanwhile");
    let (_, page) = portal.get(&kari, "/requests/t1").await;
    assert!(page.contains("Trukket tilbake") && !page.contains("/requests/t1/complain"), "{page}");
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_said_and_not_left_out() {
    let portal = country().await;
    portal.given([task("requested", &json!({ "authoredOn": "2026" }))]).await;
    let kari = visitor("kari", 1);
    assert!(portal.get(&kari, "/requests").await.1.contains("Vi fikk ikke hentet dette nå"));
    assert!(portal.get(&visitor("per", 2), "/requests").await.1.contains("Du har ikke spurt om noe ennå"));
    let stopped = json!({
        "resourceType": "Consent", "id": "stop", "status": "active", "patient": { "reference": "Patient/per" },
        "scope": { "coding": [{ "code": "patient-privacy" }] },
        "category": [{ "coding": [{ "system": "urn:varde:consent", "code": "account-stop" }] }],
    });
    portal.given([stopped]).await;
    assert!(portal.get(&visitor("per", 2), "/requests").await.1.contains("Kontoen er sperret"));
}
