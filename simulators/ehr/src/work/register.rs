//! A change of GP at the register: those who wait get places in their order, and on its day a change is carried out (the product's docs/api.md,
//! "Change of GP").

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use varde_base::{Language, date_in_norway, norway};

use super::{Hands, StepError, Stepped};
use crate::api::ApiError;
use crate::fhir;
use crate::fhir::register::{self, Change};
use crate::model::{Errand, Stage};
use crate::rules;
use crate::rules::register::Places;
use crate::words;

/// A change with what it is about.
struct Case {
    task: Value,
    list: Option<Value>,
    patient: Option<Value>,
}

impl Case {
    async fn read(hands: Hands<'_>, errand: &Errand) -> Result<Self, StepError> {
        let id = errand.plain_id();
        let found = hands.api.search(&format!("Task?_id={id}&_include=Task:focus&_include=Task:patient")).await?;
        let of = |name: &str| found.iter().find(|it| fhir::name(it).as_deref() == Some(name)).cloned();
        let task = of(&errand.id).ok_or(ApiError::Gone)?;
        let patient = fhir::text(&task, "/for/reference").and_then(of);
        Ok(Self { list: of(&errand.about), patient, task })
    }

    fn language(&self) -> Language {
        self.patient.as_ref().map(fhir::language).unwrap_or_default()
    }
}

type Entries = Vec<Option<Value>>;

async fn write(hands: Hands<'_>, entries: Entries) -> Result<(), StepError> {
    let entries = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(StepError::Unreadable("the list"))?;
    hands.api.transaction(entries).await?;
    Ok(())
}

/// What is there already counts as done: each step looks first where the change stands.
pub(super) async fn step(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let case = Case::read(hands, errand).await?;
    match fhir::text(&case.task, "/status") {
        Some("completed") => return Ok(Stepped::done("carried out")),
        Some(status) if !rules::stage(status).is_open() => return Ok(Stepped::done("taken back")),
        _ => {}
    }
    let today = date_in_norway(hands.now);
    match register::change(&case.task).ok_or(StepError::Unreadable("the change"))? {
        Change::Waiting => a_while_later(hands, &case, today).await,
        Change::Scheduled(day) if day > today => Ok(until(day)),
        Change::Scheduled(_) => carry_out(hands, &case, today).await,
    }
}

/// Nothing is to be done before the day. Days are the world's: no clock of ours makes the first of the month come sooner.
fn until(day: Date) -> Stepped {
    let begins = day.to_zoned(norway().clone()).map(|begins| begins.timestamp());
    let said = Some(format!("from {day}"));
    Stepped { said, again: begins.ok(), ..Stepped::to(Stage::Taken) }
}

/// Somebody on the list has moved away, or a place was free: the first who waits gets it, whoever that is.
async fn a_while_later(hands: Hands<'_>, case: &Case, today: Date) -> Result<Stepped, StepError> {
    let (Some(list), Some(ticket)) = (&case.list, register::ticket(&case.task)) else {
        return refuse(hands, case, today).await;
    };
    let places = register::places(list).filter(|places| places.waiting.iter().any(|its| its == ticket));
    let Some(places) = places.filter(|_| register::is_open(list)) else { return refuse(hands, case, today).await };
    let (places, first) = places.a_while_later();
    let is_ours = first.as_deref() == Some(ticket);
    let mut entries = vec![list_with(list, &places)];
    if is_ours {
        entries.push(scheduled(&case.task, today, hands.now));
    } else if let Some(first) = &first {
        entries.extend(scheduled_of(hands, first, today).await?);
    }
    write(hands, entries).await?;
    let before = places.waiting.iter().position(|its| its == ticket);
    Ok(match before {
        None => until(rules::register::takes_effect(today)),
        Some(before) => Stepped { said: Some(format!("number {}", before + 1)), ..Stepped::to(Stage::Opened) },
    })
}

fn list_with(list: &Value, places: &Places) -> Option<Value> {
    fhir::update(&register::with_places(list, places)?, list)
}

fn scheduled(task: &Value, today: Date, now: Timestamp) -> Option<Value> {
    fhir::update(&register::scheduled(task, rules::register::takes_effect(today), now)?, task)
}

/// The place for another who waits, by ticket; nobody of this country may hold it.
async fn scheduled_of(hands: Hands<'_>, ticket: &str, today: Date) -> Result<Entries, StepError> {
    let found = hands.api.first_page(&format!("Task?identifier={}{ticket}", register::TICKET_TOKEN)).await?;
    let waits = |task: &&Value| {
        let is_open = rules::stage(fhir::text(task, "/status").unwrap_or_default()).is_open();
        is_open && register::is_change(task) && register::change(task) == Some(Change::Waiting)
    };
    Ok(found.iter().filter(waits).take(1).map(|task| scheduled(task, today, hands.now)).collect())
}

/// What is written when somebody goes from a list: one less, or the place for the first who waits.
async fn gone_from(hands: Hands<'_>, list: &str, today: Date) -> Result<Entries, StepError> {
    let list = match hands.api.read(list).await {
        Err(ApiError::Gone) => return Ok(Vec::new()),
        read => read?,
    };
    let Some(places) = register::places(&list) else { return Ok(Vec::new()) };
    let (places, first) = places.one_gone();
    let mut entries = vec![list_with(&list, &places)];
    if let Some(first) = first {
        entries.extend(scheduled_of(hands, &first, today).await?);
    }
    Ok(entries)
}

/// The day has come: the person has the new doctor, and the place with the old one goes on.
async fn carry_out(hands: Hands<'_>, case: &Case, today: Date) -> Result<Stepped, StepError> {
    // Who has a place keeps it, also when the doctor takes nobody new.
    let (Some(list), Some(patient)) = (&case.list, &case.patient) else { return refuse(hands, case, today).await };
    let name = fhir::name(list).unwrap_or_default();
    let roles = hands.api.first_page(&format!("PractitionerRole?service={name}")).await?;
    let Some(doctor) = register::doctor(&roles) else { return refuse(hands, case, today).await };
    let listed = register::listed_with(patient, &doctor).and_then(|listed| fhir::update(&listed, patient));
    let task = fhir::task_with(&case.task, "completed", &fhir::exact(hands.now), &[]);
    let mut entries = vec![fhir::update(&task, &case.task), listed];
    if let Some(before) = register::list_before(&case.task).filter(|before| *before != name) {
        entries.extend(gone_from(hands, before, today).await?);
    }
    write(hands, entries).await?;
    Ok(Stepped::done("carried out"))
}

/// It cannot be: the doctor takes no patients any more, or is gone. The place or the ticket is given back.
async fn refuse(hands: Hands<'_>, case: &Case, today: Date) -> Result<Stepped, StepError> {
    let reason = json!({ "text": words::text(case.language(), "gp-not-possible") });
    let task = fhir::task_with(&case.task, "rejected", &fhir::exact(hands.now), &[("statusReason", reason)]);
    let mut entries = vec![fhir::update(&task, &case.task)];
    if let Some((list, places)) = case.list.as_ref().and_then(|list| Some((list, register::places(list)?))) {
        match (register::change(&case.task), register::ticket(&case.task)) {
            (Some(Change::Waiting), Some(ticket)) => entries.push(list_with(list, &places.without(ticket))),
            (Some(Change::Scheduled(_)), _) => {
                let (places, first) = places.one_gone();
                entries.push(list_with(list, &places));
                if let Some(first) = first {
                    entries.extend(scheduled_of(hands, &first, today).await?);
                }
            }
            _ => {}
        }
    }
    write(hands, entries).await?;
    Ok(Stepped::done("not possible"))
}
