//! What a decision needs of a Patient, a RelatedPerson and a Consent, and no more: read leniently, since what cannot be read counts as
//! what opens least.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use varde_base::{CitizenActor, NATIONAL_ID_SYSTEM, date_in_norway};

use crate::engine::Row;

/// Volven 7611, role of one who represents a citizen.
pub(super) const REPRESENTATION_SYSTEMS: [&str; 2] =
    ["urn:oid:2.16.578.1.12.4.1.1.7611", "http://helsenorge.no/fhir/CodeSystem/no-kodeverk-7611.codesystem"];
/// Our own codes for what no national code system names.
pub(super) const CONSENT_SYSTEM: &str = "urn:varde:consent";
/// HL7 v3 Confidentiality: `R` on a Patient is a protected address (*kode 7*), `V` a strictly protected one (*kode 6*).
const CONFIDENTIALITY_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
/// Our own system of the same, with the codes `6` and `7`.
const PROTECTION_SYSTEM: &str = "urn:varde:address-protection";

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Person {
    active: Option<bool>,
    meta: Meta,
    pub(super) identifier: Vec<Identifier>,
    name: Vec<HumanName>,
    birth_date: Option<String>,
    deceased_boolean: Option<bool>,
    deceased_date_time: Option<String>,
    address: Vec<Address>,
    relationship: Vec<Concept>,
    period: Period,
    general_practitioner: Vec<Reference>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Meta {
    security: Vec<Coding>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Identifier {
    pub(super) system: String,
    pub(super) value: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct HumanName {
    text: Option<String>,
    given: Vec<String>,
    family: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Address {
    #[serde(rename = "use")]
    usage: Option<String>,
    line: Vec<String>,
    postal_code: Option<String>,
    country: Option<String>,
    period: Period,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Concept {
    pub(super) coding: Vec<Coding>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Coding {
    pub(super) system: String,
    pub(super) code: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Reference {
    pub(super) reference: Option<String>,
    pub(super) identifier: Option<Identifier>,
}

/// A period in whole days in Norway; it holds on its last day too. An end with a time of day ends at that day's midnight before, if it is
/// midnight, and else with the day.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Period {
    pub(super) start: Option<String>,
    pub(super) end: Option<String>,
}

impl Period {
    pub(super) fn holds(&self, today: Date) -> bool {
        let begun = self.start.as_deref().is_none_or(|start| day(start).is_some_and(|start| start <= today));
        begun && self.end.as_deref().is_none_or(|end| day(end).is_some_and(|end| today <= end))
    }
}

/// The day in Norway a FHIR date or dateTime means; `None` for a partial one, which then opens nothing.
pub(super) fn day(text: &str) -> Option<Date> {
    match text.parse::<Timestamp>() {
        Ok(instant) => Some(date_in_norway(instant)),
        Err(_) => text.get(..10)?.parse().ok(),
    }
}

impl Person {
    pub(super) fn of(row: Option<&Row>) -> Option<Self> {
        let row = row.filter(|row| !row.deleted)?;
        serde_json::from_slice(&row.body).ok()
    }

    pub(super) fn deceased(&self) -> bool {
        self.deceased_boolean == Some(true) || self.deceased_date_time.is_some()
    }

    pub(super) fn protected_address(&self) -> bool {
        self.meta.security.iter().any(|coding| match coding.system.as_str() {
            CONFIDENTIALITY_SYSTEM => matches!(coding.code.as_str(), "R" | "V"),
            PROTECTION_SYSTEM => true,
            _ => false,
        })
    }

    /// The registered address in Norway in one comparable text; `None` for those who have none, or have moved abroad.
    pub(super) fn address(&self, today: Date) -> Option<String> {
        let registered = |address: &&Address| {
            let usage = address.usage.as_deref();
            let country = address.country.as_deref();
            let in_norway = matches!(country, None | Some("NO" | "NOR" | "Norge" | "Noreg" | "Norway"));
            matches!(usage, None | Some("home")) && in_norway && !address.line.is_empty() && address.period.holds(today)
        };
        let address = self.address.iter().find(registered)?;
        Some(format!("{}|{}", address.line.join("|"), address.postal_code.as_deref()?).to_lowercase())
    }

    pub(super) fn birth_date(&self) -> Option<Date> {
        self.birth_date.as_deref().and_then(day)
    }

    pub(super) fn display_name(&self) -> String {
        let Some(name) = self.name.first() else { return String::new() };
        name.text.clone().unwrap_or_else(|| {
            let parts = name.given.iter().map(String::as_str).chain(name.family.as_deref());
            parts.collect::<Vec<_>>().join(" ")
        })
    }

    /// The national identity number, of a RelatedPerson the number of the one who is related.
    pub(super) fn national_id(&self) -> Option<&str> {
        let number = self.identifier.iter().find(|identifier| identifier.system == NATIONAL_ID_SYSTEM)?;
        Some(&number.value)
    }

    /// Whether a RelatedPerson in force today names this citizen.
    pub(super) fn names(&self, citizen: &CitizenActor, today: Date) -> bool {
        let number = |i: &Identifier| i.system == NATIONAL_ID_SYSTEM && i.value == citizen.national_id.as_str();
        self.identifier.iter().any(number) && self.in_force(today)
    }

    pub(super) fn in_force(&self, today: Date) -> bool {
        self.active != Some(false) && self.period.holds(today)
    }

    /// Whether a RelatedPerson has a relationship of Volven 7611, such as `FO`.
    pub(super) fn is_related_as(&self, code: &str) -> bool {
        self.any_relationship(|coding| REPRESENTATION_SYSTEMS.contains(&coding.system.as_str()) && coding.code == code)
    }

    /// Whether a RelatedPerson has a relationship of our own codes, such as `FP` for a foster parent.
    pub(super) fn is_related_by_our(&self, code: &str) -> bool {
        self.any_relationship(|coding| coding.system.starts_with("urn:varde:") && coding.code == code)
    }

    /// A relation by decision must have an end.
    pub(super) fn has_end(&self) -> bool {
        self.period.end.is_some()
    }

    fn any_relationship(&self, wanted: impl Fn(&Coding) -> bool) -> bool {
        self.relationship.iter().flat_map(|concept| &concept.coding).any(wanted)
    }

    /// Whether one of the person's general practitioners is referred to like that, or by that number in the register of health personnel.
    pub(super) fn has_gp(&self, hpr_number: &str) -> bool {
        let number = |reference: &Reference| reference.identifier.as_ref().is_some_and(|i| i.value == hpr_number);
        self.general_practitioner.iter().any(number)
    }
}
