//! Structure: does a tree fit the element definitions of R4?

use std::fmt;

use crate::definition::{E, Kind, T};
use crate::json::{Member, Node, Object};
use crate::primitive::Primitive;
use crate::{Issue, IssueCode, Parsed, ResourceType};

/// A place in the tree, linked to where it came from; put into words only when something is wrong there.
#[derive(Clone, Copy)]
struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    segment: Segment<'p>,
}

#[derive(Clone, Copy)]
enum Segment<'p> {
    Root(&'p str),
    Field(&'p str),
    Item(usize),
}

impl<'p> Path<'p> {
    fn field(&'p self, name: &'p str) -> Path<'p> {
        Path { parent: Some(self), segment: Segment::Field(name) }
    }

    fn item(&'p self, index: usize) -> Path<'p> {
        Path { parent: Some(self), segment: Segment::Item(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.segment {
            Segment::Root(name) => f.write_str(name),
            Segment::Field(name) => write!(f, ".{name}"),
            Segment::Item(index) => write!(f, "[{index}]"),
        }
    }
}

/// The type a resource says it has.
pub(crate) fn resource_type_of(node: &Node<'_>) -> Result<ResourceType, Issue> {
    let Some(object) = node.object() else {
        return Err(Issue::error(IssueCode::Structure, "", "a resource is a JSON object"));
    };
    let Some(name) = object.get("resourceType") else {
        return Err(Issue::error(IssueCode::Required, "resourceType", "resourceType is missing"));
    };
    name.str()
        .and_then(ResourceType::from_name)
        .ok_or_else(|| Issue::error(IssueCode::Structure, "resourceType", "not a resource type of FHIR R4"))
}

/// All that is wrong with a resource, at most [`Parsed::MAX_ISSUES`].
pub(crate) fn resource(resource_type: ResourceType, root: &Node<'_>) -> Vec<Issue> {
    let mut checker = Checker { issues: Vec::new() };
    if let (Some(object), Some(definition)) = (root.object(), T::of(resource_type)) {
        let path = Path { parent: None, segment: Segment::Root(resource_type.name()) };
        checker.object(definition, object, &path, true);
    }
    checker.issues
}

struct Checker {
    issues: Vec<Issue>,
}

impl Checker {
    fn add(&mut self, code: IssueCode, path: &Path<'_>, text: impl Into<String>) {
        if self.issues.len() < Parsed::MAX_ISSUES {
            self.issues.push(Issue::error(code, path.to_string(), text));
        }
    }

    fn full(&self) -> bool {
        self.issues.len() >= Parsed::MAX_ISSUES
    }

    fn object(&mut self, definition: &'static T, object: &Object<'_>, path: &Path<'_>, is_resource: bool) {
        if object.members().is_empty() {
            self.add(IssueCode::Structure, path, "an object must not be empty");
            return;
        }
        // The element each choice was met in; a type has at most 15 choices.
        let mut choices: [Option<&'static str>; 16] = [None; 16];
        for member in object.members() {
            if self.full() {
                return;
            }
            if is_resource && member.name == "resourceType" {
                continue;
            }
            let (name, is_sibling) = match member.name.strip_prefix('_') {
                Some(name) => (name, true),
                None => (&*member.name, false),
            };
            let here = path.field(name);
            let Some(element) = definition.element(name) else {
                self.add(
                    IssueCode::Structure,
                    &path.field(&member.name),
                    format!("{} has no such element", definition.0),
                );
                continue;
            };
            if let Some(slot) = choices.get_mut(usize::from(element.3)).filter(|_| element.3 > 0) {
                match slot {
                    Some(other) if *other != element.0 => {
                        let text = format!("only one type may be chosen, and {other} is there already");
                        self.add(IssueCode::Structure, &here, text);
                    }
                    _ => *slot = Some(element.0),
                }
            }
            self.element(element, member, is_sibling, object, &here);
        }
        for (name, choice) in definition.1 {
            let present = match choice {
                0 => object.members().iter().any(|m| m.name == *name || m.name.strip_prefix('_') == Some(name)),
                n => choices.get(usize::from(*n)).is_some_and(Option::is_some),
            };
            if !present {
                self.add(IssueCode::Required, &path.field(name), "this element is required");
            }
        }
    }

    fn element(
        &mut self,
        element: &'static E,
        member: &Member<'_>,
        is_sibling: bool,
        parent: &Object<'_>,
        path: &Path<'_>,
    ) {
        let Some(kind) = element.kind() else { return };
        if is_sibling && !matches!(kind, Kind::Primitive(_)) {
            self.add(IssueCode::Structure, path, "only a primitive element has a sibling that begins with '_'");
            return;
        }
        match (&member.value, element.is_list()) {
            (Node::Array(items), true) if items.is_empty() => {
                self.add(IssueCode::Structure, path, "a list must not be empty")
            }
            (Node::Array(items), true) => self.list(kind, items, member, is_sibling, parent, path),
            (Node::Array(_), false) => {
                self.add(IssueCode::Structure, path, "a single value is expected here, not a list")
            }
            (_, true) => self.add(IssueCode::Structure, path, "a list is expected here"),
            (value, false) if is_sibling => self.sibling(value, path),
            (value, false) => self.value(kind, value, path),
        }
    }

    fn list(
        &mut self,
        kind: Kind,
        items: &[Node<'_>],
        member: &Member<'_>,
        is_sibling: bool,
        parent: &Object<'_>,
        path: &Path<'_>,
    ) {
        // Where one of the two lists of a primitive has null, the other has a value (R4 json, section 2.6.2.3).
        let mut other: Option<&[Node<'_>]> = None;
        for (index, item) in items.iter().enumerate() {
            if self.full() {
                return;
            }
            let here = path.item(index);
            if matches!(item, Node::Null) && matches!(kind, Kind::Primitive(_)) {
                let other = other.get_or_insert_with(|| sibling_list(parent, &member.name));
                if matches!(other.get(index), None | Some(Node::Null)) {
                    self.add(IssueCode::Structure, &here, "null stands only where the sibling has a value");
                }
            } else if is_sibling {
                self.sibling(item, &here);
            } else {
                self.value(kind, item, &here);
            }
        }
    }

    fn sibling(&mut self, value: &Node<'_>, path: &Path<'_>) {
        match (value.object(), extension_holder()) {
            (Some(object), Some(definition)) => self.object(definition, object, path, false),
            _ => self.add(
                IssueCode::Structure,
                path,
                "an object with id or extension is expected in the sibling that begins with '_'",
            ),
        }
    }

    fn value(&mut self, kind: Kind, value: &Node<'_>, path: &Path<'_>) {
        match (kind, value) {
            (Kind::Primitive(primitive), value) => self.primitive(primitive, value, path),
            (Kind::Complex(definition), Node::Object(object)) => self.object(definition, object, path, false),
            (Kind::Complex(definition), _) => {
                self.add(IssueCode::Structure, path, format!("an object is expected: {}", definition.0))
            }
            (Kind::Resource, node) => match resource_type_of(node) {
                Ok(inner) => {
                    if let (Some(definition), Some(object)) = (T::of(inner), node.object()) {
                        self.object(definition, object, path, true);
                    }
                }
                Err(issue) if issue.expression.is_empty() => self.add(issue.code, path, issue.diagnostics),
                Err(issue) => self.add(issue.code, &path.field("resourceType"), issue.diagnostics),
            },
        }
    }

    fn primitive(&mut self, primitive: Primitive, value: &Node<'_>, path: &Path<'_>) {
        let Err(expected) = primitive.check(value) else { return };
        let code = if primitive.has_shape(value) { IssueCode::Value } else { IssueCode::Structure };
        self.add(code, path, format!("{} expects {expected}", primitive.name()));
    }
}

/// The type that has only `id` and `extension`.
fn extension_holder() -> Option<&'static T> {
    static HOLDER: std::sync::LazyLock<Option<&'static T>> =
        std::sync::LazyLock::new(|| crate::generated::elements::TYPES.iter().find(|t| t.0 == "Element"));
    *HOLDER
}

fn sibling_list<'n>(parent: &'n Object<'_>, name: &str) -> &'n [Node<'n>] {
    let found = parent.members().iter().find(|m| match (name.strip_prefix('_'), m.name.strip_prefix('_')) {
        (Some(plain), None) => m.name == plain,
        (None, Some(plain)) => plain == name,
        _ => false,
    });
    found.map(|m| m.value.array()).unwrap_or_default()
}
