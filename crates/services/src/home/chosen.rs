//! What a person has chosen of their front page.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use varde_base::PatientId;
use varde_store::{GateError, Store};

use crate::shared::Kept;

/// Where it is kept.
const CHOSEN: Kept = Kept("kept-front-page");

/// A situation a person says that they are in. Nothing guesses it: who does not choose it, is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Situation {
    /// Expects a child.
    Pregnant,
    /// Has a small child.
    SmallChild,
    /// Has a long-term illness.
    LongTermIllness,
}

impl Situation {
    /// All, in the order they are offered.
    pub(super) const ALL: [Self; 3] = [Self::Pregnant, Self::SmallChild, Self::LongTermIllness];

    /// Its name in forms and in what is kept.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Pregnant => "pregnant",
            Self::SmallChild => "small-child",
            Self::LongTermIllness => "long-term-illness",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|its| its.key() == key)
    }
}

/// The choices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Paths of services that always come first, in order.
    pub(super) pinned: Vec<String>,
    /// Situations, in the order of [`Situation::ALL`].
    pub(super) situations: Vec<Situation>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct ChosenJson {
    pinned: Vec<String>,
    situations: Vec<String>,
}

impl Chosen {
    /// From the keys of situations; a key that is none is left out.
    pub(super) fn new(pinned: Vec<String>, situations: &[String]) -> Self {
        let has = |its: &Situation| situations.iter().any(|key| Situation::from_key(key) == Some(*its));
        Self { pinned, situations: Situation::ALL.into_iter().filter(has).collect() }
    }

    /// What somebody has chosen; nothing for one who has not.
    ///
    /// # Errors
    /// Only the database's.
    pub(super) async fn of(store: &Store, patient: &PatientId, now: Timestamp) -> Result<Self, GateError> {
        let Some(bytes) = CHOSEN.get(store, patient, now).await? else { return Ok(Self::default()) };
        let json: ChosenJson = serde_json::from_slice(&bytes).map_err(|_| {
            tracing::error!("what somebody chose of their front page cannot be read");
            GateError::Fault
        })?;
        Ok(Self::new(json.pinned, &json.situations))
    }

    /// Keeps it. Nothing chosen is nothing kept.
    ///
    /// # Errors
    /// Only the database's.
    pub(super) async fn keep(&self, store: &Store, patient: &PatientId, now: Timestamp) -> Result<(), GateError> {
        if *self == Self::default() {
            return CHOSEN.delete(store, patient).await;
        }
        let situations = self.situations.iter().map(|its| its.key().to_owned()).collect();
        let json = ChosenJson { pinned: self.pinned.clone(), situations };
        let value = serde_json::to_vec(&json).map_err(|_| GateError::Fault)?;
        CHOSEN.put(store, patient, value, now).await
    }
}
