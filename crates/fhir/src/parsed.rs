use varde_base::ResourceId;

use crate::json::{self, JsonError, JsonErrorKind, Limits, Node, Object};
use crate::{Issue, IssueCode, ReferenceMap, ResourceType, validate};

/// A resource that has been read and found to fit the definitions of R4: known elements, cardinality, formats.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<'a> {
    resource_type: ResourceType,
    root: Node<'a>,
    raw: &'a str,
}

impl<'a> Parsed<'a> {
    /// Most issues reported of one document.
    pub const MAX_ISSUES: usize = 20;

    /// Reads and validates the JSON of a resource (R4 json, resource definitions).
    ///
    /// # Errors
    /// Up to [`Parsed::MAX_ISSUES`] issues, each with the FHIRPath of the bad element.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Self, Vec<Issue>> {
        let parsed = Self::parse_stored(bytes, limits)?;
        let issues = parsed.validate();
        if issues.is_empty() { Ok(parsed) } else { Err(issues) }
    }

    /// Reads JSON that was validated before, such as what the store gives back: only the JSON and `resourceType` are checked.
    ///
    /// # Errors
    /// One issue.
    pub fn parse_stored(bytes: &'a [u8], limits: &Limits) -> Result<Self, Vec<Issue>> {
        let root = json::parse(bytes, limits).map_err(|e| vec![json_issue(&e)])?;
        let resource_type = validate::resource_type_of(&root).map_err(|issue| vec![issue])?;
        // The parser has found the bytes to be UTF-8 already.
        let raw = std::str::from_utf8(bytes).unwrap_or_default();
        Ok(Self { resource_type, root, raw })
    }

    /// All that does not fit the definitions of R4, at most [`Parsed::MAX_ISSUES`]; for what was read by
    /// [`Parsed::parse_stored`] or taken out of a Bundle that was.
    pub fn validate(&self) -> Vec<Issue> {
        validate::resource(self.resource_type, &self.root)
    }

    /// The type.
    pub fn resource_type(&self) -> ResourceType {
        self.resource_type
    }

    /// The logical id, when there is one.
    pub fn id(&self) -> Option<ResourceId> {
        self.root.get("id")?.str()?.parse().ok()
    }

    /// The resource as a tree.
    pub fn root(&self) -> &Node<'a> {
        &self.root
    }

    /// The JSON of the resource as it was sent (before [`Parsed::set_id`] or [`Parsed::rewrite_references`]).
    pub fn raw(&self) -> &'a str {
        match &self.root {
            Node::Object(Object { span: (from, to), .. }) => {
                self.raw.get(*from as usize..*to as usize).unwrap_or_default()
            }
            _ => self.raw,
        }
    }

    /// Sets the logical id, so that what is derived from the resource knows it before it is stored.
    pub fn set_id(&mut self, id: &ResourceId) {
        if let Node::Object(object) = &mut self.root {
            let value = Node::String(id.as_str().to_owned().into());
            match object.get_mut("id") {
                Some(old) => *old = value,
                None => {
                    let at = object.members.len().min(1);
                    object.members.insert(at, json::Member { name: "id".into(), value });
                }
            }
        }
    }

    /// Replaces references to what a bundle calls by `urn:uuid:` or by a condition (R4 http, section 3.1.0.11.2). To be done
    /// before the index is extracted. Returns how many were replaced.
    pub fn rewrite_references(&mut self, map: &ReferenceMap) -> usize {
        crate::references::rewrite(self.resource_type, &mut self.root, map)
    }

    /// The entries of a Bundle, each resource on its own, without reading them again. Empty for any other type.
    pub fn into_entries(self) -> Vec<BundleEntry<'a>> {
        let raw = self.raw;
        let Node::Object(mut bundle) = self.root else { return Vec::new() };
        let entries =
            bundle.members.iter_mut().find(|m| m.name == "entry").map(|m| std::mem::replace(&mut m.value, Node::Null));
        let Some(Node::Array(entries)) = entries else { return Vec::new() };
        entries.into_iter().map(|entry| BundleEntry::from_node(entry, raw)).collect()
    }
}

/// An entry of a batch, a transaction or another Bundle (R4 bundle).
#[derive(Debug, Clone, PartialEq)]
pub struct BundleEntry<'a> {
    /// `fullUrl`.
    pub full_url: Option<String>,
    /// `resource`.
    pub resource: Option<Parsed<'a>>,
    /// `request`.
    pub request: Option<BundleRequest>,
}

/// What an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BundleRequest {
    /// `GET`, `PUT`, ...
    pub method: String,
    /// Relative to the base of the server.
    pub url: String,
    /// `ifNoneMatch`.
    pub if_none_match: Option<String>,
    /// `ifModifiedSince`.
    pub if_modified_since: Option<String>,
    /// `ifMatch`.
    pub if_match: Option<String>,
    /// `ifNoneExist`.
    pub if_none_exist: Option<String>,
}

impl<'a> BundleEntry<'a> {
    fn from_node(entry: Node<'a>, raw: &'a str) -> Self {
        let full_url = entry.str_at("fullUrl").map(str::to_owned);
        let request = entry.get("request").map(|request| {
            let text = |name| request.str_at(name).map(str::to_owned);
            BundleRequest {
                method: text("method").unwrap_or_default(),
                url: text("url").unwrap_or_default(),
                if_none_match: text("ifNoneMatch"),
                if_modified_since: text("ifModifiedSince"),
                if_match: text("ifMatch"),
                if_none_exist: text("ifNoneExist"),
            }
        });
        let resource = match entry {
            Node::Object(object) => object.members.into_iter().find(|m| m.name == "resource").map(|m| m.value),
            _ => None,
        };
        let resource = resource.and_then(|root| {
            let resource_type = validate::resource_type_of(&root).ok()?;
            Some(Parsed { resource_type, root, raw })
        });
        Self { full_url, resource, request }
    }
}

fn json_issue(error: &JsonError) -> Issue {
    let code = match error.kind {
        JsonErrorKind::TooLarge | JsonErrorKind::TooDeep | JsonErrorKind::TooMany => IssueCode::TooLong,
        _ => IssueCode::Structure,
    };
    Issue::error(code, error.path.clone(), format!("{} (byte {})", error.kind, error.offset))
}
