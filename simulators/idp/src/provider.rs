//! What the provider remembers: sign-ins under way and codes that have been given out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use varde_base::{Clock, SystemRandom, token_base64url};

use crate::config::Config;
use crate::keys::Keys;

/// How long a code can be used.
pub(crate) const CODE_LIFE: Duration = Duration::from_secs(60);

/// How long somebody may look at the page before choosing.
const REQUEST_LIFE: Duration = Duration::from_secs(600);

/// Most codes or requests kept.
const MAX_KEPT: usize = 10_000;

/// A checked authorization request (OpenID Connect Core section 3.1.2.1).
#[derive(Debug, Clone)]
pub(crate) struct AuthRequest {
    pub(crate) redirect_uri: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) code_challenge: String,
}

/// A code that has been given out.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) request: AuthRequest,
    pub(crate) national_id: String,
    pub(crate) acr: String,
}

/// Things that are taken out once and do not last.
struct Shelf<T>(Mutex<HashMap<String, (Instant, T)>>, Duration);

impl<T> Shelf<T> {
    fn new(life: Duration) -> Self {
        Self(Mutex::new(HashMap::new()), life)
    }

    fn put(&self, thing: T) -> String {
        let key = token_base64url(&mut SystemRandom);
        if let Ok(mut shelf) = self.0.lock() {
            if shelf.len() >= MAX_KEPT {
                shelf.retain(|_, (put, _)| put.elapsed() < self.1);
            }
            shelf.insert(key.clone(), (Instant::now(), thing));
        }
        key
    }

    fn take(&self, key: &str) -> Option<T> {
        let (put, thing) = self.0.lock().ok()?.remove(key)?;
        (put.elapsed() < self.1).then_some(thing)
    }
}

/// The provider.
pub(crate) struct Provider {
    pub(crate) config: Config,
    pub(crate) issuer: String,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    requests: Shelf<AuthRequest>,
    codes: Shelf<Grant>,
}

impl Provider {
    pub(crate) fn new(config: Config, url: &str, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        Ok(Self {
            config,
            issuer: url.to_owned(),
            keys: Keys::new()?,
            clock,
            requests: Shelf::new(REQUEST_LIFE),
            codes: Shelf::new(CODE_LIFE),
        })
    }

    /// Keeps a request while the person chooses; the key goes into the page's form.
    pub(crate) fn keep(&self, request: AuthRequest) -> String {
        self.requests.put(request)
    }

    /// The request of a form, once.
    pub(crate) fn request(&self, key: &str) -> Option<AuthRequest> {
        self.requests.take(key)
    }

    /// The address that takes the person back, with a fresh code.
    pub(crate) fn grant(&self, request: AuthRequest, national_id: String, acr: String) -> String {
        let redirect_uri = request.redirect_uri.clone();
        let state = request.state.clone();
        let code = self.codes.put(Grant { request, national_id, acr });
        format!("{redirect_uri}?code={code}&state={state}&iss={}", encoded(&self.issuer))
    }

    /// The address that takes somebody back who was not signed in; it names the issuer as well (RFC 9207 section 2).
    pub(crate) fn sent_back(&self, redirect_uri: &str, error: &str, state: &str) -> String {
        format!("{redirect_uri}?error={error}&state={state}&iss={}", encoded(&self.issuer))
    }

    /// What a code was given for; a code is good once.
    pub(crate) fn redeem(&self, code: &str) -> Option<Grant> {
        self.codes.take(code)
    }
}

/// Percent-encoding of everything but unreserved characters (RFC 3986 section 2.3).
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
