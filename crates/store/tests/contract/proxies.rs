//! Proxies, assigned proxies and next of kin: scenarios as sentences.

use std::sync::Arc;

use varde_base::NATIONAL_ID_SYSTEM;
use varde_rights::{Action, Item, ParameterBook, RuleBook, RuleId, Service};
use varde_store::{GateError, Options, Store};

use crate::people::{
    at, consent, gate, given, labelled, medicine, note, of_these, period, person, put_all, result, rule, sees, serial,
    vaccine, visit, with_status,
};
use crate::world::{World, citizen_access, ids, national_id, parse};

const EVAS: &str = "Patient/eva Appointment/gp Appointment/hospital DocumentReference/note MedicationRequest/pill Immunization/mmr Observation/blood";

async fn village(world: &World) {
    put_all(
        world,
        [
            person("eva", "1950-03-04", "Storgata 1"),
            person("nina", "1990-01-01", "Havnegata 2"),
            person("tor", "2010-01-01", "Havnegata 2"),
            visit("gp", "eva", "10"),
            visit("hospital", "eva", "27"),
            note("note", "eva"),
            medicine("pill", "eva"),
            vaccine("mmr", "eva"),
            result("blood", "eva", "2026-10-01T08:00:00Z"),
        ],
    )
    .await;
}

pub(crate) async fn each_area_of_a_proxy_opens_its_own_and_no_more(world: &World) {
    village(world).await;
    for (codes, seen) in [
        (vec!["1"], "Patient/eva MedicationRequest/pill Immunization/mmr Observation/blood"),
        (vec!["2"], "Patient/eva DocumentReference/note"),
        (vec!["3"], "Patient/eva Appointment/gp Appointment/hospital"),
        (vec!["P"], "Patient/eva"),
        (vec!["1", "2", "3"], EVAS),
    ] {
        world.put(given("FU", "eva", "nina", &codes)).await;
        assert_eq!(sees(world, "nina", EVAS).await, seen, "{codes:?}");
    }
    assert_eq!(sees(world, "eva", EVAS).await, EVAS);
}

pub(crate) async fn a_proxy_withdrawn_while_it_reads_is_refused_the_next_request(world: &World) {
    village(world).await;
    world.put(given("FU", "eva", "nina", &["1", "2", "3"])).await;
    let mut query = parse("Appointment?patient=eva&_count=1");
    let first = gate(world, "nina").search(&query).await.unwrap();
    assert_eq!(ids(&first).len(), 1);
    query.cursor = first.next;
    assert!(query.cursor.is_some());
    world.put(with_status(given("FU", "eva", "nina", &["1", "2", "3"]), "inactive")).await;
    let second = gate(world, "nina").search(&query).await;
    assert!(matches!(second, Err(GateError::Invalid(_))), "there is no next page of what may not be seen");
    query.cursor = None;
    assert_eq!(ids(&gate(world, "nina").search(&query).await.unwrap()).len(), 0);
    assert_eq!(sees(world, "nina", EVAS).await, "");
    assert!(gate(world, "nina").relations().await.unwrap().iter().all(|its| its.patient.as_str() != "eva"));
}

pub(crate) async fn a_proxy_never_has_more_than_the_giver(world: &World) {
    village(world).await;
    put_all(
        world,
        [
            given("FU", "eva", "nina", &["1", "2", "3"]),
            labelled(note("norn", "eva"), &["NORN"]),
            consent("less", "eva", "own-access", &["results", "record"]),
        ],
    )
    .await;
    let left = "Patient/eva Appointment/gp Appointment/hospital MedicationRequest/pill Immunization/mmr";
    for who in ["eva", "nina"] {
        assert_eq!(sees(world, who, EVAS).await, left);
        assert_eq!(sees(world, who, "DocumentReference/norn").await, "");
    }
    world.put(consent("level", "eva", "platform", &["basis"])).await;
    for who in ["eva", "nina"] {
        assert_eq!(sees(world, who, EVAS).await, "Patient/eva MedicationRequest/pill Immunization/mmr", "{who}");
    }
}

pub(crate) async fn a_proxy_not_accepted_refused_or_ended_opens_nothing(world: &World) {
    village(world).await;
    for status in ["proposed", "draft", "rejected", "inactive", "entered-in-error"] {
        world.put(with_status(given("FU", "eva", "nina", &["1", "2", "3"]), status)).await;
        assert_eq!(sees(world, "nina", EVAS).await, "", "{status}");
    }
    for (start, end) in [("2026-11-22", None), ("2026-01-01", Some("2026-11-20")), ("2026", None)] {
        world.put(period(given("FU", "eva", "nina", &["1", "2", "3"]), start, end)).await;
        assert_eq!(sees(world, "nina", EVAS).await, "", "{start} {end:?}");
    }
    let mut denied = given("FU", "eva", "nina", &["1", "2", "3"]);
    denied["provision"]["type"] = "deny".into();
    world.put(denied).await;
    assert_eq!(sees(world, "nina", EVAS).await, "");
}

pub(crate) async fn a_proxy_expires_at_midnight(world: &World) {
    village(world).await;
    world.put(period(given("FU", "eva", "nina", &["2"]), "2026-01-01", Some("2026-11-21"))).await;
    at(world, "2026-11-21T22:59:59Z");
    assert_eq!(sees(world, "nina", "DocumentReference/note").await, "DocumentReference/note");
    at(world, "2026-11-21T23:00:00Z");
    assert_eq!(sees(world, "nina", "DocumentReference/note").await, "");
}

pub(crate) async fn a_proxy_given_by_number_is_found_as_it_is_read(world: &World) {
    village(world).await;
    let mut by_number = given("FU", "eva", "nina", &["2"]);
    let number = national_id(serial("nina"));
    by_number["provision"]["actor"][0]["reference"] =
        serde_json::json!({"identifier": {"system": NATIONAL_ID_SYSTEM, "value": number.as_str()}});
    world.put(by_number).await;
    assert_eq!(sees(world, "nina", EVAS).await, "Patient/eva DocumentReference/note");
}

pub(crate) async fn one_under_eighteen_receives_no_proxy_and_one_under_sixteen_gives_none(world: &World) {
    village(world).await;
    put_all(world, [given("FU", "eva", "tor", &["2"]), note("tors", "tor"), given("FU", "tor", "nina", &["2"])]).await;
    assert_eq!(sees(world, "tor", EVAS).await, "");
    assert_eq!(sees(world, "nina", "DocumentReference/tors").await, "DocumentReference/tors", "sixteen");
    world.put(person("tor", "2011-01-01", "Havnegata 2")).await;
    assert_eq!(sees(world, "nina", "DocumentReference/tors").await, "");
}

pub(crate) async fn an_assigned_proxy_lasts_at_most_five_years(world: &World) {
    village(world).await;
    let assigned = |start, end| period(given("TD", "eva", "nina", &[]), start, end);
    world.put(assigned("2021-11-21", Some("2040-01-01"))).await;
    at(world, "2026-11-21T22:59:59Z");
    assert_eq!(sees(world, "nina", EVAS).await, EVAS);
    at(world, "2026-11-21T23:00:00Z");
    assert_eq!(sees(world, "nina", EVAS).await, "");
    world.put(assigned("2026-01-01", Some("2026-06-01"))).await;
    assert_eq!(sees(world, "nina", EVAS).await, "");
    let mut ageless = assigned("2026-01-01", None);
    ageless["provision"]["period"] = serde_json::json!({"end": "2030-01-01"});
    world.put(ageless).await;
    assert_eq!(sees(world, "nina", EVAS).await, "", "without a start nobody knows how old it is");
}

pub(crate) async fn next_of_kin_learn_time_and_place_and_see_no_content(world: &World) {
    village(world).await;
    world.put(given("next-of-kin", "eva", "nina", &["T", "R", "P"])).await;
    assert_eq!(sees(world, "nina", EVAS).await, "");
    let eva = "eva".parse().unwrap();
    let gate = gate(world, "nina");
    for (service, allowed) in [
        (Service::SpecialistAppointments, true),
        (Service::Travel, true),
        (Service::Results, false),
        (Service::Record, false),
    ] {
        let decision = gate.decide(Some(&eva), service, Action::Outline, Item::PLAIN).await.unwrap();
        assert_eq!(decision.allowed(), allowed, "{service:?}");
    }
}

pub(crate) async fn an_area_that_has_grown_must_be_confirmed_again(world: &World) {
    village(world).await;
    put_all(world, [given("FU", "eva", "nina", &["1", "2"])]).await;
    let national = include_str!("../../../rights/rules/parameters.txt");
    let grown = format!("{national}\narea-grown | 2026-11-01 | 2 | more kinds of documents\n");
    let book = RuleBook::national().unwrap().with_parameters(ParameterBook::read(grown.leak()).unwrap());
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&Options::new(directory.path()), Arc::new(world.clock.clone()), book).unwrap();
    let system = store.as_actor(&crate::world::system_access());
    let bodies = [
        person("eva", "1950-03-04", "Storgata 1"),
        person("nina", "1990-01-01", "Havnegata 2"),
        note("note", "eva"),
        medicine("pill", "eva"),
        given("FU", "eva", "nina", &["1", "2"]),
    ];
    system.write(crate::world::writes(&bodies)).await.unwrap();
    let nina = || store.as_actor(&citizen_access("nina", serial("nina")));
    let asked = "DocumentReference/note MedicationRequest/pill";
    assert_eq!(of_these(&nina(), asked).await, "MedicationRequest/pill");
    assert_eq!(sees(world, "nina", asked).await, asked, "where nothing has grown");
    let mut confirmed = given("FU", "eva", "nina", &["1", "2"]);
    confirmed["dateTime"] = "2026-11-02".into();
    system.write(crate::world::writes(&[confirmed])).await.unwrap();
    assert_eq!(of_these(&nina(), asked).await, asked);
    store.close().await.unwrap();
}

pub(crate) async fn one_with_two_proxies_from_two_people_sees_of_each_what_each_gave(world: &World) {
    village(world).await;
    put_all(
        world,
        [
            person("jon", "1960-01-01", "Havnegata 3"),
            note("jons", "jon"),
            medicine("jons-pill", "jon"),
            given("FU", "eva", "nina", &["2"]),
            given("FU", "jon", "nina", &["1"]),
        ],
    )
    .await;
    let all = "DocumentReference/note DocumentReference/jons MedicationRequest/pill MedicationRequest/jons-pill";
    assert_eq!(sees(world, "nina", all).await, "DocumentReference/note MedicationRequest/jons-pill");
}

pub(crate) async fn a_proxy_is_nothing_to_hand_on(world: &World) {
    village(world).await;
    put_all(
        world,
        [
            person("jon", "1960-01-01", "Havnegata 3"),
            given("FU", "eva", "nina", &["1", "2", "3"]),
            given("FU", "nina", "jon", &["1", "2", "3"]),
        ],
    )
    .await;
    assert_eq!(sees(world, "jon", EVAS).await, "");
    assert_eq!(sees(world, "nina", "Consent/eva-to-nina-FU").await, "", "nor to change or look at");
    assert_eq!(rule(world, "jon", "eva", Service::Record).await, RuleId::NO_RELATION);
}

pub(crate) async fn an_inactive_account_leaves_proxies_their_work_and_a_stopped_one_its_owner_nothing(world: &World) {
    village(world).await;
    put_all(world, [given("FU", "eva", "nina", &["2"]), consent("rest", "eva", "inactive", &[])]).await;
    assert_eq!(sees(world, "eva", EVAS).await, "");
    assert_eq!(rule(world, "eva", "eva", Service::Record).await, RuleId::INACTIVE);
    assert_eq!(sees(world, "nina", EVAS).await, "Patient/eva DocumentReference/note");
    put_all(world, [consent("stop", "nina", "account-stop", &[])]).await;
    assert_eq!(sees(world, "nina", "Patient/eva Patient/nina DocumentReference/note").await, "");
    assert_eq!(rule(world, "nina", "nina", Service::Record).await, RuleId::ACCOUNT_STOPPED);
}

pub(crate) async fn a_dead_proxy_and_a_dead_giver_open_nothing(world: &World) {
    village(world).await;
    world.put(given("FU", "eva", "nina", &["2"])).await;
    for (who, born, street) in [("eva", "1950-03-04", "Storgata 1"), ("nina", "1990-01-01", "Havnegata 2")] {
        let mut dead = person(who, born, street);
        dead["deceasedDateTime"] = "2026-11-20".into();
        world.put(dead).await;
        assert_eq!(sees(world, "nina", EVAS).await, "", "{who}");
        world.put(person(who, born, street)).await;
        assert_eq!(sees(world, "nina", EVAS).await, "Patient/eva DocumentReference/note", "annulled: {who}");
    }
}
