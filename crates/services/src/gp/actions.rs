//! Load, decide by the rules, save: one function an action, one error enum an action.

use jiff::Timestamp;
use varde_base::{Category, PatientId, ResourceId, date_in_norway};
use varde_fhir::ResourceType;
use varde_rights::{Action, AgeBand, Item, Relation, Service};
use varde_store::{Batch, Gate, GateError};

use super::fhir::{self, Ask};
use super::find;
use super::model::{Change, Gp, GpList, Member, State};
use super::notices;
use super::rules::{self, Comer, NotChangeable};
use crate::shared::{derived_id, find as search, put, put_changed};

/// Most changes of a person that are read.
const CHANGE_COUNT: &str = "100";

/// How often a change is tried again when somebody else changed the list meanwhile. Each time somebody got a place, or gave one up.
const MAX_TRIES: usize = 60;

/// What the pages show of a person's GP.
pub(super) struct Overview {
    /// The GP; `None` when the person has none.
    pub gp: Option<Gp>,
    /// The newest first.
    pub changes: Vec<Change>,
    /// The number in the queue, when the person waits.
    pub position: Option<usize>,
    /// The person has a D-number.
    pub has_d_number: bool,
}

impl Overview {
    /// What the rules look at.
    pub(super) fn mover(&self) -> rules::Mover<'_> {
        let current = self.gp.as_ref().and_then(|gp| gp.list.as_ref());
        rules::Mover { current, changes: &self.changes, has_d_number: self.has_d_number }
    }
}

/// Loads what a person has of GP and changes.
pub(super) async fn overview(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Overview, GateError> {
    let (gp, has_d_number) = find::gp_and_number(gate, patient, now).await?;
    let changes = changes(gate, patient, now).await?;
    let waiting = rules::open(&changes).filter(|change| change.state == State::Waiting);
    let position = match waiting.and_then(|change| Some((change.to.as_ref()?, change.ticket.as_ref()?))) {
        Some((list, ticket)) => match find::list(gate, list).await {
            Ok((list, _)) => rules::position(&list, ticket),
            // The list is gone, and the queue with it; the register says what becomes of those who waited.
            Err(GateError::NotFound | GateError::Gone { .. }) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    Ok(Overview { gp, changes, position, has_d_number })
}

/// The changes of a person, the newest first.
pub(super) async fn changes(gate: &Gate, patient: &PatientId, now: Timestamp) -> Result<Vec<Change>, GateError> {
    let parameters = [
        ("patient", patient.as_str()),
        ("code", fhir::CHANGE_TOKEN),
        ("_sort", "-authored-on"),
        ("_count", CHANGE_COUNT),
    ];
    let page = search(gate, ResourceType::TASK, &parameters, now).await?;
    page.matches
        .iter()
        .filter_map(|found| fhir::change(&found.body, found.version).map_err(GateError::from).transpose())
        .collect()
}

/// Whether a person whose GP may be changed is a child of the visitor's below 16.
async fn is_own_child(gate: &Gate, patient: &PatientId) -> Result<bool, GateError> {
    let facts = gate.facts(Some(patient)).await?;
    let is_child = matches!(facts.subject.age, AgeBand::Under12 | AgeBand::Twelve | AgeBand::From13To15);
    Ok(is_child && facts.relation() == Relation::Parent)
}

/// Those whose GP can be changed from here: the person the page is about, and the visitor's children below 16 when it is the visitor.
pub(super) async fn members(
    gate: &Gate,
    by: &PatientId,
    subject: (&PatientId, &str),
) -> Result<Vec<Member>, GateError> {
    let (patient, name) = subject;
    let first = Member {
        patient: patient.clone(),
        name: name.to_owned(),
        is_own_child: patient != by && is_own_child(gate, patient).await?,
    };
    let mut out = vec![first];
    if patient != by {
        return Ok(out);
    }
    for related in gate.relations().await? {
        let child = &related.patient;
        let may = || gate.decide(Some(child), Service::GpChoice, Action::Change, Item::PLAIN);
        if out.len() < rules::MAX_PERSONS && is_own_child(gate, child).await? && may().await?.allowed() {
            out.push(Member { patient: child.clone(), name: related.name, is_own_child: true });
        }
    }
    Ok(out)
}

/// What is asked of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// A place.
    Place,
    /// A place, or to wait for one.
    Wait,
}

/// What was chosen on the form.
#[derive(Debug, Clone)]
pub(super) struct Choice<'a> {
    /// The list to change to.
    pub list: &'a ResourceId,
    /// For whom.
    pub members: Vec<Member>,
    /// A place, or to wait.
    pub want: Want,
    /// The form's own key: tickets are made from it, so that nobody can guess one.
    pub form_key: &'a str,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChangeError {
    /// One of them cannot change to this list.
    #[error("somebody cannot change to this list")]
    NotChangeable(String, NotChangeable),
    /// There is no place left.
    #[error("the list is full")]
    Full,
    /// The waiting list is full too.
    #[error("the waiting list is full")]
    QueueFull,
    /// So many change at once that we did not get through.
    #[error("too many at once")]
    Busy,
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

/// Changes GP for those chosen, all or nothing. Of several who want the last place one gets it, and the others are told; pressing twice changes
/// once.
pub(super) async fn change(
    gate: &Gate,
    by: &PatientId,
    choice: &Choice<'_>,
    now: Timestamp,
) -> Result<(), ChangeError> {
    for _ in 0..MAX_TRIES {
        match change_once(gate, by, choice, now).await {
            // Somebody else took a place, or this form was quicker than itself: look again at what is left.
            Err(ChangeError::Store(error)) if error.category() == Category::Conflict => {}
            other => return other,
        }
    }
    Err(ChangeError::Busy)
}

/// One who changes, with what the Task says of before.
struct Mover {
    patient: PatientId,
    comer: Comer,
    gp: Option<Gp>,
    task: ResourceId,
    ticket: String,
}

async fn change_once(gate: &Gate, by: &PatientId, choice: &Choice<'_>, now: Timestamp) -> Result<(), ChangeError> {
    let (mut list, body) = find::list(gate, choice.list).await?;
    let movers = movers(gate, choice, &list, now).await?;
    if movers.is_empty() {
        return Ok(());
    }
    let comers: Vec<Comer> = movers.iter().map(|mover| mover.comer).collect();
    let children_alone = comers.iter().all(|comer| comer.is_child);
    let parent_is_listed = children_alone && follow_a_parent(gate, by, &choice.members, &list.id, now).await?;
    let has_place = rules::has_room(&list, &comers, parent_is_listed);
    let starts = match (has_place, choice.want) {
        (true, _) => {
            list.listed = list.listed.saturating_add(u32::try_from(movers.len()).unwrap_or(u32::MAX));
            Some(rules::takes_effect(date_in_norway(now)))
        }
        (false, Want::Place) => return Err(ChangeError::Full),
        (false, Want::Wait) if list.waiting.len() + movers.len() > rules::MAX_WAITING => {
            return Err(ChangeError::QueueFull);
        }
        (false, Want::Wait) => {
            list.waiting.extend(movers.iter().map(|mover| mover.ticket.clone()));
            None
        }
    };
    let mut batch = Batch::default();
    batch.writes.push(put_changed(
        &list.id,
        &fhir::with_places(&body, &list).map_err(GateError::from)?,
        list.version,
        Action::Book,
    )?);
    let state = if starts.is_some() { State::Scheduled } else { State::Waiting };
    for mover in &movers {
        let from = mover.gp.as_ref();
        let ask = Ask {
            patient: &mover.patient,
            by,
            to: &list,
            from: (from.and_then(|gp| gp.list.as_ref()), from.map(|gp| gp.name.as_str())),
            starts,
            ticket: &mover.ticket,
            returns: mover.comer.returns,
        };
        batch.writes.push(put(&mover.task, &fhir::new_task(&mover.task, &ask, now), Action::Change)?);
        let (event, message) = notices::told(Some(&list.id), (&mover.patient, by), state, now)?;
        batch.writes.push(event);
        batch.outbox.push(message);
    }
    gate.write(batch).await?;
    Ok(())
}

/// Those of the chosen who are still to change; who has the same change under way already counts as done.
async fn movers(gate: &Gate, choice: &Choice<'_>, list: &GpList, now: Timestamp) -> Result<Vec<Mover>, ChangeError> {
    let today = date_in_norway(now);
    let mut out = Vec::with_capacity(choice.members.len());
    for member in &choice.members {
        let (gp, has_d_number) = find::gp_and_number(gate, &member.patient, now).await?;
        let changes = changes(gate, &member.patient, now).await?;
        let is_done = |change: &Change| {
            let is_enough = change.state == State::Scheduled || choice.want == Want::Wait;
            change.to.as_ref() == Some(&list.id) && is_enough
        };
        if rules::open(&changes).is_some_and(is_done) {
            continue;
        }
        let current = gp.as_ref().and_then(|gp| gp.list.as_ref());
        rules::may_change(list, rules::Mover { current, changes: &changes, has_d_number }, today)
            .map_err(|why| ChangeError::NotChangeable(member.name.clone(), why))?;
        out.push(Mover {
            patient: member.patient.clone(),
            comer: Comer { is_child: member.is_own_child, returns: rules::returns(&list.id, &changes, today) },
            gp,
            // The id follows from how often was changed before, so that two forms can never make two changes of one person.
            task: derived_id(&format!("gp/change/{}/{}", member.patient, changes.len())),
            ticket: derived_id(&format!("gp/ticket/{}/{}/{}", choice.form_key, member.patient, list.id)).to_string(),
        });
    }
    Ok(out)
}

/// Whether all of these are children of the visitor, who is on the list already: it is open to them though it is full.
pub(super) async fn follow_a_parent(
    gate: &Gate,
    by: &PatientId,
    members: &[Member],
    list: &ResourceId,
    now: Timestamp,
) -> Result<bool, GateError> {
    let are_children = members.iter().all(|member| member.is_own_child);
    Ok(are_children && find::gp(gate, by, now).await?.is_some_and(|gp| gp.list.as_ref() == Some(list)))
}

/// Takes a change back; the place, or the place in the queue, is given up in the same transaction. The answer is whether it was taken back; what has
/// taken effect goes on.
pub(super) async fn undo(
    gate: &Gate,
    patient: &PatientId,
    by: &PatientId,
    id: &ResourceId,
    now: Timestamp,
) -> Result<bool, GateError> {
    for _ in 0..MAX_TRIES {
        match undo_once(gate, patient, by, id, now).await {
            Err(error) if error.category() == Category::Conflict => {}
            other => return other,
        }
    }
    Err(GateError::Busy)
}

async fn undo_once(
    gate: &Gate,
    patient: &PatientId,
    by: &PatientId,
    id: &ResourceId,
    now: Timestamp,
) -> Result<bool, GateError> {
    let changes = changes(gate, patient, now).await?;
    let change = changes.into_iter().find(|change| change.id == *id).ok_or(GateError::NotFound)?;
    if !rules::may_undo(&change, date_in_norway(now)) {
        return Ok(change.state == State::Withdrawn);
    }
    let stored = gate.read(ResourceType::TASK, id).await?;
    let (event, message) = notices::told(change.to.as_ref(), (patient, by), State::Withdrawn, now)?;
    let mut writes =
        vec![put_changed(id, &fhir::withdrawn(&stored.body, now)?, change.version, Action::Change)?, event];
    if let Some(list) = &change.to {
        match find::list(gate, list).await {
            Ok((list, body)) => {
                let after = given_up(list, &change);
                writes.push(put_changed(&after.id, &fhir::with_places(&body, &after)?, after.version, Action::Cancel)?);
            }
            Err(GateError::NotFound | GateError::Gone { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    gate.write(Batch { writes, outbox: vec![message], ..Batch::default() }).await?;
    Ok(true)
}

/// The list without what a change has of it.
fn given_up(mut list: GpList, change: &Change) -> GpList {
    if change.state == State::Scheduled {
        list.listed = list.listed.saturating_sub(1);
    } else {
        list.waiting.retain(|ticket| Some(ticket) != change.ticket.as_ref());
    }
    list
}
