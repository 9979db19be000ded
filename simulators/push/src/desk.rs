use std::collections::HashMap;
use std::sync::Mutex;

use serde::Serialize;

use crate::browser::Browser;
use crate::sender;

/// Most browsers, and most messages kept.
const MAX_BROWSERS: usize = 50_000;
const MAX_MESSAGES: usize = 200_000;
/// Largest body (RFC 8030, section 7.2).
const MAX_BODY: usize = 4_096;

/// A message that was taken, as the browser reads it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Taken {
    pub(crate) number: usize,
    /// The browser's.
    pub(crate) endpoint: String,
    pub(crate) topic: String,
    pub(crate) urgency: String,
    /// How often it was handed in with this topic; the browser shows one.
    pub(crate) copies: u32,
    pub(crate) message: serde_json::Value,
}

/// The headers of a message.
pub(crate) struct Headers<'h> {
    pub(crate) authorization: &'h str,
    pub(crate) ttl: &'h str,
    pub(crate) encoding: &'h str,
    pub(crate) topic: &'h str,
    pub(crate) urgency: &'h str,
}

/// What a browser gives to a page.
#[derive(Debug, Serialize)]
pub(crate) struct Subscription {
    pub(crate) endpoint: String,
    pub(crate) keys: Keys,
}

/// The keys of a browser.
#[derive(Debug, Serialize)]
pub(crate) struct Keys {
    pub(crate) p256dh: String,
    pub(crate) auth: String,
}

struct Subscribed {
    browser: Browser,
    /// The only sender that may write to it; the first that does, when none was named.
    sender: Option<String>,
}

#[derive(Default)]
struct Kept {
    browsers: HashMap<String, Option<Subscribed>>,
    messages: Vec<Taken>,
    by_topic: HashMap<(String, String), usize>,
    next: u64,
}

/// The service.
pub(crate) struct Desk {
    origin: String,
    kept: Mutex<Kept>,
}

impl Desk {
    /// A service at `origin`.
    pub(crate) fn new(origin: String) -> Self {
        Self { origin, kept: Mutex::default() }
    }

    /// A new browser, which only the one with the key `sender` may write to.
    pub(crate) fn subscribe(&self, sender: Option<String>) -> Option<Subscription> {
        let browser = Browser::new()?;
        let mut kept = self.kept.lock().ok()?;
        if kept.browsers.len() >= MAX_BROWSERS {
            return None;
        }
        kept.next += 1;
        let id = kept.next.to_string();
        let (p256dh, auth) = browser.keys();
        kept.browsers.insert(id.clone(), Some(Subscribed { browser, sender }));
        Some(Subscription { endpoint: format!("{}/push/{id}", self.origin), keys: Keys { p256dh, auth } })
    }

    /// A browser is gone. Its messages stay to be read.
    pub(crate) fn unsubscribe(&self, id: &str) {
        if let Ok(mut kept) = self.kept.lock()
            && let Some(subscribed) = kept.browsers.get_mut(id)
        {
            *subscribed = None;
        }
    }

    /// Takes a message, or says with which status and why not.
    pub(crate) fn take(&self, id: &str, headers: &Headers<'_>, body: &[u8]) -> Result<usize, (u16, &'static str)> {
        let mut kept = self.kept.lock().map_err(|_| (503, "stopped"))?;
        let Kept { browsers, messages, by_topic, .. } = &mut *kept;
        let subscribed = browsers.get_mut(id).ok_or((404, "no such subscription"))?;
        let subscribed = subscribed.as_mut().ok_or((410, "the subscription is gone"))?;
        let key = sender::key_of(headers.authorization, &self.origin).map_err(|why| (401, why))?;
        if subscribed.sender.get_or_insert_with(|| key.clone()) != &key {
            return Err((403, "another sender's subscription"));
        }
        headers.ttl.parse::<u32>().map_err(|_| (400, "TTL is needed"))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if headers.topic.len() > 32 || !headers.topic.chars().all(plain) {
            return Err((400, "no topic"));
        }
        if body.len() > MAX_BODY {
            return Err((413, "too large"));
        }
        if headers.encoding != "aes128gcm" {
            return Err((415, "not aes128gcm"));
        }
        let text = subscribed.browser.open(body).ok_or((400, "not encrypted for this browser"))?;
        let message = serde_json::from_slice(&text).map_err(|_| (400, "no JSON"))?;
        let named = (id.to_owned(), headers.topic.to_owned());
        if let Some(taken) = by_topic.get(&named).and_then(|number| messages.get_mut(*number)) {
            // The later takes the place of the earlier (RFC 8030, section 5.4).
            taken.copies += 1;
            taken.message = message;
            return Ok(taken.number);
        }
        let number = messages.len();
        if number >= MAX_MESSAGES {
            return Err((503, "full"));
        }
        if !headers.topic.is_empty() {
            by_topic.insert(named, number);
        }
        messages.push(Taken {
            number,
            endpoint: format!("{}/push/{id}", self.origin),
            topic: headers.topic.to_owned(),
            urgency: headers.urgency.to_owned(),
            copies: 1,
            message,
        });
        Ok(number)
    }

    /// Messages in the order they came, of one browser or of all.
    pub(crate) fn messages(&self, endpoint: Option<&str>) -> Vec<Taken> {
        let Ok(kept) = self.kept.lock() else { return Vec::new() };
        let wanted = |taken: &&Taken| endpoint.is_none_or(|endpoint| taken.endpoint == endpoint);
        kept.messages.iter().filter(wanted).cloned().collect()
    }

    /// How many were taken.
    pub(crate) fn count(&self) -> usize {
        self.kept.lock().map(|kept| kept.messages.len()).unwrap_or_default()
    }
}
