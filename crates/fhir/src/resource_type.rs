use std::fmt;
use std::str::FromStr;

use crate::generated::types::{CODES, NAMES};

/// A resource type of FHIR R4, such as `Patient`: one byte, an index into the generated list.
///
/// The index may move when the list grows; what is stored is [`ResourceType::to_code`], which never changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceType(u8);

/// A name that is no R4 resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a resource type of FHIR R4")]
pub struct UnknownResourceType;

impl ResourceType {
    /// How many types there are.
    pub const COUNT: usize = NAMES.len();

    pub(crate) const fn from_index(index: u8) -> Self {
        Self(index)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The type of this name; case counts.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.binary_search(&name).ok().and_then(|index| u8::try_from(index).ok()).map(Self)
    }

    /// The name, as in `resourceType`.
    pub fn name(self) -> &'static str {
        NAMES.get(self.index()).copied().unwrap_or_default()
    }

    /// All types, in alphabetical order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        (0..u8::try_from(NAMES.len()).unwrap_or(u8::MAX)).map(Self)
    }

    /// The number the type is stored under: FNV-1a (32 bits) of the name, folded to 16. Never changes; never 0.
    pub fn to_code(self) -> u16 {
        CODES.get(self.index()).copied().unwrap_or_default()
    }

    /// The type stored under a number.
    pub fn from_code(code: u16) -> Option<Self> {
        let index = CODES.iter().position(|c| *c == code)?;
        u8::try_from(index).ok().map(Self)
    }
}

impl FromStr for ResourceType {
    type Err = UnknownResourceType;

    fn from_str(name: &str) -> Result<Self, UnknownResourceType> {
        Self::from_name(name).ok_or(UnknownResourceType)
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_by_its_name_and_its_stored_number() {
        assert_eq!(ResourceType::all().len(), ResourceType::COUNT);
        for kind in ResourceType::all() {
            assert_eq!(ResourceType::from_name(kind.name()), Some(kind));
            assert_eq!(ResourceType::from_code(kind.to_code()), Some(kind));
            assert_ne!(kind.to_code(), 0);
        }
        for name in ["", "patient", "Patients", "DomainResource", "Resource", "Zzz"] {
            assert_eq!(ResourceType::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn stored_numbers_do_not_move() {
        // Written down once; a change here would make stored data unreadable.
        let fold = |name: &str| {
            let hash = name.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
            u16::try_from((hash ^ (hash >> 16)) & 0xffff).unwrap()
        };
        for kind in [ResourceType::PATIENT, ResourceType::OBSERVATION, ResourceType::MEDICATION_REQUEST] {
            assert_eq!(kind.to_code(), fold(kind.name()));
        }
    }
}
