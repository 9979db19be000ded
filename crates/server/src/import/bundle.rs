//! From a Bundle to writes.

use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use varde_base::ResourceId;
use varde_fhir::json::Limits;
use varde_fhir::{BundleEntry, Parsed as Resource, ReferenceMap, ResourceType, references};
use varde_rights::Action;
use varde_store::{Delete, Expect, Put, Store, Write};

use super::lines::{Lines, NotIn, prepare};
use super::place::{Found, Places};
use super::reader::{MAX_BUNDLE_BYTES, Piece};
use super::report::{Place, Rejection, describe};
use super::{Batches, Parsed, Source, WHOLE};

/// Parses pieces and hands on batches.
pub(super) struct Parser {
    pub(super) store: Store,
    pub(super) runtime: Handle,
    pub(super) places: Arc<Mutex<Places>>,
    pub(super) outgoing: Sender<Parsed>,
    /// What does not resolve now is rejected, not put off.
    pub(super) last: bool,
}

/// The writer has gone.
pub(super) struct Gone;

/// What an entry is to become.
enum Plan<'a> {
    Put(Resource<'a>, ResourceId),
    Delete(ResourceType, ResourceId),
    /// A conditional create of something that is there.
    Exists,
    Reject(String),
}

impl Parser {
    /// Takes pieces until there are no more or the writer has gone.
    pub(super) fn run(self, pieces: &Receiver<Piece>) {
        let mut lines = Lines::default();
        for piece in pieces {
            let done = match piece {
                Piece::Document(source, bytes) => self.document(&source, &bytes),
                Piece::Lines(source, first, bytes) => lines.take(&self, &source, first, &bytes),
                Piece::EndOfLines(source, last) => lines.end(&self, &source, last),
                Piece::Failed(source, what) => {
                    lines = Lines::default();
                    self.reject(&source.path, None, what)
                }
            };
            if done.is_err() {
                return;
            }
        }
    }

    pub(super) fn send(&self, parsed: Parsed) -> Result<(), Gone> {
        self.outgoing.blocking_send(parsed).map_err(|_| Gone)
    }

    pub(super) fn reject(&self, file: &Path, place: Option<Place>, what: String) -> Result<(), Gone> {
        self.send(Parsed::Rejected(Rejection { file: file.to_owned(), place, what, entries: 1 }))
    }

    pub(super) fn places(&self) -> MutexGuard<'_, Places> {
        // The list only grows by whole entries, so a panic elsewhere leaves it usable.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file with one Bundle, or with one resource.
    fn document(&self, source: &Source, bytes: &[u8]) -> Result<(), Gone> {
        let limits = Limits {
            bytes: usize::try_from(MAX_BUNDLE_BYTES).unwrap_or(usize::MAX),
            nodes: 64_000_000,
            ..Limits::default()
        };
        // Validated as a whole when all is well; entry by entry only when something is wrong, to say where.
        let (document, valid) = match Resource::parse(bytes, &limits) {
            Ok(document) => (document, true),
            Err(_) => match Resource::parse_stored(bytes, &limits) {
                Ok(document) => (document, false),
                Err(issues) => return self.reject(&source.path, None, describe(&issues)),
            },
        };
        if document.resource_type() != ResourceType::BUNDLE {
            return self.single(source, bytes);
        }
        let kind = document.root().str_at("type").unwrap_or_default().to_owned();
        if !matches!(kind.as_str(), "transaction" | "batch" | "collection") {
            let what =
                format!("Bundle.type: a Bundle of type '{kind}' is not taken, only transaction, batch or collection");
            return self.reject(&source.path, None, what);
        }
        let entries = document.into_entries();
        let mut faults = if valid { HashMap::new() } else { faults(&entries) };
        let (mut map, mut plans) = (ReferenceMap::new(), Vec::with_capacity(entries.len()));
        for (index, entry) in (0_u64..).zip(entries) {
            let full_url = entry.full_url.clone();
            let plan = match faults.remove(&index) {
                Some(fault) => Plan::Reject(fault),
                None => self.plan(source, index, entry, &mut map),
            };
            if let (Plan::Put(resource, id), Some(url)) = (&plan, full_url) {
                map.insert(url, resource.resource_type(), id);
            }
            plans.push(plan);
        }
        let unresolved = self.resolve(&plans, &mut map);
        if unresolved.values().any(|found| *found == Found::None) && !self.last {
            return self.send(Parsed::PutOff(source.clone()));
        }
        for plan in &mut plans {
            if let Some(what) = broken(plan, &map, &unresolved) {
                *plan = Plan::Reject(what);
            }
        }
        self.write(source, plans, kind == "transaction", &map)
    }

    /// A file with one resource that is no Bundle.
    fn single(&self, source: &Source, bytes: &[u8]) -> Result<(), Gone> {
        match prepare(self, bytes) {
            Ok(put) => {
                let writes = vec![Write::Put(Box::new(put))];
                self.send(Parsed::Batch(Batches::resume(source, writes).take(WHOLE)))
            }
            Err(NotIn::Unresolved(_)) if !self.last => self.send(Parsed::PutOff(source.clone())),
            Err(NotIn::Bad(what) | NotIn::Unresolved(what)) => self.reject(&source.path, None, what),
        }
    }

    /// Decides what an entry becomes, and under which id. Ids that resources carry are kept; a resource without one gets the
    /// UUID of its `fullUrl`, or one that follows from the file, so that a second run gives the same.
    fn plan<'a>(&self, source: &Source, index: u64, entry: BundleEntry<'a>, map: &mut ReferenceMap) -> Plan<'a> {
        let request = entry.request.unwrap_or_default();
        let by_url = local(&request.url);
        match (request.method.as_str(), entry.resource) {
            ("DELETE", _) => match by_url {
                Some((resource_type, id)) => Plan::Delete(resource_type, id),
                None => Plan::Reject("request.url: a deletion names one resource".to_owned()),
            },
            ("" | "POST" | "PUT", Some(resource)) => {
                let put = request.method == "PUT";
                let full_url = entry.full_url.as_deref();
                if let Some(condition) = request.if_none_exist.filter(|_| !put) {
                    let condition = format!("{}?{condition}", resource.resource_type());
                    match self.places().find(&condition, &self.store, &self.runtime) {
                        // Its own id means that an earlier run wrote it: then it is left to the comparison with what is there.
                        Found::One(resource_type, id) if Some(&id) != resource.id().as_ref() => {
                            if let Some(url) = full_url {
                                map.insert(url, resource_type, &id);
                            }
                            return Plan::Exists;
                        }
                        Found::Never(what) => return Plan::Reject(format!("request.ifNoneExist: {what}")),
                        Found::One(..) | Found::None => {}
                    }
                }
                let id = by_url.filter(|_| put).map(|(_, id)| id).or_else(|| resource.id());
                let id = id.or_else(|| full_url?.rsplit([':', '/']).next()?.parse().ok());
                let id = id.unwrap_or_else(|| derived_id(source, index));
                self.note(&resource, &id);
                Plan::Put(resource, id)
            }
            ("" | "POST" | "PUT", None) => Plan::Reject("resource: missing, or of no type of R4".to_owned()),
            (method, _) => Plan::Reject(format!("request.method: {method} is not for an import")),
        }
    }

    /// Notes identifiers of what conditional references point at: whoever works in the health service, not patients' data.
    pub(super) fn note(&self, resource: &Resource<'_>, id: &ResourceId) {
        if !matches!(resource.resource_type().name(), "Practitioner" | "Organization" | "Location" | "PractitionerRole")
        {
            return;
        }
        let identifiers: Vec<(&str, &str)> = resource
            .root()
            .list("identifier")
            .iter()
            .filter_map(|identifier| Some((identifier.str_at("system")?, identifier.str_at("value")?)))
            .collect();
        self.places().note(resource.resource_type(), id, &identifiers);
    }

    /// Resolves every conditional reference; those that lead nowhere come back.
    fn resolve(&self, plans: &[Plan<'_>], map: &mut ReferenceMap) -> HashMap<String, Found> {
        let mut unresolved = HashMap::new();
        for plan in plans {
            let Plan::Put(resource, _) = plan else { continue };
            for reference in references(resource) {
                let condition = reference.value;
                if !is_condition(condition) || map.get(condition).is_some() || unresolved.contains_key(condition) {
                    continue;
                }
                match self.places().find(condition, &self.store, &self.runtime) {
                    Found::One(resource_type, id) => map.insert(condition, resource_type, &id),
                    found => drop(unresolved.insert(condition.to_owned(), found)),
                }
            }
        }
        unresolved
    }

    fn write(
        &self,
        source: &Source,
        plans: Vec<Plan<'_>>,
        whole_or_nothing: bool,
        map: &ReferenceMap,
    ) -> Result<(), Gone> {
        let count = plans.len() as u64;
        let rejected = plans.iter().filter(|plan| matches!(plan, Plan::Reject(_))).count();
        if whole_or_nothing && rejected > 0 {
            return self.refuse(source, &plans);
        }
        let mut batches = Batches::resume(source, Vec::new());
        for (index, plan) in (0_u64..).zip(plans) {
            let write = match plan {
                Plan::Reject(what) => {
                    self.reject(&source.path, Some(Place::Entry(index)), what)?;
                    continue;
                }
                Plan::Exists => continue,
                _ if index < source.position => continue,
                Plan::Put(resource, id) => Write::Put(Box::new(Put::new(resource, id, map))),
                Plan::Delete(resource_type, id) => {
                    Write::Delete(Delete { resource_type, id, expect: Expect::Any, action: Action::Write })
                }
            };
            if let Some(batch) = batches.add(write, index + 1) {
                self.send(Parsed::Batch(batch))?;
            }
        }
        // A file that is not in whole is read again by the next run, which says again what is wrong with it.
        let position = if rejected == 0 { WHOLE } else { count };
        self.send(Parsed::Batch(batches.take(position)))
    }

    /// A transaction is taken whole or not at all.
    fn refuse(&self, source: &Source, plans: &[Plan<'_>]) -> Result<(), Gone> {
        let mut others = 0;
        for (index, plan) in (0_u64..).zip(plans) {
            match plan {
                Plan::Reject(what) => self.reject(&source.path, Some(Place::Entry(index)), what.clone())?,
                _ => others += 1,
            }
        }
        if others == 0 {
            return Ok(());
        }
        let what = format!("{others} more entries were not taken in, since they are one transaction with these");
        self.send(Parsed::Rejected(Rejection { file: source.path.clone(), place: None, what, entries: others }))
    }
}

/// What is wrong with each entry, validated on its own.
fn faults(entries: &[BundleEntry<'_>]) -> HashMap<u64, String> {
    let mut out = HashMap::new();
    for (index, entry) in (0_u64..).zip(entries) {
        if let Some(resource) = &entry.resource
            && let Err(issues) = Resource::parse(resource.raw().as_bytes(), &Limits::default())
        {
            out.insert(index, describe(&issues));
        }
    }
    out
}

/// Why a planned write cannot be: a reference of it leads nowhere.
fn broken(plan: &Plan<'_>, map: &ReferenceMap, unresolved: &HashMap<String, Found>) -> Option<String> {
    let Plan::Put(resource, _) = plan else { return None };
    references(resource).find_map(|reference| {
        if let Some(found) = unresolved.get(reference.value) {
            let why = match found {
                Found::Never(why) => why.as_str(),
                Found::None | Found::One(..) => "nothing matches the conditional reference",
            };
            return Some(format!("{}: {why}", reference.expression));
        }
        let dangling = reference.value.starts_with("urn:uuid:") && map.get(reference.value).is_none();
        dangling.then(|| format!("{}: no entry of the Bundle has this fullUrl", reference.expression))
    })
}

/// `Practitioner?identifier=..`, and no URL elsewhere.
pub(super) fn is_condition(reference: &str) -> bool {
    reference.split_once('?').is_some_and(|(name, _)| ResourceType::from_name(name).is_some())
}

fn local(url: &str) -> Option<(ResourceType, ResourceId)> {
    let (name, id) = url.trim_start_matches('/').split_once('/')?;
    Some((ResourceType::from_name(name)?, id.parse().ok()?))
}

/// An id that follows from the file and the place in it.
fn derived_id(source: &Source, index: u64) -> ResourceId {
    let hash = Sha256::digest(format!("{}/{index}", source.hash));
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    hex.parse().unwrap_or_else(|_| ResourceId::new_v7())
}
