//! The repository as the rules see it: paths and texts, so that a rule is a pure function and its test needs no disk.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A text file of the repository.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// The whole text.
    pub(crate) text: String,
}

impl SourceFile {
    /// Written by a program, so exempt from rules about how people write: something in the path is called `generated` or `dist`.
    pub(crate) fn is_generated(&self) -> bool {
        self.path.split('/').any(|part| {
            let stem = part.split('.').next().unwrap_or(part);
            stem == "generated" || part == "dist" || part == "vendor"
        })
    }

    /// Holds tests only.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs" || part == "testing.rs")
    }

    /// Is Rust that a person wrote.
    pub(crate) fn is_rust(&self) -> bool {
        self.has_extension("rs") && !self.is_generated()
    }

    /// Whether the name ends in `.extension`.
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, last)| last == extension)
    }

    /// The folder the file is in; empty at the root.
    pub(crate) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// All text files of the repository, in order of path.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: Vec<SourceFile>,
}

impl Tree {
    /// The files git knows or would add under `root`; what `.gitignore` names is left out, and so is what is not UTF-8.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        // The ownership check would refuse a checkout that another user made, as CI systems do; nothing is run from the folder.
        let listing = Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"])
            .current_dir(root)
            .output()
            .context("tidy asks git which files there are, but git did not start")?;
        ensure!(
            listing.status.success(),
            "tidy asks git which files there are: {}",
            String::from_utf8_lossy(&listing.stderr)
        );
        let names = String::from_utf8_lossy(&listing.stdout);
        // A file deleted but not yet committed is still listed: what cannot be read is not there.
        let files = names.split('\0').filter(|name| !name.is_empty()).filter_map(|name| {
            let text = std::fs::read_to_string(root.join(name)).ok()?;
            Some(SourceFile { path: name.to_owned(), text })
        });
        Ok(Self::of(files.collect()))
    }

    /// A tree of given files.
    pub(crate) fn of(mut files: Vec<SourceFile>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Self { files }
    }

    /// Every file.
    pub(crate) fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }

    /// Files whose path begins with `folder` and a slash.
    pub(crate) fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a SourceFile> {
        self.files.iter().filter(move |file| file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The file at `path`.
    pub(crate) fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether `path` is a file, or a folder with files in it.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.file(path).is_some() || self.under(path.trim_end_matches('/')).next().is_some()
    }
}

/// A tree for a rule's own test.
#[cfg(test)]
pub(crate) fn sample(files: &[(&str, &str)]) -> Tree {
    Tree::of(
        files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_code_is_known_by_the_name_of_a_folder_or_file() {
        let tree = sample(&[
            ("crates/fhir/src/generated/types.rs", ""),
            ("crates/fhir/src/generated.rs", ""),
            ("crates/web/assets/dist/app.js", ""),
            ("crates/fhir/src/regenerated.rs", ""),
        ]);
        let written: Vec<_> = tree.files().filter(|f| !f.is_generated()).map(|f| f.path.as_str()).collect();
        assert_eq!(written, ["crates/fhir/src/regenerated.rs"]);
    }

    #[test]
    fn a_folder_is_not_found_by_half_its_name() {
        let tree = sample(&[("docs/decisions/1.md", "")]);
        assert!(tree.has("docs/decisions/") && tree.has("docs") && tree.has("docs/decisions/1.md"));
        assert!(!tree.has("docs/dec"));
    }
}
