//! How long a session lasts.

use crate::browser::{Browser, SESSION};
use crate::world::{KARI, World};

async fn signed_in() -> (World, Browser) {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    browser.sign_in(&KARI).await;
    (world, browser)
}

#[tokio::test]
async fn a_session_that_is_not_used_ends_after_half_an_hour() {
    let (world, mut browser) = signed_in().await;
    world.minutes_pass(29);
    assert!(browser.who().await.is_some());
    world.minutes_pass(29);
    assert!(browser.who().await.is_some(), "use lengthens it");
    world.minutes_pass(30);
    assert_eq!(browser.who().await, None);
    assert_eq!(browser.who().await, None, "and asking does not bring it back");
}

#[tokio::test]
async fn a_session_that_is_used_all_day_ends_after_eight_hours() {
    let (world, mut browser) = signed_in().await;
    for _ in 0..19 {
        world.minutes_pass(25);
        assert!(browser.who().await.is_some());
    }
    world.minutes_pass(4);
    assert!(browser.who().await.is_some());
    world.minutes_pass(1);
    assert_eq!(browser.who().await, None);
}

#[tokio::test]
async fn a_token_that_was_never_given_out_opens_nothing() {
    let (world, browser) = signed_in().await;
    let token = &browser.jar[SESSION];
    for wrong in ["", "x", &token[1..], &format!("{token}x"), &token.to_lowercase()] {
        let mut other = Browser::at(&world.portal);
        other.jar.insert(SESSION.to_owned(), wrong.to_owned());
        assert_eq!(other.who().await, None, "{wrong}");
    }
}
