//! The counter of a pharmacy learns whether one person may collect for another, and nothing else; the giver finds that it was asked.

use varde_base::{CareBasis, NationalId};
use varde_store::{Collects, GateError};

use crate::people::{
    at, consent, gate, given, period, person, personnel, protected, put_all, related, serial, sets, staff, with_status,
};
use crate::world::{World, national_id, patient_id};

fn number(who: &str) -> NationalId {
    national_id(serial(who))
}

fn until(day: &str) -> Collects {
    Collects::Yes { until: Some(day.parse().unwrap()) }
}

async fn may_collect(world: &World, giver: &str, receiver: &str) -> Collects {
    // At a counter there is no attestation of treatment, so the same gate opens nothing else.
    let counter = staff(world, "7654321", CareBasis::Treatment, |_| {});
    counter.may_collect(&number(giver), &number(receiver)).await.unwrap()
}

async fn people(world: &World) {
    put_all(
        world,
        [
            person("eva", "1942-03-04", "Bakken 3"),
            person("nina", "1990-01-01", "Havnegata 2"),
            person("jon", "1960-01-01", "Havnegata 3"),
            person("bo", "1960-01-01", "Havnegata 4"),
            person("kari", "1980-03-04", "Storgata 1"),
            person("ola", "2014-05-06", "Storgata 1"),
            related("ola", "kari", &["FO"]),
        ],
    )
    .await;
}

pub(crate) async fn the_counter_learns_yes_or_no_and_until_when(world: &World) {
    people(world).await;
    let no_end = Collects::Yes { until: None };
    let proxy = given("FU", "eva", "nina", &["1", "P"]);
    for (given, expected) in [
        (proxy.clone(), no_end),
        (period(proxy.clone(), "2026-01-01", Some("2027-03-31")), until("2027-03-31")),
        (period(proxy.clone(), "2026-01-01", Some("2026-11-21")), until("2026-11-21")),
        (period(proxy.clone(), "2026-01-01", Some("2026-11-20")), Collects::No),
        (period(proxy.clone(), "2026-11-22", None), Collects::No),
        (with_status(proxy.clone(), "proposed"), Collects::No),
        (with_status(proxy.clone(), "inactive"), Collects::No),
        (given("FU", "eva", "nina", &["1", "2", "3"]), Collects::No),
        (given("FU", "eva", "jon", &["P"]), Collects::No),
    ] {
        world.put(given.clone()).await;
        assert_eq!(may_collect(world, "eva", "nina").await, expected, "{given}");
        world.put(with_status(given, "inactive")).await;
    }
    // Next of kin help for a year where nothing else is said; of two the longer counts.
    world.put(given("next-of-kin", "eva", "nina", &["P"])).await;
    assert_eq!(may_collect(world, "eva", "nina").await, until("2027-01-01"));
    world.put(period(proxy, "2026-01-01", Some("2027-03-31"))).await;
    assert_eq!(may_collect(world, "eva", "nina").await, until("2027-03-31"));
    // The parent of a child, until the child decides; nobody for themselves, and it does not go the other way.
    assert_eq!(may_collect(world, "ola", "kari").await, until("2030-05-05"));
    assert_eq!(may_collect(world, "kari", "ola").await, Collects::No);
    assert_eq!(may_collect(world, "eva", "eva").await, Collects::No);
    assert_eq!(may_collect(world, "nina", "eva").await, Collects::No);
}

pub(crate) async fn all_that_is_no_is_one_no_and_what_is_closed_elsewhere_is_closed_at_the_counter(world: &World) {
    people(world).await;
    world.put(given("FU", "eva", "nina", &["P"])).await;
    assert_eq!(may_collect(world, "eva", "nina").await, Collects::Yes { until: None });
    // Numbers that are nobody's here.
    assert_eq!(may_collect(world, "tor", "nina").await, Collects::No);
    assert_eq!(may_collect(world, "eva", "tor").await, Collects::No);
    assert_eq!(may_collect(world, "tor", "per").await, Collects::No);
    world.put(protected(person("nina", "1990-01-01", "Havnegata 2"))).await;
    assert_eq!(may_collect(world, "eva", "nina").await, Collects::No);
    world.put(person("nina", "1990-01-01", "Havnegata 2")).await;
    world.put(protected(person("eva", "1942-03-04", "Bakken 3"))).await;
    assert_eq!(may_collect(world, "eva", "nina").await, Collects::No);
    let mut dead = person("eva", "1942-03-04", "Bakken 3");
    dead["deceasedBoolean"] = true.into();
    world.put(dead).await;
    assert_eq!(may_collect(world, "eva", "nina").await, Collects::No);
    world.put(person("eva", "1942-03-04", "Bakken 3")).await;
    let mut block = consent("block", "eva", "block", &[]);
    block["provision"]["type"] = "deny".into();
    block["provision"]["actor"] = serde_json::json!([{"role": {"coding": [{"code": "PRCP"}]},
        "reference": {"identifier": {"value": "7654321"}}}]);
    world.put(block).await;
    assert_eq!(may_collect(world, "eva", "nina").await, Collects::No, "she has blocked this one by name");
}

pub(crate) async fn the_giver_finds_the_look_up_and_nobody_else_may_ask(world: &World) {
    people(world).await;
    world.put(given("FU", "eva", "nina", &["P"])).await;
    may_collect(world, "eva", "nina").await;
    may_collect(world, "eva", "bo").await;
    let log = gate(world, "eva").access_log(&patient_id("eva"), None, 20).await.unwrap().entries;
    let asked = log.iter().filter(|entry| entry.service.as_deref() == Some("pharmacy-pickup"));
    let asked: Vec<_> = asked.map(|entry| (entry.actor_name.as_str(), entry.rule.as_str())).collect();
    assert_eq!(asked, [("Kari Nordmann, nurse, Sykehuset", "PH-2"); 2], "yes and no alike");
    // The one who collects is not looked up, but for the giver.
    let log = gate(world, "nina").access_log(&patient_id("nina"), None, 20).await.unwrap().entries;
    assert!(log.iter().all(|entry| entry.actor_kind != "personnel"), "{log:?}");
    let refused = gate(world, "bo").may_collect(&number("eva"), &number("nina")).await;
    assert!(matches!(refused, Err(GateError::NotFound)));
    // The counter's gate is no way to anything else.
    let counter = staff(world, "7654321", CareBasis::Treatment, |_| {});
    assert!(counter.read(varde_fhir::ResourceType::PATIENT, patient_id("eva").as_resource_id()).await.is_err());
}

pub(crate) async fn who_collects_reads_for_whom_and_until_when(world: &World) {
    people(world).await;
    world.put(period(given("FU", "eva", "nina", &["P"]), "2026-01-01", Some("2027-03-31"))).await;
    world.put(given("FU", "jon", "nina", &["1"])).await;
    world.put(given("next-of-kin", "bo", "nina", &["P", "T"])).await;
    let of = async |who: &str| {
        let all = gate(world, who).collects_for().await.unwrap();
        let line = |its: varde_store::Pickup| format!("{} {:?}", its.patient, its.until.map(|day| day.to_string()));
        let mut all: Vec<String> = all.into_iter().map(line).collect();
        all.sort();
        all
    };
    assert_eq!(of("nina").await, [r#"bo Some("2027-01-01")"#, r#"eva Some("2027-03-31")"#]);
    assert_eq!(of("kari").await, [r#"ola Some("2030-05-05")"#]);
    assert!(of("eva").await.is_empty());
    let by = async |who: &str| {
        let all = gate(world, who).collectors(&patient_id(who)).await.unwrap();
        all.into_iter().map(|its| its.until.map(|day| day.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(by("eva").await, [Some("2027-03-31".to_owned())], "the same day to who gave it");
    assert!(by("jon").await.is_empty(), "another area is not for the pharmacy");
    assert!(gate(world, "bo").collectors(&patient_id("eva")).await.is_err(), "not told to others");
    at(world, "2027-04-01T09:00:00Z");
    assert!(of("nina").await.is_empty() && by("eva").await.is_empty(), "over");
    assert!(!sets(world, "nina", given("FU", "eva", "nina", &["P"])).await, "nobody gives it to themselves");
    assert!(personnel(world, "1", CareBasis::Treatment).collects_for().await.unwrap().is_empty());
}
