//! The command line. Everything a person types to Varde goes through here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use varde_base::Language;
use varde_rights::{Action, AgeBand, Areas, ConsentLevel, ItemLabel, Relation, Service};
use varde_store::Place;

/// Varde: an open national citizen-health platform.
#[derive(Debug, Parser)]
#[command(name = "varde", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the portal and the FHIR API with a configuration file.
    Serve {
        /// The configuration file (TOML; docs/operations.md describes it).
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Start a whole country in a box: portal, FHIR API, people, test identity provider, mail catcher and record systems that
    /// answer.
    #[cfg(feature = "demo")]
    Demo(DemoArgs),
    /// Import FHIR Bundles (.json) and NDJSON (.ndjson), plain or compressed (.bz2, .gz). Can be stopped and resumed.
    Import {
        /// Directory with the database, or the address of one on a server (postgres://user@host/database).
        #[arg(long, value_name = "PLACE")]
        data: Place,
        /// The files, in the order they are to be read.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Write the search index anew from the resources, after a build that indexes otherwise or when rows were lost. Can be stopped and resumed.
    /// A database in a directory must not be served from meanwhile; one on a server may.
    Reindex {
        /// Directory with the database, or the address of one on a server (postgres://user@host/database).
        #[arg(long, value_name = "PLACE")]
        data: Place,
        /// Begin with the first type, wherever an earlier run has stopped.
        #[arg(long)]
        from_start: bool,
    },
    /// Write a synthetic population as NDJSON to standard output. The same size, seed and day give the same people.
    Population {
        /// How many citizens.
        #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=6_000_000))]
        size: u32,
        /// What makes this country differ from others.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The last day of its history (YYYY-MM-DD); today if left out.
        #[arg(long, value_name = "DATE")]
        today: Option<jiff::civil::Date>,
    },
    /// FHIR packages to validate by and draw terminology from.
    #[command(subcommand)]
    Package(PackageCommand),
    /// The access log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The database as a whole.
    #[command(subcommand)]
    Store(StoreCommand),
    /// Tables of resources (SQL on FHIR v2).
    #[command(subcommand)]
    View(ViewCommand),
    /// The rule book: who may see and do what.
    #[command(subcommand)]
    Rights(RightsCommand),
    /// Run one of the outside systems of the box (used by `demo`).
    #[cfg(feature = "demo")]
    #[command(subcommand, hide = true)]
    Simulate(SimulateCommand),
}

/// Work on packages.
#[derive(Debug, Subcommand)]
pub(crate) enum PackageCommand {
    /// Check packages (.tgz) and keep them; they count from the next start.
    Add {
        /// Directory with the database.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The archives, each after those it builds on.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Say which packages are there.
    List {
        /// Directory with the database.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

/// Work on the database as a whole.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Copy everything into an empty database, also on another engine, and prove by count and hash that it is the same.
    /// The programs that serve from either must be stopped. Sessions are not copied: people sign in again.
    Copy {
        /// Directory, or address of a database on a server.
        #[arg(value_name = "FROM")]
        from: Place,
        /// Directory, or address of a database on a server.
        #[arg(value_name = "TO")]
        to: Place,
    },
}

/// Work on the access log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Prove that the log is whole and leads to its signed heads, or name its first bad place.
    Verify {
        /// Directory with the database, or the address of one on a server (postgres://user@host/database).
        #[arg(value_name = "PLACE")]
        data: Place,
        /// A public key the heads must be signed by, written out, or a file with one on each line. Without it they are verified by the keys in the database.
        #[arg(long, value_name = "KEY|FILE")]
        public_key: Vec<String>,
        /// A signed head that was fetched earlier; the log must go on from it.
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
    },
    /// Check a proof that an entry is in a log: by the log's public key alone, without database or network.
    VerifyProof {
        /// The proof, as the access log's page gives it.
        #[arg(value_name = "FILE")]
        proof: PathBuf,
        /// A public key of the log (/audit/key), written out, or a file with one on each line.
        #[arg(long, required = true, value_name = "KEY|FILE")]
        public_key: Vec<String>,
        /// How the log went on: a file from /audit/consistency/N, where N is the number of entries that the proof names.
        #[arg(long, value_name = "FILE")]
        newer: Option<PathBuf>,
    },
}

/// Work on the rule book.
#[derive(Debug, Subcommand)]
pub(crate) enum RightsCommand {
    /// Prove that every case is decided by exactly one rule and that every rule can be explained; say what is wrong, a line each.
    Check {
        /// The rule book; the one built in if left out.
        #[arg(long, value_name = "FILE")]
        book: Option<PathBuf>,
    },
    /// Say which cases another rule book decides otherwise than the one built in.
    Diff {
        /// The other rule book.
        #[arg(value_name = "FILE")]
        book: PathBuf,
    },
    /// Say how a case is decided, by which rule, and what was looked at in which order.
    Explain(Box<ExplainArgs>),
    /// Print the rule book as Markdown (docs/rule-book.md).
    Table,
    /// Go through the access log and print the look-ups that stand out, the highest score first, each with its reasons. A database in a
    /// directory must not be served from meanwhile; one on a server may.
    Detect(DetectArgs),
}

/// Which look-ups are gone through. What is usual for somebody is read from at least the thirty days before the last one.
#[derive(Debug, Clone, Args)]
pub(crate) struct DetectArgs {
    /// Directory with the database, or the address of one on a server (postgres://user@host/database).
    #[arg(long, value_name = "PLACE")]
    pub data: Place,
    /// The first day (YYYY-MM-DD); thirty days before the last one if left out.
    #[arg(long, value_name = "DATE")]
    pub from: Option<jiff::civil::Date>,
    /// The last day; today if left out.
    #[arg(long, value_name = "DATE")]
    pub to: Option<jiff::civil::Date>,
    /// Most cases printed.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
    /// A line for people, or a JSON object, for each case.
    #[arg(long, value_enum, default_value_t = DetectFormat::Text)]
    pub format: DetectFormat,
    /// Put the cases on the privacy officer's list, too.
    #[arg(long)]
    pub open_reviews: bool,
}

/// The formats of a list of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DetectFormat {
    /// A line each, and one that sums up.
    Text,
    /// A JSON object in each line.
    Ndjson,
}

/// A case to be explained. What is left out is not there: no label, no consent of a parent; the level is full.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExplainArgs {
    /// How the one who asks stands to the person.
    #[arg(long, value_name = "RELATION", value_parser = relation)]
    pub actor_relation: Relation,
    /// Age band of the person the data are about: 0-11, 12, 13-15, 16-17 or 18+.
    #[arg(long, value_name = "BAND", value_parser = age_band)]
    pub age: AgeBand,
    /// The kind of information, as the rule book names it.
    #[arg(long, value_parser = service)]
    pub service: Service,
    /// What is to be done, as the rule book names it.
    #[arg(long, value_parser = action)]
    pub action: Action,
    /// Codes of the item's labels: N, NORN_FORANS, NORN_UNGDOM, NORN, NORS.
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = item_label)]
    pub label: Vec<ItemLabel>,
    /// Codes of the areas a proxy or next of kin were given: 1, 2, 3, P, T, R.
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = area)]
    pub areas: Vec<Areas>,
    /// A parent has consented to the young person's use.
    #[arg(long)]
    pub consent: bool,
    /// How far the person lets the platform go: none, basis, basis-plus or full.
    #[arg(long, value_parser = level, default_value = "full")]
    pub level: ConsentLevel,
    /// Health personnel have opened the referral the item belongs to, so far.
    #[arg(long, value_enum)]
    pub opened: Option<Opened>,
    /// The language of sentence and example: nb, nn, en or se.
    #[arg(long, value_parser = language, default_value = "en")]
    pub lang: Language,
}

/// How far a referral is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Opened {
    /// That it is there.
    Outline,
    /// Its content too.
    Content,
}

fn known<T>(found: Option<T>, all: &[&str]) -> Result<T, String> {
    found.ok_or_else(|| format!("known are: {}", all.join(", ")))
}

fn relation(word: &str) -> Result<Relation, String> {
    let known_ones = Relation::ALL.iter().filter(|relation| **relation != Relation::Stranger);
    known(Relation::from_key(word), &known_ones.map(|relation| relation.key()).collect::<Vec<_>>())
}

fn age_band(word: &str) -> Result<AgeBand, String> {
    known(AgeBand::from_key(word), &AgeBand::ALL.map(AgeBand::key))
}

fn service(word: &str) -> Result<Service, String> {
    known(Service::from_key(word), &Service::ALL.map(Service::key))
}

fn action(word: &str) -> Result<Action, String> {
    known(Action::from_key(word), &Action::ALL.map(Action::key))
}

fn item_label(word: &str) -> Result<ItemLabel, String> {
    known(ItemLabel::from_code(word), &["N", "NORN_FORANS", "NORN_UNGDOM", "NORN", "NORS"])
}

fn area(word: &str) -> Result<Areas, String> {
    known(Areas::from_code(word), &Areas::CODES.map(|(_, code)| code))
}

fn level(word: &str) -> Result<ConsentLevel, String> {
    known(ConsentLevel::from_key(word), &ConsentLevel::ALL.map(ConsentLevel::key))
}

fn language(word: &str) -> Result<Language, String> {
    known(Language::from_tag(word), &Language::ALL.map(Language::tag))
}

/// Make tables of resources.
#[derive(Debug, Subcommand)]
pub(crate) enum ViewCommand {
    /// Run a ViewDefinition over all resources of its type and write its rows. Nobody else may use the database meanwhile.
    Run(ViewArgs),
}

/// What a view is run over, and where its rows go.
#[derive(Debug, Clone, Args)]
pub(crate) struct ViewArgs {
    /// The ViewDefinition (JSON).
    #[arg(value_name = "VIEW")]
    pub view: PathBuf,
    /// Directory with the database, or the address of one on a server (postgres://user@host/database).
    #[arg(long, value_name = "PLACE")]
    pub data: Place,
    /// The format of the rows.
    #[arg(long, value_enum, default_value_t = ViewFormat::Ndjson)]
    pub format: ViewFormat,
    /// The file to write; standard output if left out.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The formats of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ViewFormat {
    /// A JSON object in each line.
    Ndjson,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// How the country in a box starts.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoArgs {
    /// Port of the portal and the FHIR API; a free one if left out.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Where the data live; a fresh folder if left out. A second start on the same folder goes on with the same data.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The address of a PostgreSQL database for the data, instead of one in the folder.
    #[arg(long, value_name = "PLACE")]
    pub store: Option<Place>,
    /// How many citizens a new country has.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub size: u32,
    /// What makes this country differ from others.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Without the record systems of practices and hospitals: nobody answers what citizens ask.
    #[arg(long)]
    pub no_ehr: bool,
    /// How many times faster than the world's the clock of the record systems goes.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub ehr_speed: u32,
}

/// The outside systems of the box.
#[cfg(feature = "demo")]
#[derive(Debug, Subcommand)]
pub(crate) enum SimulateCommand {
    /// The test identity provider.
    Idp {
        /// Its configuration (JSON).
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// The record systems of practices and hospitals.
    Ehr {
        /// Their configuration (JSON).
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// The mail catcher.
    Mail {
        /// SMTP port; a free one if 0.
        #[arg(long, default_value_t = 0)]
        smtp_port: u16,
        /// Port of its web page; a free one if 0.
        #[arg(long, default_value_t = 0)]
        http_port: u16,
    },
    /// The SMS gateway.
    Sms {
        /// Its port; a free one if 0.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
    /// The virus scanner.
    Clamd {
        /// Its port; a free one if 0.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
    /// The push service.
    Push {
        /// Its port; a free one if 0.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}
