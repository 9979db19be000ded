//! Sessions: opaque tokens of 256 bits, of which only the SHA-256 is kept (OWASP ASVS 5, 7.2 and 7.3).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use varde_base::{AssuranceLevel, CitizenActor, PatientId, SystemRandom, token_base64url};
use varde_store::{Ephemeral, EphemeralStore, GateError};
use varde_web::{ActingFor, CsrfToken, Visitor};

const KIND: &str = "session";

/// Marks a session that was signed out. A page that loads at the same instant may still write the session down once more; the mark
/// stays, so that what was ended cannot come back.
const ENDED: &str = "session-ended";

/// Marks the instant at which somebody ended all their sessions, by person. It outlives them, for the same reason.
const ALL_ENDED: &str = "sessions-ended";

/// A session that has ended is kept this long, so that what its person then sends from an open form can be kept for them. It opens
/// nothing.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// Use within this time of the last is not written down, so that a page with ten parts does not make ten writes.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// What is kept of a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) patient: String,
    national_id: String,
    name: String,
    high: bool,
    csrf: String,
    acting_for: Option<(String, String)>,
    seen: Timestamp,
    ends: Timestamp,
}

/// Where a session stands.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// It is good.
    Live(Box<Session>),
    /// It has ended by itself.
    Ended(Box<Session>),
    /// There is none.
    None,
}

impl Session {
    /// The visitor of this session; `None` for one that cannot be read, which then counts as none.
    pub(crate) fn visitor(&self) -> Option<Visitor> {
        let acting_for = match &self.acting_for {
            Some((patient, name)) => Some(ActingFor { patient: patient.parse().ok()?, name: name.as_str().into() }),
            None => None,
        };
        Some(Visitor {
            actor: CitizenActor {
                patient: self.patient.parse().ok()?,
                national_id: self.national_id.parse().ok()?,
                name: self.name.as_str().into(),
                level: if self.high { AssuranceLevel::High } else { AssuranceLevel::Substantial },
            },
            acting_for,
            language: None,
            csrf: CsrfToken::new(self.csrf.as_str()),
            draft: None,
        })
    }
}

/// All sessions.
#[derive(Clone)]
pub(crate) struct Sessions {
    store: EphemeralStore,
    idle: SignedDuration,
    absolute: SignedDuration,
}

/// The hash by which something with a secret is found.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

impl Sessions {
    pub(crate) fn new(store: EphemeralStore, idle: Duration, absolute: Duration) -> Self {
        let signed = |d: Duration| SignedDuration::try_from(d).unwrap_or(SignedDuration::ZERO);
        Self { store, idle: signed(idle), absolute: signed(absolute) }
    }

    /// The store of things that end by themselves.
    pub(crate) fn ephemeral(&self) -> &EphemeralStore {
        &self.store
    }

    /// A new session for somebody who has just signed in: the token for the cookie, and when it ends in any case.
    pub(crate) async fn begin(&self, actor: &CitizenActor, now: Timestamp) -> Result<(String, Timestamp), GateError> {
        let token = token_base64url(&mut SystemRandom);
        let session = Session {
            patient: actor.patient.to_string(),
            national_id: actor.national_id.as_str().to_owned(),
            name: actor.name.to_string(),
            high: actor.level == AssuranceLevel::High,
            csrf: token_base64url(&mut SystemRandom),
            acting_for: None,
            seen: now,
            ends: now.saturating_add(self.absolute).map_err(|_| GateError::Fault)?,
        };
        self.save(&hash(&token), &session).await?;
        Ok((token, session.ends))
    }

    /// The session of a token at `now`.
    pub(crate) async fn find(&self, token: &str, now: Timestamp) -> Result<Found, GateError> {
        let key = hash(token);
        let Some(stored) = self.store.get(KIND, &key).await? else { return Ok(Found::None) };
        if self.store.get(ENDED, &key).await?.is_some() {
            return Ok(Found::None);
        }
        let Ok(mut session) = serde_json::from_slice::<Session>(&stored.value) else { return Ok(Found::None) };
        let unused = now.duration_since(session.seen);
        if now >= session.ends || unused >= self.idle {
            return Ok(Found::Ended(Box::new(session)));
        }
        if unused >= TOUCH_EVERY {
            session.seen = now;
            if !self.save_again(&key, &session).await? {
                return Ok(Found::None);
            }
        }
        Ok(Found::Live(Box::new(session)))
    }

    /// Whom the session acts for from now on.
    pub(crate) async fn act_for(
        &self,
        token: &str,
        person: Option<ActingFor>,
        now: Timestamp,
    ) -> Result<(), GateError> {
        let Found::Live(mut session) = self.find(token, now).await? else { return Err(GateError::NotFound) };
        session.acting_for = person.map(|person| (person.patient.to_string(), person.name.into()));
        let still_there = self.save_again(&hash(token), &session).await?;
        if still_there { Ok(()) } else { Err(GateError::NotFound) }
    }

    /// Ends a session at once.
    pub(crate) async fn end(&self, token: &str) -> Result<(), GateError> {
        let key = hash(token);
        let Some(stored) = self.store.get(KIND, &key).await? else { return Ok(()) };
        let mark = Ephemeral { kind: ENDED.to_owned(), value: Vec::new(), ..stored };
        self.store.put(mark).await?;
        self.store.delete(KIND, &key).await.map(drop)
    }

    /// Ends every session of a person at once, in whatever browser.
    pub(crate) async fn end_all(&self, patient: &PatientId, now: Timestamp) -> Result<(), GateError> {
        let expires = now.saturating_add(self.absolute).and_then(|end| end.saturating_add(REMEMBERED));
        let mark = Ephemeral {
            kind: ALL_ENDED.to_owned(),
            key_hash: hash(patient.as_str()),
            owner: patient.to_string(),
            value: serde_json::to_vec(&now).map_err(|_| GateError::Fault)?,
            expires: expires.unwrap_or(Timestamp::MAX),
        };
        // The mark first: whoever writes a session down after the deletion finds it.
        self.store.put(mark).await?;
        self.store.delete_by_owner(KIND, patient.as_str()).await.map(drop)
    }

    /// Writes a session down that was there before. `false` when its person has ended all of them meanwhile: then it is gone.
    async fn save_again(&self, key: &[u8], session: &Session) -> Result<bool, GateError> {
        self.save(key, session).await?;
        let Some(mark) = self.store.get(ALL_ENDED, &hash(&session.patient)).await? else { return Ok(true) };
        let began = session.ends.saturating_sub(self.absolute).unwrap_or(Timestamp::MIN);
        // A mark that cannot be read ends too much rather than too little.
        let is_ended = serde_json::from_slice::<Timestamp>(&mark.value).map_or(true, |ended| began <= ended);
        if is_ended {
            self.store.delete(KIND, key).await?;
        }
        Ok(!is_ended)
    }

    async fn save(&self, key: &[u8], session: &Session) -> Result<(), GateError> {
        let value = serde_json::to_vec(session).map_err(|_| GateError::Fault)?;
        let expires = session.ends.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
        let owner = session.patient.clone();
        self.store.put(Ephemeral { kind: KIND.to_owned(), key_hash: key.to_vec(), owner, value, expires }).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use varde_base::ManualClock;
    use varde_rights::RuleBook;
    use varde_store::{Options, Store};

    use super::*;

    const NOW: &str = "2026-11-21T12:00:00Z";

    /// No sessions yet, and somebody who may begin some.
    fn country() -> (Sessions, CitizenActor, Timestamp, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        let clock = Arc::new(ManualClock::at(now));
        let store = Store::open(&Options::new(folder.path()), clock, RuleBook::national().unwrap()).unwrap();
        let sessions = Sessions::new(store.ephemeral(), Duration::from_secs(1_800), Duration::from_secs(28_800));
        (sessions, someone("p1", 100), now, folder)
    }

    fn someone(patient: &str, serial: u16) -> CitizenActor {
        CitizenActor {
            patient: patient.parse().unwrap(),
            national_id: (serial..serial + 10).find_map(|n| varde_base::NationalId::synthetic(1, 1, 90, n)).unwrap(),
            name: "Kari".into(),
            level: AssuranceLevel::High,
        }
    }

    #[tokio::test]
    async fn a_session_written_down_beside_its_sign_out_stays_ended() {
        let (sessions, actor, now, _folder) = country();
        let (token, _) = sessions.begin(&actor, now).await.unwrap();
        let Found::Live(session) = sessions.find(&token, now).await.unwrap() else { panic!("it has just begun") };
        sessions.end(&token).await.unwrap();
        sessions.save(&hash(&token), &session).await.unwrap();
        assert!(matches!(sessions.find(&token, now).await.unwrap(), Found::None));
    }

    #[tokio::test]
    async fn ending_all_ends_each_of_that_person_and_of_nobody_else() {
        let (sessions, actor, now, _folder) = country();
        let (phone, _) = sessions.begin(&actor, now).await.unwrap();
        let (desk, _) = sessions.begin(&actor, now).await.unwrap();
        let (other, _) = sessions.begin(&someone("p2", 200), now).await.unwrap();
        sessions.end_all(&actor.patient, now).await.unwrap();
        assert!(matches!(sessions.find(&phone, now).await.unwrap(), Found::None));
        assert!(matches!(sessions.find(&desk, now).await.unwrap(), Found::None));
        assert!(matches!(sessions.find(&other, now).await.unwrap(), Found::Live(_)));
    }

    #[tokio::test]
    async fn a_session_written_down_beside_the_end_of_all_is_gone_and_a_later_one_is_not() {
        let (sessions, actor, now, _folder) = country();
        let (token, _) = sessions.begin(&actor, now).await.unwrap();
        let Found::Live(session) = sessions.find(&token, now).await.unwrap() else { panic!("it has just begun") };
        sessions.end_all(&actor.patient, now).await.unwrap();
        assert!(!sessions.save_again(&hash(&token), &session).await.unwrap());
        assert!(matches!(sessions.find(&token, now).await.unwrap(), Found::None));
        let later = now + SignedDuration::from_secs(1);
        let (new, _) = sessions.begin(&actor, later).await.unwrap();
        let used = later + TOUCH_EVERY;
        assert!(matches!(sessions.find(&new, used).await.unwrap(), Found::Live(_)), "opened again, signed in again");
    }
}
