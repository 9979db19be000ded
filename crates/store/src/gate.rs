//! The only way to data: every resource is decided upon and every look-up is logged before a byte leaves.

mod chain;
mod emergency;
mod everything;
mod export;
mod facts;
mod include;
mod latest;
mod log;
mod look_ups;
mod nearby;
mod opened;
mod outline;
mod personnel;
mod pickup;
mod proof;
mod simulate;
mod versions;
mod who_sees;
mod write;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};

use jiff::Timestamp;
use varde_base::{Actor, PatientId, ResourceId, norway};
use varde_fhir::ResourceType;
use varde_fhir::search::{Clause, Cursor, Query, Total};
use varde_rights::{Action, Decision, Facts, Filter, Item, ItemLabel, Parameters, Relation, RuleId, Service};

use crate::audit::{AuditContext, AuditDraft};
use crate::engine::{Conditional, Row, SubjectFilter, Visibility};
use crate::store::Shared;
use crate::types::{
    Access, AccessLogPage, AuditAction, AuditOutcome, Batch, Found, GateError, HistoryScope, HistoryWindow, Page,
    RelatedCitizen, Written,
};
use log::Tally;
use opened::found;

pub use everything::Everything;
pub use export::{Deletions, Export};
pub use latest::MAX_LATEST;
pub use log::LogNarrowing;
pub use look_ups::{Detected, DetectionWindow, MAX_CASES};
pub use pickup::{Collector, Collects, Pickup};
pub use simulate::{About, Named, Posed, Question, Simulated};
pub use who_sees::{Extent, ItemAudience, Seer, Sight, WhoSees};
pub(crate) use write::settle;

/// More resources that are released later or belong to a referral than anybody has.
const MAX_CONDITIONAL: u32 = 5_000;

/// Data as one actor may see them. Lives for one request: what it knows about relations is read anew by the next.
pub struct Gate {
    shared: Arc<Shared>,
    access: Access,
    context: Arc<AuditContext>,
    /// The instant of the request, for what is released at a moment.
    now: Timestamp,
    facts: Mutex<HashMap<Option<PatientId>, Arc<Facts>>>,
    of_program: OnceLock<Arc<Facts>>,
    conditional: Mutex<HashMap<PatientId, Arc<[Conditional]>>>,
    /// Patients who have been told of an emergency or a broken glass.
    told: Mutex<HashSet<PatientId>>,
    /// Reads and searches may come from a replica; see [`Gate::with_replicas`].
    nearby: AtomicBool,
}

impl Gate {
    pub(crate) fn new(shared: Arc<Shared>, access: &Access) -> Self {
        let context = Arc::new(log::context(access));
        let now = shared.clock.now();
        Self {
            shared,
            access: access.clone(),
            context,
            now,
            facts: Mutex::default(),
            of_program: OnceLock::new(),
            conditional: Mutex::default(),
            told: Mutex::default(),
            nearby: false.into(),
        }
    }

    /// Who asks.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Reads the newest version.
    ///
    /// # Errors
    /// [`GateError::NotFound`] also for what the actor may not see; [`GateError::Gone`] for what was deleted.
    pub async fn read(&self, resource_type: ResourceType, id: &ResourceId) -> Result<Found, GateError> {
        let row = match self.row(resource_type, id).await? {
            Some(row) => Some((self.decide_row(&row).await?, row)),
            None => None,
        };
        let found = self.disclose(row, AuditAction::Read, resource_type, id).await?;
        if found.deleted { Err(GateError::Gone { version: found.version }) } else { Ok(found) }
    }

    /// Reads one version. The rules that hold are those of the newest version's labels; a version about another person must be open too.
    ///
    /// # Errors
    /// As [`Gate::read`].
    pub async fn read_version(
        &self,
        resource_type: ResourceType,
        id: &ResourceId,
        version: u64,
    ) -> Result<Found, GateError> {
        let row = match self.shared.engine.read_version(resource_type, id, version).await? {
            Some(row) => Some((self.decide_version(&row).await?, row)),
            None => None,
        };
        let found = self.disclose(row, AuditAction::Read, resource_type, id).await?;
        if found.deleted { Err(GateError::Gone { version: found.version }) } else { Ok(found) }
    }

    /// Versions, newest first. The history of a type or of everything is for programs.
    ///
    /// # Errors
    /// [`GateError::NotFound`] when the resource never was, or is not for the actor to see; [`GateError::Refused`] for a
    /// citizen who asks for more than one resource's.
    pub async fn history(
        &self,
        scope: &HistoryScope,
        window: HistoryWindow,
        count: u32,
        cursor: Option<&Cursor>,
    ) -> Result<Page, GateError> {
        let (resource_type, id) = match scope {
            HistoryScope::Instance(resource_type, id) => (Some(*resource_type), Some(id)),
            HistoryScope::Type(resource_type) => (Some(*resource_type), None),
            HistoryScope::System => (None, None),
        };
        let visible = match (id, resource_type) {
            (Some(id), Some(resource_type)) => {
                let row = self.shared.engine.read(resource_type, id).await?;
                let Some(row) = row else {
                    self.log_miss(AuditAction::History, resource_type, id, None, AuditOutcome::NotFound).await?;
                    return Err(GateError::NotFound);
                };
                if !self.decide_row(&row).await?.allowed() {
                    self.log_miss(AuditAction::History, resource_type, id, row.patient, AuditOutcome::Refused).await?;
                    return Err(GateError::NotFound);
                }
                self.visibility(row.patient.iter().cloned().collect()).await?
            }
            _ => match &self.access.actor {
                Actor::System(_) => self.visibility(Vec::new()).await?,
                Actor::Citizen(_) | Actor::Personnel(_) => {
                    return Err(GateError::Refused(Decision::deny(RuleId::NO_RULE)));
                }
            },
        };
        let rows = match (resource_type, id) {
            (Some(resource_type), Some(id)) if !self.is_program() => {
                self.versions((resource_type, id), window, &visible, count, cursor).await?
            }
            _ => self.shared.engine.history(scope, window, &visible, count, cursor).await?,
        };
        let mut tally = Tally::default();
        let matches = self.open(rows.matches, &mut tally).await?;
        let draft = AuditDraft {
            resource_type,
            resource_id: id.map(|id| Box::from(id.as_str())),
            ..self.draft(AuditAction::History, None)
        };
        self.log_page(&draft, tally, &[]).await?;
        Ok(Page { matches, included: Vec::new(), next: rows.next, total: rows.total })
    }

    /// Searches. What the actor may not see is neither returned nor counted.
    ///
    /// # Errors
    /// [`GateError::Invalid`] for a cursor of another search, or a chain that goes by way of too much.
    pub async fn search(&self, query: &Query) -> Result<Page, GateError> {
        let mut tally = Tally::default();
        let page = self.find(query, &mut tally).await?;
        let draft = AuditDraft {
            resource_type: Some(query.resource_type),
            query: log::parameter_names(query),
            ..self.draft(AuditAction::Search, None)
        };
        self.log_page(&draft, tally, &self.logged(query)).await?;
        Ok(page)
    }

    /// Searches one type after the other until a page of `count` matches is full, logged as one search. Gives a page for each type it has come
    /// to; types whose total is wanted are counted even when the page is full.
    ///
    /// # Errors
    /// As [`Gate::search`].
    pub async fn search_several(&self, queries: &[Query], count: u32) -> Result<Vec<Page>, GateError> {
        let mut tally = Tally::default();
        let mut pages = Vec::with_capacity(queries.len());
        let mut room = count;
        for query in queries {
            if room == 0 && query.total == Total::None {
                break;
            }
            let page = self.find(&Query { count: room, ..query.clone() }, &mut tally).await?;
            let matches = u32::try_from(page.matches.len()).unwrap_or(u32::MAX);
            room = if page.next.is_some() { 0 } else { room.saturating_sub(matches) };
            pages.push(page);
        }
        let names = queries.first().and_then(log::parameter_names);
        let draft = AuditDraft { query: names, ..self.draft(AuditAction::Search, None) };
        let named: Vec<PatientId> = queries.first().map(|query| self.logged(query)).unwrap_or_default();
        self.log_page(&draft, tally, &named).await?;
        Ok(pages)
    }

    /// What a search opens, for the bench alone: it leaves the log out.
    #[cfg(feature = "bench")]
    pub(crate) async fn find_unlogged(&self, query: &Query) -> Result<Vec<(ResourceId, bytes::Bytes)>, GateError> {
        let page = self.find(query, &mut Tally::default()).await?;
        Ok(page.matches.into_iter().map(|found| (found.id, found.body)).collect())
    }

    /// A search, opened and counted for the log, and not yet in it.
    async fn find(&self, query: &Query, tally: &mut Tally) -> Result<Page, GateError> {
        let named = self.named(query)?;
        let visible = self.visibility(self.subjects(&named).await?).await?;
        // Only what is looked at beside the matches needs all that the actor may see.
        let beside = !(query.chains.is_empty() && query.includes.is_empty() && query.revincludes.is_empty());
        let all = if beside {
            self.visibility(self.subjects(self.beside(&named)).await?).await?
        } else {
            Visibility::nothing()
        };
        let resolved = chain::resolve(self, query, &all, tally).await?;
        let rows = self.rows(&resolved, &visible).await?;
        let included = if query.includes.is_empty() && query.revincludes.is_empty() {
            Vec::new()
        } else {
            include::bring(self, query, &rows.matches, &all).await?
        };
        let matches = self.open(rows.matches, tally).await?;
        let included = self.open(included, tally).await?;
        Ok(Page { matches, included, next: rows.next, total: rows.total })
    }

    /// Writes, sends and logs, together or not at all. The answers come in the order of the writes.
    ///
    /// # Errors
    /// [`GateError::Conflict`] and [`GateError::PreconditionFailed`] when somebody else was first; [`GateError::Refused`] when
    /// a rule says no, or [`GateError::NotFound`] when the actor may not know why.
    pub async fn write(&self, batch: Batch) -> Result<Vec<Written>, GateError> {
        write::write(self, batch, false).await
    }

    /// As [`Gate::write`], and a resource that is stored just as it would be written is left alone, so that sending the same data
    /// twice changes nothing.
    ///
    /// # Errors
    /// As [`Gate::write`].
    pub async fn write_changed(&self, batch: Batch) -> Result<Vec<Written>, GateError> {
        write::write(self, batch, true).await
    }

    /// Who has looked at a patient's data, newest first, with numbers below `before`. Looking is logged too. Who acts for the patient finds no
    /// entry that names what is hidden from them, and no counts; other entries take their places, as far as a bounded number of reads goes.
    ///
    /// # Errors
    /// [`GateError::NotFound`] when the actor has nothing to do with the patient; [`GateError::Refused`] when a rule says no.
    pub async fn access_log(
        &self,
        patient: &PatientId,
        before: Option<u64>,
        count: u32,
    ) -> Result<AccessLogPage, GateError> {
        self.narrowed_access_log(patient, before, count, LogNarrowing::default()).await
    }

    /// As [`Gate::access_log`], of those entries alone that are asked for. Looking for them is bounded: a page may have fewer than `count`, or none,
    /// and still another after it.
    ///
    /// # Errors
    /// As [`Gate::access_log`].
    pub async fn narrowed_access_log(
        &self,
        patient: &PatientId,
        before: Option<u64>,
        count: u32,
        narrowing: LogNarrowing<'_>,
    ) -> Result<AccessLogPage, GateError> {
        let decision = self.decide(Some(patient), Service::AccessLog, Action::View, Item::PLAIN).await?;
        if !decision.allowed() {
            self.log_access_log(patient, 0, decision).await?;
            let unknown = decision.rule.told() == RuleId::NO_RELATION;
            return Err(if unknown { GateError::NotFound } else { GateError::Refused(decision) });
        }
        let page = self.full_page(patient, before, count, narrowing).await?;
        self.log_access_log(patient, page.entries.len(), decision).await?;
        Ok(page)
    }

    /// The citizens the actor stands in a relation to: the actor first, then children. Empty for programs. Every read is decided
    /// anew, and of some of them nothing may be open today: see [`Self::opens_something`].
    ///
    /// # Errors
    /// Only the database's.
    pub async fn relations(&self) -> Result<Vec<RelatedCitizen>, GateError> {
        facts::relations(self).await
    }

    /// Whether anything is open to the actor of one of their [`Self::relations`] today: pages offer to act for nobody else.
    pub fn opens_something(&self, related: &RelatedCitizen) -> bool {
        self.shared.book.opens_something(&related.facts, self.now)
    }

    /// A decision without data, for pages that offer or explain something.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn decide(
        &self,
        patient: Option<&PatientId>,
        service: Service,
        action: Action,
        item: Item<'_>,
    ) -> Result<Decision, GateError> {
        let facts = self.facts(patient).await?;
        Ok(self.shared.book.decide(&facts, service, action, item, self.now))
    }

    /// The dated parameters the rules rest on, as they are today, for pages that tell a rule.
    ///
    /// # Errors
    /// [`GateError::Fault`] for a book without a value for today, which does not start.
    pub fn parameters(&self) -> Result<Parameters, GateError> {
        let today = norway().to_datetime(self.now).date();
        self.shared.book.parameters().on(today).map_err(|_| GateError::Fault)
    }

    /// How the actor stands to a patient, or to data of nobody; read once and kept for the request.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn facts(&self, patient: Option<&PatientId>) -> Result<Arc<Facts>, GateError> {
        if let Actor::System(system) = &self.access.actor {
            return Ok(Arc::clone(
                self.of_program.get_or_init(|| Arc::new(Facts::without_subject(Relation::of_system(system.role)))),
            ));
        }
        let key = patient.cloned();
        if let Some(known) = self.facts.lock().ok().and_then(|facts| facts.get(&key).cloned()) {
            return Ok(known);
        }
        let world = self.world();
        let facts = Arc::new(match (&self.access.actor, patient) {
            (Actor::System(_), _) => Facts::strangers(),
            (Actor::Citizen(citizen), None) => facts::of_nobody(&world, citizen).await?,
            (Actor::Citizen(citizen), Some(patient)) => facts::of_citizen(&world, citizen, patient).await?,
            (Actor::Personnel(_), None) => Facts::without_subject(Relation::SignedIn),
            (Actor::Personnel(personnel), Some(patient)) => facts::of_personnel(&world, personnel, patient).await?,
        });
        if let Ok(mut known) = self.facts.lock() {
            known.insert(key, Arc::clone(&facts));
        }
        Ok(facts)
    }

    /// What is kept of a patient's resources that are released later or belong to a referral; read once and kept for the request.
    /// Past [`MAX_CONDITIONAL`] the rest is not known, so nothing opens by it.
    async fn conditional(&self, patient: &PatientId) -> Result<Arc<[Conditional]>, GateError> {
        if let Some(known) = self.conditional.lock().ok().and_then(|kept| kept.get(patient).cloned()) {
            return Ok(known);
        }
        let kept: Arc<[Conditional]> = self.shared.engine.conditional(patient, MAX_CONDITIONAL).await?.into();
        if let Ok(mut known) = self.conditional.lock() {
            known.insert(patient.clone(), Arc::clone(&kept));
        }
        Ok(kept)
    }

    async fn decide_row(&self, row: &Row) -> Result<Decision, GateError> {
        self.decide_stored(row, Action::View).await
    }

    /// The decision about a stored resource, with what is kept of it where its label says that there is more.
    pub(crate) async fn decide_stored(&self, row: &Row, action: Action) -> Result<Decision, GateError> {
        let plain = Item { label: row.item, ..Item::PLAIN };
        let flags = ItemLabel::DELAYED.with(ItemLabel::REFERRED);
        let patient = row.patient.as_ref().filter(|_| row.item.any(flags) && !self.is_program());
        let Some(patient) = patient else {
            return self.decide(row.patient.as_ref(), row.service, action, plain).await;
        };
        let kept = self.conditional(patient).await?;
        self.decide(Some(patient), row.service, action, item_in(row, &kept)).await
    }

    const fn is_program(&self) -> bool {
        matches!(self.access.actor, Actor::System(_))
    }

    /// The subjects a search may reach: those named, or all the citizen has to do with. Health personnel name them.
    async fn subjects(&self, named: &[PatientId]) -> Result<Vec<PatientId>, GateError> {
        if !named.is_empty() || self.is_program() {
            return Ok(named.to_vec());
        }
        Ok(self.relations().await?.into_iter().map(|related| related.patient).collect())
    }

    async fn visibility(&self, subjects: Vec<PatientId>) -> Result<Visibility, GateError> {
        if let Actor::System(system) = &self.access.actor {
            let relation = Relation::of_system(system.role);
            return Ok(Visibility::Services(self.shared.book.services_of_program(relation, Action::View)));
        }
        let nobody = self.facts(None).await?;
        let nobody = self.shared.book.filters(&nobody, Action::View, self.now).into_iter();
        let mut filters: Vec<SubjectFilter> = nobody.map(|filter| SubjectFilter::of(None, &filter, &[])).collect();
        for patient in subjects {
            let facts = self.facts(Some(&patient)).await?;
            let open = self.shared.book.filters(&facts, Action::View, self.now);
            if open.is_empty() {
                continue;
            }
            // Also what is not found is disclosed: a count, or that there is nothing.
            self.tell_patient(&patient).await?;
            let kept =
                if open.iter().any(Filter::depends) { self.conditional(&patient).await? } else { Arc::default() };
            filters.extend(open.iter().map(|filter| SubjectFilter::of(Some(patient.clone()), filter, &kept)));
        }
        Ok(Visibility::Subjects(filters))
    }

    /// Logs the decision about one row, and only then lets it out.
    async fn disclose(
        &self,
        row: Option<(Decision, Row)>,
        action: AuditAction,
        resource_type: ResourceType,
        id: &ResourceId,
    ) -> Result<Found, GateError> {
        let Some((decision, row)) = row else {
            self.log_miss(action, resource_type, id, None, AuditOutcome::NotFound).await?;
            return Err(GateError::NotFound);
        };
        if decision.allowed()
            && let Some(patient) = &row.patient
        {
            self.tell_patient(patient).await?;
        }
        let outcome = if decision.allowed() { AuditOutcome::Done } else { AuditOutcome::Refused };
        let draft = AuditDraft {
            context: Arc::clone(&self.context),
            patient: row.patient.clone(),
            action,
            resource_type: Some(resource_type),
            resource_id: Some(Box::from(id.as_str())),
            query: None,
            count: u32::from(decision.allowed()),
            service: Some(row.service),
            rule: decision.rule,
            outcome,
        };
        self.shared.audit(vec![draft]).await?;
        if decision.allowed() { Ok(found(row, decision)) } else { Err(GateError::NotFound) }
    }
}

/// What the rules need of a stored resource, with what is kept of its patient's that are released later or belong to a referral.
fn item_in<'k>(row: &Row, kept: &'k [Conditional]) -> Item<'k> {
    let found = kept.binary_search_by_key(&row.rid, |kept| kept.rid).ok().and_then(|index| kept.get(index));
    Item { label: row.item, ..found.map_or(Item::PLAIN, Conditional::item) }
}

fn patients_of(clause: &Clause) -> Option<Vec<PatientId>> {
    match clause {
        Clause::Patient(patients) => Some(patients.clone()),
        _ => None,
    }
}
