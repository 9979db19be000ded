//! The WebSocket channel: a client connects, shows a token it has got through the API, and is told from then on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use varde_base::{ResourceId, SystemRandom, token_base64url};
use varde_store::{Ephemeral, GateError};

use super::Subscriptions;
use super::channel::Channel;
use super::notification::NotificationKind;
use crate::program::Program;

const KIND: &str = "subscription-socket";
/// How long a token is good for binding.
const TOKEN_TIME: SignedDuration = SignedDuration::from_mins(5);
/// Most connections.
const MAX_CONNECTIONS: usize = 1_000;
/// Most subscriptions bound to one connection.
const MAX_BOUND: usize = 64;
/// Notifications that wait for a slow client; one that is slower is let go.
const WAITING: usize = 64;
/// How long a client that has not bound anything may stay, and how often one that has is asked whether it is there.
const PATIENCE: Duration = Duration::from_secs(30);
const SEND_TIME: Duration = Duration::from_secs(10);

/// Who is connected.
#[derive(Default)]
pub(super) struct Sockets {
    connections: AtomicUsize,
    bound: Mutex<HashMap<ResourceId, Bound>>,
    /// Held while events are pushed, so that each goes out once and in order.
    pushing: tokio::sync::Mutex<()>,
}

/// The clients of a subscription, and the number of the last event they were told of.
struct Bound {
    clients: Vec<mpsc::Sender<Arc<str>>>,
    told: u64,
}

impl Sockets {
    fn lists(&self) -> MutexGuard<'_, HashMap<ResourceId, Bound>> {
        self.bound.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The subscriptions somebody is connected for.
    pub(super) fn bound(&self) -> Vec<ResourceId> {
        self.lists().keys().cloned().collect()
    }

    fn told(&self, id: &ResourceId) -> Option<u64> {
        self.lists().get(id).map(|bound| bound.told)
    }

    /// Sends to all that are bound.
    pub(super) fn send(&self, id: &ResourceId, text: &str, number: Option<u64>) {
        let mut lists = self.lists();
        let Some(bound) = lists.get_mut(id) else { return };
        let text: Arc<str> = text.into();
        // Without room the client is too slow, and closed; it asks for what it has missed.
        bound.clients.retain(|client| client.try_send(Arc::clone(&text)).is_ok());
        bound.told = number.unwrap_or(bound.told);
        if bound.clients.is_empty() {
            lists.remove(id);
        }
    }

    fn bind(&self, id: &ResourceId, client: &mpsc::Sender<Arc<str>>, told: u64) {
        let mut lists = self.lists();
        let bound = lists.entry(id.clone()).or_insert_with(|| Bound { clients: Vec::new(), told });
        bound.clients.retain(|known| !known.is_closed() && !known.same_channel(client));
        bound.clients.push(client.clone());
    }
}

impl Subscriptions {
    /// A token to bind to subscriptions with, and until when.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) async fn token(&self, owner: &Program, ids: &[ResourceId]) -> Result<(String, Timestamp), GateError> {
        let token = token_base64url(&mut SystemRandom);
        let expires = self.clock.now().saturating_add(TOKEN_TIME).unwrap_or(Timestamp::MAX);
        let names: Vec<&str> = ids.iter().map(ResourceId::as_str).collect();
        let value = serde_json::to_vec(&(owner, names)).map_err(|_| GateError::Fault)?;
        let key_hash = Sha256::digest(&token).to_vec();
        let (kind, owner) = (KIND.to_owned(), owner.name().to_owned());
        self.store.ephemeral().put(Ephemeral { kind, key_hash, owner, value, expires }).await?;
        Ok((token, expires))
    }

    /// The subscriptions a token is good for: those that still are the one's who got it.
    async fn of_token(&self, token: &str) -> Vec<ResourceId> {
        let Ok(Some(kept)) = self.store.ephemeral().get(KIND, &Sha256::digest(token)).await else { return Vec::new() };
        let Ok((owner, names)) = serde_json::from_slice::<(Program, Vec<String>)>(&kept.value) else {
            return Vec::new();
        };
        let mut ids = Vec::new();
        for id in names.iter().filter_map(|name| name.parse::<ResourceId>().ok()).take(MAX_BOUND) {
            let state = self.state(&id).await.ok().flatten();
            ids.extend(state.filter(|state| state.owner == owner).map(|_| id));
        }
        ids
    }

    /// Tells those who are connected of the events they have not been told of, whichever process has numbered them.
    pub(super) async fn push(&self, id: &ResourceId) {
        let _pushing = self.sockets.pushing.lock().await;
        let Some(told) = self.sockets.told(id) else { return };
        let Ok(Some(state)) = self.state(id).await else { return };
        if state.count <= told {
            return;
        }
        let Ok(Some(active)) = self.find(id).await else { return };
        for event in state.events.iter().filter(|event| event.number > told) {
            let (number, kind) = (event.number, NotificationKind::Event);
            let Ok(Some(body)) = self.look(&state, event).await else { continue };
            let events = vec![(event.clone(), body)];
            let bundle = self.notification(&active.terms, "active", kind, number, events).bundle();
            self.sockets.send(id, &String::from_utf8_lossy(&bundle), Some(number));
        }
    }

    /// Binds a client and sends it a handshake for each subscription; how many there were.
    async fn bind(&self, token: &str, client: &mpsc::Sender<Arc<str>>) -> usize {
        let mut count = 0;
        for id in self.of_token(token).await {
            let Ok(Some(active)) = self.find(&id).await else { continue };
            if !matches!(active.terms.channel, Channel::WebSocket) {
                continue;
            }
            let events = self.state(&id).await.ok().flatten().map_or(0, |state| state.count);
            let kind = NotificationKind::Handshake;
            let bundle = self.notification(&active.terms, "active", kind, events, Vec::new()).bundle();
            let sent = client.try_send(String::from_utf8_lossy(&bundle).into());
            if sent.is_ok() {
                self.sockets.bind(&id, client, events);
                count += 1;
            }
        }
        count
    }
}

/// Serves one client until it goes, or is too slow.
pub(crate) async fn serve(subscriptions: Arc<Subscriptions>, mut socket: WebSocket) {
    let connections = &subscriptions.sockets.connections;
    if connections.fetch_add(1, Ordering::Relaxed) < MAX_CONNECTIONS {
        talk(&subscriptions, &mut socket).await;
    }
    connections.fetch_sub(1, Ordering::Relaxed);
    // It may be gone already.
    let _ = socket.send(Message::Close(None)).await;
}

async fn talk(subscriptions: &Subscriptions, socket: &mut WebSocket) {
    let (client, mut waiting) = mpsc::channel::<Arc<str>>(WAITING);
    // When we hold the last sender, the others were let go because the client is too slow.
    let weak = client.downgrade();
    let mut client = Some(client);
    let mut is_bound = false;
    loop {
        let next = tokio::select! {
            text = waiting.recv() => match text {
                Some(text) => Some(Message::Text((&*text).into())),
                None => return,
            },
            said = socket.recv() => match said {
                Some(Ok(Message::Text(text))) => {
                    let Some(token) = text.strip_prefix("bind-with-token").map(|rest| rest.trim_start_matches([':', ' ', '"'])) else { return };
                    let Some(own) = client.take().or_else(|| weak.upgrade()) else { return };
                    if subscriptions.bind(token.trim_end_matches('"').trim(), &own).await == 0 {
                        return;
                    }
                    is_bound = true;
                    None
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => None,
            },
            () = tokio::time::sleep(PATIENCE) => {
                if !is_bound {
                    return;
                }
                Some(Message::Ping(bytes::Bytes::new()))
            }
        };
        if let Some(message) = next {
            match tokio::time::timeout(SEND_TIME, socket.send(message)).await {
                Ok(Ok(())) => {}
                _ => return,
            }
        }
    }
}
