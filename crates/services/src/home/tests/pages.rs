use jiff::SignedDuration;
use serde_json::json;

use super::super::chosen::Situation;
use super::super::{rules, words};
use super::{appointment, ending, report};
use crate::shared::testing::{NOW, Portal, acting_for, parent_of, patient, visitor};

async fn kari() -> Portal {
    let portal = Portal::new();
    portal.given([patient("kari", 1, "1980-03-04")]).await;
    portal
}

async fn page(portal: &Portal, path: &str) -> String {
    let (status, page) = portal.get(&visitor("kari", 1), path).await;
    assert_eq!(status, 200, "{path}: {page}");
    page
}

/// Paths of the services in the order of the page, the first as large tiles.
fn tiles(page: &str) -> Vec<String> {
    page.split("class=\"tile-link\" href=\"").skip(1).map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

/// Whether all of these stand on the page, in this order.
fn in_order(page: &str, words: &[&str]) -> bool {
    let mut rest = page;
    words.iter().all(|word| {
        let after = rest.split_once(word).map(|(_, after)| after);
        rest = after.unwrap_or_default();
        after.is_some()
    })
}

#[tokio::test]
async fn what_is_to_be_done_stands_first_with_its_day_then_what_is_new_then_what_comes_later() {
    let portal = kari().await;
    let quiet = page(&portal, "/").await;
    assert!(quiet.contains("Det er ingenting du må gjøre nå") && quiet.contains("Ingen kommende timer"), "{quiet}");
    portal.given([appointment("a1", "kari"), ending("rx", "kari"), report("r1", "kari")]).await;
    let busy = page(&portal, "/").await;
    let expected = ["Hei, kari", "/medicines", "Frist 30. november 2026", "/results/r1", "/appointments/a1"];
    assert!(in_order(&busy, &expected) && !busy.contains("ingenting du må gjøre"), "{busy}");
    portal.clock.set("2026-11-30T12:00:00Z".parse().unwrap());
    let today = page(&portal, "/").await;
    assert!(in_order(&today, &["Fristen er i dag", "/appointments/a1"]), "{today}");
}

#[tokio::test]
async fn a_card_that_fails_leaves_the_rest() {
    let portal = kari().await;
    let mut damaged = appointment("a1", "kari");
    damaged["status"] = json!("sometime");
    portal.given([damaged, report("r1", "kari")]).await;
    let shown = page(&portal, "/").await;
    assert!(shown.contains("Vi fikk ikke hentet alt") && shown.contains("/results/r1"), "{shown}");
    assert!(!shown.contains("ingenting du må gjøre"), "what is not known is not said: {shown}");
}

#[tokio::test]
async fn six_services_come_first_and_every_service_is_there_once() {
    let portal = kari().await;
    let shown = page(&portal, "/").await;
    let tiles = tiles(&shown);
    let mut all: Vec<&str> = crate::all().iter().map(|slice| slice.path).collect();
    assert_eq!(tiles, all, "nobody has chosen or used anything");
    assert!(in_order(&shown, &["Tjenester", all[rules::FIRST - 1], "Flere tjenester", all[rules::FIRST]]), "{shown}");
    assert!(shown.len() < 30_000, "{} bytes", shown.len());
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), tiles.len());
}

#[tokio::test]
async fn what_is_pinned_comes_first_and_can_be_let_go() {
    let portal = kari().await;
    let (me, path) = (visitor("kari", 1), "/services/mine");
    let fields = [("pinned", "/sharing"), ("pinned", "/act-for"), ("pinned", "/nowhere"), ("counted", "yes")];
    let to = portal.post(&me, path, &fields).await;
    assert_eq!(to, (axum::http::StatusCode::SEE_OTHER, "/services/mine?done=saved".to_owned()));
    assert_eq!(tiles(&page(&portal, "/").await)[..3], ["/act-for", "/sharing", "/appointments"]);
    let shown = page(&portal, "/services/mine?done=saved").await;
    assert!(shown.contains("Valgene er lagret") && shown.contains("value=\"/sharing\" checked"), "{shown}");
    portal.post(&me, path, &[("counted", "yes")]).await;
    assert_eq!(tiles(&page(&portal, "/").await)[0], "/appointments");
}

#[tokio::test]
async fn seven_are_too_many_and_what_was_ticked_stays() {
    let portal = kari().await;
    let seven: Vec<(&str, &str)> = crate::all().iter().take(7).map(|slice| ("pinned", slice.path)).collect();
    let fields = [&seven[..], &[("situations", "pregnant")]].concat();
    let (status, shown) = portal.post(&visitor("kari", 1), "/services/mine", &fields).await;
    assert_eq!(status, 422);
    assert!(shown.contains("href=\"#pinned\"") && shown.contains("opptil seks tjenester"), "{shown}");
    assert!(shown.contains("value=\"pregnant\" checked"), "{shown}");
    assert_eq!(shown.matches("\" checked").count(), 8, "use was not ticked, and is not: {shown}");
    assert!(!page(&portal, "/services/mine").await.contains("value=\"pregnant\" checked"), "nothing is kept");
}

#[tokio::test]
async fn a_situation_is_what_one_says_and_shows_its_links_and_services_first() {
    let portal = kari().await;
    portal.given([patient("emil", 2, "2018-01-01"), parent_of("emil", 1)]).await;
    assert!(!page(&portal, "/").await.contains("Når du "), "having a child is not to have said so");
    for situation in Situation::ALL {
        portal.post(&visitor("kari", 1), "/services/mine", &[("situations", situation.key())]).await;
        let shown = page(&portal, "/").await;
        assert!(shown.contains("Når du "), "{}: {shown}", situation.key());
        assert_eq!(tiles(&shown)[0], *rules::services(situation).iter().min_by_key(|path| place(path)).unwrap());
        assert!(words::links(situation).count() >= 3);
        for (path, _) in words::links(situation) {
            assert!(shown.contains(&format!("href=\"{path}\"")), "{path}: {shown}");
            assert_eq!(portal.get(&visitor("kari", 1), path).await.0, 200, "{path}");
        }
        let for_emil = portal.get(&acting_for(visitor("kari", 1), "emil"), "/").await.1;
        assert!(!for_emil.contains("Når du "), "it is her own, and not the child's: {for_emil}");
        assert!(!for_emil.contains("ingenting du må gjøre"), "not all of the child's may be known to her");
    }
}

/// Where a service stands when nothing is chosen.
fn place(path: &str) -> usize {
    crate::all().iter().position(|slice| slice.path == path).unwrap_or(usize::MAX)
}

#[tokio::test]
async fn what_one_uses_on_three_days_comes_first_unless_one_says_no() {
    let portal = kari().await;
    let start: jiff::Timestamp = NOW.parse().unwrap();
    for day in 0..3 {
        portal.clock.set(start + SignedDuration::from_hours(24 * day));
        assert_eq!(tiles(&page(&portal, "/").await)[0], "/appointments", "day {day}");
        page(&portal, "/access-log").await;
        // What is not there is not used.
        assert_eq!(portal.get(&visitor("kari", 1), "/medicines/nothing-like-it").await.0, 404);
        portal
            .visits()
            .write_now(portal.store(), &"kari".parse().unwrap(), start + SignedDuration::from_hours(24 * day))
            .await;
    }
    assert_eq!(tiles(&page(&portal, "/").await)[0], "/access-log");
    let mine = page(&portal, "/services/mine").await;
    assert!(mine.contains("Dager: 3. Sist 23. november 2026."), "{mine}");
    assert!(!mine.contains("Dager: 1"), "only what was used: {mine}");
    portal.post(&visitor("kari", 1), "/services/forget", &[]).await;
    assert!(page(&portal, "/services/mine").await.contains("Vi har ikke telt noe ennå"));
    assert_eq!(tiles(&page(&portal, "/").await)[0], "/appointments");
    portal.post(&visitor("kari", 1), "/services/mine", &[]).await;
    page(&portal, "/access-log").await;
    let mine = page(&portal, "/services/mine").await;
    assert!(!mine.contains("Dette har vi telt") && !mine.contains("value=\"yes\" checked"), "{mine}");
}

#[tokio::test]
async fn a_service_is_found_by_a_word_and_a_word_that_finds_nothing_stays_in_the_field() {
    let portal = kari().await;
    let all = page(&portal, "/services").await;
    assert_eq!(tiles(&all).len(), crate::all().len());
    assert!(in_order(&all, &["Timer, medisiner og meldinger", "Opplysninger om deg", "Hvem som ser hva"]), "{all}");
    let found = page(&portal, "/services?q=fornye+resept").await;
    assert_eq!(tiles(&found)[0], "/medicines");
    assert!(found.contains("Dette fant vi for «fornye resept»") && tiles(&found).len() < crate::all().len());
    let none = page(&portal, "/services?q=%22%3E%3Cb%3Exyzzy").await;
    assert!(
        none.contains("Vi fant ingen tjeneste for") && none.contains("value=\"&quot;&gt;&lt;b&gt;xyzzy\""),
        "{none}"
    );
    assert_eq!(tiles(&none).len(), crate::all().len(), "all are there to look through");
    let long = page(&portal, &format!("/services?q={}", "x".repeat(5_000))).await;
    let main = long.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    assert!(!main.contains(&"x".repeat(101)), "what is looked for is bounded");
}

#[tokio::test]
async fn who_acts_for_another_keeps_their_own_choices_and_never_sees_the_others() {
    let portal = kari().await;
    portal.given([patient("emil", 2, "2018-01-01"), parent_of("emil", 1)]).await;
    portal.post(&visitor("emil", 2), "/services/mine", &[("pinned", "/sharing"), ("situations", "pregnant")]).await;
    let mother = acting_for(visitor("kari", 1), "emil");
    assert_eq!(tiles(&portal.get(&mother, "/").await.1)[0], "/appointments");
    let mine = portal.get(&mother, "/services/mine").await.1;
    assert!(!mine.contains("value=\"/sharing\" checked") && !mine.contains("value=\"pregnant\" checked"), "{mine}");
    portal.post(&mother, "/services/mine", &[("pinned", "/events")]).await;
    assert_eq!(tiles(&page(&portal, "/").await)[0], "/events", "it was about her own page");
    assert_eq!(tiles(&portal.get(&visitor("emil", 2), "/").await.1)[0], "/sharing");
}
