//! A person's preferences as a FHIR R4 Basic (`urn:varde:basic`, `notification-settings`); docs/api.md has an example.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use varde_base::{Language, PatientId, ResourceId};
use varde_store::GateError;

use super::model::{Channel, Channels, Choices, Device, Kind, Preferences, Quiet};
use super::rules::MAX_DEVICES;
use crate::shared::json::ReferenceJson;
use crate::shared::{Unreadable, derived_from_urn};

const UNREADABLE: Unreadable = Unreadable("Basic");
const CHOICE: &str = "urn:varde:notification-choice";
const FALLBACK: &str = "urn:varde:notification-fallback";
const QUIET: &str = "urn:varde:quiet-hours";
const LANGUAGE: &str = "urn:varde:notification-language";
const DEVICE: &str = "urn:varde:push-device";

/// The id of a person's preferences, made of the person's own, so that there is one.
pub fn preferences_id(patient: &PatientId) -> ResourceId {
    derived_from_urn(&format!("urn:varde:notification-settings/{patient}"))
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ExtensionJson {
    url: String,
    value_code: Option<String>,
    value_string: Option<String>,
    value_url: Option<String>,
    value_date_time: Option<String>,
    value_reference: Option<ReferenceJson>,
    extension: Vec<ExtensionJson>,
}

#[derive(Deserialize)]
struct BasicJson {
    #[serde(default)]
    extension: Vec<ExtensionJson>,
}

impl ExtensionJson {
    fn part(&self, url: &str) -> Option<&Self> {
        self.extension.iter().find(|part| part.url == url)
    }

    fn text(&self, url: &str) -> Option<String> {
        let part = self.part(url)?;
        [&part.value_string, &part.value_url, &part.value_date_time].into_iter().find_map(Clone::clone)
    }

    fn channels(&self) -> Channels {
        let codes = self.extension.iter().filter(|part| part.url == "channel");
        codes.filter_map(|part| Channel::from_key(part.value_code.as_deref()?)).collect()
    }
}

/// Reads preferences. What is not known is left out.
///
/// # Errors
/// [`GateError::Fault`] for what is no Basic.
pub fn preferences(body: &[u8]) -> Result<Preferences, GateError> {
    let json: BasicJson = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
    let mut preferences = Preferences::default();
    for extension in &json.extension {
        match extension.url.as_str() {
            CHOICE => choice(extension, &mut preferences),
            FALLBACK => preferences.fallback = extension.channels(),
            QUIET => preferences.quiet = extension.value_string.as_deref().and_then(Quiet::from_key),
            LANGUAGE => preferences.language = extension.value_code.as_deref().and_then(Language::from_tag),
            DEVICE => preferences.devices.extend(device(extension)),
            _ => {}
        }
    }
    preferences.devices.truncate(MAX_DEVICES);
    Ok(preferences)
}

fn choice(extension: &ExtensionJson, preferences: &mut Preferences) {
    let kind = extension.part("kind").and_then(|part| Kind::from_key(part.value_code.as_deref()?));
    let Some(kind) = kind else { return };
    let choices = match extension.part("about") {
        None => &mut preferences.own,
        Some(part) => {
            let reference = part.value_reference.as_ref().and_then(|reference| reference.reference.as_deref());
            let about = reference.and_then(|text| text.strip_prefix("Patient/")?.parse::<PatientId>().ok());
            let Some(about) = about else { return };
            preferences.about.entry(about).or_default()
        }
    };
    choices.insert(kind, extension.channels());
}

fn device(extension: &ExtensionJson) -> Option<Device> {
    Some(Device {
        endpoint: extension.text("endpoint")?,
        p256dh: extension.text("p256dh")?,
        auth: extension.text("auth")?,
        added: extension.text("added").unwrap_or_default(),
    })
}

/// The resource of a person's preferences.
pub(super) fn body(id: &ResourceId, patient: &PatientId, preferences: &Preferences) -> Value {
    let channels = |channels: Channels| {
        channels.iter().map(|channel| json!({ "url": "channel", "valueCode": channel.key() })).collect::<Vec<_>>()
    };
    let choices = |about: Option<&PatientId>, choices: &Choices| {
        let one = |(kind, chosen): (&Kind, &Channels)| {
            let mut parts = vec![json!({ "url": "kind", "valueCode": kind.key() })];
            let reference = |about: &PatientId| json!({ "reference": format!("Patient/{about}") });
            parts.extend(about.map(|about| json!({ "url": "about", "valueReference": reference(about) })));
            parts.extend(channels(*chosen));
            json!({ "url": CHOICE, "extension": parts })
        };
        choices.iter().map(one).collect::<Vec<_>>()
    };
    let mut extensions = choices(None, &preferences.own);
    extensions.extend(preferences.about.iter().flat_map(|(about, its)| choices(Some(about), its)));
    let fallback = channels(preferences.fallback);
    // FHIR has no empty list, so "nothing" is said with a word that is no channel.
    let none = || vec![json!({ "url": "channel", "valueCode": "none" })];
    extensions.push(json!({ "url": FALLBACK, "extension": if fallback.is_empty() { none() } else { fallback } }));
    extensions.extend(preferences.quiet.map(|quiet| json!({ "url": QUIET, "valueString": quiet.key() })));
    extensions.extend(preferences.language.map(|tongue| json!({ "url": LANGUAGE, "valueCode": tongue.tag() })));
    extensions.extend(preferences.devices.iter().map(|device| {
        json!({ "url": DEVICE, "extension": [
            { "url": "endpoint", "valueUrl": device.endpoint },
            { "url": "p256dh", "valueString": device.p256dh },
            { "url": "auth", "valueString": device.auth },
            { "url": "added", "valueDateTime": device.added },
        ]})
    }));
    json!({
        "resourceType": "Basic",
        "id": id.as_str(),
        "code": { "coding": [{ "system": "urn:varde:basic", "code": "notification-settings" }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "extension": extensions,
    })
}

/// A person's own choices, for a form: what is chosen, or what is usual.
pub(super) fn shown(choices: Option<&Choices>, own: &Choices, kind: Kind) -> Channels {
    let mine = choices.and_then(|choices| choices.get(&kind));
    mine.or_else(|| own.get(&kind)).copied().unwrap_or(super::rules::USUAL)
}

/// Replaces the choices for a person (`None`: oneself).
pub(super) fn choose(preferences: &mut Preferences, about: Option<&PatientId>, chosen: BTreeMap<Kind, Channels>) {
    match about {
        None => preferences.own = chosen,
        Some(about) => {
            preferences.about.insert(about.clone(), chosen);
        }
    }
}
