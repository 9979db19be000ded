//! From a parsed resource to a write: body, index entries and labels, drawn in the one order that is right.

use varde_base::ResourceId;
use varde_fhir::{Parsed, Prepared, ReferenceMap, compartment_patient, index};
use varde_rights::{Action, Labels, label};

use crate::types::{Expect, Put};

impl Put {
    /// A write of `parsed` under `id`. The id is set and references are rewritten first, since whose the resource is and what it is
    /// found by follow from them.
    pub fn new(
        mut parsed: Parsed<'_>,
        id: &ResourceId,
        references: &ReferenceMap,
        expect: Expect,
        action: Action,
    ) -> Self {
        // From the raw bytes, so that what is stored keeps every decimal as it was written.
        let prepared = Prepared::new(&parsed, id, references);
        parsed.set_id(id);
        parsed.rewrite_references(references);
        Self {
            resource_type: parsed.resource_type(),
            id: id.clone(),
            prepared,
            index: index::extract(&parsed),
            labels: labels(&parsed),
            expect,
            precondition: None,
            action,
        }
    }
}

/// The rights labels of a resource whose id is set.
pub fn labels(parsed: &Parsed<'_>) -> Labels {
    let root = parsed.root();
    let security = root.at("meta").map(|meta| meta.list("security")).unwrap_or_default();
    let security =
        security.iter().map(|c| (c.str_at("system").unwrap_or_default(), c.str_at("code").unwrap_or_default()));
    let categories = ["serviceCategory", "category"].into_iter().flat_map(|name| root.list(name));
    let codes = categories.flat_map(|concept| concept.list("coding")).filter_map(|coding| coding.str_at("code"));
    label(parsed.resource_type().name(), compartment_patient(parsed), security, codes)
}

#[cfg(test)]
mod tests {
    use varde_fhir::json::Limits;
    use varde_rights::{ItemLabel, Service};

    use super::*;

    #[test]
    fn labels_are_drawn_from_the_resource() {
        let body = br#"{"resourceType":"Appointment","status":"booked","serviceCategory":[{"coding":[{"code":"27"}]}],
            "meta":{"security":[{"system":"urn:oid:2.16.578.1.12.4.1.1.9603","code":"NORN_FORANS"}]},
            "participant":[{"actor":{"reference":"Patient/p1"},"status":"accepted"}]}"#;
        let parsed = Parsed::parse(body, &Limits::default()).unwrap();
        let put = Put::new(parsed, &"a1".parse().unwrap(), &ReferenceMap::new(), Expect::Absent, Action::Write);
        assert_eq!(put.labels.service, Service::SpecialistAppointments);
        assert_eq!(put.labels.item, ItemLabel::NotParent);
        assert_eq!(put.labels.patient, "p1".parse().ok());
    }
}
