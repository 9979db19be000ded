//! What is found wrong in data of others, each with its reason, in a file beside the tests. A test compares, so that neither a
//! new finding nor one that has gone passes unseen.

use std::collections::{BTreeMap, BTreeSet};

use varde_conformance::definitions::Definitions;
use varde_conformance::profile::{Options, Validator};
use varde_fhir::json::Limits;
use varde_fhir::{Issue, Parsed, Severity};

/// What was found in a set of files.
#[derive(Default)]
pub(crate) struct Findings {
    /// Files that were looked at.
    pub(crate) files: usize,
    /// Errors: file, code and place, with what was said.
    errors: BTreeMap<String, String>,
    /// Profiles that are claimed and not loaded.
    pub(crate) not_loaded: BTreeSet<String>,
    /// Warnings, and what could not be checked.
    pub(crate) others: BTreeMap<String, usize>,
}

impl Findings {
    /// Validates a file against its type and what it claims.
    pub(crate) fn validate(&mut self, definitions: &Definitions, name: &str, bytes: &[u8]) {
        self.files += 1;
        let parsed = match Parsed::parse_stored(bytes, &Limits::default()) {
            Ok(parsed) => parsed,
            Err(issues) => return self.note(name, &issues),
        };
        self.note(name, &Validator::new(definitions).validate(&parsed, &[], &Options::default()));
    }

    fn note(&mut self, name: &str, issues: &[Issue]) {
        for issue in issues.iter().filter(|issue| issue.severity != Severity::Error) {
            if issue.code.code() == "not-found" {
                self.not_loaded.insert(issue.diagnostics.clone());
            }
            *self.others.entry(issue.diagnostics.clone()).or_default() += 1;
        }
        for issue in issues.iter().filter(|issue| issue.severity == Severity::Error) {
            let rule = issue.diagnostics.split(':').next().filter(|_| issue.code.code() == "invariant").unwrap_or_default();
            let key = format!("{name} | {} {rule} | {}", issue.code.code(), issue.expression).replace("  |", " |");
            self.errors.insert(key, issue.diagnostics.clone());
        }
    }

    /// How many files have errors.
    pub(crate) fn wrong(&self) -> usize {
        let mut names: Vec<&str> = self.errors.keys().filter_map(|key| key.split(" | ").next()).collect();
        names.dedup();
        names.len()
    }

    /// Compares with the ledger: lines of `file | code | place | reason`. Lines that begin with `#` are comments.
    pub(crate) fn compare(&self, ledger: &str, path: &str) {
        let mut expected: Vec<String> = Vec::new();
        for line in ledger.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (key, reason) = line.rsplit_once(" | ").unwrap();
            assert!(reason.len() > 3, "no reason: {line}");
            expected.push(key.to_owned());
        }
        let new: Vec<String> = self
            .errors
            .iter()
            .filter(|(key, _)| !expected.contains(key))
            .map(|(key, text)| format!("{key} | {text}"))
            .collect();
        let gone: Vec<&String> = expected.iter().filter(|key| !self.errors.contains_key(*key)).collect();
        println!("{path}: {} files, {} with errors, {} entries in the ledger", self.files, self.wrong(), expected.len());
        for said in &self.not_loaded {
            println!("  {said}");
        }
        if std::env::var_os("VARDE_OTHERS").is_some() {
            for (said, count) in &self.others {
                println!("  {count} {said}");
            }
        }
        assert!(new.is_empty() && gone.is_empty(), "not in {path}:\n{}\ngone:\n{gone:#?}", new.join("\n"));
    }
}
