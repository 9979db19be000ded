//! The search parameters of R4, as a table.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::ResourceType;
use crate::generated::params::PARAMS;
use crate::index::{ParamId, Variant};
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
    /// It can be searched by in the index. False for `_id` and `_lastUpdated`, which are columns.
    pub indexed: bool,
    /// It names the one patient the resource belongs to. A reference of it to that patient is not in the index: the label
    /// column says it. Other references of it (to a group, to a device) are in the index as usual.
    pub patient_label: bool,
    /// The expression, the part that concerns this type.
    pub expression: &'static str,
    /// Last part of the canonical URL of the definition.
    pub definition: &'static str,
    pub(crate) targets: &'static [u8],
    /// Numbers of the parameters this one is the union of; empty for all that stand for themselves.
    pub(crate) parts: &'static [u32],
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
        parts: &'static [u32],
    ) -> Self {
        Self { id: ParamId(id), code, kind, indexed, patient_label, expression, definition, targets, parts }
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

/// The parameters whose rows in the index answer this one: itself, or those it is the union of (`combo-code` is `code` and
/// `component-code`). Takes variants of parameters too.
pub fn stored(id: ParamId) -> Vec<ParamId> {
    static UNIONS: LazyLock<HashMap<ParamId, Vec<ParamId>>> = LazyLock::new(|| {
        let all = ResourceType::all().flat_map(of).filter(|param| !param.parts.is_empty());
        let plain = all.map(|param| (param.id, param.parts.iter().copied().map(ParamId).collect::<Vec<_>>()));
        let variant_of = |(id, parts): &(ParamId, Vec<ParamId>), variant| {
            (id.variant(variant), parts.iter().map(|part| part.variant(variant)).collect())
        };
        let plain: Vec<_> = plain.collect();
        let variants = plain.iter().flat_map(|one| Variant::ALL.map(|variant| variant_of(one, variant)));
        plain.iter().cloned().chain(variants).collect()
    });
    UNIONS.get(&id).cloned().unwrap_or_else(|| vec![id])
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
    fn variants_have_numbers_of_their_own_and_unions_are_of_known_parameters() {
        let all: Vec<&ParamDef> = ResourceType::all().flat_map(of).collect();
        let mut numbers: Vec<u32> = all.iter().map(|param| param.id.0).collect();
        numbers.extend(all.iter().flat_map(|param| Variant::ALL.map(|variant| param.id.variant(variant).0)));
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
        let find = |code| find(ResourceType::OBSERVATION, code).unwrap().id;
        let parts = |of: &dyn Fn(ParamId) -> ParamId| vec![of(find("code")), of(find("component-code"))];
        assert_eq!(stored(find("combo-code")), parts(&|id| id));
        assert_eq!(stored(find("combo-code").variant(Variant::Text)), parts(&|id| id.variant(Variant::Text)));
        assert_eq!(stored(find("code")), [find("code")]);
        assert!(all.iter().flat_map(|param| param.parts).all(|part| by_id(ParamId(*part)).is_some()));
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
