//! Notifications as Bundles (backport-subscription-notification-r4).

use serde_json::{Value, json};
use varde_base::ResourceId;
use varde_fhir::{BundleKind, BundleWriter, EntryResponse};

use super::state::{Event, Kind};
use super::terms::{BACKPORT, Content};

/// Why a notification is sent (subscription-notification-type).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotificationKind {
    /// To see that the channel works.
    Handshake,
    /// To say that it still does.
    Heartbeat,
    /// Something has happened.
    Event,
    /// Somebody has asked how the subscription is.
    QueryStatus,
    /// Somebody has asked what has happened.
    QueryEvent,
}

impl NotificationKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Handshake => "handshake",
            Self::Heartbeat => "heartbeat",
            Self::Event => "event-notification",
            Self::QueryStatus => "query-status",
            Self::QueryEvent => "query-event",
        }
    }
}

/// What a notification says.
pub(crate) struct Notification<'n> {
    pub(crate) base_url: &'n str,
    pub(crate) subscription: &'n ResourceId,
    pub(crate) topic: &'n str,
    /// The Subscription's.
    pub(crate) status: &'n str,
    pub(crate) kind: NotificationKind,
    /// Events since the subscription began.
    pub(crate) count: u64,
    pub(crate) content: Content,
    pub(crate) events: Vec<(Event, Option<bytes::Bytes>)>,
}

impl Notification<'_> {
    /// The Parameters that say it (backport-subscription-status-r4).
    pub(crate) fn status(&self, id: &str) -> Value {
        let base = self.base_url;
        let place = format!("{base}/Subscription/{}", self.subscription);
        let mut parameters = vec![json!({ "name": "subscription", "valueReference": { "reference": place } })];
        // With empty content not even the topic is told.
        if self.content != Content::Empty {
            parameters.push(json!({ "name": "topic", "valueCanonical": self.topic }));
        }
        parameters.push(json!({ "name": "status", "valueCode": self.status }));
        parameters.push(json!({ "name": "type", "valueCode": self.kind.code() }));
        let count = self.count.to_string();
        parameters.push(json!({ "name": "events-since-subscription-start", "valueString": count }));
        for (event, _) in &self.events {
            let mut parts = vec![
                json!({ "name": "event-number", "valueString": event.number.to_string() }),
                json!({ "name": "timestamp", "valueInstant": event.at.to_string() }),
            ];
            if self.content != Content::Empty {
                let focus = format!("{base}/{}/{}", event.resource_type, event.id);
                parts.push(json!({ "name": "focus", "valueReference": { "reference": focus } }));
            }
            parameters.push(json!({ "name": "notification-event", "part": parts }));
        }
        let profile = format!("{BACKPORT}backport-subscription-status-r4");
        json!({ "resourceType": "Parameters", "id": id, "meta": { "profile": [profile] }, "parameter": parameters })
    }

    /// The Bundle.
    pub(crate) fn bundle(&self) -> Vec<u8> {
        let base = self.base_url;
        let mut bundle = BundleWriter::new(BundleKind::History, None, &[]);
        let id = ResourceId::new_v7();
        let status = self.status(id.as_str()).to_string();
        let question = format!("{base}/Subscription/{}/$status", self.subscription);
        let answer = |status: &str| EntryResponse { status: status.to_owned(), ..EntryResponse::default() };
        bundle.history_entry(&format!("urn:uuid:{id}"), Some(status.as_bytes()), ("GET", &question), &answer("200"));
        let shown = if self.content == Content::FullResource { self.events.as_slice() } else { &[] };
        for (event, body) in shown {
            let place = format!("{}/{}", event.resource_type, event.id);
            let (method, url, status) = match event.kind {
                Kind::Created => ("POST", &event.resource_type, "201"),
                Kind::Updated => ("PUT", &place, "200"),
                Kind::Deleted => ("DELETE", &place, "204"),
            };
            bundle.history_entry(&format!("{base}/{place}"), body.as_deref(), (method, url), &answer(status));
        }
        bundle.finish()
    }
}
