//! Keys of the provider: unknown ones, and new ones.

use serde_json::Value;

use crate::browser::Browser;
use crate::scripted::{Key, Scene};
use crate::world::{KARI, OLA, World};

#[tokio::test]
async fn a_new_key_of_the_provider_is_followed() {
    let (world, idp) = World::with_simulator().await;
    Browser::at(&world.portal).sign_in(&KARI).await;
    for _ in 0..4 {
        assert_eq!(Browser::at(&world.portal).post(&format!("{idp}/admin/rotate"), &[]).await.status, 204);
        Browser::at(&world.portal).sign_in(&OLA).await;
        world.seconds_pass(11);
    }
}

#[tokio::test]
async fn a_new_key_under_an_old_name_is_followed() {
    let scene = Scene::new().await;
    assert!(scene.sign_in_claiming(|_| ()).await.begins_session());
    let new = Key::new("first");
    *scene.script.keys.lock().unwrap() = vec![new.public.clone()];
    let make = |_: &Key, claims: Value| new.sign(&claims);
    assert!(scene.sign_in_with(&mut scene.browser(), make).await.begins_session());
}

#[tokio::test]
async fn a_key_that_the_provider_does_not_publish_is_refused_and_does_not_make_us_ask_again_and_again() {
    let scene = Scene::new().await;
    for name in ["first", "second", "third"] {
        let stranger = Key::new(name);
        let make = |_: &Key, claims: Value| stranger.sign(&claims);
        scene.sign_in_with(&mut scene.browser(), make).await.is_refused(400);
    }
    assert_eq!(scene.counts().0, 2, "once at the start and once for the first unknown key");
    assert!(scene.sign_in_claiming(|_| ()).await.begins_session());
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_good_no_longer_than_an_hour() {
    let scene = Scene::new().await;
    assert!(scene.sign_in_claiming(|_| ()).await.begins_session());
    *scene.script.keys.lock().unwrap() = vec![Key::new("second").public];
    scene.world.minutes_pass(61);
    scene.sign_in_claiming(|_| ()).await.is_refused(400);
}
