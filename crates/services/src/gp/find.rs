//! Finding things: the GP of a person with the office, and lists to change to.

use jiff::Timestamp;
use varde_base::{PatientId, ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_store::{Found, Gate, GateError};

use super::fhir;
use super::model::{Gp, GpList, Practice};
use super::rules;
use crate::shared::{ListedWith, Role, doctor_name, find, role, stand_ins};

/// Most roles read of one doctor.
const ROLE_COUNT: &str = "50";

/// Most lists of one search that are read; the page asks to narrow it where there are more.
const LIST_COUNT: &str = "200";

/// Most lists shown at once.
pub(super) const MAX_SHOWN: usize = 50;

/// The GP of a person with the office; `None` when the person has none.
pub(super) async fn gp(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Option<Gp>, GateError> {
    Ok(gp_and_number(gate, patient, now).await?.0)
}

/// As [`gp`], and whether the person has a D-number.
pub(super) async fn gp_and_number(
    gate: &Gate,
    patient: &PatientId,
    now: Timestamp,
) -> Result<(Option<Gp>, bool), GateError> {
    let person = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    Ok((gp_of(gate, &person.body, now).await?, fhir::has_d_number(&person.body)))
}

async fn gp_of(gate: &Gate, person: &[u8], now: Timestamp) -> Result<Option<Gp>, GateError> {
    let Some(listed) = ListedWith::read(person) else { return Ok(None) };
    let today = date_in_norway(now);
    let parameters = [
        listed.roles(),
        ("_include", "PractitionerRole:practitioner"),
        ("_include", "PractitionerRole:organization"),
        ("_include", "PractitionerRole:service"),
        ("_include", "PractitionerRole:location"),
        ("_count", ROLE_COUNT),
    ];
    let page = find(gate, ResourceType::PRACTITIONER_ROLE, &parameters, now).await?;
    let name = match listed {
        ListedWith::Role(_) => None,
        ListedWith::Practitioner(_, name) => name,
    };
    let roles = page.matches.iter().filter_map(|found| role(&found.body, today)).filter(|role| role.holds);
    // Of several roles that with a list.
    let role = roles.max_by_key(|role| (list_of(role, &page.included).is_some(), role.services.len()));
    let Some(role) = role else {
        let name = name.unwrap_or_default();
        return Ok(Some(Gp { name, list: None, practice: Practice::default(), stand_ins: Vec::new() }));
    };
    let list = list_of(&role, &page.included);
    let stand_ins = match &list {
        Some(list) => stand_ins(gate, list, role.practitioner.as_ref(), now).await?,
        None => Vec::new(),
    };
    let registered = role.practitioner.as_ref().and_then(|id| doctor_name(&page.included, id));
    Ok(Some(Gp {
        name: registered.or_else(|| role.name.clone()).or(name).unwrap_or_default(),
        list,
        practice: fhir::practice(&role, &page.included, today),
        stand_ins,
    }))
}

fn list_of(role: &Role, included: &[Found]) -> Option<ResourceId> {
    let is_list = |found: &&Found| {
        let its = found.resource_type == ResourceType::HEALTHCARE_SERVICE && role.services.contains(&found.id);
        its && matches!(fhir::gp_list(&found.body, found.version), Ok(Some(_)))
    };
    included.iter().find(is_list).map(|found| found.id.clone())
}

/// The town a person is registered in; `None` where it is not told.
pub(super) async fn own_town(gate: &Gate, patient: &PatientId) -> Result<Option<String>, GateError> {
    let person = gate.read(ResourceType::PATIENT, patient.as_resource_id()).await?;
    Ok(fhir::own_town(&person.body))
}

/// Lists that were found.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Those with free places first, then by name; at most [`MAX_SHOWN`].
    pub lists: Vec<GpList>,
    /// There are more.
    pub cut: bool,
}

/// Lists whose doctor or office has these words in its name, or that are in a town that begins so.
pub(super) async fn lists(gate: &Gate, words: &str, only_free: bool, now: Timestamp) -> Result<Lists, GateError> {
    let mut out = Lists::default();
    for parameter in ["name:contains", "location.address"] {
        let parameters = [("service-type", fhir::LIST_TOKEN), (parameter, words), ("_count", LIST_COUNT)];
        let page = match find(gate, ResourceType::HEALTHCARE_SERVICE, &parameters, now).await {
            Ok(page) => page,
            // A town with more places than a chain may go by way of: the names are searched all the same.
            Err(GateError::Invalid(_)) => {
                out.cut = true;
                continue;
            }
            Err(error) => return Err(error),
        };
        out.cut |= page.next.is_some();
        for found in &page.matches {
            let list = fhir::gp_list(&found.body, found.version)?;
            out.lists.extend(list.filter(|list| list.is_active));
        }
    }
    if only_free {
        out.lists.retain(|list| rules::free(list) > 0);
    }
    out.lists.sort_by(|a, b| {
        (rules::free(a) == 0, &a.name, a.id.as_str()).cmp(&(rules::free(b) == 0, &b.name, b.id.as_str()))
    });
    out.lists.dedup_by(|a, b| a.id == b.id);
    out.cut |= out.lists.len() > MAX_SHOWN;
    out.lists.truncate(MAX_SHOWN);
    Ok(out)
}

/// One list.
pub(super) async fn list(gate: &Gate, id: &ResourceId) -> Result<(GpList, bytes::Bytes), GateError> {
    let stored = gate.read(ResourceType::HEALTHCARE_SERVICE, id).await?;
    let list = fhir::gp_list(&stored.body, stored.version)?.ok_or(GateError::NotFound)?;
    Ok((list, stored.body))
}
