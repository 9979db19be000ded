//! The access log as an operator, a citizen and the world meet it: `varde audit`, and the signed heads that are served.

mod heads;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use varde_store::{LogFault, Place, PublicKey, Trust, verify_proof};

pub(crate) use heads::{begin, router, sign};

/// The log or the proof is not what was written.
const NOT_WHOLE: u8 = 2;
/// A file with keys or a head is never longer.
const LONGEST_FILE_BYTES: u64 = 1 << 20;

/// Walks the access log, also while it is in use, and prints whether it is whole. The exit code is 2 when
/// it is not. `keys` and `heads` come from outside the installation.
///
/// # Errors
/// When the database or a file cannot be read.
pub(crate) async fn verify(data: &Place, keys: &[String], heads: &[std::path::PathBuf]) -> anyhow::Result<ExitCode> {
    let data = data.clone().with_password(std::env::var("PGPASSWORD").ok());
    let heads = heads.iter().map(|file| read(file)).collect::<anyhow::Result<_>>()?;
    let trust = Trust { keys: read_keys(keys)?, heads };
    let result = data.verify_audit(&trust).await.context("reading the access log")?;
    let mut out = std::io::stdout().lock();
    let Some((entry, fault)) = result.fault else {
        writeln!(out, "The access log is whole: {} entries.", result.entries)?;
        if result.heads > 0 {
            let keys: Vec<String> = result.keys.iter().map(PublicKey::short).collect();
            writeln!(out, "{} signed heads agree with it, signed by {}.", result.heads, keys.join(", "))?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let what = match fault {
        LogFault::Changed => format!("entry {entry} is not what was written"),
        LogFault::Missing => format!("entry {entry} is missing"),
        LogFault::TailCut => format!("entry {entry} and all after it are missing or were rewritten"),
        LogFault::Tile(level) => {
            format!("the hashes kept from entry {entry} on (tiles of level {level}) are not those of the entries")
        }
        LogFault::Head => {
            format!("the signed head of {entry} entries does not belong to this log, or one before it is missing")
        }
        LogFault::Signature => format!("the head of {entry} entries is not signed by the log's keys"),
    };
    writeln!(out, "The access log is NOT whole: {what}.")?;
    Ok(ExitCode::from(NOT_WHOLE))
}

/// Checks a citizen's proof, without any database or network, and prints what it shows. The exit code is 2 when it proves nothing.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn verify_file(file: &Path, keys: &[String], newer: Option<&Path>) -> anyhow::Result<ExitCode> {
    let (proof, keys) = (read(file)?, read_keys(keys)?);
    let newer = newer.map(read).transpose()?;
    let mut out = std::io::stdout().lock();
    match verify_proof(&proof, &keys, newer.as_deref()) {
        Ok(proven) => {
            let (record, of) = (&proven.record, &proven.origin);
            writeln!(out, "The proof holds: entry {} is in the access log of {of}, as it was written.", record.seq)?;
            writeln!(
                out,
                "Time: {}. Who: {}. Interaction: {}. Rule: {}.",
                record.at, record.actor_name, record.interaction, record.rule
            )?;
            writeln!(
                out,
                "The head of {} entries that holds it is signed by the key given, and the head of {} entries goes on from it.",
                proven.size, proven.newest
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            writeln!(out, "The proof does NOT hold: {error}.")?;
            Ok(ExitCode::from(NOT_WHOLE))
        }
    }
}

/// Keys written out, or files with a key on each line.
fn read_keys(keys: &[String]) -> anyhow::Result<Vec<PublicKey>> {
    let mut out = Vec::new();
    for key in keys {
        if let Ok(key) = key.parse() {
            out.push(key);
            continue;
        }
        let text = read(Path::new(key))?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            out.push(line.parse().with_context(|| format!("in {key}"))?);
        }
    }
    Ok(out)
}

fn read(file: &Path) -> anyhow::Result<String> {
    let about = || format!("reading {}", file.display());
    if std::fs::metadata(file).with_context(about)?.len() > LONGEST_FILE_BYTES {
        bail!("{} is too long to be what was asked for", file.display());
    }
    std::fs::read_to_string(file).with_context(about)
}
