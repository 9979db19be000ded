//! The configuration of a serving installation (TOML). Every limit has a default; every secret is a file, never a value.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use varde_base::{NationalId, PatientId, SystemRole};
use varde_conformance::profile::Options;
use varde_store::Place;

use crate::conformance::Validation;

/// Most replicas that are followed.
const MAX_REPLICAS: usize = 8;

/// What `varde serve` needs to know.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// The address people and programs use, without a trailing slash: `https://varde.example`.
    pub public_url: String,
    /// Directory of the database, and of the files beside it.
    pub data: PathBuf,
    /// A PostgreSQL database instead of the one in the directory: `postgres://varde@db.example/varde?sslmode=require`.
    pub store: Option<String>,
    /// File that holds the password of `store`.
    pub store_password_file: Option<PathBuf>,
    /// File with the keys that heads of the access log are signed with, made at the first start; `audit.key` in `data` if left out. Processes that
    /// share a database share it.
    pub audit_key_file: Option<PathBuf>,
    /// File with the key that vaccination certificates are signed with, made at the first start; `health-card.key` in `data` if left out.
    /// Processes that share a database share it.
    pub health_card_key_file: Option<PathBuf>,
    /// Streaming replicas of `store` that searches and reads of programs may come from; the password is the same.
    #[serde(default)]
    pub store_replicas: Vec<String>,
    /// The telephone number of those who run this installation, for people who cannot sign in: it stands where an account is stopped.
    pub help_phone: Option<String>,
    /// Signing in.
    pub sign_in: SignIn,
    /// Outgoing mail; without it notices stay in the portal.
    pub mail: Option<Mail>,
    /// Text messages.
    pub sms: Option<Sms>,
    /// Notifications on devices.
    pub push: Option<Push>,
    /// Looking for harmful code in files people send; without it they are taken by their kind alone.
    pub virus_scan: Option<VirusScan>,
    /// Those who see look-ups to ask about at `/privacy-officer`, by the ids of their own Patients: numbers have no place in a file like this.
    #[serde(default)]
    pub privacy_officers: Vec<String>,
    /// Programs that may use the FHIR API.
    #[serde(default)]
    pub tokens: Vec<Token>,
    /// Who runs the installation, by national identity number: they may try the rules at `/admin/simulate`.
    #[serde(default)]
    pub operators: Vec<String>,
    /// Programs that are told of what happens.
    #[serde(default)]
    pub subscriptions: Subscriptions,
    /// Reminders of appointments.
    #[serde(default)]
    pub reminders: Reminders,
    /// Limits.
    #[serde(default)]
    pub limits: Limits,
}

/// Reminders of appointments.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Reminders {
    /// How many days before an appointment people are reminded of it, once for each; none for no reminders.
    pub days: Vec<u8>,
}

impl Default for Reminders {
    /// A week before, and the day before.
    fn default() -> Self {
        Self { days: vec![7, 1] }
    }
}

/// Programs that are told of what happens.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Subscriptions {
    /// Endpoints may be on this machine or in private networks. Without it only the open internet is reached, so that nobody can use
    /// this server as a door into its own network.
    pub private_endpoints: bool,
}

/// The identity provider and the sessions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The provider's issuer URL.
    pub issuer: String,
    /// Our name at the provider.
    pub client_id: String,
    /// File that holds our secret at the provider.
    pub client_secret_file: PathBuf,
    /// Minutes without use after which a session ends.
    #[serde(default = "SignIn::default_idle_minutes")]
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    #[serde(default = "SignIn::default_absolute_hours")]
    pub absolute_hours: u32,
}

impl SignIn {
    const fn default_idle_minutes() -> u32 {
        30
    }

    const fn default_absolute_hours() -> u32 {
        8
    }
}

/// Where mail goes out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// SMTP host.
    pub host: String,
    /// SMTP port.
    pub port: u16,
    /// Sender address.
    pub from: String,
    /// Encrypt with STARTTLS (RFC 3207). Only the box, whose mail never leaves the machine, sets this to false.
    #[serde(default = "Mail::default_starttls")]
    pub starttls: bool,
}

impl Mail {
    const fn default_starttls() -> bool {
        true
    }
}

/// A gateway for text messages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sms {
    /// Where it takes messages.
    pub url: String,
    /// File that holds the bearer token it knows us by.
    pub token_file: PathBuf,
    /// Who the receiver sees.
    pub from: String,
}

/// A clamd that files are looked through by.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VirusScan {
    /// Host and port: `127.0.0.1:3310`.
    pub address: String,
    /// Seconds after which a file is refused that nothing is known of.
    #[serde(default = "VirusScan::usual_seconds")]
    pub seconds: u64,
}

impl VirusScan {
    /// Enough for five megabytes, and short enough to wait for.
    pub(crate) const fn usual_seconds() -> u64 {
        10
    }
}

/// Notifications on devices (Web Push).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Push {
    /// `mailto:` or `https:` address that push services can turn to.
    pub contact: String,
    /// File of our key, made at the first start; `push.key` in `data` if left out. Processes that share a database share it.
    pub key_file: Option<PathBuf>,
    /// Push services that may be written to: hosts, or `*.` and what they are below.
    #[serde(default = "Push::usual_services")]
    pub services: Vec<String>,
}

impl Push {
    /// Those of the usual browsers.
    pub(crate) fn usual_services() -> Vec<String> {
        let hosts =
            ["fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com"];
        hosts.map(str::to_owned).to_vec()
    }
}

/// A program that may use the FHIR API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    /// Name shown in the access log.
    pub name: String,
    /// `source-system` or `admin`.
    pub role: Role,
    /// SHA-256 of the bearer token, in hexadecimal.
    pub sha256: String,
    /// What happens when what it sends breaks a profile: `off`, `warn` or `reject`.
    #[serde(default)]
    pub validation: Validation,
}

/// Roles a token can have.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    /// Delivers and fetches data.
    SourceSystem,
    /// Administers this installation.
    Admin,
}

impl From<Role> for SystemRole {
    fn from(role: Role) -> Self {
        match role {
            Role::SourceSystem => Self::SourceSystem,
            Role::Admin => Self::Admin,
        }
    }
}

/// Limits on what comes in.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// Largest body the FHIR API takes, in bytes.
    pub fhir_body_bytes: usize,
    /// Most entries of a batch or transaction.
    pub bundle_entries: usize,
    /// Seconds a request may take in all.
    pub request_seconds: u64,
    /// Requests in progress at once; more are told to come back.
    pub concurrent_requests: usize,
    /// Bulk exports carried out at once.
    pub export_jobs: usize,
    /// Hours an export may take, and hours its files are kept afterwards.
    pub export_keep_hours: u32,
    /// Most matches or versions on a page of the FHIR API.
    pub page_matches: u32,
    /// Most resources a search brings along by `_include`, and as many by `_revinclude`.
    pub included: u32,
    /// Most steps that an include that iterates goes beyond what the matches refer to.
    pub include_steps: u32,
    /// Most resources a chain goes by way of.
    pub chained: u32,
    /// Seconds a replica may be behind and still answer.
    pub replica_lag_seconds: u64,
    /// What all rules in FHIRPath together may cost when a resource is checked against profiles, in steps: looking at a value is one.
    pub rule_steps: u64,
    /// Seconds after which a head of the access log is signed, when there are new entries.
    pub audit_head_seconds: u32,
    /// New entries after which one is signed sooner.
    pub audit_head_entries: u64,
    /// Seconds between two notifications to one person.
    pub notice_apart_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fhir_body_bytes: 16 << 20,
            bundle_entries: 2_000,
            request_seconds: 30,
            concurrent_requests: 512,
            export_jobs: 2,
            export_keep_hours: 24,
            page_matches: 1_000,
            included: 1_000,
            include_steps: 4,
            chained: 1_000,
            replica_lag_seconds: 5,
            rule_steps: Options::RULE_STEPS,
            audit_head_seconds: 60,
            audit_head_entries: 10_000,
            notice_apart_seconds: 60,
        }
    }
}

impl Config {
    /// Reads and checks a configuration file. Relative paths in it are relative to the file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let mut config: Self = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        let home = path.parent().unwrap_or(Path::new("."));
        config.data = home.join(&config.data);
        config.sign_in.client_secret_file = home.join(&config.sign_in.client_secret_file);
        config.store_password_file = config.store_password_file.map(|file| home.join(file));
        config.audit_key_file = config.audit_key_file.map(|file| home.join(file));
        config.health_card_key_file = config.health_card_key_file.map(|file| home.join(file));
        if let Some(sms) = &mut config.sms {
            sms.token_file = home.join(&sms.token_file);
        }
        if let Some(push) = &mut config.push {
            push.key_file = push.key_file.take().map(|file| home.join(file));
        }
        config.check()?;
        Ok(config)
    }

    /// Where the data are.
    pub(crate) fn place(&self) -> anyhow::Result<Place> {
        let Some(store) = &self.store else {
            if !self.store_replicas.is_empty() {
                bail!("store_replicas are replicas of a PostgreSQL database: set store, too");
            }
            return Ok(Place::Directory(self.data.clone()));
        };
        let Ok(place) = store.parse();
        if !matches!(place, Place::Server(_)) {
            bail!("store must be the address of a PostgreSQL database; for a directory, leave it out and set data");
        }
        let is_server = |replica: &String| matches!(replica.parse(), Ok(Place::Server(_)));
        if self.store_replicas.len() > MAX_REPLICAS || !self.store_replicas.iter().all(is_server) {
            bail!("store_replicas must be addresses of PostgreSQL servers, {MAX_REPLICAS} at most");
        }
        let place =
            place.with_replicas(self.store_replicas.clone(), Duration::from_secs(self.limits.replica_lag_seconds));
        let read = |file: &PathBuf| secret(file);
        Ok(place.with_password(self.store_password_file.as_ref().map(read).transpose()?))
    }

    /// Who runs the installation. A number that is wrong is not repeated: it may be somebody's with a slip of the pen.
    pub(crate) fn operators(&self) -> anyhow::Result<Vec<NationalId>> {
        let read = |(number, place): (&String, usize)| {
            number.parse().with_context(|| format!("number {place} of operators is no national identity number"))
        };
        self.operators.iter().zip(1..).map(read).collect()
    }

    /// The privacy officers.
    pub(crate) fn officers(&self) -> anyhow::Result<Vec<PatientId>> {
        let id =
            |text: &String| text.parse().with_context(|| format!("privacy_officers: '{text}' is no id of a Patient"));
        self.privacy_officers.iter().map(id).collect()
    }

    fn check(&self) -> anyhow::Result<()> {
        let is_here = |url: &str| url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost");
        let loopback = is_here(&self.public_url);
        if !self.public_url.starts_with("https://") && !loopback {
            bail!(
                "public_url must be https, except on this machine itself: session cookies are never sent in the clear"
            );
        }
        if self.public_url.ends_with('/') {
            bail!("public_url must not end with a slash");
        }
        // Somebody in need rings it: what only fills the place is worse than none.
        let is_phone = |phone: &String| {
            let digits: Vec<u8> = phone.bytes().filter(u8::is_ascii_digit).collect();
            digits.len() >= 3 && digits.iter().any(|digit| *digit != b'0')
        };
        if !self.help_phone.as_ref().is_none_or(is_phone) {
            bail!("help_phone must be a telephone number");
        }
        if self.sms.as_ref().is_some_and(|sms| !sms.url.starts_with("https://") && !is_here(&sms.url)) {
            bail!(
                "sms.url must be https, except on this machine itself: a text message says who has something to read"
            );
        }
        if let Some(scan) = &self.virus_scan {
            let port = scan.address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
            if port.is_none() || scan.address.contains('/') {
                bail!("virus_scan.address must be a host and a port, as 127.0.0.1:3310");
            }
            if scan.seconds == 0 || scan.seconds > 60 {
                bail!("virus_scan.seconds must be from 1 to 60");
            }
        }
        if let Some(push) = &self.push {
            let wrong = push.services.iter().find(|service| service.contains("://") && !is_here(service));
            if let Some(wrong) = wrong {
                bail!("push.services: '{wrong}' must be a host, without https://");
            }
            if !push.contact.starts_with("mailto:") && !push.contact.starts_with("https://") {
                bail!("push.contact must be a mailto: or https: address");
            }
        }
        self.place()?;
        self.operators()?;
        self.officers()?;
        for token in &self.tokens {
            if token.sha256.len() != 64 || !token.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
                bail!("the token of '{}' must be given as 64 hexadecimal digits, its SHA-256", token.name);
            }
        }
        Ok(())
    }
}

/// What a file that holds a secret says.
pub(crate) fn secret(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        listen = "127.0.0.1:8080"
        public_url = "https://varde.example"
        data = "data"
        [sign_in]
        issuer = "https://id.example"
        client_id = "varde"
        client_secret_file = "secret"
    "#;

    fn read(text: &str) -> anyhow::Result<Config> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("varde.toml");
        std::fs::write(&path, text)?;
        Config::read(&path)
    }

    #[test]
    fn a_small_file_is_enough_and_paths_follow_it() {
        let config = read(GOOD).unwrap();
        assert!(config.data.ends_with("data") && config.data.is_absolute());
        assert_eq!(config.sign_in.idle_minutes, 30);
    }

    #[test]
    fn what_would_be_unsafe_or_misspelt_is_refused() {
        for (from, to) in [
            ("https://varde.example", "http://varde.example"),
            ("https://varde.example", "https://varde.example/"),
            ("data = ", "dataa = "),
            ("data = ", "help_phone = \"ring us\"\ndata = "),
            ("data = ", "help_phone = \"00 00 00 00\"\ndata = "),
            ("data = ", "operators = [\"12345678901\"]\ndata = "),
            ("data = ", "privacy_officers = [\"not an id\"]\ndata = "),
            ("[sign_in]", "[sms]\nurl = \"http://sms.example\"\ntoken_file = \"t\"\nfrom = \"V\"\n[sign_in]"),
            ("[sign_in]", "[push]\ncontact = \"drift\"\n[sign_in]"),
            ("[sign_in]", "[push]\ncontact = \"mailto:a@b\"\nservices = [\"https://push.example\"]\n[sign_in]"),
            ("[sign_in]", "[virus_scan]\naddress = \"clamd\"\n[sign_in]"),
            ("[sign_in]", "[virus_scan]\naddress = \"http://clamd:3310\"\n[sign_in]"),
            ("[sign_in]", "[virus_scan]\naddress = \"clamd:3310\"\nseconds = 0\n[sign_in]"),
            ("data = ", "store = \"varde.db\"\ndata = "),
            ("data = ", "store_replicas = [\"postgres://db/varde\"]\ndata = "),
            ("data = ", "store = \"postgres://db/varde\"\nstore_replicas = [\"varde.db\"]\ndata = "),
            ("data = ", "store = \"postgres://db/varde\"\nstore_password_file = \"not-there\"\ndata = "),
            ("[sign_in]", "[[tokens]]\nname = \"x\"\nrole = \"admin\"\nsha256 = \"plain\"\n[sign_in]"),
            ("[sign_in]", "[[tokens]]\nname = \"x\"\nrole = \"root\"\nsha256 = \"00\"\n[sign_in]"),
        ] {
            assert!(read(&GOOD.replace(from, to)).is_err(), "{to}");
        }
    }
}
