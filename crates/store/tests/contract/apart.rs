//! Two worlds that differ only in what somebody may not see answer that somebody alike, to the byte.

use serde_json::Value;
use varde_base::{NATIONAL_ID_SYSTEM, ResourceId};
use varde_fhir::ResourceType;
use varde_store::{Everything, Gate, GateError, HistoryScope, HistoryWindow, Page};

use crate::allways::{lives, people};
use crate::people::{
    at, based_on, consent, gate, labelled, medicine, message, note, person, put_all, referral, released, result,
    vaccine, visit,
};
use crate::world::{NOW, World, national_id, parse, patient_id};

/// Answers to many questions, each as one line: a body, a number, an error.
async fn answers(gate: &Gate, secrets: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    for asked in questions() {
        let mut query = parse(&asked);
        for page_number in 0..60 {
            let answer = gate.search(&query).await;
            out.push(format!("{asked} page {page_number}: {}", page(&answer)));
            let Some(next) = answer.ok().and_then(|page| page.next) else { break };
            query.cursor = Some(next);
        }
    }
    for whose in ["ola", "tor", "eva", "kari", "bo"] {
        for count in [1, 3, 100] {
            let mut asked = Everything {
                patient: Some(patient_id(whose)),
                types: Vec::new(),
                since: None,
                count,
                cursor: None,
                referred: true,
            };
            for page_number in 0..60 {
                let answer = gate.everything(&asked).await;
                out.push(format!("everything of {whose} page {page_number}: {}", page(&answer)));
                asked.cursor = answer.ok().and_then(|page| page.next);
                if asked.cursor.is_none() {
                    break;
                }
            }
        }
    }
    for name in secrets.iter().map(String::as_str).chain(["Appointment/ola-gp", "Patient/ola", "Patient/eva"]) {
        let (kind, id) = name.split_once('/').unwrap();
        let (kind, id): (ResourceType, ResourceId) = (ResourceType::from_name(kind).unwrap(), id.parse().unwrap());
        let found = |answer: Result<varde_store::Found, GateError>| match answer {
            Ok(found) => format!("{} v{} {:?}", text(&found.body), found.version, found.decision.rule),
            Err(error) => format!("{error:?}"),
        };
        out.push(format!("{name}: {}", found(gate.read(kind, &id).await)));
        for version in 1..4 {
            out.push(format!("{name} {version}: {}", found(gate.read_version(kind, &id, version).await)));
        }
        let history = gate.history(&HistoryScope::Instance(kind, id), HistoryWindow::default(), 1, None).await;
        out.push(format!("{name} history: {}", page(&history)));
    }
    let relations = gate.relations().await.unwrap();
    out.extend(relations.iter().map(|its| format!("{} {} {:?}", its.patient, its.name, its.relation)));
    out
}

fn questions() -> Vec<String> {
    let kinds = [
        "Appointment",
        "DocumentReference",
        "Observation",
        "ServiceRequest",
        "MedicationRequest",
        "Communication",
        "Immunization",
        "Consent",
        "RelatedPerson",
    ];
    let mut out: Vec<String> = Vec::new();
    for kind in kinds {
        for more in
            ["", "&_count=1", "&_count=2&_sort=_id", "&_count=3&_sort=-_lastUpdated", "&_count=0", "&_summary=count"]
        {
            for whose in ["", "&patient=ola", "&patient=tor", "&patient=eva"] {
                out.push(format!("{kind}?_total=accurate{whose}{more}"));
            }
        }
        out.push(format!("{kind}?patient.family=Nordmann&_count=2&_total=accurate"));
        out.push(format!("Patient?_has:{kind}:patient:_lastUpdated=ge2000-01-01&_total=accurate"));
        out.push(format!("Patient?_revinclude={kind}:patient"));
        out.push(format!("{kind}?_include={kind}:patient&_include:iterate={kind}:*"));
        out.push(format!("{kind}?_lastUpdated=ge2000-01-01&_count=1"));
    }
    out.extend(
        [
            "Patient?_sort=birthdate&_count=1&_total=accurate",
            "Patient?_has:Observation:patient:code=718-7",
            "Appointment?date=ge2026-01-01&_sort=date&_count=1&_total=accurate",
            "Appointment?_sort=-date&_count=2",
            "Appointment?status=booked&_total=accurate",
            "Observation?code=718-7&_sort=date&_count=1&_total=accurate",
            "Observation?_include=Observation:derived-from&_include=Observation:based-on",
            "ServiceRequest?_revinclude=Appointment:based-on&_revinclude=DocumentReference:related",
            "Appointment?based-on:missing=false&_total=accurate",
        ]
        .map(str::to_owned),
    );
    out
}

fn text(body: &[u8]) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

/// What a page shows: bodies, versions, rules, the number, and where the next begins.
fn page(answer: &Result<Page, GateError>) -> String {
    let page = match answer {
        Ok(page) => page,
        Err(error) => return format!("{error:?}"),
    };
    let found = |all: &[varde_store::Found]| {
        let line =
            |found: &varde_store::Found| format!("{} v{} {}", text(&found.body), found.version, found.decision.rule);
        all.iter().map(line).collect::<Vec<_>>().join(",")
    };
    format!("[{}] with [{}] of {:?} next {:?}", found(&page.matches), found(&page.included), page.total, page.next)
}

/// What none but programs and personnel may know of.
fn hidden_from_all() -> Vec<Value> {
    let mut all = Vec::new();
    for of in ["ola", "tor", "eva", "kari"] {
        let id = |what: &str| format!("{of}-x-{what}");
        let norn = |body| labelled(body, &["NORN"]);
        let later = |body| released(body, "2027-01-01T10:00:00Z");
        let mut derived = norn(result(&id("derived"), of, "2020-10-01T08:00:00Z"));
        derived["derivedFrom"] = serde_json::json!([{"reference": format!("Observation/{of}-old")}]);
        all.extend([
            norn(visit(&id("a"), of, "10")),
            norn(visit(&id("b"), of, "27")),
            norn(note(&id("a"), of)),
            norn(medicine(&id("a"), of)),
            norn(message(&id("a"), of)),
            norn(vaccine(&id("a"), of)),
            norn(referral(&id("a"), of)),
            norn(based_on(visit(&id("c"), of, "27"), &format!("{of}-eyes"))),
            later(result(&id("later"), of, "2020-10-01T08:00:00Z")),
            later(note(&id("later"), of)),
            later(visit(&id("later"), of, "10")),
            result(&id("new"), of, "2026-11-21T08:00:00Z"),
            released(result(&id("never"), of, "2020-10-01T08:00:00Z"), "personnel-only"),
            derived,
        ]);
    }
    // A stranger with all kinds of data, and somebody of the same number of nobody's.
    all.push(strangers());
    all.extend([
        visit("x-gp", "x", "10"),
        note("x-note", "x"),
        result("x-old", "x", "2020-10-01T08:00:00Z"),
        consent("x-c", "x", "platform", &["none"]),
    ]);
    all
}

fn strangers() -> Value {
    let mut body = person("bo", "1950-01-01", "Storgata 1");
    body["id"] = "x".into();
    body["identifier"] = serde_json::json!([{"system": NATIONAL_ID_SYSTEM, "value": national_id(40).as_str()}]);
    body
}

/// What is kept from parents alone.
fn hidden_from_parents() -> Vec<Value> {
    let not_parent = |body| labelled(body, &["NORN_FORANS"]);
    let mut all = vec![
        visit("tor-y-clinic", "tor", "6"),
        visit("tor-y-hospital", "tor", "27"),
        note("tor-y-note", "tor"),
        result("tor-y-old", "tor", "2020-10-01T08:00:00Z"),
        message("tor-y-message", "tor"),
        referral("tor-y-referral", "tor"),
        based_on(visit("tor-y-based", "tor", "27"), "tor-y-referral"),
        based_on(note("tor-y-based", "tor"), "tor-psych"),
    ];
    for of in ["ola", "tor"] {
        let id = |what: &str| format!("{of}-z-{what}");
        all.extend([
            not_parent(visit(&id("a"), of, "10")),
            not_parent(medicine(&id("a"), of)),
            not_parent(vaccine(&id("a"), of)),
            not_parent(based_on(visit(&id("b"), of, "27"), &format!("{of}-eyes"))),
        ]);
    }
    all
}

/// The worlds are made in the same steps of time, so that the moments of writing are the same too: what is hidden is written in between.
async fn make(world: &World, hidden: &[Value]) {
    at(world, NOW);
    let (first, rest) = hidden.split_at(hidden.len() / 2);
    people(world).await;
    // From here on the numbers of resources are others in the one world than in the other.
    put_all(world, first.iter().cloned()).await;
    at(world, "2026-11-21T09:00:10Z");
    lives(world).await;
    at(world, "2026-11-21T09:00:20Z");
    put_all(world, rest.iter().cloned()).await;
    for body in hidden {
        let mut again = body.clone();
        again["language"] = "nb".into();
        world.put(again).await;
    }
    at(world, "2026-11-21T09:00:30Z");
    put_all(world, [visit("kari-last", "kari", "10"), visit("ola-last", "ola", "10"), visit("tor-last", "tor", "10")])
        .await;
    at(world, "2026-11-21T10:00:00Z");
}

async fn compare(one: &World, other: &World, hidden: &[Value], actors: &[&str]) {
    make(one, hidden).await;
    make(other, &[]).await;
    let secrets: Vec<String> = hidden
        .iter()
        .map(|body| format!("{}/{}", body["resourceType"].as_str().unwrap(), body["id"].as_str().unwrap()))
        .collect();
    for who in actors {
        let with = answers(&gate(one, who), &secrets).await;
        let without = answers(&gate(other, who), &secrets).await;
        assert_eq!(with.len(), without.len(), "{who}: as many pages");
        for (with, without) in with.iter().zip(&without) {
            assert_eq!(with, without, "{who}");
        }
        // The small child has no access of its own.
        let something = with.iter().any(|line| line.contains("resourceType"));
        assert!(with.len() > 300 && (something || *who == "ola"), "{who}: something is seen");
    }
}

async fn two_worlds(engine: &World) -> Option<World> {
    match engine.engine() {
        "SQLite" => World::sqlite().await,
        _ => World::postgres().await,
    }
}

pub(crate) async fn what_none_may_see_changes_no_answer(world: &World) {
    let Some(other) = two_worlds(world).await else { return };
    compare(world, &other, &hidden_from_all(), &["kari", "per", "ola", "tor", "nina", "eva", "bo", "siri"]).await;
    other.end().await;
}

pub(crate) async fn what_parents_may_not_see_changes_no_answer_to_them(world: &World) {
    let Some(other) = two_worlds(world).await else { return };
    compare(world, &other, &hidden_from_parents(), &["kari", "per", "jon"]).await;
    other.end().await;
}
