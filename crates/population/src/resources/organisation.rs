use jiff::civil::Date;
use serde_json::{Value, json};
use varde_base::NATIONAL_ID_SYSTEM;

use super::{Resource, coding, concept, gp, reference};
use crate::calendar::{HORIZON_DAYS, Place, SLOT_MINUTES, add_days, instant};
use crate::people::Citizen;
use crate::providers::{
    HOSPITALS, Kind, LABORATORIES, PHARMACIES, Provider, Unit, practice_id, practice_name, practice_town,
};
use crate::systems::{APPOINTMENT_TYPE, HPR, ORGANISATION_NUMBER, PERSONNEL_CATEGORY, SERVICE_CATEGORY};

const ORGANISATION_TYPE: &str = "http://terminology.hl7.org/CodeSystem/organization-type";

/// Hospitals with units, pharmacies and laboratories: what the country has once.
pub(crate) fn national() -> Vec<Resource> {
    let mut out = Vec::new();
    for (number, (id, name, postcode, city)) in HOSPITALS.iter().enumerate() {
        out.push(organisation(id, name, ("prov", "Sykehus"), None, 100 + number, (postcode, city)));
        for (place, unit) in Unit::ALL.into_iter().enumerate() {
            let unit_id = format!("{id}-{}", unit.slug());
            let number = 200 + number * 20 + place;
            out.push(organisation(
                &unit_id,
                unit.name(),
                ("dept", "Avdeling"),
                Some((id, name)),
                number,
                (postcode, city),
            ));
            let place = (format!("{name}, {}", unit.name()), "Sykehusveien 1".to_owned());
            out.push(location(&unit_id, &place, number, (postcode, city), HOSPITAL_WAY_IN));
        }
    }
    for (number, (id, name)) in PHARMACIES.iter().enumerate() {
        out.push(organisation(id, name, ("prov", "Apotek"), None, 300 + number, ("0452", "Oslo")));
    }
    for (number, (id, name)) in LABORATORIES.iter().enumerate() {
        out.push(organisation(id, name, ("prov", "Laboratorium"), None, 400 + number, ("0452", "Oslo")));
    }
    out
}

/// What offices take in on the net (`urn:varde:offer`).
const OFFERS: [&str; 4] = ["consultation", "prescription", "contact", "record-copy"];

/// Of how many practices one is away just now.
const AWAY_ONE_OF: usize = 3;

/// A practice with its place and service, and the municipality's health station in its town when the town is new.
pub(crate) fn practice(practice: usize, town_is_new: bool, today: Date) -> Vec<Resource> {
    let (number, town, postcode, city) = practice_town(practice);
    let place = (postcode, city);
    let mut out = Vec::new();
    if town_is_new {
        let id = format!("municipality-{number}");
        let name = format!("{town} kommune");
        let serial = 500 + practice * 2;
        out.push(organisation(&id, &name, ("govt", "Kommune"), None, serial, place));
        let station = format!("{id}-health-station");
        let station_name = format!("Helsestasjonen, {name}");
        out.push(organisation(
            &station,
            &station_name,
            ("dept", "Helsestasjon"),
            Some((&id, &name)),
            serial + 1,
            place,
        ));
        let station_place = (station_name, "Rådhusplassen 1".to_owned());
        out.push(location(&station, &station_place, serial + 1, place, OFFICE_WAY_IN));
    }
    let (id, name) = (practice_id(practice), practice_name(practice));
    out.push(organisation(&id, &name, ("prov", "Legesenter"), None, 10_000 + practice, place));
    let office = (name.clone(), format!("Storgata {}", practice % 90 + 1));
    out.push(location(&id, &office, 10_000 + practice, place, OFFICE_WAY_IN));
    let offers = OFFERS.map(|offer| json!({"coding": [{"system": "urn:varde:offer", "code": offer}]}));
    let away = json!([{
        "description": "Ferie",
        "during": {"start": add_days(today, -2).to_string(), "end": add_days(today, 6).to_string()},
    }]);
    let service = json!({
        "active": true,
        "providedBy": reference("Organization", &id, &name),
        "category": [concept(SERVICE_CATEGORY, "17", "General Practice")],
        "name": format!("Fastlege, {name}"),
        "location": [reference("Location", &format!("{id}-location"), &name)],
        "characteristic": offers,
        "extraDetails": "Timer samme dag deles ut på telefon fra klokken 8. Prøver tas uten time før klokken 11.",
        "telecom": [
            {"system": "phone", "use": "work", "value": format!("+4719{:06}", 10_000 + practice)},
            {"system": "url", "use": "work", "value": format!("https://{id}.example.test/")},
        ],
        "appointmentRequired": true,
        "availableTime": [
            {"daysOfWeek": ["mon", "tue", "wed", "thu"], "availableStartTime": "08:00:00", "availableEndTime": "15:30:00"},
            {"daysOfWeek": ["fri"], "availableStartTime": "08:00:00", "availableEndTime": "14:00:00"},
        ],
        "notAvailable": if practice % AWAY_ONE_OF == AWAY_ONE_OF - 1 { away } else { Value::Null },
    });
    out.push(Resource::new("HealthcareService", format!("{id}-service"), service));
    out
}

fn organisation(
    id: &str,
    name: &str,
    kind: (&str, &str),
    part_of: Option<(&str, &str)>,
    number: usize,
    (postcode, city): (&str, &str),
) -> Resource {
    let body = json!({
        "active": true,
        "identifier": [{"system": ORGANISATION_NUMBER, "value": organisation_number(number)}],
        "type": [{"coding": [coding(ORGANISATION_TYPE, kind.0, kind_name(kind.0))], "text": kind.1}],
        "name": name,
        "telecom": [
            {"system": "phone", "use": "work", "value": format!("+4719{number:06}")},
            {"system": "email", "use": "work", "value": format!("{id}@example.test")},
        ],
        "address": [{"use": "work", "postalCode": postcode, "city": city, "country": "NO"}],
        "partOf": part_of.map(|(id, name)| reference("Organization", id, name)),
    });
    Resource::new("Organization", id, body)
}

fn kind_name(code: &str) -> &'static str {
    match code {
        "govt" => "Government",
        "dept" => "Hospital Department",
        _ => "Healthcare Provider",
    }
}

/// A number of the synthetic series (first digit 3) of the population register's test data, with its control digit; numbers of
/// real organisations begin with 8 or 9.
fn organisation_number(number: usize) -> String {
    const WEIGHTS: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];
    (number * 3..number * 3 + 3)
        .find_map(|serial| {
            let eight = format!("3{:07}", serial % 10_000_000);
            let sum: u32 = eight.bytes().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
            let digit = (11 - sum % 11) % 11;
            (digit < 10).then(|| format!("{eight}{digit}"))
        })
        .unwrap_or_default()
}

/// How one finds the way in, in the place's own words.
const HOSPITAL_WAY_IN: &str = "Gå inn hovedinngangen og følg skiltene. Meld deg i skranken.";
const OFFICE_WAY_IN: &str = "Inngang fra gata. Det er heis. Meld deg på skjermen innenfor døra.";

fn location(
    organisation: &str,
    (name, line): &(String, String),
    number: usize,
    (postcode, city): (&str, &str),
    way_in: &str,
) -> Resource {
    let body = json!({
        "status": "active",
        "name": name,
        "description": way_in,
        "mode": "instance",
        "telecom": [{"system": "phone", "use": "work", "value": format!("+4719{number:06}")}],
        "address": {"use": "work", "line": [line], "postalCode": postcode, "city": city, "country": "NO"},
        "managingOrganization": reference("Organization", organisation, name),
    });
    Resource::new("Location", format!("{organisation}-location"), body)
}

/// Practitioner and PractitionerRole of a provider, and the list, the Schedule and the substitute of a general practitioner.
pub(crate) fn provider(provider: &Provider, today: Date) -> Vec<Resource> {
    let (code, title) = match provider.kind {
        Kind::Nurse => ("SP", "Sykepleier"),
        Kind::Midwife => ("JO", "Jordmor"),
        Kind::Doctor | Kind::Specialist(_) => ("LE", "Lege"),
    };
    let practitioner = json!({
        "active": true,
        // Real HPR numbers have seven digits; eight keep these apart from them.
        "identifier": [{"system": HPR, "value": format!("{}", 90_000_000 + provider.number)}],
        "name": [{"use": "official", "family": provider.family, "given": [provider.given]}],
        "qualification": [{"code": concept(PERSONNEL_CATEGORY, code, title)}],
    });
    let service = (provider.kind == Kind::Doctor).then(|| {
        vec![
            reference("HealthcareService", &format!("{}-service", provider.organisation), &provider.organisation_name),
            reference("HealthcareService", &gp::list_id(provider), &provider.name),
        ]
    });
    let role_id = format!("{}-role", provider.practitioner);
    let role = json!({
        "active": true,
        "practitioner": reference("Practitioner", &provider.practitioner, &provider.name),
        "organization": reference("Organization", &provider.organisation, &provider.organisation_name),
        "code": [concept(PERSONNEL_CATEGORY, code, title)],
        "location": [reference("Location", &provider.location, &provider.organisation_name)],
        "healthcareService": service,
    });
    let mut out = vec![Resource::new("Practitioner", &provider.practitioner, practitioner)];
    if provider.kind == Kind::Doctor {
        out.push(gp::list(provider));
    }
    out.push(Resource::new("PractitionerRole", &role_id, role));
    if provider.kind == Kind::Doctor {
        out.push(schedule(provider, &role_id, today));
        out.extend(gp::substitute(provider, today));
    }
    out
}

/// Practitioner and PractitionerRole of a citizen who works at a pharmacy. The register of health personnel has the number they sign in with.
pub(crate) fn at_pharmacy(citizen: &Citizen) -> Option<[Resource; 2]> {
    let place = citizen.pharmacy?;
    let (pharmacy, name) = PHARMACIES.get(place)?;
    let id = format!("{}-at-pharmacy", citizen.id);
    let practitioner = json!({
        "active": true,
        "identifier": [
            {"system": HPR, "value": format!("{}", 94_000_000 + place)},
            {"system": NATIONAL_ID_SYSTEM, "value": citizen.national_id.as_str()},
        ],
        "name": [{"use": "official", "family": citizen.family, "given": [citizen.given]}],
        "qualification": [{"code": concept(PERSONNEL_CATEGORY, "FA1", "Provisorfarmasøyt")}],
    });
    let role = json!({
        "active": true,
        "practitioner": reference("Practitioner", &id, &citizen.name()),
        "organization": reference("Organization", pharmacy, name),
        "code": [concept(PERSONNEL_CATEGORY, "FA1", "Provisorfarmasøyt")],
    });
    let role_id = format!("{id}-role");
    Some([Resource::new("Practitioner", &id, practitioner), Resource::new("PractitionerRole", role_id, role)])
}

fn schedule(provider: &Provider, role_id: &str, today: Date) -> Resource {
    let body = json!({
        "active": true,
        "identifier": [{"system": "urn:varde:schedule", "value": provider.schedule()}],
        "serviceCategory": [concept(SERVICE_CATEGORY, "17", "General Practice")],
        "serviceType": [concept("http://helsenorge.no/fhir/CodeSystem/hn-schedule-type-cs", "Behandlertimebok", "Behandlertimebok")],
        "actor": [
            typed(reference("Practitioner", &provider.practitioner, &provider.name), "Practitioner"),
            typed(reference("PractitionerRole", role_id, &provider.name), "PractitionerRole"),
            typed(reference("Location", &provider.location, &provider.organisation_name), "Location"),
        ],
        "planningHorizon": {
            "start": instant(add_days(today, 1), 0),
            "end": instant(add_days(today, HORIZON_DAYS), 23 * 60 + 59),
        },
    });
    Resource::new("Schedule", provider.schedule(), body)
}

fn typed(mut reference: Value, resource_type: &str) -> Value {
    if let Value::Object(members) = &mut reference {
        members.insert("type".to_owned(), json!(resource_type));
    }
    reference
}

/// Id of the Slot at a place in a doctor's diary.
pub(crate) fn slot_id(provider: &Provider, place: Place) -> String {
    format!("{}-{}-{:02}", provider.practitioner, place.day, place.slot)
}

/// A Slot of a general practitioner's Schedule. `status` is of FHIR's SlotStatus.
pub(crate) fn slot(provider: &Provider, place: Place, status: &str) -> Resource {
    let body = json!({
        "serviceCategory": [concept(SERVICE_CATEGORY, "17", "General Practice")],
        "appointmentType": concept(APPOINTMENT_TYPE, "Ordinær", "Ordinær time"),
        "schedule": {"reference": format!("Schedule/{}", provider.schedule())},
        "status": status,
        "start": instant(place.day, place.starts()),
        "end": instant(place.day, place.starts() + SLOT_MINUTES),
    });
    Resource::new("Slot", slot_id(provider, place), body)
}
