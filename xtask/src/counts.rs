//! How many tests passed and failed, read from what test programs print.

use std::iter::Sum;

/// Tests of one or more suites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, timed out or were broken off.
    pub(crate) failed: u64,
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts
            .fold(Self::default(), |all, one| Self { passed: all.passed + one.passed, failed: all.failed + one.failed })
    }
}

impl Counts {
    /// The sum of all closing lines of `cargo test`, `cargo nextest`, `node --test` and `pytest` in `output`.
    pub(crate) fn read(output: &str) -> Self {
        output.lines().filter_map(closing_line).sum()
    }
}

fn closing_line(line: &str) -> Option<Counts> {
    let line = line.trim();
    if let Some(result) = line.strip_prefix("test result:") {
        // test result: ok. 12 passed; 0 failed; 0 ignored; ...
        return Some(listed(result.split_once('.')?.1, ';'));
    }
    if line.starts_with("Summary [") {
        // Summary [   0.512s] 12 tests run: 11 passed (1 slow), 1 failed, 0 skipped
        return Some(listed(line.split_once("run:")?.1, ','));
    }
    if let Some(summary) = line.strip_prefix('=').filter(|line| line.ends_with('=') && line.contains(" in ")) {
        // ===== 1 failed, 8 passed, 60 subtests passed in 12.34s (0:00:12) =====
        let (list, _) = summary.trim_matches(['=', ' ']).rsplit_once(" in ")?;
        return Some(listed(list, ','));
    }
    // node: `# pass 12` (TAP), or `ℹ pass 12` (for people)
    let (mark, rest) = line.split_once(' ')?;
    if mark != "#" && mark != "ℹ" {
        return None;
    }
    let (what, number) = rest.split_once(' ')?;
    let number = number.trim().parse().ok()?;
    match what {
        "pass" => Some(Counts { passed: number, failed: 0 }),
        "fail" | "cancelled" => Some(Counts { passed: 0, failed: number }),
        _ => None,
    }
}

/// `11 passed (1 slow), 1 failed, 0 skipped`
fn listed(list: &str, separator: char) -> Counts {
    let items = list.split(separator).filter_map(|item| {
        let (number, what) = item.trim().split_once(' ')?;
        let number = number.parse().ok()?;
        let starts = |word: &str| what.starts_with(word);
        if starts("passed") {
            Some(Counts { passed: number, failed: 0 })
        } else if starts("failed") || starts("timed out") || starts("exec failed") || starts("error") {
            Some(Counts { passed: 0, failed: number })
        } else {
            None
        }
    });
    items.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_program_is_understood() {
        for (output, passed, failed) in [
            ("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.98s", 12, 0),
            (
                "test result: FAILED. 28 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.9s",
                28,
                1,
            ),
            ("     Summary [   0.512s] 12 tests run: 9 passed (1 slow), 2 failed, 1 timed out, 4 skipped", 9, 3),
            ("     Summary [   0.002s] 1 test run: 1 passed, 0 skipped", 1, 0),
            ("# tests 7\n# suites 0\n# pass 5\n# fail 1\n# cancelled 1\n# skipped 0\n# duration_ms 3.1", 5, 2),
            ("ℹ tests 3\nℹ pass 3\nℹ fail 0\nℹ duration_ms 3.1", 3, 0),
            ("test result: ok. 1 passed; 0 failed\nfoo\ntest result: ok. 2 passed; 0 failed", 3, 0),
            ("===== 1 failed, 8 passed, 60 subtests passed, 2 errors in 88.12s (0:01:28) =====", 8, 3),
            ("============================== 9 passed in 0.47s ===============================", 9, 0),
            ("error: could not compile", 0, 0),
        ] {
            assert_eq!(Counts::read(output), Counts { passed, failed }, "{output}");
        }
    }
}
