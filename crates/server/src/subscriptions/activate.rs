//! From `requested` to `active` or `error`: a Subscription is read, and its channel tried, each time somebody has written it.

use varde_base::ResourceId;
use varde_fhir::json::{self, write_node, write_string};
use varde_fhir::{Parsed, ReferenceMap, ResourceType};
use varde_store::{Batch, ClaimedMessage, Expect, Found, GateError, Put, Write};

use super::deliver::Unsent;
use super::notification::NotificationKind;
use super::state::State;
use super::terms::Terms;
use super::{Active, Check, Subscriptions, stored_limits};

/// How often a handshake is tried.
const MAX_HANDSHAKES: u32 = 3;

impl Subscriptions {
    /// Looks at a Subscription that has been written. An error is a reason to come back.
    pub(super) async fn check(&self, check: &Check, message: &ClaimedMessage) -> Result<(), String> {
        let Ok(id) = check.subscription.parse::<ResourceId>() else { return Ok(()) };
        let found = match self.platform().read(ResourceType::SUBSCRIPTION, &id).await {
            Ok(found) => found,
            Err(GateError::NotFound | GateError::Gone { .. }) => {
                self.remove(&id).await;
                return self.forget(&id).await.map_err(|error| error.to_string());
            }
            Err(error) => return Err(error.to_string()),
        };
        if !matches!(status(&found).as_deref(), Some("requested" | "active")) {
            self.remove(&id).await;
            return Ok(());
        }
        let terms = match self.terms(&found.body) {
            Ok(terms) => terms,
            Err(why) => return self.refuse(&found, &why).await,
        };
        if self.registry.find(&id).is_none() && !self.registry.has_room() {
            return self.refuse(&found, "there are too many subscriptions").await;
        }
        let known = self.state(&id).await.map_err(|error| error.to_string())?;
        let mut state = known.unwrap_or_else(|| State::new(check.by.clone()));
        state.owner = check.by.clone();
        match self.handshake(&terms, &state).await {
            Ok(()) => self.activate(&found, terms, state).await,
            Err(unsent) if unsent.may_pass && message.attempts < MAX_HANDSHAKES => Err(unsent.why),
            Err(unsent) => self.refuse(&found, &unsent.why).await,
        }
    }

    async fn handshake(&self, terms: &Terms, state: &State) -> Result<(), Unsent> {
        let notification = self.notification(terms, "requested", NotificationKind::Handshake, state.count, Vec::new());
        self.send(terms, notification.bundle(), "handshake").await
    }

    /// From here on it is told of events. It is added first, here and with the others: an event between both is rather told too early
    /// than not.
    async fn activate(&self, found: &Found, terms: Terms, mut state: State) -> Result<(), String> {
        let id = terms.id.clone();
        state.version = found.version;
        self.keep(&id, &state).await.map_err(|error| error.to_string())?;
        self.add(Active::new(terms.clone(), found.version, self.clock.now()));
        self.announce().await;
        self.settle().await;
        let version = match status(found).as_deref() {
            Some("active") => Some(found.version),
            _ => match self.set_status(found, "active", None).await {
                Ok(version) => version,
                Err(error) => {
                    self.remove(&id).await;
                    return Err(error);
                }
            },
        };
        let Some(version) = version else {
            // Somebody has written it again, which is looked at next.
            self.remove(&id).await;
            return Ok(());
        };
        // Events have been numbered meanwhile only by us: the next message of this subscription waits for this one.
        state.version = version;
        self.keep(&id, &state).await.map_err(|error| error.to_string())?;
        self.add(Active::new(terms, version, self.clock.now()));
        self.announce().await;
        Ok(())
    }

    async fn refuse(&self, found: &Found, why: &str) -> Result<(), String> {
        self.remove(&found.id).await;
        self.set_status(found, "error", Some(why)).await.map(drop)
    }

    /// Gives a subscription up that cannot be told any more.
    pub(super) async fn give_up(&self, id: &ResourceId, why: &str) -> Result<(), String> {
        self.change(id, "error", Some(why)).await
    }

    /// Its time is out.
    pub(super) async fn ended(&self, id: &ResourceId) {
        if let Err(error) = self.change(id, "off", None).await {
            tracing::warn!(%id, error, "a subscription that has ended could not be switched off");
        }
    }

    async fn change(&self, id: &ResourceId, status: &str, why: Option<&str>) -> Result<(), String> {
        self.remove(id).await;
        match self.platform().read(ResourceType::SUBSCRIPTION, id).await {
            Ok(found) => self.set_status(&found, status, why).await.map(drop),
            Err(GateError::NotFound | GateError::Gone { .. }) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Writes the status of a Subscription; its new version, or `None` when somebody else has written it meanwhile.
    async fn set_status(&self, found: &Found, status: &str, error: Option<&str>) -> Result<Option<u64>, String> {
        let text = with_status(&found.body, status, error).ok_or("a stored Subscription cannot be read")?;
        let write = {
            let parsed = Parsed::parse_stored(text.as_bytes(), &stored_limits())
                .map_err(|_| "a stored Subscription cannot be read".to_owned())?;
            let put = Put::new(parsed, found.id.clone(), &ReferenceMap::new());
            Write::Put(Box::new(Put { expect: Expect::Version(found.version), ..put }))
        };
        match self.platform().write(Batch { writes: vec![write], ..Batch::default() }).await {
            Ok(written) => Ok(written.first().map(|written| written.version)),
            Err(GateError::Conflict { .. }) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

pub(super) fn status(found: &Found) -> Option<String> {
    let root = json::parse(&found.body, &stored_limits()).ok()?;
    root.str_at("status").map(str::to_owned)
}

/// The Subscription with another status; everything else stays as it is.
fn with_status(body: &[u8], status: &str, error: Option<&str>) -> Option<String> {
    let root = json::parse(body, &stored_limits()).ok()?;
    let mut out = String::from("{");
    let others = root.object()?.members().iter();
    for member in others.filter(|member| !["status", "_status", "error", "_error"].contains(&&*member.name)) {
        write_string(&mut out, &member.name);
        out.push(':');
        write_node(&mut out, &member.value);
        out.push(',');
    }
    out.push_str("\"status\":");
    write_string(&mut out, status);
    if let Some(error) = error {
        out.push_str(",\"error\":");
        write_string(&mut out, error);
    }
    out.push('}');
    Some(out)
}
