//! Topic-based subscriptions as the R5 backport has them for R4 (hl7.org/fhir/uv/subscriptions-backport 1.1).
//!
//! Whoever writes a resource lays down, in the same transaction, a message for each active subscription that looks for it. The worker
//! takes a subscription's messages one after the other: the gate decides anew, for the one who subscribes, whether the event may be
//! known; it gets its number; and it is sent until it is taken or given up. What must outlive the program is in the Subscription, in
//! its [`state::State`] and in the outbox.

mod activate;
mod channel;
mod deliver;
mod hook;
mod notification;
mod registry;
mod socket;
mod state;
mod terms;
mod topic;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use varde_base::{Actor, Clock, PatientId, Purpose, ResourceId, SystemActor, SystemRole};
use varde_fhir::json::Limits;
use varde_fhir::search::Candidate;
use varde_fhir::{Parsed, ResourceType, index};
use varde_services::{Answered, Arrived, Heard, is_heard, message_arrived, request_answered, work_of};
use varde_store::{Access, Change, ClaimedMessage, Gate, GateError, Happening, Listener, OutboxMessage, Store, Write};

use crate::program::Program;
use crate::worker::MailSender;
use hook::HookClient;
use registry::Registry;
use socket::Sockets;
use terms::Terms;

pub(crate) use hook::Guarded;
pub(crate) use notification::{Notification, NotificationKind};
pub(crate) use socket::serve as serve_socket;
pub(crate) use state::{Event, State};
pub(crate) use terms::Content;
pub(crate) use topic::all as topics;

/// Kinds of messages in the outbox.
const KIND_CHECK: &str = "subscription.check";
const KIND_EVENT: &str = "subscription.event";
/// How often it is looked whose heartbeat is due.
const TICK: Duration = Duration::from_secs(1);
/// Heartbeats sent at once.
const BEATS: usize = 16;

/// All that is needed to tell subscribers.
pub(crate) struct Subscriptions {
    store: Store,
    clock: Arc<dyn Clock>,
    base_url: String,
    mail: Option<MailSender>,
    hook: HookClient,
    registry: Registry,
    sockets: Sockets,
}

/// A subscription that is told of events.
struct Active {
    terms: Terms,
    /// The version of the Subscription that says so.
    version: u64,
    /// Held while something is sent, so that a heartbeat does not overtake an event.
    sending: tokio::sync::Mutex<()>,
    /// When something was sent last, microseconds.
    sent_micros: AtomicI64,
}

/// Where the program stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// Other processes use the same database.
    pub(crate) shared: bool,
    /// Endpoints may be on this machine or in private networks.
    pub(crate) private: bool,
}

/// What came of a message.
pub(crate) enum Handled {
    /// It is done.
    Done,
    /// It is to be handed out again after a while.
    Again(String),
}

/// A Subscription has been written.
#[derive(Debug, Serialize, Deserialize)]
struct Check {
    subscription: String,
    by: Program,
}

/// Something that a subscription looks for has happened.
#[derive(Debug, Serialize, Deserialize)]
struct Occurrence {
    subscription: String,
    resource_type: String,
    id: String,
    version: u64,
    happening: state::Kind,
}

impl Subscriptions {
    /// Over a store; `base_url` is the API's. `shared` says that other processes use the same database; `private` that endpoints may be
    /// on this machine or in private networks.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        base_url: &str,
        mail: Option<MailSender>,
        Surroundings { shared, private }: Surroundings,
    ) -> anyhow::Result<Arc<Self>> {
        let hook = HookClient::new(private)?;
        let (registry, sockets) = (Registry::new(shared), Sockets::default());
        Ok(Arc::new(Self { store, clock, base_url: base_url.to_owned(), mail, hook, registry, sockets }))
    }

    /// Reads which subscriptions are active, and hears of changes from now on. To be done before anything is written.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) async fn begin(self: &Arc<Self>) -> Result<(), GateError> {
        self.reload().await?;
        self.store.listen(Arc::new(Ear(Arc::downgrade(self))));
        Ok(())
    }

    /// Sends heartbeats until `stop` completes.
    pub(crate) async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            self.tick().await;
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                () = &mut stop => return,
            }
        }
    }

    /// Sends the heartbeats that are due, and ends subscriptions whose time is out.
    async fn tick(&self) {
        let now = self.clock.now();
        if self.registry.is_shared() {
            self.look_around().await;
        }
        futures_util::stream::iter(self.registry.all())
            .for_each_concurrent(BEATS, |active| async move {
                if active.terms.end.is_some_and(|end| end <= now) {
                    self.ended(&active.terms.id).await;
                } else if active.is_due(now) {
                    self.beat(&active).await;
                }
            })
            .await;
    }

    /// Whether the worker hands this message to us.
    pub(crate) fn knows(kind: &str) -> bool {
        matches!(kind, KIND_CHECK | KIND_EVENT)
    }

    /// Does what a message asks for.
    pub(crate) async fn handle(&self, message: &ClaimedMessage) -> Handled {
        let done = match message.kind.as_str() {
            KIND_CHECK => match serde_json::from_str::<Check>(&message.payload) {
                Ok(check) => self.check(&check, message).await,
                Err(_) => Ok(()),
            },
            _ => match serde_json::from_str::<Occurrence>(&message.payload) {
                Ok(occurrence) => self.tell(&occurrence, message).await,
                Err(_) => Ok(()),
            },
        };
        match done {
            Ok(()) => Handled::Done,
            Err(why) => Handled::Again(why),
        }
    }

    fn gate(&self, actor: SystemActor) -> Gate {
        self.store.as_actor(&crate::fhir::access_of(Actor::System(actor), "subscription"))
    }

    fn platform(&self) -> Gate {
        let actor = Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform });
        let purpose = Purpose::Administration;
        self.store.as_actor(&Access { actor, purpose, acting_for: None, interaction: "subscription" })
    }

    fn terms(&self, body: &[u8]) -> Result<Terms, String> {
        let parsed = Parsed::parse_stored(body, &stored_limits()).map_err(|_| "it cannot be read".to_owned())?;
        Terms::read(&parsed, &self.base_url, self.clock.now())
    }

    /// The events of a change, one for each subscription that looks for it.
    fn occurrences(&self, change: &Change<'_>) -> Vec<OutboxMessage> {
        let of_type = self.registry.of_type(change.resource_type);
        if of_type.is_empty() {
            return Vec::new();
        }
        let gone = change.before.filter(|_| change.put.is_none());
        let gone = gone.and_then(|body| Parsed::parse_stored(body, &stored_limits()).ok());
        let gone = gone.map(|parsed| index::extract(&parsed));
        let (patient, index) = match change.put {
            Some(put) => (put.labels.patient.as_ref(), Some(&put.index)),
            None => (change.patient_before, gone.as_ref()),
        };
        let Some(index) = index else { return Vec::new() };
        let (resource_type, id) = (change.resource_type, change.id);
        let candidate = Candidate { resource_type, id, patient, updated: self.clock.now(), index };
        let looks = |active: &&Arc<Active>| active.terms.looks_for(change.happening, &candidate);
        of_type.iter().filter(looks).filter_map(|active| occurrence(&active.terms.id, change)).collect()
    }
}

impl Active {
    fn new(terms: Terms, version: u64, now: Timestamp) -> Self {
        let sent_micros = AtomicI64::new(now.as_microsecond());
        Self { terms, version, sending: tokio::sync::Mutex::default(), sent_micros }
    }

    fn is_due(&self, now: Timestamp) -> bool {
        let last = Timestamp::from_microsecond(self.sent_micros.load(Ordering::Relaxed)).unwrap_or(Timestamp::MIN);
        self.terms.heartbeat.is_some_and(|period: SignedDuration| now.duration_since(last) >= period)
    }

    fn sent(&self, now: Timestamp) {
        self.sent_micros.store(now.as_microsecond(), Ordering::Relaxed);
    }
}

/// What is stored was within the limits once.
fn stored_limits() -> Limits {
    Limits { bytes: usize::MAX, nodes: usize::MAX, ..Limits::default() }
}

/// Messages of one subscription are handed out one after the other, by this subject.
fn subject(id: &ResourceId) -> Option<PatientId> {
    let text = format!("subscription.{id}");
    let short = || Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    text.parse().ok().or_else(|| short().parse().ok())
}

fn message(kind: &str, id: &ResourceId, payload: &impl Serialize) -> Option<OutboxMessage> {
    let payload = serde_json::to_string(payload).ok()?;
    Some(OutboxMessage { kind: kind.to_owned(), subject: subject(id), payload, not_before: None })
}

fn occurrence(id: &ResourceId, change: &Change<'_>) -> Option<OutboxMessage> {
    let occurrence = Occurrence {
        subscription: id.to_string(),
        resource_type: change.resource_type.name().to_owned(),
        id: change.id.to_string(),
        version: change.version,
        happening: change.happening.into(),
    };
    message(KIND_EVENT, id, &occurrence)
}

/// Hears for the subscriptions, as long as there are any: the store must not keep them alive, nor they the store.
struct Ear(Weak<Subscriptions>);

impl Ear {
    /// What to tell of an answer to a citizen's request. Citizens, and the platform for them, tell of what they do themselves.
    fn answered(&self, access: &Access, change: &Change<'_>) -> Option<Answered> {
        let subscriptions = self.0.upgrade()?;
        let (put, before) = (change.put?, change.before?);
        // Before anything is rendered: most of what is written is no Task.
        let is_of_others = match &access.actor {
            Actor::Citizen(_) => false,
            Actor::System(actor) => actor.role != SystemRole::Platform,
            Actor::Personnel(_) => true,
        };
        if change.resource_type != ResourceType::TASK || !is_of_others {
            return None;
        }
        let now = subscriptions.clock.now();
        let after = put.prepared.render(change.version, now);
        request_answered(change.id, put.labels.service, before, &after, now)
    }

    /// What to tell of a message to a citizen that somebody else has written.
    fn arrived(&self, access: &Access, change: &Change<'_>) -> Option<Arrived> {
        let subscriptions = self.0.upgrade()?;
        let put = change.put?;
        let is_of_others = match &access.actor {
            Actor::Citizen(_) => false,
            Actor::System(actor) => actor.role != SystemRole::Platform,
            Actor::Personnel(_) => true,
        };
        if change.resource_type != ResourceType::COMMUNICATION || !is_of_others {
            return None;
        }
        let now = subscriptions.clock.now();
        let after = put.prepared.render(change.version, now);
        let before = change.before.map(|before| &before[..]);
        message_arrived(change.id, put.labels.patient.as_ref()?, put.labels.service, before, &after, now)
    }
}

impl Ear {
    /// What a change gives the worker to do: a time that became free, an answer for a citizen, a test result, a decision on a referral.
    fn to_do(&self, access: &Access, change: &Change<'_>) -> Option<OutboxMessage> {
        let put = change.put?;
        if !is_heard(change.resource_type) {
            return None;
        }
        let by_program = match &access.actor {
            Actor::Citizen(_) => false,
            Actor::System(actor) => actor.role != SystemRole::Platform,
            Actor::Personnel(_) => true,
        };
        let now = self.0.upgrade()?.clock.now();
        let after = put.prepared.render(change.version, now);
        work_of(&Heard {
            resource_type: change.resource_type,
            id: change.id,
            labels: &put.labels,
            before: change.before.map(|before| &before[..]),
            after: &after,
            by_program,
            now,
        })
    }
}

impl Listener for Ear {
    fn hear(&self, access: &Access, changes: &[Change<'_>]) -> Vec<OutboxMessage> {
        let Some(subscriptions) = self.0.upgrade() else { return Vec::new() };
        let mut out = Vec::new();
        for change in changes {
            out.extend(subscriptions.occurrences(change));
            // What the platform itself writes there is the answer to a check.
            if let Actor::System(actor) = &access.actor
                && change.resource_type == ResourceType::SUBSCRIPTION
                && actor.role != SystemRole::Platform
            {
                let check = Check { subscription: change.id.to_string(), by: actor.into() };
                out.extend(message(KIND_CHECK, change.id, &check));
            }
        }
        out.extend(changes.iter().filter_map(|change| self.answered(access, change)).map(|told| told.message));
        let arrived = changes.iter().filter_map(|change| self.arrived(access, change));
        out.extend(arrived.flat_map(|told| std::iter::once(told.message).chain(told.reminder)));
        out.extend(changes.iter().filter_map(|change| self.to_do(access, change)));
        out
    }

    fn follow(&self, access: &Access, change: &Change<'_>) -> Vec<Write> {
        let answered = self.answered(access, change).map(|told| told.event);
        answered.or_else(|| self.arrived(access, change).map(|told| told.event)).into_iter().collect()
    }
}

impl From<Happening> for state::Kind {
    fn from(happening: Happening) -> Self {
        match happening {
            Happening::Created => Self::Created,
            Happening::Updated => Self::Updated,
            Happening::Deleted => Self::Deleted,
        }
    }
}
