//! The search parameters of R4, as a table.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::ResourceType;
use crate::generated::params::PARAMS;
use crate::index::ParamId;
pub use crate::search::ParamKind;

/// A search parameter of one resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParamDef {
    /// Its stable number.
    pub id: ParamId,
    /// Its name in a query.
    pub code: &'static str,
    /// Its type.
    pub kind: ParamKind,
    /// The index keeps it. False for composite and special parameters, and for `_id` and `_lastUpdated`, which are columns.
    pub indexed: bool,
    /// It names the one patient the resource belongs to. A reference of it to that patient is not in the index: the label
    /// column says it. Other references of it (to a group, to a device) are in the index as usual.
    pub patient_label: bool,
    /// The expression, the part that concerns this type.
    pub expression: &'static str,
    /// Last part of the canonical URL of the definition.
    pub definition: &'static str,
    pub(crate) targets: &'static [u8],
}

impl ParamDef {
    #[expect(clippy::too_many_arguments, reason = "called by the generated table alone, one column each")]
    pub(crate) const fn new(
        id: u32,
        code: &'static str,
        kind: ParamKind,
        indexed: bool,
        patient_label: bool,
        expression: &'static str,
        definition: &'static str,
        targets: &'static [u8],
    ) -> Self {
        Self { id: ParamId(id), code, kind, indexed, patient_label, expression, definition, targets }
    }

    /// The types a reference may point at; empty when any.
    pub fn targets(&self) -> impl ExactSizeIterator<Item = ResourceType> + use<> {
        self.targets.iter().map(|index| ResourceType::from_index(*index))
    }

    /// Canonical URL of the definition.
    pub fn url(&self) -> String {
        format!("http://hl7.org/fhir/SearchParameter/{}", self.definition)
    }
}

/// The parameters of a type, sorted by code.
pub fn of(resource_type: ResourceType) -> &'static [ParamDef] {
    PARAMS.get(resource_type.index()).copied().unwrap_or_default()
}

/// The parameter of this name.
pub fn find(resource_type: ResourceType, code: &str) -> Option<&'static ParamDef> {
    let params = of(resource_type);
    params.binary_search_by(|p| p.code.cmp(code)).ok().and_then(|at| params.get(at))
}

/// The parameter of this number and the type it belongs to.
pub fn by_id(id: ParamId) -> Option<(ResourceType, &'static ParamDef)> {
    static ALL: LazyLock<HashMap<ParamId, (ResourceType, &'static ParamDef)>> = LazyLock::new(|| {
        ResourceType::all().flat_map(|kind| of(kind).iter().map(move |param| (param.id, (kind, param)))).collect()
    });
    ALL.get(&id).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_has_a_number_of_its_own_that_follows_from_its_name() {
        for kind in ResourceType::all() {
            assert!(of(kind).is_sorted_by(|a, b| a.code < b.code), "{kind}");
            for param in of(kind) {
                let name = format!("{kind}.{}", param.code);
                let hash = name.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
                assert_eq!(param.id, ParamId(hash), "{name}");
                assert_eq!(by_id(param.id).map(|(k, p)| (k, p.code)), Some((kind, param.code)));
            }
        }
    }

    #[test]
    fn only_parameters_that_name_the_one_patient_are_labels() {
        let label = |kind, code| find(kind, code).map(|p| p.patient_label);
        assert_eq!(label(ResourceType::OBSERVATION, "subject"), Some(true));
        assert_eq!(label(ResourceType::OBSERVATION, "patient"), Some(true));
        assert_eq!(label(ResourceType::APPOINTMENT, "patient"), Some(false), "an appointment can have two patients");
        assert_eq!(label(ResourceType::OBSERVATION, "performer"), Some(false));
    }
}
