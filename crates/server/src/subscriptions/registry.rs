//! Which subscriptions are active: in memory, since every write asks for it.
//!
//! Where several processes use one database, each has its own list, and a mark in the database tells that one of them has changed
//! something. A subscription becomes active only when the others have had time to see it coming.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use varde_base::{ResourceId, SystemRandom, token_base64url};
use varde_fhir::ResourceType;
use varde_fhir::search::{self, SearchOptions};
use varde_store::{Ephemeral, Found, GateError};

use super::activate::status;
use super::{Active, Subscriptions, TICK};

/// Most subscriptions that are active.
const MAX_ACTIVE: usize = 1_000;
/// The mark in the database.
const KIND: &str = "subscription-registry";
const KEY: &[u8] = b"registry";
const KEEP: SignedDuration = SignedDuration::from_hours(24 * 365);

type Lists = HashMap<ResourceType, HashMap<ResourceId, Arc<Active>>>;

/// The list.
pub(super) struct Registry {
    active: RwLock<Lists>,
    shared: bool,
    /// The mark as it was seen last.
    mark: Mutex<Vec<u8>>,
}

impl Registry {
    pub(super) fn new(shared: bool) -> Self {
        Self { active: RwLock::default(), shared, mark: Mutex::default() }
    }

    /// Whether other processes use the same database.
    pub(super) fn is_shared(&self) -> bool {
        self.shared
    }

    fn change<T>(&self, with: impl FnOnce(&mut Lists) -> T) -> T {
        with(&mut self.active.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn read<T>(&self, with: impl FnOnce(&Lists) -> T) -> T {
        with(&self.active.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn add(&self, active: Arc<Active>) {
        let (kind, id) = (active.terms.topic.resource_type, active.terms.id.clone());
        self.change(|lists| {
            remove(lists, &id);
            lists.entry(kind).or_default().insert(id, active);
        });
    }

    pub(super) fn find(&self, id: &ResourceId) -> Option<Arc<Active>> {
        self.read(|lists| lists.values().find_map(|of_type| of_type.get(id)).cloned())
    }

    pub(super) fn of_type(&self, kind: ResourceType) -> Vec<Arc<Active>> {
        self.read(|lists| lists.get(&kind).map(|of_type| of_type.values().cloned().collect()).unwrap_or_default())
    }

    pub(super) fn all(&self) -> Vec<Arc<Active>> {
        self.read(|lists| lists.values().flat_map(HashMap::values).cloned().collect())
    }

    pub(super) fn has_room(&self) -> bool {
        self.read(|lists| lists.values().map(HashMap::len).sum::<usize>() < MAX_ACTIVE)
    }
}

fn remove(lists: &mut Lists, id: &ResourceId) {
    for of_type in lists.values_mut() {
        of_type.remove(id);
    }
    lists.retain(|_, of_type| !of_type.is_empty());
}

impl Subscriptions {
    pub(super) fn add(&self, active: Active) -> Arc<Active> {
        let active = Arc::new(active);
        self.registry.add(Arc::clone(&active));
        active
    }

    /// Takes one out, here and with the others.
    pub(super) async fn remove(&self, id: &ResourceId) {
        self.registry.change(|lists| remove(lists, id));
        self.announce().await;
    }

    /// Tells the others that something has changed. One that is not told finds out by the next change.
    pub(super) async fn announce(&self) {
        if !self.registry.shared {
            return;
        }
        let value = token_base64url(&mut SystemRandom).into_bytes();
        self.registry.mark.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&value);
        let expires = self.clock.now().saturating_add(KEEP).unwrap_or(Timestamp::MAX);
        let (kind, owner) = (KIND.to_owned(), String::new());
        let mark = Ephemeral { kind, key_hash: KEY.to_vec(), owner, value, expires };
        if let Err(error) = self.store.ephemeral().put(mark).await {
            tracing::warn!(%error, "other processes could not be told of a change of subscriptions");
        }
    }

    /// Waits until the others have seen what was announced.
    pub(super) async fn settle(&self) {
        if self.registry.shared {
            tokio::time::sleep(TICK * 3).await;
        }
    }

    /// Whether others have changed something, and what.
    pub(super) async fn look_around(&self) {
        let mark = match self.store.ephemeral().get(KIND, KEY).await {
            Ok(mark) => mark.map(|mark| mark.value).unwrap_or_default(),
            Err(_) => return,
        };
        let is_known = *self.registry.mark.lock().unwrap_or_else(PoisonError::into_inner) == mark;
        if !is_known {
            match self.reload().await {
                Ok(()) => *self.registry.mark.lock().unwrap_or_else(PoisonError::into_inner) = mark,
                Err(error) => tracing::warn!(%error, "the subscriptions cannot be read"),
            }
        }
        for id in self.sockets.bound() {
            self.push(&id).await;
        }
    }

    /// Reads the list from the database.
    pub(super) async fn reload(&self) -> Result<(), GateError> {
        let parameters = [("status".to_owned(), "active,requested".to_owned())];
        let options = SearchOptions { max_count: 500, default_count: 500, lenient: false, now: self.clock.now() };
        let mut query = search::parse(ResourceType::SUBSCRIPTION, &parameters, &options).map_err(GateError::Invalid)?;
        let mut lists = Lists::new();
        loop {
            let page = self.platform().search(&query).await?;
            for found in page.matches {
                // One that has been written and not looked at yet stays as it was: its message waits.
                let active = match self.valid(&found).await? {
                    Some(active) => Some(active),
                    None => self.registry.find(&found.id),
                };
                if let Some(active) = active {
                    lists.entry(active.terms.topic.resource_type).or_default().insert(found.id, active);
                }
            }
            query.cursor = page.next;
            if query.cursor.is_none() {
                break;
            }
        }
        self.registry.change(|active| *active = lists);
        Ok(())
    }

    /// The subscription a resource stands for, when it is this version of it that has been looked at and holds.
    async fn valid(&self, found: &Found) -> Result<Option<Arc<Active>>, GateError> {
        let state = self.state(&found.id).await?;
        let is_looked_at = state.is_some_and(|state| state.version == found.version);
        let is_on = matches!(status(found).as_deref(), Some("active" | "requested"));
        if !is_looked_at || !is_on {
            return Ok(None);
        }
        if let Some(known) = self.registry.find(&found.id).filter(|known| known.version == found.version) {
            return Ok(Some(known));
        }
        match self.terms(&found.body) {
            Ok(terms) => Ok(Some(Arc::new(Active::new(terms, found.version, self.clock.now())))),
            Err(why) => {
                tracing::warn!(id = %found.id, why, "an active subscription cannot be understood");
                Ok(None)
            }
        }
    }

    /// The subscription, also one that another process has made active just now.
    pub(super) async fn find(&self, id: &ResourceId) -> Result<Option<Arc<Active>>, GateError> {
        let known = self.registry.find(id);
        if known.is_some() || !self.registry.shared {
            return Ok(known);
        }
        match self.platform().read(ResourceType::SUBSCRIPTION, id).await {
            Ok(found) => self.valid(&found).await,
            Err(GateError::NotFound | GateError::Gone { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
