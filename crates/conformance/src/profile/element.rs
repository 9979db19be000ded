//! A structure's elements as a tree (R4 elementdefinition), with the parts that validation uses.

use std::sync::Arc;

use varde_fhir::json::Node;

use super::compare::Value;
use super::invariant::Constraint;

/// Keys of invariants that are checked without FHIRPath.
const CHECKED_OTHERWISE: [&str; 2] = ["ele-1", "ext-1"];

/// An element of a structure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    /// The last part of its path: `value[x]`.
    pub(super) name: Box<str>,
    pub(super) slice_name: Option<Box<str>>,
    pub(super) min: u32,
    /// `None`: no bound.
    pub(super) max: Option<u32>,
    pub(super) types: Vec<TypeRef>,
    pub(super) fixed: Option<Arc<Value>>,
    pub(super) pattern: Option<Arc<Value>>,
    pub(super) min_value: Option<Arc<Value>>,
    pub(super) max_value: Option<Arc<Value>>,
    pub(super) max_length: Option<u32>,
    pub(super) binding: Option<Binding>,
    pub(super) constraints: Vec<Arc<Constraint>>,
    pub(super) slicing: Option<Slicing>,
    pub(super) slices: Vec<Element>,
    pub(super) children: Vec<Element>,
    /// Path of the element that has the children: `Questionnaire.item`.
    pub(super) content_reference: Option<Box<str>>,
    /// The root of a structure.
    pub(super) is_root: bool,
}

/// A type an element may have.
#[derive(Debug, Clone)]
pub(crate) struct TypeRef {
    pub(super) code: Box<str>,
    pub(super) profiles: Vec<Box<str>>,
    pub(super) targets: Vec<Box<str>>,
}

/// How strongly a value set binds (R4 binding-strength).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    Required,
    Extensible,
    Other,
}

#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub(super) strength: Strength,
    pub(super) value_set: Box<str>,
}

/// What may stand beside the slices (R4 resource-slicing-rules).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    Open,
    Closed,
    OpenAtEnd,
}

#[derive(Debug, Clone)]
pub(crate) struct Slicing {
    pub(super) discriminators: Vec<Discriminator>,
    pub(super) ordered: bool,
    pub(super) rules: Rules,
}

/// By what a slice is known (R4 discriminator-type).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Value,
    Exists,
    Type,
    Profile,
}

#[derive(Debug, Clone)]
pub(crate) struct Discriminator {
    pub(super) by: By,
    pub(super) steps: Vec<Step>,
}

/// A step of a discriminator's path, the small part of FHIRPath that is allowed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Field(Box<str>),
    Extension(Box<str>),
    Resolve,
    OfType(Box<str>),
}

impl Element {
    /// Reads an ElementDefinition. What it does not say is as R4 has it by default.
    pub(super) fn read(node: &Node<'_>, name: &str) -> Self {
        let mut element = Self { name: name.into(), ..Self::default() };
        element.overlay(node);
        element
    }

    /// Takes over what an ElementDefinition says; what it does not say stays.
    pub(super) fn overlay(&mut self, node: &Node<'_>) {
        let text = |name: &str| node.get(name).and_then(Node::str);
        if let Some(slice) = text("sliceName") {
            self.slice_name = Some(slice.into());
        }
        if let Some(min) = number(node, "min") {
            self.min = min;
        }
        if let Some(max) = text("max") {
            self.max = max.parse().ok();
        }
        if let Some(length) = number(node, "maxLength") {
            self.max_length = Some(length);
        }
        if !node.list("type").is_empty() {
            self.types = node.list("type").iter().filter_map(TypeRef::read).collect();
        }
        if let Some(path) = text("contentReference").and_then(|reference| reference.split('#').nth(1)) {
            self.content_reference = Some(path.into());
        }
        self.overlay_values(node);
        if let Some(binding) = node.get("binding").and_then(Binding::read) {
            self.binding = Some(binding);
        }
        if let Some(slicing) = node.get("slicing") {
            self.slicing = Some(Slicing::read(slicing));
        }
        for constraint in node.list("constraint").iter().filter_map(Constraint::read) {
            if CHECKED_OTHERWISE.contains(&&*constraint.key) {
                continue;
            }
            self.constraints.retain(|own| own.key != constraint.key);
            self.constraints.push(Arc::new(constraint));
        }
    }

    fn overlay_values(&mut self, node: &Node<'_>) {
        let members = node.object().map(|object| object.members()).unwrap_or_default();
        for member in members {
            let slot = match &*member.name {
                name if name.starts_with("fixed") => &mut self.fixed,
                name if name.starts_with("pattern") => &mut self.pattern,
                name if name.starts_with("minValue") => &mut self.min_value,
                name if name.starts_with("maxValue") => &mut self.max_value,
                _ => continue,
            };
            *slot = Some(Arc::new(Value::read(&member.value)));
        }
    }

    /// `value` of `value[x]`.
    pub(super) fn stem(&self) -> Option<&str> {
        self.name.strip_suffix("[x]")
    }

    /// True when the element is called so in FHIRPath.
    pub(super) fn is_called(&self, name: &str) -> bool {
        *self.name == *name || self.stem() == Some(name)
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is_called(name))
    }

    /// The type of that name among those it may have.
    pub(super) fn type_ref(&self, code: &str) -> Option<&TypeRef> {
        self.types.iter().find(|own| &*own.code == code)
    }

    /// How its slices are told apart; extensions and choices need not say so.
    pub(super) fn slicing(&self) -> Option<Slicing> {
        if self.slices.is_empty() {
            return None;
        }
        let field = |name: &str| vec![Step::Field(name.into())];
        let by = |by, steps| Slicing {
            discriminators: vec![Discriminator { by, steps }],
            ordered: false,
            rules: Rules::Open,
        };
        match &self.slicing {
            Some(slicing) if !slicing.discriminators.is_empty() => Some(slicing.clone()),
            _ if matches!(&*self.name, "extension" | "modifierExtension") => Some(by(By::Value, field("url"))),
            _ if self.stem().is_some() => Some(by(By::Type, Vec::new())),
            other => other.clone(),
        }
    }
}

impl TypeRef {
    fn read(node: &Node<'_>) -> Option<Self> {
        let code = node.get("code")?.str()?;
        let list = |name: &str| node.list(name).iter().filter_map(Node::str).map(Into::into).collect();
        // The types of FHIRPath itself stand for `id` and `url` elements.
        let code = if code.starts_with("http://hl7.org/fhirpath/") { "string" } else { code };
        Some(Self { code: code.into(), profiles: list("profile"), targets: list("targetProfile") })
    }
}

impl Binding {
    fn read(node: &Node<'_>) -> Option<Self> {
        let strength = match node.get("strength")?.str()? {
            "required" => Strength::Required,
            "extensible" => Strength::Extensible,
            _ => Strength::Other,
        };
        Some(Self { strength, value_set: node.get("valueSet")?.str()?.into() })
    }
}

impl Slicing {
    fn read(node: &Node<'_>) -> Self {
        let discriminators = node.list("discriminator").iter().filter_map(|node| {
            let by = match node.get("type")?.str()? {
                "value" | "pattern" => By::Value,
                "exists" => By::Exists,
                "type" => By::Type,
                "profile" => By::Profile,
                _ => return None,
            };
            Some(Discriminator { by, steps: steps(node.get("path")?.str()?)? })
        });
        let rules = match node.get("rules").and_then(Node::str) {
            Some("closed") => Rules::Closed,
            Some("openAtEnd") => Rules::OpenAtEnd,
            _ => Rules::Open,
        };
        let ordered = node.get("ordered").and_then(Node::bool) == Some(true);
        Self { discriminators: discriminators.collect(), ordered, rules }
    }
}

fn number(node: &Node<'_>, name: &str) -> Option<u32> {
    node.get(name)?.number()?.parse().ok()
}

/// The steps of a discriminator's path; `None` for one that cannot be followed.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path.trim();
    while !rest.is_empty() {
        let end = rest.find(['.', '(']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        let (argument, after) = match after.strip_prefix('(') {
            Some(inside) => {
                let close = inside.find(')')?;
                let (argument, after) = inside.split_at_checked(close)?;
                (Some(argument.trim().trim_matches('\'')), after.strip_prefix(')')?)
            }
            None => (None, after),
        };
        match (name, argument) {
            ("$this", None) => {}
            ("extension", Some(url)) => steps.push(Step::Extension(url.into())),
            ("resolve", Some("")) => steps.push(Step::Resolve),
            ("ofType" | "as", Some(name)) => steps.push(Step::OfType(name.into())),
            (name, None) => steps.push(Step::Field(name.trim_end_matches("[x]").into())),
            _ => return None,
        }
        rest = match after.strip_prefix('.') {
            Some(rest) => rest,
            None if after.is_empty() => after,
            None => return None,
        };
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discriminators_path_is_read_into_steps() {
        let field = |name: &str| Step::Field(name.into());
        for (path, expected) in [
            ("$this", Some(vec![])),
            ("code.coding", Some(vec![field("code"), field("coding")])),
            ("$this.resolve().code", Some(vec![Step::Resolve, field("code")])),
            ("extension('http://a.b/c').value", Some(vec![Step::Extension("http://a.b/c".into()), field("value")])),
            ("value.ofType(Coding).code", Some(vec![field("value"), Step::OfType("Coding".into()), field("code")])),
            ("a.where(x = 1)", None),
            ("a(b", None),
        ] {
            assert_eq!(steps(path), expected, "{path}");
        }
    }
}
