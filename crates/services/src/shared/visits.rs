//! On how many days each person has used each service, so that the front page can put first what they use most.
//!
//! It is the person's own, never that of somebody they act for. Nothing is written while a page is waited for: what was used today is noted in
//! memory, and written once a day for each service a little later. A process that stops within that little while forgets it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State as Current};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::future;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use varde_base::{PatientId, date_in_norway};
use varde_store::{GateError, Store};
use varde_web::Visitor;

use super::State;
use super::kept::Kept;

/// Days in use, by service.
const USED: Kept = Kept("kept-visits");

/// There when the person wants nothing counted.
const OFF: Kept = Kept("kept-visits-off");

/// Most days that are counted: it is a matter of what is used more than what.
const MAX_DAYS: u16 = 60;

/// What has not been used for so long is forgotten.
const FORGOTTEN_AFTER_DAYS: i32 = 400;

/// Most people whose day is kept in memory. Past it those whose day is written are dropped, which costs them a read the next time.
const MAX_PEOPLE: usize = 20_000;

/// How long what was noted waits, so that one visit to several services is one write.
const WRITE_AFTER: Duration = Duration::from_secs(5);

/// Writes of one person wait for each other; of different people hardly ever.
const TURNS: usize = 64;

/// How much somebody has used a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Use {
    /// On how many days.
    pub days: u16,
    /// The last of them, in Norway.
    pub last: Date,
}

/// How much somebody has used each service, by the path of the service.
pub(crate) type Used = BTreeMap<String, Use>;

/// What has been used today, of everybody this process has served.
#[derive(Clone)]
pub struct Visits {
    today: Arc<Mutex<Today>>,
    turns: Arc<[tokio::sync::Mutex<()>]>,
}

#[derive(Default)]
struct Today {
    day: Option<Date>,
    people: HashMap<PatientId, Seen>,
}

#[derive(Default)]
struct Seen {
    paths: BTreeSet<&'static str>,
    /// A write is under way that will take all of `paths`.
    is_waiting: bool,
}

impl Default for Visits {
    fn default() -> Self {
        Self { today: Arc::default(), turns: (0..TURNS).map(|_| tokio::sync::Mutex::default()).collect() }
    }
}

impl Visits {
    /// How much somebody has used each service, today included; `None` for one who wants nothing counted.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) async fn of(
        &self,
        store: &Store,
        patient: &PatientId,
        now: Timestamp,
    ) -> Result<Option<Used>, GateError> {
        let (off, stored) = future::try_join(OFF.get(store, patient, now), USED.get(store, patient, now)).await?;
        if off.is_some() {
            return Ok(None);
        }
        let day = date_in_norway(now);
        Ok(Some(with(stored.as_deref(), &self.seen(patient, day), day)))
    }

    /// Counts from now on, or forgets what was counted and counts no more.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) async fn set(
        &self,
        store: &Store,
        patient: &PatientId,
        is_on: bool,
        now: Timestamp,
    ) -> Result<(), GateError> {
        if is_on {
            return OFF.delete(store, patient).await;
        }
        OFF.put(store, patient, Vec::new(), now).await?;
        self.forget(store, patient).await
    }

    /// Forgets what was counted.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) async fn forget(&self, store: &Store, patient: &PatientId) -> Result<(), GateError> {
        let _turn = self.turn(patient).await;
        if let Ok(mut today) = self.today.lock() {
            today.people.remove(patient);
        }
        USED.delete(store, patient).await
    }

    /// Notes that somebody uses a service, and writes it a little later.
    fn note(&self, store: &Store, patient: PatientId, path: &'static str, now: Timestamp) {
        if !self.mark(&patient, path, date_in_norway(now)) {
            return;
        }
        let (visits, store) = (self.clone(), store.clone());
        tokio::spawn(async move {
            tokio::time::sleep(WRITE_AFTER).await;
            if let Err(error) = visits.write(&store, &patient, now).await {
                tracing::warn!(%error, "which services were used today was not written");
            }
        });
    }

    /// Notes it in memory; whether a write is to follow.
    fn mark(&self, patient: &PatientId, path: &'static str, day: Date) -> bool {
        let Ok(mut today) = self.today.lock() else { return false };
        if today.day != Some(day) {
            *today = Today { day: Some(day), people: HashMap::new() };
        }
        if today.people.len() >= MAX_PEOPLE && !today.people.contains_key(patient) {
            today.people.retain(|_, seen| seen.is_waiting);
            if today.people.len() >= MAX_PEOPLE {
                return false;
            }
        }
        let seen = today.people.entry(patient.clone()).or_default();
        seen.paths.insert(path) && !std::mem::replace(&mut seen.is_waiting, true)
    }

    /// Writes at once what else waits a little.
    #[cfg(test)]
    pub(crate) async fn write_now(&self, store: &Store, patient: &PatientId, now: Timestamp) {
        self.write(store, patient, now).await.unwrap();
    }

    /// Writes what somebody has used on the day of `now`. Doing it twice counts once.
    async fn write(&self, store: &Store, patient: &PatientId, now: Timestamp) -> Result<(), GateError> {
        let _turn = self.turn(patient).await;
        let day = date_in_norway(now);
        if let Ok(mut today) = self.today.lock()
            && let Some(seen) = today.people.get_mut(patient)
        {
            seen.is_waiting = false;
        }
        let seen = self.seen(patient, day);
        if seen.is_empty() || OFF.get(store, patient, now).await?.is_some() {
            return Ok(());
        }
        let stored = USED.get(store, patient, now).await?;
        let used = with(stored.as_deref(), &seen, day);
        let value = serde_json::to_vec(&used).map_err(|_| GateError::Fault)?;
        if stored.is_none_or(|stored| stored != value) {
            USED.put(store, patient, value, now).await?;
        }
        Ok(())
    }

    /// What somebody has used on `day`, as far as this process knows.
    fn seen(&self, patient: &PatientId, day: Date) -> BTreeSet<&'static str> {
        let Ok(today) = self.today.lock() else { return BTreeSet::new() };
        let people = (today.day == Some(day)).then_some(&today.people);
        people.and_then(|people| people.get(patient)).map(|seen| seen.paths.clone()).unwrap_or_default()
    }

    async fn turn(&self, patient: &PatientId) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(patient);
        let place = usize::try_from(hash % TURNS as u64).unwrap_or_default();
        Some(self.turns.get(place)?.lock().await)
    }
}

/// What is stored, and today.
fn with(stored: Option<&[u8]>, seen: &BTreeSet<&'static str>, day: Date) -> Used {
    // What cannot be read is counted anew: it is a matter of order on a page.
    let mut used: Used = stored.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let oldest = day.saturating_sub(FORGOTTEN_AFTER_DAYS.days());
    used.retain(|_, its| its.last >= oldest);
    for path in seen {
        let its = used.entry((*path).to_owned()).or_insert(Use { days: 0, last: day });
        if its.days == 0 || its.last < day {
            *its = Use { days: its.days.saturating_add(1).min(MAX_DAYS), last: day };
        }
    }
    used
}

/// Counts a page of the service at `path` that somebody was shown.
pub(crate) async fn count(
    Current((state, path)): Current<(State, &'static str)>,
    request: Request,
    next: Next,
) -> Response {
    let visitor = (request.method() == Method::GET).then(|| request.extensions().get::<Visitor>()).flatten();
    let patient = visitor.map(|visitor| visitor.actor.patient.clone());
    let response = next.run(request).await;
    if let Some(patient) = patient.filter(|_| response.status().is_success()) {
        state.visits.note(&state.store, patient, path, state.now());
    }
    response
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::shared::testing::{NOW, Portal};

    const MEDICINES: &str = "/medicines";

    fn kari() -> PatientId {
        "kari".parse().unwrap()
    }

    async fn days(portal: &Portal, visits: &Visits, now: Timestamp) -> Option<u16> {
        let used = visits.of(portal.store(), &kari(), now).await.unwrap();
        used.map(|used| used.get(MEDICINES).map_or(0, |its| its.days))
    }

    fn day(number: i64) -> Timestamp {
        NOW.parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_hours(24 * number)
    }

    #[tokio::test]
    async fn a_service_counts_once_a_day_however_often_it_is_used_and_outlives_the_process() {
        let (portal, visits) = (Portal::new(), Visits::default());
        for (number, expected) in [(0, 1), (1, 2), (2, 3)] {
            let now = day(number);
            assert!(visits.mark(&kari(), MEDICINES, date_in_norway(now)), "a write is to follow");
            assert!(!visits.mark(&kari(), MEDICINES, date_in_norway(now)), "and one is enough");
            assert!(!visits.mark(&kari(), "/results", date_in_norway(now)), "it takes the other service along");
            assert_eq!(days(&portal, &visits, now).await, Some(expected), "also before it is written");
            for _ in 0..2 {
                visits.write(portal.store(), &kari(), now).await.unwrap();
            }
            assert_eq!(days(&portal, &visits, now).await, Some(expected));
            assert!(
                !visits.mark(&kari(), MEDICINES, date_in_norway(now)),
                "what is written today is not written again"
            );
        }
        assert_eq!(days(&portal, &Visits::default(), day(2)).await, Some(3));
        assert_eq!(days(&portal, &Visits::default(), day(500)).await, Some(0), "what is long not used is forgotten");
    }

    #[tokio::test]
    async fn who_wants_nothing_counted_has_nothing_kept_not_even_what_was_about_to_be_written() {
        let (portal, visits) = (Portal::new(), Visits::default());
        let (store, now) = (portal.store(), day(0));
        visits.mark(&kari(), MEDICINES, date_in_norway(now));
        visits.write(store, &kari(), now).await.unwrap();
        visits.mark(&kari(), "/results", date_in_norway(now));
        visits.set(store, &kari(), false, now).await.unwrap();
        visits.write(store, &kari(), now).await.unwrap();
        assert_eq!(days(&portal, &visits, now).await, None);
        visits.mark(&kari(), MEDICINES, date_in_norway(now));
        visits.write(store, &kari(), now).await.unwrap();
        assert_eq!(USED.get(store, &kari(), now).await.unwrap(), None);
        visits.set(store, &kari(), true, day(1)).await.unwrap();
        assert_eq!(days(&portal, &visits, day(1)).await, Some(0), "it begins anew");
    }

    #[tokio::test]
    async fn forgetting_forgets_today_too_and_only_ones_own() {
        let (portal, visits) = (Portal::new(), Visits::default());
        let (store, now) = (portal.store(), day(0));
        let per: PatientId = "per".parse().unwrap();
        for patient in [&kari(), &per] {
            visits.mark(patient, MEDICINES, date_in_norway(now));
            visits.write(store, patient, now).await.unwrap();
        }
        visits.forget(store, &kari()).await.unwrap();
        assert_eq!(days(&portal, &visits, now).await, Some(0));
        assert_eq!(visits.of(store, &per, now).await.unwrap().unwrap().len(), 1);
    }

    #[test]
    fn days_are_bounded_and_what_cannot_be_read_begins_anew() {
        let today = date(2026, 11, 21);
        let seen = BTreeSet::from([MEDICINES]);
        let stored = br#"{"/medicines":{"days":60,"last":"2026-11-20"},"/gone":{"days":9,"last":"2024-01-01"}}"#;
        let used = with(Some(stored), &seen, today);
        assert_eq!(used, Used::from([(MEDICINES.to_owned(), Use { days: 60, last: today })]));
        assert_eq!(with(Some(b"{"), &seen, today)[MEDICINES].days, 1);
    }

    #[test]
    fn no_more_people_are_kept_in_memory_than_the_limit() {
        let visits = Visits::default();
        let today = date(2026, 11, 21);
        for number in 0..MAX_PEOPLE {
            assert!(visits.mark(&format!("p{number}").parse().unwrap(), MEDICINES, today));
        }
        assert!(!visits.mark(&kari(), MEDICINES, today), "all of them wait to be written");
        visits.today.lock().unwrap().people.values_mut().for_each(|seen| seen.is_waiting = false);
        assert!(visits.mark(&kari(), MEDICINES, today));
        assert_eq!(visits.today.lock().unwrap().people.len(), 1);
    }
}
