//! FHIR packages: npm's form of an archive (.tgz) with `package/package.json` and definitions beside it.

use std::io::Read;

use varde_fhir::json::{self, Node};

use super::{DefinitionError, Definitions};

/// Largest archive, in bytes as packed.
pub const MAX_PACKAGE_BYTES: u64 = 256 << 20;
/// Most entries in an archive.
const MAX_ENTRIES: usize = 50_000;
/// Largest file in an archive, in bytes.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// Largest sum of all files of an archive, in bytes.
const MAX_UNPACKED_BYTES: u64 = 2 << 30;
/// Folders of a package that hold resources. Examples are no definitions.
const FOLDERS: [&str; 1] = ["package"];

/// Name and version of a package, as they are in its manifest: safe as parts of a file name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageName {
    /// Such as `hl7.fhir.uv.ips`.
    pub name: String,
    /// Such as `2.0.0`.
    pub version: String,
}

/// A package that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Name and version.
    pub name: PackageName,
    /// The definitions, as JSON.
    pub resources: Vec<String>,
    /// Files in it that are no resources, or of kinds that are not used.
    pub left_out: usize,
    /// Packages it says it depends on.
    pub dependencies: Vec<PackageName>,
}

/// Why an archive is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Not a compressed archive, or cut off.
    #[error("not a readable .tgz archive: {0}")]
    Archive(#[from] std::io::Error),
    /// Larger than is taken.
    #[error("the archive is too large: {0}")]
    TooLarge(&'static str),
    /// No `package/package.json` with a name and a version.
    #[error("package/package.json with name and version is missing or wrong")]
    Manifest,
    /// A file in it.
    #[error("{file}: {error}")]
    File {
        /// Its path in the archive.
        file: String,
        /// What is wrong.
        error: DefinitionError,
    },
}

impl Package {
    /// Reads an archive.
    ///
    /// # Errors
    /// [`PackageError`].
    pub fn read(packed: impl Read) -> Result<Self, PackageError> {
        let limited = flate2::read::GzDecoder::new(packed.take(MAX_PACKAGE_BYTES)).take(MAX_UNPACKED_BYTES);
        let mut archive = tar::Archive::new(limited);
        let (mut name, mut dependencies, mut resources, mut left_out) = (None, Vec::new(), Vec::new(), 0);
        for (count, entry) in archive.entries()?.enumerate() {
            if count >= MAX_ENTRIES {
                return Err(PackageError::TooLarge("too many files"));
            }
            let entry = entry?;
            let path = entry.path()?.to_string_lossy().into_owned();
            let Some((folder, file)) = path.rsplit_once('/') else { continue };
            let is_json = file.ends_with(".json") && !file.starts_with('.') && entry.header().entry_type().is_file();
            if !is_json || !FOLDERS.contains(&folder.trim_start_matches("./")) {
                left_out += 1;
                continue;
            }
            if entry.size() > MAX_FILE_BYTES {
                return Err(PackageError::TooLarge("a file of more than 64 MiB"));
            }
            let mut text = String::new();
            entry.take(MAX_FILE_BYTES).read_to_string(&mut text)?;
            if file == "package.json" {
                (name, dependencies) = manifest(&text)?;
                continue;
            }
            match is_definition(&text).map_err(|error| PackageError::File { file: path, error })? {
                true => resources.push(text),
                false => left_out += 1,
            }
        }
        let name = name.ok_or(PackageError::Manifest)?;
        Ok(Self { name, resources, left_out, dependencies })
    }

    /// Adds what it defines to a set. Returns how many definitions that were.
    ///
    /// # Errors
    /// [`DefinitionError`].
    pub fn load(self, definitions: &mut Definitions) -> Result<usize, DefinitionError> {
        let mut count = 0;
        for resource in self.resources {
            count += usize::from(definitions.add(resource)?.is_some());
        }
        Ok(count)
    }
}

fn is_definition(text: &str) -> Result<bool, DefinitionError> {
    let node = json::parse(text.as_bytes(), &super::LIMITS).map_err(|e| DefinitionError::Json(e.to_string()))?;
    let kind = node.get("resourceType").and_then(Node::str).and_then(super::Kind::from_resource_type);
    // A resource without an address cannot be asked for; packages have such as examples in the wrong folder.
    Ok(kind.is_some() && node.get("url").and_then(Node::str).is_some())
}

fn manifest(text: &str) -> Result<(Option<PackageName>, Vec<PackageName>), PackageError> {
    let node = json::parse(text.as_bytes(), &json::Limits::default()).map_err(|_| PackageError::Manifest)?;
    let value = |name: &str| node.get(name).and_then(Node::str).filter(|text| is_safe(text)).map(str::to_owned);
    let (Some(name), Some(version)) = (value("name"), value("version")) else { return Err(PackageError::Manifest) };
    let members = node.get("dependencies").and_then(Node::object).map(|o| o.members()).unwrap_or_default();
    let dependencies = members.iter().filter_map(|member| {
        Some(PackageName { name: member.name.as_ref().to_owned(), version: member.value.str()?.to_owned() })
    });
    Ok((Some(PackageName { name, version }), dependencies.collect()))
}

/// Letters, digits, `.`, `-` and `_`, not beginning with a dot: what can be a part of a file name anywhere.
fn is_safe(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    !text.is_empty() && text.len() <= 100 && !text.starts_with('.') && text.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Kind;

    const MANIFEST: &str = r#"{"name":"no.test","version":"1.0.0","dependencies":{"hl7.fhir.r4.core":"4.0.1"}}"#;

    fn archive(files: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        for (path, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn a_package_gives_its_definitions_and_nothing_else() {
        let set = r#"{"resourceType":"ValueSet","url":"urn:set"}"#;
        let packed = archive(&[
            ("package/package.json", MANIFEST),
            ("package/ValueSet-a.json", set),
            ("package/Patient-a.json", r#"{"resourceType":"Patient"}"#),
            ("package/.index.json", "{}"),
            ("package/example/ValueSet-b.json", r#"{"resourceType":"ValueSet","url":"urn:example"}"#),
            ("package/readme.md", "hello"),
        ]);
        let package = Package::read(&packed[..]).unwrap();
        assert_eq!(package.name, PackageName { name: "no.test".into(), version: "1.0.0".into() });
        assert_eq!((package.resources.len(), package.left_out, package.dependencies.len()), (1, 4, 1));
        let mut definitions = Definitions::base();
        assert_eq!(package.load(&mut definitions), Ok(1));
        assert!(definitions.find(Kind::ValueSet, "urn:set").is_some());
    }

    #[test]
    fn what_is_no_package_is_refused() {
        let bad_name = MANIFEST.replace("no.test", "../x");
        let cases: [&[(&str, &str)]; 4] = [
            &[("package/ValueSet-a.json", "{}")],
            &[("package/package.json", "{}")],
            &[("package/package.json", &bad_name)],
            &[("package/package.json", MANIFEST), ("package/a.json", "{")],
        ];
        for files in cases {
            assert!(Package::read(&archive(files)[..]).is_err(), "{files:?}");
        }
        let good = archive(&[("package/package.json", MANIFEST)]);
        assert!(Package::read(&good[..]).is_ok());
        assert!(Package::read(&good[..good.len() / 2]).is_err(), "cut off");
        assert!(Package::read(&b"hello"[..]).is_err());
    }
}
