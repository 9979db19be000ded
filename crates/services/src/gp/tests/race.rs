//! Many at once.

use super::stored_list;
use crate::shared::testing::{Portal, patient, visitor};

/// How many want a place at the same time.
const MANY: u16 = 50;

async fn country(listed: u32) -> Portal {
    let portal = Portal::new();
    let people = (1..=MANY).map(|serial| patient(&format!("p{serial}"), serial, "1980-03-04"));
    portal.given(people.chain([stored_list("other", "Lise Lie, Torget legesenter", listed, &[])])).await;
    portal
}

/// Everybody presses at once; the status and page of each.
async fn all_press(portal: &Portal, want: &'static str) -> Vec<(u16, String)> {
    let press = |serial: u16| async move {
        let (id, key) = (format!("p{serial}"), format!("k{serial}"));
        let fields = [("person", id.as_str()), ("want", want), ("form_key", key.as_str())];
        let (status, page) = portal.post(&visitor(&id, serial), "/gp/change/other", &fields).await;
        (status.as_u16(), page)
    };
    futures_util::future::join_all((1..=MANY).map(press)).await
}

async fn stored(portal: &Portal) -> super::super::model::GpList {
    let gate = portal.store().as_actor(&crate::shared::access(&visitor("p1", 1), "test"));
    super::super::find::list(&gate, &"other".parse().unwrap()).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_want_the_last_place_one_gets_it_and_the_others_are_offered_to_wait() {
    let portal = country(9).await;
    let answers = all_press(&portal, "").await;
    let won = answers.iter().filter(|(status, _)| *status == 303).count();
    assert_eq!(won, 1);
    for (status, page) in answers.iter().filter(|(status, _)| *status != 303) {
        assert_eq!(*status, 409);
        assert!(
            page.contains("Noen andre fikk den siste plassen") && page.contains("Still deg på venteliste"),
            "{page}"
        );
    }
    let list = stored(&portal).await;
    assert_eq!((list.listed, list.waiting.len()), (10, 0), "no place was given twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_who_join_the_queue_at_once_get_a_number_each() {
    let portal = country(10).await;
    let answers = all_press(&portal, "wait").await;
    assert!(answers.iter().all(|(status, _)| *status == 303), "{answers:?}");
    let list = stored(&portal).await;
    assert_eq!((list.listed, list.waiting.len()), (10, usize::from(MANY)));
    let mut numbers = Vec::new();
    for serial in 1..=MANY {
        let (_, page) = portal.get(&visitor(&format!("p{serial}"), serial), "/gp").await;
        let number = page.split("Du er nummer ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        numbers.push(number.parse::<u16>().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=MANY).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_person_in_many_windows_changes_once() {
    let portal = country(0).await;
    let press = |nth: u16| {
        let (portal, key) = (&portal, format!("window-{nth}"));
        async move {
            let fields = [("person", "p1"), ("form_key", key.as_str())];
            portal.post(&visitor("p1", 1), "/gp/change/other", &fields).await.0.as_u16()
        }
    };
    let answers = futures_util::future::join_all((0..20).map(press)).await;
    assert!(answers.iter().all(|status| *status == 303), "everybody is told that it is done: {answers:?}");
    assert_eq!(stored(&portal).await.listed, 1, "one place is taken");
    let (_, page) = portal.get(&visitor("p1", 1), "/gp/history").await;
    assert_eq!(page.matches("Lise Lie, Torget legesenter").count(), 1, "{page}");
    // What is undone at once in many windows gives back one place.
    let gate = portal.store().as_actor(&crate::shared::access(&visitor("p1", 1), "test"));
    let now = crate::shared::testing::NOW.parse().unwrap();
    let changes = super::super::actions::changes(&gate, &"p1".parse().unwrap(), now).await.unwrap();
    let id = changes.first().unwrap().id.clone();
    let undo = |_| async { portal.post(&visitor("p1", 1), &format!("/gp/undo/{id}"), &[]).await.1 };
    let undone = futures_util::future::join_all((0..20).map(undo)).await;
    assert!(undone.iter().all(|path| path == "/gp?done=undone"), "{undone:?}");
    assert_eq!(stored(&portal).await.listed, 0);
}
