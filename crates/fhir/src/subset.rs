//! Parts of resources: `_elements` and `_summary` (R4 search, sections 3.1.1.5.8 and 3.1.1.5.9).

use crate::ResourceType;
use crate::definition::{E, T};
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
        let is_required =
            definition.1.iter().any(|(name, choice)| *name == member || (*choice > 0 && element.3 == *choice));
        is_required
            || match self {
                Self::Elements(names) => names.iter().any(|name| is_named(element, name)),
                Self::Text => member == "text",
                Self::Data => member != "text",
            }
    }
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
