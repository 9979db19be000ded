//! The JSON of a Consent, as far as anything here reads it.

use serde::Deserialize;
use varde_base::PatientId;

use crate::shared::Unreadable;
use crate::shared::json::{CodingJson, ConceptJson, IdentifierJson, PeriodJson};

/// Volven 7611, kinds of representation.
pub(in super::super) const REPRESENTATION_SYSTEM: &str = "urn:oid:2.16.578.1.12.4.1.1.7611";
/// Our own codes for what no national code system names.
pub(in super::super) const CONSENT_SYSTEM: &str = "urn:varde:consent";

/// Extension of an area: it is used up the first time.
pub(in super::super) const ONCE_EXTENSION: &str = "urn:varde:once";

/// A Consent that does not have the form of one.
pub(in super::super) const UNREADABLE: Unreadable = Unreadable("Consent");

#[derive(Deserialize, Default)]
pub(in super::super) struct ReferenceJson {
    pub reference: Option<String>,
    pub identifier: Option<IdentifierJson>,
    pub display: Option<String>,
}

impl ReferenceJson {
    pub(in super::super) fn patient(&self) -> Option<PatientId> {
        self.reference.as_deref()?.strip_prefix("Patient/")?.parse().ok()
    }
}

#[derive(Deserialize)]
pub(in super::super) struct ActorJson {
    #[serde(default)]
    pub reference: ReferenceJson,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct ProvisionJson {
    pub period: PeriodJson,
    pub actor: Vec<ActorJson>,
    pub code: Vec<AreaJson>,
}

/// One thing a Consent is about: an area, a service, a level.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct AreaJson {
    pub coding: Vec<CodingJson>,
    pub extension: Vec<FlagJson>,
}

impl AreaJson {
    /// Whether this area is used up the first time.
    pub(in super::super) fn is_once(&self) -> bool {
        self.extension.iter().any(|flag| flag.url == ONCE_EXTENSION && flag.value_boolean)
    }
}

/// An extension that says yes or no.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(in super::super) struct FlagJson {
    pub url: String,
    pub value_boolean: bool,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(in super::super) struct MetaJson {
    pub last_updated: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ConsentJson {
    pub id: String,
    #[serde(default)]
    pub meta: MetaJson,
    pub status: String,
    pub date_time: Option<String>,
    #[serde(default)]
    pub category: Vec<ConceptJson>,
    pub patient: ReferenceJson,
    #[serde(default)]
    pub performer: Vec<ReferenceJson>,
    #[serde(default)]
    pub source_reference: ReferenceJson,
    #[serde(default)]
    pub provision: ProvisionJson,
}

impl ConsentJson {
    /// The first code of its category in a code system.
    pub(in super::super) fn category_of(&self, system: &str) -> Option<&str> {
        let mut codings = self.category.iter().flat_map(|concept| &concept.coding);
        codings.find(|coding| coding.is_of(system)).map(|coding| coding.code.as_deref().unwrap_or_default())
    }

    /// The codes of its provision.
    pub(in super::super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.provision
            .code
            .iter()
            .flat_map(|concept| &concept.coding)
            .map(|coding| coding.code.as_deref().unwrap_or_default())
    }
}
