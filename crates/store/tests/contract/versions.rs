//! Writing, reading, versions, preconditions.

use jiff::SignedDuration;
use varde_base::Clock as _;
use varde_store::{
    Batch, Expect, GateError, HistoryScope, HistoryWindow, IdempotencyKey, ImportMark, OutboxMessage, Precondition,
    Write,
};

use crate::world::{World, body, ids, name_of, observation, parse, patient, put, writes};

const ALL: HistoryWindow = HistoryWindow { since_micros: None, at_micros: None };

pub(crate) async fn what_was_written_is_read_back_with_version_and_time(world: &World) {
    let written = world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    assert_eq!((written.version, written.created), (1, true));
    let (resource_type, id) = name_of("Patient/kari");
    let found = world.system().read(resource_type, &id).await.unwrap();
    assert_eq!(found.body, written.body);
    let json = body(&found.body);
    assert_eq!(json["meta"]["versionId"], "1");
    assert_eq!(json["meta"]["lastUpdated"], "2026-11-21T09:00:00Z");
    assert_eq!(json["birthDate"], "1980-01-01");
    let missing = world.system().read(resource_type, &"ola".parse().unwrap()).await;
    assert!(matches!(missing, Err(GateError::NotFound)));
}

pub(crate) async fn every_version_stays_readable_and_a_deletion_is_one_of_them(world: &World) {
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    world.clock.advance(SignedDuration::from_secs(60));
    world.put(patient("kari", 1, "1980-01-01", "Storgata 2")).await;
    let deleted = world.delete("Patient/kari").await.unwrap();
    assert_eq!((deleted.version, deleted.deleted), (3, true));
    let again = world.delete("Patient/kari").await.unwrap();
    assert_eq!(again.version, 3, "deleting twice is deleting once");
    let (resource_type, id) = name_of("Patient/kari");
    let gate = world.system();
    assert!(matches!(gate.read(resource_type, &id).await, Err(GateError::Gone { version: 3 })));
    let second = gate.read_version(resource_type, &id, 2).await.unwrap();
    assert_eq!(body(&second.body)["address"][0]["line"][0], "Storgata 2");
    assert!(matches!(gate.read_version(resource_type, &id, 9).await, Err(GateError::NotFound)));
    let back = world.put(patient("kari", 1, "1980-01-01", "Storgata 3")).await;
    assert_eq!((back.version, back.created), (4, true));
    let scope = HistoryScope::Instance(resource_type, id.clone());
    let first = gate.history(&scope, ALL, 3, None).await.unwrap();
    let rest = gate.history(&scope, ALL, 3, first.next.as_ref()).await.unwrap();
    let versions: Vec<(u64, bool)> =
        first.matches.iter().chain(&rest.matches).map(|found| (found.version, found.deleted)).collect();
    assert_eq!(versions, [(4, false), (3, true), (2, false), (1, false)]);
    assert!(rest.next.is_none());
}

pub(crate) async fn a_write_that_expects_something_else_is_a_conflict_and_changes_nothing(world: &World) {
    let body = patient("kari", 1, "1980-01-01", "Storgata 1");
    assert!(world.try_put(body.clone(), Expect::Present).await.is_err());
    assert!(world.try_put(body.clone(), Expect::Version(1)).await.is_err());
    world.try_put(body.clone(), Expect::Absent).await.unwrap();
    let twice = world.try_put(body.clone(), Expect::Absent).await;
    assert!(matches!(twice, Err(GateError::Conflict { current: Some(1) })));
    assert!(world.try_put(body.clone(), Expect::Version(2)).await.is_err());
    let second = world.try_put(body.clone(), Expect::Version(1)).await.unwrap();
    assert_eq!((second.version, second.created), (2, false));
    assert_eq!(world.try_put(body.clone(), Expect::Present).await.unwrap().version, 3);
    assert!(world.try_put(body.clone(), Expect::Missing).await.is_err());
    world.delete("Patient/kari").await.unwrap();
    assert_eq!(world.try_put(body, Expect::Missing).await.unwrap().version, 5, "what is deleted is missing");
}

pub(crate) async fn a_batch_lands_whole_or_not_at_all(world: &World) {
    let mut batch = writes(&[
        patient("kari", 1, "1980-01-01", "Storgata 1"),
        observation("o1", "kari", "29463-7", "2026-01-01", "64.5"),
    ]);
    let message = OutboxMessage { kind: "test".into(), subject: None, payload: "{}".into(), not_before: None };
    batch.outbox.push(message);
    if let Some(Write::Put(put)) = batch.writes.last_mut() {
        put.expect = Expect::Present;
    }
    let before = world.store.stats().await.unwrap();
    let done = world.system().write(batch.clone()).await;
    assert!(matches!(done, Err(GateError::Conflict { current: None })));
    assert_eq!(world.store.stats().await.unwrap(), before);
    if let Some(Write::Put(put)) = batch.writes.last_mut() {
        put.expect = Expect::Absent;
    }
    assert_eq!(world.system().write(batch.clone()).await.unwrap().len(), 2);
    let after = world.store.stats().await.unwrap();
    assert_eq!((after.outbox_waiting, after.audit_entries), (1, 2));
    let twice = Batch { writes: vec![batch.writes[0].clone(), batch.writes[0].clone()], ..Batch::default() };
    assert!(matches!(world.system().write(twice).await, Err(GateError::Conflict { .. })), "one resource named twice");
}

pub(crate) async fn the_same_idempotency_key_writes_once_and_another_content_is_a_conflict(world: &World) {
    let key = |fingerprint| Some(IdempotencyKey { scope: "EHR".into(), key: "k1".into(), fingerprint });
    let batch = Batch { idempotency_key: key(1), ..writes(&[patient("kari", 1, "1980-01-01", "Storgata 1")]) };
    let first = world.system().write(batch.clone()).await.unwrap();
    world.clock.advance(SignedDuration::from_secs(5));
    let second = world.system().write(batch.clone()).await.unwrap();
    assert_eq!((first[0].version, first[0].updated), (second[0].version, second[0].updated));
    assert!(second[0].created);
    let (resource_type, id) = name_of("Patient/kari");
    assert_eq!(world.system().read(resource_type, &id).await.unwrap().version, 1);
    let other = Batch { idempotency_key: key(2), ..batch };
    assert!(matches!(world.system().write(other).await, Err(GateError::Conflict { .. })));
}

pub(crate) async fn a_conditional_create_happens_once(world: &World) {
    let create = |id: &str| {
        let mut put = put(&observation(id, "kari", "29463-7", "2026-01-01", "64.5"));
        put.precondition = Some(Precondition::NoMatch(Box::new(parse("Observation?code=http://loinc.org|29463-7"))));
        Batch { writes: vec![Write::Put(Box::new(put))], ..Batch::default() }
    };
    world.system().write(create("o1")).await.unwrap();
    assert!(matches!(world.system().write(create("o2")).await, Err(GateError::PreconditionFailed)));
    let both =
        Batch { writes: create("o3").writes.into_iter().chain(create("o4").writes).collect(), ..Batch::default() };
    world.delete("Observation/o1").await.unwrap();
    assert!(world.system().write(both).await.is_err(), "the second sees the first of its own batch");
    world.system().write(create("o5")).await.unwrap();
}

pub(crate) async fn history_of_a_type_and_of_everything_comes_newest_first_in_pages(world: &World) {
    for (index, id) in ["a", "b", "a"].iter().enumerate() {
        world.clock.advance(SignedDuration::from_secs(1));
        world.put(patient(id, 1, "1980-01-01", &format!("Storgata {index}"))).await;
    }
    world.clock.advance(SignedDuration::from_secs(1));
    world.put(observation("o1", "a", "29463-7", "2026-01-01", "1.0")).await;
    world.delete("Patient/b").await.unwrap();
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = world.system().history(&HistoryScope::System, ALL, 2, cursor.as_ref()).await.unwrap();
        seen.extend(page.matches.iter().map(|found| (found.id.to_string(), found.version)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let expected = [("o1", 1), ("b", 2), ("a", 2), ("b", 1), ("a", 1)].map(|(id, version)| (id.to_owned(), version));
    assert_eq!(seen, expected);
    let (resource_type, _) = name_of("Patient/a");
    let page = world.system().history(&HistoryScope::Type(resource_type), ALL, 10, None).await.unwrap();
    assert_eq!(ids(&page), ["b", "a", "b", "a"]);
    let citizen = world.citizen("a", 1).history(&HistoryScope::System, ALL, 10, None).await;
    assert!(matches!(citizen, Err(GateError::Refused(_))));
}

pub(crate) async fn a_history_can_be_asked_for_by_time(world: &World) {
    let start = world.clock.now().as_microsecond();
    let (resource_type, id) = name_of("Patient/a");
    // a: versions at 10, 20 and 30 seconds, a deletion at 40; b: one version at 25.
    for (second, person) in [(10, "a"), (20, "a"), (25, "b"), (30, "a")] {
        world.clock.set(second_of(start, second));
        world.put(patient(person, 1, "1980-01-01", &format!("Storgata {second}"))).await;
    }
    world.clock.set(second_of(start, 40));
    world.delete("Patient/a").await.unwrap();
    let micros = |seconds: i64| start + seconds * 1_000_000;
    let since = |s| HistoryWindow { since_micros: Some(micros(s)), at_micros: None };
    let at = |low, high| HistoryWindow { since_micros: None, at_micros: Some((micros(low), micros(high))) };
    let both = HistoryWindow { since_micros: Some(micros(20)), ..at(22, 26) };
    for (window, of_a, of_all) in [
        (since(0), "a4 a3 a2 a1", "a4 a3 b1 a2 a1"),
        (since(20), "a4 a3 a2", "a4 a3 b1 a2"),
        (since(41), "", ""),
        (at(0, 9), "", ""),
        (at(0, 10), "a1", "a1"),
        (at(15, 15), "a1", "a1"),
        (at(20, 20), "a2", "a2"),
        (at(22, 26), "a2", "b1 a2"),
        (at(22, 35), "a3 a2", "a3 b1 a2"),
        (at(50, 60), "a4", "a4 b1"),
        (both, "a2", "b1 a2"),
    ] {
        let instance = HistoryScope::Instance(resource_type, id.clone());
        let scopes = [(instance, of_a), (HistoryScope::Type(resource_type), of_all), (HistoryScope::System, of_all)];
        for (scope, expected) in scopes {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = world.system().history(&scope, window, 2, cursor.as_ref()).await.unwrap();
                seen.extend(page.matches.iter().map(|found| format!("{}{}", found.id, found.version)));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen.join(" "), expected, "{scope:?} {window:?}");
        }
    }
    let page = world.system().history(&HistoryScope::System, since(0), 2, None).await.unwrap();
    let elsewhere = world.system().history(&HistoryScope::System, since(1), 2, page.next.as_ref()).await;
    assert!(matches!(elsewhere, Err(GateError::Invalid(_))), "a cursor belongs to its window");
}

fn second_of(start_micros: i64, second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(start_micros + second * 1_000_000).unwrap()
}

pub(crate) async fn time_never_goes_back_when_the_clock_does(world: &World) {
    let first = world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    world.clock.advance(SignedDuration::from_hours(-5));
    let second = world.put(patient("kari", 1, "1980-01-01", "Storgata 2")).await;
    assert!(second.updated >= first.updated);
    assert_eq!(world.find("Patient?family=nordmann").await, ["kari"]);
}

pub(crate) async fn a_resource_loaded_twice_in_one_batch_leaves_only_the_second_in_the_index(world: &World) {
    let mut batch = writes(&[observation("o1", "kari", "29463-7", "2026-01-01", "60")]).writes;
    batch.extend(writes(&[observation("o1", "kari", "8302-2", "2026-01-01", "170")]).writes);
    let mark = ImportMark { source: "file".into(), position: 2 };
    let written = world.store.bulk("test", batch.clone(), Some(mark)).await.unwrap();
    assert_eq!((written[0].version, written[1].version), (1, 2));
    assert!(world.find("Observation?code=29463-7").await.is_empty());
    assert_eq!(world.find("Observation?code=8302-2").await, ["o1"]);
    assert_eq!(world.store.import_mark("file").await.unwrap(), Some(2));
    let again = world.store.bulk("test", batch.split_off(1), None).await.unwrap();
    assert_eq!((again[0].version, again[0].unchanged), (2, true));
}
