use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A FHIR logical id (R4 datatypes, `id`): 1 to 64 of `A-Z a-z 0-9 - .`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(Arc<str>);

/// Text that is not a FHIR id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to 64 letters, digits, '-' or '.'")]
pub struct InvalidId;

impl ResourceId {
    /// Longest id FHIR allows, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// A new id that sorts by time of creation (UUID version 7, RFC 9562 section 5.7).
    pub fn new_v7() -> Self {
        Self(uuid::Uuid::now_v7().hyphenated().to_string().into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        if text.is_empty() || text.len() > Self::MAX_LENGTH || !text.bytes().all(allowed) {
            return Err(InvalidId);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The logical id of a Patient: the person whose data it is. A type of its own so that no other id can stand in its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PatientId(ResourceId);

impl PatientId {
    /// Takes the id of a resource known to be a Patient.
    pub fn new(id: ResourceId) -> Self {
        Self(id)
    }

    /// The id as a resource id.
    pub fn as_resource_id(&self) -> &ResourceId {
        &self.0
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for PatientId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse().map(Self)
    }
}

impl fmt::Display for PatientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_fhir_datatype() {
        for good in ["a", "A-1.b", &"x".repeat(64)] {
            assert!(good.parse::<ResourceId>().is_ok(), "{good}");
        }
        for bad in ["", "a b", "å", "a/b", "a_b", &"x".repeat(65)] {
            assert!(bad.parse::<ResourceId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn new_ids_differ_and_sort_by_time() {
        let first = ResourceId::new_v7();
        let second = ResourceId::new_v7();
        assert_ne!(first, second);
        assert!(first < second);
    }
}
