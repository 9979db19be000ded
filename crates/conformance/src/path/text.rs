//! Regular expressions with limits.

use regex::{Regex, RegexBuilder};

use super::functions::Function;

/// Longest pattern, in bytes.
const MAX_PATTERN: usize = 2_000;
/// Memory a compiled pattern may take, in bytes. Matching takes linear time whatever the pattern.
const MAX_COMPILED: usize = 1 << 20;

/// A pattern for a function: `matchesFull` wants the whole text. A point stands for a line break, too (FHIRPath 2.0,
/// "matches").
pub(super) fn regex(pattern: &str, function: Function) -> Option<Regex> {
    if pattern.len() > MAX_PATTERN {
        return None;
    }
    let pattern = if function.is_whole_match() { format!("^(?:{pattern})$") } else { pattern.to_owned() };
    RegexBuilder::new(&pattern)
        .dot_matches_new_line(true)
        .size_limit(MAX_COMPILED)
        .dfa_size_limit(MAX_COMPILED)
        .nest_limit(50)
        .build()
        .ok()
}
