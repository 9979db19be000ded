//! Who gets in, and what the others are told.

use serde_json::json;

use crate::browser::{Browser, HIGH, SUBSTANTIAL};
use crate::scripted::Scene;
use crate::world::{CHILD, DECEASED, KARI, STOPPED, Someone, TEENAGER, UNDATED, UNKNOWN, World};

async fn turned_away(who: &Someone, level: &str, words: &str) {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    let answer = browser.sign_in_at("/form", who, level).await;
    answer.is_refused(403);
    assert!(answer.body.contains(words), "{words} in {}", answer.body);
    assert!(!answer.body.contains(&who.number()));
    assert_eq!(browser.who().await, None);
}

#[tokio::test]
async fn a_grown_up_at_a_lower_level_is_told_to_use_a_higher_one() {
    turned_away(&KARI, SUBSTANTIAL, "høyere sikkerhetsnivå").await;
}

#[tokio::test]
async fn a_teenager_gets_in_at_the_lower_level() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    assert!(browser.sign_in_at("/form", &TEENAGER, SUBSTANTIAL).await.begins_session());
    assert_eq!(browser.who().await.as_deref(), Some("Tiril Tretten"));
}

#[tokio::test]
async fn a_level_that_is_not_named_is_none() {
    let scene = Scene::new().await;
    for level in [json!("idporten-loa-low"), json!("Level1"), json!("")] {
        let change = |claims: &mut serde_json::Value| {
            claims.as_object_mut().unwrap().insert("acr".to_owned(), level.clone());
        };
        scene.sign_in_claiming(change).await.is_refused(403);
    }
    let removed = |claims: &mut serde_json::Value| {
        claims.as_object_mut().unwrap().remove("acr");
    };
    scene.sign_in_claiming(removed).await.is_refused(403);
}

#[tokio::test]
async fn somebody_we_do_not_know_is_told_so() {
    turned_away(&UNKNOWN, HIGH, "Vi finner deg ikke").await;
}

#[tokio::test]
async fn somebody_whose_age_is_not_known_does_not_get_in() {
    turned_away(&UNDATED, HIGH, "Vi finner deg ikke").await;
}

#[tokio::test]
async fn the_dead_do_not_get_in() {
    turned_away(&DECEASED, HIGH, "Du kan ikke logge inn").await;
}

#[tokio::test]
async fn one_who_has_stopped_the_account_is_told_how_to_have_it_opened() {
    turned_away(&STOPPED, HIGH, "Kontoen din er sperret").await;
}

#[tokio::test]
async fn a_child_of_twelve_does_not_get_in_and_does_the_day_after() {
    turned_away(&CHILD, HIGH, "Du må være 13 år").await;
    let (world, _) = World::with_simulator().await;
    world.minutes_pass(24 * 60);
    Browser::at(&world.portal).sign_in(&CHILD).await;
}

#[tokio::test]
async fn a_number_that_is_none_is_nobody() {
    let scene = Scene::new().await;
    for number in ["12345678901", "", "not a number"] {
        let change = |claims: &mut serde_json::Value| {
            claims.as_object_mut().unwrap().insert("pid".to_owned(), json!(number));
        };
        scene.sign_in_claiming(change).await.is_refused(403);
    }
}

#[tokio::test]
async fn the_page_that_says_no_is_in_the_language_asked_for() {
    let (world, _) = World::with_simulator().await;
    for (language, words) in [("nn", "Vi finn deg ikkje"), ("en", "We cannot find you"), ("se", "Eat gávnna du")] {
        let mut browser = Browser::at(&world.portal);
        browser.jar.insert("__Host-varde_lang".to_owned(), language.to_owned());
        let answer = browser.sign_in_at("/form", &UNKNOWN, HIGH).await;
        answer.is_refused(403);
        assert!(answer.body.contains(words), "{language}");
    }
}
