//! Signing out.

use std::time::Duration;

use crate::browser::{Browser, SESSION, parameter};
use crate::scripted::{Reply, Scene};
use crate::world::{CLIENT, KARI, World};

async fn signed_in() -> (World, String, Browser) {
    let (world, idp) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    browser.sign_in(&KARI).await;
    (world, idp, browser)
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_provider() {
    let (world, idp, mut browser) = signed_in().await;
    let csrf = browser.csrf().await;
    let mut thief = browser.clone();
    let answer = browser.post("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(answer.status, 303);
    for name in [SESSION, "__Host-varde_draft"] {
        assert!(answer.cookie_line(name).unwrap().contains("Max-Age=0"), "{name}");
    }
    let to = answer.header("location").to_owned();
    assert!(to.starts_with(&format!("{idp}/end-session?")), "{to}");
    assert_eq!(parameter(&to, "client_id").as_deref(), Some(CLIENT));
    assert_eq!(parameter(&to, "id_token_hint").unwrap().split('.').count(), 3);
    // The simulator takes no hint that it has not signed.
    let home = browser.get(&to).await;
    assert_eq!((home.status, home.header("location")), (303, format!("{}/", world.portal).as_str()));
    assert_eq!(browser.get(&to.replace("id_token_hint=", "id_token_hint=x")).await.status, 400);
    assert_eq!(thief.who().await, None);
    assert_eq!(thief.post("/form", &[("csrf", &csrf), ("note", "x")]).await.status, 303);
    assert_eq!(world.saved(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_that_load_while_somebody_signs_out_do_not_bring_the_session_back() {
    for round in 0..5_u64 {
        let (world, _, mut browser) = signed_in().await;
        let csrf = browser.csrf().await;
        // So long after the last use that each page writes the session down anew. The one order of events that matters most is forced
        // by a test in `src/session.rs`; here it may or may not come up.
        world.minutes_pass(2);
        let thief = browser.clone();
        let pages: Vec<_> = (0..40)
            .map(|_| {
                let mut thief = thief.clone();
                tokio::spawn(async move { thief.who().await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(round * 2)).await;
        assert_eq!(browser.post("/sign-out", &[("csrf", &csrf)]).await.status, 303);
        futures_util::future::join_all(pages).await;
        assert_eq!(thief.clone().who().await, None);
        world.minutes_pass(2);
        assert_eq!(thief.clone().who().await, None);
    }
}

#[tokio::test]
async fn looking_at_an_address_never_signs_out() {
    let (_world, _, mut browser) = signed_in().await;
    let csrf = browser.csrf().await;
    for address in ["/sign-out".to_owned(), format!("/sign-out?csrf={csrf}")] {
        assert_eq!(browser.get(&address).await.status, 405);
    }
    assert_eq!(browser.who().await.as_deref(), Some("Kari Nordmann"));
}

#[tokio::test]
async fn another_site_cannot_sign_anybody_out() {
    let (_world, _, mut browser) = signed_in().await;
    let csrf = browser.csrf().await;
    assert_eq!(browser.post("/sign-out", &[]).await.status, 412);
    assert_eq!(browser.post("/sign-out", &[("csrf", "guessed")]).await.status, 412);
    let elsewhere = [("sec-fetch-site", "cross-site")];
    assert_eq!(browser.post_from("/sign-out", &[("csrf", &csrf)], &elsewhere).await.status, 412);
    // A browser sends no cookie with a form of another site (SameSite); its own must then stay.
    let mut without = browser.clone();
    without.jar.clear();
    let answer = without.post("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/"));
    assert!(answer.headers.get("set-cookie").is_none());
    assert_eq!(browser.who().await.as_deref(), Some("Kari Nordmann"));
}

#[tokio::test]
async fn whoever_signs_out_after_the_session_has_ended_is_not_asked_to_sign_in() {
    let (world, idp, mut browser) = signed_in().await;
    let csrf = browser.csrf().await;
    world.minutes_pass(31);
    let answer = browser.post("/sign-out", &[("csrf", &csrf)]).await;
    assert!(answer.header("location").starts_with(&format!("{idp}/end-session?")), "{}", answer.header("location"));
    assert!(parameter(answer.header("location"), "id_token_hint").is_some());
    assert!(!browser.jar.contains_key(SESSION));
}

#[tokio::test]
async fn signing_out_works_while_the_provider_is_away() {
    let scene = Scene::new().await;
    let mut browser = scene.browser();
    let make = |key: &crate::scripted::Key, claims| key.sign(&claims);
    assert!(scene.sign_in_with(&mut browser, make).await.begins_session());
    let csrf = browser.csrf().await;
    // Somebody else finds out that it is away.
    scene.token_is(Reply::Status(503));
    let mut other = scene.browser();
    let ask = other.depart("/form").await;
    other.get(&scene.back(&ask)).await.is_refused(503);
    let thief = browser.clone();
    let answer = browser.post("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/"));
    assert_eq!(thief.clone().who().await, None);
}
