//! What the bench programs share: synthetic data, a load generator, memory of a process. See README.md.

pub mod data;
pub mod load;
pub mod site;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The program that is measured: the one named, or the one built beside this.
///
/// # Errors
/// When there is none.
pub fn program(named: Option<&str>) -> anyhow::Result<PathBuf> {
    let path = match named {
        Some(named) => PathBuf::from(named),
        None => std::env::current_exe()?.with_file_name("varde"),
    };
    anyhow::ensure!(path.is_file(), "{} is not there; cargo build --release makes it", path.display());
    path.canonicalize().context("finding the program")
}

/// Peak and present resident memory of a process in MiB, from `/proc`; zeros where there is no such thing.
pub fn memory_mib(pid: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) / 1024
    };
    (field("VmHWM:"), field("VmRSS:"))
}

/// Resident memory in MiB that is not pages of files (which the kernel may drop at any time).
pub fn own_memory_mib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) / 1024
}

/// Bytes of the files of a directory.
pub fn size_mib(directory: &Path) -> u64 {
    let files = std::fs::read_dir(directory).into_iter().flatten().flatten();
    files.filter_map(|file| Some(file.metadata().ok()?.len())).sum::<u64>() >> 20
}
