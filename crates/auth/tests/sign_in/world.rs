//! The product: one protected page with a form, over `varde_auth`, on a socket of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::net::TcpListener;
use varde_auth::{Auth, Config, DirectoryUnavailable, Person, PersonDirectory};
use varde_base::{ManualClock, NationalId};
use varde_rights::RuleBook;
use varde_store::{Options, Store};
use varde_web::{SafeForm, Visitor};

pub(crate) const CLIENT: &str = "varde";
pub(crate) const SECRET: &str = "a-secret-of-the-client-that-is-long-enough";
pub(crate) const IDLE: SignedDuration = SignedDuration::from_mins(30);
pub(crate) const ABSOLUTE: SignedDuration = SignedDuration::from_hours(8);

/// Somebody in the directory of the test: serial number, name, day of birth, whether dead.
pub(crate) struct Someone(u16, pub &'static str, &'static str, bool);

pub(crate) const KARI: Someone = Someone(100, "Kari Nordmann", "1980-01-01", false);
pub(crate) const OLA: Someone = Someone(200, "Ola Nordmann", "1975-05-05", false);
pub(crate) const TEENAGER: Someone = Someone(300, "Tiril Tretten", "2013-11-21", false);
pub(crate) const CHILD: Someone = Someone(400, "Anna Tolv", "2013-11-22", false);
pub(crate) const DECEASED: Someone = Someone(500, "Per Borte", "1930-01-01", true);
pub(crate) const UNDATED: Someone = Someone(600, "Nora Ukjent", "", false);
pub(crate) const STOPPED: Someone = Someone(800, "Stine Sperret", "1970-01-01", false);
pub(crate) const UNKNOWN: Someone = Someone(700, "", "1990-01-01", false);

impl Someone {
    /// Their number; what it says of birth means nothing (it is only read as a number).
    pub(crate) fn number(&self) -> String {
        let id = (self.0..).find_map(|serial| NationalId::synthetic(1, 1, 80, serial)).unwrap();
        id.as_str().to_owned()
    }
}

struct Directory;

impl PersonDirectory for Directory {
    fn find<'a>(&'a self, national_id: &'a NationalId) -> BoxFuture<'a, Result<Option<Person>, DirectoryUnavailable>> {
        let all = [KARI, OLA, TEENAGER, CHILD, DECEASED, UNDATED, STOPPED];
        let found = all.iter().find(|person| person.number() == national_id.as_str()).map(|person| Person {
            patient: format!("p{}", person.0).parse().unwrap(),
            name: person.1.to_owned(),
            birth_date: person.2.parse().ok(),
            deceased: person.3,
            stopped: person.1 == STOPPED.1,
        });
        async move { Ok(found) }.boxed()
    }
}

/// How the product is set up, where tests differ.
pub(crate) struct Setup {
    pub(crate) login_hint: bool,
}

/// A running product.
pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) portal: String,
    /// What came in through the form: whose, and what.
    pub(crate) saved: Arc<Mutex<Vec<(String, String)>>>,
    _folder: tempfile::TempDir,
}

impl World {
    /// With the simulator as its provider; its address.
    pub(crate) async fn with_simulator() -> (Self, String) {
        let (idp_listener, idp) = listener().await;
        let world = Self::with_provider(&idp, Setup { login_hint: false }).await;
        let config = varde_simulator_idp::Config {
            port: 0,
            client_id: CLIENT.to_owned(),
            client_secret: SECRET.to_owned(),
            redirect_uris: vec![format!("{}/sign-in/callback", world.portal)],
            post_logout_redirect_uris: vec![format!("{}/", world.portal)],
            auto_sign_in: false,
            stop_with_stdin: false,
            people: Vec::new(),
        };
        let router = varde_simulator_idp::router_at(config, &idp, Arc::new(world.clock.clone())).unwrap();
        tokio::spawn(async move { axum::serve(idp_listener, router).await.unwrap() });
        (world, idp)
    }

    /// With a provider somewhere.
    pub(crate) async fn with_provider(issuer: &str, setup: Setup) -> Self {
        let (listener, portal) = listener().await;
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(noon());
        let shared = Arc::new(clock.clone());
        let store = Store::open(&Options::new(folder.path()), shared.clone(), RuleBook::national().unwrap()).unwrap();
        let config = Config {
            public_url: portal.clone(),
            issuer: issuer.to_owned(),
            client_id: CLIENT.to_owned(),
            client_secret: SECRET.to_owned(),
            idle: Duration::try_from(IDLE).unwrap(),
            absolute: Duration::try_from(ABSOLUTE).unwrap(),
            login_hint: setup.login_hint,
            help_phone: Some("00 00 00 00".into()),
        };
        let auth = Auth::new(config, &store, Arc::new(Directory), shared).unwrap();
        let saved = Arc::default();
        let router = auth.protect(pages(Arc::clone(&saved)).merge(auth.router()));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self { clock, portal, saved, _folder: folder }
    }

    /// What came in through the form so far.
    pub(crate) fn saved(&self) -> Vec<(String, String)> {
        self.saved.lock().unwrap().clone()
    }

    pub(crate) fn minutes_pass(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
    }

    pub(crate) fn seconds_pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

/// When every test begins.
pub(crate) fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// A socket and its address.
pub(crate) async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    (listener, url)
}

/// An address at which nobody answers.
pub(crate) async fn nobody() -> String {
    listener().await.1
}

type Saved = Arc<Mutex<Vec<(String, String)>>>;

#[derive(Deserialize)]
struct Note {
    note: String,
}

fn pages(saved: Saved) -> Router {
    Router::new()
        .route("/", get(|| async { "home" }))
        .route("/form", get(form).post(save))
        .route("/other", get(form))
        .route("/cached", get(cached))
        .with_state(saved)
}

/// What a page would show, a line each.
async fn form(visitor: Visitor) -> String {
    let draft = visitor.draft.map(|draft| format!("{:?}", draft.0)).unwrap_or_default();
    format!("name={}\ncsrf={}\ndraft={draft}\n", visitor.actor.name, visitor.csrf.as_str())
}

async fn save(
    State(saved): State<Saved>,
    visitor: Visitor,
    SafeForm(Note { note }): SafeForm<Note>,
) -> impl IntoResponse {
    saved.lock().unwrap().push((visitor.actor.name.to_string(), note));
    Redirect::to("/form")
}

async fn cached(_: Visitor) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "private, max-age=60")], "kept for a minute")
}
