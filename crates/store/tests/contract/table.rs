//! Tables of cases as reviewed text files; cases/README.md says how to add one.

use std::collections::HashMap;
use std::path::PathBuf;

/// Where the tables are.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contract/cases")
}

/// One line of a table.
#[derive(Debug, PartialEq)]
pub(crate) struct Case {
    /// File and line, for the one who must look at it.
    pub(crate) place: String,
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) asked: String,
    pub(crate) expected: String,
}

/// The cases of `cases/NAME.txt`.
pub(crate) fn read(name: &str) -> Vec<Case> {
    let path = folder().join(format!("{name}.txt"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    cases(&format!("{name}.txt"), &text).unwrap_or_else(|error| panic!("{error}"))
}

/// Reads `name | what is asked | what is expected`, one case a line, `#` before a remark. The separator has a blank on either side, and
/// what is asked may hold it too.
pub(crate) fn cases(file: &str, text: &str) -> Result<Vec<Case>, String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut out = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let line = index + 1;
        let place = format!("cases/{file}:{line}");
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        let row = text.split_once(" | ").and_then(|(name, rest)| Some((name, rest.rsplit_once(" | ")?)));
        let Some((name, (asked, expected))) = row else {
            return Err(format!("{place}: not of the form: name | what is asked | what is expected"));
        };
        let [name, asked, expected] = [name, asked, expected].map(|part| part.trim().to_owned());
        if name.is_empty() || asked.is_empty() || expected.is_empty() {
            return Err(format!("{place}: a part is empty"));
        }
        if let Some(before) = seen.insert(format!("{asked} | {expected}"), line) {
            return Err(format!("{place}: the same case as in line {before}"));
        }
        out.push(Case { place, line, name, asked, expected });
    }
    if out.is_empty() { Err(format!("cases/{file}: no case")) } else { Ok(out) }
}

/// What a search is expected to bring.
#[derive(Debug, PartialEq)]
pub(crate) enum Expected {
    /// Matches in groups: in order one group after the other, of any order within a group. And what is included, when that is said.
    Found { groups: Vec<Vec<String>>, included: Option<Vec<String>> },
    /// Refused with this code of an issue.
    Refused(String),
}

/// Reads `a b {c d} + e`, `-` for nothing, `! code` for a refusal.
pub(crate) fn expected(text: &str) -> Result<Expected, String> {
    if let Some(code) = text.strip_prefix("! ") {
        return Ok(Expected::Refused(code.to_owned()));
    }
    let (matches, included) = match text.split_once(" + ") {
        Some((matches, included)) => (matches, Some(included)),
        None => (text, None),
    };
    let mut included: Option<Vec<String>> = included.map(|text| words(text).map(str::to_owned).collect());
    included.iter_mut().for_each(|ids| ids.sort());
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut within = false;
    for word in words(matches) {
        let opens = word.starts_with('{');
        let id = word.trim_start_matches('{').trim_end_matches('}');
        if opens && within || (!within && !opens && word.ends_with('}')) || id.is_empty() {
            return Err("braces do not match".to_owned());
        }
        match groups.last_mut().filter(|_| within) {
            Some(group) => group.push(id.to_owned()),
            None => groups.push(vec![id.to_owned()]),
        }
        within = (within || opens) && !word.ends_with('}');
    }
    groups.iter_mut().for_each(|group| group.sort());
    if within { Err("braces do not match".to_owned()) } else { Ok(Expected::Found { groups, included }) }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| *word != "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_and_a_bad_one_is_refused_with_its_line() {
        let read = cases("x.txt", "# remark\n\nname | Patient?a=x|y | - + k\n").unwrap();
        let one = &read[0];
        assert_eq!((one.line, &*one.name, &*one.asked, &*one.expected), (3, "name", "Patient?a=x|y", "- + k"));
        for (text, said) in [
            ("", "no case"),
            ("# only a remark\n", "no case"),
            ("\na | b\n", "x.txt:2: not of the form"),
            ("a b c\n", "x.txt:1: not of the form"),
            ("a | b |  \n", "x.txt:1: "),
            ("a | b | c\nx | d | e\ny | b | c\n", "x.txt:3: the same case as in line 1"),
        ] {
            let error = cases("x.txt", text).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn what_is_expected_is_read_and_braces_must_match() {
        let found = |groups: &[&[&str]], included: Option<&[&str]>| {
            let own = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
            Ok(Expected::Found { groups: groups.iter().map(|ids| own(ids)).collect(), included: included.map(own) })
        };
        assert_eq!(expected("-"), found(&[], None));
        assert_eq!(expected("b a"), found(&[&["b"], &["a"]], None));
        assert_eq!(expected("a {c b d} e"), found(&[&["a"], &["b", "c", "d"], &["e"]], None));
        assert_eq!(expected("- + b a"), found(&[], Some(&["a", "b"])));
        assert_eq!(expected("a + -"), found(&[&["a"]], Some(&[])));
        assert_eq!(expected("! value"), Ok(Expected::Refused("value".to_owned())));
        for bad in ["{a b", "a b}", "{a {b} c", "{}"] {
            assert!(expected(bad).is_err(), "{bad}");
        }
    }
}
