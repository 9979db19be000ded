//! The country in a box: from nothing to a running country, with people to sign in as.

mod country;
mod process;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;
use tokio::net::TcpListener;
use varde_base::{SystemClock, SystemRandom, SystemRole, token_base64url};
use varde_store::Place;

use crate::app::{self, Settings};
use crate::cli::{DemoArgs, SimulateCommand};
use crate::config::{Limits, Push, VirusScan};
use crate::fhir::TokenBook;
use crate::subscriptions::Surroundings;
use country::Country;
use process::Simulator;

/// What `DIR/demo.json` says: where everything is and whom to sign in as.
#[derive(Serialize)]
struct DemoFile<'a> {
    portal: &'a str,
    fhir: String,
    idp: &'a str,
    mail: &'a str,
    sms: &'a str,
    push: &'a str,
    /// Host and port of the virus scanner.
    clamd: &'a str,
    /// Page of the record systems, unless there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    ehr: Option<&'a str>,
    people: Vec<DemoPerson<'a>>,
    operator: Option<DemoOperator<'a>>,
    tokens: DemoTokens<'a>,
}

#[derive(Serialize)]
struct DemoPerson<'a> {
    name: &'a str,
    story: &'a str,
    national_id: &'a str,
    patient: &'a str,
    sign_in: String,
}

/// Who runs the country, and where they try its rules.
#[derive(Serialize)]
struct DemoOperator<'a> {
    name: &'a str,
    page: String,
}

#[derive(Serialize)]
struct DemoTokens<'a> {
    source_system: &'a str,
    admin: &'a str,
}

/// Who runs the country: the Patient of one of its people.
const OPERATOR: &str = "silje-holm";

/// Runs the country until Ctrl-C.
pub(crate) async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let data = data_directory(args.data.as_deref())?;
    forget_earlier_start(&data)?;
    let listener = TcpListener::bind(("127.0.0.1", args.port))
        .await
        .with_context(|| format!("port {} of this machine is taken; leave out --port for a free one", args.port))?;
    let portal = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
    let place = args.store.clone().unwrap_or_else(|| Place::Directory(data.clone()));
    let store = app::open_store(&place, Arc::new(SystemClock)).await?;
    let country = Country::ready(&data, &store, args.size, args.seed).await?;

    let mail = Simulator::start(&["mail"]).await?;
    let (sms, push) = (Simulator::start(&["sms"]).await?, Simulator::start(&["push"]).await?);
    let clamd = Simulator::start(&["clamd"]).await?;
    let secret = token_base64url(&mut SystemRandom);
    let idp_config = country.write_idp_config(&data, &portal, &secret)?;
    let idp = Simulator::start(&["idp", "--config", path_text(&idp_config)?]).await?;

    let tokens = Tokens::new();
    let operator = country.people.iter().find(|person| person.patient == OPERATOR);
    let settings = Settings {
        public_url: portal.clone(),
        issuer: idp.said("url")?.to_owned(),
        client_id: "varde".to_owned(),
        client_secret: secret,
        idle_minutes: 30,
        absolute_hours: 8,
        login_hint: true,
        // Nobody's number, of the same kind as those of the country's offices: no number in Norway begins like that.
        help_phone: Some("+4719990000".to_owned()),
        senders: senders(&data, mail.said("smtp")?, sms.said("url")?, push.said("url")?)?,
        tokens: tokens.book(),
        operators: operator.and_then(|person| person.national_id.parse().ok()).into_iter().collect(),
        validation: HashMap::new(),
        limits: Limits::default(),
        data: data.clone(),
        audit_key_file: None,
        health_card_key_file: None,
        privacy_officers: country.privacy_officers(),
        surroundings: Surroundings { shared: args.store.is_some(), private: true },
        reminder_days: crate::config::Reminders::default().days,
        virus_scan: Some(VirusScan { address: clamd.said("address")?.to_owned(), seconds: VirusScan::usual_seconds() }),
    };
    let running = app::start(settings, store.clone(), Arc::new(SystemClock), listener).await?;
    let ehr = if args.no_ehr { None } else { Some(start_ehr(&args, &data, &portal, &tokens).await?) };
    let file = DemoFile {
        portal: &portal,
        fhir: format!("{portal}/fhir"),
        idp: idp.said("url")?,
        mail: mail.said("url")?,
        sms: sms.said("url")?,
        push: push.said("url")?,
        clamd: clamd.said("address")?,
        ehr: ehr.as_ref().map(|ehr| ehr.said("url")).transpose()?,
        people: country.people.iter().map(|person| person_line(person, &portal)).collect(),
        operator: operator.map(|person| DemoOperator { name: &person.name, page: format!("{portal}/admin/simulate") }),
        tokens: DemoTokens { source_system: &tokens.source_system, admin: &tokens.admin },
    };
    write_private(&data.join("demo.json"), &serde_json::to_vec_pretty(&file)?)?;
    announce(&file, &data);
    running.until(crate::http::stop_signal()).await;
    for simulator in ehr.into_iter().chain([idp, mail, sms, push, clamd]) {
        simulator.stop().await;
    }
    store.close().await.context("closing the database")?;
    Ok(())
}

/// What people of the box are told by: the catcher, the gateway and the push service on this machine; and the push services of real browsers.
fn senders(data: &Path, smtp: &str, sms: &str, push: &str) -> anyhow::Result<app::SenderSettings> {
    let services = std::iter::once(push.to_owned()).chain(Push::usual_services());
    Ok(app::SenderSettings {
        mail: Some(app::MailSettings::plain(smtp, "Varde <ikke-svar@varde.example.test>")?),
        sms: Some(app::SmsSettings {
            url: format!("{sms}/messages"),
            token: token_base64url(&mut SystemRandom),
            from: "Varde".to_owned(),
        }),
        push: Some(app::PushSettings {
            key_file: data.join("push.key"),
            contact: "mailto:drift@varde.example.test".to_owned(),
            services: services.collect(),
        }),
        // Whoever tries the box does not want to wait a minute for the next message.
        apart: Duration::from_secs(1),
    })
}

/// Runs one of the outside systems, as a process of its own.
pub(crate) async fn simulate(command: SimulateCommand) -> anyhow::Result<()> {
    match command {
        SimulateCommand::Idp { config } => {
            let config = std::fs::read(&config).with_context(|| format!("reading {}", config.display()))?;
            varde_simulator_idp::run(serde_json::from_slice(&config)?).await?;
        }
        SimulateCommand::Ehr { config } => {
            let config = std::fs::read(&config).with_context(|| format!("reading {}", config.display()))?;
            varde_simulator_ehr::run(serde_json::from_slice(&config)?).await?;
        }
        SimulateCommand::Mail { smtp_port, http_port } => {
            let config = varde_simulator_mail::Config { smtp_port, http_port, stop_with_stdin: true };
            varde_simulator_mail::run(config).await?;
        }
        SimulateCommand::Sms { port } => varde_simulator_sms::run(port, true).await?,
        SimulateCommand::Clamd { port } => varde_simulator_clamd::run(port, true).await?,
        SimulateCommand::Push { port } => varde_simulator_push::run(port, true).await?,
    }
    Ok(())
}

/// What programs show to be let in.
struct Tokens {
    source_system: String,
    admin: String,
    ehr: String,
    gp_register: String,
}

impl Tokens {
    fn new() -> Self {
        let [source_system, admin, ehr, gp_register] = [(); 4].map(|()| token_base64url(&mut SystemRandom));
        Self { source_system, admin, ehr, gp_register }
    }

    fn book(&self) -> TokenBook {
        let mut book = TokenBook::default();
        book.add_token(&self.source_system, "Demo-EPJ", SystemRole::SourceSystem);
        book.add_token(&self.admin, "Demo-administrator", SystemRole::Admin);
        // Citizens read these names in their access log.
        book.add_token(&self.ehr, "Journalsystemene i demoen", SystemRole::SourceSystem);
        book.add_token(&self.gp_register, "Fastlegeregisteret i demoen", SystemRole::SourceSystem);
        book
    }
}

/// Starts the record systems. What they have answered is remembered in the data folder.
async fn start_ehr(args: &DemoArgs, data: &Path, portal: &str, tokens: &Tokens) -> anyhow::Result<Simulator> {
    let config = serde_json::json!({
        "fhir": format!("{portal}/fhir"),
        "token": tokens.ehr,
        "register_token": tokens.gp_register,
        "store": data.join("ehr.sqlite"),
        "seed": args.seed,
        "speed": args.ehr_speed,
        "stop_with_stdin": true,
    });
    let path = data.join("ehr.json");
    write_private(&path, &serde_json::to_vec_pretty(&config)?)?;
    Simulator::start(&["ehr", "--config", path_text(&path)?]).await
}

fn person_line<'a>(person: &'a country::Person, portal: &str) -> DemoPerson<'a> {
    DemoPerson {
        name: &person.name,
        story: &person.story,
        national_id: &person.national_id,
        patient: &person.patient,
        sign_in: format!("{portal}/sign-in?login_hint=pid:{}", person.national_id),
    }
}

/// The folder asked for, made if need be, or a fresh one that stays after the program ends.
fn data_directory(asked: Option<&Path>) -> anyhow::Result<PathBuf> {
    let path = match asked {
        Some(path) => path.to_owned(),
        None => {
            let name = format!("varde-demo-{}", &token_base64url(&mut SystemRandom)[..8]);
            std::env::temp_dir().join(name)
        }
    };
    std::fs::create_dir_all(&path).with_context(|| format!("making the folder {}", path.display()))?;
    path.canonicalize().with_context(|| format!("finding the folder {}", path.display()))
}

/// Whoever waits for `demo.json` must not take that of an earlier start for this one's.
fn forget_earlier_start(data: &Path) -> anyhow::Result<()> {
    let path = data.join("demo.json");
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn path_text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the data folder's name must be readable as text")
}

/// Writes a file that holds tokens so that only its owner can read it.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    varde_store::write_secret(path, bytes).with_context(|| format!("writing {}", path.display()))
}

#[expect(clippy::print_stdout, reason = "this is what the person at the terminal asked for")]
fn announce(file: &DemoFile<'_>, data: &Path) {
    println!("\n  Varde is running. Nobody in it is real.\n");
    println!("  Portal            {}", file.portal);
    println!("  FHIR API          {}", file.fhir);
    println!("  Mail catcher      {}", file.mail);
    println!("  Text messages     {}", file.sms);
    println!("  Notifications     {}", file.push);
    println!("  Virus scanner     {}", file.clamd);
    println!("  Identity provider {}", file.idp);
    match file.ehr {
        Some(ehr) => println!("  Record systems    {ehr}  (they answer; --ehr-speed N, --no-ehr)"),
        None => println!("  Record systems    none (--no-ehr): nobody answers"),
    }
    println!("  Data              {}\n", data.display());
    println!("  Sign in as:");
    for person in &file.people {
        println!("  {:<28} {}  {}", person.name, person.national_id, person.story);
    }
    if let Some(operator) = &file.operator {
        println!("\n  {} runs the country: signed in with that name, try its rules at", operator.name);
        println!("  {}", operator.page);
    }
    println!("\n  Tokens and sign-in addresses are in {}", data.join("demo.json").display());
    println!("  Ctrl-C stops; start again with --data {} to go on.\n", data.display());
}
