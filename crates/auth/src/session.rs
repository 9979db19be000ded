//! Sessions: opaque tokens of 256 bits, of which only the SHA-256 is kept (OWASP ASVS 5, 7.2 and 7.3).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use varde_base::{AssuranceLevel, CitizenActor, SystemRandom, token_base64url};
use varde_store::{Ephemeral, EphemeralStore, GateError};
use varde_web::{ActingFor, CsrfToken, Visitor};

const KIND: &str = "session";

/// Marks a session that was signed out. A page that loads at the same instant may still write the session down once more; the mark
/// stays, so that what was ended cannot come back.
const ENDED: &str = "session-ended";

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
            self.save(&key, &session).await?;
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
        self.save(&hash(token), &session).await
    }

    /// Ends a session at once.
    pub(crate) async fn end(&self, token: &str) -> Result<(), GateError> {
        let key = hash(token);
        let Some(stored) = self.store.get(KIND, &key).await? else { return Ok(()) };
        let mark = Ephemeral { kind: ENDED.to_owned(), value: Vec::new(), ..stored };
        self.store.put(mark).await?;
        self.store.delete(KIND, &key).await.map(drop)
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

    #[tokio::test]
    async fn a_session_written_down_beside_its_sign_out_stays_ended() {
        let folder = tempfile::tempdir().unwrap();
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::at(now));
        let store = Store::open(&Options::new(folder.path()), clock, RuleBook::national().unwrap()).unwrap();
        let sessions = Sessions::new(store.ephemeral(), Duration::from_secs(1_800), Duration::from_secs(28_800));
        let actor = CitizenActor {
            patient: "p1".parse().unwrap(),
            national_id: (100..110).find_map(|n| varde_base::NationalId::synthetic(1, 1, 90, n)).unwrap(),
            name: "Kari".into(),
            level: AssuranceLevel::High,
        };
        let (token, _) = sessions.begin(&actor, now).await.unwrap();
        let Found::Live(session) = sessions.find(&token, now).await.unwrap() else { panic!("it has just begun") };
        sessions.end(&token).await.unwrap();
        sessions.save(&hash(&token), &session).await.unwrap();
        assert!(matches!(sessions.find(&token, now).await.unwrap(), Found::None));
    }
}
