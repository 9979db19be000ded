//! One event to one subscriber.

use bytes::Bytes;
use varde_base::ResourceId;
use varde_fhir::ResourceType;
use varde_store::{ClaimedMessage, GateError};

use super::channel::Channel;
use super::hook::HookError;
use super::notification::{Notification, NotificationKind};
use super::state::{Event, State};
use super::terms::{Content, Terms};
use super::{Active, Occurrence, Subscriptions};

/// How often an event is tried before the subscription is given up: about an hour and a half, as the pauses double.
const MAX_DELIVERIES: u32 = 10;

/// The key of a notification that is no event.
const HEARTBEAT: &str = "heartbeat";

/// A notification that was not taken.
pub(super) struct Unsent {
    pub(super) why: String,
    /// It may be taken another time.
    pub(super) may_pass: bool,
}

impl Subscriptions {
    /// Tells of an event. It has its number before it is sent, and keeps it when it is sent again.
    pub(super) async fn tell(&self, occurrence: &Occurrence, message: &ClaimedMessage) -> Result<(), String> {
        let Ok(id) = occurrence.subscription.parse::<ResourceId>() else { return Ok(()) };
        let Some(mut state) = self.state(&id).await.map_err(|error| error.to_string())? else { return Ok(()) };
        let event = event(occurrence, message);
        let Some(body) = self.look(&state, &event).await.map_err(|error| error.to_string())? else { return Ok(()) };
        let event = match state.events.back() {
            Some(last) if state.last_message == message.id => last.clone(),
            _ => {
                let event = state.push(message.id, event);
                self.keep(&id, &state).await.map_err(|error| error.to_string())?;
                event
            }
        };
        // One that is off or in error can ask for it later.
        let Some(active) = self.find(&id).await.map_err(|error| error.to_string())? else { return Ok(()) };
        let events = vec![(event, body)];
        let notification = self.notification(&active.terms, "active", NotificationKind::Event, state.count, events);
        match self.send_one(&active, notification.bundle(), &message.id.to_string()).await {
            Ok(()) => Ok(()),
            Err(unsent) if unsent.may_pass && message.attempts < MAX_DELIVERIES => Err(unsent.why),
            Err(unsent) => {
                tracing::warn!(%id, why = unsent.why, "a subscription is given up");
                self.give_up(&id, &unsent.why).await
            }
        }
    }

    /// The resource as the subscriber may see it: `None` when it may not be known or never came to be, `Some(None)` when it is deleted.
    pub(super) async fn look(&self, state: &State, event: &Event) -> Result<Option<Option<Bytes>>, GateError> {
        let kind = ResourceType::from_name(&event.resource_type);
        let (Some(kind), Ok(id)) = (kind, event.id.parse::<ResourceId>()) else { return Ok(None) };
        match self.gate(state.owner.actor()).read_version(kind, &id, event.version).await {
            Ok(found) => Ok(Some(Some(found.body))),
            Err(GateError::Gone { .. }) => Ok(Some(None)),
            Err(GateError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Says that the channel still works. One that does not is found out by the next event.
    pub(super) async fn beat(&self, active: &Active) {
        let Ok(Some(state)) = self.state(&active.terms.id).await else { return };
        let kind = NotificationKind::Heartbeat;
        let notification = self.notification(&active.terms, "active", kind, state.count, Vec::new());
        if let Err(unsent) = self.send_one(active, notification.bundle(), HEARTBEAT).await {
            tracing::warn!(id = %active.terms.id, why = unsent.why, "a heartbeat was not taken");
        }
    }

    async fn send_one(&self, active: &Active, bundle: Vec<u8>, key: &str) -> Result<(), Unsent> {
        let _sending = active.sending.lock().await;
        active.sent(self.clock.now());
        self.send(&active.terms, bundle, key).await
    }

    /// Sends a notification by a channel. `key` tells it from others.
    pub(super) async fn send(&self, terms: &Terms, bundle: Vec<u8>, key: &str) -> Result<(), Unsent> {
        match &terms.channel {
            Channel::RestHook { endpoint, headers } => {
                let posted = self.hook.post(endpoint, headers, bundle, terms.timeout).await;
                posted.map_err(|error| Unsent { why: error.to_string(), may_pass: error != HookError::Refused })
            }
            // Who is not connected asks for the events later; they are kept.
            Channel::WebSocket => {
                if key == HEARTBEAT {
                    self.sockets.send(&terms.id, &String::from_utf8_lossy(&bundle), None);
                } else {
                    self.push(&terms.id).await;
                }
                Ok(())
            }
            Channel::Email { to } => {
                let Some(mail) = &self.mail else {
                    return Err(Unsent { why: "mail is not set up here".to_owned(), may_pass: false });
                };
                let text = format!("{}/Subscription/{}\n", self.base_url, terms.id);
                let key = format!("subscription-{}-{key}", terms.id);
                let sent = mail.send(to, "Varde: Subscription", &text, &key).await;
                sent.map_err(|error| Unsent { why: error.to_string(), may_pass: true })
            }
        }
    }

    pub(super) fn notification<'n>(
        &'n self,
        terms: &'n Terms,
        status: &'n str,
        kind: NotificationKind,
        count: u64,
        mut events: Vec<(Event, Option<Bytes>)>,
    ) -> Notification<'n> {
        if terms.content != Content::FullResource {
            events.iter_mut().for_each(|(_, body)| *body = None);
        }
        Notification {
            base_url: &self.base_url,
            subscription: &terms.id,
            topic: &terms.topic_url,
            status,
            kind,
            count,
            content: terms.content,
            events,
        }
    }
}

/// The event without its number.
fn event(occurrence: &Occurrence, message: &ClaimedMessage) -> Event {
    Event {
        number: 0,
        at: message.created,
        resource_type: occurrence.resource_type.clone(),
        id: occurrence.id.clone(),
        version: occurrence.version,
        kind: occurrence.happening,
    }
}
