//! A provider that does as it is told: any claims, any signature, any fault.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use varde_base::Clock as _;

use crate::browser::{Answer, Browser, HIGH, encoded, parameter};
use crate::world::{CLIENT, KARI, Setup, World, listener};

/// A signing key.
pub(crate) struct Key {
    id: String,
    signing: EncodingKey,
    pub(crate) public: Value,
}

impl Key {
    pub(crate) fn new(id: &str) -> Self {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
        let (x, y) = pair.public_key().as_ref().split_at(33);
        let x = URL_SAFE_NO_PAD.encode(x.split_first().unwrap().1);
        let public = json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": id,
            "x": x, "y": URL_SAFE_NO_PAD.encode(y) });
        Self { id: id.to_owned(), signing: EncodingKey::from_ec_der(document.as_ref()), public }
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.clone()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &self.signing).unwrap()
    }
}

/// What an endpoint does.
#[derive(Clone)]
pub(crate) enum Reply {
    Json(Value),
    Status(u16),
    /// Ten megabytes of JSON.
    Huge,
    /// Nothing, ever.
    Hang,
    /// This JSON, after so many seconds.
    Slow(u64, Value),
}

impl Reply {
    async fn give(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        match self {
            Self::Json(value) => (kind, value.to_string()).into_response(),
            Self::Status(status) => (StatusCode::from_u16(status).unwrap(), "<html>trouble</html>").into_response(),
            Self::Huge => (kind, format!("{{\"x\":\"{}\"}}", "x".repeat(10 << 20))).into_response(),
            Self::Hang => std::future::pending().await,
            Self::Slow(seconds, value) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                (kind, value.to_string()).into_response()
            }
        }
    }
}

/// What the provider answers, and how often it was asked.
pub(crate) struct Script {
    pub(crate) discovery: Mutex<Reply>,
    pub(crate) keys: Mutex<Vec<Value>>,
    pub(crate) token: Mutex<Reply>,
    pub(crate) discovered: AtomicUsize,
    pub(crate) exchanged: AtomicUsize,
}

/// A product with a provider that does as it is told.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) idp: String,
    pub(crate) script: Arc<Script>,
    pub(crate) key: Key,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::set_up(Setup { login_hint: false }).await
    }

    pub(crate) async fn set_up(setup: Setup) -> Self {
        let (listener, idp) = listener().await;
        let key = Key::new("first");
        let script = Arc::new(Script {
            discovery: Mutex::new(Reply::Json(discovery(&idp))),
            keys: Mutex::new(vec![key.public.clone()]),
            token: Mutex::new(Reply::Status(500)),
            discovered: AtomicUsize::new(0),
            exchanged: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(give_discovery))
            .route("/jwks", get(give_keys))
            .route("/token", post(give_token))
            .with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let world = World::with_provider(&idp, setup).await;
        Self { world, idp, script, key }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::at(&self.world.portal)
    }

    pub(crate) fn discovery_is(&self, reply: Reply) {
        *self.script.discovery.lock().unwrap() = reply;
    }

    /// Changes what discovery says.
    pub(crate) fn discovery_says(&self, name: &str, value: Value) {
        let mut document = discovery(&self.idp);
        document.as_object_mut().unwrap().insert(name.to_owned(), value);
        self.discovery_is(Reply::Json(document));
    }

    pub(crate) fn token_is(&self, reply: Reply) {
        *self.script.token.lock().unwrap() = reply;
    }

    pub(crate) fn id_token_is(&self, id_token: &str) {
        self.token_is(Reply::Json(json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token })));
    }

    /// How often discovery was read, and codes were exchanged.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.script.discovered.load(Ordering::SeqCst), self.script.exchanged.load(Ordering::SeqCst))
    }

    /// Good claims for a sign-in.
    pub(crate) fn claims(&self, nonce: &str) -> Value {
        let now = self.world.clock.now().as_second();
        json!({ "iss": self.idp, "sub": "subject", "aud": CLIENT, "iat": now, "exp": now + 120, "nonce": nonce,
            "acr": HIGH, "pid": KARI.number() })
    }

    /// A sign-in whose ID token is made from the right claims by `make`; the answer at the end of it.
    pub(crate) async fn sign_in_with(&self, browser: &mut Browser, make: impl FnOnce(&Key, Value) -> String) -> Answer {
        let ask = browser.depart("/form").await;
        let claims = self.claims(&parameter(&ask, "nonce").unwrap());
        self.id_token_is(&make(&self.key, claims));
        browser.get(&self.back(&ask)).await
    }

    /// Where the provider sends somebody back to who came by `ask`.
    pub(crate) fn back(&self, ask: &str) -> String {
        let state = parameter(ask, "state").unwrap();
        format!("/sign-in/callback?code=c&state={state}&iss={}", encoded(&self.idp))
    }

    /// As [`Self::sign_in_with`], with the claims changed before they are signed.
    pub(crate) async fn sign_in_claiming(&self, change: impl FnOnce(&mut Value)) -> Answer {
        let make = |key: &Key, mut claims: Value| {
            change(&mut claims);
            key.sign(&claims)
        };
        self.sign_in_with(&mut self.browser(), make).await
    }
}

/// The discovery document.
pub(crate) fn discovery(idp: &str) -> Value {
    let at = |path: &str| format!("{idp}{path}");
    json!({ "issuer": idp, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"), "end_session_endpoint": at("/end-session"), "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true })
}

async fn give_discovery(State(script): State<Arc<Script>>) -> Response {
    script.discovered.fetch_add(1, Ordering::SeqCst);
    let reply = script.discovery.lock().unwrap().clone();
    reply.give().await
}

async fn give_keys(State(script): State<Arc<Script>>) -> Response {
    let keys = script.keys.lock().unwrap().clone();
    Reply::Json(json!({ "keys": keys })).give().await
}

async fn give_token(State(script): State<Arc<Script>>) -> Response {
    script.exchanged.fetch_add(1, Ordering::SeqCst);
    let reply = script.token.lock().unwrap().clone();
    reply.give().await
}
