use varde_base::AssuranceLevel;
use varde_web::Visitor;

use crate::shared::testing::{Portal, national_id, parent_of, patient, visitor};

/// Kari runs the installation and Per does not; Ola, who turns twelve tomorrow, has Per for a father.
async fn installation() -> Portal {
    let portal = Portal::with_operators(&[national_id(1)]);
    let people = [patient("kari", 1, "1980-03-04"), patient("per", 2, "1979-03-04"), patient("ola", 3, "2014-11-22")];
    portal.given(people).await;
    portal.given([parent_of("ola", 2)]).await;
    portal
}

async fn tried(portal: &Portal, who: &Visitor, changes: &[(&str, &str)]) -> (u16, String) {
    let (per, ola) = (national_id(2), national_id(3));
    let mut fields = vec![
        ("who", "citizen"),
        ("who_number", per.as_str()),
        ("number", ola.as_str()),
        ("service", "specialist-appointments"),
        ("action", "view"),
        ("day", "21"),
        ("month", "11"),
        ("year", "2026"),
    ];
    for (name, value) in changes {
        fields.retain(|(its, _)| its != name);
        fields.push((name, value));
    }
    let (status, page) = portal.post(who, "/admin/simulate", &fields).await;
    (status.as_u16(), page)
}

#[tokio::test]
async fn the_page_is_there_for_operators_with_a_strong_sign_in_and_for_nobody_else() {
    let portal = installation().await;
    let kari = visitor("kari", 1);
    assert_eq!(portal.get(&kari, "/admin/simulate").await.0, 200);
    let mut weak = kari.clone();
    weak.actor.level = AssuranceLevel::Substantial;
    for other in [weak, visitor("per", 2)] {
        assert_eq!(portal.get(&other, "/admin/simulate").await.0, 404);
        assert_eq!(tried(&portal, &other, &[]).await.0, 404);
    }
    assert_eq!(portal.get_signed_out("/admin/simulate").await.0, 303);
    let plain = Portal::new();
    plain.given([patient("kari", 1, "1980-03-04")]).await;
    assert_eq!(plain.get(&kari, "/admin/simulate").await.0, 404, "without operators nobody is one");
}

#[tokio::test]
async fn an_operator_is_told_the_decision_of_the_day_the_sentence_and_the_steps() {
    let portal = installation().await;
    let kari = visitor("kari", 1);
    let (status, page) = tried(&portal, &kari, &[]).await;
    assert_eq!(status, 200);
    for words in ["Ja, reglene åpner", "AP-3", "du har foreldreansvar for barnet", "0–11 år", "ingenting i veien"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let (_, page) = tried(&portal, &kari, &[("day", "22")]).await;
    assert!(page.contains("Nei, dette er lukket") && page.contains("NOT-OPENED") && page.contains("12 år"), "{page}");
    let (_, page) = tried(&portal, &kari, &[("who", "emergency"), ("who_number", "")]).await;
    assert!(page.contains("HP-3"), "{page}");
}

#[tokio::test]
async fn the_person_reads_in_the_log_that_the_rules_were_tried_and_nothing_was_seen() {
    let portal = installation().await;
    portal.given([patient("ola", 3, "1990-11-22")]).await;
    tried(&portal, &visitor("kari", 1), &[("service", "results")]).await;
    let (_, log) = portal.get(&visitor("ola", 3), "/access-log").await;
    for words in ["Driften av Varde", "prøvde reglene for prøvesvar", "uten å se opplysningene"] {
        assert!(log.contains(words), "{words}: {log}");
    }
}

#[tokio::test]
async fn what_was_typed_stays_and_each_mistake_is_told_at_its_field() {
    let portal = installation().await;
    let kari = visitor("kari", 1);
    let (status, page) = tried(&portal, &kari, &[("number", "123"), ("day", "31"), ("item", "<b>")]).await;
    assert_eq!(status, 422);
    for words in ["#number", "#day", "#item", "value=\"123\"", "value=\"&lt;b&gt;\"", "elleve sifre"] {
        // The eleventh month has thirty days.
        assert!(page.contains(words), "{words}: {page}");
    }
    let stranger = national_id(9);
    let (status, page) = tried(&portal, &kari, &[("number", stranger.as_str())]).await;
    assert!(status == 422 && page.contains("Vi finner ikke personene"), "{page}");
    let (status, page) = tried(&portal, &kari, &[("item", "Appointment/none")]).await;
    assert!(status == 422 && page.contains("Vi finner ikke personene"), "{page}");
}
