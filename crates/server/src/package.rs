//! `varde package`: FHIR packages an installation validates by and draws its terminology from.
//!
//! A package lies as it came in the data directory, `packages/NAME-VERSION.tgz`; it is read at start. Adding one while the
//! program runs is safe, and counts from the next start.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use varde_conformance::definitions::{Definitions, MAX_PACKAGE_BYTES, Package};

/// Most of what cannot be used that is told by name.
const MAX_TOLD: usize = 20;
/// Most packages of an installation.
const MAX_PACKAGES: usize = 500;

fn folder(data: &Path) -> PathBuf {
    data.join("packages")
}

/// Checks archives and keeps them.
///
/// # Errors
/// When one is no package or cannot be written; those before it are kept.
pub(crate) fn add(data: &Path, files: &[PathBuf]) -> anyhow::Result<()> {
    for file in files {
        let said = add_one(data, file).with_context(|| format!("package {}", file.display()))?;
        say(&said)?;
    }
    Ok(())
}

fn add_one(data: &Path, file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MAX_PACKAGE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_PACKAGE_BYTES {
        bail!("an archive is at most {MAX_PACKAGE_BYTES} bytes");
    }
    let package = Package::read(&bytes[..])?;
    let (name, dependencies) = (package.name.clone(), package.dependencies.clone());
    // Beside those that are there: a profile may build on one of another package.
    let mut definitions = load(data)?;
    let count = package.load(&mut definitions)?;
    if count == 0 {
        bail!("there is no definition in it");
    }
    keep(&folder(data), &format!("{}-{}.tgz", name.name, name.version), &bytes)?;
    let mut said = format!("{} {}: {count} definitions\n", name.name, name.version);
    let installed: Vec<String> = installed(data)?.into_iter().map(|(name, _)| name).collect();
    for other in dependencies.iter().filter(|other| !other.name.starts_with("hl7.fhir.r4.")) {
        let begin = format!("{}-", other.name);
        if !installed.iter().any(|name| name.starts_with(&begin)) {
            said.push_str(&format!("  it builds on {} {}, which is not there\n", other.name, other.version));
        }
    }
    for (url, why) in definitions.problems().into_iter().take(MAX_TOLD) {
        said.push_str(&format!("  cannot be used: {url}: {why}\n"));
    }
    Ok(said)
}

/// Writes a file so that it is whole or not there: under another name, to the disk, then renamed.
fn keep(folder: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let waiting = folder.join(format!(".{name}.{}", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&waiting)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&waiting, folder.join(name))?;
        File::open(folder)?.sync_all()
    };
    write().or_else(|error| {
        // What could not be written whole is of no use; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&waiting);
        Err(error).with_context(|| format!("writing {}", folder.join(name).display()))
    })
}

/// File names and paths of the packages, in the order they are read: by name, the newest version last.
fn installed(data: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let folder = folder(data);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("reading {}", folder.display())),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.ends_with(".tgz") && !name.starts_with('.') {
            found.push((name, path));
        }
    }
    if found.len() > MAX_PACKAGES {
        bail!("more than {MAX_PACKAGES} packages in {}", folder.display());
    }
    found.sort_by_key(|(name, _)| order(name));
    Ok(found)
}

/// Numbers in a file name count as numbers, so that version 10 comes after version 9.
fn order(name: &str) -> Vec<(u64, String)> {
    let stem = name.trim_end_matches(".tgz");
    stem.split(['.', '-']).map(|part| (part.parse().unwrap_or(0), part.to_owned())).collect()
}

/// HL7's definitions and those of the packages in a data directory.
///
/// # Errors
/// When one of them cannot be read: an installation that would validate by less than it was given does not start.
pub(crate) fn load(data: &Path) -> anyhow::Result<Definitions> {
    let mut definitions = Definitions::base();
    for (name, path) in installed(data)? {
        let read = || -> anyhow::Result<usize> { Ok(Package::read(File::open(&path)?)?.load(&mut definitions)?) };
        let count = { read }().with_context(|| format!("package {}", path.display()))?;
        tracing::info!(package = name, definitions = count, "package");
    }
    Ok(definitions)
}

/// Says which packages are there.
///
/// # Errors
/// When one cannot be read.
pub(crate) fn list(data: &Path) -> anyhow::Result<()> {
    for (_, path) in installed(data)? {
        let package = Package::read(File::open(&path)?).with_context(|| format!("package {}", path.display()))?;
        say(&format!("{} {}: {} definitions\n", package.name.name, package.name.version, package.resources.len()))?;
    }
    Ok(())
}

fn say(text: &str) -> std::io::Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_read_by_name_and_version_and_what_is_half_written_is_not() {
        let data = tempfile::tempdir().unwrap();
        let folder = folder(data.path());
        for name in ["b-1.10.0.tgz", "b-1.9.0.tgz", "a-2.0.0.tgz"] {
            keep(&folder, name, b"x").unwrap();
        }
        fs::write(folder.join(".c-1.0.0.tgz.7"), "half").unwrap();
        let names: Vec<String> = installed(data.path()).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a-2.0.0.tgz", "b-1.9.0.tgz", "b-1.10.0.tgz"]);
        let error = load(data.path()).err().unwrap();
        assert!(format!("{error:#}").contains("a-2.0.0.tgz"), "{error:#}");
        assert!(load(&data.path().join("empty")).is_ok());
    }
}
