//! A proxy that is registered for one who cannot do it online: by health personnel at the counter or a municipality's program, with
//! documentation. The FHIR operation `Patient/{id}/$register-proxy` (docs/api.md) is the only way personnel have to write one.
//!
//! [`check`] decides, pure; [`register_proxy`] reads, decides, and writes the Consent, the event and the message together. A helper who is
//! nobody here (no electronic identity, perhaps no national number) stands in the Consent itself: who works at the counter sees the
//! proxy and acts for the helper; nothing opens online by it.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use varde_base::{Actor, PatientId, ResourceId, date_in_norway};
use varde_fhir::json::Limits;
use varde_fhir::{Parsed, ResourceType, compartment_patient};
use varde_rights::{Action, Areas, Parameters, age_in_years};
use varde_store::{Batch, Gate, GateError, Store};

use super::actions::{self, person};
use super::fhir;
use super::model::{Given, Kind, Person, Status};
use super::notices::{self, Happened};
use super::rules::{self, Wish};
use crate::shared::{derived_id, find, platform_of, put};

/// Longest name or telephone number of a helper, in characters.
const MAX_NAME: usize = 100;

/// Numbers of the register of health personnel.
const HPR_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.4.4";

/// What is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisteredKind {
    /// Given by one who can consent (`FU`).
    Proxy,
    /// Decided for one who cannot (`TD`).
    Assigned,
}

/// What shows that it is as registered; the code of `urn:varde:evidence-kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceKind {
    /// A form with the giver's signature.
    SignedForm,
    /// The giver was there in person and has signed.
    InPerson,
    /// A decision, with the doctor's certificate.
    Decision,
}

impl EvidenceKind {
    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignedForm => "signed-form",
            Self::InPerson => "in-person",
            Self::Decision => "decision",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::SignedForm, Self::InPerson, Self::Decision].into_iter().find(|kind| kind.code() == code)
    }
}

/// Who shall help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Helper {
    /// Somebody of the population register.
    Patient(PatientId),
    /// Somebody without an electronic identity, as they are known at the counter.
    Described {
        /// Name.
        name: String,
        /// Birth date.
        born: Date,
        /// Telephone number, when there is one.
        phone: Option<String>,
    },
}

/// What is asked to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// For whom it is.
    pub giver: PatientId,
    /// What.
    pub kind: RegisteredKind,
    /// Who shall help.
    pub helper: Helper,
    /// What it covers; nothing for an assigned one, which is as far as the rule book says.
    pub areas: Areas,
    /// The first day; today when nothing is said, which a decision may not leave out.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// The helper has accepted in writing.
    pub accepted: bool,
    /// The document that shows it (DocumentReference of the giver).
    pub evidence: ResourceId,
    /// What kind of document.
    pub evidence_kind: EvidenceKind,
}

/// Why nothing was registered: the parameter that is wrong, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong(pub &'static str, pub &'static str);

/// Why nothing was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// A parameter is wrong.
    #[error("{}: {}", .0.0, .0.1)]
    Wrong(Wrong),
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

impl From<Wrong> for RegisterError {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

/// What was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The Consent.
    pub consent: ResourceId,
    /// The giver is not told online and has to get a letter.
    pub on_paper: bool,
}

/// The period it holds for, when all of it is as it must be. `helper` is the person of the register, when there is one.
///
/// # Errors
/// The first parameter that is wrong.
pub(super) fn check(
    asked: &Registration,
    giver: &Person,
    helper: Option<&Person>,
    existing: &[Given],
    today: Date,
    parameters: &Parameters,
) -> Result<Wish, Wrong> {
    let age = |born: Option<Date>| born.map(|born| age_in_years(born, today));
    let youngest = match asked.kind {
        RegisteredKind::Proxy => parameters.ages.of_health,
        RegisteredKind::Assigned => parameters.ages.limited,
    };
    if giver.deceased || giver.protected || age(giver.born).is_none_or(|age| age < youngest) {
        return Err(Wrong("giver", "nobody can be made to act for this person"));
    }
    let is_fit = match (&asked.helper, helper) {
        (Helper::Patient(id), Some(person)) => {
            *id != asked.giver
                && !person.protected
                && !person.deceased
                && age(person.born).is_some_and(|age| age >= parameters.ages.of_majority)
        }
        (Helper::Patient(_), None) => false,
        (Helper::Described { name, born, phone }, _) => {
            let length = |text: &str| text.chars().count();
            !name.trim().is_empty()
                && length(name) <= MAX_NAME
                && phone.as_deref().is_none_or(|phone| length(phone) <= MAX_NAME)
                && *born <= today
                && age_in_years(*born, today) >= parameters.ages.of_majority
        }
    };
    // One answer for all reasons, so that it tells nothing about a stranger.
    if !is_fit {
        return Err(Wrong("receiver", "nobody who may act for others: one who lives, is of age and is somebody else"));
    }
    if matches!(asked.helper, Helper::Described { .. }) && !asked.accepted {
        return Err(Wrong("accepted", "one who cannot answer online has to have accepted in writing"));
    }
    let until = match asked.kind {
        RegisteredKind::Proxy => given_until(asked, today)?,
        RegisteredKind::Assigned => Some(assigned_until(asked, today, parameters.assigned_proxy_longest_years)?),
    };
    let wish = Wish { kind: Kind::Proxy, areas: asked.areas, collects_once: false, until };
    let wish = if asked.kind == RegisteredKind::Assigned { Wish { kind: Kind::Assigned, ..wish } } else { wish };
    let room = match &asked.helper {
        Helper::Patient(id) => rules::has_room(existing, &wish, id, None, today),
        // Two helpers who are nobody here are told apart by nothing, so only the number of all counts.
        Helper::Described { .. } => rules::has_room(existing, &wish, &asked.giver, None, today),
    };
    room.map_err(|_| Wrong("receiver", "they have one already, or the giver has given too many"))?;
    Ok(wish)
}

fn given_until(asked: &Registration, today: Date) -> Result<Option<Date>, Wrong> {
    if asked.evidence_kind == EvidenceKind::Decision {
        return Err(Wrong("evidenceKind", "a proxy is shown by the giver's signature: signed-form or in-person"));
    }
    let allowed = Kind::Proxy.areas();
    let are_allowed = asked.areas.iter().all(|area| allowed.contains(&area));
    if asked.areas == Areas::NONE || !are_allowed {
        return Err(Wrong("area", "one or more of 1, 2, 3 and P"));
    }
    if asked.from.is_some_and(|from| from > today) {
        return Err(Wrong("from", "it holds from today at the latest"));
    }
    if asked.until.is_some_and(|until| until < today) { Err(Wrong("until", "a day to come")) } else { Ok(asked.until) }
}

/// A decision has a first day and lasts for the longest time from it, unless it says that it ends before.
fn assigned_until(asked: &Registration, today: Date, longest_years: u16) -> Result<Date, Wrong> {
    if asked.evidence_kind != EvidenceKind::Decision {
        return Err(Wrong("evidenceKind", "an assigned proxy is shown by a decision"));
    }
    if asked.areas != Areas::NONE {
        return Err(Wrong("area", "an assigned proxy has no areas"));
    }
    let from =
        asked.from.filter(|from| *from <= today).ok_or(Wrong("from", "the day of the decision, which has come"))?;
    let last = from.checked_add(i64::from(longest_years).years()).map_err(|_| Wrong("from", "no such day"))?;
    let until = asked.until.unwrap_or(last);
    if until < today || until > last {
        return Err(Wrong("until", "a day to come, at most five years after the decision"));
    }
    Ok(until)
}

/// Registers what `gate`'s actor asks for; what is registered already is answered as it is.
///
/// # Errors
/// [`RegisterError`].
pub async fn register_proxy(
    store: &Store,
    gate: &Gate,
    asked: &Registration,
    now: Timestamp,
) -> Result<Registered, RegisterError> {
    let today = date_in_norway(now);
    let parameters = store.rule_book().parameters().on(today).map_err(|_| GateError::Fault)?;
    let giver = person(gate, &asked.giver).await?;
    let platform = platform_of(store, Some(&asked.giver), "sharing.register");
    evidence(gate, asked).await?;
    let helper = match &asked.helper {
        Helper::Patient(id) => match person(&platform, id).await {
            Ok(person) => Some(person),
            Err(GateError::NotFound | GateError::Gone { .. }) => None,
            Err(error) => return Err(error.into()),
        },
        Helper::Described { .. } => None,
    };
    let on_paper = on_paper(&platform, &asked.giver, now).await?;
    let id = registration_id(asked);
    let existing = actions::given(&platform, &asked.giver, now).await?;
    if existing.iter().any(|given| given.id == id) {
        return Ok(Registered { consent: id, on_paper });
    }
    let wish = check(asked, &giver, helper.as_ref(), &existing, today, &parameters)?;
    let status =
        if asked.accepted || asked.kind == RegisteredKind::Assigned { Status::Active } else { Status::Proposed };
    let body = consent(&id, asked, &wish, helper.as_ref(), status, gate, now);
    let mut outbox = vec![notices::message(&asked.giver, Happened::Registered)?];
    let told = if status == Status::Proposed { Happened::Proposed } else { Happened::Registered };
    if let Some(helper) = &helper {
        outbox.push(notices::message(&helper.patient, told)?);
    }
    let event = notices::registered(&asked.giver, on_paper, now)?;
    let writes = vec![put(&id, &body, Action::Change)?, event];
    gate.write(Batch { writes, outbox, ..Batch::default() }).await?;
    if let Some(helper) = &helper {
        actions::tell(&platform, &helper.patient, told, now).await;
    }
    Ok(Registered { consent: id, on_paper })
}

/// The document must be the giver's, and for the one who registers to see.
async fn evidence(gate: &Gate, asked: &Registration) -> Result<(), RegisterError> {
    let wrong = Wrong("evidence", "a DocumentReference of the giver");
    let documents = ResourceType::from_name("DocumentReference").ok_or(GateError::Fault)?;
    let found = match gate.read(documents, &asked.evidence).await {
        Ok(found) => found,
        Err(GateError::NotFound | GateError::Gone { .. }) => return Err(wrong.into()),
        Err(error) => return Err(error.into()),
    };
    let parsed = Parsed::parse_stored(&found.body, &Limits::default()).map_err(|_| GateError::Fault)?;
    if compartment_patient(&parsed).as_ref() == Some(&asked.giver) { Ok(()) } else { Err(wrong.into()) }
}

/// Whether the giver is not told online: no address for e-mail, or the account is stopped or inactive.
async fn on_paper(platform: &Gate, giver: &PatientId, now: Timestamp) -> Result<bool, GateError> {
    let found = platform.read(ResourceType::PATIENT, giver.as_resource_id()).await?;
    if !fhir::has_email(&found.body)? {
        return Ok(true);
    }
    let categories = "urn:varde:consent|inactive,urn:varde:consent|account-stop";
    let parameters = [("patient", giver.as_str()), ("category", categories), ("status", "active"), ("_count", "1")];
    Ok(!find(platform, ResourceType::CONSENT, &parameters, now).await?.matches.is_empty())
}

fn consent(
    id: &ResourceId,
    asked: &Registration,
    wish: &Wish,
    helper: Option<&Person>,
    status: Status,
    gate: &Gate,
    now: Timestamp,
) -> Value {
    let name = match (&asked.helper, helper) {
        (Helper::Described { name, .. }, _) => name.trim(),
        (Helper::Patient(_), Some(person)) => &person.name,
        (Helper::Patient(_), None) => "",
    };
    let receiver = helper.map_or(&asked.giver, |person| &person.patient);
    let mut body = fhir::new_consent(id, &asked.giver, (receiver, name), wish, status, now);
    let (who, organization) = registrar(&gate.access().actor);
    set(&mut body, "", "performer", json!([who]));
    set(&mut body, "", "organization", json!([{ "display": organization }]));
    set(&mut body, "", "sourceReference", json!({ "reference": format!("DocumentReference/{}", asked.evidence) }));
    let kind = json!([{ "url": fhir::EVIDENCE_EXTENSION, "valueCode": asked.evidence_kind.code() }]);
    set(&mut body, "", "extension", kind);
    if let Some(from) = asked.from {
        set(&mut body, "/provision/period", "start", json!(from.to_string()));
    }
    if let Helper::Described { born, phone, .. } = &asked.helper {
        let mut person = json!({
            "resourceType": "RelatedPerson", "id": "helper", "active": true,
            "patient": { "reference": format!("Patient/{}", asked.giver) },
            "name": [{ "text": name }], "birthDate": born.to_string(),
        });
        if let Some(phone) = phone {
            set(&mut person, "", "telecom", json!([{ "system": "phone", "value": phone }]));
        }
        set(&mut body, "", "contained", json!([person]));
        set(&mut body, "/provision/actor/0", "reference", json!({ "reference": "#helper", "display": name }));
    }
    body
}

/// Sets a member of what is at `place`, a JSON pointer.
fn set(body: &mut Value, place: &str, name: &str, value: Value) {
    if let Some(members) = body.pointer_mut(place).and_then(Value::as_object_mut) {
        members.insert(name.to_owned(), value);
    }
}

/// Who registers, and for which organisation.
fn registrar(actor: &Actor) -> (Value, String) {
    match actor {
        Actor::Personnel(its) => (
            json!({ "identifier": { "system": HPR_SYSTEM, "value": &*its.hpr_number },
                "display": format!("{}, {}, {}", its.name, its.role, its.organization) }),
            its.organization.to_string(),
        ),
        Actor::System(its) => (json!({ "display": &*its.name }), its.name.to_string()),
        Actor::Citizen(its) => (json!({ "display": &*its.name }), its.name.to_string()),
    }
}

/// The id follows from whom it binds and what shows it, so that registering it twice makes one.
fn registration_id(asked: &Registration) -> ResourceId {
    let helper = match &asked.helper {
        Helper::Patient(id) => id.to_string(),
        Helper::Described { name, born, .. } => format!("{name}/{born}"),
    };
    derived_id(&format!("registered/{}/{helper}/{:?}/{}", asked.giver, asked.kind, asked.evidence))
}
