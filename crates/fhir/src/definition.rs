//! The element definitions of R4 behind the generated table: what a type consists of.

use crate::ResourceType;
use crate::generated::elements::{PRIMITIVES, RESOURCE_TYPES, TYPES};
use crate::primitive::Primitive;

/// A type: name, required elements (name and number of the choice, 0 for none), elements sorted by name.
pub(crate) struct T(pub(crate) &'static str, pub(crate) &'static [(&'static str, u8)], pub(crate) &'static [E]);

/// An element: name as in JSON, number of its type, whether it is a list, number of the choice it belongs to (0 for none), whether it
/// belongs to the summary.
pub(crate) struct E(pub(crate) &'static str, pub(crate) u16, pub(crate) bool, pub(crate) u8, pub(crate) bool);

/// The number that stands for "any resource, see its `resourceType`".
const ANY_RESOURCE: u16 = u16::MAX;

/// What an element holds.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Primitive(Primitive),
    Complex(&'static T),
    Resource,
}

impl T {
    pub(crate) fn of(resource_type: ResourceType) -> Option<&'static T> {
        complex(*RESOURCE_TYPES.get(resource_type.index())?)
    }

    pub(crate) fn element(&self, name: &str) -> Option<&'static E> {
        // Lengths part most names, so that nearly nothing is compared: faster than halving the list, short as it is.
        self.2.iter().find(|e| e.0.len() == name.len() && e.0 == name)
    }
}

impl E {
    pub(crate) fn kind(&self) -> Option<Kind> {
        if self.1 == ANY_RESOURCE {
            return Some(Kind::Resource);
        }
        match Primitive::from_index(self.1) {
            Some(primitive) => Some(Kind::Primitive(primitive)),
            None => complex(self.1).map(Kind::Complex),
        }
    }

    pub(crate) fn is_list(&self) -> bool {
        self.2
    }

    pub(crate) fn in_summary(&self) -> bool {
        self.4
    }
}

fn complex(number: u16) -> Option<&'static T> {
    TYPES.get(usize::from(number).checked_sub(PRIMITIVES.len())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        let mut elements = 0;
        for T(name, required, list) in &TYPES {
            assert!(list.is_sorted_by(|a, b| a.0 < b.0), "{name} is sorted");
            for element in *list {
                assert!(element.kind().is_some(), "{name}.{} has a type", element.0);
                elements += 1;
            }
            for (field, choice) in *required {
                assert!(list.iter().any(|e| e.0 == *field || (*choice > 0 && e.3 == *choice)), "{name}.{field}");
            }
        }
        assert!(elements > 7_000, "{elements}");
        for kind in ResourceType::all() {
            assert_eq!(T::of(kind).map(|t| t.0), Some(kind.name()));
        }
        for (index, name) in PRIMITIVES.iter().enumerate() {
            assert_eq!(Primitive::from_index(u16::try_from(index).unwrap()).map(Primitive::name), Some(*name));
        }
    }
}
