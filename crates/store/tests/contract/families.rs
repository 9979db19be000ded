//! Parents, children and who else has to do with them: scenarios as sentences.

use varde_rights::{Relation, RuleId, Service};

use crate::people::{
    at, based_on, consent, given, labelled, medicine, message, note, opening, period, person, protected, put_all,
    referral, related, rule, sees, sets, vaccine, visit, with_status,
};
use crate::world::World;

/// The last second of 21 November 2026 in Oslo, and the first of the 22nd.
const BEFORE: &str = "2026-11-21T22:59:59Z";
const AFTER: &str = "2026-11-21T23:00:00Z";

const OLAS: &str =
    "Patient/ola Appointment/gp Appointment/hospital DocumentReference/note MedicationRequest/pill Immunization/mmr";

async fn family(world: &World, born: &str) {
    put_all(
        world,
        [
            person("kari", "1980-03-04", "Storgata 1"),
            person("per", "1979-03-04", "Storgata 1"),
            person("ola", born, "Storgata 1"),
            person("nina", "1990-01-01", "Havnegata 2"),
            related("ola", "kari", &["FO"]),
            related("ola", "per", &["FO"]),
            visit("gp", "ola", "10"),
            visit("hospital", "ola", "27"),
            note("note", "ola"),
            medicine("pill", "ola"),
            vaccine("mmr", "ola"),
        ],
    )
    .await;
}

pub(crate) async fn a_parent_loses_access_when_the_child_turns_twelve(world: &World) {
    family(world, "2014-11-22").await;
    at(world, BEFORE);
    assert_eq!(sees(world, "kari", OLAS).await, OLAS);
    at(world, AFTER);
    let left = "Patient/ola Appointment/gp MedicationRequest/pill Immunization/mmr";
    assert_eq!(sees(world, "kari", OLAS).await, left);
}

pub(crate) async fn a_child_signs_in_from_the_thirteenth_birthday(world: &World) {
    family(world, "2013-11-22").await;
    world.put(consent("yes", "ola", "foreldresamtykke", &[])).await;
    at(world, BEFORE);
    assert_eq!(sees(world, "ola", OLAS).await, "");
    at(world, AFTER);
    let open = "Patient/ola Appointment/gp MedicationRequest/pill Immunization/mmr";
    assert_eq!(sees(world, "ola", OLAS).await, open);
    assert_eq!(sees(world, "kari", OLAS).await, open);
}

pub(crate) async fn at_sixteen_all_passes_from_the_parents_to_the_youth(world: &World) {
    family(world, "2010-11-22").await;
    at(world, BEFORE);
    assert_eq!(sees(world, "kari", OLAS).await, "Patient/ola Appointment/gp MedicationRequest/pill Immunization/mmr");
    assert_eq!(sees(world, "ola", OLAS).await, "Patient/ola");
    at(world, AFTER);
    assert_eq!(sees(world, "kari", OLAS).await, "");
    assert_eq!(sees(world, "ola", OLAS).await, OLAS);
    assert_eq!(rule(world, "kari", "ola", Service::Person).await.0, "PA-16");
}

pub(crate) async fn a_proxy_can_be_received_from_the_eighteenth_birthday(world: &World) {
    family(world, "2008-11-22").await;
    put_all(world, [note("ninas", "nina"), given("FU", "nina", "ola", &["2"])]).await;
    at(world, BEFORE);
    assert_eq!(sees(world, "ola", "Patient/nina DocumentReference/ninas").await, "");
    at(world, AFTER);
    assert_eq!(
        sees(world, "ola", "Patient/nina DocumentReference/ninas").await,
        "Patient/nina DocumentReference/ninas"
    );
}

pub(crate) async fn a_leap_day_child_grows_older_on_the_first_of_march(world: &World) {
    family(world, "2016-02-29").await;
    at(world, "2029-02-28T22:59:59Z");
    assert_eq!(sees(world, "ola", "Patient/ola").await, "");
    at(world, "2029-02-28T23:00:00Z");
    assert_eq!(sees(world, "ola", "Patient/ola").await, "Patient/ola");
}

pub(crate) async fn in_summer_a_birthday_begins_at_midnight_in_oslo_too(world: &World) {
    family(world, "2014-06-01").await;
    at(world, "2026-05-31T21:59:59Z");
    assert_eq!(sees(world, "kari", OLAS).await, OLAS);
    at(world, "2026-05-31T22:00:00Z");
    assert_eq!(sees(world, "kari", "DocumentReference/note").await, "");
}

pub(crate) async fn of_parents_who_part_the_one_with_the_childs_address_goes_on(world: &World) {
    family(world, "2018-05-06").await;
    world.put(person("per", "1979-03-04", "Havnegata 9")).await;
    assert_eq!(sees(world, "kari", OLAS).await, OLAS);
    assert_eq!(sees(world, "per", OLAS).await, "");
    assert_eq!(rule(world, "per", "ola", Service::Results).await, RuleId::ADDRESS_CHECK);
}

pub(crate) async fn a_court_decision_opens_for_a_parent_who_lives_elsewhere(world: &World) {
    family(world, "2018-05-06").await;
    put_all(world, [person("per", "1979-03-04", "Havnegata 9"), related("ola", "per", &["FO", "court-decision"])])
        .await;
    assert_eq!(sees(world, "per", OLAS).await, OLAS);
    let over = period(related("ola", "per", &["FO", "court-decision"]), "2020-01-01", Some("2026-11-20"));
    world.put(over).await;
    assert_eq!(sees(world, "per", OLAS).await, "");
}

pub(crate) async fn a_parent_who_moved_abroad_sees_nothing(world: &World) {
    family(world, "2018-05-06").await;
    let mut abroad = person("per", "1979-03-04", "Storgata 1");
    abroad["address"][0]["country"] = "SE".into();
    world.put(abroad).await;
    assert_eq!(sees(world, "per", OLAS).await, "");
    assert_eq!(rule(world, "per", "ola", Service::Record).await, RuleId::NO_ADDRESS);
}

pub(crate) async fn a_parent_who_lost_responsibility_sees_nothing(world: &World) {
    family(world, "2018-05-06").await;
    let mut lost = related("ola", "per", &["FO"]);
    lost["active"] = false.into();
    put_all(world, [lost, period(related("ola", "kari", &["FO"]), "2018-05-06", Some("2026-11-20"))]).await;
    assert_eq!(sees(world, "per", OLAS).await, "");
    assert_eq!(sees(world, "kari", OLAS).await, "");
    world.delete("RelatedPerson/ola-per-FO").await.unwrap();
    assert_eq!(sees(world, "per", OLAS).await, "");
}

pub(crate) async fn a_foster_placement_ends_at_midnight(world: &World) {
    family(world, "2018-05-06").await;
    for end in ["2026-11-21", "2026-11-22T00:00:00+01:00", "2026-11-21T23:00:00Z", "2026-11-21T23:59:59+01:00"] {
        at(world, BEFORE);
        world.put(period(related("ola", "nina", &["FP"]), "2026-01-01", Some(end))).await;
        // The name alone: an outline, and so no content of the Patient.
        assert_eq!(sees(world, "nina", OLAS).await, "Appointment/gp Immunization/mmr", "{end}");
        at(world, AFTER);
        assert_eq!(sees(world, "nina", OLAS).await, "", "{end}");
    }
}

pub(crate) async fn a_foster_placement_without_an_end_opens_nothing(world: &World) {
    family(world, "2018-05-06").await;
    for end in [None, Some("2027"), Some("2027-01")] {
        world.put(period(related("ola", "nina", &["FP"]), "2026-01-01", end)).await;
        assert_eq!(sees(world, "nina", OLAS).await, "", "{end:?}");
    }
}

pub(crate) async fn foster_parents_see_messages_only_when_they_are_shared(world: &World) {
    family(world, "2018-05-06").await;
    put_all(
        world,
        [
            period(related("ola", "nina", &["FP"]), "2026-01-01", Some("2027-11-21")),
            message("plain", "ola"),
            labelled(message("shared", "ola"), &["N"]),
            labelled(message("not-parent", "ola"), &["N", "NORN_FORANS"]),
        ],
    )
    .await;
    let all = "Communication/plain Communication/shared Communication/not-parent";
    assert_eq!(sees(world, "nina", all).await, "Communication/shared");
    assert_eq!(sees(world, "kari", all).await, "Communication/plain Communication/shared");
}

pub(crate) async fn a_protected_address_on_either_side_closes_every_representation(world: &World) {
    family(world, "2018-05-06").await;
    put_all(
        world,
        [
            period(related("ola", "nina", &["FP"]), "2026-01-01", Some("2027-11-21")),
            note("ninas", "nina"),
            given("FU", "nina", "kari", &["2"]),
        ],
    )
    .await;
    assert_eq!(
        sees(world, "kari", "DocumentReference/ninas Appointment/gp").await,
        "DocumentReference/ninas Appointment/gp"
    );
    for who in ["kari", "ola"] {
        let (born, street) = if who == "ola" { ("2018-05-06", "Storgata 1") } else { ("1980-03-04", "Storgata 1") };
        world.put(protected(person(who, born, street))).await;
        assert_eq!(sees(world, "kari", OLAS).await, "", "{who}");
        let with_proxy = sees(world, "kari", "DocumentReference/ninas").await;
        assert_eq!(with_proxy, if who == "kari" { "" } else { "DocumentReference/ninas" });
        assert_eq!(sees(world, "nina", OLAS).await, if who == "ola" { "" } else { "Appointment/gp Immunization/mmr" });
        world.put(person(who, born, street)).await;
    }
    assert_eq!(sees(world, "kari", OLAS).await, OLAS, "and opens again");
}

pub(crate) async fn a_secret_appointment_at_the_youth_clinic_is_hidden_from_parents(world: &World) {
    family(world, "2012-05-06").await;
    put_all(world, [visit("clinic", "ola", "6"), visit("school", "ola", "4")]).await;
    assert_eq!(
        sees(world, "ola", "Appointment/clinic Appointment/school Appointment/gp").await,
        "Appointment/clinic Appointment/school"
    );
    assert_eq!(sees(world, "kari", "Appointment/clinic Appointment/school Appointment/gp").await, "Appointment/gp");
}

pub(crate) async fn a_parents_consent_opens_for_the_youth_until_it_is_withdrawn(world: &World) {
    family(world, "2012-05-06").await;
    assert_eq!(sees(world, "ola", OLAS).await, "Patient/ola");
    world.put(consent("yes", "ola", "foreldresamtykke", &[])).await;
    assert_eq!(sees(world, "ola", OLAS).await, "Patient/ola Appointment/gp MedicationRequest/pill Immunization/mmr");
    world.put(with_status(consent("yes", "ola", "foreldresamtykke", &[]), "inactive")).await;
    assert_eq!(sees(world, "ola", OLAS).await, "Patient/ola");
    let mut refused = consent("yes", "ola", "foreldresamtykke", &[]);
    refused["provision"]["type"] = "deny".into();
    world.put(refused).await;
    assert_eq!(sees(world, "ola", OLAS).await, "Patient/ola");
    world.delete("Consent/yes").await.unwrap();
    assert_eq!(sees(world, "ola", OLAS).await, "Patient/ola", "a deleted consent is none, and closes nothing else");
    assert_eq!(sees(world, "kari", "Appointment/gp").await, "Appointment/gp");
}

pub(crate) async fn a_label_hides_from_the_one_it_names_and_nobody_else(world: &World) {
    family(world, "2012-05-06").await;
    put_all(
        world,
        [
            consent("yes", "ola", "foreldresamtykke", &[]),
            labelled(visit("norn", "ola", "10"), &["NORN"]),
            labelled(visit("not-parent", "ola", "10"), &["NORN_FORANS"]),
            labelled(visit("not-youth", "ola", "10"), &["NORN_UNGDOM"]),
            labelled(visit("neither", "ola", "10"), &["NORN_FORANS", "NORN_UNGDOM"]),
        ],
    )
    .await;
    let all = "Appointment/gp Appointment/norn Appointment/not-parent Appointment/not-youth Appointment/neither";
    assert_eq!(sees(world, "kari", all).await, "Appointment/gp Appointment/not-youth");
    assert_eq!(sees(world, "ola", all).await, "Appointment/gp Appointment/not-parent");
}

pub(crate) async fn an_assigned_proxy_for_a_child_is_no_way_past_what_parents_may_not_see(world: &World) {
    family(world, "2012-05-06").await;
    put_all(
        world,
        [
            period(given("TD", "ola", "kari", &[]), "2026-01-01", Some("2030-01-01")),
            labelled(note("not-parent", "ola"), &["NORN_FORANS"]),
        ],
    )
    .await;
    assert_eq!(
        sees(world, "kari", "DocumentReference/note DocumentReference/not-parent").await,
        "DocumentReference/note"
    );
    world.put(consent("stop", "ola", "acute-stop", &[])).await;
    assert_eq!(sees(world, "kari", OLAS).await, "", "the emergency button is for all who stand in a parent's place");
}

pub(crate) async fn a_guardianship_alone_opens_no_content(world: &World) {
    family(world, "1950-05-06").await;
    world.put(related("ola", "nina", &["VE"])).await;
    assert_eq!(sees(world, "nina", OLAS).await, "");
    let relations = crate::people::gate(world, "nina").relations().await.unwrap();
    assert!(relations.iter().any(|its| its.relation == Relation::Guardian));
}

pub(crate) async fn one_who_is_guardian_and_proxy_sees_as_a_proxy(world: &World) {
    family(world, "1950-05-06").await;
    put_all(world, [related("ola", "nina", &["VE"]), given("FU", "ola", "nina", &["3"])]).await;
    assert_eq!(sees(world, "nina", OLAS).await, "Patient/ola Appointment/gp Appointment/hospital");
    world.put(with_status(given("FU", "ola", "nina", &["3"]), "inactive")).await;
    assert_eq!(sees(world, "nina", OLAS).await, "");
}

pub(crate) async fn an_acute_stop_withholds_a_child_from_the_parents_at_once(world: &World) {
    family(world, "2018-05-06").await;
    world.put(period(consent("stop", "ola", "acute-stop", &[]), "2026-11-21", None)).await;
    assert_eq!(sees(world, "kari", OLAS).await, "");
    assert_eq!(sees(world, "per", "Consent/stop").await, "", "nor that there is a stop");
    world.put(with_status(consent("stop", "ola", "acute-stop", &[]), "inactive")).await;
    assert_eq!(sees(world, "kari", OLAS).await, OLAS);
}

pub(crate) async fn a_referral_is_opened_one_by_one_for_parents_and_youth_and_closed_again(world: &World) {
    family(world, "2012-05-06").await;
    put_all(
        world,
        [
            consent("yes", "ola", "foreldresamtykke", &[]),
            referral("eyes", "ola"),
            referral("psych", "ola"),
            based_on(visit("eyes-visit", "ola", "27"), "eyes"),
            based_on(note("eyes-note", "ola"), "eyes"),
            based_on(note("psych-note", "ola"), "psych"),
        ],
    )
    .await;
    let all = "ServiceRequest/eyes ServiceRequest/psych Appointment/eyes-visit DocumentReference/eyes-note DocumentReference/psych-note";
    let open = "ServiceRequest/eyes Appointment/eyes-visit DocumentReference/eyes-note";
    for who in ["kari", "ola"] {
        assert_eq!(sees(world, who, all).await, "", "{who}");
    }
    world.put(opening("ola", "eyes", "parents", true)).await;
    assert_eq!(sees(world, "kari", all).await, open);
    assert_eq!(sees(world, "ola", all).await, "");
    world.put(opening("ola", "eyes", "youth", false)).await;
    assert_eq!(sees(world, "ola", all).await, "", "an outline is no content");
    world.put(opening("ola", "eyes", "youth", true)).await;
    assert_eq!(sees(world, "ola", all).await, "ServiceRequest/eyes DocumentReference/eyes-note");
    world.put(with_status(opening("ola", "eyes", "parents", true), "inactive")).await;
    assert_eq!(sees(world, "kari", all).await, "");
    assert_eq!(sees(world, "ola", all).await, "ServiceRequest/eyes DocumentReference/eyes-note");
}

pub(crate) async fn a_parent_gives_this_one_consent_for_a_child_over_twelve_and_no_other(world: &World) {
    family(world, "2012-05-06").await;
    let yes = || consent("yes", "ola", "foreldresamtykke", &[]);
    assert!(!sets(world, "nina", yes()).await, "a stranger");
    assert!(!sets(world, "ola", yes()).await, "the youth");
    assert_eq!(sees(world, "ola", OLAS).await, "Patient/ola");
    assert!(sets(world, "kari", yes()).await);
    assert_eq!(rule(world, "kari", "ola", Service::YouthConsent).await.0, "CS-3");
    assert_eq!(sees(world, "ola", OLAS).await, "Patient/ola Appointment/gp MedicationRequest/pill Immunization/mmr");
    assert_eq!(sees(world, "ola", "Consent/yes").await, "Consent/yes", "the youth sees that it is given");
    for category in ["platform", "block", "own-access", "reservation", "account-stop", "opening", "research", "FU"] {
        assert!(!sets(world, "kari", consent("other", "ola", category, &[])).await, "{category}");
    }
    let mut smuggled = consent("two", "ola", "foreldresamtykke", &[]);
    let block = serde_json::json!({"coding": [{"system": "urn:varde:consent", "code": "block"}]});
    smuggled["category"].as_array_mut().unwrap().push(block);
    assert!(!sets(world, "kari", smuggled).await, "nothing goes along with it");
    assert!(sets(world, "per", with_status(yes(), "inactive")).await, "the other parent withdraws it");
    assert_eq!(sees(world, "ola", OLAS).await, "Patient/ola");
    at(world, "2028-05-05T22:00:00Z");
    assert!(!sets(world, "kari", yes()).await, "from sixteen on it is not the parents' to give");
}

pub(crate) async fn a_parent_who_may_not_see_the_child_may_not_consent_either(world: &World) {
    family(world, "2012-05-06").await;
    world.put(person("per", "1979-03-04", "Havnegata 9")).await;
    assert!(!sets(world, "per", consent("yes", "ola", "foreldresamtykke", &[])).await);
    world.put(consent("stop", "ola", "acute-stop", &[])).await;
    assert!(!sets(world, "kari", consent("yes", "ola", "foreldresamtykke", &[])).await);
}
