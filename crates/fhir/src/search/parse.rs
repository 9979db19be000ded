use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};

use super::chain;
use super::query::{Clause, Cursor, DateMatch, Include, Match, ParamKind, Query, SortBy, SortKey, Total};
use super::split::{split, unescape};
use super::value::{self, Modifier};
use crate::params::{self, ParamDef};
use crate::{Issue, IssueCode, ResourceType, Subset};

/// Parameters answered from columns instead of the index.
pub const COLUMN_PARAMS: [&str; 2] = ["_id", "_lastUpdated"];
/// The parameter of a `next` link that says where its page starts.
pub const CURSOR_PARAM: &str = "cursor";

const MAX_PARAMETERS: usize = 128;
const MAX_CLAUSES: usize = 64;
const MAX_ALTERNATIVES: usize = 200;
const MAX_VALUE_BYTES: usize = 1_000;
/// A list of ids may be longer than one value: two hundred ids of 64 characters.
const MAX_LIST_BYTES: usize = MAX_ALTERNATIVES * 65;
const MAX_SORT_KEYS: usize = 4;
const MAX_INCLUDES: usize = 16;
const MAX_ELEMENTS: usize = 64;

/// How a search is read.
#[derive(Debug, Clone, Copy)]
pub struct SearchOptions {
    /// Most matches on a page; a greater `_count` is lowered to it.
    pub max_count: u32,
    /// Matches on a page when nothing is said.
    pub default_count: u32,
    /// Unknown parameters are left out and named, instead of refused (`Prefer: handling=lenient`).
    pub lenient: bool,
    /// For `ap` with dates: the span is widened here, so that who executes the query only has to look for an overlap.
    pub now: Timestamp,
}

/// Reads the parameters of a search (R4 search), names and values already percent-decoded.
///
/// # Errors
/// Issues whose expression is the name of the parameter; they do not repeat values, which may be health data.
pub fn parse(
    resource_type: ResourceType,
    parameters: &[(String, String)],
    options: &SearchOptions,
) -> Result<Query, Vec<Issue>> {
    parse_at(resource_type, parameters, options, 0)
}

/// As [`parse`], for the search at the end of `depth` links of a chain.
fn parse_at(
    resource_type: ResourceType,
    parameters: &[(String, String)],
    options: &SearchOptions,
    depth: usize,
) -> Result<Query, Vec<Issue>> {
    if parameters.len() > MAX_PARAMETERS {
        return Err(vec![Issue::error(IssueCode::TooCostly, "", format!("at most {MAX_PARAMETERS} parameters"))]);
    }
    let mut reader = Reader {
        options,
        depth,
        last_updated: Vec::new(),
        query: Query { count: options.default_count.min(options.max_count), ..Query::of(resource_type) },
    };
    let mut issues = Vec::new();
    for (name, value) in parameters {
        if let Err((code, text)) = reader.parameter(name, value) {
            issues.push(Issue::error(code, shown(name), text));
        }
    }
    if reader.query.clauses.len() > MAX_CLAUSES {
        issues.push(Issue::error(IssueCode::TooCostly, "", format!("at most {MAX_CLAUSES} search parameters")));
    }
    if issues.is_empty() { Ok(reader.finish()) } else { Err(issues) }
}

pub(super) type Refused = (IssueCode, String);

pub(super) fn bad(text: &str) -> Refused {
    (IssueCode::Value, text.to_owned())
}

pub(super) fn unsupported(text: impl Into<String>) -> Refused {
    (IssueCode::NotSupported, text.into())
}

/// A name that is safe to repeat: short and without anything unusual.
fn shown(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.')).take(64).collect()
}

struct Reader<'o> {
    options: &'o SearchOptions,
    depth: usize,
    query: Query,
    last_updated: Vec<DateMatch>,
}

impl Reader<'_> {
    fn parameter(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        let limit =
            if name == "_id" || name == CURSOR_PARAM { MAX_LIST_BYTES } else { MAX_ALTERNATIVES * MAX_VALUE_BYTES };
        if value.len() > limit {
            return Err((IssueCode::TooLong, "the value is too long".to_owned()));
        }
        if value.is_empty() {
            return Err(bad("the value is empty"));
        }
        match name {
            "_format" | "_pretty" => return Ok(()),
            CURSOR_PARAM => {
                self.query.cursor = Some(Cursor(value.to_owned()));
                return Ok(());
            }
            "_id" => self.ids(value)?,
            "_lastUpdated" => self.last_updated(value)?,
            "_count" => return self.count(value),
            "_sort" => self.sort(value)?,
            "_include" => self.include(value)?,
            "_total" => self.total(value)?,
            "_revinclude" => self.revinclude(value)?,
            "_summary" if value == "false" => return Ok(()),
            "_summary" => self.summary(value)?,
            "_elements" => self.elements(value)?,
            "_contained" | "_containedType" | "_has" | "_list" | "_query" | "_filter" | "_text" | "_content" => {
                return Err(unsupported(format!("{name} is not supported")));
            }
            _ => {
                if !self.search_parameter(name, value)? {
                    return Ok(());
                }
            }
        }
        self.query.canonical.push((name.to_owned(), value.to_owned()));
        Ok(())
    }

    fn ids(&mut self, value: &str) -> Result<(), Refused> {
        let ids: Result<Vec<ResourceId>, _> = alternatives(value)?.into_iter().map(str::parse).collect();
        self.query.clauses.push(Clause::Id(ids.map_err(|e| bad(&e.to_string()))?));
        Ok(())
    }

    fn last_updated(&mut self, value: &str) -> Result<(), Refused> {
        if value.contains(',') {
            return Err(unsupported("_lastUpdated takes one value; give the parameter twice for a span"));
        }
        self.last_updated.push(value::date(value, self.options.now).map_err(bad)?);
        if self.last_updated.len() > MAX_CLAUSES {
            Err((IssueCode::TooCostly, "given too often".to_owned()))
        } else {
            Ok(())
        }
    }

    fn count(&mut self, value: &str) -> Result<(), Refused> {
        let is_number = value.bytes().all(|b| b.is_ascii_digit());
        if !is_number {
            return Err(bad("a whole number from 0"));
        }
        // More digits than fit are simply more than the most.
        self.query.count = value.parse().unwrap_or(u32::MAX).min(self.options.max_count);
        if self.query.count == 0 {
            self.query.total = Total::Accurate;
        }
        Ok(())
    }

    fn total(&mut self, value: &str) -> Result<(), Refused> {
        match value {
            "none" => {}
            "estimate" | "accurate" => self.query.total = Total::Accurate,
            _ => return Err(bad("none, estimate or accurate")),
        }
        Ok(())
    }

    fn sort(&mut self, value: &str) -> Result<(), Refused> {
        for key in value.split(',') {
            if self.query.sort.len() >= MAX_SORT_KEYS {
                return Err((IssueCode::TooCostly, format!("at most {MAX_SORT_KEYS} keys")));
            }
            let (name, descending) = match key.strip_prefix('-') {
                Some(name) => (name, true),
                None => (key, false),
            };
            let by = match name {
                "_id" => SortBy::Id,
                "_lastUpdated" => SortBy::LastUpdated,
                _ => {
                    let param = params::find(self.query.resource_type, name).filter(|p| p.indexed && !p.patient_label);
                    let param = param.ok_or_else(|| unsupported("cannot be sorted by that"))?;
                    SortBy::Param(param.id, param.kind)
                }
            };
            self.query.sort.push(SortKey { by, descending });
        }
        Ok(())
    }

    fn include(&mut self, value: &str) -> Result<(), Refused> {
        if self.query.includes.len() >= MAX_INCLUDES {
            return Err((IssueCode::TooCostly, format!("at most {MAX_INCLUDES} includes")));
        }
        let mut parts = value.split(':');
        let (source, code, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
        if source != self.query.resource_type.name() || parts.next().is_some() {
            return Err(bad(
                "the form is Source:parameter or Source:parameter:Target, where Source is the type searched for",
            ));
        }
        let param =
            params::find(self.query.resource_type, code).filter(|p| p.indexed && p.kind == ParamKind::Reference);
        let param = param.ok_or_else(|| unsupported("only reference parameters can be included, and no '*'"))?;
        let target = match target {
            Some(name) => Some(ResourceType::from_name(name).ok_or_else(|| bad("the target is no resource type"))?),
            None => None,
        };
        self.query.includes.push(Include { param: param.id, target });
        Ok(())
    }

    fn summary(&mut self, value: &str) -> Result<(), Refused> {
        match value {
            "count" => {
                self.query.count = 0;
                self.query.total = Total::Accurate;
            }
            "text" => self.query.subset = Some(Subset::Text),
            "data" => self.query.subset = Some(Subset::Data),
            "true" => return Err(unsupported("_summary=true is not supported; name what is wanted with _elements")),
            _ => return Err(bad("false, count, text or data")),
        }
        Ok(())
    }

    fn elements(&mut self, value: &str) -> Result<(), Refused> {
        let names: Vec<String> = value.split(',').map(str::to_owned).collect();
        if names.len() > MAX_ELEMENTS {
            return Err((IssueCode::TooCostly, format!("at most {MAX_ELEMENTS} elements")));
        }
        if !names.iter().all(|name| Subset::is_element(self.query.resource_type, name)) {
            return Err(bad("the type has no element of that name at its first level"));
        }
        self.query.subset = Some(Subset::Elements(names));
        Ok(())
    }

    fn revinclude(&mut self, value: &str) -> Result<(), Refused> {
        if self.query.revincludes.len() >= chain::MAX_REVINCLUDES {
            return Err((IssueCode::TooCostly, format!("at most {} of these", chain::MAX_REVINCLUDES)));
        }
        self.query.revincludes.push(chain::revinclude(self.query.resource_type, value)?);
        Ok(())
    }

    /// A chain: its inner search is read as one of the other type.
    fn chain(&mut self, outer: &chain::Outer<'_>, value: &str) -> Result<(), Refused> {
        if self.depth >= chain::MAX_DEPTH || self.query.chains.len() >= chain::MAX_CHAINS {
            return Err((IssueCode::TooCostly, "too many chains, or too long a one".to_owned()));
        }
        let inner = [(outer.inner_name.to_owned(), value.to_owned())];
        // An unknown name at the end of a chain is never left out: the search would find what was not meant.
        let options = SearchOptions { lenient: false, ..*self.options };
        let query = parse_at(outer.inner_type, &inner, &options, self.depth + 1).map_err(|issues| {
            let first = issues.into_iter().next();
            first.map_or_else(|| bad("the chain cannot be read"), |issue| (issue.code, issue.diagnostics))
        })?;
        if query.clauses.is_empty() && query.chains.is_empty() {
            return Err(bad("a chain ends with a search parameter"));
        }
        self.query.chains.push(outer.around(query));
        Ok(())
    }

    /// Any other parameter; false when it was left out.
    fn search_parameter(&mut self, name: &str, value: &str) -> Result<bool, Refused> {
        if let Some(outer) = chain::outer(self.query.resource_type, name)? {
            return self.chain(&outer, value).map(|()| true);
        }
        let (code, modifier) = match name.split_once(':') {
            Some((code, modifier)) => (code, Some(modifier)),
            None => (name, None),
        };
        let param = match params::find(self.query.resource_type, code) {
            Some(param) if param.indexed => param,
            Some(_) => return Err(unsupported("this parameter, or a modifier of it, is not supported")),
            None if self.options.lenient && !COLUMN_PARAMS.contains(&code) => {
                self.query.ignored.push(shown(name));
                return Ok(false);
            }
            None => return Err(unsupported(format!("{} has no such search parameter", self.query.resource_type))),
        };
        if modifier == Some("missing") {
            let missing = value.parse().map_err(|_| bad("true or false"))?;
            if param.patient_label {
                return Err(unsupported(":missing is not supported for the patient a resource belongs to"));
            }
            self.query.clauses.push(Clause::Missing(param.id, missing));
            return Ok(true);
        }
        let modifier = modifier.map_or(Ok(Modifier::None), |text| modifier_of(param, text))?;
        let mut matches = Vec::new();
        for text in alternatives(value)? {
            matches.push(value::parse(param, modifier, text, self.options.now).map_err(bad)?);
        }
        let clause = if param.patient_label { patient_clause(param, matches)? } else { any(param, modifier, matches) };
        self.query.clauses.push(clause);
        Ok(true)
    }

    fn finish(mut self) -> Query {
        if !self.last_updated.is_empty() {
            self.query.clauses.push(Clause::LastUpdated(self.last_updated));
        }
        self.query.canonical.sort();
        self.query.canonical.push(("_count".to_owned(), self.query.count.to_string()));
        self.query
    }
}

fn alternatives(value: &str) -> Result<Vec<&str>, Refused> {
    let parts = split(value, ',');
    if parts.len() > MAX_ALTERNATIVES {
        return Err((IssueCode::TooCostly, format!("at most {MAX_ALTERNATIVES} alternatives")));
    }
    if parts.iter().any(|part| part.len() > MAX_VALUE_BYTES) {
        return Err((IssueCode::TooLong, format!("a value is at most {MAX_VALUE_BYTES} bytes")));
    }
    if parts.iter().any(|part| part.is_empty() || unescape(part).is_none()) {
        return Err(bad(
            "an alternative is empty, or a backslash stands before something other than ',', '|', '$' or '\\'",
        ));
    }
    Ok(parts)
}

fn modifier_of(param: &ParamDef, text: &str) -> Result<Modifier, Refused> {
    let modifier = match (param.kind, text) {
        (ParamKind::String, "exact") => Some(Modifier::Exact),
        (ParamKind::String, "contains") => Some(Modifier::Contains),
        (ParamKind::Token, "not") => Some(Modifier::Not),
        (ParamKind::Reference, name) => ResourceType::from_name(name).map(Modifier::Type),
        _ => None,
    };
    if let Some(Modifier::Type(target)) = modifier
        && !param.targets.is_empty()
        && !param.targets().any(|t| t == target)
    {
        return Err(bad("the parameter does not refer to that type"));
    }
    modifier.ok_or_else(|| unsupported("this modifier is not supported for this parameter"))
}

fn any(param: &ParamDef, modifier: Modifier, matches: Vec<Match>) -> Clause {
    Clause::Any { param: param.id, matches, negate: modifier == Modifier::Not }
}

/// A parameter that names the patient the resource belongs to: an id without a type means a patient. Patients are answered
/// from the label, everything else from the index; both in one parameter cannot be answered at once.
fn patient_clause(param: &ParamDef, matches: Vec<Match>) -> Result<Clause, Refused> {
    let mut patients = Vec::new();
    let mut others = Vec::new();
    for one in matches {
        match one {
            Match::Reference { target: None | Some(ResourceType::PATIENT), id } => patients.push(PatientId::new(id)),
            other => others.push(other),
        }
    }
    match (patients.is_empty(), others.is_empty()) {
        (false, true) => Ok(Clause::Patient(patients)),
        (true, _) => Ok(any(param, Modifier::None, others)),
        (false, false) => Err(unsupported("patients and other targets cannot be alternatives of one parameter")),
    }
}
