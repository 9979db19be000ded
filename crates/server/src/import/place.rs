//! Conditional references: which resource `Practitioner?identifier=system|value` means.

use std::collections::HashMap;

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use tokio::runtime::Handle;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_fhir::search::{self, SearchOptions};
use varde_store::Store;

/// References kept; past this the list starts anew and the database is asked.
const MAX_KEPT: usize = 500_000;

/// Where conditions lead, as far as this import has seen.
#[derive(Default)]
pub(super) struct Places {
    known: HashMap<String, (ResourceType, ResourceId)>,
}

/// What a condition leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// One resource.
    One(ResourceType, ResourceId),
    /// None yet.
    None,
    /// Several, or a condition that cannot be asked.
    Never(String),
}

impl Places {
    /// Notes where a resource can be found by its identifiers.
    pub(super) fn note(&mut self, resource_type: ResourceType, id: &ResourceId, identifiers: &[(&str, &str)]) {
        if self.known.len() >= MAX_KEPT {
            self.known.clear();
        }
        for (system, value) in identifiers {
            let condition = format!("{resource_type}?identifier={system}|{value}");
            self.known.insert(condition, (resource_type, id.clone()));
        }
    }

    /// Where a condition leads.
    pub(super) fn find(&mut self, condition: &str, store: &Store, runtime: &Handle) -> Found {
        if let Some((resource_type, id)) = self.known.get(condition) {
            return Found::One(*resource_type, id.clone());
        }
        let found = ask(condition, store, runtime);
        if let Found::One(resource_type, id) = &found {
            self.known.insert(condition.to_owned(), (*resource_type, id.clone()));
        }
        found
    }
}

fn ask(condition: &str, store: &Store, runtime: &Handle) -> Found {
    let Some((name, rest)) = condition.split_once('?') else { return Found::Never("no condition".to_owned()) };
    let Some(resource_type) = ResourceType::from_name(name) else {
        return Found::Never(format!("{name} is no resource type"));
    };
    let decode = |text: &str| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned);
    let mut parameters = Vec::new();
    for pair in rest.split('&').take(16) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match (decode(name), decode(value)) {
            (Ok(name), Ok(value)) => parameters.push((name, value)),
            _ => return Found::Never("the condition is not UTF-8".to_owned()),
        }
    }
    let options = SearchOptions { max_count: 2, default_count: 2, lenient: false, now: Timestamp::now() };
    let query = match search::parse(resource_type, &parameters, &options) {
        Ok(query) => query,
        Err(issues) => return Found::Never(super::report::describe(&issues)),
    };
    match runtime.block_on(store.bulk_find(&query)).as_deref() {
        Ok([one]) => Found::One(resource_type, one.clone()),
        Ok([]) => Found::None,
        Ok(_) => Found::Never("several resources match the condition".to_owned()),
        Err(error) => Found::Never(error.to_string()),
    }
}
