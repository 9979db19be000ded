use serde_json::{Value, json};
use varde_base::NATIONAL_ID_SYSTEM;

use super::{Resource, coding, patient, subject};
use crate::calendar::{add_days, add_months, instant};
use crate::families::{Proxy, Tie, TieKind};
use crate::people::{Citizen, Sex};
use crate::systems::{
    CONSENT_SYSTEM, PROXY_AREA_SYSTEM, RELATION_SYSTEM, REPRESENTATION_ROLE_OID, REPRESENTATION_ROLE_SYSTEM, ROLE_CODE,
};

/// The RelatedPerson that says how `person` stands to `of`: `patient` is the child (or ward), `identifier` the number of the
/// parent, foster parent or guardian.
pub(crate) fn related_person(tie: &Tie, of: &Citizen, person: &Citizen) -> Resource {
    let kind = match tie.kind {
        TieKind::Parent => "parent",
        TieKind::Foster => "foster",
        TieKind::Guardian => "guardian",
    };
    let period = tie.from.map(|from| json!({"start": from.to_string(), "end": tie.to.map(|to| to.to_string())}));
    let body = json!({
        "active": true,
        "identifier": [{"use": "official", "system": NATIONAL_ID_SYSTEM, "value": person.national_id.as_str()}],
        "patient": subject(of),
        "relationship": relationship(tie.kind, person.sex),
        "name": [patient::name(person)],
        "gender": if person.sex == Sex::Female { "female" } else { "male" },
        "birthDate": person.birth.to_string(),
        "period": period.map(without_nulls),
    });
    Resource::new("RelatedPerson", format!("{}-{kind}-{}", of.id, person.id), body)
}

fn relationship(kind: TieKind, sex: Sex) -> Vec<Value> {
    let family = match (kind, sex) {
        (TieKind::Parent, Sex::Female) => [("MTH", "mother"), ("PRN", "parent")].as_slice(),
        (TieKind::Parent, Sex::Male) => &[("FTH", "father"), ("PRN", "parent")],
        (TieKind::Foster, _) => &[("PRNFOST", "foster parent")],
        (TieKind::Guardian, _) => &[("GUARD", "guardian")],
    };
    let role = match kind {
        TieKind::Parent => representation("FO", "Foreldreansvar"),
        TieKind::Guardian => representation("VE", "Vergemål"),
        TieKind::Foster => vec![coding(RELATION_SYSTEM, "FP", "Fosterforelder")],
    };
    let codes: Vec<Value> = family.iter().map(|(code, display)| coding(ROLE_CODE, code, display)).collect();
    vec![json!({"coding": role}), json!({"coding": codes})]
}

fn representation(code: &str, display: &str) -> Vec<Value> {
    [REPRESENTATION_ROLE_SYSTEM, REPRESENTATION_ROLE_OID].map(|system| coding(system, code, display)).to_vec()
}

/// The Consent by which one adult gives another a proxy for some service areas and a period.
pub(crate) fn proxy(proxy: &Proxy, giver: &Citizen, receiver: &Citizen) -> Resource {
    let areas: Vec<Value> = proxy
        .areas
        .iter()
        .map(|area| {
            let (code, display) = match area {
                1 => ("1", "Innsyn i registrerte opplysninger"),
                2 => ("2", "Pasientjournal"),
                4 => ("P", "Hente på apotek"),
                _ => ("3", "Digitale helsetjenester"),
            };
            json!({"coding": [coding(PROXY_AREA_SYSTEM, code, display)]})
        })
        .collect();
    let period = json!({"start": proxy.from.to_string(), "end": proxy.to.map(|to| to.to_string())});
    let mut actor = subject(receiver);
    if let Value::Object(members) = &mut actor {
        members.insert("type".to_owned(), json!("Patient"));
        members.insert(
            "identifier".to_owned(),
            json!({"system": NATIONAL_ID_SYSTEM, "value": receiver.national_id.as_str()}),
        );
    }
    let body = json!({
        "status": "active",
        "scope": {"coding": [coding("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "Privacy Consent")]},
        "category": [{"coding": representation("FU", "Fullmakt")}],
        "patient": subject(giver),
        "dateTime": instant(proxy.from, 19 * 60 + 40),
        "performer": [subject(giver)],
        "policyRule": {"coding": [coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN", "opt-in")]},
        "provision": {
            "type": "permit",
            "period": without_nulls(period),
            "actor": [{
                "role": {"coding": [coding("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "information recipient")]},
                "reference": actor,
            }],
            "code": areas,
        },
    });
    Resource::new("Consent", format!("{}-proxy-{}", giver.id, receiver.id), body)
}

/// The Consent by which a parent lets a child of 13-15 use the portal (*foreldresamtykke*), given on the 13th birthday.
pub(crate) fn parental_consent(child: &Citizen, parent: &Citizen) -> Resource {
    let given = add_months(child.birth, 13 * 12);
    let end = add_days(add_months(child.birth, 16 * 12), -1);
    let body = json!({
        "status": "active",
        "scope": {"coding": [coding("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "Privacy Consent")]},
        "category": [{"coding": [coding(CONSENT_SYSTEM, "foreldresamtykke", "Foreldresamtykke")]}],
        "patient": subject(child),
        "dateTime": instant(given, 18 * 60 + 15),
        "performer": [subject(parent)],
        "policyRule": {"coding": [coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN", "opt-in")]},
        "provision": {"type": "permit", "period": {"start": given.to_string(), "end": end.to_string()}},
    });
    Resource::new("Consent", format!("{}-consent-{}", child.id, parent.id), body)
}

fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}
