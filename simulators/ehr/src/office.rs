//! The day at the offices: hear what has come in, do what is due, wait.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use varde_base::{Clock as _, SystemClock};

use crate::api::{Api, ApiError};
use crate::desk::{Desk, Pace};
use crate::fhir;
use crate::fhir::referral::REFERRAL_TOKEN;
use crate::fhir::register::CHANGE_TOKEN;
use crate::intake::{self, TASK_CODES};
use crate::model::{Errand, Seat, Stage};
use crate::rules::{self, MAX_ATTEMPTS};
use crate::subscription::{self, Endpoint, Kept};
use crate::work::{self, Hands, StepError, Stepped};

/// How often everything open is searched for, in case something was not heard of.
const ROUND_MINUTES: i64 = 5;
/// How often when nothing can be heard.
const DEAF_SECONDS: i64 = 10;
/// So much further back is searched than where the last search began: what was being written then.
const OVERLAP_SECONDS: i64 = 60;
/// Longest sleep.
const MAX_SLEEP: Duration = Duration::from_secs(5);
/// Shortest sleep, so that a due errand that cannot be done does not keep us spinning.
const MIN_SLEEP: Duration = Duration::from_millis(20);

/// The API, as each seat is let in there.
pub(crate) struct Apis {
    /// The practices and hospitals.
    pub(crate) offices: Api,
    /// The register of general practitioners.
    pub(crate) register: Api,
}

impl Apis {
    const fn of(&self, seat: Seat) -> &Api {
        match seat {
            Seat::Offices => &self.offices,
            Seat::Register => &self.register,
        }
    }
}

/// The offices.
pub(crate) struct Office {
    apis: Apis,
    desk: Arc<Desk>,
    pace: Pace,
    endpoint: Endpoint,
}

/// How we stand to the API.
struct Contact {
    /// When everything open is searched for again.
    next: Timestamp,
    /// Failures in a row.
    failures: u32,
}

impl Office {
    /// The offices, which are told of what comes in at `endpoint`.
    pub(crate) const fn new(apis: Apis, desk: Arc<Desk>, pace: Pace, endpoint: Endpoint) -> Self {
        Self { apis, desk, pace, endpoint }
    }

    /// Works for ever.
    pub(crate) async fn work(&self, doorbell: &Notify) {
        let mut contact = Contact { next: Timestamp::MIN, failures: 0 };
        loop {
            if SystemClock.now() >= contact.next {
                self.look_around(&mut contact).await;
            }
            if contact.failures == 0 && self.do_what_is_due().await.is_err() {
                contact.failed(SystemClock.now());
            }
            tokio::select! {
                () = tokio::time::sleep(self.sleep(&contact)) => {}
                () = doorbell.notified() => {}
            }
        }
    }

    /// Sees that we are told, and takes in what is open.
    async fn look_around(&self, contact: &mut Contact) {
        match self.listen_and_search().await {
            Ok(heard) => {
                if contact.failures > 0 {
                    tracing::info!("the API is there again");
                }
                contact.failures = 0;
                let pause = if heard { ROUND_MINUTES * 60 } else { DEAF_SECONDS };
                contact.next = later(SystemClock.now(), SignedDuration::from_secs(pause));
            }
            Err(error) => {
                if contact.failures == 0 {
                    tracing::warn!(%error, "the API cannot be used now; it is asked again");
                }
                contact.failed(SystemClock.now());
            }
        }
    }

    /// Whether we are told of what comes in from now on.
    async fn listen_and_search(&self) -> Result<bool, StepError> {
        self.search().await?;
        // Side by side: each waits for a handshake.
        let keep = |seat| subscription::keep(self.apis.of(seat), seat, &self.endpoint);
        let (offices, register) = tokio::try_join!(keep(Seat::Offices), keep(Seat::Register))?;
        if [offices, register].contains(&Kept::Anew) {
            // What came between both.
            self.search().await?;
        }
        Ok(![offices, register].contains(&Kept::Refused))
    }

    async fn search(&self) -> Result<(), StepError> {
        let begun = SystemClock.now();
        let heard = self.desk.heard_until()?;
        // Every look-up stands in somebody's access log. What is answered within the day is found by its state; what waits longer, or has no
        // state, by when it came, and the first time by its state alone.
        // What stood there before that, and is found by when it came, is left as it is.
        let first = self.desk.first_heard(heard.unwrap_or(begun))?;
        let since = fhir::instant(heard.map_or(first, |heard| overlapping(heard).max(first)));
        let news =
            heard.map(|heard| format!("&_lastUpdated=ge{}", fhir::instant(overlapping(heard)))).unwrap_or_default();
        let open = "requested,received,accepted,in-progress,on-hold";
        for (seat, query) in [
            (Seat::Offices, format!("Task?code={TASK_CODES}&status={open}")),
            (Seat::Offices, format!("Appointment?status=booked&identifier:missing=true&_lastUpdated=ge{since}")),
            (Seat::Offices, format!("Appointment?status=waitlist{news}")),
            (Seat::Offices, format!("ServiceRequest?status=active&category={REFERRAL_TOKEN}&_lastUpdated=ge{since}")),
            (Seat::Register, format!("Task?code={CHANGE_TOKEN}&status={open}{news}")),
        ] {
            let found = self.apis.of(seat).search(&query).await?;
            let now = SystemClock.now();
            for incoming in found.iter().filter_map(intake::of_resource) {
                self.desk.take_in(&incoming, self.pace, now)?;
            }
        }
        self.desk.hear(begun)?;
        Ok(())
    }

    /// A round of what is due. An error is that nobody answers: the rest waits, too.
    async fn do_what_is_due(&self) -> Result<(), ApiError> {
        let due = match self.desk.due(SystemClock.now()) {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "the store cannot be read");
                return Ok(());
            }
        };
        for errand in &due {
            self.step(errand).await?;
        }
        Ok(())
    }

    async fn step(&self, errand: &Errand) -> Result<(), ApiError> {
        let now = SystemClock.now();
        let hands = Hands { api: self.apis.of(errand.kind.seat()), desk: &self.desk, seed: self.pace.seed, now };
        let kept = match work::step(hands, errand).await {
            Ok(Stepped { stage, said, again: Some(at), .. }) => {
                self.desk.rest(errand, stage, said.as_deref(), (at, now))
            }
            Ok(stepped) => {
                let (said, follows) = (stepped.said.as_deref(), stepped.follows.as_ref());
                self.desk.advance(errand, stepped.stage, said, follows, (self.pace, SystemClock.now()))
            }
            Err(StepError::Api(ApiError::Away(why))) => return Err(ApiError::Away(why)),
            Err(error) => self.failed(errand, &error),
        };
        if let Err(error) = kept {
            tracing::error!(%error, "the store cannot be written");
        }
        Ok(())
    }

    /// A step that failed by its own fault is tried again a few times, later and later.
    fn failed(&self, errand: &Errand, error: &StepError) -> rusqlite::Result<()> {
        let (now, why) = (SystemClock.now(), error.to_string());
        let is_gone = matches!(error, StepError::Api(ApiError::Gone));
        if is_gone || errand.attempts + 1 >= MAX_ATTEMPTS {
            tracing::warn!(id = errand.id, why, "given up");
            return self.desk.advance(errand, Stage::GivenUp, Some(&why), None, (self.pace, now));
        }
        self.desk.postpone(&errand.id, later(now, rules::pause(errand.attempts)), &why)
    }

    fn sleep(&self, contact: &Contact) -> Duration {
        let now = SystemClock.now();
        let due = if contact.failures == 0 { self.desk.next_due().ok().flatten() } else { None };
        let until = due.map_or(contact.next, |due| due.min(contact.next)).duration_since(now);
        Duration::try_from(until).unwrap_or_default().clamp(MIN_SLEEP, MAX_SLEEP)
    }
}

impl Contact {
    fn failed(&mut self, now: Timestamp) {
        self.next = later(now, rules::pause(self.failures));
        self.failures = self.failures.saturating_add(1);
    }
}

fn later(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.saturating_add(pause).unwrap_or(now)
}

fn overlapping(heard: Timestamp) -> Timestamp {
    later(heard, SignedDuration::from_secs(-OVERLAP_SECONDS))
}
