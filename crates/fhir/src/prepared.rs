use std::fmt::Write as _;

use jiff::Timestamp;
use varde_base::ResourceId;

use crate::json::{Node, write_node, write_string};
use crate::{Parsed, ReferenceMap, ResourceType};

/// A resource ready to be stored: all of its JSON but the version and the time, which are known only inside the transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    resource_type: ResourceType,
    id: ResourceId,
    head: String,
    tail: String,
}

impl Prepared {
    /// Sets `id`, makes room for `meta.versionId` and `meta.lastUpdated`, and replaces references. Everything else keeps its
    /// meaning to the byte: order of members, decimals as written, text.
    pub fn new(parsed: &Parsed<'_>, id: &ResourceId, references: &ReferenceMap) -> Self {
        if references.is_empty() {
            return Self::write(parsed.resource_type(), parsed.root(), id);
        }
        let mut rewritten = parsed.clone();
        rewritten.rewrite_references(references);
        Self::write(rewritten.resource_type(), rewritten.root(), id)
    }

    fn write(resource_type: ResourceType, root: &Node<'_>, id: &ResourceId) -> Self {
        let head = format!(r#"{{"resourceType":"{resource_type}","id":"{id}","meta":{{"versionId":""#);
        let mut tail = String::with_capacity(1024);
        tail.push('"');
        let members = |node: Option<&Node<'_>>, left_out: &[&str], tail: &mut String| {
            for member in node.and_then(Node::object).map(|o| o.members()).unwrap_or_default() {
                if !left_out.contains(&&*member.name) {
                    tail.push(',');
                    write_string(tail, &member.name);
                    tail.push(':');
                    write_node(tail, &member.value);
                }
            }
        };
        members(root.get("meta"), &["versionId", "_versionId", "lastUpdated", "_lastUpdated"], &mut tail);
        tail.push('}');
        members(Some(root), &["resourceType", "id", "_id", "meta"], &mut tail);
        tail.push('}');
        Self { resource_type, id: id.clone(), head, tail }
    }

    /// The type.
    pub fn resource_type(&self) -> ResourceType {
        self.resource_type
    }

    /// The logical id.
    pub fn id(&self) -> &ResourceId {
        &self.id
    }

    /// The whole JSON. `version` counts from 1; `updated` is written in UTC with the precision it has.
    pub fn render(&self, version: u64, updated: Timestamp) -> Vec<u8> {
        let mut out = String::with_capacity(self.head.len() + self.tail.len() + 72);
        out.push_str(&self.head);
        // Writing to a String cannot fail.
        let _ = write!(out, r#"{version}","lastUpdated":"{updated}"#);
        out.push_str(&self.tail);
        out.into_bytes()
    }
}
