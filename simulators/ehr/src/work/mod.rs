//! One step of one errand: look, decide by the rules, say it in one transaction.

mod appointment;
mod earlier;
mod message;
mod referral;
mod register;
mod renewal;
mod report;
mod request;
mod suggestion;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use varde_base::Language;

use crate::api::{Api, ApiError};
use crate::desk::Desk;
use crate::fhir::{self, Party};
use crate::model::{Errand, Incoming, Kind, Stage};
use crate::rules;

/// With what an errand is worked on.
#[derive(Clone, Copy)]
pub(crate) struct Hands<'a> {
    /// The API.
    pub(crate) api: &'a Api,
    /// What is remembered.
    pub(crate) desk: &'a Desk,
    /// The seed.
    pub(crate) seed: u64,
    /// The present instant.
    pub(crate) now: Timestamp,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stepped {
    /// How far it has come.
    pub(crate) stage: Stage,
    /// What was said, for the page.
    pub(crate) said: Option<String>,
    /// What follows from it.
    pub(crate) follows: Option<Incoming>,
    /// When to look again, if the offices' own time does not say.
    pub(crate) again: Option<Timestamp>,
}

impl Stepped {
    fn to(stage: Stage) -> Self {
        Self { stage, said: None, follows: None, again: None }
    }

    fn done(said: &str) -> Self {
        Self { said: Some(said.to_owned()), ..Self::to(Stage::Done) }
    }
}

/// Why a step could not be taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    /// The API's.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The own file's.
    #[error("the store: {0}")]
    Desk(#[from] rusqlite::Error),
    /// What was read makes no sense to us.
    #[error("it cannot be understood: {0}")]
    Unreadable(&'static str),
}

/// What is going to be said of a Task, kept before it is said: after a crash it is said in the same words, and known again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Decision {
    /// `Task.lastModified` of the answer, which nobody else writes to the microsecond.
    at: String,
    /// What it says: `renew`, or a key of the words.
    says: String,
    /// A blood sample is ordered.
    sample: bool,
    /// The unit of a hospital the person is referred to.
    unit: Option<Party>,
}

/// Takes the next step. What is there already is found out and counted as done.
pub(crate) async fn step(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let stepped = match errand.kind {
        Kind::Renewal => renewal::step(hands, errand).await,
        Kind::Message => message::step(hands, errand).await,
        Kind::Report => report::step(hands, errand).await,
        Kind::Booking => appointment::step(hands, errand).await,
        Kind::Referral => referral::step(hands, errand).await,
        Kind::Earlier => earlier::step(hands, errand).await,
        Kind::Suggestion => suggestion::step(hands, errand).await,
        Kind::Request => request::step(hands, errand).await,
        Kind::GpChange => register::step(hands, errand).await,
    };
    match (stepped, errand.kind) {
        (Err(StepError::Api(ApiError::Changed)), Kind::Renewal | Kind::Message | Kind::Suggestion | Kind::Request) => {
            settle(hands, errand).await
        }
        // The next try reads it anew and finds out where it stands.
        (other, _) => other,
    }
}

/// Somebody else has changed the Task, or we have before we were cut off: where does it stand now?
async fn settle(hands: Hands<'_>, errand: &Errand) -> Result<Stepped, StepError> {
    let case = Case::read(hands.api, errand).await?;
    let stage = rules::stage(fhir::text(&case.task, "/status").unwrap_or_default());
    if stage.is_open() {
        // Not a step back nor the same again without counting it: the next try is a try.
        return if stage > errand.stage { Ok(Stepped::to(stage)) } else { Err(ApiError::Changed.into()) };
    }
    let decision: Option<Decision> = errand.memo.as_ref().and_then(|memo| serde_json::from_str(memo).ok());
    let modified = fhir::text(&case.task, "/lastModified");
    let ours = decision.filter(|decision| modified.is_some_and(|modified| is_same_instant(modified, &decision.at)));
    let Some(decision) = ours else { return Ok(Stepped::done("closed by somebody else")) };
    Ok(case.told(errand, &decision))
}

fn is_same_instant(one: &str, other: &str) -> bool {
    let parse = |text: &str| text.parse::<Timestamp>().ok();
    parse(one).is_some() && parse(one) == parse(other)
}

/// A Task with what it is about and who asks.
struct Case {
    task: Value,
    focus: Option<Value>,
    requester: Option<Value>,
}

impl Case {
    /// Reads it; one look-up in the citizen's access log.
    async fn read(api: &Api, errand: &Errand) -> Result<Self, StepError> {
        let id = errand.plain_id();
        let query = format!("Task?_id={id}&_include=Task:focus&_include=Task:requester");
        let mut found = api.search(&query).await?;
        let mut take = |name: &str| {
            let at = found.iter().position(|resource| fhir::name(resource).as_deref() == Some(name))?;
            Some(found.swap_remove(at))
        };
        let task = take(&errand.id).ok_or(ApiError::Gone)?;
        let focus = take(&errand.about);
        let requester = fhir::text(&task, "/requester/reference").map(str::to_owned).and_then(|name| take(&name));
        Ok(Self { task, focus, requester })
    }

    /// The language of the one who asks.
    fn language(&self) -> Language {
        self.requester.as_ref().map(fhir::language).unwrap_or_default()
    }

    fn owner(&self) -> Party {
        Party::of(self.task.get("owner"))
    }

    /// What follows from an answer that was given.
    fn told(&self, errand: &Errand, decision: &Decision) -> Stepped {
        let follows = if decision.sample { self.sample(errand, decision) } else { None };
        Stepped { follows, ..Stepped::done(&decision.says) }
    }

    /// The sample that is taken then, and of which a report will come.
    fn sample(&self, errand: &Errand, decision: &Decision) -> Option<Incoming> {
        let focus = self.focus.as_ref()?;
        let office = self.owner();
        let doctor = match errand.kind {
            Kind::Message => fhir::answerer(focus, &office),
            _ => Party::of(focus.get("requester")),
        };
        let taken: Timestamp = decision.at.parse().ok()?;
        let order = fhir::Order {
            patient: Party::of(self.task.get("for")),
            doctor: if doctor.is_nobody() { office.clone() } else { doctor },
            office,
            language: self.language().tag().to_owned(),
            atc: fhir::atc(focus).map(str::to_owned),
            taken: taken.as_second(),
        };
        Some(Incoming {
            id: format!("DiagnosticReport/{}", rules::made_id("report", &errand.id)),
            kind: Kind::Report,
            about: errand.id.clone(),
            stage: Stage::New,
            promised: None,
            memo: Some(serde_json::to_string(&order).ok()?),
        })
    }
}

impl Hands<'_> {
    /// Moves the Task on by its status alone.
    async fn moves(self, errand: &Errand, from: &str, to: &str, stage: Stage) -> Result<Stepped, StepError> {
        self.api.patch(&errand.id, &fhir::task_patch(from, to, self.now)).await?;
        Ok(Stepped::to(stage))
    }

    /// What is going to be said: as decided before if it was, so that nothing is said in two ways.
    fn decides(self, errand: &Errand, says: &str, sample: bool, unit: Option<Party>) -> Result<Decision, StepError> {
        let decision = Decision { at: fhir::exact(self.now), says: says.to_owned(), sample, unit };
        let memo = serde_json::to_string(&decision).map_err(|_| StepError::Unreadable("the decision"))?;
        let kept = self.desk.decide(&errand.id, &memo)?;
        serde_json::from_str(&kept).map_err(|_| StepError::Unreadable("the decision"))
    }
}
