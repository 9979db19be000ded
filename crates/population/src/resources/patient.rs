use serde_json::{Value, json};
use varde_base::{Language, NATIONAL_ID_SYSTEM};

use super::{Resource, coding, concept, reference};
use crate::calendar::instant;
use crate::people::{Citizen, Protection, Sex};
use crate::providers::Provider;
use crate::systems::{ADDRESS_PROTECTION_SYSTEM, MUNICIPALITY};

/// The Patient of a citizen, in the manner of the no-basis-Patient profile.
pub(crate) fn patient(citizen: &Citizen, doctor: &Provider) -> Resource {
    let body = json!({
        "meta": meta(citizen),
        "active": true,
        "identifier": [{"use": "official", "system": NATIONAL_ID_SYSTEM, "value": citizen.national_id.as_str()}],
        "name": [name(citizen)],
        "gender": if citizen.sex == Sex::Female { "female" } else { "male" },
        "birthDate": citizen.birth.to_string(),
        "deceasedDateTime": citizen.died.map(|day| instant(day, 4 * 60 + 15)),
        "address": [address(citizen)],
        "telecom": telecom(citizen),
        "maritalStatus": concept("http://hl7.no/fhir/CodeSystem/no-basis-marital-status", citizen.marital, marital(citizen.marital)),
        "communication": [{
            "language": concept("urn:ietf:bcp:47", citizen.language.tag(), language_name(citizen.language)),
            "preferred": true,
        }],
        "generalPractitioner": [
            reference("Practitioner", &doctor.practitioner, &doctor.name),
            reference("Organization", &doctor.organisation, &doctor.organisation_name),
        ],
    });
    Resource::new("Patient", &citizen.id, body)
}

/// The name in the manner of no-basis-HumanName.
pub(crate) fn name(citizen: &Citizen) -> Value {
    json!({"use": "official", "family": citizen.family, "given": [citizen.given]})
}

fn meta(citizen: &Citizen) -> Option<Value> {
    let (code, display, confidentiality) = match citizen.protection? {
        Protection::StrictlyConfidential => ("6", "Strengt fortrolig adresse", "V"),
        Protection::Confidential => ("7", "Fortrolig adresse", "R"),
    };
    Some(json!({"security": [
        coding(ADDRESS_PROTECTION_SYSTEM, code, display),
        {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": confidentiality},
    ]}))
}

/// The registered address; a protected one is withheld, and says so.
fn address(citizen: &Citizen) -> Value {
    if citizen.protection.is_some() {
        return json!({
            "extension": [{
                "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                "valueCode": "masked",
            }],
            "use": "home",
        });
    }
    let home = &citizen.address;
    json!({
        "extension": [
            {
                "url": "http://hl7.no/fhir/StructureDefinition/no-basis-municipalitycode",
                "valueCoding": coding(MUNICIPALITY, home.municipality_number, home.municipality_name),
            },
            {"url": "http://hl7.no/fhir/StructureDefinition/no-basis-address-official", "valueBoolean": true},
        ],
        "use": "home",
        "type": "both",
        "line": [home.line],
        "postalCode": home.postcode,
        "city": home.city,
        "district": home.municipality_name,
        "country": "NO",
    })
}

fn telecom(citizen: &Citizen) -> Vec<Value> {
    let phone = citizen.phone.iter().map(|value| json!({"system": "phone", "use": "mobile", "value": value}));
    let email = citizen.email.iter().map(|value| json!({"system": "email", "use": "home", "value": value}));
    phone.chain(email).collect()
}

fn marital(code: &str) -> &'static str {
    match code {
        "gift" => "Gift",
        "skilt" => "Skilt",
        "enkeEllerEnkemann" => "Enke eller enkemann",
        _ => "Ugift",
    }
}

fn language_name(language: Language) -> &'static str {
    match language {
        Language::Nb => "Norsk bokmål",
        Language::Nn => "Norsk nynorsk",
        Language::En => "English",
        Language::Se => "Davvisámegiella",
    }
}
