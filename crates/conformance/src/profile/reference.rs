use std::collections::HashMap;

use varde_fhir::json::Node;
use varde_fhir::{IssueCode, ResourceType, Severity};

use super::element::{Element, TypeRef};
use super::item::Item;
use super::place::Place;
use super::validator::{Context, Run};
use crate::definitions::{Definitions, HL7_STRUCTURES};
use crate::path;

/// Most entries of a Bundle that references are looked for in.
const MAX_ENTRIES: usize = 20_000;

/// The resources of a Bundle by what references call them.
#[derive(Default)]
pub(super) struct Entries<'n> {
    by_url: HashMap<&'n str, &'n Node<'n>>,
    /// `Type/id`, from the end of the full address or from the resource itself.
    by_id: HashMap<String, &'n Node<'n>>,
}

impl<'n> Entries<'n> {
    pub(super) fn of(root: &'n Node<'n>) -> Self {
        let mut entries = Self::default();
        for entry in root.list("entry").iter().take(MAX_ENTRIES) {
            let Some(resource) = entry.get("resource") else { continue };
            if let Some(url) = entry.get("fullUrl").and_then(Node::str) {
                entries.by_url.insert(url, resource);
            }
            let text = |name: &str| resource.get(name).and_then(Node::str);
            if let (Some(kind), Some(id)) = (text("resourceType"), text("id")) {
                entries.by_id.insert(format!("{kind}/{id}"), resource);
            }
        }
        entries
    }
}

/// Rules may follow references to other entries of the Bundle.
impl<'x, 'n: 'x> path::Resolve<'x> for Entries<'n> {
    fn resolve(&self, reference: &str) -> Option<&'x Node<'x>> {
        self.by_url.get(reference).or_else(|| self.by_id.get(reference)).copied()
    }
}

/// What a reference leads to.
pub(super) enum Target<'n> {
    /// A resource that is at hand.
    Found(&'n Node<'n>),
    /// One that is elsewhere, with its type when the reference tells it.
    Elsewhere(Option<&'n str>),
}

impl<'n> Run<'_, 'n> {
    pub(super) fn resolve(&self, value: &'n Node<'n>, context: &Context<'n>) -> Target<'n> {
        let text = |name: &str| value.get(name).and_then(Node::str);
        // A canonical is a text itself.
        let Some(reference) = value.str().or_else(|| text("reference")) else { return Target::Elsewhere(text("type")) };
        if let Some(id) = reference.strip_prefix('#') {
            let container = context.container.unwrap_or(context.resource);
            if id.is_empty() {
                return Target::Found(container);
            }
            let contained = container.list("contained").iter();
            let found = contained.into_iter().find(|inner| inner.get("id").and_then(Node::str) == Some(id));
            return found.map_or(Target::Elsewhere(text("type")), Target::Found);
        }
        let entries = &self.entries;
        let bare = reference.split("/_history/").next().unwrap_or(reference);
        let found = entries.by_url.get(bare).or_else(|| entries.by_id.get(bare));
        let by_type = || text("type").or_else(|| type_in(reference));
        found.map_or_else(|| Target::Elsewhere(by_type()), |node| Target::Found(node))
    }

    /// A reference leads to a type that is allowed, and what is at hand fits one of the profiles that are named.
    pub(super) fn reference(&mut self, item: &Item<'n>, element: &Element, place: &Place<'_>, context: &Context<'n>) {
        let Some(own) = element.type_ref("Reference").filter(|own| !own.targets.is_empty()) else { return };
        let Some(value) = item.value else { return };
        let (kind, node) = match self.resolve(value, context) {
            Target::Found(node) => (node.get("resourceType").and_then(Node::str), Some(node)),
            Target::Elsewhere(kind) => (kind, None),
        };
        let Some(kind) = kind else { return };
        let allowed: Vec<&str> = own.targets.iter().map(|target| &**target).collect();
        let fitting: Vec<&str> = allowed
            .iter()
            .copied()
            .filter(|target| is_of_type(self.definitions, target, kind) != Some(false))
            .collect();
        if fitting.is_empty() {
            let names: Vec<&str> = allowed.iter().map(|target| target.rsplit('/').next().unwrap_or(target)).collect();
            let text = format!("a reference to {kind}; allowed here: {}", names.join(", "));
            self.say(Severity::Error, IssueCode::Structure, place, text);
            return;
        }
        let is_plain = |target: &&str| {
            target.split('|').next().unwrap_or_default().strip_prefix(HL7_STRUCTURES).is_some_and(is_resource_type)
        };
        if let Some(node) = node
            && self.options.targets
            && !fitting.iter().any(is_plain)
            && !fitting.iter().any(|target| self.conforms(node, target, context))
        {
            let text = format!("what is referred to does not fit {}", fitting.join(" or "));
            self.say(Severity::Error, IssueCode::Structure, place, text);
        }
    }
}

fn is_resource_type(name: &str) -> bool {
    ResourceType::from_name(name).is_some() || matches!(name, "Resource" | "DomainResource")
}

/// Whether a profile is one of a type; `None` when that is not known.
pub(super) fn is_of_type(definitions: &Definitions, profile: &str, kind: &str) -> Option<bool> {
    let bare = profile.split('|').next().unwrap_or_default();
    match bare.strip_prefix(HL7_STRUCTURES) {
        Some("Resource" | "DomainResource") => Some(true),
        Some(name) if is_resource_type(name) => Some(name == kind),
        _ => Some(*definitions.structure(profile)?.ok()?.type_name == *kind),
    }
}

/// The types a profile or a type stands for.
pub(super) fn allows(definitions: &Definitions, own: &TypeRef, kind: &str) -> bool {
    match &*own.code {
        "Reference" | "canonical" => {
            own.targets.iter().any(|target| is_of_type(definitions, target, kind) == Some(true))
        }
        "Resource" | "DomainResource" => {
            own.profiles.is_empty() || own.profiles.iter().any(|p| is_of_type(definitions, p, kind) == Some(true))
        }
        code => code == kind,
    }
}

/// `Patient` in `Patient/1`, `https://x/fhir/Patient/1` and `Patient/1/_history/2`.
fn type_in(reference: &str) -> Option<&str> {
    let bare = reference.split(['?', '|']).next().unwrap_or(reference);
    let bare = bare.split("/_history/").next().unwrap_or(bare);
    let (before, _) = bare.rsplit_once('/')?;
    let name = before.rsplit('/').next()?;
    ResourceType::from_name(name).map(|_| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_references_type_is_read_from_it() {
        for (reference, expected) in [
            ("Patient/1", Some("Patient")),
            ("https://x.no/fhir/Patient/1/_history/2", Some("Patient")),
            ("urn:uuid:x", None),
            ("patient/1", None),
            ("1", None),
        ] {
            assert_eq!(type_in(reference), expected, "{reference}");
        }
    }
}
