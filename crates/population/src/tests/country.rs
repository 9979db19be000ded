//! The country as a whole: repeatable, complete, and true to the calendar.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use crate::{Country, MAX_GROUP_RESOURCES, Plan, is_working_day, ndjson};
use jiff::civil::{Date, date};
use serde_json::Value;
use varde_base::{NATIONAL_ID_SYSTEM, NationalId, NationalIdKind};

const TODAY: Date = date(2026, 3, 16);

/// A country that most tests look at.
static COUNTRY: LazyLock<Vec<Value>> = LazyLock::new(|| resources(&plan(700)));

fn plan(size: u32) -> Plan {
    Plan { size, seed: 20_260_316, today: TODAY }
}

fn resources(plan: &Plan) -> Vec<Value> {
    let groups = Country::generate(plan);
    groups.flat_map(|group| group.resources).map(|r| serde_json::from_slice(r.json()).unwrap()).collect()
}

fn of_type<'a>(all: &'a [Value], resource_type: &'a str) -> impl Iterator<Item = &'a Value> {
    all.iter().filter(move |resource| resource["resourceType"] == resource_type)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn hash(plan: &Plan) -> u64 {
    let mut bytes = Vec::new();
    ndjson(plan, &mut bytes).unwrap();
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn age_years(birth: &str) -> i64 {
    let birth: Date = birth.parse().unwrap();
    i64::from((TODAY - birth).get_days()) * 10_000 / 3_652_425
}

#[test]
fn equal_plans_make_equal_countries_and_other_seeds_or_days_make_others() {
    let first = hash(&plan(100));
    assert_eq!(first, hash(&plan(100)));
    assert_ne!(first, hash(&Plan { seed: 1, ..plan(100) }));
    assert_ne!(first, hash(&Plan { today: date(2026, 3, 17), ..plan(100) }));
}

#[test]
fn a_larger_country_has_the_same_first_citizens() {
    let ids = |size| -> Vec<String> {
        of_type(&resources(&plan(size)), "Patient").map(|p| format!("{} {}", p["id"], p["name"])).collect()
    };
    let (small, large) = (ids(100), ids(200));
    // The last family of the smaller country may be cut short by its size.
    assert_eq!(small[..90], large[..90]);
}

#[test]
fn the_size_asked_for_is_the_number_of_patients() {
    for (asked, expected) in [(0, 60), (60, 60), (61, 61), (1_830, 1_830)] {
        let all = Country::generate(&plan(asked)).flat_map(|group| group.resources);
        assert_eq!(all.filter(|r| r.resource_type() == "Patient").count(), expected);
    }
}

#[test]
fn national_ids_are_synthetic_valid_and_unique() {
    let all = &resources(&plan(1_000));
    let mut seen = HashSet::new();
    for patient in of_type(all, "Patient") {
        assert_eq!(text(patient, "/identifier/0/system"), NATIONAL_ID_SYSTEM);
        let number: NationalId = text(patient, "/identifier/0/value").parse().unwrap();
        assert_eq!(number.kind(), NationalIdKind::Synthetic);
        assert!(seen.insert(number));
    }
    assert_eq!(seen.len(), 1_000);
}

/// Targets of the references in a resource, read off its bytes: none of our texts holds a quotation mark.
fn references(json: &str) -> impl Iterator<Item = &str> {
    json.split("\"reference\":\"").skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn every_reference_points_backwards_and_no_id_comes_twice() {
    let mut seen = HashSet::new();
    for group in Country::generate(&plan(1_830)) {
        assert!(!group.resources.is_empty() && group.resources.len() <= MAX_GROUP_RESOURCES);
        for resource in &group.resources {
            let json = std::str::from_utf8(resource.json()).unwrap();
            for target in references(json) {
                assert!(seen.contains(target), "{}/{} -> {target}", resource.resource_type(), resource.id());
            }
            assert!(resource.id().parse::<varde_base::ResourceId>().is_ok(), "{}", resource.id());
            assert!(seen.insert(format!("{}/{}", resource.resource_type(), resource.id())));
        }
    }
}

#[test]
fn every_age_band_and_every_kind_of_relation_is_there_at_the_smallest_size() {
    let all = &resources(&plan(60));
    let ages: Vec<i64> = of_type(all, "Patient").map(|p| age_years(text(p, "/birthDate"))).collect();
    for band in [0..12, 12..16, 16..18, 18..67, 67..110] {
        assert!(ages.iter().any(|age| band.contains(age)), "{band:?}");
    }
    let kinds: HashSet<&str> =
        of_type(all, "RelatedPerson").map(|r| text(r, "/relationship/0/coding/0/code")).collect();
    assert_eq!(kinds, HashSet::from(["FO", "FP", "VE"]));
    for foster in of_type(all, "RelatedPerson").filter(|r| text(r, "/relationship/0/coding/0/code") == "FP") {
        assert!(text(foster, "/period/end") > "2026-03-16");
    }
    assert!(of_type(all, "Consent").count() > 0);
    assert!(of_type(all, "Patient").any(|p| p["deceasedDateTime"].is_string()));
    let masked: Vec<_> = of_type(all, "Patient").filter(|p| p["meta"]["security"].is_array()).collect();
    let codes: HashSet<&str> = masked.iter().map(|p| text(p, "/meta/security/0/code")).collect();
    assert_eq!(codes, HashSet::from(["6", "7"]));
    assert!(masked.iter().all(|p| p["address"][0]["line"].is_null()));
    assert!(of_type(all, "Organization").filter(|o| text(o, "/type/0/text") == "Legesenter").count() >= 3);
}

#[test]
fn a_child_whose_parents_live_apart_shares_an_address_with_one_of_them() {
    let all = &*COUNTRY;
    let home: HashMap<&str, (&str, &str)> = of_type(all, "Patient")
        .map(|p| (text(p, "/identifier/0/value"), (text(p, "/address/0/line/0"), text(p, "/address/0/postalCode"))))
        .collect();
    let number: HashMap<String, &str> = of_type(all, "Patient")
        .map(|p| (format!("Patient/{}", text(p, "/id")), text(p, "/identifier/0/value")))
        .collect();
    let (mut together, mut apart) = (0, 0);
    for tie in of_type(all, "RelatedPerson").filter(|r| text(r, "/relationship/0/coding/0/code") == "FO") {
        let child = number[text(tie, "/patient/reference")];
        if home[child] == home[text(tie, "/identifier/0/value")] { together += 1 } else { apart += 1 }
    }
    assert!(together > 150 && apart > 20, "{together} {apart}");
}

#[test]
fn slots_lie_on_working_days_within_opening_hours() {
    // The horizon from here holds Maundy Thursday, Good Friday, Easter Monday and the change to summer time.
    let all = &*COUNTRY;
    let mut per_status: BTreeMap<&str, u32> = BTreeMap::new();
    for slot in of_type(all, "Slot") {
        let start = text(slot, "/start");
        let day: Date = start[..10].parse().unwrap();
        assert!(is_working_day(day) && day > TODAY, "{start}");
        assert!(&start[11..16] >= "08:00" && &text(slot, "/end")[11..16] <= "15:30", "{start}");
        assert_eq!(&start[19..], if day < date(2026, 3, 29) { "+01:00" } else { "+02:00" });
        *per_status.entry(text(slot, "/status")).or_default() += 1;
    }
    assert!(per_status["free"] > per_status["busy"], "{per_status:?}");
    for closed in [date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 6)] {
        assert!(!is_working_day(closed));
    }
}

#[test]
fn every_coming_visit_to_a_general_practitioner_holds_its_busy_slot_alone() {
    let all = &*COUNTRY;
    let slots: HashMap<&str, &Value> = of_type(all, "Slot").map(|slot| (text(slot, "/id"), slot)).collect();
    let mut held = HashSet::new();
    let booked = of_type(all, "Appointment").filter(|a| a["status"] == "booked");
    for visit in booked.filter(|a| text(a, "/serviceCategory/0/coding/0/code") == "17") {
        let id = text(visit, "/slot/0/reference").trim_start_matches("Slot/");
        let slot = slots[id];
        assert_eq!((&slot["status"], &slot["start"], &slot["end"]), (&"busy".into(), &visit["start"], &visit["end"]));
        assert!(held.insert(id));
    }
    assert!(held.len() > 100, "{}", held.len());
}

#[test]
fn no_provider_has_two_visits_at_once() {
    let all = &*COUNTRY;
    let mut diaries: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
    for visit in of_type(all, "Appointment") {
        let provider = text(visit, "/participant/1/actor/reference");
        diaries.entry(provider).or_default().push((text(visit, "/start"), text(visit, "/end")));
    }
    for (provider, mut visits) in diaries {
        visits.sort_unstable();
        for pair in visits.windows(2) {
            assert!(pair[0].1 <= pair[1].0, "{provider}: {pair:?}");
        }
    }
}

#[test]
fn appointments_have_every_state_and_an_encounter_for_each_fulfilled_one() {
    let all = &*COUNTRY;
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for visit in of_type(all, "Appointment") {
        let status = text(visit, "/status");
        *states.entry(status).or_default() += 1;
        let day = &text(visit, "/start")[..10];
        assert_eq!(status == "booked", day > "2026-03-16", "{visit}");
        assert_eq!(matches!(status, "cancelled" | "noshow"), visit["cancelationReason"].is_object(), "{visit}");
    }
    // A stay in hospital comes of no appointment.
    let visits = of_type(all, "Encounter").filter(|encounter| encounter["appointment"].is_array());
    assert_eq!(visits.count(), states["fulfilled"]);
    assert_eq!(states.keys().copied().collect::<Vec<_>>(), ["booked", "cancelled", "fulfilled", "noshow"]);
}

#[test]
fn there_are_answers_of_every_kind_and_every_comment_is_about_one() {
    let all = &*COUNTRY;
    let kinds: HashSet<&str> = of_type(all, "DiagnosticReport").map(|r| text(r, "/category/0/coding/0/code")).collect();
    assert_eq!(kinds, HashSet::from(["LAB", "MB", "SP", "RAD"]));
    let states: HashSet<&str> = of_type(all, "DiagnosticReport").map(|r| text(r, "/status")).collect();
    assert_eq!(states, HashSet::from(["final", "corrected", "preliminary"]));
    let comments: Vec<_> =
        of_type(all, "Communication").filter(|c| text(c, "/category/0/coding/0/code") == "results").collect();
    assert!(!comments.is_empty());
    assert!(comments.iter().all(|c| text(c, "/about/0/reference").starts_with("DiagnosticReport/")));
}

#[test]
fn documents_are_of_several_kinds_and_files_say_whose_they_are() {
    let all = &*COUNTRY;
    let kinds: HashSet<&str> =
        of_type(all, "DocumentReference").map(|document| text(document, "/type/coding/0/code")).collect();
    assert_eq!(kinds, HashSet::from(["A04-2", "A13-2", "B02-2", "B03-2", "I02-2"]));
    for file in
        of_type(all, "DocumentReference").filter(|document| document.pointer("/content/0/attachment/url").is_some())
    {
        let url = text(file, "/content/0/attachment/url");
        let binary = of_type(all, "Binary").find(|binary| url == format!("Binary/{}", text(binary, "/id"))).unwrap();
        assert_eq!(text(binary, "/securityContext/reference"), format!("DocumentReference/{}", text(file, "/id")));
    }
    assert!(of_type(all, "Composition").count() >= 2);
}

#[test]
fn referrals_have_every_decision_and_nothing_in_them_is_still_to_come() {
    let all = &*COUNTRY;
    let decisions: HashSet<&str> =
        of_type(all, "Task").map(|task| text(task, "/businessStatus/coding/0/code")).collect();
    assert_eq!(decisions, HashSet::from(["", "granted", "rejected"]));
    for referral in of_type(all, "ServiceRequest") {
        for date in referral["extension"].as_array().unwrap() {
            let is_deadline = text(date, "/url").ends_with("no-frist-for-helsehjelp");
            assert!(is_deadline || text(date, "/valueDateTime") <= "2026-03-16", "{referral}");
        }
    }
}

#[test]
fn nobody_has_care_before_birth_or_after_death() {
    let all = &*COUNTRY;
    let lives: HashMap<String, (&str, &str)> = of_type(all, "Patient")
        .map(|p| (format!("Patient/{}", text(p, "/id")), (text(p, "/birthDate"), text(p, "/deceasedDateTime"))))
        .collect();
    for visit in of_type(all, "Appointment") {
        let (birth, death) = lives[text(visit, "/participant/0/actor/reference")];
        let start = text(visit, "/start");
        assert!(start > birth && (death.is_empty() || start < death), "{visit}");
    }
}

#[test]
fn the_volume_is_about_fifty_to_eighty_resources_a_citizen() {
    let count = COUNTRY.len();
    assert!((48 * 700..80 * 700).contains(&count), "{count}");
}

#[test]
fn no_address_or_number_leads_to_a_real_person() {
    for resource in COUNTRY.iter() {
        for telecom in resource["telecom"].as_array().into_iter().flatten() {
            let value = text(telecom, "/value");
            match text(telecom, "/system") {
                "email" => assert!(value.ends_with("@example.test") && value.is_ascii(), "{value}"),
                "url" => assert!(value.starts_with("https://") && value.ends_with(".example.test/"), "{value}"),
                _ => assert!(value.len() == 11 && (value.starts_with("+470") || value.starts_with("+471")), "{value}"),
            }
        }
    }
}

#[test]
fn medicines_are_collected_as_often_as_prescribed_and_those_in_force_stand_in_the_list() {
    let all = &*COUNTRY;
    let mut collected: HashMap<&str, u64> = HashMap::new();
    for dispensing in of_type(all, "MedicationDispense") {
        assert!(text(dispensing, "/whenHandedOver") < "2026-03-16");
        *collected.entry(text(dispensing, "/authorizingPrescription/0/reference")).or_default() += 1;
    }
    let listed: HashSet<&str> = of_type(all, "MedicationStatement").map(|s| text(s, "/basedOn/0/reference")).collect();
    let mut left_in_force = HashSet::new();
    for prescription in of_type(all, "MedicationRequest") {
        let reference = format!("MedicationRequest/{}", text(prescription, "/id"));
        let allowed = prescription["dispenseRequest"]["numberOfRepeatsAllowed"].as_u64().unwrap() + 1;
        let count = collected.get(reference.as_str()).copied().unwrap_or_default();
        assert!(count <= allowed, "{reference}: {count} of {allowed}");
        let in_force = text(prescription, "/status") == "active";
        assert_eq!(listed.contains(reference.as_str()), in_force, "{reference}");
        if in_force {
            left_in_force.insert(allowed - count);
        }
    }
    assert!(
        [0, 1, 2].iter().all(|left| left_in_force.contains(left)),
        "used up, the last time and more: {left_in_force:?}"
    );
    let kinds: HashSet<&str> = of_type(all, "MedicationDispense").map(|d| text(d, "/type/coding/0/code")).collect();
    assert_eq!(kinds, HashSet::from(["FF", "RF", "UD"]));
}

#[test]
fn each_general_practitioner_has_a_list_and_some_are_full() {
    let lists: Vec<&Value> = of_type(&COUNTRY, "HealthcareService")
        .filter(|service| text(service, "/type/0/coding/0/code") == "gp-list")
        .collect();
    let doctors = of_type(&COUNTRY, "Practitioner").filter(|doctor| text(doctor, "/id").starts_with("gp-"));
    let doctors = doctors.filter(|doctor| !text(doctor, "/id").ends_with("substitute"));
    assert_eq!(lists.len(), doctors.count());
    let number = |list: &Value, at: &str| list.pointer(at).and_then(Value::as_i64).unwrap();
    let free = |list: &&Value| {
        let listed = number(list, "/extension/0/extension/1/valueUnsignedInt");
        number(list, "/extension/0/extension/0/valueUnsignedInt") - listed
    };
    assert!(lists.iter().any(|list| free(list) == 0) && lists.iter().any(|list| free(list) > 1));
    assert!(lists.iter().any(|list| free(list) == 1), "somebody has one place left");
}

#[test]
fn nobody_below_sixteen_pays_and_who_has_a_card_has_paid_up_to_the_ceiling() {
    let born: HashMap<String, String> = of_type(&COUNTRY, "Patient")
        .map(|p| (format!("Patient/{}", text(p, "/id")), text(p, "/birthDate").to_owned()))
        .collect();
    let mut sums: HashMap<(String, String), f64> = HashMap::new();
    for payment in of_type(&COUNTRY, "ExplanationOfBenefit") {
        let (whose, day) = (text(payment, "/patient/reference"), text(payment, "/billablePeriod/start"));
        let years =
            day.get(..4).unwrap().parse::<i32>().unwrap() - born[whose].get(..4).unwrap().parse::<i32>().unwrap();
        assert!(years >= 16, "{payment}");
        let own = payment.pointer("/total/2/amount/value").and_then(Value::as_f64).unwrap();
        *sums.entry((whose.to_owned(), day.get(..4).unwrap().to_owned())).or_default() += own;
    }
    let cards: Vec<&Value> = of_type(&COUNTRY, "Coverage").collect();
    assert!(!cards.is_empty());
    for card in &cards {
        let year = text(card, "/period/start").get(..4).unwrap().to_owned();
        assert!(sums[&(text(card, "/beneficiary/reference").to_owned(), year)] >= 3_278.0, "{card}");
    }
    assert!(of_type(&COUNTRY, "ClaimResponse").count() <= cards.len());
}
