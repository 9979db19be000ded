//! The house rules a compiler cannot know, checked on every change.
//!
//! Each rule is a pure function from the [`tree::Tree`] to violations, in a file of its own with its test. A violation is a place and
//! a sentence that says what to do. Where a rule is wrong for once, write beside the line, or on the line above:
//!
//! ```text
//! // tidy: expect(name-of-rule) why it is right here
//! ```
//!
//! An expectation that nothing needs any longer is itself a violation, so that none outlives its reason.

mod docs;
mod expectations;
mod forbidden;
mod length;
mod locales;
mod nouns;
mod page_text;
mod rooms;
mod routes;
mod slices;
mod tokens;
mod tree;

use std::fmt;
use std::path::Path;

use anyhow::Result;

use tree::Tree;

/// A place that breaks a house rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    /// Path from the root.
    pub(crate) path: String,
    /// Line from 1; 0 when the whole file is meant.
    pub(crate) line: usize,
    /// Name of the rule, as an expectation writes it.
    pub(crate) rule: &'static str,
    /// What is wrong and what to do.
    pub(crate) sentence: String,
}

impl Violation {
    fn new(rule: &'static str, path: &str, line: usize, sentence: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule, sentence: sentence.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {} [{}]", self.path, self.sentence, self.rule),
            line => write!(f, "{}:{line}: {} [{}]", self.path, self.sentence, self.rule),
        }
    }
}

/// All violations in the repository at `root`, in order of place.
pub(crate) fn check(root: &Path) -> Result<Vec<Violation>> {
    let tree = Tree::read(root)?;
    let mut found = rooms::check(&rooms::packages(root)?);
    for rule in [
        slices::check,
        nouns::check,
        length::check,
        locales::check,
        page_text::check,
        routes::check,
        forbidden::check,
        docs::check,
    ] {
        found.extend(rule(&tree));
    }
    let mut left = expectations::apply(&tree, found);
    left.sort();
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let found: Vec<String> = check(root).unwrap().iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{} places break a house rule:\n{}", found.len(), found.join("\n"));
    }
}
