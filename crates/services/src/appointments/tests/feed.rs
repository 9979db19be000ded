//! The private calendar feed, from the form to the calendar program.

use serde_json::json;

use super::booked;
use crate::shared::testing::{Portal, consent, parent_of, patient, visitor};

/// The path of the address on the page that was made.
fn address(page: &str) -> String {
    let at = page.find("/calendar-feed/").unwrap_or_else(|| panic!("no address: {page}"));
    page[at..].split('"').next().unwrap().to_owned()
}

async fn family() -> Portal {
    let portal = Portal::new();
    let mut own = booked("kari-gp", "kari", "s1", "2026-12-01T09:00:00Z");
    own["description"] = json!("Kontroll av migrene");
    own["comment"] = json!("vondt i hodet");
    let clinic = json!({"reference": "Location/l", "display": "Psykiatrisk poliklinikk"});
    own["participant"].as_array_mut().unwrap().push(json!({"actor": clinic, "status": "accepted"}));
    portal
        .given([
            patient("kari", 1, "1980-03-04"),
            patient("lise", 2, "2018-05-05"),
            parent_of("lise", 1),
            json!({"resourceType": "Location", "id": "l", "name": "Psykiatrisk poliklinikk"}),
            own,
            booked("lise-gp", "lise", "s2", "2026-12-02T09:00:00Z"),
        ])
        .await;
    portal
}

async fn made(portal: &Portal, what: &str, whose: &str) -> String {
    let (status, page) =
        portal.post(&visitor("kari", 1), "/appointments/feed", &[("what", what), ("whose", whose)]).await;
    assert_eq!(status, 200, "{page}");
    address(&page)
}

#[tokio::test]
async fn the_feed_says_when_and_no_more_unless_the_person_has_chosen_so() {
    let portal = family().await;
    let (status, file) = portal.get_signed_out(&made(&portal, "time", "mine").await).await;
    assert_eq!(status, 200);
    assert!(file.contains("DTSTART:20261201T090000Z") && file.contains("SUMMARY:Time\r\n"), "{file}");
    for secret in ["migrene", "hodet", "Psykiatrisk", "kari", "lise", "20261202"] {
        assert!(!file.contains(secret), "{secret}: {file}");
    }
    let (_, file) = portal.get_signed_out(&made(&portal, "place", "household").await).await;
    assert!(file.contains("LOCATION:Psykiatrisk poliklinikk") && file.contains("SUMMARY:Time (lise)"), "{file}");
    assert!(!file.contains("migrene") && file.contains("DTSTART:20261202T090000Z"));
}

#[tokio::test]
async fn another_program_s_reader_understands_what_we_write() {
    let portal = family().await;
    let (_, file) = portal.get_signed_out(&made(&portal, "place", "household").await).await;
    let calendar: icalendar::Calendar = file.parse().unwrap();
    let starts: Vec<_> = calendar
        .components
        .iter()
        .filter_map(|component| component.as_event())
        .map(|event| icalendar::Component::property_value(event, "DTSTART").unwrap().to_owned())
        .collect();
    assert_eq!(starts, ["20261201T090000Z", "20261202T090000Z"]);
    assert_eq!(calendar.get_name(), Some("Timer"));
}

#[tokio::test]
async fn an_address_that_is_stopped_replaced_or_guessed_gives_nothing() {
    let portal = family().await;
    let first = made(&portal, "time", "mine").await;
    let second = made(&portal, "time", "mine").await;
    assert_ne!(first, second);
    assert_eq!(portal.get_signed_out(&first).await.0, 404, "a new address ends the old one");
    assert_eq!(portal.get_signed_out(&second).await.0, 200);
    assert_eq!(portal.get_signed_out("/calendar-feed/guess.ics").await.0, 404);
    let kari = visitor("kari", 1);
    assert!(portal.get(&kari, "/appointments/feed").await.1.contains("Kalenderen er i bruk"));
    assert_eq!(portal.post(&kari, "/appointments/feed/stop", &[]).await.0, 303);
    assert_eq!(portal.get_signed_out(&second).await.0, 404);
    assert!(!portal.get(&kari, "/appointments/feed").await.1.contains("Kalenderen er i bruk"));
}

#[tokio::test]
async fn the_feed_shows_what_the_person_may_see_now_and_every_reading_is_in_the_log() {
    let portal = family().await;
    let address = made(&portal, "time", "household").await;
    assert!(portal.get_signed_out(&address).await.1.contains("20261202T090000Z"));
    let (_, log) = portal.get(&visitor("kari", 1), "/access-log?own=show").await;
    assert!(log.contains("kari"), "{log}");
    // The child is taken from her, and the feed knows it at once.
    let stop = consent("stop", "lise", "acute-stop", "active");
    portal.given([stop]).await;
    let (_, file) = portal.get_signed_out(&address).await;
    assert!(file.contains("20261201T090000Z") && !file.contains("20261202T090000Z"), "{file}");
    portal.given([consent("account", "kari", "account-stop", "active")]).await;
    assert_eq!(portal.get_signed_out(&address).await.0, 404, "who has stopped the account has stopped this too");
}

#[tokio::test]
async fn nothing_is_made_before_both_questions_are_answered() {
    let portal = family().await;
    for fields in [vec![], vec![("what", "time")], vec![("whose", "mine")], vec![("what", "all"), ("whose", "mine")]] {
        let (status, page) = portal.post(&visitor("kari", 1), "/appointments/feed", &fields).await;
        assert!(status == 422 && !page.contains("/calendar-feed/"), "{fields:?}");
    }
}
