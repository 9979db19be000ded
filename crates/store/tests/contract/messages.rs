//! Outbox and short-lived values.

use std::time::Duration;

use jiff::SignedDuration;
use varde_base::Clock as _;
use varde_store::{Batch, Ephemeral, FollowUp, Lane, MAX_OUTBOX_ATTEMPTS, OutboxMessage};

use crate::world::{World, patient, patient_id, writes};

async fn send(world: &World, subject: Option<&str>, payload: &str) {
    let message = OutboxMessage {
        kind: "notice".into(),
        subject: subject.map(patient_id),
        payload: payload.into(),
        not_before: None,
    };
    world.system().write(Batch { outbox: vec![message], ..Batch::default() }).await.unwrap();
}

const LEASE: Duration = Duration::from_secs(30);

pub(crate) async fn messages_of_one_subject_come_in_order_and_a_lapsed_lease_hands_on(world: &World) {
    world.system().write(writes(&[patient("kari", 1, "1980-01-01", "Storgata 1")])).await.unwrap();
    for (subject, payload) in
        [(Some("kari"), "k1"), (Some("kari"), "k2"), (Some("per"), "p1"), (None, "n1"), (None, "n2")]
    {
        send(world, subject, payload).await;
    }
    let outbox = world.store.outbox();
    let first = outbox.claim(10, LEASE).await.unwrap();
    let payloads: Vec<&str> = first.iter().map(|message| message.payload.as_str()).collect();
    assert_eq!(payloads, ["k1", "p1", "n1", "n2"], "k2 waits for k1");
    assert!(outbox.claim(10, LEASE).await.unwrap().is_empty(), "all are claimed");
    assert!(outbox.complete(&first[0]).await.unwrap());
    assert!(!outbox.complete(&first[0]).await.unwrap(), "once");
    let second = outbox.claim(10, LEASE).await.unwrap();
    assert_eq!((second.len(), second[0].payload.as_str(), second[0].attempts), (1, "k2", 1));
    world.clock.advance(SignedDuration::from_secs(31));
    let lapsed = outbox.claim(10, LEASE).await.unwrap();
    assert_eq!(lapsed.len(), 4);
    assert!(lapsed.iter().all(|message| message.attempts == 2));
    assert!(!outbox.complete(&first[1]).await.unwrap(), "its claim has run out and another has it");
    let later = world.clock.now() + SignedDuration::from_secs(300);
    assert!(outbox.retry_at(&lapsed[0], later).await.unwrap());
    assert!(outbox.dead(&lapsed[1]).await.unwrap());
    let stats = world.store.stats().await.unwrap();
    assert_eq!((stats.outbox_waiting, stats.outbox_dead), (3, 1));
}

pub(crate) async fn a_message_that_is_being_sent_stays_with_the_one_who_renews_its_lease(world: &World) {
    send(world, None, "long").await;
    let outbox = world.store.outbox();
    let claimed = outbox.claim(1, LEASE).await.unwrap().remove(0);
    for _ in 0..4 {
        world.clock.advance(SignedDuration::from_secs(20));
        assert!(outbox.renew(&claimed, LEASE).await.unwrap());
        assert!(outbox.claim(1, LEASE).await.unwrap().is_empty());
    }
    world.clock.advance(SignedDuration::from_secs(31));
    let other = outbox.claim(1, LEASE).await.unwrap().remove(0);
    assert!(!outbox.renew(&claimed, LEASE).await.unwrap(), "another has it");
    assert!(outbox.complete(&other).await.unwrap());
    assert!(!outbox.renew(&other, LEASE).await.unwrap(), "it is done");
}

pub(crate) async fn a_message_is_given_up_after_the_last_attempt(world: &World) {
    send(world, Some("kari"), "x").await;
    let outbox = world.store.outbox();
    for attempt in 1..=MAX_OUTBOX_ATTEMPTS {
        let claimed = outbox.claim(1, LEASE).await.unwrap();
        assert_eq!(claimed[0].attempts, attempt);
        assert!(outbox.retry_at(&claimed[0], world.clock.now()).await.unwrap());
    }
    assert!(outbox.claim(1, LEASE).await.unwrap().is_empty());
    assert_eq!(world.store.stats().await.unwrap().outbox_dead, 1);
}

fn notice(subject: &str, payload: &str, lane: Lane, apart: u64) -> FollowUp {
    let message = OutboxMessage {
        kind: "notify".into(),
        subject: Some(patient_id(subject)),
        payload: payload.into(),
        not_before: None,
    };
    FollowUp { message, lane, apart: Duration::from_secs(apart) }
}

async fn payloads(world: &World) -> Vec<String> {
    let claimed = world.store.outbox().claim(10, LEASE).await.unwrap();
    for message in &claimed {
        assert!(world.store.outbox().complete(message).await.unwrap());
    }
    claimed.into_iter().map(|message| message.payload).collect()
}

pub(crate) async fn what_comes_of_a_message_waits_in_a_lane_of_its_own_and_apart(world: &World) {
    send(world, Some("kari"), "event 1").await;
    send(world, Some("kari"), "event 2").await;
    let outbox = world.store.outbox();
    let event = outbox.claim(10, LEASE).await.unwrap().remove(0);
    let next = || {
        vec![
            notice("kari", "kari 1", Lane::Notices, 60),
            notice("kari", "kari 2", Lane::Notices, 60),
            notice("new", "new 1", Lane::Notices, 60),
            notice("kari", "kari now", Lane::Urgent, 0),
        ]
    };
    assert!(outbox.expand(&event, next()).await.unwrap());
    assert!(!outbox.expand(&event, next()).await.unwrap(), "once");
    let mut first = payloads(world).await;
    first.sort();
    assert_eq!(first, ["event 2", "kari 1", "kari now", "new 1"], "an event and what is urgent wait for no notice");
    assert!(payloads(world).await.is_empty(), "never two to one person in the same minute");
    world.clock.advance(SignedDuration::from_secs(59));
    assert!(payloads(world).await.is_empty());
    world.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(payloads(world).await, ["kari 2"]);
    // Also one that comes when the other has gone out.
    send(world, Some("kari"), "event 3").await;
    let event = outbox.claim(10, LEASE).await.unwrap().remove(0);
    assert!(outbox.expand(&event, vec![notice("kari", "kari 3", Lane::Notices, 60)]).await.unwrap());
    assert!(payloads(world).await.is_empty());
    world.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(payloads(world).await, ["kari 3"]);
}

pub(crate) async fn work_that_is_kept_goes_on_where_it_was_and_waiting_is_no_attempt(world: &World) {
    send(world, Some("kari"), "nothing done").await;
    send(world, Some("kari"), "the next").await;
    let outbox = world.store.outbox();
    let claimed = outbox.claim(1, LEASE).await.unwrap().remove(0);
    assert!(outbox.save(&claimed, "half done".into(), LEASE).await.unwrap());
    assert!(outbox.claim(1, LEASE).await.unwrap().is_empty(), "it is held on to");
    world.clock.advance(SignedDuration::from_secs(31));
    let other = outbox.claim(1, LEASE).await.unwrap().remove(0);
    assert_eq!((other.payload.as_str(), other.attempts), ("half done", 2));
    assert!(!outbox.save(&claimed, "late".into(), LEASE).await.unwrap(), "another has it");
    let morning = world.clock.now() + SignedDuration::from_hours(9);
    assert!(outbox.hold(&other, "half done".into(), morning).await.unwrap());
    assert!(outbox.claim(1, LEASE).await.unwrap().is_empty(), "the next waits for it");
    world.clock.advance(SignedDuration::from_hours(9));
    let last = outbox.claim(1, LEASE).await.unwrap().remove(0);
    assert_eq!((last.payload.as_str(), last.attempts), ("half done", 1));
}

pub(crate) async fn what_reached_nobody_is_listed_until_somebody_settles_it(world: &World) {
    send(world, Some("kari"), "event").await;
    let outbox = world.store.outbox();
    let event = outbox.claim(1, LEASE).await.unwrap().remove(0);
    outbox.expand(&event, vec![notice("kari", "notice", Lane::Notices, 0)]).await.unwrap();
    let notice = outbox.claim(1, LEASE).await.unwrap().remove(0);
    assert!(outbox.undelivered(10).await.unwrap().is_empty());
    assert!(outbox.dead(&notice).await.unwrap());
    let listed = outbox.undelivered(10).await.unwrap();
    assert_eq!((listed.len(), listed[0].payload.as_str()), (1, "notice"));
    assert_eq!(listed[0].subject, Some(patient_id("kari")));
    assert!(outbox.settle(listed[0].id).await.unwrap());
    assert!(!outbox.settle(listed[0].id).await.unwrap() && outbox.undelivered(10).await.unwrap().is_empty());
    assert!(!outbox.settle(u64::from(u32::MAX)).await.unwrap());
    // What is given up of other things is no letter.
    send(world, None, "other").await;
    let other = outbox.claim(1, LEASE).await.unwrap().remove(0);
    assert!(outbox.dead(&other).await.unwrap());
    assert!(outbox.undelivered(10).await.unwrap().is_empty());
}

pub(crate) async fn an_ephemeral_value_ends_on_time_and_is_taken_once(world: &World) {
    let store = world.store.ephemeral();
    let value = |key: u8, owner: &str, seconds: i64| Ephemeral {
        kind: "session".into(),
        key_hash: vec![key; 32],
        owner: owner.into(),
        value: vec![1, 2, 3],
        expires: world.clock.now() + SignedDuration::from_secs(seconds),
    };
    store.put(value(1, "kari", 10)).await.unwrap();
    assert_eq!(store.get("session", &[1; 32]).await.unwrap(), Some(value(1, "kari", 10)));
    assert_eq!(store.get("draft", &[1; 32]).await.unwrap(), None);
    assert!(store.touch("session", &[1; 32], value(1, "kari", 60).expires).await.unwrap());
    world.clock.advance(SignedDuration::from_secs(30));
    assert!(store.get("session", &[1; 32]).await.unwrap().is_some());
    world.clock.advance(SignedDuration::from_secs(31));
    assert_eq!(store.get("session", &[1; 32]).await.unwrap(), None);
    assert!(!store.touch("session", &[1; 32], value(1, "kari", 60).expires).await.unwrap(), "ended is ended");
    store.put(value(2, "kari", 10)).await.unwrap();
    let (one, other) = tokio::join!(store.take("session", &[2; 32]), store.take("session", &[2; 32]));
    assert_eq!(usize::from(one.unwrap().is_some()) + usize::from(other.unwrap().is_some()), 1);
    for key in 3..6 {
        store.put(value(key, if key == 5 { "per" } else { "kari" }, 10)).await.unwrap();
    }
    assert_eq!(store.delete_by_owner("session", "kari").await.unwrap(), 2 + 1, "the ended one as well");
    assert!(store.delete("session", &[5; 32]).await.unwrap());
    assert!(!store.delete("session", &[5; 32]).await.unwrap());
    let too_large = Ephemeral { value: vec![0; 2 << 20], ..value(7, "kari", 10) };
    assert!(store.put(too_large).await.is_err());
}

pub(crate) async fn of_those_who_change_what_they_have_read_one_does(world: &World) {
    let store = world.store.ephemeral();
    let value = |bytes: &[u8]| Ephemeral {
        kind: "kept-drafts".into(),
        key_hash: vec![1; 32],
        owner: "kari".into(),
        value: bytes.to_vec(),
        expires: world.clock.now() + SignedDuration::from_secs(10),
    };
    let swap = |bytes: &'static [u8], before: Option<&[u8]>| {
        let (value, before, store) = (value(bytes), before.map(<[u8]>::to_vec), store.clone());
        async move { store.swap(value, before).await.unwrap() }
    };
    assert!(!swap(b"x", Some(b"nothing is there")).await);
    let (one, other) = tokio::join!(swap(b"a", None), swap(b"b", None));
    assert!(one != other, "both found nothing there");
    let first = store.get("kept-drafts", &[1; 32]).await.unwrap().unwrap().value;
    let (one, other) = tokio::join!(swap(b"c", Some(&first)), swap(b"d", Some(&first)));
    assert!(one != other, "both read the same");
    assert!(!swap(b"e", Some(&first)).await && !swap(b"e", None).await, "something else is there by now");
    world.clock.advance(SignedDuration::from_secs(11));
    assert!(!swap(b"f", Some(b"c")).await && !swap(b"f", Some(b"d")).await, "what has ended is not there");
    assert!(swap(b"g", None).await);
    assert_eq!(store.get("kept-drafts", &[1; 32]).await.unwrap().unwrap().value, b"g");
    let too_large = Ephemeral { value: vec![0; 2 << 20], ..value(b"") };
    assert!(store.swap(too_large, None).await.is_err());
}
