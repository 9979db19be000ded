//! From a validated resource to what is written, with everything derived from it derived once and in the right order.

use bytes::Bytes;
use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};
use varde_fhir::json::Node;
use varde_fhir::{Parsed, Prepared, ReferenceMap, compartment_patient, index};
use varde_rights::{Action, Labels, label, of_message};

use crate::release;
use crate::types::{Expect, Put, Written};

impl Put {
    /// Takes a resource with the id it shall have: rewrites references, finds whose it is, labels it and extracts its index.
    /// It expects nothing and writes as a program does; set the fields to say otherwise.
    pub fn new(mut parsed: Parsed<'_>, id: ResourceId, references: &ReferenceMap) -> Self {
        parsed.set_id(&id);
        parsed.rewrite_references(references);
        let resource_type = parsed.resource_type();
        let labels = labels_of(&parsed, &id);
        let release = release::of(resource_type.name(), parsed.root());
        let index = index::extract(&parsed);
        // The references are rewritten already.
        let prepared = Prepared::new(&parsed, &id, &ReferenceMap::new());
        Self {
            resource_type,
            id,
            prepared,
            index,
            labels,
            release,
            expect: Expect::Any,
            is_new: false,
            precondition: None,
            action: Action::Write,
        }
    }

    /// As [`Put::new`], with an id that was made for it.
    pub fn fresh(parsed: Parsed<'_>, id: ResourceId, references: &ReferenceMap) -> Self {
        Self { expect: Expect::Absent, is_new: true, ..Self::new(parsed, id, references) }
    }

    /// What it comes to when only its index rows were written.
    pub(crate) fn indexed(&self, version: u64, updated: Timestamp, unchanged: bool) -> Written {
        Written {
            resource_type: self.resource_type,
            id: self.id.clone(),
            version,
            updated,
            created: false,
            deleted: false,
            unchanged,
            body: Bytes::new(),
        }
    }
}

/// Whose a resource is and which rules hold for it, but for when it is released.
pub(crate) fn labels_of(parsed: &Parsed<'_>, id: &ResourceId) -> Labels {
    let (of_type, root) = (parsed.resource_type().name(), parsed.root());
    let meta = root.get("meta").map(|meta| meta.list("security")).unwrap_or_default();
    // A Task or a Basic has no category; its code says what it is about.
    let task = Some(root).filter(|_| matches!(of_type, "Task" | "Basic")).and_then(|root| root.get("code"));
    let concepts = root.list("serviceCategory").iter().chain(root.list("category")).chain(task);
    let codes = concepts.flat_map(|concept| codings(concept.list("coding"))).map(|(_, code)| code);
    if let Some((patient, code)) = file_of_message(of_type, root) {
        return label(of_type, Some(patient), codings(meta), std::iter::once(code));
    }
    let labels = label(of_type, compartment_patient(parsed), codings(meta), codes);
    labels.of_referral(release::referral(of_type, id, root))
}

/// Code system of services, in the tag of a file of a message.
const SERVICE_SYSTEM: &str = "urn:varde:service";

/// Whose a Binary is that says that it came with a message (`meta.tag`), and the code of the service it says. Any other has no rights of its own.
fn file_of_message<'n>(of_type: &str, root: &'n Node<'_>) -> Option<(PatientId, &'n str)> {
    if of_type != "Binary" {
        return None;
    }
    let mut tags = codings(root.get("meta")?.list("tag"));
    let (_, code) = tags.find(|(system, code)| *system == SERVICE_SYSTEM && of_message(code).is_some())?;
    let context = root.get("securityContext")?.get("reference").and_then(Node::str)?;
    Some((context.strip_prefix("Patient/")?.parse().ok()?, code))
}

/// System and code of each coding.
fn codings<'n>(list: &'n [Node<'_>]) -> impl Iterator<Item = (&'n str, &'n str)> {
    list.iter().map(|coding| {
        let text = |name| coding.get(name).and_then(Node::str).unwrap_or_default();
        (text("system"), text("code"))
    })
}

#[cfg(test)]
mod tests {
    use varde_fhir::json::Limits;
    use varde_rights::{ItemLabel, Service};

    use super::*;

    #[test]
    fn a_binary_is_a_patients_when_it_says_that_it_came_with_a_message_of_theirs() {
        let labels = |tag: &str, context: &str| {
            let body = format!(
                r#"{{"resourceType":"Binary","contentType":"image/png","data":"iVBORw==","securityContext":{{"reference":"{context}"}},
                "meta":{{"tag":[{{"system":"urn:varde:service","code":"{tag}"}}],
                "security":[{{"system":"urn:oid:2.16.578.1.12.4.1.1.9603","code":"N"}}]}}}}"#
            );
            let parsed = Parsed::parse(body.as_bytes(), &Limits::default()).unwrap();
            let labels = Put::new(parsed, "b1".parse().unwrap(), &ReferenceMap::new()).labels;
            (labels.patient.map(|patient| patient.to_string()), labels.service, labels.item)
        };
        let (kari, shared) = (Some("p1".to_owned()), ItemLabel::SHARED);
        assert_eq!(labels("messages", "Patient/p1"), (kari.clone(), Service::Messages, shared));
        assert_eq!(labels("consultations", "Patient/p1"), (kari, Service::Consultations, shared));
        for (tag, context) in [
            ("results", "Patient/p1"),
            ("messages", "DocumentReference/d1"),
            ("messages", "Patient/"),
            ("message", "Patient/p1"),
        ] {
            assert_eq!(labels(tag, context), (None, Service::OtherHealth, shared), "{tag} {context}");
        }
    }

    #[test]
    fn labels_follow_from_the_resource_with_its_references_rewritten() {
        let body = br#"{"resourceType":"Appointment","status":"booked","serviceCategory":[{"coding":[{"code":"27"}]}],
            "meta":{"security":[{"system":"urn:oid:2.16.578.1.12.4.1.1.9603","code":"NORN_FORANS"}]},
            "participant":[{"actor":{"reference":"urn:uuid:p"},"status":"accepted"}]}"#;
        let parsed = Parsed::parse(body, &Limits::default()).unwrap();
        let mut references = ReferenceMap::new();
        references.insert("urn:uuid:p", varde_fhir::ResourceType::PATIENT, &"p1".parse().unwrap());
        let put = Put::new(parsed, "a1".parse().unwrap(), &references);
        assert_eq!(put.labels.service, Service::SpecialistAppointments);
        assert_eq!(put.labels.item, ItemLabel::NOT_PARENT);
        assert_eq!(put.labels.patient, "p1".parse().ok());
    }
}
