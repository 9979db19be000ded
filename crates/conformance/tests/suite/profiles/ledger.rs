//! What is found wrong in data of others, each with its reason, in a file beside the tests. A test compares, so that neither a
//! new finding nor one that has gone passes unseen.

use std::collections::{BTreeMap, BTreeSet};

use varde_conformance::definitions::Definitions;
use varde_conformance::profile::{Options, Validator};
use varde_fhir::json::Limits;
use varde_fhir::{Issue, Parsed, Severity};

/// Questionnaires that HL7's publisher generated from each resource: groups have no `linkId`, which R4 requires, or no items.
const GENERATED: &str = "-questionnaire.json";

/// What was found in a set of files.
#[derive(Default)]
pub(crate) struct Findings {
    /// Files that were looked at.
    pub(crate) files: usize,
    /// Files whose only faults are those of HL7's generator.
    pub(crate) generated: usize,
    /// Files with errors.
    wrong: BTreeSet<String>,
    /// Errors: file, code and place without numbers, with how many there are and what was said.
    errors: BTreeMap<String, (usize, String)>,
    /// Profiles that are claimed and not loaded.
    not_loaded: BTreeSet<String>,
}

impl Findings {
    /// Validates a file against its type and what it claims.
    pub(crate) fn validate(&mut self, definitions: &Definitions, name: &str, bytes: &[u8]) {
        self.files += 1;
        let options = Options { issues: 1_000, ..Options::default() };
        match Parsed::parse_stored(bytes, &Limits::default()) {
            Ok(parsed) => self.note(name, &Validator::new(definitions).validate(&parsed, &[], &options)),
            Err(issues) => self.note(name, &issues),
        }
    }

    fn note(&mut self, name: &str, issues: &[Issue]) {
        let not_loaded = issues.iter().filter(|issue| issue.code.code() == "not-found");
        self.not_loaded.extend(not_loaded.map(|issue| issue.diagnostics.clone()));
        let errors: Vec<&Issue> = issues.iter().filter(|issue| issue.severity == Severity::Error).collect();
        let is_generators = |issue: &&Issue| {
            let said = &issue.diagnostics;
            issue.expression.ends_with(".linkId") || said.starts_with("que-1:") || said.starts_with("que-2:")
        };
        if name.ends_with(GENERATED) && !errors.is_empty() && errors.iter().all(is_generators) {
            self.generated += 1;
            return;
        }
        for issue in errors {
            self.wrong.insert(name.to_owned());
            let rule = issue.diagnostics.split(':').next().filter(|_| issue.code.code() == "invariant");
            let code = rule.unwrap_or(issue.code.code());
            let place: String = issue.expression.chars().filter(|letter| !letter.is_ascii_digit()).collect();
            let found =
                self.errors.entry(format!("{name} | {code} | {place}")).or_insert((0, issue.diagnostics.clone()));
            found.0 += 1;
        }
    }

    /// Compares with the ledger: lines of `file | code or rule | place | count | reason`; `#` begins a comment.
    pub(crate) fn compare(&self, ledger: &str, path: &str) {
        let mut expected: BTreeMap<String, usize> = BTreeMap::new();
        for line in ledger.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let parts: Vec<&str> = line.split(" | ").collect();
            assert!(parts.len() == 5 && parts[4].len() > 3, "no reason: {line}");
            expected.insert(parts[..3].join(" | "), parts[3].parse().unwrap());
        }
        let new: Vec<String> = self
            .errors
            .iter()
            .filter(|(key, (count, _))| expected.get(*key) != Some(count))
            .map(|(key, (count, said))| format!("{key} | {count} | {said}"))
            .collect();
        let gone: Vec<&String> = expected.keys().filter(|key| !self.errors.contains_key(*key)).collect();
        let (files, wrong, entries) = (self.files, self.wrong.len(), expected.len());
        println!("{path}: {files} files, {wrong} with errors, {entries} entries in the ledger; {:?}", self.not_loaded);
        assert!(new.is_empty() && gone.is_empty(), "not in {path}:\n{}\ngone:\n{gone:#?}", new.join("\n"));
    }
}
