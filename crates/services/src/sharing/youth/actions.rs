//! Load, decide by the rules, save.

use jiff::Timestamp;
use varde_base::{CitizenActor, PatientId, date_in_norway};
use varde_rights::{Action, AgeBand, Item, Relation, Service, sentence};
use varde_store::{Gate, GateError};

use super::super::actions::{consent_id, consents, person, platform};
use super::super::notices::{self, Happened};
use super::super::settings::{self, Extras, New, Setting, What};
use super::rules;
use crate::shared::{Ctx, State};

/// A parent's consents for one young person.
pub(super) struct Standing {
    /// Whose.
    pub patient: PatientId,
    /// Their name; empty for the visitor.
    pub name: String,
    /// They are too young to sign in as yet.
    pub is_too_young: bool,
    /// What is in force, each with who gave it.
    pub now: Vec<(Setting, String)>,
    /// What was.
    pub before: Vec<(Setting, String)>,
    /// Whether the visitor may give and withdraw.
    pub may_change: bool,
    /// The rule, in words.
    pub why: &'static str,
    /// The rule.
    pub rule: &'static str,
}

/// Everybody whose consent the visitor may see: their own, or the children they are a parent of. Acting for somebody, that one only.
pub(super) async fn all(ctx: &Ctx) -> Result<Vec<Standing>, GateError> {
    let gate = ctx.gate("sharing.youth");
    let acting_for = ctx.visitor.acting_for.as_ref().map(|person| &person.patient);
    let mut out = Vec::new();
    for related in gate.relations().await? {
        let is_shown = acting_for.is_none_or(|person| *person == related.patient);
        if !is_shown {
            continue;
        }
        let is_own = related.relation == Relation::Myself;
        let name = if is_own { String::new() } else { related.name };
        let age = related.facts.subject.age;
        if let Some(standing) = standing(ctx, &gate, related.patient, name, age).await?
            && standing.is_of_matter(age)
        {
            out.push(standing);
        }
    }
    Ok(out)
}

impl Standing {
    /// An adult who never needed one is not told of it.
    fn is_of_matter(&self, age: AgeBand) -> bool {
        age < AgeBand::From16To17 || !self.now.is_empty() || !self.before.is_empty()
    }
}

/// One person's; `None` when it is not open to the visitor.
async fn standing(
    ctx: &Ctx,
    gate: &Gate,
    patient: PatientId,
    name: String,
    age: AgeBand,
) -> Result<Option<Standing>, GateError> {
    let view = gate.decide(Some(&patient), Service::YouthConsent, Action::View, Item::PLAIN).await?;
    if !view.allowed() {
        return Ok(None);
    }
    let change = gate.decide(Some(&patient), Service::YouthConsent, Action::Change, Item::PLAIN).await?;
    let all = settings::settings_among(&consents(gate, &patient, ctx.now).await?)?;
    let (now, before) = rules::of_parents(all, date_in_norway(ctx.now));
    Ok(Some(Standing {
        now: named(&ctx.state, &patient, now).await?,
        before: named(&ctx.state, &patient, before).await?,
        may_change: change.allowed(),
        why: sentence(view.rule, ctx.language),
        rule: view.rule.0,
        patient,
        name,
        is_too_young: age < AgeBand::From13To15,
    }))
}

/// Who gave each. The name stands in what we write ourselves; of what others wrote the platform finds it, since a young person may not look
/// their parents up.
async fn named(
    state: &State,
    patient: &PatientId,
    consents: Vec<Setting>,
) -> Result<Vec<(Setting, String)>, GateError> {
    let platform = platform(state, patient, "sharing.youth");
    let mut out = Vec::with_capacity(consents.len());
    for consent in consents {
        let name = match &consent.what {
            What::Parental(Some(parent), name) if name.is_empty() => match person(&platform, parent).await {
                Ok(parent) => parent.name,
                Err(GateError::NotFound | GateError::Gone { .. }) => String::new(),
                Err(error) => return Err(error),
            },
            What::Parental(_, name) => name.clone(),
            _ => String::new(),
        };
        out.push((consent, name));
    }
    Ok(out)
}

/// `parent` consents for `child`, unless a consent stands already. The child is told, in the same transaction.
pub(super) async fn give(
    gate: &Gate,
    parent: &CitizenActor,
    child: &PatientId,
    form_key: &str,
    now: Timestamp,
) -> Result<(), GateError> {
    let all = settings::settings_among(&consents(gate, child, now).await?)?;
    let id = consent_id(child, form_key);
    let was_sent_before = all.iter().any(|its| its.id == id);
    let (standing, _) = rules::of_parents(all, date_in_norway(now));
    if was_sent_before || !standing.is_empty() {
        return Ok(());
    }
    let until = person(gate, child).await?.born.and_then(rules::last_day);
    let new = New::Parental(&parent.patient, &parent.name, until);
    settings::add(gate, child, (&id, &new), told(child, Happened::Consented, now)?, now).await
}

/// Withdraws every consent of a parent that stands for `child`. The child is told with each.
pub(super) async fn withdraw(gate: &Gate, child: &PatientId, now: Timestamp) -> Result<(), GateError> {
    let all = settings::settings_among(&consents(gate, child, now).await?)?;
    let (standing, _) = rules::of_parents(all, date_in_norway(now));
    let mut extras = told(child, Happened::ConsentWithdrawn, now)?;
    for consent in standing {
        settings::end(gate, &consent, std::mem::take(&mut extras)).await?;
    }
    Ok(())
}

fn told(child: &PatientId, happened: Happened, now: Timestamp) -> Result<Extras, GateError> {
    let event = notices::event(child, happened, now)?;
    Ok(Extras { writes: vec![event], outbox: vec![notices::message(child, happened)?] })
}
