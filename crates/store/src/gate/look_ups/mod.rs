//! The whole access log by time, and the look-ups in it that a privacy officer should ask about.
//!
//! The log is walked twice, page by page: once for what is usual for each of the personnel, once for what they looked at. In memory are a few
//! numbers for each of the personnel, what one day has brought together (at most [`MAX_OCCASIONS`]), what is known of some thousand people, and the
//! cases that are kept. Finding out how two people stand to each other costs a dozen look-ups in the index, so the time goes by pairs and
//! not by entries.

mod review;
mod ties;

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::{Actor, CareBasis, PatientId, SystemRole, date_in_norway, norway};
use varde_rights::{Action, Decision, Habits, Item, LookUp, RuleId, Scored, Service, Ties, Weights, score};

use super::Gate;
use crate::audit::AuditDraft;
use crate::audit::chain::decode;
use crate::engine::Engine;
use crate::types::{AuditAction, AuditOutcome, AuditRecord, GateError, LogPage, LogWindow};
use ties::Known;

/// Most entries on a page of the log.
const MAX_PAGE: u32 = 5_000;
/// So far apart entries may stand from the order of time: processes that share a database have clocks of their own.
const SLACK_MICROS: i64 = 60_000_000;
/// Most pairs of personnel and patient that are brought together before they are scored; a day with more is scored in parts, and
/// a pair then perhaps twice.
const MAX_OCCASIONS: usize = 100_000;
/// Most personnel whose habits are kept.
const MAX_PERSONNEL: usize = 1_000_000;
/// Most cases that are kept.
pub const MAX_CASES: usize = 10_000;
/// What is usual is read from at least so many days.
const HABIT_DAYS: i64 = 30;

/// Which look-ups are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DetectionWindow {
    /// First day in Norway.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detected {
    /// The cases with the highest scores, in order.
    pub cases: Vec<Scored>,
    /// How many there were, those that were not kept too.
    pub found: u64,
    /// Pairs of personnel and patient a day that were gone through.
    pub look_ups: u64,
    /// Personnel whose habits are known.
    pub personnel: u64,
}

impl Gate {
    /// The whole log in a window of time, a page of at most 5,000 entries, oldest first; `resume` is [`LogPage::next`] of the page before. For
    /// those who run the installation. Each page is logged.
    ///
    /// # Errors
    /// [`GateError::Refused`] for all others.
    pub async fn log_window(&self, window: LogWindow, resume: Option<u64>, count: u32) -> Result<LogPage, GateError> {
        let decision = self.may_walk().await?;
        let page = self.log_pages(window, resume, count).await?;
        self.log_walk(page.entries.len(), decision).await?;
        Ok(page)
    }

    /// The look-ups of some days that stand out, the `limit` highest scores at most. For those who run the installation; logged.
    ///
    /// # Errors
    /// [`GateError::Refused`] for all others.
    pub async fn unusual_look_ups(
        &self,
        window: DetectionWindow,
        limit: usize,
        weights: &Weights,
    ) -> Result<Detected, GateError> {
        let decision = self.may_walk().await?;
        let month = window.to.checked_sub(jiff::Span::new().days(HABIT_DAYS)).unwrap_or(window.from);
        let habits = self.habits(days(window.from.min(month), window.to)?).await?;
        let mut search = Search::new(&*self.shared.engine, &habits, weights, limit.min(MAX_CASES));
        let mut resume = None;
        loop {
            let page = self.log_pages(days(window.from, window.to)?, resume, MAX_PAGE).await?;
            for entry in page.entries {
                search.take(entry).await?;
            }
            resume = page.next;
            if resume.is_none() {
                break;
            }
        }
        search.end_day().await?;
        let found = search.detected();
        self.log_walk(found.cases.len(), decision).await?;
        Ok(found)
    }

    /// Logs that somebody was refused a page that is for others.
    ///
    /// # Errors
    /// Only the database's.
    pub async fn log_refused(&self, service: Service) -> Result<(), GateError> {
        let draft = AuditDraft {
            service: Some(service),
            outcome: AuditOutcome::Refused,
            ..self.draft(AuditAction::AccessLog, None)
        };
        Ok(self.shared.audit(vec![draft]).await?)
    }

    async fn habits(&self, window: LogWindow) -> Result<Habits, GateError> {
        let mut habits = Habits::default();
        let mut resume = None;
        loop {
            let page = self.log_pages(window, resume, MAX_PAGE).await?;
            for entry in &page.entries {
                if let Some((who, patient)) = who_and_whom(entry)
                    && (habits.len() < MAX_PERSONNEL || habits.knows(who))
                {
                    habits.observe(who, &patient, entry.at);
                }
            }
            resume = page.next;
            if resume.is_none() {
                return Ok(habits);
            }
        }
    }

    async fn may_walk(&self) -> Result<Decision, GateError> {
        let decision = self.decide(None, Service::AccessLog, Action::View, Item::PLAIN).await?;
        // A source system may read what it has to do with, one patient at a time; the whole log is for those who run the installation.
        let runs_it = matches!(&self.access.actor, Actor::System(system) if system.role != SystemRole::SourceSystem);
        if decision.allowed() && runs_it {
            return Ok(decision);
        }
        let refused = if decision.allowed() { Decision::deny(RuleId::NO_RULE) } else { decision };
        self.log_refused(Service::AccessLog).await?;
        Err(GateError::Refused(refused))
    }

    async fn log_walk(&self, count: usize, decision: Decision) -> Result<(), GateError> {
        let draft = AuditDraft {
            count: u32::try_from(count).unwrap_or(u32::MAX),
            service: Some(Service::AccessLog),
            rule: decision.rule,
            ..self.draft(AuditAction::AccessLog, None)
        };
        Ok(self.shared.audit(vec![draft]).await?)
    }

    async fn log_pages(&self, window: LogWindow, resume: Option<u64>, count: u32) -> Result<LogPage, GateError> {
        let engine = &*self.shared.engine;
        let first = match resume {
            Some(number) => number,
            None => {
                // The youngest entries come into the database by this.
                engine.tree_grow().await?;
                first_entry(engine, window.from.as_microsecond().saturating_sub(SLACK_MICROS)).await?
            }
        };
        let stored = engine.audit_entries(first, count.clamp(1, MAX_PAGE)).await?;
        let mut page = LogPage { entries: Vec::with_capacity(stored.len()), next: None };
        let end = window.to.as_microsecond().saturating_add(SLACK_MICROS);
        for bytes in &stored {
            let entry = decode(bytes).ok_or(GateError::Fault)?;
            if entry.at.as_microsecond() >= end {
                page.next = None;
                return Ok(page);
            }
            page.next = Some(entry.seq + 1);
            if window.from <= entry.at && entry.at < window.to {
                page.entries.push(entry);
            }
        }
        Ok(page)
    }
}

/// Number of the first entry at a moment or after it: by doubling and halving, since numbers have no gaps and time goes with them.
async fn first_entry(engine: &dyn Engine, at_micros: i64) -> Result<u64, GateError> {
    let is_before = async |number: u64| -> Result<bool, GateError> {
        let entry = engine.audit_entries(number, 1).await?;
        let Some(bytes) = entry.first() else { return Ok(false) };
        Ok(decode(bytes).ok_or(GateError::Fault)?.at.as_microsecond() < at_micros)
    };
    let mut high = 1;
    while is_before(high).await? {
        high *= 2;
    }
    let mut low = high / 2;
    while low + 1 < high {
        let middle = low.midpoint(high);
        if is_before(middle).await? {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// Whole days in Norway, both included.
fn days(from: Date, to: Date) -> Result<LogWindow, GateError> {
    let midnight =
        |day: Date| day.to_zoned(norway().clone()).map(|zoned| zoned.timestamp()).map_err(|_| GateError::Fault);
    Ok(LogWindow { from: midnight(from)?, to: midnight(to.tomorrow().map_err(|_| GateError::Fault)?)? })
}

/// The one of health personnel who looked, and at whom; `None` for all other entries. Entries of before numbers were kept have the name alone.
fn who_and_whom(entry: &AuditRecord) -> Option<(&str, PatientId)> {
    let looked = matches!(
        entry.action,
        AuditAction::Read | AuditAction::Search | AuditAction::History | AuditAction::Export | AuditAction::AccessLog
    );
    let patient = entry.patient.as_deref().filter(|_| looked && entry.outcome != AuditOutcome::NotFound)?;
    let who = entry.personnel.as_ref().map(|personnel| &*personnel.hpr_number);
    let who = who.or_else(|| (entry.actor_kind == "personnel").then_some(&*entry.actor_name))?;
    Some((who, patient.parse().ok()?))
}

/// What one looked up about one patient on one day, for one purpose.
struct Occasion {
    first: AuditRecord,
    /// When, at the least usual hour.
    at: Timestamp,
    count: u32,
    /// All of it was at the counter of a pharmacy, where nobody has a care relation to show and nothing of the record is seen.
    at_counter: bool,
}

type Pair = (Box<str>, PatientId, CareBasis);

/// One walk over the log, scoring.
struct Search<'a> {
    known: Known<'a>,
    habits: &'a Habits,
    weights: &'a Weights,
    limit: usize,
    day: Option<Date>,
    occasions: HashMap<Pair, Occasion>,
    /// Those with the best places, in order.
    kept: BTreeSet<Kept>,
    found: u64,
    look_ups: u64,
}

/// A case in the order of the list.
struct Kept(Scored);

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.order().cmp(&other.0.order())
    }
}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Kept {}

impl<'a> Search<'a> {
    fn new(engine: &'a dyn Engine, habits: &'a Habits, weights: &'a Weights, limit: usize) -> Self {
        Self {
            known: Known::new(engine),
            habits,
            weights,
            limit,
            day: None,
            occasions: HashMap::new(),
            kept: BTreeSet::new(),
            found: 0,
            look_ups: 0,
        }
    }

    async fn take(&mut self, entry: AuditRecord) -> Result<(), GateError> {
        let Some((who, patient)) = who_and_whom(&entry) else { return Ok(()) };
        let day = date_in_norway(entry.at);
        if self.day != Some(day) || self.occasions.len() >= MAX_OCCASIONS {
            self.end_day().await?;
            self.day = Some(day);
        }
        let basis = CareBasis::from_code(&entry.purpose).unwrap_or(CareBasis::Treatment);
        let unusual = self.habits.is_unusual_hour(who, entry.at, self.weights);
        let pair: Pair = (who.into(), patient, basis);
        let at_counter = entry.service.as_deref() == Some(Service::PharmacyPickup.key());
        match self.occasions.get_mut(&pair) {
            Some(occasion) => {
                occasion.count = occasion.count.saturating_add(entry.count);
                occasion.at_counter &= at_counter;
                if unusual {
                    occasion.at = entry.at;
                }
            }
            None => {
                let occasion = Occasion { at: entry.at, count: entry.count, at_counter, first: entry };
                self.occasions.insert(pair, occasion);
            }
        }
        Ok(())
    }

    async fn end_day(&mut self) -> Result<(), GateError> {
        for ((who, patient, basis), occasion) in std::mem::take(&mut self.occasions) {
            let day = date_in_norway(occasion.at);
            let mut ties = self.known.ties(&who, occasion.first.personnel.as_ref(), &patient, day).await?;
            ties.care_relation |= occasion.at_counter;
            let look_up = look_up(who, patient, basis, occasion, ties);
            self.look_ups += 1;
            let scored = score(look_up, self.habits, self.weights);
            if scored.score < self.weights.listed {
                continue;
            }
            self.found += 1;
            self.kept.insert(Kept(scored));
            if self.kept.len() > self.limit {
                self.kept.pop_last();
            }
        }
        Ok(())
    }

    fn detected(self) -> Detected {
        Detected {
            cases: self.kept.into_iter().map(|kept| kept.0).collect(),
            found: self.found,
            look_ups: self.look_ups,
            personnel: self.habits.len() as u64,
        }
    }
}

fn look_up(who: Box<str>, patient: PatientId, basis: CareBasis, occasion: Occasion, ties: Ties) -> LookUp {
    let Occasion { first, at, count, at_counter: _ } = occasion;
    let personnel = first.personnel.unwrap_or_default();
    // Of an entry of before numbers were kept: name, role and organisation in one.
    let name = first.actor_name.strip_suffix(&*format!(", {}, {}", personnel.role, personnel.organization));
    LookUp {
        entry: first.seq,
        name: name.unwrap_or(&first.actor_name).into(),
        who,
        role: personnel.role,
        organization: personnel.organization,
        at,
        patient,
        basis,
        rule: first.rule.into(),
        count,
        ties,
    }
}
