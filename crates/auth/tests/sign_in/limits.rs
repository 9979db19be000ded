//! How often one may come to the door.

use crate::browser::Browser;
use crate::world::{KARI, World};

#[tokio::test]
async fn a_peer_that_comes_without_end_is_told_to_wait_and_signed_in_people_notice_nothing() {
    let (world, _) = World::with_simulator().await;
    let mut browser = Browser::at(&world.portal);
    browser.sign_in(&KARI).await;
    let mut turned_away = None;
    for _ in 0..200 {
        let answer = Browser::at(&world.portal).get("/sign-in/callback").await;
        if answer.status == 429 {
            turned_away = Some(answer);
            break;
        }
        answer.is_refused(400);
    }
    let answer = turned_away.unwrap();
    answer.is_refused(429);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(Browser::at(&world.portal).get("/sign-in").await.status, 429);
    assert!(browser.who().await.is_some());
    world.seconds_pass(2);
    Browser::at(&world.portal).sign_in(&KARI).await;
}
