//! Chained and reverse-chained parameters (R4 search, sections 3.1.1.4.16 and 3.1.1.4.17): conditions on what a resource refers to, and
//! on what refers to it. Each is a search of its own.

use super::include::{reference, refers_to};
use super::parse::{Refused, bad};
use super::query::Chain;
use crate::params::ParamDef;
use crate::{IssueCode, ResourceType};

/// Most links of one chain.
pub(super) const MAX_DEPTH: usize = 3;
/// Most chains in a search: each is a search of its own.
pub(super) const MAX_CHAINS: usize = 4;

/// A chain before its inner search is read: what the inner search is about, and its parameter's name.
#[derive(Debug, PartialEq)]
pub(super) struct Outer<'n> {
    pub(super) link: Link,
    pub(super) inner_type: ResourceType,
    pub(super) inner_name: &'n str,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Link {
    /// The resource's own parameter refers to what the inner search finds.
    Forward(&'static ParamDef),
    /// This parameter of what the inner search finds refers to the resource.
    Reverse(&'static ParamDef),
}

impl Outer<'_> {
    pub(super) fn around(&self, query: super::query::Query) -> Chain {
        let query = Box::new(query);
        match self.link {
            Link::Forward(param) => Chain::Forward {
                param: param.id,
                is_patient_label: param.patient_label,
                target: self.inner_type,
                query,
            },
            Link::Reverse(param) => Chain::Reverse { param: param.id, query },
        }
    }
}

/// Reads the name of a parameter as the outer link of a chain; `None` when it is none.
pub(super) fn outer(resource_type: ResourceType, name: &str) -> Result<Option<Outer<'_>>, Refused> {
    if let Some(rest) = name.strip_prefix("_has:") {
        return reverse(resource_type, rest).map(Some);
    }
    let Some((first, inner_name)) = name.split_once('.') else { return Ok(None) };
    let (code, named) = match first.split_once(':') {
        Some((code, target)) => (code, Some(target)),
        None => (first, None),
    };
    let param = reference(resource_type, code)?;
    let target = match named {
        Some(name) => ResourceType::from_name(name).ok_or_else(|| bad("the chain names no resource type"))?,
        None => only_target(param)?,
    };
    if !refers_to(param, target) {
        return Err(bad("the parameter does not refer to that type"));
    }
    Ok(Some(Outer { link: Link::Forward(param), inner_type: target, inner_name }))
}

/// `_has:Type:reference:parameter`.
fn reverse(resource_type: ResourceType, rest: &str) -> Result<Outer<'_>, Refused> {
    let mut parts = rest.splitn(3, ':');
    let (Some(source), Some(code), Some(inner_name)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(bad("the form is _has:Type:reference:parameter"));
    };
    let source = ResourceType::from_name(source).ok_or_else(|| bad("_has names no resource type"))?;
    let param = reference(source, code)?;
    if !refers_to(param, resource_type) {
        return Err(bad("the parameter does not refer to the type searched for"));
    }
    Ok(Outer { link: Link::Reverse(param), inner_type: source, inner_name })
}

/// The type a chain goes to when none is named: there must be no choice.
fn only_target(param: &ParamDef) -> Result<ResourceType, Refused> {
    // A parameter that names the patient may also name a group or a device; without a type it is the patient.
    if param.patient_label {
        return Ok(ResourceType::PATIENT);
    }
    let mut targets = param.targets();
    match (targets.next(), targets.next()) {
        (Some(only), None) => Ok(only),
        _ => Err((IssueCode::Value, "several types are possible; name one: parameter:Type.parameter".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_and_what_leads_nowhere_is_refused() {
        let read = |kind: &str, name| {
            let kind = ResourceType::from_name(kind).unwrap();
            outer(kind, name).map(|outer| outer.map(|outer| (outer.inner_type.name(), outer.inner_name.to_owned())))
        };
        let some = |kind: &'static str, name: &str| Ok(Some((kind, name.to_owned())));
        assert_eq!(read("Observation", "patient.name"), some("Patient", "name"));
        assert_eq!(read("Observation", "subject:Group.code"), some("Group", "code"));
        assert_eq!(read("Observation", "patient.organization.name"), some("Patient", "organization.name"));
        assert_eq!(read("Patient", "_has:Observation:patient:code"), some("Observation", "code"));
        assert_eq!(
            read("Patient", "_has:Observation:patient:_has:Provenance:target:agent").unwrap().unwrap().0,
            "Observation"
        );
        assert_eq!(read("Patient", "name:exact"), Ok(None));
        for (kind, name) in [
            ("Observation", "performer.name"),
            ("Observation", "code.name"),
            ("Observation", "subject:Starship.name"),
            ("Observation", "subject:Practitioner.name"),
            ("Patient", "_has:Observation"),
            ("Patient", "_has:Observation:code:code"),
            ("Practitioner", "_has:Observation:patient:code"),
        ] {
            assert!(read(kind, name).is_err(), "{kind} {name}");
        }
    }
}
