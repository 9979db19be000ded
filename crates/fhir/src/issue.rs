use std::fmt::Write as _;

/// How bad a problem is (R4 valueset-issue-severity).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The action failed and nothing was done.
    Error,
    /// It was done; there is something to look at.
    Warning,
    /// For information.
    Information,
}

impl Severity {
    /// The code as FHIR writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

/// What kind of problem it is (R4 valueset-issue-type, the part this product uses).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IssueCode {
    /// The content is not valid in some way no other code names.
    Invalid,
    /// Not JSON, or the JSON shape is wrong.
    Structure,
    /// A required element is missing.
    Required,
    /// The value of an element is wrong.
    Value,
    /// A code that is not one, or not one of those that are allowed.
    CodeInvalid,
    /// Something that must hold does not.
    Invariant,
    /// Who asks is not known.
    Login,
    /// Who asks may not do this.
    Forbidden,
    /// Too long or too many.
    TooLong,
    /// More than the server takes.
    TooCostly,
    /// Understood, but not offered here.
    NotSupported,
    /// It is not there.
    NotFound,
    /// It was there and is deleted.
    Deleted,
    /// It exists already.
    Duplicate,
    /// More than one matches a condition.
    MultipleMatches,
    /// It collides with another change.
    Conflict,
    /// A rule of the domain forbids it.
    BusinessRule,
    /// For now it cannot be done.
    Transient,
    /// Too much at once.
    Throttled,
    /// A fault of the server.
    Exception,
    /// All went well.
    Informational,
}

impl IssueCode {
    /// The code as FHIR writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::CodeInvalid => "code-invalid",
            Self::Invariant => "invariant",
            Self::Login => "login",
            Self::Forbidden => "forbidden",
            Self::TooLong => "too-long",
            Self::TooCostly => "too-costly",
            Self::NotSupported => "not-supported",
            Self::NotFound => "not-found",
            Self::Deleted => "deleted",
            Self::Duplicate => "duplicate",
            Self::MultipleMatches => "multiple-matches",
            Self::Conflict => "conflict",
            Self::BusinessRule => "business-rule",
            Self::Transient => "transient",
            Self::Throttled => "throttled",
            Self::Exception => "exception",
            Self::Informational => "informational",
        }
    }
}

/// One problem with what was sent: what becomes an issue of an `OperationOutcome` (R4 operationoutcome).
///
/// `diagnostics` is for developers, in English; it never carries a value that was sent, so that no health data ends in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// How bad.
    pub severity: Severity,
    /// What kind.
    pub code: IssueCode,
    /// FHIRPath of the bad element, such as `Patient.name[0].given[1]`, or the name of a parameter or header; may be empty.
    pub expression: String,
    /// What is wrong, in a sentence.
    pub diagnostics: String,
}

impl Issue {
    /// An error.
    pub fn error(code: IssueCode, expression: impl Into<String>, diagnostics: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, expression: expression.into(), diagnostics: diagnostics.into() }
    }

    /// The same with another element in front of the path: `Patient.name` of the resource in an entry becomes
    /// `Bundle.entry[3].resource.name` under `Bundle.entry[3].resource`.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        let rest = self.expression.find(['.', '[']).and_then(|at| self.expression.get(at..)).unwrap_or_default();
        self.expression = format!("{prefix}{rest}");
        self
    }
}

/// An `OperationOutcome` in JSON. Without any issue it says that all is well.
pub fn operation_outcome(issues: &[Issue]) -> Vec<u8> {
    let all_ok = [Issue {
        severity: Severity::Information,
        code: IssueCode::Informational,
        expression: String::new(),
        diagnostics: "All OK".to_owned(),
    }];
    let issues = if issues.is_empty() { &all_ok } else { issues };
    let mut out = String::from(r#"{"resourceType":"OperationOutcome","issue":["#);
    for (index, issue) in issues.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        // Writing to a String cannot fail.
        let _ = write!(out, r#"{{"severity":"{}","code":"{}""#, issue.severity.code(), issue.code.code());
        if !issue.diagnostics.is_empty() {
            out.push_str(r#","diagnostics":"#);
            crate::json::write_string(&mut out, &issue.diagnostics);
        }
        if !issue.expression.is_empty() {
            out.push_str(r#","expression":["#);
            crate::json::write_string(&mut out, &issue.expression);
            out.push(']');
        }
        out.push('}');
    }
    out.push_str("]}");
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_json_and_escapes_what_it_says() {
        let issue = Issue::error(IssueCode::Value, "Patient.name[0]", "a \"quote\" and a \n line");
        let json: serde_json::Value = serde_json::from_slice(&operation_outcome(&[issue.clone(), issue])).unwrap();
        assert_eq!(json["issue"][1]["diagnostics"], "a \"quote\" and a \n line");
        assert_eq!(json["issue"][0]["expression"][0], "Patient.name[0]");
        let empty: serde_json::Value = serde_json::from_slice(&operation_outcome(&[])).unwrap();
        assert_eq!(empty["issue"][0]["severity"], "information");
    }

    #[test]
    fn an_issue_of_an_inner_resource_moves_under_its_entry() {
        let at = |expression: &str| {
            Issue::error(IssueCode::Value, expression, "x").under("Bundle.entry[3].resource").expression
        };
        assert_eq!(at("Patient.name[0].given"), "Bundle.entry[3].resource.name[0].given");
        assert_eq!(at("Patient"), "Bundle.entry[3].resource");
        assert_eq!(at(""), "Bundle.entry[3].resource");
    }
}
