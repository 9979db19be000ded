//! A private calendar feed: an address that a calendar program reads without signing in. Who knows the address sees when, and where if the
//! person has chosen so, and never what it is about ([decision](../../../../docs/decisions/0014-calendar-feed.md)).
//!
//! The address holds a secret of 256 bits. Only its SHA-256 is kept, and the look-up is by that, so that the time it takes tells nothing
//! of the secrets there are.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use varde_base::{AssuranceLevel, CitizenActor, Language, PatientId, Random, token_base64url};
use varde_store::{Ephemeral, GateError, Store};

use super::household::{self, Member};
use super::ics::{self, Entry};
use super::model::Appointment;
use super::upkeep;
use crate::l10n::text;
use crate::shared::Limiter;

/// The feeds, by the hash of their secret.
const FEED: &str = "calendar-feed";

/// What a person has chosen, by the hash of who they are.
const CHOSEN: &str = "calendar-feed-of";

/// How long an address that nobody reads lives.
const LIFE: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Most entries of a feed.
const MAX_ENTRIES: usize = 300;

/// How often one feed may be read in [`WINDOW`].
const MAX_READS: u32 = 30;

/// The stretch reads are counted in.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// What a feed shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shows {
    /// Where, besides when.
    pub place: bool,
    /// Those one acts for too, each with the first name.
    pub household: bool,
    /// The language of the titles, as a BCP 47 tag.
    pub language: String,
    /// When the address was made.
    pub made: Timestamp,
}

/// Makes an address, and ends the one before. Gives the secret, which nobody can be told again.
///
/// # Errors
/// Only the database's.
pub(super) async fn make(
    store: &Store,
    patient: &PatientId,
    shows: &Shows,
    random: &mut (dyn Random + Send),
) -> Result<String, GateError> {
    stop(store, patient).await?;
    let secret = token_base64url(random);
    let value = serde_json::to_vec(shows).map_err(|_| GateError::Fault)?;
    let expires = shows.made.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    let keep = |kind: &str, key_hash: Vec<u8>| Ephemeral {
        kind: kind.to_owned(),
        key_hash,
        owner: patient.to_string(),
        value: value.clone(),
        expires,
    };
    store.ephemeral().put(keep(CHOSEN, hash(patient.as_str()))).await?;
    store.ephemeral().put(keep(FEED, hash(&secret))).await?;
    Ok(secret)
}

/// Ends a person's address.
///
/// # Errors
/// Only the database's.
pub(super) async fn stop(store: &Store, patient: &PatientId) -> Result<(), GateError> {
    store.ephemeral().delete_by_owner(FEED, patient.as_str()).await?;
    store.ephemeral().delete(CHOSEN, &hash(patient.as_str())).await.map(drop)
}

/// What a person's address shows; `None` when they have none.
///
/// # Errors
/// Only the database's.
pub(super) async fn chosen(store: &Store, patient: &PatientId) -> Result<Option<Shows>, GateError> {
    let kept = store.ephemeral().get(CHOSEN, &hash(patient.as_str())).await?;
    Ok(kept.and_then(|kept| serde_json::from_slice(&kept.value).ok()))
}

/// Why a feed gives nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum FeedError {
    /// There is none with that secret, or no more.
    #[error("no such feed")]
    Unknown,
    /// It is read too often.
    #[error("read too often")]
    TooOften,
    /// The store.
    #[error(transparent)]
    Store(#[from] GateError),
}

/// The calendar behind a secret.
///
/// # Errors
/// [`FeedError`].
pub(super) async fn read(store: &Store, secret: &str, limiter: &Limiter, now: Timestamp) -> Result<String, FeedError> {
    let key = hash(secret);
    let kept = store.ephemeral().get(FEED, &key).await?.ok_or(FeedError::Unknown)?;
    if !limiter.may(&key, now) {
        return Err(FeedError::TooOften);
    }
    let shows: Shows = serde_json::from_slice(&kept.value).map_err(|_| GateError::Fault)?;
    let owner: PatientId = kept.owner.parse().map_err(|_| GateError::Fault)?;
    let citizen = upkeep::citizen(store, &owner).await?.ok_or(FeedError::Unknown)?;
    // An address is known to a program, and so proves less than a sign-in.
    let citizen = CitizenActor { level: AssuranceLevel::Substantial, ..citizen };
    let asker = upkeep::asker(store, &citizen).await?;
    if asker.stopped || asker.inactive {
        return Err(FeedError::Unknown);
    }
    let members = household::members(store, &citizen, "appointments.feed", now).await?.members;
    let expires = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    store.ephemeral().touch(FEED, &key, expires).await?;
    store.ephemeral().touch(CHOSEN, &hash(owner.as_str()), expires).await?;
    let language = Language::from_tag(&shows.language).unwrap_or_default();
    let entries = entries(&members, &shows, &key, language);
    Ok(ics::file(&entries, Some(&text(language).msg_appointments_feed_name()), now))
}

/// What stands in the feed, the nearest first.
fn entries(members: &[Member], shows: &Shows, key: &[u8], language: Language) -> Vec<Entry> {
    let title = text(language).msg_appointments_feed_summary();
    let mut entries = Vec::new();
    for member in members.iter().filter(|member| member.is_self || shows.household) {
        let first = member.name.split(' ').next().unwrap_or_default();
        let summary = if member.is_self { title.clone() } else { format!("{title} ({first})") };
        let Some(ahead) = &member.ahead else { continue };
        let whole = ahead.appointments.iter().filter_map(|its| entry(its, shows.place, &summary, key));
        let times = ahead.times.iter().map(|start| Entry {
            uid: uid(key, &format!("{}/{start}", member.patient)),
            version: 0,
            start: *start,
            end: *start,
            summary: summary.clone(),
            place: None,
        });
        entries.extend(whole.chain(times));
    }
    entries.sort_by_key(|entry| entry.start);
    entries.truncate(MAX_ENTRIES);
    entries
}

fn entry(appointment: &Appointment, with_place: bool, summary: &str, key: &[u8]) -> Option<Entry> {
    let start = appointment.start?;
    Some(Entry {
        uid: uid(key, appointment.id.as_str()),
        version: appointment.version,
        start,
        end: appointment.end.unwrap_or(start),
        summary: summary.to_owned(),
        place: with_place.then(|| ics::place(appointment)).flatten(),
    })
}

/// An identifier that stays the same as long as the address does, and tells nothing of the appointment's own.
fn uid(key: &[u8], id: &str) -> String {
    let hash = Sha256::new().chain_update(key).chain_update(id).finalize();
    let hex: String = hash.iter().take(ics::UID_OCTETS).map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}@varde")
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

/// Counts reads of each feed, so that one that is read in a loop costs no more than a few.
pub(super) fn limiter() -> Limiter {
    Limiter::new(MAX_READS, WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_tells_nothing_of_the_appointment_s_own() {
        assert_eq!(uid(b"key", "kari-appointment-3"), uid(b"key", "kari-appointment-3"));
        assert_ne!(uid(b"key", "a"), uid(b"other", "a"));
        assert!(!uid(b"key", "kari-appointment-3").contains("kari"));
    }
}
