//! Doctors in their roles (FHIR PractitionerRole), and who stands in for a GP (*vikar*): said wherever one meets or writes to the GP.

use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use varde_base::{ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_store::{Found, Gate, GateError};
use varde_web::{Tone, dates, ui};

use super::json::{ConceptJson, NameJson, PeriodJson, ReferenceJson};
use super::{Ctx, find};

/// Code system and code of a HealthcareService that is the list of a GP.
pub(crate) const GP_LIST: (&str, &str) = ("urn:varde:service-type", "gp-list");

/// Most roles read of one doctor, and most who stand in on one list.
const ROLE_COUNT: &str = "50";

/// Who stands in for a GP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StandIn {
    /// The doctor.
    pub name: String,
    /// The last day, where it is told.
    pub until: Option<Date>,
}

/// A doctor's role at an office (FHIR PractitionerRole).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    /// The doctor.
    pub practitioner: Option<ResourceId>,
    /// The doctor's name, where the source gives it.
    pub name: Option<String>,
    /// `Organization/id` of the office.
    pub organization: Option<ResourceId>,
    /// The office's name, where the source gives it.
    pub organization_name: Option<String>,
    /// `Location/id` of the office.
    pub location: Option<ResourceId>,
    /// What the doctor works in: the office's service and the list.
    pub services: Vec<ResourceId>,
    /// The last day, where one is told.
    pub until: Option<Date>,
    /// It holds on the day it was read for.
    pub holds: bool,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct RoleJson {
    active: Option<bool>,
    period: PeriodJson,
    practitioner: ReferenceJson,
    organization: ReferenceJson,
    location: Vec<ReferenceJson>,
    healthcare_service: Vec<ReferenceJson>,
}

/// The day of a FHIR dateTime in Norway.
pub(crate) fn day_of(text: &str) -> Option<Date> {
    text.parse::<Timestamp>().map(date_in_norway).ok().or_else(|| text.get(..10)?.parse().ok())
}

/// Reads a PractitionerRole as of `today`; `None` for one that cannot be read.
pub(crate) fn role(body: &[u8], today: Date) -> Option<Role> {
    let json: RoleJson = serde_json::from_slice(body).ok()?;
    let day = |text: &Option<String>| text.as_deref().and_then(day_of);
    let (from, until) = (day(&json.period.start), day(&json.period.end));
    let in_period = from.is_none_or(|from| from <= today) && until.is_none_or(|until| until >= today);
    Some(Role {
        practitioner: json.practitioner.id_of("Practitioner"),
        name: json.practitioner.display,
        organization: json.organization.id_of("Organization"),
        organization_name: json.organization.display,
        location: json.location.iter().find_map(|location| location.id_of("Location")),
        services: json.healthcare_service.iter().filter_map(|service| service.id_of("HealthcareService")).collect(),
        until,
        holds: json.active.unwrap_or(true) && in_period,
    })
}

/// Who stands in, from a role that holds and is another doctor's than `gp`.
fn stand_in(role: &Role, gp: Option<&ResourceId>) -> Option<StandIn> {
    let is_other = role.practitioner.is_some() && role.practitioner.as_ref() != gp;
    let name = role.name.clone().filter(|_| role.holds && is_other)?;
    Some(StandIn { name, until: role.until })
}

/// The name of a Practitioner: the official one, else the first.
fn practitioner_name(body: &[u8]) -> Option<String> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct PractitionerJson {
        name: Vec<NameJson>,
    }
    let json: PractitionerJson = serde_json::from_slice(body).ok()?;
    let official = json.name.iter().find(|name| name.r#use.as_deref() == Some("official"));
    official.or(json.name.first())?.shown()
}

/// The registered name of the doctor `id`, of the resources that came along.
pub(crate) fn doctor_name(included: &[Found], id: &ResourceId) -> Option<String> {
    let doctor = included.iter().find(|found| found.resource_type == ResourceType::PRACTITIONER && found.id == *id)?;
    practitioner_name(&doctor.body)
}

/// Who stands in for `gp` on a list now.
pub(crate) async fn stand_ins(
    gate: &Gate,
    list: &ResourceId,
    gp: Option<&ResourceId>,
    now: Timestamp,
) -> Result<Vec<StandIn>, GateError> {
    let today = date_in_norway(now);
    let list = format!("HealthcareService/{list}");
    let parameters =
        [("service", list.as_str()), ("_include", "PractitionerRole:practitioner"), ("_count", ROLE_COUNT)];
    let page = find(gate, ResourceType::PRACTITIONER_ROLE, &parameters, now).await?;
    let named = |mut role: Role| {
        let registered = role.practitioner.as_ref().and_then(|id| doctor_name(&page.included, id));
        role.name = registered.or(role.name);
        role
    };
    let roles = page.matches.iter().filter_map(|found| role(&found.body, today)).map(named);
    Ok(roles.filter_map(|role| stand_in(&role, gp)).collect())
}

/// Who stands in for a doctor on the list they have now, where they have one.
pub(crate) async fn stand_ins_of(gate: &Gate, gp: &ResourceId, now: Timestamp) -> Result<Vec<StandIn>, GateError> {
    let today = date_in_norway(now);
    let parameters = [("practitioner", gp.as_str()), ("_include", "PractitionerRole:service"), ("_count", ROLE_COUNT)];
    let page = find(gate, ResourceType::PRACTITIONER_ROLE, &parameters, now).await?;
    let is_list = |id: &ResourceId| {
        let its = |found: &Found| found.resource_type == ResourceType::HEALTHCARE_SERVICE && found.id == *id;
        page.included.iter().any(|found| its(found) && is_gp_list(&found.body))
    };
    let roles = page.matches.iter().filter_map(|found| role(&found.body, today)).filter(|role| role.holds);
    match roles.flat_map(|role| role.services).find(is_list) {
        Some(list) => stand_ins(gate, &list, Some(gp), now).await,
        None => Ok(Vec::new()),
    }
}

/// Whether a HealthcareService is the list of a GP.
fn is_gp_list(body: &[u8]) -> bool {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct ServiceJson {
        r#type: Vec<ConceptJson>,
    }
    let json: ServiceJson = serde_json::from_slice(body).unwrap_or_default();
    json.r#type.iter().any(|kind| kind.has(GP_LIST.0, GP_LIST.1))
}

/// "The GP is away until ..; .. stands in": nothing when nobody does.
pub(crate) fn stand_in_notes(ctx: &Ctx, stand_ins: &[StandIn]) -> Markup {
    let text = ctx.text();
    let words = |its: &StandIn| {
        let until = its.until.and_then(|day| dates::as_exact_as_known(&day.to_string(), ctx.language));
        match until {
            Some(until) => text.msg_gp_substitute_until(until, &*its.name),
            None => text.msg_gp_substitute(&*its.name),
        }
    };
    html! { @for its in stand_ins { (ui::alert(Tone::Info, &words(its))) } }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_role_holds_in_its_period_and_a_stand_in_is_another_doctor() {
        let today = date(2026, 11, 21);
        let role = |doctor: &str, period: Value| {
            let body = json!({ "resourceType": "PractitionerRole", "id": "r", "period": period,
                "practitioner": { "reference": format!("Practitioner/{doctor}"), "display": "Vilde Solbakken" } });
            role(&serde_json::to_vec(&body).unwrap(), today).unwrap()
        };
        let gp = "gp".parse().unwrap();
        let named = |role| stand_in(&role, Some(&gp)).map(|stand_in| stand_in.until);
        assert_eq!(named(role("sub", json!({ "start": "2026-11-01", "end": "2026-11-21" }))), Some(Some(today)));
        assert_eq!(named(role("sub", json!({ "start": "2026-11-22" }))), None, "not yet");
        assert_eq!(named(role("sub", json!({ "end": "2026-11-20" }))), None, "no longer");
        assert_eq!(named(role("gp", json!({}))), None, "nobody stands in for themself");
    }
}
