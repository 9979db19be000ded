//! `varde audit verify`: proves the access log whole, or names its first bad entry.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use varde_store::Store;

/// Walks the log of a data directory; status 0 when it is whole, 1 when it is not.
#[expect(clippy::print_stdout, reason = "this is what the person at the terminal asked for")]
pub(crate) fn verify(data: &Path) -> anyhow::Result<ExitCode> {
    let verification = Store::verify_audit(data).with_context(|| format!("reading the log in {}", data.display()))?;
    match &verification.fault {
        None => {
            println!("The access log is whole: {} entries.", verification.entries);
            Ok(ExitCode::SUCCESS)
        }
        Some(fault) => {
            println!("The access log is NOT whole. {fault}");
            Ok(ExitCode::FAILURE)
        }
    }
}
