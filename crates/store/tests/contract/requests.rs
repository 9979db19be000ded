//! What people ask of those who keep information, and what follows from an answer: scenarios as sentences.

use std::sync::Arc;

use serde_json::{Value, json};
use varde_base::{Actor, CareBasis, PersonnelActor, Purpose};
use varde_rights::{Action, Item, Service};
use varde_store::{Access, Change, Expect, Listener, OutboxMessage, Write};

use crate::people::{gate, given, person, put_all, related, sees};
use crate::world::{World, observation, patient_id, put};

const ASKED: &str = "Task/evas Communication/words";

fn task(id: &str, of: &str, status: &str) -> Value {
    json!({
        "resourceType": "Task", "id": id, "status": status, "intent": "order",
        "code": { "coding": [{ "system": "urn:varde:request", "code": "correction" }] },
        "for": { "reference": format!("Patient/{of}") }, "authoredOn": "2026-11-20T09:00:00Z",
    })
}

fn words(id: &str, of: &str, about: &str) -> Value {
    json!({
        "resourceType": "Communication", "id": id, "status": "completed",
        "category": [{ "coding": [{ "system": "urn:varde:service", "code": "requests" }] }],
        "basedOn": [{ "reference": format!("Task/{about}") }],
        "subject": { "reference": format!("Patient/{of}") }, "sent": "2026-11-20T09:00:00Z",
    })
}

async fn village(world: &World) {
    put_all(
        world,
        [
            person("eva", "1950-03-04", "Storgata 1"),
            person("nina", "1990-01-01", "Havnegata 2"),
            person("tor", "2018-01-01", "Havnegata 2"),
            person("siri", "2012-01-01", "Havnegata 2"),
            related("tor", "nina", &["FO"]),
            related("siri", "nina", &["FO"]),
            task("evas", "eva", "requested"),
            words("words", "eva", "evas"),
            task("tors", "tor", "requested"),
            task("siris", "siri", "requested"),
        ],
    )
    .await;
}

pub(crate) async fn a_request_is_its_owners_and_a_proxy_for_the_record_follows_it(world: &World) {
    village(world).await;
    assert_eq!(sees(world, "eva", ASKED).await, ASKED);
    assert_eq!(sees(world, "nina", ASKED).await, "", "a stranger");
    for (codes, seen) in [(&["1"], ""), (&["3"], ""), (&["P"], ""), (&["2"], ASKED)] {
        world.put(given("FU", "eva", "nina", codes)).await;
        assert_eq!(sees(world, "nina", ASKED).await, seen, "{codes:?}");
    }
}

pub(crate) async fn a_parent_follows_a_childs_request_until_the_child_is_twelve(world: &World) {
    village(world).await;
    assert_eq!(sees(world, "nina", "Task/tors Task/siris").await, "Task/tors");
    assert_eq!(sees(world, "siri", "Task/siris").await, "", "closed to the young until it is decided otherwise");
}

pub(crate) async fn who_treats_a_person_sees_who_acts_for_them_and_not_what_they_have_asked(world: &World) {
    village(world).await;
    world.put(given("FU", "eva", "nina", &["3"])).await;
    let proxy = world.find("Consent?patient=eva").await;
    for (basis, sees_proxy) in
        [(CareBasis::Treatment, true), (CareBasis::Coordination, false), (CareBasis::Emergency, false)]
    {
        let actor = Actor::Personnel(PersonnelActor {
            hpr_number: "9144900".into(),
            name: "Liv Vold".into(),
            role: "Lege".into(),
            organization: "Sykehuset".into(),
            basis,
            patient_agrees: false,
            attestation: Some("visit-7".into()),
            decision_ref: None,
            legal_entity: None,
            point_of_care: None,
            reason: Some("unconscious".into()),
            system: "Test".into(),
        });
        let access = Access { actor, purpose: Purpose::Treatment, acting_for: None, interaction: "test" };
        let gate = world.store.as_actor(&access);
        let decide = async |service, action| {
            gate.decide(Some(&patient_id("eva")), service, action, Item::PLAIN).await.unwrap().allowed()
        };
        for (action, allowed) in [(Action::View, sees_proxy), (Action::Change, sees_proxy), (Action::Write, false)] {
            assert_eq!(decide(Service::Proxies, action).await, allowed, "{basis:?} {action:?}");
        }
        for action in Action::ALL {
            assert!(!decide(Service::Requests, action).await, "{basis:?} {action:?}");
        }
    }
    assert_eq!(proxy.len(), 1);
}

/// Writes the words of an answer with each change of a Task, and a note for the outbox.
struct Ear;

impl Listener for Ear {
    fn hear(&self, _: &Access, changes: &[Change<'_>]) -> Vec<OutboxMessage> {
        let text = |change: &Change<'_>| format!("{} {}", change.resource_type, change.version);
        let message =
            |change| OutboxMessage { kind: "heard".into(), subject: None, payload: text(change), not_before: None };
        changes.iter().map(message).collect()
    }

    fn follow(&self, _: &Access, change: &Change<'_>) -> Vec<Write> {
        let event = words(&format!("event-{}-{}", change.id, change.version), "eva", "evas");
        vec![Write::Put(Box::new(put(&event)))]
    }
}

pub(crate) async fn what_follows_from_a_change_lands_with_it_or_not_at_all_and_is_not_followed_itself(world: &World) {
    village(world).await;
    assert!(world.store.listen(Arc::new(Ear)));
    let written = world.put(task("evas", "eva", "received")).await;
    assert_eq!((written.id.as_str(), written.version), ("evas", 2), "the answer is to what was asked");
    assert!(world.try_put(task("evas", "eva", "rejected"), Expect::Version(1)).await.is_err());
    let events = world.find("Communication?patient=eva&_id=event-evas-2,event-evas-3").await;
    assert_eq!(events, ["event-evas-2"], "the refused change left nothing");
    world.put(observation("w", "eva", "weight", "2026-01-01", "60")).await;
    assert_eq!(world.find("Communication?patient=eva&_id=event-w-1").await.len(), 1);
    let log = gate(world, "eva").access_log(&patient_id("eva"), None, 200).await.unwrap().entries;
    assert!(log.iter().any(|entry| entry.resource_id.as_deref() == Some("event-evas-2")), "it is in the log");
    world.verify().await;
}
