//! FHIR resources as JSON, a theme to a file. Everything here writes what it is told; nothing draws.

pub(crate) mod appointment;
pub(crate) mod clinical;
pub(crate) mod cost;
pub(crate) mod critical;
pub(crate) mod document;
pub(crate) mod examination;
pub(crate) mod gp;
pub(crate) mod laboratory;
pub(crate) mod message;
pub(crate) mod organisation;
pub(crate) mod patient;
pub(crate) mod relation;

use serde_json::{Value, json};

/// One resource, ready to be sent with `PUT [type]/[id]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    resource_type: &'static str,
    id: String,
    json: Vec<u8>,
}

impl Resource {
    /// Its FHIR type.
    pub fn resource_type(&self) -> &'static str {
        self.resource_type
    }

    /// Its logical id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The resource as JSON in UTF-8, on one line.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// Puts type and id before the other members; members that are null or empty are left out, as FHIR has neither.
    pub(crate) fn new(resource_type: &'static str, id: impl Into<String>, mut body: Value) -> Self {
        let id = id.into();
        if let Value::Object(members) = &mut body {
            members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()));
        }
        let mut json = format!("{{\"resourceType\":\"{resource_type}\",\"id\":\"{id}\"").into_bytes();
        let rest = serde_json::to_vec(&body).unwrap_or_default();
        match rest.get(1..) {
            Some(members) if members.len() > 1 => {
                json.push(b',');
                json.extend_from_slice(members);
            }
            _ => json.push(b'}'),
        }
        Self { resource_type, id, json }
    }
}

/// `{system, code, display}`.
pub(crate) fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({"system": system, "code": code, "display": display})
}

/// A CodeableConcept of one coding, with the display as its text.
pub(crate) fn concept(system: &str, code: &str, display: &str) -> Value {
    json!({"coding": [coding(system, code, display)], "text": display})
}

/// A Reference with what a person would call it.
pub(crate) fn reference(resource_type: &str, id: &str, display: &str) -> Value {
    json!({"reference": format!("{resource_type}/{id}"), "display": display})
}

/// A Reference to a Patient.
pub(crate) fn subject(citizen: &crate::people::Citizen) -> Value {
    reference("Patient", &citizen.id, &citizen.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_and_id_come_first_and_nothing_is_null_or_empty() {
        let full = Resource::new("Basic", "a", json!({"b": null, "c": [], "d": 1}));
        assert_eq!(full.json(), br#"{"resourceType":"Basic","id":"a","d":1}"#);
        let empty = Resource::new("Basic", "a", json!({}));
        assert_eq!(empty.json(), br#"{"resourceType":"Basic","id":"a"}"#);
    }
}
