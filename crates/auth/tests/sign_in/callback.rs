//! What comes back from the provider: state, the browser it belongs to, and who sent it (RFC 6749 section 10.12, RFC 9207).

use serde_json::json;

use crate::browser::{Browser, HIGH, SESSION, encoded, parameter};
use crate::scripted::Scene;
use crate::world::{KARI, OLA, World};

#[tokio::test]
async fn a_state_is_good_once_even_at_a_provider_that_takes_a_code_twice() {
    let scene = Scene::new().await;
    let mut browser = scene.browser();
    let ask = browser.depart("/form").await;
    scene.id_token_is(&scene.key.sign(&scene.claims(&parameter(&ask, "nonce").unwrap())));
    let (back, mut copy) = (scene.back(&ask), browser.clone());
    assert!(browser.get(&back).await.begins_session());
    copy.get(&back).await.is_refused(400);
    browser.get(&back).await.is_refused(400);
    assert_eq!(browser.who().await.as_deref(), Some("Kari Nordmann"), "what was begun goes on");
    assert_eq!(scene.counts().1, 1, "the second never reached the provider");
}

#[tokio::test]
async fn of_eight_that_use_a_state_at_one_instant_one_gets_in() {
    let scene = Scene::new().await;
    let mut browser = scene.browser();
    let ask = browser.depart("/form").await;
    scene.id_token_is(&scene.key.sign(&scene.claims(&parameter(&ask, "nonce").unwrap())));
    let all = (0..8).map(|_| {
        let (mut copy, back) = (browser.clone(), scene.back(&ask));
        async move { copy.get(&back).await.begins_session() }
    });
    let outcomes = futures_util::future::join_all(all).await;
    assert_eq!(outcomes.iter().filter(|got_in| **got_in).count(), 1);
}

#[tokio::test]
async fn a_state_from_another_browser_is_refused() {
    let (world, _) = World::with_simulator().await;
    for has_its_own in [false, true] {
        let mut attacker = Browser::at(&world.portal);
        let ask = attacker.depart("/form").await;
        let back = attacker.choose(&ask, &[("typed", &OLA.number()), ("level", HIGH)]).await;
        let mut victim = Browser::at(&world.portal);
        if has_its_own {
            victim.depart("/form").await;
        }
        victim.get(&back).await.is_refused(400);
        assert_eq!(victim.who().await, None);
    }
}

#[tokio::test]
async fn a_state_that_was_never_given_out_or_is_too_old_is_refused() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    let ask = browser.depart("/form").await;
    let back = browser.choose(&ask, &[("typed", &KARI.number()), ("level", HIGH)]).await;
    for wrong in ["", "?code=c", "?state=guessed&code=c", "?state=a&state=b&code=c", "?error=access_denied", "?%ff=%00"]
    {
        browser.clone().get(&format!("/sign-in/callback{wrong}")).await.is_refused(400);
    }
    world.minutes_pass(16);
    browser.get(&back).await.is_refused(400);
}

#[tokio::test]
async fn what_comes_from_another_issuer_is_refused_before_the_code_is_shown_to_anybody() {
    let scene = Scene::new().await;
    let mut browser = scene.browser();
    for iss in [Some("https://evil.example"), Some(""), None] {
        let ask = browser.depart("/form").await;
        let state = parameter(&ask, "state").unwrap();
        let iss = iss.map(|iss| format!("&iss={}", encoded(iss))).unwrap_or_default();
        browser.get(&format!("/sign-in/callback?code=c&state={state}{iss}")).await.is_refused(400);
    }
    // The same for a refusal that another issuer sends.
    let state = parameter(&browser.depart("/form").await, "state").unwrap();
    browser.get(&format!("/sign-in/callback?error=access_denied&state={state}&iss=x")).await.is_refused(400);
    assert_eq!(scene.counts().1, 0, "no code was exchanged");
}

#[tokio::test]
async fn a_provider_that_never_names_itself_need_not_but_must_not_name_another() {
    let scene = Scene::new().await;
    scene.discovery_says("authorization_response_iss_parameter_supported", json!(false));
    let mut browser = scene.browser();
    for (iss, expected) in [("", 303), ("&iss=https%3A%2F%2Fevil.example", 400)] {
        let ask = browser.depart("/form").await;
        scene.id_token_is(&scene.key.sign(&scene.claims(&parameter(&ask, "nonce").unwrap())));
        let state = parameter(&ask, "state").unwrap();
        let answer = browser.get(&format!("/sign-in/callback?code=c&state={state}{iss}")).await;
        assert_eq!(answer.status, expected, "{iss}");
    }
}

#[tokio::test]
async fn whoever_cancels_is_told_so_and_is_not_signed_in() {
    let (world, idp) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    let ask = browser.depart("/form").await;
    let back = browser.choose(&ask, &[("cancel", "1")]).await;
    assert_eq!(parameter(&back, "iss"), Some(idp), "a refusal names its issuer too");
    let answer = browser.get(&back).await;
    answer.is_refused(200);
    assert!(answer.body.contains("Innloggingen ble avbrutt") && answer.body.contains("/sign-in"));
    assert!(!browser.jar.contains_key(SESSION));
    browser.sign_in(&KARI).await;
}

#[tokio::test]
async fn whoever_cancels_a_second_sign_in_keeps_the_session_they_have() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    browser.sign_in(&KARI).await;
    let ask = browser.depart("/form").await;
    let back = browser.choose(&ask, &[("cancel", "1")]).await;
    browser.get(&back).await.is_refused(200);
    assert_eq!(browser.who().await.as_deref(), Some("Kari Nordmann"));
}
