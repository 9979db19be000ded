use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Resource, concept, reference, subject};
use crate::calendar::{add_days, add_months, instant};
use crate::people::Citizen;
use crate::providers::{PRACTICE_DOCTORS, Provider, practice_town};
use crate::systems::{HPR, PERSONNEL_CATEGORY, SERVICE_CATEGORY};

/// Places a doctor has agreed to, how many are taken, and how many wait, by turns: some lists are open, some have one place, some are full.
const PLACES: [(u32, u32, u64); 6] =
    [(1_200, 1_188, 0), (1_000, 1_000, 3), (900, 899, 0), (1_400, 1_260, 0), (800, 800, 0), (1_100, 1_063, 0)];

/// Doctors who stand in, by turns.
const SUBSTITUTES: [(&str, &str); 4] =
    [("Vilde", "Solbakken"), ("Aslak", "Eira"), ("Jørn", "Myklebust"), ("Amira", "Rahman")];

/// Of how many doctors one has somebody who stands in.
const SUBSTITUTE_ONE_OF: u64 = 3;

/// Id of a general practitioner's list.
pub(crate) fn list_id(provider: &Provider) -> String {
    format!("{}-list", provider.practitioner)
}

fn list_name(provider: &Provider) -> String {
    format!("{}, {}", provider.name, provider.organisation_name)
}

/// The HealthcareService that is a general practitioner's list.
pub(crate) fn list(provider: &Provider) -> Resource {
    let serial = usize::try_from(provider.number.saturating_sub(1)).unwrap_or(0);
    let (.., city) = practice_town(serial / PRACTICE_DOCTORS);
    let turn = serial % PLACES.len();
    let (capacity, listed, waiting) = PLACES.get(turn).copied().unwrap_or((1_000, 1_000, 0));
    let tickets = (1..=waiting).map(|nth| {
        let ticket = format!("00000000-0000-4000-8000-{:012}", provider.number * 10 + nth);
        json!({"url": "waiting", "valueString": ticket})
    });
    let places: Vec<Value> = [
        json!({"url": "capacity", "valueUnsignedInt": capacity}),
        json!({"url": "listed", "valueUnsignedInt": listed}),
    ]
    .into_iter()
    .chain(tickets)
    .collect();
    let body = json!({
        "extension": [{"url": "urn:varde:gp-list", "extension": places}],
        "active": true,
        "providedBy": reference("Organization", &provider.organisation, &provider.organisation_name),
        "category": [concept(SERVICE_CATEGORY, "17", "General Practice")],
        "type": [concept("urn:varde:service-type", "gp-list", "Fastlegeliste")],
        "name": list_name(provider),
        "location": [reference("Location", &provider.location, city)],
    });
    Resource::new("HealthcareService", list_id(provider), body)
}

/// Practitioner and PractitionerRole of somebody who stands in for a doctor these weeks; none for most doctors.
pub(crate) fn substitute(provider: &Provider, today: Date) -> Vec<Resource> {
    if provider.number % SUBSTITUTE_ONE_OF != 1 {
        return Vec::new();
    }
    let turn = usize::try_from(provider.number / SUBSTITUTE_ONE_OF).unwrap_or(0) % SUBSTITUTES.len();
    let (given, family) = SUBSTITUTES.get(turn).copied().unwrap_or(("Vilde", "Solbakken"));
    let id = format!("{}-substitute", provider.practitioner);
    let practitioner = json!({
        "active": true,
        "identifier": [{"system": HPR, "value": format!("{}", 94_000_000 + provider.number)}],
        "name": [{"use": "official", "family": family, "given": [given]}],
        "qualification": [{"code": concept(PERSONNEL_CATEGORY, "LE", "Lege")}],
    });
    let role = json!({
        "active": true,
        "period": {"start": add_days(today, -14).to_string(), "end": add_days(today, 45).to_string()},
        "practitioner": reference("Practitioner", &id, &format!("{given} {family}")),
        "organization": reference("Organization", &provider.organisation, &provider.organisation_name),
        "code": [concept(PERSONNEL_CATEGORY, "LE", "Lege")],
        "location": [reference("Location", &provider.location, &provider.organisation_name)],
        "healthcareService": [reference("HealthcareService", &list_id(provider), &list_name(provider))],
    });
    vec![
        Resource::new("Practitioner", &id, practitioner),
        Resource::new("PractitionerRole", format!("{id}-role"), role),
    ]
}

/// The Task of a change of general practitioner that was carried out the year before last.
pub(crate) fn earlier_change(citizen: &Citizen, from: &Provider, to: &Provider, today: Date) -> Resource {
    let asked = add_days(add_months(today, -20), 3);
    let starts = asked.last_of_month().tomorrow().unwrap_or(asked);
    let list = |provider: &Provider| reference("HealthcareService", &list_id(provider), &list_name(provider));
    let coded = |system: &str, code: &str| json!({"coding": [{"system": system, "code": code}]});
    let body = json!({
        "status": "completed",
        "intent": "order",
        "code": coded("urn:varde:task", "change-gp"),
        "focus": list(to),
        "for": subject(citizen),
        "requester": subject(citizen),
        "authoredOn": instant(asked, 20 * 60),
        "lastModified": instant(starts, 60),
        "executionPeriod": {"start": starts.to_string()},
        "reasonCode": coded("urn:varde:gp-change-reason", "own-choice"),
        "input": [{"type": coded("urn:varde:gp-change-input", "from"), "valueReference": list(from)}],
    });
    Resource::new("Task", format!("{}-gp-change-1", citizen.id), body)
}
