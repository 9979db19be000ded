//! A provider that is away, hangs, or says too much.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use crate::browser::{Answer, Browser};
use crate::scripted::{Reply, Scene, discovery};
use crate::world::{Setup, World, nobody};

/// Nobody waits longer than this.
const LONGEST: Duration = Duration::from_secs(11);

/// That the page says that signing in is away, and when to try again.
#[track_caller]
fn says_away(answer: &Answer) {
    answer.is_refused(503);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert!(answer.body.contains("Innloggingen er borte en liten stund") && answer.body.contains("116\u{a0}117"));
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_on_a_page() {
    let world = World::with_provider(&nobody().await, Setup { login_hint: false }).await;
    let started = Instant::now();
    says_away(&Browser::at(&world.portal).get("/sign-in").await);
    assert!(started.elapsed() < LONGEST);
}

#[tokio::test]
async fn a_provider_whose_discovery_is_of_no_use_is_away() {
    let scene = Scene::new().await;
    for reply in [Reply::Huge, Reply::Status(500), Reply::Status(404), Reply::Json(json!({ "issuer": 7 }))] {
        scene.discovery_is(reply);
        says_away(&scene.browser().get("/sign-in").await);
        scene.world.seconds_pass(6);
    }
    scene.discovery_says("issuer", json!("https://evil.example"));
    says_away(&scene.browser().get("/sign-in").await);
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_for_five_seconds() {
    let scene = Scene::new().await;
    scene.discovery_is(Reply::Status(502));
    for _ in 0..5 {
        says_away(&scene.browser().get("/sign-in").await);
    }
    assert_eq!(scene.counts().0, 1);
    scene.discovery_says("issuer", json!(scene.idp));
    says_away(&scene.browser().get("/sign-in").await);
    scene.world.seconds_pass(5);
    assert!(scene.sign_in_claiming(|_| ()).await.begins_session());
}

#[tokio::test]
async fn a_crowd_before_a_provider_that_hangs_waits_once_and_together() {
    let scene = Scene::new().await;
    scene.discovery_is(Reply::Hang);
    let started = Instant::now();
    let all = join_all((0..20).map(|_| {
        let mut browser = scene.browser();
        async move { browser.get("/sign-in").await }
    }));
    for answer in all.await {
        says_away(&answer);
    }
    assert!(started.elapsed() < LONGEST, "{:?}", started.elapsed());
    assert_eq!(scene.counts().0, 1);
    let started = Instant::now();
    says_away(&scene.browser().get("/sign-in").await);
    assert!(started.elapsed() < Duration::from_secs(2), "the next one hears it at once");
}

#[tokio::test]
async fn while_one_finds_out_whether_it_is_back_the_others_do_not_wait() {
    let scene = Scene::new().await;
    scene.discovery_is(Reply::Status(502));
    says_away(&scene.browser().get("/sign-in").await);
    scene.world.seconds_pass(5);
    scene.discovery_is(Reply::Hang);
    let mut first = scene.browser();
    let first = tokio::spawn(async move { first.get("/sign-in").await });
    while scene.counts().0 < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let started = Instant::now();
    says_away(&scene.browser().get("/sign-in").await);
    assert!(started.elapsed() < Duration::from_secs(2));
    says_away(&first.await.unwrap());
}

#[tokio::test]
async fn what_is_known_of_the_provider_is_used_while_it_cannot_be_read_anew() {
    let scene = Scene::new().await;
    assert!(scene.sign_in_claiming(|_| ()).await.begins_session());
    scene.world.minutes_pass(61);
    scene.discovery_is(Reply::Status(502));
    assert!(scene.sign_in_claiming(|_| ()).await.begins_session());
    assert_eq!(scene.counts().0, 2);
}

#[tokio::test]
async fn a_token_endpoint_that_is_down_is_told_on_a_page_and_left_alone() {
    let scene = Scene::new().await;
    scene.discovery_says("token_endpoint", json!(format!("{}/token", nobody().await)));
    let mut browser = scene.browser();
    let (first, second) = (browser.depart("/form").await, scene.browser().depart("/form").await);
    says_away(&browser.get(&scene.back(&first)).await);
    assert!(!second.is_empty());
    says_away(&scene.browser().get("/sign-in").await);
    scene.world.seconds_pass(5);
    assert_eq!(scene.browser().get("/sign-in").await.status, 303);
}

#[tokio::test]
async fn a_token_endpoint_in_trouble_or_without_measure_is_away() {
    let scene = Scene::new().await;
    for (asked, reply) in
        [Reply::Status(500), Reply::Status(503), Reply::Status(429), Reply::Huge].into_iter().enumerate()
    {
        let mut browser = scene.browser();
        let ask = browser.depart("/form").await;
        scene.token_is(reply);
        let (started, other) = (Instant::now(), scene.browser());
        says_away(&browser.get(&scene.back(&ask)).await);
        assert!(started.elapsed() < LONGEST);
        says_away(&other.clone().get("/sign-in").await);
        assert_eq!(scene.counts().1, asked + 1);
        scene.world.seconds_pass(6);
    }
    assert!(scene.sign_in_claiming(|_| ()).await.begins_session());
}

#[tokio::test]
async fn a_token_endpoint_that_hangs_is_waited_for_ten_seconds_and_then_not_at_all() {
    let scene = Scene::new().await;
    scene.token_is(Reply::Hang);
    let mut crowd = Vec::new();
    for _ in 0..10 {
        let mut browser = scene.browser();
        let back = scene.back(&browser.depart("/form").await);
        crowd.push((browser, back));
    }
    let (mut late, back) = crowd.pop().unwrap();
    let started = Instant::now();
    let all = crowd.into_iter().map(|(mut browser, back)| async move { browser.get(&back).await });
    for answer in join_all(all).await {
        says_away(&answer);
    }
    assert!(started.elapsed() < LONGEST, "{:?}", started.elapsed());
    let started = Instant::now();
    says_away(&late.get(&back).await);
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_provider_slow_at_one_thing_and_silent_at_the_next_has_ten_seconds_in_all() {
    let scene = Scene::new().await;
    assert!(scene.sign_in_claiming(|_| ()).await.begins_session());
    scene.world.minutes_pass(55);
    let mut browser = scene.browser();
    let back = scene.back(&browser.depart("/form").await);
    // What we know is now over an hour old, so that coming back reads discovery first.
    scene.world.minutes_pass(6);
    scene.discovery_is(Reply::Slow(6, discovery(&scene.idp)));
    scene.token_is(Reply::Hang);
    let started = Instant::now();
    says_away(&browser.get(&back).await);
    assert!(started.elapsed() < LONGEST, "{:?}", started.elapsed());
    assert_eq!(scene.counts(), (2, 2));
}
