//! What no file may hold: unfinished work, silenced lints, skipped tests, names of registry hosts, paths of a machine, secrets.
//!
//! Patterns are put together from pieces, so that this file does not hold what it looks for.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::Violation;
use super::tokens::{self, group, is_ident, is_punct};
use super::tree::{SourceFile, Tree};

const UNFINISHED: &str = "unfinished";
const SILENCED: &str = "silenced";
const HOST: &str = "registry-host";
const MACHINE: &str = "machine-path";
const SECRET: &str = "secret";

/// A build must work behind any mirror, so the name of a registry belongs in the machine's own settings.
const HOSTS: &[&str] = &[
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("yarnpkg", ".com"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("deb.debian", ".org"),
    concat!("ftp.debian", ".org"),
    concat!("security.debian", ".org"),
    concat!("snapshot.debian", ".org"),
    concat!("archive.ubuntu", ".com"),
    concat!("proxy.golang", ".org"),
];
/// Folders of one developer's machine.
const FOLDERS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];
const SECRETS: &[&str] = &[
    concat!("PRIVATE", " KEY-----"),
    concat!("AGE-SECRET", "-KEY-"),
    concat!("github", "_pat_"),
    concat!("gh", "p_"),
    concat!("xo", "xb-"),
];
const NOTES: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
/// Macros that stand for work not done.
const STUBS: &[&str] = &["todo", "unimplemented"];
/// Files whose notes count; a document may speak of them.
const CODE: &[&str] = &["rs", "toml", "js", "mjs", "ts", "css", "sh", "sql", "ftl", "yml", "yaml", "html"];

/// Everything of that kind.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.files() {
        lines(file, &mut found);
        if file.is_rust() {
            silenced(file, tokens::all(file), &mut found);
        }
    }
    found
}

fn lines(file: &SourceFile, found: &mut Vec<Violation>) {
    // Cargo writes the name of its registry into its lock file, and has no way not to.
    let may_name_hosts = file.path.ends_with("Cargo.lock");
    let is_code = CODE.iter().any(|extension| file.has_extension(extension)) && !file.is_generated();
    for (index, line) in file.text.lines().enumerate() {
        let mut add = |rule, sentence: String| found.push(Violation::new(rule, &file.path, index + 1, sentence));
        if let Some(host) = HOSTS.iter().find(|host| !may_name_hosts && line.contains(**host)) {
            add(HOST, format!("`{host}` is a registry; no file names one (npm: omit-lockfile-registry-resolved)"));
        }
        if let Some(folder) = FOLDERS.iter().find(|folder| begins_path(line, folder)) {
            add(MACHINE, format!("`{folder}` is a folder of one machine; make it relative or a setting"));
        }
        if SECRETS.iter().any(|secret| has_word(line, secret)) {
            add(SECRET, "looks like a secret; secrets are made at the start or read from a file outside".to_owned());
        }
        if let Some(note) = NOTES.iter().find(|note| is_code && has_word(line, note)) {
            add(UNFINISHED, format!("{note}: do it now, or write an issue and why it can wait"));
        }
    }
}

/// Whether an absolute path begins with `folder` here: not in the middle of another path or an address.
fn begins_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(place, _)| {
        let before = line.get(..place).and_then(|before| before.chars().next_back());
        !before.is_some_and(|before| before.is_alphanumeric() || "._-~/}>*".contains(before))
    })
}

/// Whether `word` stands in the line and not inside a longer word.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(place, _)| {
        let before = line.get(..place).and_then(|before| before.chars().next_back());
        let after = line.get(place + word.len()..).and_then(|after| after.chars().next());
        let inside = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphabetic);
        !inside(before) && (!inside(after) || word.ends_with(['_', '-']))
    })
}

fn silenced(file: &SourceFile, stream: TokenStream, found: &mut Vec<Violation>) {
    let level: Vec<TokenTree> = stream.into_iter().collect();
    for (index, token) in level.iter().enumerate() {
        let next = level.get(index + 1);
        let name = STUBS.iter().find(|stub| is_ident(token, stub) && next.is_some_and(|next| is_punct(next, '!')));
        if let Some(name) = name {
            let sentence = format!("`{name}!` stands for work not done; do it, or leave the thing out");
            found.push(Violation::new(UNFINISHED, &file.path, tokens::line(token), sentence));
        }
        let TokenTree::Group(inner) = token else { continue };
        let before = index.checked_sub(1).and_then(|before| level.get(before));
        let is_attribute = group(token, Delimiter::Bracket).is_some()
            && before.is_some_and(|before| is_punct(before, '#') || is_punct(before, '!'));
        if is_attribute {
            attribute(file, inner.stream(), found);
        }
        silenced(file, inner.stream(), found);
    }
}

/// `allow(..)` and `ignore`, also inside `cfg_attr(..)`.
fn attribute(file: &SourceFile, stream: TokenStream, found: &mut Vec<Violation>) {
    let level: Vec<TokenTree> = stream.into_iter().collect();
    let Some(first) = level.first() else { return };
    let names: Vec<TokenTree> = match level.get(1) {
        Some(TokenTree::Group(inner)) if is_ident(first, "cfg_attr") => inner.stream().into_iter().collect(),
        _ => vec![first.clone()],
    };
    for name in names {
        let sentence = match name.to_string().as_str() {
            "allow" => "use `expect` with a reason, so that it is told when it is no longer needed",
            "ignore" => "a test that is not run proves nothing; make it run or take it out",
            _ => continue,
        };
        found.push(Violation::new(SILENCED, &file.path, tokens::line(&name), sentence));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::sample;
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        check(&sample(&[(path, text)])).into_iter().map(|violation| violation.rule).collect()
    }

    #[test]
    fn unfinished_work_is_found_in_code() {
        let note = NOTES[0];
        assert_eq!(rules("a.rs", &format!("// {note}: later\n")), [UNFINISHED]);
        assert_eq!(rules("a.sh", &format!("# {}\n", NOTES[1])), [UNFINISHED]);
        assert_eq!(rules("a.rs", &format!("fn f() {{ {}!() }}", STUBS[0])), [UNFINISHED]);
        assert!(rules("docs/a.md", &format!("no {note} here")).is_empty());
        assert!(rules("a.rs", "fn todo() {} // mastodons\n").is_empty());
    }

    #[test]
    fn silenced_lints_and_skipped_tests_are_found() {
        assert_eq!(rules("a.rs", "#[allow(dead_code)] fn f() {}"), [SILENCED]);
        assert_eq!(rules("a.rs", "mod a { #![allow(dead_code)] }"), [SILENCED]);
        assert_eq!(rules("a.rs", "#[cfg_attr(test, allow(dead_code))] fn f() {}"), [SILENCED]);
        assert_eq!(rules("a.rs", "#[test] #[ignore = \"slow\"] fn f() {}"), [SILENCED]);
        assert!(
            rules("a.rs", "// no #[allow(x)]\n#[expect(dead_code, reason = \"x\")] fn f() { allow(1) }").is_empty()
        );
    }

    #[test]
    fn no_file_names_a_registry_or_a_machine() {
        assert_eq!(rules("a.md", &format!("https://index.{}/x", HOSTS[0])), [HOST]);
        assert_eq!(rules("e2e/package-lock.json", &format!("\"https://registry.{}/x\"", HOSTS[1])), [HOST]);
        assert!(rules("Cargo.lock", &format!("registry+https://{}-index", HOSTS[0])).is_empty());
        for folder in FOLDERS {
            assert_eq!(rules("a.toml", &format!("path = \"{folder}x\"")), [MACHINE]);
            assert!(rules("a.md", &format!("https://example.org{folder}x and ..{folder}x")).is_empty());
        }
    }

    #[test]
    fn secrets_are_found() {
        assert_eq!(rules("a.pem", &format!("-----BEGIN {}", SECRETS[0])), [SECRET]);
        assert_eq!(rules("a.txt", &format!("token={}abc", SECRETS[3])), [SECRET]);
        assert!(rules("a.txt", "a private key is made at the start").is_empty());
    }
}
