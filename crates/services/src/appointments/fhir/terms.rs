//! What an appointment is and what may be done with it: who offers it, how one meets, the rights the clinic has set, the row it is one of.
//!
//! R4 has no elements for these but the first, so they are extensions of ours (docs/api.md, "Appointments"); of the Helsenorge profile the
//! contained Flags and the residence as a place are understood too.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::Value;

use super::super::model::{Meeting, Place, Provider, Rights, Series};
use super::super::rules::CHANGE_DEADLINE;
use super::{CodingJson, ConceptJson, GENERAL_PRACTICE, ReferenceJson, SERVICE_CATEGORY};

/// What the citizen may do, a code each: `cancel`, `change`, `comment`, `short-notice`, or `nothing`. Without it all is allowed.
const MAY: &str = "urn:varde:citizen-may";

/// Hours before its beginning until which it can be moved or called off.
const DEADLINE: &str = "urn:varde:change-deadline-hours";

/// How one meets: `video`, `telephone`, `home`, `group`.
const MEETING: &str = "urn:varde:meeting";

/// Where a video meeting is.
const VIDEO: &str = "urn:varde:video";

/// The row it is one of, with `id`, `number` and `count`.
const SERIES: &str = "urn:varde:series";

/// Longest time before an appointment that a clinic can ask for: a month.
const MAX_DEADLINE_HOURS: u32 = 31 * 24;

/// Municipal services (Volven 7619).
const MUNICIPAL: &str = "urn:oid:2.16.578.1.12.4.1.1.7619";

/// R4 valueset-service-type, and its code of physiotherapy.
const SERVICE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/service-type";
const PHYSIOTHERAPY: &str = "65";

/// An extension, with the values that ours have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExtensionJson {
    pub(super) url: String,
    pub(super) value_code: Option<String>,
    pub(super) value_string: Option<String>,
    pub(super) value_url: Option<String>,
    pub(super) value_positive_int: Option<u32>,
    pub(super) value_date_time: Option<jiff::Timestamp>,
    pub(super) value_reference: Option<ReferenceJson>,
    #[serde(default)]
    pub(super) extension: Vec<ExtensionJson>,
}

/// The extensions with this address.
pub(super) fn with<'e>(extensions: &'e [ExtensionJson], url: &'e str) -> impl Iterator<Item = &'e ExtensionJson> {
    extensions.iter().filter(move |extension| extension.url == url)
}

/// Who offers it, by category and type.
pub(super) fn provider(categories: &[ConceptJson], types: &[ConceptJson]) -> Provider {
    let has = |concepts: &[ConceptJson], system: &str, code: Option<&str>| {
        let is =
            |coding: &CodingJson| coding.is_of(system) && code.is_none_or(|code| coding.code.as_deref() == Some(code));
        concepts.iter().flat_map(|concept| &concept.coding).any(is)
    };
    let codes = || categories.iter().flat_map(|concept| &concept.coding).filter_map(|coding| coding.code.as_deref());
    if codes().any(|code| matches!(code, "27" | "30")) {
        Provider::Hospital
    } else if has(types, SERVICE_TYPE, Some(PHYSIOTHERAPY)) {
        Provider::Physiotherapist
    } else if has(categories, MUNICIPAL, None) {
        Provider::Municipality
    } else if has(categories, SERVICE_CATEGORY, Some(GENERAL_PRACTICE)) {
        Provider::Gp
    } else {
        Provider::Other
    }
}

/// How one meets. An address of a video meeting that is not encrypted is not given to anybody.
pub(super) fn meeting(extensions: &[ExtensionJson], place: Option<&Place>) -> Meeting {
    let video = with(extensions, VIDEO).find_map(|its| its.value_url.clone());
    let said = with(extensions, MEETING).find_map(|its| its.value_code.as_deref());
    match said {
        Some("video") => Meeting::Video(video.filter(|address| is_safe(address))),
        Some("telephone") => Meeting::Telephone,
        Some("home") => Meeting::Home,
        Some("group") => Meeting::Group,
        _ if video.is_some() => Meeting::Video(video.filter(|address| is_safe(address))),
        _ if place.is_some_and(|place| place.is_home) => Meeting::Home,
        _ => Meeting::Place,
    }
}

fn is_safe(address: &str) -> bool {
    address.starts_with("https://") && !address.contains(char::is_whitespace)
}

/// What the clinic lets the citizen do. The Flags of the Helsenorge profile count when there are any; else our own extension; else all.
pub(super) fn rights(extensions: &[ExtensionJson], contained: &[Value]) -> Rights {
    let flags: Vec<&str> = contained.iter().filter_map(flag).collect();
    let own: Vec<&str> = with(extensions, MAY).filter_map(|its| its.value_code.as_deref()).collect();
    let hours = with(extensions, DEADLINE).find_map(|its| its.value_positive_int);
    let deadline =
        hours.map_or(CHANGE_DEADLINE, |hours| SignedDuration::from_hours(i64::from(hours.min(MAX_DEADLINE_HOURS))));
    let rights = |cancel, change, comment, short_notice| Rights { cancel, change, comment, short_notice, deadline };
    if !flags.is_empty() {
        let has = |codes: &[&str]| codes.iter().any(|code| flags.contains(code));
        return rights(
            has(&["cancel", "cancelWithComment"]),
            has(&["canChangeAppointment"]),
            has(&["cancelWithComment", "canChangeAppointmentDialog", "canInitiateDialog"]),
            has(&["canUseShortNotice"]),
        );
    }
    let has = |code| own.is_empty() || own.contains(&code);
    rights(has("cancel"), has("change"), has("comment"), has("short-notice"))
}

/// The code of a contained Flag.
fn flag(contained: &Value) -> Option<&str> {
    (contained.get("resourceType")?.as_str()? == "Flag").then_some(())?;
    contained.pointer("/code/coding/0/code")?.as_str()
}

/// The row it is one of.
pub(super) fn series(extensions: &[ExtensionJson]) -> Option<Series> {
    let parts = &with(extensions, SERIES).next()?.extension;
    let number = |url| with(parts, url).find_map(|its| its.value_positive_int);
    let id = with(parts, "id").find_map(|its| its.value_string.clone())?;
    Some(Series { id, number: number("number"), count: number("count") })
}

/// The Helsenorge profile's tag that says that no reminder is wanted, or no notice at all.
pub(super) fn no_reminder(tags: &[CodingJson]) -> bool {
    no_notice(tags) || says_no(tags, "/paminnelse")
}

/// The one that says that no notice is wanted.
pub(super) fn no_notice(tags: &[CodingJson]) -> bool {
    says_no(tags, "/varsling")
}

fn says_no(tags: &[CodingJson], system: &str) -> bool {
    let is = |tag: &CodingJson| tag.system.as_deref().is_some_and(|its| its.ends_with(system));
    tags.iter().any(|tag| is(tag) && tag.code.as_deref() == Some("1"))
}
