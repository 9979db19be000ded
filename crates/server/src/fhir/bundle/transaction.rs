use std::collections::{HashMap, HashSet};

use varde_base::{Category, ResourceId};
use varde_fhir::{BundleEntry, BundleKind, BundleWriter, Issue, IssueCode, Parsed, ReferenceMap, ResourceType};
use varde_rights::Action;
use varde_store::{Batch, Delete, Expect, Gate, GateError, Precondition, Put, Write};

use super::references::{Conditions, canonical, name_entry, resolve};
use super::request::{Look, Request, look, read};
use super::{place, take_resource, write_answer, write_failure};
use crate::fhir::answer::Answer;
use crate::fhir::conditional::Destination;
use crate::fhir::create::existing_answer;
use crate::fhir::headers::Preference;
use crate::fhir::outcome::Failed;
use crate::fhir::update::{condition_failed, expectation, has_id};
use crate::fhir::{FhirState, conditional, search};

/// An entry, understood: what it will write or look at.
enum Planned<'b> {
    Put {
        resource: Box<Parsed<'b>>,
        id: ResourceId,
        expect: Expect,
        /// The part of `expect` that is the sender's own: a version found by a condition is not.
        asked: Expect,
        precondition: Option<Precondition>,
        is_create: bool,
    },
    Delete {
        resource_type: ResourceType,
        id: ResourceId,
        expect: Expect,
        asked: Expect,
    },
    /// A deletion whose condition nothing matches.
    Nothing,
    /// Its condition names one that exists, or that another entry of the transaction creates.
    Exists {
        resource_type: ResourceType,
        id: ResourceId,
    },
    Look(Look),
}

/// Does all entries or none: first everything is understood and given an id, then references are put right, then one commit.
///
/// # Errors
/// With the place of the entry at fault as far as it can be known; nothing has been written then.
pub(super) async fn run(
    state: &FhirState,
    gate: &Gate,
    entries: Vec<BundleEntry<'_>>,
    preference: Preference,
) -> Result<Answer, Failed> {
    let mut plan =
        Plan { entries: Vec::with_capacity(entries.len()), map: ReferenceMap::new(), conditions: HashMap::new() };
    for (index, entry) in entries.into_iter().enumerate() {
        let planned = plan.entry(state, gate, entry).await.map_err(|failed| failed.under(&place(index)))?;
        plan.entries.push(planned);
    }
    let puts: Vec<(usize, &Parsed<'_>)> =
        plan.entries.iter().enumerate().filter_map(|(index, p)| p.resource().map(|r| (index, r))).collect();
    resolve(state, gate, &puts, &plan.conditions, &mut plan.map).await?;
    let mut answers = plan.look_before(state, gate).await?;
    let (writes, looks) = plan.into_writes()?;
    commit(gate, writes, preference, &mut answers).await?;
    for (index, planned) in looks {
        let answer = match planned {
            Planned::Exists { resource_type, id } => existing_answer(gate, resource_type, &id, preference).await,
            Planned::Look(wanted) => look(state, gate, wanted).await,
            Planned::Nothing => Ok(Answer::nothing()),
            Planned::Put { .. } | Planned::Delete { .. } => Err(GateError::Fault.into()),
        };
        if let Some(slot @ None) = answers.get_mut(index) {
            // The writes are done, so what cannot be looked at now is said in its entry.
            *slot = Some(answer.map_err(|failed| failed.under(&place(index))));
        }
    }
    let mut bundle = BundleWriter::new(BundleKind::TransactionResponse, None, &[]);
    for answer in &answers {
        match answer {
            Some(Ok(answer)) => write_answer(&mut bundle, state, answer),
            Some(Err(failed)) => write_failure(&mut bundle, failed),
            None => return Err(GateError::Fault.into()),
        }
    }
    Ok(Answer::body(bundle.finish()))
}

/// What each entry came to, once it is known.
type Answers = Vec<Option<Result<Answer, Failed>>>;

struct Plan<'b> {
    entries: Vec<Planned<'b>>,
    map: ReferenceMap,
    conditions: Conditions,
}

/// The entry a write is for, and what its sender expects.
#[derive(Clone, Copy)]
struct Origin {
    index: usize,
    asked: Expect,
}

/// What is written, each with where it comes from.
type Writes = Vec<(Origin, Write)>;

impl<'b> Plan<'b> {
    async fn entry(
        &mut self,
        state: &FhirState,
        gate: &Gate,
        mut entry: BundleEntry<'b>,
    ) -> Result<Planned<'b>, Failed> {
        match read(entry.request.as_ref(), state.base_url())? {
            Request::Create { resource_type, condition } => {
                let resource = take_resource(&mut entry, resource_type)?;
                self.create(state, gate, entry.full_url.as_deref(), resource, condition.as_deref()).await
            }
            Request::Update { resource_type, id, expect } => {
                let resource = take_resource(&mut entry, resource_type)?;
                has_id(&resource, &id)?;
                name_entry(&mut self.map, entry.full_url.as_deref(), resource_type, &id)?;
                let resource = Box::new(resource);
                Ok(Planned::Put { resource, id, expect, asked: expect, precondition: None, is_create: false })
            }
            Request::UpdateWhere { resource_type, condition, asked } => {
                let resource = take_resource(&mut entry, resource_type)?;
                self.update_where(state, gate, entry.full_url.as_deref(), resource, &condition, asked).await
            }
            Request::Delete { resource_type, id, version } => {
                let expect = expectation(version, false);
                Ok(Planned::Delete { resource_type, id, expect, asked: expect })
            }
            Request::DeleteWhere { resource_type, condition, version } => {
                delete_where(state, gate, resource_type, &condition, expectation(version, false)).await
            }
            Request::Look(wanted) => Ok(Planned::Look(wanted)),
        }
    }

    async fn create(
        &mut self,
        state: &FhirState,
        gate: &Gate,
        full_url: Option<&str>,
        resource: Parsed<'b>,
        condition: Option<&str>,
    ) -> Result<Planned<'b>, Failed> {
        let resource_type = resource.resource_type();
        let query = condition.map(|condition| conditional::query(state, resource_type, condition)).transpose()?;
        let key = query.as_ref().map(|query| (resource_type, canonical(query)));
        let mut existing = key.as_ref().and_then(|key| self.conditions.get(key).cloned());
        if let (None, Some(query)) = (&existing, &query) {
            existing = conditional::only_match(gate, query).await?.map(|found| found.id);
        }
        let exists = existing.is_some();
        let id = existing.unwrap_or_else(ResourceId::new_v7);
        name_entry(&mut self.map, full_url, resource_type, &id)?;
        if let Some(key) = key {
            self.conditions.insert(key, id.clone());
        }
        if exists {
            return Ok(Planned::Exists { resource_type, id });
        }
        let precondition = query.map(Box::new).map(Precondition::NoMatch);
        let (resource, expect) = (Box::new(resource), Expect::Absent);
        Ok(Planned::Put { resource, id, expect, asked: expect, precondition, is_create: true })
    }

    async fn update_where(
        &mut self,
        state: &FhirState,
        gate: &Gate,
        full_url: Option<&str>,
        resource: Parsed<'b>,
        condition: &str,
        asked: Expect,
    ) -> Result<Planned<'b>, Failed> {
        let resource_type = resource.resource_type();
        let query = conditional::query(state, resource_type, condition)?;
        let key = (resource_type, canonical(&query));
        let Destination { id, expect, precondition } =
            conditional::destination(gate, query, resource.id(), asked).await?;
        if precondition.is_some() && self.conditions.contains_key(&key) {
            return Err(Failed::at(IssueCode::Duplicate, "request.url", "an entry before creates what matches this"));
        }
        name_entry(&mut self.map, full_url, resource_type, &id)?;
        self.conditions.insert(key, id.clone());
        // With the updates even when it creates: R4 does those last, so what an entry creates can still match.
        Ok(Planned::Put { resource: Box::new(resource), id, expect, asked, precondition, is_create: false })
    }

    /// Looks at what the transaction does not write, and checks what it will search for: what fails here fails everything while
    /// nothing has been written. What it writes itself is looked at afterwards.
    async fn look_before(&self, state: &FhirState, gate: &Gate) -> Result<Answers, Failed> {
        let mut writes = HashMap::new();
        for planned in &self.entries {
            if let Some(name) = planned.writes_to() {
                writes.insert(name, matches!(planned, Planned::Delete { .. }));
            }
        }
        let mut answers: Answers = self.entries.iter().map(|_| None).collect();
        for (index, (planned, slot)) in self.entries.iter().zip(&mut answers).enumerate() {
            let Planned::Look(wanted) = planned else { continue };
            let result = match wanted {
                Look::Read(resource_type, id) => match writes.get(&(*resource_type, id.clone())) {
                    None => look(state, gate, wanted.clone()).await.map(Some),
                    Some(true) => {
                        Err(Failed::at(IssueCode::Deleted, "request.url", "the transaction deletes this resource"))
                    }
                    Some(false) => Ok(None),
                },
                Look::Version(..) => look(state, gate, wanted.clone()).await.map(Some),
                Look::Search(resource_type, query) => search::check(state, *resource_type, query).map(|()| None),
            };
            *slot = result.map_err(|failed| failed.under(&place(index)))?.map(Ok);
        }
        Ok(answers)
    }

    /// The writes in the order R4 wants (deletes, creates, updates), and what is looked at afterwards.
    fn into_writes(self) -> Result<(Writes, Vec<(usize, Planned<'b>)>), Failed> {
        let (mut deletes, mut creates, mut updates, mut looks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut named = HashSet::new();
        for (index, planned) in self.entries.into_iter().enumerate() {
            if let Some(name) = planned.writes_to()
                && !named.insert(name)
            {
                return Err(Failed::at(
                    IssueCode::Duplicate,
                    place(index),
                    "the transaction writes this resource twice",
                ));
            }
            match planned {
                Planned::Put { resource, id, expect, asked, precondition, is_create } => {
                    let put = Put::new(*resource, id, &self.map);
                    let put = Put { expect, is_new: is_create, precondition, ..put };
                    let list = if is_create { &mut creates } else { &mut updates };
                    list.push((Origin { index, asked }, Write::Put(Box::new(put))));
                }
                Planned::Delete { resource_type, id, expect, asked } => {
                    let delete = Delete { resource_type, id, expect, action: Action::Write };
                    deletes.push((Origin { index, asked }, Write::Delete(delete)));
                }
                other => looks.push((index, other)),
            }
        }
        deletes.append(&mut creates);
        deletes.append(&mut updates);
        Ok((deletes, looks))
    }
}

impl<'b> Planned<'b> {
    fn resource(&self) -> Option<&Parsed<'b>> {
        match self {
            Self::Put { resource, .. } => Some(resource),
            _ => None,
        }
    }

    fn writes_to(&self) -> Option<(ResourceType, ResourceId)> {
        match self {
            Self::Put { resource, id, .. } => Some((resource.resource_type(), id.clone())),
            Self::Delete { resource_type, id, .. } => Some((*resource_type, id.clone())),
            Self::Nothing | Self::Exists { .. } | Self::Look(_) => None,
        }
    }
}

async fn delete_where<'b>(
    state: &FhirState,
    gate: &Gate,
    resource_type: ResourceType,
    condition: &str,
    asked: Expect,
) -> Result<Planned<'b>, Failed> {
    let query = conditional::query(state, resource_type, condition)?;
    let found = conditional::only_match(gate, &query).await?;
    conditional::holds(found.as_ref(), asked)?;
    let planned = found.map(|found| {
        let expect = Expect::Version(found.version);
        Planned::Delete { resource_type, id: found.id, expect, asked }
    });
    Ok(planned.unwrap_or(Planned::Nothing))
}

async fn commit(gate: &Gate, writes: Writes, preference: Preference, answers: &mut Answers) -> Result<(), Failed> {
    if writes.is_empty() {
        return Ok(());
    }
    let (origins, writes): (Vec<Origin>, Vec<Write>) = writes.into_iter().unzip();
    // Kept for the sad case alone: small beside the bodies, which are not copied.
    let suspects: Vec<Suspect> =
        origins.iter().zip(&writes).map(|(origin, write)| Suspect::of(*origin, write)).collect();
    match gate.write(Batch { writes, ..Batch::default() }).await {
        Ok(written) => {
            for (origin, written) in origins.into_iter().zip(written) {
                if let Some(slot) = answers.get_mut(origin.index) {
                    *slot = Some(Ok(Answer::written(written, preference)));
                }
            }
            Ok(())
        }
        Err(error) => Err(blame(gate, &suspects, error).await),
    }
}

/// What is needed of a write to find out whether the whole failed because of it.
struct Suspect {
    origin: Origin,
    resource_type: ResourceType,
    id: ResourceId,
    expect: Expect,
    precondition: Option<Precondition>,
    labels: Option<varde_rights::Labels>,
}

impl Suspect {
    fn of(origin: Origin, write: &Write) -> Self {
        let (resource_type, id) = write.name();
        let (expect, precondition, labels) = match write {
            Write::Put(put) => (put.expect, put.precondition.clone(), Some(put.labels.clone())),
            Write::Delete(delete) => (delete.expect, None, None),
        };
        Self { origin, resource_type, id: id.clone(), expect, precondition, labels }
    }

    /// The error, if this write has it on its own.
    async fn is_guilty(&self, gate: &Gate, error: &GateError) -> bool {
        match error {
            GateError::Conflict { .. } => match self.expect {
                Expect::Version(version) => {
                    !matches!(gate.read(self.resource_type, &self.id).await, Ok(found) if found.version == version)
                }
                Expect::Absent => !matches!(gate.read(self.resource_type, &self.id).await, Err(GateError::NotFound)),
                Expect::Missing => gate.read(self.resource_type, &self.id).await.is_ok(),
                Expect::Any | Expect::Present => false,
            },
            GateError::PreconditionFailed => match &self.precondition {
                Some(Precondition::NoMatch(query)) => {
                    gate.search(query).await.is_ok_and(|page| !page.matches.is_empty())
                }
                None => false,
            },
            GateError::Refused(_) | GateError::NotFound => match &self.labels {
                Some(labels) => {
                    let decision =
                        gate.decide(labels.patient.as_ref(), labels.service, Action::Write, labels.item()).await;
                    decision.is_ok_and(|decision| !decision.allowed())
                }
                None => false,
            },
            _ => false,
        }
    }
}

/// Names the entry a transaction failed for, so far as looking again can tell.
async fn blame(gate: &Gate, suspects: &[Suspect], error: GateError) -> Failed {
    for suspect in suspects {
        if suspect.is_guilty(gate, &error).await {
            let mut failed = condition_failed(error, suspect.origin.asked);
            if failed.category == Category::PreconditionFailed {
                failed.issues = failed.issues.into_iter().map(|i| Issue { expression: String::new(), ..i }).collect();
            }
            return failed.under(&place(suspect.origin.index));
        }
    }
    error.into()
}
