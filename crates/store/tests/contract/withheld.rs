//! What is delayed, withheld, blocked or closed, and health personnel: scenarios as sentences.

use varde_base::CareBasis;
use varde_rights::{RuleId, Service};

use crate::people::{
    at, consent, gate, labelled, medicine, note, of_these, period, person, personnel, put_all, referral, related,
    released, result, rule, sees, sets, staff, visit, with_status,
};
use crate::world::{World, parse};

const EVAS: &str = "Patient/eva Appointment/gp DocumentReference/note MedicationRequest/pill Observation/blood";

async fn ward(world: &World) {
    put_all(
        world,
        [
            person("eva", "1950-03-04", "Storgata 1"),
            visit("gp", "eva", "10"),
            note("note", "eva"),
            medicine("pill", "eva"),
            result("blood", "eva", "2026-10-01T08:00:00Z"),
        ],
    )
    .await;
}

pub(crate) async fn a_result_shows_by_itself_when_its_delay_is_over(world: &World) {
    ward(world).await;
    world.put(result("new", "eva", "2026-11-20T08:00:00Z")).await;
    at(world, "2026-12-04T07:59:59.999Z");
    assert_eq!(sees(world, "eva", "Observation/new").await, "");
    at(world, "2026-12-04T08:00:00Z");
    assert_eq!(sees(world, "eva", "Observation/new").await, "Observation/new");
}

pub(crate) async fn personnel_release_a_result_now_later_or_by_themselves_only(world: &World) {
    ward(world).await;
    let pathology = || result("path", "eva", "2026-11-20T08:00:00Z");
    world.put(released(pathology(), "now")).await;
    assert_eq!(sees(world, "eva", "Observation/path").await, "Observation/path");
    world.put(released(pathology(), "2026-11-25T10:00:00Z")).await;
    assert_eq!(sees(world, "eva", "Observation/path").await, "");
    at(world, "2026-11-25T10:00:00Z");
    assert_eq!(sees(world, "eva", "Observation/path").await, "Observation/path");
    world.put(released(pathology(), "personnel-only")).await;
    at(world, "2036-11-25T10:00:00Z");
    assert_eq!(sees(world, "eva", "Observation/path").await, "");
    let doctor = personnel(world, "1234567", CareBasis::Treatment);
    assert_eq!(of_these(&doctor, "Observation/path").await, "Observation/path", "personnel see at once");
}

pub(crate) async fn a_note_can_be_delayed_and_a_proxy_waits_too(world: &World) {
    ward(world).await;
    put_all(
        world,
        [
            person("nina", "1990-01-01", "Havnegata 2"),
            crate::people::given("FU", "eva", "nina", &["1", "2"]),
            released(note("later", "eva"), "2026-11-25T10:00:00Z"),
        ],
    )
    .await;
    for who in ["eva", "nina"] {
        at(world, "2026-11-25T09:59:59Z");
        assert_eq!(sees(world, who, "DocumentReference/later").await, "", "{who}");
        at(world, "2026-11-25T10:00:00Z");
        assert_eq!(sees(world, who, "DocumentReference/later").await, "DocumentReference/later", "{who}");
    }
}

pub(crate) async fn a_referral_of_a_child_to_psychiatry_waits_ten_days(world: &World) {
    ward(world).await;
    put_all(
        world,
        [
            person("kari", "1980-01-01", "Storgata 1"),
            person("ola", "2018-05-06", "Storgata 1"),
            related("ola", "kari", &["FO"]),
        ],
    )
    .await;
    let mut psych = referral("psych", "ola");
    psych["authoredOn"] = "2026-11-20T08:00:00Z".into();
    psych["category"] = serde_json::json!([{"coding": [{"code": "child-psychiatry"}]}]);
    put_all(world, [psych, referral("eyes", "ola")]).await;
    let both = "ServiceRequest/eyes ServiceRequest/psych";
    assert_eq!(sees(world, "kari", both).await, "ServiceRequest/eyes");
    at(world, "2026-11-30T08:00:00Z");
    assert_eq!(sees(world, "kari", both).await, both);
}

pub(crate) async fn a_search_finds_a_result_from_its_very_moment(world: &World) {
    ward(world).await;
    put_all(world, (0..5).map(|n| result(&format!("r{n}"), "eva", &format!("2026-11-20T08:00:0{n}Z")))).await;
    let query = parse("Observation?patient=eva&_total=accurate&_count=2&_sort=_id");
    for second in 0..5u64 {
        at(world, &format!("2026-12-04T08:00:0{second}Z"));
        let page = gate(world, "eva").search(&query).await.unwrap();
        assert_eq!(page.total, Some(second + 2), "and the one of October");
        assert_eq!(page.next.is_some(), second > 0, "no page is promised for what waits");
    }
}

pub(crate) async fn the_dead_have_no_access_and_those_declared_dead_by_mistake_have_all_of_it_back(world: &World) {
    ward(world).await;
    let mut dead = person("eva", "1950-03-04", "Storgata 1");
    dead["deceasedBoolean"] = true.into();
    world.put(dead.clone()).await;
    assert_eq!(sees(world, "eva", EVAS).await, "");
    assert_eq!(rule(world, "eva", "eva", Service::Record).await, RuleId::DECEASED);
    let doctor = personnel(world, "1234567", CareBasis::Treatment);
    assert_eq!(of_these(&doctor, "DocumentReference/note").await, "DocumentReference/note");
    dead["deceasedBoolean"] = false.into();
    world.put(dead).await;
    assert_eq!(sees(world, "eva", EVAS).await, EVAS, "the death is annulled");
}

pub(crate) async fn a_dead_parent_represents_nobody(world: &World) {
    let mut dead = person("kari", "1980-01-01", "Storgata 1");
    put_all(
        world,
        [
            dead.clone(),
            person("ola", "2018-05-06", "Storgata 1"),
            related("ola", "kari", &["FO"]),
            visit("his", "ola", "10"),
        ],
    )
    .await;
    assert_eq!(sees(world, "kari", "Appointment/his").await, "Appointment/his");
    dead["deceasedDateTime"] = "2026-11-20".into();
    world.put(dead).await;
    assert_eq!(sees(world, "kari", "Appointment/his").await, "");
}

pub(crate) async fn a_stopped_account_is_closed_until_it_is_opened_again(world: &World) {
    ward(world).await;
    put_all(
        world,
        [
            person("ola", "2018-05-06", "Storgata 1"),
            related("ola", "eva", &["FO"]),
            visit("his", "ola", "10"),
            consent("stop", "eva", "account-stop", &[]),
        ],
    )
    .await;
    assert_eq!(sees(world, "eva", EVAS).await, "");
    assert_eq!(sees(world, "eva", "Appointment/his Patient/ola").await, "", "nor for the child");
    world.put(with_status(consent("stop", "eva", "account-stop", &[]), "inactive")).await;
    assert_eq!(sees(world, "eva", EVAS).await, EVAS);
    assert_eq!(sees(world, "eva", "Appointment/his").await, "Appointment/his");
}

pub(crate) async fn the_level_of_consent_bounds_what_the_platform_shows(world: &World) {
    ward(world).await;
    for (level, seen) in [
        ("none", "Patient/eva"),
        ("basis", "Patient/eva MedicationRequest/pill"),
        ("basis-plus", EVAS),
        ("full", EVAS),
        ("nonsense", "Patient/eva"),
    ] {
        world.put(consent("level", "eva", "platform", &[level])).await;
        assert_eq!(sees(world, "eva", EVAS).await, seen, "{level}");
    }
    put_all(world, [consent("level", "eva", "platform", &["full"]), consent("other", "eva", "platform", &["basis"])])
        .await;
    assert_eq!(sees(world, "eva", EVAS).await, "Patient/eva MedicationRequest/pill", "of two the least");
}

pub(crate) async fn a_block_of_all_personnel_gives_way_to_the_patients_yes_and_to_an_emergency(world: &World) {
    ward(world).await;
    world.put(consent("block", "eva", "block", &["record"])).await;
    let record = "DocumentReference/note";
    for (basis, agrees, open) in [
        (CareBasis::Treatment, false, false),
        (CareBasis::Treatment, true, true),
        (CareBasis::Coordination, true, false),
        (CareBasis::Emergency, false, true),
        (CareBasis::BreakGlass, false, true),
    ] {
        let gate = staff(world, "1234567", basis, |actor| {
            actor.attestation = Some("ambulance".into());
            actor.patient_agrees = agrees;
        });
        assert_eq!(of_these(&gate, record).await == record, open, "{basis:?} {agrees}");
    }
    let doctor = personnel(world, "1234567", CareBasis::Treatment);
    assert_eq!(of_these(&doctor, "Observation/blood").await, "Observation/blood", "what is not blocked stays open");
    assert_eq!(sees(world, "eva", record).await, record, "the patient's own access is another matter");
}

pub(crate) async fn a_block_by_name_holds_in_emergencies_too(world: &World) {
    ward(world).await;
    let mut block = consent("block", "eva", "block", &[]);
    block["provision"]["actor"] = serde_json::json!([{"role": {"coding": [{"code": "PRCP"}]},
        "reference": {"identifier": {"system": "urn:oid:2.16.578.1.12.4.1.4.4", "value": "1234567"}}}]);
    world.put(block.clone()).await;
    for basis in [CareBasis::Treatment, CareBasis::Emergency, CareBasis::BreakGlass] {
        assert_eq!(of_these(&personnel(world, "1234567", basis), EVAS).await, "", "{basis:?}");
        let other = of_these(&personnel(world, "7654321", basis), "DocumentReference/note").await;
        assert_eq!(other, "DocumentReference/note", "{basis:?}");
    }
    world.put(period(block, "2026-01-01", Some("2026-11-20"))).await;
    let doctor = personnel(world, "1234567", CareBasis::Treatment);
    assert_eq!(of_these(&doctor, "DocumentReference/note").await, "DocumentReference/note", "the block is over");
}

pub(crate) async fn personnel_without_a_care_relation_see_nothing_unless_it_is_an_emergency(world: &World) {
    ward(world).await;
    let bare = |basis| staff(world, "1234567", basis, |_| ());
    for basis in [CareBasis::Treatment, CareBasis::Coordination, CareBasis::BreakGlass] {
        assert_eq!(of_these(&bare(basis), EVAS).await, "", "{basis:?}");
    }
    let hurried = staff(world, "1234567", CareBasis::Emergency, |actor| actor.reason = Some("unconscious".into()));
    assert_eq!(of_these(&hurried, "DocumentReference/note").await, "DocumentReference/note");
    let attested = personnel(world, "1234567", CareBasis::BreakGlass);
    assert_eq!(of_these(&attested, "DocumentReference/note").await, "DocumentReference/note", "who says why");
    let mut with_gp = person("eva", "1950-03-04", "Storgata 1");
    with_gp["generalPractitioner"] = serde_json::json!([{"identifier": {"value": "1234567"}}]);
    world.put(with_gp).await;
    assert_eq!(
        of_these(&bare(CareBasis::Treatment), "DocumentReference/note").await,
        "DocumentReference/note",
        "the GP"
    );
}

pub(crate) async fn what_is_shielded_opens_to_the_patient_and_in_an_emergency(world: &World) {
    ward(world).await;
    put_all(world, [labelled(note("shielded", "eva"), &["NORS"]), labelled(note("norn", "eva"), &["NORN"])]).await;
    let both = "DocumentReference/shielded DocumentReference/norn";
    let treating = personnel(world, "1234567", CareBasis::Treatment);
    assert_eq!(of_these(&treating, both).await, "DocumentReference/norn");
    for basis in [CareBasis::Emergency, CareBasis::BreakGlass] {
        assert_eq!(of_these(&personnel(world, "1234567", basis), both).await, both, "{basis:?}");
    }
    assert_eq!(sees(world, "eva", both).await, "DocumentReference/shielded");
}

pub(crate) async fn a_reservation_closes_a_register_for_everybody(world: &World) {
    ward(world).await;
    world.put(consent("no", "eva", "reservation", &["medicines"])).await;
    assert_eq!(sees(world, "eva", "MedicationRequest/pill DocumentReference/note").await, "DocumentReference/note");
    for basis in [CareBasis::Treatment, CareBasis::Emergency, CareBasis::BreakGlass] {
        assert_eq!(of_these(&personnel(world, "1234567", basis), "MedicationRequest/pill").await, "", "{basis:?}");
    }
}

pub(crate) async fn a_nurse_who_is_the_patients_mother_has_two_roles_and_mixes_them_never(world: &World) {
    put_all(
        world,
        [
            person("kari", "1980-01-01", "Storgata 1"),
            person("ola", "2012-05-06", "Storgata 1"),
            related("ola", "kari", &["FO"]),
            visit("gp-visit", "ola", "10"),
            labelled(visit("secret", "ola", "10"), &["NORN_FORANS"]),
            note("his-note", "ola"),
        ],
    )
    .await;
    let all = "Appointment/gp-visit Appointment/secret DocumentReference/his-note";
    assert_eq!(sees(world, "kari", all).await, "Appointment/gp-visit", "at home: a mother");
    let idle = staff(world, "1234567", CareBasis::Treatment, |_| ());
    assert_eq!(of_these(&idle, all).await, "", "at work without him as a patient: nothing, not even a mother's part");
    assert_eq!(of_these(&personnel(world, "1234567", CareBasis::Treatment), all).await, all, "at work for him");
}

pub(crate) async fn a_restriction_that_cannot_be_read_restricts(world: &World) {
    ward(world).await;
    for (start, end) in [("2026", None), ("2026", Some("2026")), ("2026-01-01", Some("2026-10"))] {
        world.put(period(consent("less", "eva", "own-access", &["record"]), start, end)).await;
        assert_eq!(sees(world, "eva", "DocumentReference/note").await, "", "{start} {end:?}");
    }
}

pub(crate) async fn whoever_has_closed_everything_to_themself_can_open_it_again(world: &World) {
    ward(world).await;
    for category in ["own-access", "reservation"] {
        let closed = || consent("less", "eva", category, &[]);
        assert!(sets(world, "eva", closed()).await);
        assert_eq!(sees(world, "eva", EVAS).await, "", "{category}: everything, since it names nothing");
        for (service, open) in
            [(Service::PrivacySettings, "PR-1"), (Service::Consents, "PR-1"), (Service::Proxies, "FU-1")]
        {
            assert_eq!(rule(world, "eva", "eva", service).await.0, open, "{category}");
        }
        assert_eq!(sees(world, "eva", "Consent/less").await, "Consent/less");
        assert!(sets(world, "eva", with_status(closed(), "inactive")).await, "{category}");
        assert_eq!(sees(world, "eva", EVAS).await, EVAS);
    }
}

pub(crate) async fn a_citizen_blocks_and_lifts_but_does_not_open_a_stopped_account(world: &World) {
    ward(world).await;
    let doctor = || personnel(world, "1234567", CareBasis::Treatment);
    let block = || consent("block", "eva", "block", &["record"]);
    assert!(sets(world, "eva", block()).await);
    assert_eq!(of_these(&doctor(), "DocumentReference/note").await, "");
    assert!(sets(world, "eva", with_status(block(), "inactive")).await);
    assert_eq!(of_these(&doctor(), "DocumentReference/note").await, "DocumentReference/note");
    let stop = || consent("stop", "eva", "account-stop", &[]);
    assert!(sets(world, "eva", stop()).await);
    assert!(!sets(world, "eva", with_status(stop(), "inactive")).await, "whoever has the eID could do that too");
    assert_eq!(of_these(&doctor(), "DocumentReference/note").await, "DocumentReference/note", "care goes on");
    world.put(with_status(stop(), "inactive")).await;
    assert_eq!(sees(world, "eva", EVAS).await, EVAS, "the operator opens it");
}
