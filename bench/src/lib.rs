//! What the bench programs share: synthetic data, a load generator, memory of a process. See README.md.

pub mod bare;
pub mod data;
pub mod kit;
pub mod load;
pub mod serving;
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
    (status_mib(pid, "VmHWM:"), status_mib(pid, "VmRSS:"))
}

/// Resident memory in MiB that is not pages of files (which the kernel may drop at any time).
pub fn own_memory_mib(pid: u32) -> u64 {
    status_mib(pid, "RssAnon:")
}

fn status_mib(pid: u32, field: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) / 1024
}

/// Size of the files of a directory, in bytes.
pub fn size_bytes(directory: &Path) -> u64 {
    let files = std::fs::read_dir(directory).into_iter().flatten().flatten();
    files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
}

/// Size of the files of a directory, in MiB.
pub fn size_mib(directory: &Path) -> u64 {
    size_bytes(directory) >> 20
}
