//! The doctor's role, the office's own information, and where a person lives.

use jiff::civil::{Date, Time, Weekday};
use serde::Deserialize;
use varde_base::ResourceId;
use varde_store::Found;

use super::{AddressJson, ConceptJson, PeriodJson};
use crate::gp::model::{Closed, Hours, Offer, Practice};
use crate::shared::json::ContactJson;
use crate::shared::{Role, day_of};

/// Code system of what a service takes in, in `HealthcareService.characteristic`.
const OFFER_SYSTEM: &str = "urn:varde:offer";
/// Most opening hours read of one office.
const MAX_HOURS: usize = 14;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct HoursJson {
    days_of_week: Vec<String>,
    all_day: bool,
    available_start_time: Option<Time>,
    available_end_time: Option<Time>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AwayJson {
    description: Option<String>,
    during: PeriodJson,
}

/// What is read of the office's HealthcareService and Organization.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct OfficeJson {
    name: Option<String>,
    telecom: Vec<ContactJson>,
    characteristic: Vec<ConceptJson>,
    extra_details: Option<String>,
    available_time: Vec<HoursJson>,
    not_available: Vec<AwayJson>,
}

impl OfficeJson {
    fn contact(&self, system: &str) -> Option<String> {
        self.telecom.iter().find(|contact| contact.system.as_deref() == Some(system))?.value.clone()
    }
}

/// The office, of what a role refers to and the resources that came along.
pub(in super::super) fn practice(role: &Role, included: &[Found], today: Date) -> Practice {
    let body = |kind: &str, id: &ResourceId| {
        included.iter().find(|found| found.resource_type.name() == kind && found.id == *id).map(|found| &found.body[..])
    };
    let read =
        |kind: &str, id: Option<&ResourceId>| -> Option<OfficeJson> { serde_json::from_slice(body(kind, id?)?).ok() };
    let keeper = read("Organization", role.organization.as_ref()).unwrap_or_default();
    // The list has no hours and takes nothing in; the office's own service does.
    let services = role.services.iter().filter_map(|id| read("HealthcareService", Some(id)));
    let service = services.max_by_key(|its| its.available_time.len() + its.characteristic.len()).unwrap_or_default();
    let offered = service.characteristic.iter().filter_map(|concept| Offer::from_code(concept.code(OFFER_SYSTEM)?));
    let website = service.contact("url").or_else(|| keeper.contact("url"));
    Practice {
        name: keeper.name.clone().or_else(|| role.organization_name.clone()).unwrap_or_default(),
        phone: service.contact("phone").or_else(|| keeper.contact("phone")),
        website: website.filter(|url| url.starts_with("https://")),
        address: role.location.as_ref().and_then(|id| body("Location", id)).map(address).unwrap_or_default(),
        hours: service.available_time.iter().take(MAX_HOURS).filter_map(hours).collect(),
        about: service.extra_details.clone().filter(|words| !words.trim().is_empty()),
        offers: offered.collect(),
        closed: service.not_available.iter().find_map(|away| closed(away, today)),
    }
}

fn hours(json: &HoursJson) -> Option<Hours> {
    let days: Vec<Weekday> = json.days_of_week.iter().filter_map(|code| weekday(code)).collect();
    let between = json.available_start_time.zip(json.available_end_time);
    (!days.is_empty() && (json.all_day || between.is_some()))
        .then(|| Hours { days, between: between.filter(|_| !json.all_day) })
}

fn weekday(code: &str) -> Option<Weekday> {
    Some(match code {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// An absence that holds today.
fn closed(away: &AwayJson, today: Date) -> Option<Closed> {
    let from = away.during.start.as_deref().and_then(day_of)?;
    let until = away.during.end.as_deref().and_then(day_of);
    let holds = from <= today && until.is_none_or(|until| until >= today);
    holds.then(|| Closed { until, why: away.description.clone() })
}

fn address(location: &[u8]) -> Vec<String> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct LocationJson {
        address: AddressJson,
    }
    let json: LocationJson = serde_json::from_slice(location).unwrap_or_default();
    let town: Vec<String> = [json.address.postal_code, json.address.city].into_iter().flatten().collect();
    let town = Some(town.join(" ")).filter(|town| !town.is_empty());
    json.address.line.into_iter().chain(town).collect()
}

/// The town a person is registered in, to look near; `None` for a protected address.
pub(in super::super) fn own_town(patient: &[u8]) -> Option<String> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct PatientJson {
        address: Vec<AddressJson>,
    }
    let json: PatientJson = serde_json::from_slice(patient).ok()?;
    json.address.into_iter().find_map(|address| address.city)
}
