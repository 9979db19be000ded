//! What expressions are about: elements of a resource, and values of FHIRPath's own types.

use std::borrow::Cow;

use rust_decimal::Decimal;
use varde_fhir::json::Node;
use varde_fhir::{ResourceType, TypeRef};

use super::ast::{Namespace, TypeName};
use super::moment::{Moment, MomentKind};
use super::number;
use super::quantity::{Quantity, Unit};

/// What an expression gives: values in their order.
pub type Collection<'a> = Vec<Value<'a>>;

/// One value.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// An element of a resource, or a resource.
    Element(Element<'a>),
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact number with digits behind the point.
    Decimal(Decimal),
    /// Text.
    String(Cow<'a, str>),
    /// A date, a date with time, a time of day.
    Moment(Moment),
    /// A number with a unit.
    Quantity(Box<Quantity>),
    /// What `type()` tells.
    Type(TypeInfo),
}

/// Namespace and name of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeInfo {
    /// `FHIR` or `System`.
    pub namespace: &'static str,
    /// Such as `Patient` or `Boolean`.
    pub name: &'static str,
}

/// An element of a resource where it stands in the JSON, together with the sibling that holds the id and the extensions of a
/// primitive.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    node: Option<&'a Node<'a>>,
    sibling: Option<&'a Node<'a>>,
    type_ref: Option<TypeRef>,
}

impl<'a> Element<'a> {
    /// A resource, its type taken from `resourceType`.
    pub fn resource(node: &'a Node<'a>) -> Self {
        Self { node: Some(node), sibling: None, type_ref: resource_type(node) }
    }

    /// An element whose type is known; `node` or `sibling` is there.
    pub fn new(node: Option<&'a Node<'a>>, sibling: Option<&'a Node<'a>>, type_ref: Option<TypeRef>) -> Self {
        let node = node.filter(|n| !matches!(n, Node::Null));
        let sibling = sibling.filter(|n| !matches!(n, Node::Null));
        let type_ref = type_ref.or_else(|| node.and_then(resource_type));
        Self { node, sibling, type_ref }
    }

    /// Its JSON; `None` of a primitive that has only extensions.
    pub fn node(&self) -> Option<&'a Node<'a>> {
        self.node
    }

    /// The JSON of what a primitive has beside its value.
    pub fn sibling(&self) -> Option<&'a Node<'a>> {
        self.sibling
    }

    /// Its type, where the definitions tell.
    pub fn type_ref(&self) -> Option<TypeRef> {
        self.type_ref
    }

    /// The name of its type as FHIRPath has it: a backbone element is a `BackboneElement`.
    pub(super) fn type_name(&self) -> &'static str {
        match self.type_ref {
            Some(t) if t.name().contains('.') => t.base().unwrap_or("Element"),
            Some(t) => t.name(),
            None => match self.node {
                Some(Node::Bool(_)) => "boolean",
                Some(Node::Number(_)) => "decimal",
                Some(Node::String(_)) => "string",
                _ => "Element",
            },
        }
    }

    pub(super) fn isa(&self, name: &str) -> bool {
        match self.type_ref {
            Some(t) => t.isa(name),
            None => self.type_name() == name || name == "Element",
        }
    }

    /// The value of FHIRPath's own that this element stands for; `None` for complex elements and for values that are missing
    /// or wrong.
    pub(super) fn to_system(self) -> Option<Value<'a>> {
        let name = self.type_ref.map_or("", TypeRef::name);
        match (self.node?, name) {
            (Node::Bool(value), _) => Some(Value::Boolean(*value)),
            (Node::Number(text), "integer" | "positiveInt" | "unsignedInt") => text.parse().ok().map(Value::Integer),
            (Node::Number(text), _) => number::parse(text).map(Value::Decimal),
            (Node::String(text), "date") => Moment::parse(text, MomentKind::Date).map(Value::Moment),
            (Node::String(text), "dateTime" | "instant") => {
                Moment::parse(text, MomentKind::DateTime).map(Value::Moment)
            }
            (Node::String(text), "time") => Moment::parse(text, MomentKind::Time).map(Value::Moment),
            (Node::String(text), _) => Some(Value::String(Cow::Borrowed(text))),
            (Node::Object(_), _) if self.isa("Quantity") => self.quantity().map(|q| Value::Quantity(Box::new(q))),
            _ => None,
        }
    }

    /// The value of a FHIR Quantity. One with a comparator is no exact quantity.
    fn quantity(self) -> Option<Quantity> {
        let object = self.node?.object()?;
        if object.get("comparator").is_some() {
            return None;
        }
        let value = number::parse(object.get("value")?.number()?)?;
        let unit = object.text("code").or_else(|| object.text("unit"));
        Some(Quantity { value, unit: unit.map_or_else(Unit::one, Unit::of_fhir) })
    }
}

fn resource_type(node: &Node<'_>) -> Option<TypeRef> {
    TypeRef::of_resource(ResourceType::from_name(node.object()?.text("resourceType")?)?)
}

impl<'a> Value<'a> {
    /// This value, or the one of FHIRPath's own an element stands for; `None` for complex elements.
    pub fn to_system(&self) -> Option<Value<'a>> {
        match self {
            Self::Element(element) => element.to_system(),
            other => Some(other.clone()),
        }
    }

    /// This value without what it borrows; `None` for complex elements.
    pub fn to_owned_system(&self) -> Option<Value<'static>> {
        Some(match self.to_system()? {
            Value::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Value::Boolean(value) => Value::Boolean(value),
            Value::Integer(value) => Value::Integer(value),
            Value::Decimal(value) => Value::Decimal(value),
            Value::Moment(value) => Value::Moment(value),
            Value::Quantity(value) => Value::Quantity(value),
            Value::Type(value) => Value::Type(value),
            Value::Element(_) => return None,
        })
    }

    /// The text, when this is text.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self.to_system()? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, when this is one.
    pub fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Element(element) => element.node?.bool(),
            _ => None,
        }
    }

    /// The whole number, when this is one.
    pub fn integer(&self) -> Option<i64> {
        match self.to_system()? {
            Value::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// The number, whole or not.
    pub fn decimal(&self) -> Option<Decimal> {
        match self.to_system()? {
            Value::Integer(value) => Some(Decimal::from(value)),
            Value::Decimal(value) => Some(value),
            _ => None,
        }
    }

    /// The text of a simple value, as `toString()` gives it; `None` for complex elements.
    pub fn to_text(&self) -> Option<Cow<'a, str>> {
        Some(match self.to_system()? {
            Value::String(text) => text,
            Value::Boolean(value) => Cow::Borrowed(if value { "true" } else { "false" }),
            Value::Integer(value) => value.to_string().into(),
            Value::Decimal(value) => value.to_string().into(),
            Value::Moment(value) => value.to_string().into(),
            Value::Quantity(value) => value.to_string().into(),
            Value::Element(_) | Value::Type(_) => return None,
        })
    }

    /// What `type()` tells of this value.
    pub(super) fn type_info(&self) -> TypeInfo {
        let system = |name| TypeInfo { namespace: "System", name };
        match self {
            Self::Element(element) => TypeInfo { namespace: "FHIR", name: element.type_name() },
            Self::Boolean(_) => system("Boolean"),
            Self::Integer(_) => system("Integer"),
            Self::Decimal(_) => system("Decimal"),
            Self::String(_) => system("String"),
            Self::Moment(moment) => system(match moment.kind() {
                MomentKind::Date => "Date",
                MomentKind::DateTime => "DateTime",
                MomentKind::Time => "Time",
            }),
            Self::Quantity(_) => system("Quantity"),
            Self::Type(_) => system("TypeInfo"),
        }
    }

    /// True when this value is of a type or of one that specialises it.
    pub(super) fn is_of(&self, type_name: &TypeName) -> bool {
        match (self, type_name.namespace) {
            (Self::Element(element), None | Some(Namespace::Fhir)) => element.isa(&type_name.name),
            (Self::Element(_), Some(Namespace::System)) => false,
            (_, Some(Namespace::Fhir)) => false,
            (other, _) => other.type_info().name == &*type_name.name || &*type_name.name == "Any",
        }
    }

    /// As [`Value::is_of`], but a primitive must be of that very type: a `code` cannot be taken as a `string` (HL7's suite,
    /// testFHIRPathAsFunction11).
    pub(super) fn is_exactly(&self, type_name: &TypeName) -> bool {
        match self {
            Self::Element(element) if element.type_ref.is_some_and(TypeRef::is_primitive) => {
                self.is_of(type_name) && element.type_name() == &*type_name.name
            }
            _ => self.is_of(type_name),
        }
    }
}
