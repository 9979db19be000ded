//! Health personnel a source system vouches for, in the `Varde-Attestation` header (docs/api.md).
//!
//! The members are named as in the Norwegian trust framework for sharing health data (*tillitsrammeverket*). What it has beyond
//! those read here is passed over, so that a program can send what it sends elsewhere.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;
use varde_base::{CareBasis, Category, PersonnelActor, SystemActor, SystemRole};
use varde_fhir::{Issue, IssueCode};

use super::outcome::Failed;

/// The name of the header.
pub(crate) const HEADER: &str = "Varde-Attestation";
/// Longest header, in bytes.
const MAX_BYTES: usize = 4_096;
/// Longest name, role or organisation, and longest reference or reason, in characters.
const MAX_NAME: usize = 100;
const MAX_REASON: usize = 200;
/// Most digits of a number in the register of health personnel.
const MAX_HPR_DIGITS: usize = 9;

/// Base64 for URLs (RFC 4648 section 5), with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why an attestation is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AttestationError {
    /// Only a source system has people to vouch for.
    #[error("only a source system may vouch for health personnel")]
    NotASource,
    /// Given twice.
    #[error("the header is given once")]
    Several,
    /// Longer than [`MAX_BYTES`].
    #[error("the header is at most 4,096 bytes")]
    TooLong,
    /// Not base64url of a JSON object in UTF-8.
    #[error("the header is a JSON object in base64url")]
    Form,
    /// A member that must be there is not.
    #[error("it must be there")]
    Missing(&'static str),
    /// A member is not what it should be.
    #[error("{1}")]
    Value(&'static str, &'static str),
}

impl From<AttestationError> for Failed {
    fn from(error: AttestationError) -> Self {
        let (code, place) = match error {
            AttestationError::NotASource => {
                return Self::new(Category::Forbidden, Issue::error(IssueCode::Forbidden, HEADER, error.to_string()));
            }
            AttestationError::Several | AttestationError::Form => (IssueCode::Structure, HEADER),
            AttestationError::TooLong => (IssueCode::TooLong, HEADER),
            AttestationError::Missing(path) => (IssueCode::Required, path),
            AttestationError::Value(path, _) => (IssueCode::Value, path),
        };
        Self::at(code, place, error.to_string())
    }
}

/// Whom the headers vouch for; `None` without the header.
///
/// # Errors
/// [`AttestationError`].
pub(crate) fn of(headers: &HeaderMap, program: &SystemActor) -> Result<Option<PersonnelActor>, AttestationError> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if program.role != SystemRole::SourceSystem {
        return Err(AttestationError::NotASource);
    }
    if values.next().is_some() {
        return Err(AttestationError::Several);
    }
    if value.len() > MAX_BYTES {
        return Err(AttestationError::TooLong);
    }
    let json = BASE64.decode(value.as_bytes().trim_ascii()).map_err(|_| AttestationError::Form)?;
    let json: Value = serde_json::from_slice(&json).map_err(|_| AttestationError::Form)?;
    if !json.is_object() {
        return Err(AttestationError::Form);
    }
    read(&json, program).map(Some)
}

fn read(json: &Value, program: &SystemActor) -> Result<PersonnelActor, AttestationError> {
    const BASIS: &str = "care_relationship.purpose_of_use";
    let hpr_number = needed(json, "practitioner.hpr_nr", MAX_HPR_DIGITS)?;
    if !hpr_number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AttestationError::Value("practitioner.hpr_nr", "a number of at most nine digits"));
    }
    let role = text(json, "practitioner.role", MAX_NAME)?;
    let role = match role {
        Some(role) => role,
        None => needed(json, "practitioner.authorization", MAX_NAME)?,
    };
    let basis = CareBasis::from_code(&needed(json, BASIS, MAX_NAME)?)
        .ok_or(AttestationError::Value(BASIS, "one of TREAT, ETREAT, COC and BTG"))?;
    let attestation = text(json, "care_relationship.decision_ref", MAX_REASON)?;
    let reason = text(json, "care_relationship.reason", MAX_REASON)?;
    if basis.is_exceptional() && attestation.is_none() && reason.is_none() {
        return Err(AttestationError::Missing("care_relationship.reason"));
    }
    Ok(PersonnelActor {
        hpr_number,
        name: needed(json, "practitioner.name", MAX_NAME)?,
        role,
        organization: organization(json)?,
        legal_entity: id(json, "practitioner.legal_entity")?,
        point_of_care: id(json, "practitioner.point_of_care")?,
        decision_ref: id(json, "care_relationship.decision_ref")?,
        basis,
        patient_agrees: flag(json, "care_relationship.patient_consent")?,
        attestation,
        reason,
        system: program.name.clone(),
    })
}

/// The organisation, and the department in it when that is said.
fn organization(json: &Value) -> Result<Box<str>, AttestationError> {
    let entity = needed(json, "practitioner.legal_entity", MAX_NAME)?;
    let department = text(json, "practitioner.department", MAX_NAME)?;
    Ok(department.map_or_else(|| entity.clone(), |department| format!("{entity}, {department}").into()))
}

/// The id or code of an object, or a text that is one: no space in it, since words about care have no place in the log.
fn id(json: &Value, path: &'static str) -> Result<Option<Box<str>>, AttestationError> {
    let wrong = AttestationError::Value(path, "an id is a text of at most 100 characters without spaces");
    let id = match at(json, path) {
        Some(Value::Object(object)) => match object.get("id").or_else(|| object.get("code")) {
            None | Some(Value::Null) => return Ok(None),
            Some(id) => id.as_str().ok_or(wrong)?.trim(),
        },
        // Checked where it is read for its words.
        Some(Value::String(words)) if words.trim().contains(char::is_whitespace) => return Ok(None),
        Some(Value::String(id)) => id.trim(),
        _ => return Ok(None),
    };
    if id.chars().count() > MAX_NAME || id.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(wrong);
    }
    Ok((!id.is_empty()).then(|| id.into()))
}

fn needed(json: &Value, path: &'static str, longest: usize) -> Result<Box<str>, AttestationError> {
    text(json, path, longest)?.ok_or(AttestationError::Missing(path))
}

/// A text, or the words or code of an object as the trust framework has them; `None` when it is not there or empty.
fn text(json: &Value, path: &'static str, longest: usize) -> Result<Option<Box<str>>, AttestationError> {
    let wrong =
        AttestationError::Value(path, "a text without control characters, or an object with a name, code or id");
    // A purpose is known by its code; what people read, by its words.
    let words: &[&str] = if path.ends_with("purpose_of_use") { &["code"] } else { &["name", "text", "code", "id"] };
    let text = match at(json, path) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        Some(Value::Object(object)) => {
            words.iter().find_map(|name| object.get(*name).and_then(Value::as_str)).ok_or(wrong)?
        }
        Some(_) => return Err(wrong),
    };
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(wrong);
    }
    if text.chars().count() > longest {
        return Err(AttestationError::Value(path, "too long"));
    }
    Ok((!text.is_empty()).then(|| text.into()))
}

/// False when it is not there.
fn flag(json: &Value, path: &'static str) -> Result<bool, AttestationError> {
    match at(json, path) {
        None | Some(Value::Null) => Ok(false),
        Some(value) => value.as_bool().ok_or(AttestationError::Value(path, "true or false")),
    }
}

fn at<'v>(json: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(json, |value, name| value.get(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn header(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(HEADER.parse().unwrap(), text.parse().unwrap())])
    }

    fn program(role: SystemRole) -> SystemActor {
        SystemActor { name: "EHR".into(), role }
    }

    fn taken(json: &Value) -> Result<Option<PersonnelActor>, AttestationError> {
        of(&header(&BASE64.encode(json.to_string())), &program(SystemRole::SourceSystem))
    }

    fn whole() -> Value {
        json!({
            "practitioner": { "hpr_nr": "9144900", "name": "Lege Vold", "authorization": { "code": "LE", "text": "Lege" },
                "legal_entity": { "id": "983971709", "name": "Tromsø sykehus" }, "department": "Akutten",
                "point_of_care": { "id": "974706490", "name": "Akuttmottaket" } },
            "care_relationship": { "purpose_of_use": { "code": "TREAT", "text": "Behandling" },
                "decision_ref": { "id": "visit-7" }, "patient_consent": true },
            "more": [1],
        })
    }

    #[test]
    fn it_is_read_with_coded_objects_and_with_plain_texts() {
        let read = taken(&whole()).unwrap().unwrap();
        assert_eq!((&*read.hpr_number, &*read.name, &*read.role), ("9144900", "Lege Vold", "Lege"));
        assert_eq!((&*read.organization, &*read.system), ("Tromsø sykehus, Akutten", "EHR"));
        assert_eq!((read.basis, read.attestation.as_deref()), (CareBasis::Treatment, Some("visit-7")));
        assert_eq!(
            (read.legal_entity.as_deref(), read.point_of_care.as_deref()),
            (Some("983971709"), Some("974706490"))
        );
        assert_eq!(read.decision_ref.as_deref(), Some("visit-7"));
        assert!(read.patient_agrees);
        let mut plain = whole();
        plain["care_relationship"] = json!({ "purpose_of_use": "ETREAT", "reason": " unconscious " });
        plain["practitioner"]["role"] = json!("Vaktlege");
        let read = taken(&plain).unwrap().unwrap();
        assert_eq!(
            (read.basis, read.reason.as_deref(), read.attestation),
            (CareBasis::Emergency, Some("unconscious"), None)
        );
        assert_eq!((&*read.role, read.patient_agrees), ("Vaktlege", false));
        plain["care_relationship"]["decision_ref"] = json!("seen for chest pain");
        let read = taken(&plain).unwrap().unwrap();
        assert_eq!(read.attestation.as_deref(), Some("seen for chest pain"));
        assert_eq!(read.decision_ref, None, "words about care do not go into the log");
        assert_eq!(of(&HeaderMap::new(), &program(SystemRole::Admin)), Ok(None));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        for (pointer, value, path) in [
            ("/practitioner/hpr_nr", json!("91x"), "practitioner.hpr_nr"),
            ("/practitioner/hpr_nr", json!("1234567890"), "practitioner.hpr_nr"),
            ("/practitioner/hpr_nr", json!(7), "practitioner.hpr_nr"),
            ("/practitioner/name", json!(""), "practitioner.name"),
            ("/practitioner/name", json!("a\nb"), "practitioner.name"),
            ("/practitioner/name", json!("x".repeat(101)), "practitioner.name"),
            ("/practitioner/authorization", json!(null), "practitioner.authorization"),
            ("/practitioner/legal_entity", json!({}), "practitioner.legal_entity"),
            ("/care_relationship/purpose_of_use", json!("MARKETING"), "care_relationship.purpose_of_use"),
            ("/care_relationship/decision_ref", json!([1]), "care_relationship.decision_ref"),
            ("/practitioner/point_of_care", json!({ "id": "a b" }), "practitioner.point_of_care"),
            ("/care_relationship/patient_consent", json!("yes"), "care_relationship.patient_consent"),
        ] {
            let mut json = whole();
            *json.pointer_mut(pointer).unwrap() = value;
            let failed = Failed::from(taken(&json).unwrap_err());
            assert_eq!(failed.issues[0].expression, path, "{pointer}");
            assert_eq!(failed.status(), 400);
        }
        for basis in ["ETREAT", "BTG"] {
            let mut json = whole();
            json["care_relationship"] = json!({ "purpose_of_use": basis });
            assert_eq!(taken(&json), Err(AttestationError::Missing("care_relationship.reason")), "{basis}");
        }
    }

    #[test]
    fn the_header_itself_is_checked() {
        let source = program(SystemRole::SourceSystem);
        assert_eq!(of(&header("%%%"), &source), Err(AttestationError::Form));
        assert_eq!(of(&header(&BASE64.encode("[]")), &source), Err(AttestationError::Form));
        assert_eq!(of(&header(&"A".repeat(MAX_BYTES + 1)), &source), Err(AttestationError::TooLong));
        let good = BASE64.encode(whole().to_string());
        assert!(of(&header(good.trim_end_matches('=')), &source).is_ok(), "padding or not");
        let mut twice = header(&good);
        twice.append(HEADER, good.parse().unwrap());
        assert_eq!(of(&twice, &source), Err(AttestationError::Several));
        for role in [SystemRole::Admin, SystemRole::Platform] {
            assert_eq!(of(&header(&good), &program(role)), Err(AttestationError::NotASource));
        }
        assert_eq!(Failed::from(AttestationError::NotASource).status(), 403);
    }
}
