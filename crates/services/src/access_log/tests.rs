//! The page through the real router.

use serde_json::{Value, json};

use crate::shared::testing::{Portal, acting_for, parent_of, patient, visitor};

fn appointment(id: &str, of: &str) -> Value {
    json!({
        "resourceType": "Appointment", "id": id, "status": "booked", "start": "2026-12-01T09:00:00Z",
        "end": "2026-12-01T09:20:00Z", "serviceCategory": [{"coding": [{"code": "10"}]}],
        "identifier": [{"system": "urn:x", "value": id, "assigner": {"reference": "Organization/o1"}}],
        "participant": [{"actor": {"reference": format!("Patient/{of}")}, "status": "accepted"}],
    })
}

/// Kari and her son of eight, each with a time that the hospital has sent.
async fn family() -> Portal {
    let portal = Portal::new();
    let people = [patient("kari", 1, "1985-01-01"), patient("jonas", 2, "2018-05-05"), parent_of("jonas", 1)];
    portal.given(people).await;
    for who in ["kari", "jonas"] {
        portal.sent_by("Fjord sykehus", appointment(&format!("{who}-gp"), who)).await;
    }
    portal
}

fn who(page: &str) -> Vec<&str> {
    page.split("<td data-label=\"Hvem\">").skip(1).filter_map(|cell| cell.split('<').next()).collect()
}

#[tokio::test]
async fn what_others_have_done_is_not_drowned_in_ones_own_and_ones_own_is_a_press_away() {
    let portal = family().await;
    let kari = visitor("kari", 1);
    for _ in 0..20 {
        portal.get(&kari, "/appointments/kari-gp").await;
    }
    let (_, page) = portal.get(&kari, "/access-log").await;
    assert_eq!(who(&page), ["Fagsystemet Fjord sykehus", "Driften av Varde"], "{page}");
    assert!(
        page.contains("Her står alle andre enn deg") && page.contains("er ikke med i listen"),
        "it is said: {page}"
    );
    assert!(page.contains("href=\"/access-log?own=show\""), "{page}");
    let (_, page) = portal.get(&kari, "/access-log?own=show").await;
    assert!(who(&page).contains(&"Du") && who(&page).contains(&"Fagsystemet Fjord sykehus"), "{page}");
    assert!(page.contains("Her står alle som har sett på") && page.contains("href=\"/access-log\""), "{page}");
}

#[tokio::test]
async fn a_parent_who_acts_for_a_child_leaves_out_what_the_parent_has_done_and_no_one_else() {
    let portal = family().await;
    let kari = acting_for(visitor("kari", 1), "jonas");
    portal.get(&kari, "/appointments/jonas-gp").await;
    portal.get(&visitor("jonas", 2), "/appointments/jonas-gp").await;
    let (_, page) = portal.get(&kari, "/access-log").await;
    assert!(who(&page).contains(&"Fagsystemet Fjord sykehus") && !who(&page).contains(&"Du"), "{page}");
    assert!(page.contains("andre enn deg som har sett på eller endret opplysningene om jonas"), "{page}");
    assert!(who(&portal.get(&kari, "/access-log?own=show").await.1).contains(&"Du"));
    let (_, of_kari) = portal.get(&visitor("kari", 1), "/access-log").await;
    assert!(!of_kari.contains("jonas"), "{of_kari}");
}

#[tokio::test]
async fn a_part_of_the_log_in_which_nobody_else_has_looked_says_so() {
    let portal = Portal::new();
    portal.given([patient("per", 3, "1980-01-01")]).await;
    let per = visitor("per", 3);
    portal.get(&per, "/access-log").await;
    assert_eq!(who(&portal.get(&per, "/access-log").await.1), ["Driften av Varde"]);
    let (_, page) = portal.get(&per, "/access-log?before=1").await;
    assert!(page.contains("Ingen andre har sett på opplysningene i denne delen av loggen"), "{page}");
    assert!(page.contains("own=show"), "{page}");
    assert_eq!(who(&portal.get(&per, "/access-log?own=show").await.1).first(), Some(&"Du"));
}
