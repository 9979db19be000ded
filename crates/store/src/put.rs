//! From a validated resource to what is written, with everything derived from it derived once and in the right order.

use varde_base::ResourceId;
use varde_fhir::json::Node;
use varde_fhir::{Parsed, Prepared, ReferenceMap, compartment_patient, index};
use varde_rights::{Action, label};

use crate::types::{Expect, Put};

impl Put {
    /// Takes a resource with the id it shall have: rewrites references, finds whose it is, labels it and extracts its index.
    /// It expects nothing and writes as a program does; set the fields to say otherwise.
    pub fn new(mut parsed: Parsed<'_>, id: ResourceId, references: &ReferenceMap) -> Self {
        parsed.set_id(&id);
        parsed.rewrite_references(references);
        let resource_type = parsed.resource_type();
        let root = parsed.root();
        let meta = root.get("meta").map(|meta| meta.list("security")).unwrap_or_default();
        let concepts = root.list("serviceCategory").iter().chain(root.list("category"));
        let codes = concepts.flat_map(|concept| codings(concept.list("coding"))).map(|(_, code)| code);
        let labels = label(resource_type.name(), compartment_patient(&parsed), codings(meta), codes);
        let index = index::extract(&parsed);
        // The references are rewritten already.
        let prepared = Prepared::new(&parsed, &id, &ReferenceMap::new());
        Self {
            resource_type,
            id,
            prepared,
            index,
            labels,
            expect: Expect::Any,
            precondition: None,
            action: Action::Write,
        }
    }
}

/// System and code of each coding.
fn codings<'n>(list: &'n [Node<'_>]) -> impl Iterator<Item = (&'n str, &'n str)> {
    list.iter().map(|coding| {
        let text = |name| coding.get(name).and_then(Node::str).unwrap_or_default();
        (text("system"), text("code"))
    })
}
