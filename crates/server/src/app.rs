//! Wiring: one store, one clock, one router, one worker.

mod senders;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use varde_base::{Clock, NationalId, PatientId};
use varde_rights::RuleBook;
use varde_services::notify::Offer;
use varde_services::{FileScan, HealthCards, State, Visits};
use varde_store::{AuditLog, Place, SearchLimits, Store};

use crate::config::{Config, Limits, VirusScan};
use crate::conformance::{Conformance, Validation};
use crate::directory::Directory;
use crate::fhir::{self, ExportLimits, Exports, FhirLimits, FhirState, TokenBook};
use crate::scan::Clamd;
use crate::subscriptions::{Subscriptions, Surroundings};
use crate::worker::Worker;

pub(crate) use senders::SenderSettings;
#[cfg(feature = "demo")]
pub(crate) use senders::{MailSettings, PushSettings, SmsSettings};

/// What a running installation needs, wherever it came from: a configuration file or the box.
pub(crate) struct Settings {
    /// Address people use.
    pub public_url: String,
    /// Identity provider.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
    /// Minutes without use after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which it ends in any case.
    pub absolute_hours: u32,
    /// Whether a link to our sign-in may name whom to sign in as; only the box, where nobody is real, says so.
    pub login_hint: bool,
    /// The telephone number of those who run it.
    pub help_phone: Option<String>,
    /// What people are told by.
    pub senders: SenderSettings,
    /// Programs.
    pub tokens: TokenBook,
    /// Who runs the installation.
    pub operators: Vec<NationalId>,
    /// Limits.
    pub limits: Limits,
    /// How strictly what a program sends is validated, by its name.
    pub validation: HashMap<String, Validation>,
    /// Folder of the database; exports and packages lie in it too.
    pub data: PathBuf,
    /// File with the keys of the access log, when it is not in that folder.
    pub audit_key_file: Option<PathBuf>,
    /// File with the key of vaccination certificates, when it is not in that folder.
    pub health_card_key_file: Option<PathBuf>,
    /// Those who see look-ups to ask about, by the ids of their own Patients.
    pub privacy_officers: Vec<PatientId>,
    /// Where the program stands, for subscriptions.
    pub surroundings: Surroundings,
    /// Who looks for harmful code in files people send.
    pub virus_scan: Option<VirusScan>,
    /// How many days before an appointment people are reminded of it.
    pub reminder_days: Vec<u8>,
}

/// Opens the database, made if need be. A server's password may stand in `PGPASSWORD`, as for PostgreSQL's own programs.
pub(crate) async fn open_store(place: &Place, clock: Arc<dyn Clock>) -> anyhow::Result<Store> {
    let book = RuleBook::national().context("reading the rule book")?;
    let place = place.clone().with_password(std::env::var("PGPASSWORD").ok());
    place.open(clock, book).await.with_context(|| format!("opening the database in {place}"))
}

/// A running installation.
pub(crate) struct Running {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Goes on until `signal` completes, then stops everything and waits for it.
    pub(crate) async fn until(self, signal: impl Future<Output = ()>) {
        signal.await;
        // Nobody listening any more means that everything has stopped already.
        let _ = self.stop.send(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the program did not stop cleanly");
            }
        }
    }
}

/// Serves from `listener` and works on the outbox until told to stop.
pub(crate) async fn start(
    settings: Settings,
    store: Store,
    clock: Arc<dyn Clock>,
    listener: TcpListener,
) -> anyhow::Result<Running> {
    let (senders, offer) = settings.senders.senders()?;
    let base_url = format!("{}/fhir", settings.public_url);
    let around = settings.surroundings;
    let subscriptions = Subscriptions::new(store.clone(), Arc::clone(&clock), &base_url, senders.mail.clone(), around)?;
    subscriptions.begin().await.context("reading the subscriptions")?;
    let worker = Worker {
        store: store.clone(),
        clock: Arc::clone(&clock),
        senders,
        apart: settings.senders.apart,
        public_url: settings.public_url.clone(),
        subscriptions: Arc::clone(&subscriptions),
    };
    let key_file = settings.audit_key_file.as_deref();
    crate::audit::begin(&store, &settings.data, key_file, &settings.public_url, &settings.limits).await?;
    let log = store.audit_log();
    let (reviewed, reviewed_by) = (store.clone(), Arc::clone(&clock));
    let (reminded, reminded_by, days) = (store.clone(), Arc::clone(&clock), settings.reminder_days.clone());
    let exports = Arc::new(exports(&settings, &store, &clock)?);
    let parts = (Arc::clone(&exports), Arc::clone(&subscriptions));
    let router = router(settings, store, clock, parts, offer)?;
    let (stop, stopped) = watch::channel(false);
    let wait = |mut stopped: watch::Receiver<bool>| async move {
        // An error means that the sender is gone, which is a reason to stop too.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let tasks = vec![
        tokio::spawn(crate::http::serve(listener, router, wait(stopped.clone()))),
        tokio::spawn(worker.run(wait(stopped.clone()))),
        tokio::spawn(crate::audit::sign(log, wait(stopped.clone()))),
        tokio::spawn(subscriptions.run(wait(stopped.clone()))),
        tokio::spawn(crate::look_ups::review_nightly(reviewed, reviewed_by, wait(stopped.clone()))),
        tokio::spawn(crate::reminders::remind(reminded, reminded_by, days, wait(stopped.clone()))),
        tokio::spawn(exports.work(stopped)),
    ];
    Ok(Running { stop, tasks })
}

fn exports(settings: &Settings, store: &Store, clock: &Arc<dyn Clock>) -> anyhow::Result<Exports> {
    let limits = ExportLimits {
        running: settings.limits.export_jobs,
        keep: SignedDuration::from_hours(i64::from(settings.limits.export_keep_hours)),
    };
    let folder = settings.data.join("exports");
    Exports::open(folder, store.clone(), Arc::clone(clock), limits).context("opening the folder of exports")
}

/// Everything that is served, in one router.
fn router(
    settings: Settings,
    store: Store,
    clock: Arc<dyn Clock>,
    (exports, subscriptions): (Arc<Exports>, Arc<Subscriptions>),
    offer: Offer,
) -> anyhow::Result<Router> {
    let Settings { public_url, issuer, limits, .. } = &settings;
    let (public_url, issuer, limits) = (public_url.clone(), issuer.clone(), *limits);
    let help_phone: Option<Arc<str>> = settings.help_phone.map(Arc::from);
    let sign_in = varde_auth::Config {
        public_url: public_url.clone(),
        issuer: issuer.clone(),
        client_id: settings.client_id,
        client_secret: settings.client_secret,
        idle: Duration::from_secs(u64::from(settings.idle_minutes) * 60),
        absolute: Duration::from_secs(u64::from(settings.absolute_hours) * 3_600),
        login_hint: settings.login_hint,
        help_phone: help_phone.clone(),
    };
    let directory = Arc::new(Directory::new(store.clone()));
    let auth = varde_auth::Auth::new(sign_in, &store, directory, Arc::clone(&clock))?;
    let (operators, privacy_officers) = (settings.operators.into(), settings.privacy_officers.into());
    let health_card_key = settings.health_card_key_file.unwrap_or_else(|| settings.data.join("health-card.key"));
    let health_cards = HealthCards::open(&health_card_key, &public_url).context("opening the key of health cards")?;
    let state = State {
        store: store.clone(),
        clock: Arc::clone(&clock),
        operators,
        privacy_officers,
        help_phone,
        health_cards: Arc::new(health_cards),
        offer: Arc::new(offer),
        scan: settings.virus_scan.map(|scan| Arc::new(Clamd::new(scan)) as Arc<dyn FileScan>),
        visits: Visits::default(),
    };
    let pages = varde_services::router(state).merge(auth.router()).fallback(crate::layers::nothing_here);
    let portal = auth.protect(pages);
    let (health, log) = (store.clone(), store.audit_log());
    let fhir_limits = FhirLimits {
        body_bytes: limits.fhir_body_bytes,
        bundle_entries: limits.bundle_entries,
        page_count: limits.page_matches.max(1),
        rule_steps: limits.rule_steps,
    };
    let Limits { included, include_steps, chained, .. } = limits;
    if !store.limit_searches(SearchLimits { included, include_steps, chained }) {
        tracing::warn!("the limits of searches were set before");
    }
    let conformance = Conformance::new(crate::package::load(&settings.data)?, settings.validation);
    let api = FhirState::new(store, clock, settings.tokens, &format!("{public_url}/fhir"), fhir_limits)
        .with_exports(exports)
        .with_subscriptions(subscriptions)
        .with_conformance(Arc::new(conformance));
    Ok(whole(portal, api, (health, log), (&public_url, &issuer), &limits))
}

/// The pages, and all that is served beside and around them.
fn whole(
    portal: Router,
    api: FhirState,
    (health, log): (Store, AuditLog),
    (public_url, issuer): (&str, &str),
    limits: &Limits,
) -> Router {
    let router = Router::new()
        .merge(portal)
        .merge(fhir::at("/fhir", api))
        .merge(crate::audit::router(log))
        .merge(varde_web::assets::router())
        .route("/health", get(move || health_answer(health.clone())));
    crate::layers::outermost(router, public_url, issuer, limits)
}

/// 200 when the database answers, 503 when it does not.
async fn health_answer(store: Store) -> (StatusCode, &'static str) {
    match store.ready().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n"),
    }
}

impl TryFrom<Config> for Settings {
    type Error = anyhow::Error;

    fn try_from(config: Config) -> anyhow::Result<Self> {
        let senders = SenderSettings::of(&config)?;
        let client_secret = crate::config::secret(&config.sign_in.client_secret_file)?;
        let operators = config.operators()?;
        let privacy_officers = config.officers()?;
        let mut tokens = TokenBook::default();
        let validation = config.tokens.iter().map(|token| (token.name.clone(), token.validation)).collect();
        for token in &config.tokens {
            tokens.add_hash(&token.sha256, &token.name, token.role.into())?;
        }
        Ok(Self {
            public_url: config.public_url,
            issuer: config.sign_in.issuer,
            client_id: config.sign_in.client_id,
            client_secret,
            idle_minutes: config.sign_in.idle_minutes,
            absolute_hours: config.sign_in.absolute_hours,
            login_hint: false,
            help_phone: config.help_phone,
            senders,
            tokens,
            operators,
            validation,
            limits: config.limits,
            data: config.data,
            audit_key_file: config.audit_key_file,
            health_card_key_file: config.health_card_key_file,
            privacy_officers,
            reminder_days: config.reminders.days,
            virus_scan: config.virus_scan,
            surroundings: Surroundings {
                shared: config.store.is_some(),
                private: config.subscriptions.private_endpoints,
            },
        })
    }
}

#[cfg(test)]
mod tests;
