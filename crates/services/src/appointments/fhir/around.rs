//! What stands around an appointment: free times, visits, who it is with and where.

use jiff::Timestamp;
use serde::Deserialize;
use varde_base::ResourceId;

use super::super::model::{FreeSlot, Place, Visit};
use super::{ConceptJson, ReferenceJson, Unreadable};
use crate::shared::VisitKind;
use crate::shared::json::{AddressJson, ContactJson, NameJson};

#[derive(Deserialize)]
struct SlotJson {
    id: String,
    schedule: ReferenceJson,
    status: String,
    start: Timestamp,
    end: Timestamp,
}

/// Reads a Slot.
pub(in super::super) fn slot(body: &[u8], version: u64) -> Result<FreeSlot, Unreadable> {
    let unreadable = Unreadable("Slot");
    let json: SlotJson = serde_json::from_slice(body).map_err(|_| unreadable)?;
    Ok(FreeSlot {
        id: json.id.parse().map_err(|_| unreadable)?,
        version,
        schedule: json.schedule.id_of("Schedule").ok_or(unreadable)?,
        start: json.start,
        end: json.end,
        free: json.status == "free",
        held: json.status == "busy-tentative",
    })
}

/// Whether a Slot is taken by an appointment, and not closed by the clinic (R4 slotstatus `busy-unavailable`).
pub(in super::super) fn is_taken(body: &[u8]) -> Result<bool, Unreadable> {
    let json: SlotJson = serde_json::from_slice(body).map_err(|_| Unreadable("Slot"))?;
    Ok(json.status == "busy")
}

#[derive(Deserialize)]
struct PeriodJson {
    start: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EncounterJson {
    status: String,
    period: Option<PeriodJson>,
    #[serde(default, rename = "type")]
    kind: Vec<ConceptJson>,
    service_provider: Option<ReferenceJson>,
    #[serde(default)]
    appointment: Vec<ReferenceJson>,
}

/// Reads an Encounter that took place; `None` for one without a beginning, called off or entered in error.
pub(in super::super) fn visit(body: &[u8]) -> Result<Option<Visit>, Unreadable> {
    let json: EncounterJson = serde_json::from_slice(body).map_err(|_| Unreadable("Encounter"))?;
    if matches!(json.status.as_str(), "cancelled" | "entered-in-error" | "planned") {
        return Ok(None);
    }
    Ok(json.period.and_then(|p| p.start).map(|start| Visit {
        start,
        kind: json
            .kind
            .iter()
            .flat_map(|kind| &kind.coding)
            .find_map(|coding| VisitKind::of(coding.system.as_deref()?, coding.code.as_deref()?)),
        what: json.kind.iter().find_map(ConceptJson::words),
        at: json.service_provider.and_then(|p| p.display),
        appointment: json.appointment.iter().find_map(|a| a.id_of("Appointment")),
    }))
}

#[derive(Deserialize)]
struct NamedJson {
    #[serde(default)]
    name: Vec<NameJson>,
}

/// The name of a practitioner as shown.
pub(in super::super) fn practitioner_name(body: &[u8]) -> Option<String> {
    let json: NamedJson = serde_json::from_slice(body).ok()?;
    json.name.first()?.shown()
}

/// Numbers are kept as they are written.
#[derive(Deserialize)]
struct PositionJson {
    latitude: serde_json::Number,
    longitude: serde_json::Number,
}

impl PositionJson {
    /// Latitude and longitude, when they are on the globe.
    fn on_earth(&self) -> Option<(String, String)> {
        let within =
            |number: &serde_json::Number, most: f64| number.as_f64().is_some_and(|degrees| degrees.abs() <= most);
        let is_there = within(&self.latitude, 90.0) && within(&self.longitude, 180.0);
        is_there.then(|| (self.latitude.to_string(), self.longitude.to_string()))
    }
}

#[derive(Deserialize)]
struct LocationJson {
    id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    #[serde(default, rename = "type")]
    kind: Vec<ConceptJson>,
    position: Option<PositionJson>,
    address: Option<AddressJson>,
    #[serde(default)]
    telecom: Vec<ContactJson>,
}

/// The patient's residence (HL7 v3 RoleCode).
const RESIDENCE: &str = "PTRES";

/// Longest description of a way in that is shown; a source may put anything there.
const WAY_IN_MAX_CHARS: usize = 500;

/// Reads a Location; `None` for one without a name that is not the patient's home.
pub(in super::super) fn place(body: &[u8]) -> Option<Place> {
    place_of(serde_json::from_slice(body).ok()?)
}

/// A Location among those contained in a resource (`#id`).
pub(super) fn contained(contained: &[serde_json::Value], reference: &str) -> Option<Place> {
    let id = reference.strip_prefix('#')?;
    let of_type = contained.iter().filter(|value| value.get("resourceType").is_some_and(|its| its == "Location"));
    let mut read = of_type.filter_map(|value| LocationJson::deserialize(value).ok());
    place_of(read.find(|location| location.id.as_deref() == Some(id))?)
}

fn place_of(json: LocationJson) -> Option<Place> {
    let is_home = json.kind.iter().flat_map(|kind| &kind.coding).any(|its| its.code.as_deref() == Some(RESIDENCE));
    let position = json.position.and_then(|position| position.on_earth());
    let way_in = json.description.filter(|words| words.chars().count() <= WAY_IN_MAX_CHARS);
    let address = json.address.map(|a| {
        let town = [a.postal_code, a.city].into_iter().flatten().collect::<Vec<_>>().join(" ");
        a.line.into_iter().chain(Some(town)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    });
    let phone = json.telecom.into_iter().find(|t| t.system.as_deref() == Some("phone")).and_then(|t| t.value);
    let name = json.name.or_else(|| is_home.then(String::new))?;
    Some(Place { name, address: address.filter(|a| !a.is_empty()), phone, way_in, position, is_home })
}

/// Ids that a resource's member points at, for following a GP from the patient to the calendar.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinksJson {
    #[serde(default)]
    general_practitioner: Vec<ReferenceJson>,
    #[serde(default)]
    actor: Vec<ReferenceJson>,
    practitioner: Option<ReferenceJson>,
}

/// The GP a Patient is listed with: the Practitioner, or the PractitionerRole to look it up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum ListedWith {
    /// The practitioner.
    Practitioner(ResourceId),
    /// A role, whose practitioner is still to be read.
    Role(ResourceId),
}

/// Reads whom a Patient is listed with.
pub(in super::super) fn listed_with(patient: &[u8]) -> Option<ListedWith> {
    let json: LinksJson = serde_json::from_slice(patient).ok()?;
    json.general_practitioner.iter().find_map(|reference| {
        let practitioner = reference.id_of("Practitioner").map(ListedWith::Practitioner);
        practitioner.or_else(|| reference.id_of("PractitionerRole").map(ListedWith::Role))
    })
}

/// The practitioner a PractitionerRole speaks of.
pub(in super::super) fn practitioner_of_role(role: &[u8]) -> Option<ResourceId> {
    let json: LinksJson = serde_json::from_slice(role).ok()?;
    json.practitioner?.id_of("Practitioner")
}

/// The Location a Schedule belongs to, if it names one.
pub(in super::super) fn location_of_schedule(schedule: &[u8]) -> Option<ResourceId> {
    let json: LinksJson = serde_json::from_slice(schedule).ok()?;
    json.actor.iter().find_map(|actor| actor.id_of("Location"))
}
