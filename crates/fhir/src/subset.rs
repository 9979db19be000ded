//! Parts of resources: `_elements` and `_summary` (R4 search, sections 3.1.1.5.8 and 3.1.1.5.9).

use crate::ResourceType;
use crate::definition::{E, Kind, T};
use crate::json::{self, Limits, Member, Node, Object, write_node, write_string};

/// Which part of a resource is wanted. What identifies it, its `meta` and what R4 requires of it are always there, so that a part is
/// still a valid resource; it carries the tag `SUBSETTED`, so that nobody takes it for the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subset {
    /// These elements of the first level, by name; of an element with a choice of types the name without the type.
    Elements(Vec<String>),
    /// The narrative.
    Text,
    /// Everything but the narrative.
    Data,
    /// What R4 counts as the summary of the type, inside its elements too.
    Summary,
}

impl Subset {
    /// Whether a type has an element of this name at its first level. `resourceType` counts as one: it is always there, and some
    /// clients always name it.
    pub fn is_element(resource_type: ResourceType, name: &str) -> bool {
        let Some(definition) = T::of(resource_type) else { return false };
        name == "resourceType" || definition.2.iter().any(|element| is_named(element, name))
    }

    /// The part of a stored resource; `None` when the bytes are no resource.
    pub fn of(&self, resource_type: ResourceType, body: &[u8]) -> Option<Vec<u8>> {
        let definition = T::of(resource_type)?;
        let root = json::parse(body, &Limits::default()).ok()?;
        let object = root.object()?;
        let mut out = String::with_capacity(body.len());
        out.push('{');
        for member in object.members().iter().filter(|member| self.keeps(definition, &member.name)) {
            name(&mut out, &member.name);
            match member.value.object() {
                Some(meta) if member.name == "meta" => tagged(&mut out, meta),
                _ if *self == Self::Summary => summary(&mut out, definition, &member.name, &member.value),
                _ => write_node(&mut out, &member.value),
            }
        }
        out.push('}');
        Some(out.into_bytes())
    }

    fn keeps(&self, definition: &T, member: &str) -> bool {
        // What belongs to a primitive goes where the primitive goes.
        let member = member.strip_prefix('_').unwrap_or(member);
        if matches!(member, "resourceType" | "id" | "meta") {
            return true;
        }
        let Some(element) = definition.element(member) else { return false };
        is_required(definition, element, member)
            || match self {
                Self::Elements(names) => names.iter().any(|name| is_named(element, name)),
                Self::Text => member == "text",
                Self::Data => member != "text",
                Self::Summary => element.in_summary(),
            }
    }
}

/// The value of an element in a summary: of an element that R4 defines within the type, only its own summary and what it must have. Recurses
/// as deep as the document, which the parser limits.
fn summary(out: &mut String, definition: &T, member: &str, node: &Node<'_>) {
    let inner = match definition.element(member).and_then(E::kind) {
        // Elements of a type are named after their place: `Observation.component`.
        Some(Kind::Complex(inner)) if inner.0.contains('.') => inner,
        _ => return write_node(out, node),
    };
    match node {
        Node::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                summary(out, definition, member, item);
            }
            out.push(']');
        }
        Node::Object(object) => {
            out.push('{');
            for Member { name: member, value } in object.members() {
                let plain = member.strip_prefix('_').unwrap_or(member);
                let kept = inner.element(plain).is_some_and(|e| e.in_summary() || is_required(inner, e, plain));
                if kept || plain == "id" {
                    name(out, member);
                    summary(out, inner, member, value);
                }
            }
            out.push('}');
        }
        other => write_node(out, other),
    }
}

fn is_required(definition: &T, element: &E, member: &str) -> bool {
    definition.1.iter().any(|(name, choice)| *name == member || (*choice > 0 && element.3 == *choice))
}

/// `value` names `valueQuantity`, `valueString` and so on.
fn is_named(element: &E, name: &str) -> bool {
    let rest = element.0.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || (element.3 > 0 && rest.starts_with(|c: char| c.is_ascii_uppercase())))
}

/// The name of the next member, after a comma unless it is the first.
fn name(out: &mut String, name: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    write_string(out, name);
    out.push(':');
}

/// `meta` with the tag that says that something is missing.
fn tagged(out: &mut String, meta: &Object<'_>) {
    const TAG: &str = r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"subsetted"}"#;
    out.push('{');
    for Member { name: member, value } in meta.members().iter().filter(|member| member.name != "tag") {
        name(out, member);
        write_node(out, value);
    }
    name(out, "tag");
    out.push('[');
    for tag in meta.get("tag").map(Node::array).unwrap_or_default() {
        write_node(out, tag);
        out.push(',');
    }
    out.push_str(TAG);
    out.push_str("]}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parsed;

    const BODY: &str = r#"{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[{"code":"x"}]},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">{</div>"},"status":"final","_status":{"id":"s"},"code":{"text":"weight"},"valueQuantity":{"value":64.50},"note":[{"text":"n"}]}"#;

    fn members(subset: &Subset) -> Vec<String> {
        let bytes = subset.of(ResourceType::OBSERVATION, BODY.as_bytes()).unwrap();
        let parsed = Parsed::parse(&bytes, &Limits::default()).unwrap();
        let tags = parsed.root().get("meta").unwrap().get("tag").unwrap().array();
        assert_eq!(tags.last().unwrap().str_at("code"), Some("SUBSETTED"));
        assert_eq!(tags.len(), 2, "the tags there were stay");
        parsed.root().object().unwrap().members().iter().map(|member| member.name.to_string()).collect()
    }

    #[test]
    fn a_part_is_a_valid_resource_with_what_was_asked_for_and_what_must_be_there() {
        let always = ["resourceType", "id", "meta"];
        let with = |rest: &[&str]| always.iter().chain(rest).map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let elements = |names: &[&str]| Subset::Elements(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(members(&elements(&["value"])), with(&["status", "_status", "code", "valueQuantity"]));
        assert_eq!(members(&elements(&["note"])), with(&["status", "_status", "code", "note"]));
        assert_eq!(members(&Subset::Text), with(&["text", "status", "_status", "code"]));
        assert_eq!(members(&Subset::Data), with(&["status", "_status", "code", "valueQuantity", "note"]));
    }

    #[test]
    fn a_summary_is_what_r4_says_inside_elements_too() {
        let body = r#"{"resourceType":"Observation","id":"o","meta":{"versionId":"1"},"text":{"status":"empty"},"status":"final","code":{"coding":[{"code":"x","display":"X"}],"text":"x"},"note":[{"text":"n"}],"interpretation":[{"text":"i"}],"component":[{"code":{"text":"a"},"valueString":"v","interpretation":[{"text":"i"}],"referenceRange":[{"text":"r"}]}]}"#;
        let bytes = Subset::Summary.of(ResourceType::OBSERVATION, body.as_bytes()).unwrap();
        let parsed = Parsed::parse(&bytes, &Limits::default()).unwrap();
        let names = |node: &Node<'_>| -> Vec<String> {
            node.object().unwrap().members().iter().map(|member| member.name.to_string()).collect()
        };
        assert_eq!(names(parsed.root()), ["resourceType", "id", "meta", "status", "code", "component"]);
        assert_eq!(names(&parsed.root().list("component")[0]), ["code", "valueString"]);
        assert_eq!(parsed.root().at("code.text").and_then(Node::str), Some("x"));
    }

    #[test]
    fn decimals_keep_their_digits_and_names_are_known_by_type() {
        let bytes = Subset::Data.of(ResourceType::OBSERVATION, BODY.as_bytes()).unwrap();
        assert!(String::from_utf8(bytes).unwrap().contains("64.50"));
        for (name, known) in [
            ("value", true),
            ("valueQuantity", true),
            ("resourceType", true),
            ("stat", false),
            ("", false),
            ("shoeSize", false),
        ] {
            assert_eq!(Subset::is_element(ResourceType::OBSERVATION, name), known, "{name}");
        }
        assert_eq!(Subset::Data.of(ResourceType::OBSERVATION, b"["), None);
    }
}
