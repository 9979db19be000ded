//! `tidy: expect(rule) reason`: the one way past a rule, and it must be needed and give its reason.

use super::Violation;
use super::tree::{SourceFile, Tree};

const RULE: &str = "expectation";
/// Split, so that this file and its tests hold no expectation themselves.
const MARK: &str = concat!("tidy", ": expect(");
const MIN_REASON_CHARS: usize = 10;

struct Expectation {
    path: String,
    line: usize,
    rule: String,
    used: bool,
}

/// The violations nobody expected, and the expectations nobody needed.
pub(crate) fn apply(tree: &Tree, found: Vec<Violation>) -> Vec<Violation> {
    let mut left = Vec::new();
    let mut expected = Vec::new();
    for file in tree.files().filter(|file| !file.is_generated()) {
        read(file, &mut expected, &mut left);
    }
    for violation in found {
        let mut covered = false;
        for expectation in &mut expected {
            if covers(expectation, &violation) {
                expectation.used = true;
                covered = true;
            }
        }
        if !covered {
            left.push(violation);
        }
    }
    let unused = expected.iter().filter(|expectation| !expectation.used).map(|expectation| {
        let sentence = format!("nothing breaks `{}` here any longer; take the expectation out", expectation.rule);
        Violation::new(RULE, &expectation.path, expectation.line, sentence)
    });
    left.extend(unused);
    left
}

/// A violation of a whole file is expected anywhere in the file; one of a line, there or on the line above.
fn covers(expectation: &Expectation, violation: &Violation) -> bool {
    expectation.path == violation.path
        && expectation.rule == violation.rule
        && (violation.line == 0 || violation.line == expectation.line || violation.line == expectation.line + 1)
}

fn read(file: &SourceFile, expected: &mut Vec<Expectation>, left: &mut Vec<Violation>) {
    for (index, text) in file.text.lines().enumerate() {
        let Some((before, after)) = text.split_once(MARK) else { continue };
        // Documentation shows the form; only a comment that begins with it means it.
        let opening = before.trim_end();
        let comments: &[&str] = if file.has_extension("md") { &["<!--"] } else { &["//", "#", "--", "<!--", "/*"] };
        let is_documentation = ["//!", "///"].iter().any(|start| opening.trim_start().starts_with(start));
        if is_documentation || !comments.iter().any(|comment| opening.ends_with(comment)) {
            continue;
        }
        let (rule, reason) = after.split_once(')').unwrap_or((after, ""));
        let line = index + 1;
        if reason.trim().chars().count() < MIN_REASON_CHARS {
            left.push(Violation::new(RULE, &file.path, line, "an expectation gives its reason after the bracket"));
        }
        expected.push(Expectation { path: file.path.clone(), line, rule: rule.to_owned(), used: false });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::sample;
    use super::*;

    fn file(comment: &str) -> Tree {
        sample(&[("a.rs", &format!("// {MARK}{comment}\nlet x = 1;\n"))])
    }

    #[test]
    fn an_expected_violation_is_let_through_with_a_reason() {
        let found = vec![Violation::new("some-rule", "a.rs", 2, "bad")];
        assert!(apply(&file("some-rule) the name is the law's own"), found.clone()).is_empty());
        assert_eq!(apply(&file("other-rule) the name is the law's own"), found.clone()).len(), 2);
        assert_eq!(apply(&file("some-rule)"), found).len(), 1);
    }

    #[test]
    fn an_expectation_nobody_needs_is_a_violation() {
        assert_eq!(apply(&file("some-rule) the name is the law's own"), vec![]).len(), 1);
    }

    #[test]
    fn a_document_may_show_how_an_expectation_is_written() {
        let shown = format!("```rust\n// {MARK}some-rule) as an example\n```\n");
        assert!(apply(&sample(&[("docs/a.md", &shown)]), vec![]).is_empty());
        let shown = format!("//! // {MARK}some-rule) as an example\n");
        assert!(apply(&sample(&[("a.rs", &shown)]), vec![]).is_empty());
        let meant = format!("<!-- {MARK}some-rule) as an example -->\n");
        assert_eq!(apply(&sample(&[("docs/a.md", &meant)]), vec![]).len(), 1);
    }

    #[test]
    fn a_violation_of_the_whole_file_is_expected_anywhere_in_it() {
        let found = vec![Violation::new("some-rule", "a.rs", 0, "bad")];
        assert!(apply(&file("some-rule) the name is the law's own"), found).is_empty());
    }
}
