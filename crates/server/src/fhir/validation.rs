//! What a source sends, against R4's definitions and the profiles it claims, as strictly as the configuration says.

use std::collections::BTreeMap;

use tokio::runtime::{Handle, RuntimeFlavor};
use varde_base::SystemActor;
use varde_conformance::path::Now;
use varde_conformance::profile::{Options, Validator};
use varde_fhir::{Issue, Parsed, Severity};

use super::FhirState;
use super::outcome::Failed;
use crate::conformance::Validation;

/// From this size on, in bytes, validation may take milliseconds, and other requests of the thread must not wait for it.
const LARGE: usize = 64 << 10;
/// Most issues of one request.
const MAX_ISSUES: usize = 200;

/// Does work that takes a while without keeping the other tasks of this thread waiting.
pub(crate) fn aside<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let is_many = Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    if bytes >= LARGE && is_many { tokio::task::block_in_place(work) } else { work() }
}

impl FhirState {
    /// Validates against profiles that are named, those that are claimed, and the type.
    pub(crate) fn validate(&self, parsed: &Parsed<'_>, profiles: &[&str], options: &Options) -> Vec<Issue> {
        let rule_steps = self.limits().rule_steps;
        let options = Options { now: Some(self.validation_time()), issues: MAX_ISSUES, rule_steps, ..*options };
        let validator = Validator::new(self.definitions());
        aside(parsed.raw().len(), || validator.validate(parsed, profiles, &options))
    }

    fn validation_time(&self) -> Now {
        Now { unix_micros: self.now().as_microsecond(), offset_minutes: 0 }
    }

    fn found(&self, actor: &SystemActor, parsed: &Parsed<'_>) -> (Validation, Vec<Issue>) {
        let strictness = self.conformance().of_source(&actor.name);
        if strictness == Validation::Off {
            return (strictness, Vec::new());
        }
        // Whoever calls has checked the structure.
        let options = Options { structure: false, best_practice: false, ..Options::default() };
        let issues = self.validate(parsed, &[], &options);
        let errors = issues.iter().filter(|issue| issue.severity == Severity::Error).count();
        if errors > 0 {
            let (source, resource_type) = (&*actor.name, parsed.resource_type().name());
            tracing::warn!(
                source,
                resource_type,
                errors,
                rejected = strictness == Validation::Reject,
                "breaks a profile"
            );
        }
        (strictness, issues)
    }

    /// Checks a resource of a source. What is found comes back to be told, unless it is refused.
    ///
    /// # Errors
    /// 422 with every issue, when the source's resources are rejected and there is an error.
    pub(crate) fn check(&self, actor: &SystemActor, parsed: &Parsed<'_>) -> Result<Vec<Issue>, Failed> {
        let (strictness, issues) = self.found(actor, parsed);
        let is_wrong = issues.iter().any(|issue| issue.severity == Severity::Error);
        if strictness == Validation::Reject && is_wrong { Err(Failed::unprocessable(issues)) } else { Ok(issues) }
    }

    /// Checks the resources of a batch or transaction. The answer is what the entries of a batch are refused for.
    ///
    /// # Errors
    /// 422 for a transaction of which an entry is refused.
    pub(crate) fn check_bundle(
        &self,
        actor: &SystemActor,
        bundle: &Parsed<'_>,
        is_batch: bool,
    ) -> Result<BTreeMap<usize, Failed>, Failed> {
        let (strictness, issues) = self.found(actor, bundle);
        let mut refused = BTreeMap::new();
        let is_error = |issue: &Issue| issue.severity == Severity::Error;
        if strictness != Validation::Reject || !issues.iter().any(is_error) {
            return Ok(refused);
        }
        if !is_batch {
            return Err(Failed::unprocessable(issues));
        }
        let mut by_entry: BTreeMap<usize, Vec<Issue>> = BTreeMap::new();
        for issue in issues {
            if let Some(index) = entry_of(&issue.expression) {
                by_entry.entry(index).or_default().push(issue);
            }
        }
        for (index, issues) in by_entry {
            if issues.iter().any(is_error) {
                refused.insert(index, Failed::unprocessable(issues));
            }
        }
        Ok(refused)
    }
}

/// 3 of `Bundle.entry[3].resource.status`.
fn entry_of(expression: &str) -> Option<usize> {
    expression.strip_prefix("Bundle.entry[")?.split_once(']')?.0.parse().ok()
}
