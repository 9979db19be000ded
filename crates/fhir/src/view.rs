//! Typed views of the resources our own rules read: over the tree, nothing copied, nothing required that FHIR does not.

use varde_base::{NATIONAL_ID_SYSTEM, NationalId, PatientId};

use crate::json::Node;
use crate::references::LocalReference;
use crate::{Parsed, ResourceType};

/// Extension of an address or Patient that carries the municipality code (no-basis).
const MUNICIPALITY_EXTENSIONS: [&str; 2] = [
    "http://hl7.no/fhir/StructureDefinition/no-basis-municipalitycode",
    "http://hl7.no/fhir/StructureDefinition/no-basis-municipality",
];

/// A Patient (R4 patient).
#[derive(Debug, Clone, Copy)]
pub struct PatientView<'p>(&'p Node<'p>);

/// A RelatedPerson (R4 relatedperson).
#[derive(Debug, Clone, Copy)]
pub struct RelatedPersonView<'p>(&'p Node<'p>);

/// A HumanName.
#[derive(Debug, Clone, Copy)]
pub struct NameView<'p>(&'p Node<'p>);

/// An Address.
#[derive(Debug, Clone, Copy)]
pub struct AddressView<'p>(&'p Node<'p>);

/// A code and its system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodingView<'p> {
    /// System, or empty.
    pub system: &'p str,
    /// Code, or empty.
    pub code: &'p str,
}

/// A Period: first and last, as written (dates of any precision).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeriodView<'p> {
    /// `start`.
    pub start: Option<&'p str>,
    /// `end`.
    pub end: Option<&'p str>,
}

impl<'p> PatientView<'p> {
    /// The view, when the resource is a Patient.
    pub fn new(parsed: &'p Parsed<'_>) -> Option<Self> {
        (parsed.resource_type() == ResourceType::PATIENT).then(|| Self(parsed.root()))
    }

    /// All names.
    pub fn names(self) -> impl Iterator<Item = NameView<'p>> {
        self.0.list("name").iter().map(NameView)
    }

    /// The name of a use (`official`, `usual`, `nickname`).
    pub fn name(self, of_use: &str) -> Option<NameView<'p>> {
        self.names().find(|name| name.of_use() == Some(of_use))
    }

    /// The name to show: usual, else official, else the first that is not old.
    pub fn shown_name(self) -> Option<NameView<'p>> {
        let current = || self.names().find(|name| !matches!(name.of_use(), Some("old" | "maiden")));
        self.name("usual").or_else(|| self.name("official")).or_else(current)
    }

    /// Birth date as written: a year, a month or a day.
    pub fn birth_date(self) -> Option<&'p str> {
        self.0.get("birthDate")?.str()
    }

    /// The birth day, when all of it is known.
    pub fn birth_day(self) -> Option<jiff::civil::Date> {
        self.birth_date().filter(|d| d.len() == 10)?.parse().ok()
    }

    /// The national identity number, when one with valid control digits is there.
    pub fn national_id(self) -> Option<NationalId> {
        national_id(self.0)
    }

    /// All addresses.
    pub fn addresses(self) -> impl Iterator<Item = AddressView<'p>> {
        self.0.list("address").iter().map(AddressView)
    }

    /// True when `deceased[x]` says so.
    pub fn is_deceased(self) -> bool {
        self.0.get("deceasedBoolean").and_then(Node::bool) == Some(true) || self.deceased_at().is_some()
    }

    /// When the person died, as written.
    pub fn deceased_at(self) -> Option<&'p str> {
        self.0.get("deceasedDateTime")?.str()
    }

    /// References to the general practitioners, as written.
    pub fn general_practitioners(self) -> impl Iterator<Item = &'p str> {
        self.0.list("generalPractitioner").iter().filter_map(|r| r.get("reference")?.str())
    }

    /// The first e-mail address that is in use.
    pub fn email(self) -> Option<&'p str> {
        let in_use = |contact: &&Node<'_>| contact.str_at("use") != Some("old");
        let mail = |contact: &&Node<'_>| contact.str_at("system") == Some("email");
        self.0.list("telecom").iter().filter(mail).find(in_use)?.get("value")?.str()
    }

    /// The first mobile telephone that is in use, as it is written.
    pub fn mobile(self) -> Option<&'p str> {
        let is_mobile = |contact: &&Node<'_>| {
            contact.str_at("system") == Some("phone") && matches!(contact.str_at("use"), Some("mobile") | None)
        };
        self.0.list("telecom").iter().find(is_mobile)?.get("value")?.str()
    }

    /// The language the person prefers to be addressed in, as a BCP 47 tag.
    pub fn preferred_language(self) -> Option<&'p str> {
        let languages = self.0.list("communication");
        let preferred = languages.iter().find(|l| l.get("preferred").and_then(Node::bool) == Some(true));
        preferred.or(languages.first())?.get("language")?.list("coding").first()?.get("code")?.str()
    }

    /// Security labels (`meta.security`).
    pub fn security_labels(self) -> impl Iterator<Item = CodingView<'p>> {
        codings(self.0.get("meta").map(|meta| meta.list("security")).unwrap_or_default())
    }
}

impl<'p> RelatedPersonView<'p> {
    /// The view, when the resource is a RelatedPerson.
    pub fn new(parsed: &'p Parsed<'_>) -> Option<Self> {
        (parsed.resource_type() == ResourceType::RELATED_PERSON).then(|| Self(parsed.root()))
    }

    /// The patient this person is related to.
    pub fn patient(self) -> Option<PatientId> {
        match self.0.get("patient")?.get("reference")?.str().and_then(LocalReference::parse)? {
            LocalReference { resource_type: ResourceType::PATIENT, id } => Some(PatientId::new(id)),
            _ => None,
        }
    }

    /// Pairs of system and value.
    pub fn identifiers(self) -> impl Iterator<Item = (&'p str, &'p str)> {
        identifiers(self.0)
    }

    /// The national identity number of the related person.
    pub fn national_id(self) -> Option<NationalId> {
        national_id(self.0)
    }

    /// What they are to the patient.
    pub fn relationships(self) -> impl Iterator<Item = CodingView<'p>> {
        self.0.list("relationship").iter().flat_map(|concept| codings(concept.list("coding")))
    }

    /// `active`; FHIR says nothing of a default, so missing stays missing.
    pub fn active(self) -> Option<bool> {
        self.0.get("active")?.bool()
    }

    /// How long the relation holds.
    pub fn period(self) -> PeriodView<'p> {
        let end_of = |name| self.0.get("period")?.get(name)?.str();
        PeriodView { start: end_of("start"), end: end_of("end") }
    }

    /// The first name.
    pub fn name(self) -> Option<NameView<'p>> {
        self.0.list("name").first().map(NameView)
    }
}

impl<'p> NameView<'p> {
    /// `use`.
    pub fn of_use(self) -> Option<&'p str> {
        self.0.get("use")?.str()
    }

    /// Family name.
    pub fn family(self) -> Option<&'p str> {
        self.0.get("family")?.str()
    }

    /// Given names, the middle name among them.
    pub fn given(self) -> impl Iterator<Item = &'p str> {
        self.0.list("given").iter().filter_map(Node::str)
    }

    /// The whole name: `text` when there is one, else given names and family name.
    pub fn full(self) -> String {
        if let Some(text) = self.0.get("text").and_then(Node::str) {
            return text.to_owned();
        }
        let parts: Vec<&str> = self.given().chain(self.family()).collect();
        parts.join(" ")
    }
}

impl<'p> AddressView<'p> {
    /// `use`.
    pub fn of_use(self) -> Option<&'p str> {
        self.0.get("use")?.str()
    }

    /// Street lines.
    pub fn lines(self) -> impl Iterator<Item = &'p str> {
        self.0.list("line").iter().filter_map(Node::str)
    }

    /// Postal code.
    pub fn postal_code(self) -> Option<&'p str> {
        self.0.get("postalCode")?.str()
    }

    /// Postal town.
    pub fn city(self) -> Option<&'p str> {
        self.0.get("city")?.str()
    }

    /// Municipality: the four-digit number where the no-basis extension of `district` carries one, else the text of `district`.
    pub fn municipality(self) -> Option<&'p str> {
        let holders = [self.0.get("_district"), Some(self.0)].into_iter().flatten();
        let extensions = holders.flat_map(|holder| holder.list("extension"));
        let code = extensions
            .filter(|e| e.get("url").and_then(Node::str).is_some_and(|u| MUNICIPALITY_EXTENSIONS.contains(&u)));
        let code = code.filter_map(|e| e.get("valueCoding")?.get("code")?.str()).next();
        code.or_else(|| self.0.get("district")?.str())
    }
}

fn codings<'p>(list: &'p [Node<'p>]) -> impl Iterator<Item = CodingView<'p>> {
    list.iter().map(|coding| {
        let text = |name| coding.get(name).and_then(Node::str).unwrap_or_default();
        CodingView { system: text("system"), code: text("code") }
    })
}

fn identifiers<'p>(node: &'p Node<'p>) -> impl Iterator<Item = (&'p str, &'p str)> {
    node.list("identifier").iter().filter_map(|identifier| {
        let system = identifier.get("system").and_then(Node::str).unwrap_or_default();
        Some((system, identifier.get("value")?.str()?))
    })
}

fn national_id(node: &Node<'_>) -> Option<NationalId> {
    node.list("identifier").iter().find_map(|identifier| {
        let is_national = identifier.get("system").and_then(Node::str) == Some(NATIONAL_ID_SYSTEM);
        is_national.then(|| identifier.get("value")?.str()?.parse().ok()).flatten()
    })
}
