use std::sync::atomic::Ordering;

use varde_base::Language;

use super::super::notices;
use crate::shared::testing::{Portal, acting_for, consent, parent_of, patient, visitor};

async fn country() -> Portal {
    let portal = Portal::new();
    let people = [patient("kari", 1, "1980-03-04"), patient("nora", 3, "2012-09-07"), patient("emma", 5, "2020-01-01")];
    portal.given(people.into_iter().chain([parent_of("emma", 1)])).await;
    portal
}

#[tokio::test]
async fn a_stopped_account_is_closed_everywhere_and_says_how_it_is_opened() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let (_, page) = portal.get(&kari, "/sharing/stop").await;
    assert!(page.contains("Du blir logget ut overalt") && page.contains("Du kan ikke åpne kontoen selv"), "{page}");
    let (status, location) = portal.post(&kari, "/sharing/stop", &[("form_key", "k1")]).await;
    assert_eq!((status.as_u16(), location.as_str()), (303, "/sharing/stopped"));
    assert_eq!(portal.sessions_ended.load(Ordering::Relaxed), 1);
    // A session that was overlooked opens nothing, and its pages tell why.
    let own = [kari.clone(), acting_for(kari.clone(), "emma")];
    for (who, path) in own.iter().flat_map(|who| {
        ["/", "/appointments", "/events", "/access-log", "/act-for", "/sharing", "/sharing/own-access", "/sharing/x"]
            .map(|path| (who, path))
    }) {
        let (status, page) = portal.get(who, path).await;
        assert!(status == 403 && page.contains("Kontoen er sperret") && page.contains("Ring dem"), "{path}: {page}");
    }
    assert_eq!(portal.post(&kari, "/sharing/blocks", &[("services", "all")]).await.0, 403);
    let (status, page) = portal.get_signed_out("/sharing/stopped").await;
    assert!(
        status == 200 && page.contains("Slik åpner du kontoen igjen") && page.contains("tel:+4719990000"),
        "who was signed out can read it: {page}"
    );
}

#[tokio::test]
async fn the_number_to_ring_is_told_before_and_after_where_there_is_one_and_else_none_is() {
    let mut portal = country().await;
    let kari = visitor("kari", 1);
    let link = "href=\"tel:+4719990000\">+47\u{a0}19\u{a0}99\u{a0}00\u{a0}00</a>";
    assert!(portal.get(&kari, "/sharing/stop").await.1.contains(link));
    assert!(portal.get_signed_out("/sharing/stopped").await.1.contains(link));
    portal = country().await;
    portal.without_help_phone();
    assert!(!portal.get(&kari, "/sharing/stop").await.1.contains("tel:"));
    assert!(!portal.get_signed_out("/sharing/stopped").await.1.contains("tel:"));
}

#[tokio::test]
async fn a_stop_sent_twice_stops_once_and_nobody_opens_it_here() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    portal.post(&kari, "/sharing/stop", &[("form_key", "k1")]).await;
    let (status, page) = portal.post(&kari, "/sharing/stop", &[("form_key", "k1")]).await;
    assert!(status == 403 && page.contains("Kontoen er sperret"), "{page}");
}

#[tokio::test]
async fn an_account_is_open_again_when_the_operator_has_ended_the_stop() {
    let portal = country().await;
    let kari = visitor("kari", 1);
    let stop = |status: &str| consent("s", "kari", "account-stop", status);
    portal.given([stop("active")]).await;
    assert_eq!(portal.get(&kari, "/sharing").await.0, 403);
    portal.given([stop("inactive")]).await;
    let (status, page) = portal.get(&kari, "/sharing").await;
    assert!(status == 200 && page.contains("Kontoen er sperret"), "it stands in the list of what was: {page}");
}

#[tokio::test]
async fn one_stops_ones_own_account_and_no_others() {
    let portal = country().await;
    for who in [acting_for(visitor("kari", 1), "emma"), visitor("nora", 3)] {
        assert_eq!(portal.get(&who, "/sharing/stop").await.0, 403);
        assert_eq!(portal.post(&who, "/sharing/stop", &[("form_key", "k1")]).await.0, 403);
    }
    assert_eq!(portal.sessions_ended.load(Ordering::Relaxed), 0);
    assert_eq!(portal.get(&visitor("kari", 1), "/sharing").await.0, 200);
}

#[test]
fn the_mail_about_a_stop_leads_to_a_page_that_needs_no_sign_in() {
    let message = notices::account_stopped(&"kari".parse().unwrap()).unwrap();
    assert!(message.payload.contains("\"/sharing/stopped\""), "{}", message.payload);
    for language in Language::ALL {
        let stopped = notices::mail_text(&message.kind, language).unwrap();
        assert_ne!(Some(stopped), notices::mail_text("sharing-ended", language));
    }
}
