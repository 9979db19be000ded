//! `$meta` of a type and of the whole (R4 Resource-meta): the profiles, tags and security labels that are in use, each once, as far as the
//! caller may see the resources that carry them.
//!
//! The resources are found by the index and looked through, and the log tells of it as of any other search.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use varde_base::SystemActor;
use varde_fhir::json::{self, Node};
use varde_fhir::search::Query;
use varde_fhir::{IssueCode, ResourceType};

use super::meta::{LISTS, name, stored};
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Program;
use crate::fhir::outcome::Failed;
use crate::fhir::target::OfType;

/// What is offered.
pub(super) const OFFERED: &[Operation] =
    &[Operation { name: "meta", definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta", on: On::System }];

/// Most resources looked through; of more the answer would be a part only, and is refused.
const MAX_RESOURCES: usize = 20_000;
/// Resources looked through at a time.
const ROWS: u32 = 500;

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new().route("/$meta", get(system).post(system)).route("/{type}/$meta", get(of_type).post(of_type))
}

async fn system(State(state): State<FhirState>, Program(actor): Program) -> Result<Response, Failed> {
    Ok(all(&state, &actor, ResourceType::all()).await?.respond(&state))
}

async fn of_type(
    State(state): State<FhirState>,
    Program(actor): Program,
    OfType(resource_type): OfType,
) -> Result<Response, Failed> {
    Ok(all(&state, &actor, std::iter::once(resource_type)).await?.respond(&state))
}

async fn all(
    state: &FhirState,
    actor: &SystemActor,
    types: impl Iterator<Item = ResourceType>,
) -> Result<Answer, Failed> {
    let mut queries = Vec::new();
    for resource_type in types {
        for list in LISTS {
            let pairs = [(format!("_{list}:missing"), "false".to_owned()), ("_count".to_owned(), ROWS.to_string())];
            queries.push(state.query(resource_type, &pairs, false)?);
        }
    }
    let gate = state.gate(actor, "meta").with_replicas();
    let mut union = Union::default();
    let (mut rest, mut looked_through) = (queries.as_mut_slice(), 0);
    while !rest.is_empty() {
        let pages = gate.search_several(rest, ROWS).await?;
        for found in pages.iter().flat_map(|page| &page.matches) {
            looked_through += 1;
            union.add(&stored(&found.body)?);
        }
        if looked_through > MAX_RESOURCES {
            let text = format!("more than {MAX_RESOURCES} resources have labels or profiles; ask for one type");
            return Err(Failed::at(IssueCode::TooCostly, "", text));
        }
        rest = go_on(rest, pages.into_iter().map(|page| page.next).collect());
    }
    Ok(Answer::body(union.write()))
}

/// The searches that are left: what comes after those that have come to their end, the first from where it stopped.
fn go_on(queries: &mut [Query], ends: Vec<Option<varde_fhir::search::Cursor>>) -> &mut [Query] {
    let done = ends.iter().take_while(|end| end.is_none()).count();
    let cursor = ends.into_iter().nth(done).flatten();
    let rest = queries.get_mut(done..).unwrap_or_default();
    if let Some(first) = rest.first_mut() {
        first.cursor = cursor;
    }
    rest
}

/// What has been found: of each list, what tells an item from another, and the item.
#[derive(Default)]
struct Union([BTreeMap<(String, String), String>; LISTS.len()]);

impl Union {
    fn add(&mut self, resource: &Node<'_>) {
        let Some(meta) = resource.get("meta") else { return };
        for (items, list) in self.0.iter_mut().zip(LISTS) {
            for item in meta.list(list) {
                let part = |name| item.str_at(name).unwrap_or_default();
                let key = item.str().map_or_else(|| (part("system"), part("code")), |profile| (profile, ""));
                items.entry((key.0.to_owned(), key.1.to_owned())).or_insert_with(|| {
                    let mut text = String::new();
                    json::write_node(&mut text, item);
                    text
                });
            }
        }
    }

    /// As Parameters; without any where nothing was found, since an element must not be empty.
    fn write(&self) -> Vec<u8> {
        if self.0.iter().all(BTreeMap::is_empty) {
            return br#"{"resourceType":"Parameters"}"#.to_vec();
        }
        let mut out = String::from(r#"{"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":{"#);
        for (items, list) in self.0.iter().zip(LISTS).filter(|(items, _)| !items.is_empty()) {
            name(&mut out, list);
            for (index, item) in items.values().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                out.push_str(item);
            }
            out.push(']');
        }
        out.push_str("}}]}");
        out.into_bytes()
    }
}
