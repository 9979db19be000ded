use std::sync::Arc;

use jiff::Timestamp;
use varde_base::{Clock, NationalId, PatientId};
use varde_store::Store;

use super::{FileScan, Visits};
use crate::vaccines::card::HealthCards;

/// What a handler needs of the world: the data, behind the gate, and the time.
#[derive(Clone)]
pub struct State {
    /// The data. Handlers reach them through `store.as_actor` only.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The telephone number of those who run this installation, if they have told it.
    pub help_phone: Option<Arc<str>>,
    /// Who runs the installation, by national identity number.
    pub operators: Arc<[NationalId]>,
    /// Signs certificates that anybody can prove.
    pub health_cards: Arc<HealthCards>,
    /// What people can be told by, beside the portal.
    pub offer: Arc<crate::notify::Offer>,
    /// Those who see look-ups to ask about.
    pub privacy_officers: Arc<[PatientId]>,
    /// Looks for harmful code in files people send; without it they are taken by their kind alone.
    pub scan: Option<Arc<dyn FileScan>>,
    /// Which services have been used today.
    pub visits: Visits,
}

impl State {
    /// The present instant, to be asked once per request.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
