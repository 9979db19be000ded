//! `_include` and `_revinclude` (R4 search, section 3.1.1.5.4).

use super::parse::{Refused, bad, unsupported};
use super::query::{Include, ParamKind, RevInclude};
use crate::params::{self, ParamDef};
use crate::{IssueCode, ResourceType};

/// Most references a search follows; `*` counts as all that it stands for.
const MAX_INCLUDES: usize = 64;
/// Most references a search follows back.
const MAX_REVINCLUDES: usize = 16;

/// Whether the name asks for includes, and whether they go further than the matches; `_include:recurse` is what STU3 called it.
pub(super) fn named(name: &str, parameter: &str) -> Option<bool> {
    match name.strip_prefix(parameter)? {
        "" => Some(false),
        ":iterate" | ":recurse" => Some(true),
        _ => None,
    }
}

/// Adds `*`, `Source:*`, `Source:parameter` or `Source:parameter:Target`.
pub(super) fn include(
    into: &mut Vec<Include>,
    searched: ResourceType,
    value: &str,
    iterate: bool,
) -> Result<(), Refused> {
    let mut parts = value.split(':');
    let (source, code, target) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if parts.next().is_some() {
        return Err(bad("the form is Source:parameter or Source:parameter:Target"));
    }
    let target = target.filter(|target| !target.is_empty()).map(type_named).transpose()?;
    let source = if source == "*" && code.is_none() { searched } else { type_named(source)? };
    if source != searched && !iterate {
        return Err(bad("the source is the type searched for, unless the include iterates"));
    }
    let mut add = |param: &ParamDef| into.push(Include { param: param.id, target, iterate });
    match code {
        None | Some("*") => params::of(source).iter().filter(|param| is_reference(param)).for_each(add),
        Some(code) => add(reference(source, code)?),
    }
    limited(into.len(), MAX_INCLUDES)
}

/// Adds `Source:parameter` or `Source:parameter:Target`.
pub(super) fn revinclude(
    into: &mut Vec<RevInclude>,
    searched: ResourceType,
    value: &str,
    iterate: bool,
) -> Result<(), Refused> {
    let mut parts = value.split(':');
    let (source, code, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
    if parts.next().is_some() {
        return Err(bad("the form is Source:parameter or Source:parameter:Target"));
    }
    let source = type_named(source)?;
    let target = target.filter(|target| !target.is_empty()).map(type_named).transpose()?;
    if target.is_some_and(|target| target != searched && !iterate) {
        return Err(bad("the target is the type searched for, unless the include iterates"));
    }
    let param = reference(source, code)?;
    let wanted = if iterate { target } else { Some(searched) };
    if wanted.is_some_and(|wanted| !refers_to(param, wanted)) {
        return Err(bad("the parameter does not refer to that type"));
    }
    into.push(RevInclude { source, param: param.id, is_patient_label: param.patient_label, target, iterate });
    limited(into.len(), MAX_REVINCLUDES)
}

fn limited(count: usize, most: usize) -> Result<(), Refused> {
    if count > most { Err((IssueCode::TooCostly, format!("at most {most} of these"))) } else { Ok(()) }
}

fn type_named(name: &str) -> Result<ResourceType, Refused> {
    ResourceType::from_name(name).ok_or_else(|| bad("the value names no resource type"))
}

fn is_reference(param: &ParamDef) -> bool {
    param.indexed && param.kind == ParamKind::Reference
}

/// Whether a parameter may refer to a type.
pub(super) fn refers_to(param: &ParamDef, target: ResourceType) -> bool {
    param.targets.is_empty() || param.targets().any(|allowed| allowed == target)
}

/// The reference parameter of this name.
pub(super) fn reference(resource_type: ResourceType, code: &str) -> Result<&'static ParamDef, Refused> {
    let param = params::find(resource_type, code).filter(|param| is_reference(param));
    param.ok_or_else(|| unsupported(format!("{resource_type} has no such reference parameter")))
}
