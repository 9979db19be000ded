//! The types of R4 for those who walk resources by definition: FHIRPath, profiles and views.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use crate::ResourceType;
use crate::definition::{E, Kind, T};
use crate::generated::elements::TYPES;
use crate::primitive::Primitive;

/// A concrete type of R4: a primitive (`code`), a data type (`HumanName`), a backbone element (`Patient.contact`), a resource.
#[derive(Clone, Copy)]
pub struct TypeRef(Inner);

#[derive(Clone, Copy)]
enum Inner {
    Primitive(Primitive),
    Complex(&'static T),
}

/// An element of a type, under the name it has in JSON: a choice is there once for each of its types.
#[derive(Clone, Copy)]
pub struct ElementRef(&'static E);

/// Types that have no elements of their own in the tables, but stand above others (R4 resource and datatypes).
const ABSTRACT: [&str; 6] =
    ["Resource", "DomainResource", "Element", "BackboneElement", "SimpleQuantity", "MoneyQuantity"];

impl TypeRef {
    /// The type of this name, such as `string`, `Quantity`, `Patient` or `Patient.contact`; none for abstract types.
    pub fn named(name: &str) -> Option<Self> {
        static NAMES: LazyLock<HashMap<&'static str, TypeRef>> = LazyLock::new(|| {
            let primitives = (0..).map_while(Primitive::from_index).map(|p| (p.name(), TypeRef(Inner::Primitive(p))));
            let complex = TYPES.iter().map(|t| (t.0, TypeRef(Inner::Complex(t))));
            primitives.chain(complex).collect()
        });
        NAMES.get(name).copied()
    }

    /// The type of a resource.
    pub fn of_resource(resource_type: ResourceType) -> Option<Self> {
        T::of(resource_type).map(|t| Self(Inner::Complex(t)))
    }

    /// True when a name is that of a type, abstract ones included.
    pub fn exists(name: &str) -> bool {
        ABSTRACT.contains(&name) || Self::named(name).is_some()
    }

    /// The name; of a backbone element its path.
    pub fn name(self) -> &'static str {
        match self.0 {
            Inner::Primitive(primitive) => primitive.name(),
            Inner::Complex(t) => t.0,
        }
    }

    /// True for `string`, `boolean`, ...
    pub fn is_primitive(self) -> bool {
        matches!(self.0, Inner::Primitive(_))
    }

    /// True for resources.
    pub fn is_resource(self) -> bool {
        !self.is_primitive() && ResourceType::from_name(self.name()).is_some()
    }

    /// The elements in the order of their names; a primitive has none here.
    pub fn elements(self) -> impl Iterator<Item = ElementRef> {
        let list: &'static [E] = match self.0 {
            Inner::Primitive(_) => &[],
            Inner::Complex(t) => t.2,
        };
        list.iter().map(ElementRef)
    }

    /// The element of this name in JSON: `valueQuantity`, not `value`.
    pub fn element(self, json_name: &str) -> Option<ElementRef> {
        match self.0 {
            Inner::Primitive(_) => None,
            Inner::Complex(t) => t.element(json_name).map(ElementRef),
        }
    }

    /// The elements a choice may be there as: of `value` those from `valueBoolean` to `valueTime`.
    pub fn choices(self, name: &str) -> impl Iterator<Item = ElementRef> {
        self.elements().filter(move |e| e.choice() == Some(name))
    }

    /// True when this type is the named one or specialises it (R4 datatypes, resource): a `code` is a `string`.
    pub fn isa(self, name: &str) -> bool {
        let mut current = self.name();
        loop {
            if current == name {
                return true;
            }
            match base_of(current) {
                Some(base) => current = base,
                None => return false,
            }
        }
    }

    /// The name of the type this one specialises; none for `Element` and `Resource`.
    pub fn base(self) -> Option<&'static str> {
        base_of(self.name())
    }
}

/// What a type specialises. The hierarchy always ends: no name leads back to itself.
fn base_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "Element" | "Resource" => return None,
        "BackboneElement" => "Element",
        "DomainResource" | "Bundle" | "Binary" | "Parameters" => "Resource",
        "positiveInt" | "unsignedInt" => "integer",
        "markdown" | "code" | "id" => "string",
        "url" | "canonical" | "oid" | "uuid" => "uri",
        "Age" | "Count" | "Distance" | "Duration" | "SimpleQuantity" | "MoneyQuantity" => "Quantity",
        "Dosage" | "Timing" | "ElementDefinition" | "MarketingStatus" | "Population" | "ProdCharacteristic"
        | "ProductShelfLife" | "SubstanceAmount" => "BackboneElement",
        _ => match name.split_once('.') {
            Some((root, _)) if ResourceType::from_name(root).is_some() => "BackboneElement",
            None if ResourceType::from_name(name).is_some() => "DomainResource",
            _ => "Element",
        },
    })
}

impl PartialEq for TypeRef {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for TypeRef {}

impl fmt::Debug for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ElementRef {
    /// The name in JSON: `valueQuantity`.
    pub fn name(self) -> &'static str {
        self.0.0
    }

    /// Its type; `None` when any resource may stand here.
    pub fn type_ref(self) -> Option<TypeRef> {
        match self.0.kind()? {
            Kind::Primitive(primitive) => Some(TypeRef(Inner::Primitive(primitive))),
            Kind::Complex(t) => Some(TypeRef(Inner::Complex(t))),
            Kind::Resource => None,
        }
    }

    /// True when it may be there more than once.
    pub fn is_list(self) -> bool {
        self.0.is_list()
    }

    /// Of a choice, its name without the type: `value` of `valueQuantity`.
    pub fn choice(self) -> Option<&'static str> {
        if self.0.3 == 0 {
            return None;
        }
        let type_name = self.type_ref()?.name();
        self.0.0.get(..self.0.0.len().checked_sub(type_name.len())?)
    }

    /// The name in FHIRPath: `value` of `valueQuantity`, and `name` of `name`.
    pub fn path_name(self) -> &'static str {
        self.choice().unwrap_or(self.0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::elements::PRIMITIVES;

    #[test]
    fn types_are_found_and_know_what_they_specialise() {
        assert!(TypeRef::named("code").unwrap().isa("string"));
        assert!(TypeRef::named("Age").unwrap().isa("Quantity"));
        assert!(TypeRef::named("Patient").unwrap().isa("DomainResource"));
        assert!(!TypeRef::named("Bundle").unwrap().isa("DomainResource"));
        assert!(TypeRef::named("Patient.contact").unwrap().isa("BackboneElement"));
        assert!(TypeRef::named("Resource").is_none() && TypeRef::exists("Resource"));
        assert_eq!(PRIMITIVES.iter().filter(|p| TypeRef::named(p).unwrap().is_primitive()).count(), PRIMITIVES.len());
        for t in &TYPES {
            assert!(
                TypeRef::named(t.0).unwrap().isa("Element") || TypeRef::named(t.0).unwrap().isa("Resource"),
                "{}",
                t.0
            );
        }
    }

    #[test]
    fn a_choice_has_a_name_without_its_type() {
        let observation = TypeRef::named("Observation").unwrap();
        assert_eq!(observation.element("valueDateTime").unwrap().choice(), Some("value"));
        assert_eq!(observation.element("status").unwrap().choice(), None);
        assert_eq!(observation.choices("value").count(), 11);
        assert_eq!(observation.element("valueCodeableConcept").unwrap().path_name(), "value");
        assert!(TypeRef::named("Bundle.entry").unwrap().element("resource").unwrap().type_ref().is_none());
    }
}
