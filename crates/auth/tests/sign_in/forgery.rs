//! Forms that another site sends in somebody's name.

use crate::browser::Browser;
use crate::world::{KARI, OLA, World};

#[tokio::test]
async fn a_form_without_the_sessions_own_token_changes_nothing() {
    let (world, _) = World::with_simulator().await;
    let (mut kari, mut ola) = (Browser::at(&world.portal), Browser::at(&world.portal));
    kari.sign_in(&KARI).await;
    ola.sign_in(&OLA).await;
    let (hers, his) = (kari.csrf().await, ola.csrf().await);
    assert_ne!(hers, his);
    for fields in [
        &[("note", "x")][..],
        &[("csrf", ""), ("note", "x")],
        &[("csrf", &his), ("note", "x")],
        &[("csrf", &his), ("csrf", &hers), ("note", "x")],
        &[("csrf", &hers.to_lowercase()), ("note", "x")],
    ] {
        let answer = kari.post("/form", fields).await;
        assert_eq!(answer.status, 412, "{fields:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(world.saved(), []);
    assert_eq!(kari.post("/form", &[("csrf", &hers), ("note", "x")]).await.status, 303);
    assert_eq!(world.saved(), [("Kari Nordmann".to_owned(), "x".to_owned())]);
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing_even_with_the_token() {
    let (world, _) = World::with_simulator().await;
    let mut kari = Browser::at(&world.portal);
    kari.sign_in(&KARI).await;
    let csrf = kari.csrf().await;
    for header in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        let answer = kari.post_from("/form", &[("csrf", &csrf), ("note", "x")], &[header]).await;
        assert_eq!(answer.status, 412, "{header:?}");
    }
    assert_eq!(world.saved(), []);
}

#[tokio::test]
async fn the_token_of_a_session_that_was_replaced_is_good_no_longer() {
    let (world, _) = World::with_simulator().await;
    let mut kari = Browser::at(&world.portal);
    kari.sign_in(&KARI).await;
    let old = kari.csrf().await;
    kari.sign_in(&KARI).await;
    assert_eq!(kari.post("/form", &[("csrf", &old), ("note", "x")]).await.status, 412);
    assert_eq!(world.saved(), []);
}
