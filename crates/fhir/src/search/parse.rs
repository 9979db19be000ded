use jiff::Timestamp;
use varde_base::{PatientId, ResourceId};

use super::modifier::{self, Modifier, modifier_of};
use super::query::{Clause, Cursor, DateMatch, Match, ParamKind, Query, SortBy, SortKey, Total};
use super::split::{split, unescape};
use super::terminology::{NoTerminology, Terminology};
use super::{chain, composite, include, value};
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

/// Reads the parameters of a search (R4 search), names and values already percent-decoded, without a terminology.
///
/// # Errors
/// Issues whose expression is the name of the parameter; they do not repeat values, which may be health data.
pub fn parse(
    resource_type: ResourceType,
    parameters: &[(String, String)],
    options: &SearchOptions,
) -> Result<Query, Vec<Issue>> {
    parse_with(resource_type, parameters, options, &NoTerminology)
}

/// As [`parse`], with a terminology that lists value sets and hierarchies.
///
/// # Errors
/// As [`parse`].
pub fn parse_with(
    resource_type: ResourceType,
    parameters: &[(String, String)],
    options: &SearchOptions,
    terminology: &dyn Terminology,
) -> Result<Query, Vec<Issue>> {
    parse_at(resource_type, parameters, options, terminology, 0)
}

/// As [`parse`], for the search at the end of `depth` links of a chain.
fn parse_at(
    resource_type: ResourceType,
    parameters: &[(String, String)],
    options: &SearchOptions,
    terminology: &dyn Terminology,
    depth: usize,
) -> Result<Query, Vec<Issue>> {
    if parameters.len() > MAX_PARAMETERS {
        return Err(vec![Issue::error(IssueCode::TooCostly, "", format!("at most {MAX_PARAMETERS} parameters"))]);
    }
    let mut reader = Reader {
        options,
        terminology,
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
    terminology: &'o dyn Terminology,
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
            "_total" => self.total(value)?,
            "_list" => self.list(value)?,
            "_summary" if value == "false" => return Ok(()),
            "_summary" => self.summary(value)?,
            "_elements" => self.elements(value)?,
            "_contained" | "_containedType" | "_has" | "_query" | "_filter" | "_text" | "_content" => {
                return Err(unsupported(format!("{name} is not supported")));
            }
            _ => {
                let (resource_type, query) = (self.query.resource_type, &mut self.query);
                if let Some(iterate) = include::named(name, "_include") {
                    include::include(&mut query.includes, resource_type, value, iterate)?;
                } else if let Some(iterate) = include::named(name, "_revinclude") {
                    include::revinclude(&mut query.revincludes, resource_type, value, iterate)?;
                } else if !self.search_parameter(name, value)? {
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
                    let param = params::find(self.query.resource_type, name).filter(|p| is_sortable(p));
                    let param = param.ok_or_else(|| unsupported("cannot be sorted by that"))?;
                    SortBy::Param(param.id, param.kind)
                }
            };
            self.query.sort.push(SortKey { by, descending });
        }
        Ok(())
    }

    /// The resources a list names: as if the list, found by its id, referred to them.
    fn list(&mut self, value: &str) -> Result<(), Refused> {
        if value.starts_with('$') {
            return Err(unsupported("functional lists are not supported"));
        }
        let outer = chain::outer(self.query.resource_type, "_has:List:item:_id")?;
        outer.ok_or_else(|| bad("a list cannot name that type")).and_then(|outer| self.chain(&outer, value))
    }

    fn summary(&mut self, value: &str) -> Result<(), Refused> {
        match value {
            "count" => {
                self.query.count = 0;
                self.query.total = Total::Accurate;
            }
            "text" => self.query.subset = Some(Subset::Text),
            "data" => self.query.subset = Some(Subset::Data),
            "true" => self.query.subset = Some(Subset::Summary),
            _ => return Err(bad("true, false, count, text or data")),
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

    /// A chain: its inner search is read as one of the other type.
    fn chain(&mut self, outer: &chain::Outer<'_>, value: &str) -> Result<(), Refused> {
        if self.depth >= chain::MAX_DEPTH || self.query.chains.len() >= chain::MAX_CHAINS {
            return Err((IssueCode::TooCostly, "too many chains, or too long a one".to_owned()));
        }
        let inner = [(outer.inner_name.to_owned(), value.to_owned())];
        // An unknown name at the end of a chain is never left out: the search would find what was not meant.
        let options = SearchOptions { lenient: false, ..*self.options };
        let query = parse_at(outer.inner_type, &inner, &options, self.terminology, self.depth + 1);
        let query = query.map_err(|issues| {
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
            if param.patient_label || param.kind == ParamKind::Composite {
                return Err(unsupported(
                    ":missing is not supported for composites and for the patient a resource belongs to",
                ));
            }
            self.query.clauses.push(Clause::Missing(param.id, missing));
            return Ok(true);
        }
        let modifier = modifier.map_or(Ok(Modifier::None), |text| modifier_of(param, text))?;
        let texts = alternatives(value)?;
        if param.kind == ParamKind::Composite {
            self.query.clauses.extend(composite::clauses(param, &texts, self.options.now)?);
            return Ok(true);
        }
        if let Some(clause) = modifier::clause(param, modifier, &texts, self.terminology)? {
            self.query.clauses.push(clause);
            return Ok(true);
        }
        let mut matches = Vec::with_capacity(texts.len());
        for text in texts {
            matches.push(value::parse(param, modifier, text, self.options.now).map_err(bad)?);
        }
        let clause = if param.patient_label { patient_clause(param, matches)? } else { any(param, modifier, matches) };
        self.query.clauses.push(clause);
        Ok(true)
    }

    /// Orders given in several parameters as one, since the parameters of the link have an order of their own.
    fn one_sort(&mut self) {
        let is_sort = |(name, _): &(String, String)| name == "_sort";
        let orders = self.query.canonical.iter().filter(|pair| is_sort(pair)).map(|(_, order)| order.as_str());
        let orders: Vec<&str> = orders.collect();
        if orders.len() > 1 {
            let orders = orders.join(",");
            self.query.canonical.retain(|pair| !is_sort(pair));
            self.query.canonical.push(("_sort".to_owned(), orders));
        }
    }

    fn finish(mut self) -> Query {
        self.one_sort();
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

/// Whether there is an order of a parameter's values.
fn is_sortable(param: &ParamDef) -> bool {
    param.indexed && !param.patient_label && !matches!(param.kind, ParamKind::Composite | ParamKind::Special)
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
