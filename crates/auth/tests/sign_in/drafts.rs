//! A session that ends in the middle of a form.

use crate::browser::{Answer, Browser};
use crate::world::{KARI, OLA, World};

const DRAFT: &str = "__Host-varde_draft";

/// Signs in, lets the session end, and sends the form.
async fn too_late(world: &World, browser: &mut Browser) -> Answer {
    browser.sign_in(&KARI).await;
    let csrf = browser.csrf().await;
    world.minutes_pass(31);
    browser.post("/form", &[("csrf", &csrf), ("form_key", "k"), ("note", "vondt i kneet æøå & mer")]).await
}

/// What the page gives back.
async fn draft(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.line("draft")
}

const TYPED: &str = r#"{"note": "vondt i kneet æøå & mer"}"#;

#[tokio::test]
async fn what_was_typed_comes_back_once_after_signing_in_again() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    let answer = too_late(&world, &mut browser).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/sign-in?next=%2Fform"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let line = answer.cookie_line(DRAFT).unwrap();
    assert!(line.contains("HttpOnly") && line.contains("Secure") && !line.contains("kneet"), "{line}");
    assert_eq!(world.saved(), [], "nothing was taken in");
    browser.sign_in(&KARI).await;
    assert_eq!(draft(&mut browser, "/other").await, "", "another page is not where it was typed");
    assert_eq!(draft(&mut browser, "/form").await, TYPED, "and without the old session's secrets");
    assert_eq!(draft(&mut browser, "/form").await, "");
}

#[tokio::test]
async fn what_was_typed_is_never_given_to_somebody_else() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    too_late(&world, &mut browser).await;
    browser.sign_in(&OLA).await;
    assert_eq!(draft(&mut browser, "/form").await, "");
    browser.sign_in(&KARI).await;
    assert_eq!(draft(&mut browser, "/form").await, TYPED, "it was hers all the time");
}

#[tokio::test]
async fn what_was_typed_stays_in_the_browser_it_was_typed_in() {
    let (world, _) = World::with_simulator().await;
    too_late(&world, &mut Browser::at(&world.portal)).await;
    let mut other = Browser::at(&world.portal);
    other.sign_in(&KARI).await;
    assert_eq!(draft(&mut other, "/form").await, "");
}

#[tokio::test]
async fn what_was_typed_is_kept_for_half_an_hour() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    too_late(&world, &mut browser).await;
    world.minutes_pass(30);
    browser.sign_in(&KARI).await;
    assert_eq!(draft(&mut browser, "/form").await, "");
}

#[tokio::test]
async fn what_another_site_typed_is_not_kept() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    browser.sign_in(&KARI).await;
    world.minutes_pass(31);
    for fields in [&[("note", "planted")][..], &[("csrf", "guessed"), ("note", "planted")]] {
        let answer = browser.post("/form", fields).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/sign-in?next=%2Fform"));
        assert!(answer.cookie_line(DRAFT).is_none());
    }
    browser.sign_in(&KARI).await;
    assert_eq!(draft(&mut browser, "/form").await, "");
}

#[tokio::test]
async fn a_form_without_end_is_not_kept() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    browser.sign_in(&KARI).await;
    let csrf = browser.csrf().await;
    world.minutes_pass(31);
    let answer = browser.post("/form", &[("csrf", &csrf), ("note", &"x".repeat(70_000))]).await;
    assert_eq!(answer.status, 413);
    assert!(answer.cookie_line(DRAFT).is_none());
}
