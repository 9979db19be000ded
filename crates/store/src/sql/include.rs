//! What a resource refers to, by the list of index rows kept beside its body.

use varde_fhir::search::Include;
use varde_fhir::{ResourceType, params};

use super::keys::{Key, decode};
use crate::engine::{EngineError, Row};

/// Type and id of what a resource refers to by these parameters. The patient a resource belongs to is a label, not an index row.
pub(crate) fn targets(found: &Row, list: &[u8], includes: &[Include]) -> Result<Vec<(u16, String)>, EngineError> {
    let damaged = || EngineError::Fault(format!("the index list of resource {} is damaged", found.rid));
    let keys = decode(list).ok_or_else(damaged)?;
    let mut out = Vec::new();
    for include in includes {
        // Parameters have numbers of their own for each type; only the label must be asked about the type.
        let of_type = params::by_id(include.param).filter(|(source, _)| *source == found.resource_type);
        let fits = |target: u16| include.target.is_none_or(|wanted| wanted.to_code() == target);
        let before = out.len();
        out.extend(keys.iter().filter_map(|key| match key {
            Key::Reference { param, value, target } if *param == include.param.0 && fits(*target) => {
                Some((*target, value.clone()))
            }
            _ => None,
        }));
        let is_label = of_type.is_some_and(|(_, param)| param.patient_label);
        let patient = found.patient.as_ref().filter(|_| is_label && out.len() == before);
        if let Some(patient) = patient.filter(|_| fits(ResourceType::PATIENT.to_code())) {
            out.push((ResourceType::PATIENT.to_code(), patient.as_str().to_owned()));
        }
    }
    Ok(out)
}
