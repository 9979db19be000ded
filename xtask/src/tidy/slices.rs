//! Slices: a service is one folder, complete, and imports no sibling, so that it can move out later.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenTree};

use super::Violation;
use super::tokens::{self, group, is_ident, is_punct};
use super::tree::{SourceFile, Tree};

const COMPLETE: &str = "slice-complete";
const SIBLING: &str = "slice-sibling";

/// Where slices live.
pub(crate) const SLICES: &str = "crates/services/src";
/// Folders there that every slice may use, and that are no slices.
const SHARED: &[&str] = &["shared"];

/// What every slice has.
const REQUIRED: &[&str] =
    &["mod.rs", "citizen.rs", "pages.rs", "texts/nb.ftl", "texts/nn.ftl", "texts/en.ftl", "texts/se.ftl"];
/// What a slice has besides, when it has the first: one that writes decides, and reads FHIR; and what decides is tested.
const FOLLOWS: &[(&str, &str)] = &[
    ("actions.rs", "rules.rs"),
    ("actions.rs", "fhir.rs"),
    ("rules.rs", "tests/rules.rs"),
    ("fhir.rs", "tests/fhir.rs"),
];

/// Names of the slices, from their folders.
pub(crate) fn names(tree: &Tree) -> BTreeSet<&str> {
    let folders = tree.under(SLICES).filter_map(|file| {
        let (slice, _) = file.path.strip_prefix(SLICES)?.trim_start_matches('/').split_once('/')?;
        Some(slice)
    });
    folders.filter(|name| !SHARED.contains(name)).collect()
}

/// Slices with files missing, and slices that know a sibling.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let names = names(tree);
    let mut found = Vec::new();
    for name in &names {
        let folder = format!("{SLICES}/{name}");
        found.extend(missing(tree, &folder));
        let siblings: BTreeSet<&str> = names.iter().copied().filter(|other| other != name).collect();
        for file in tree.under(&folder).filter(|file| file.is_rust()) {
            found.extend(imports(tree, file, &folder, &siblings));
        }
    }
    found
}

fn missing(tree: &Tree, folder: &str) -> Vec<Violation> {
    // A model file or a folder may stand for a file of the same name: `pages.rs` or `pages/mod.rs`.
    let has = |file: &str| {
        tree.has(&format!("{folder}/{file}")) || tree.has(&format!("{folder}/{}/mod.rs", file.trim_end_matches(".rs")))
    };
    let required = REQUIRED.iter().copied().map(|file| (file, "every slice has one".to_owned()));
    let followed = FOLLOWS.iter().filter(|(first, _)| has(first));
    let followed = followed.map(|(first, then)| (*then, format!("a slice with {first} has one")));
    let wanted = required.chain(followed).filter(|(file, _)| !has(file));
    let place = format!("{folder}/mod.rs");
    wanted.map(|(file, why)| Violation::new(COMPLETE, &place, 0, format!("{file} is missing: {why}"))).collect()
}

fn imports(tree: &Tree, file: &SourceFile, folder: &str, siblings: &BTreeSet<&str>) -> Vec<Violation> {
    let mut found = Vec::new();
    each_level_with_tests(tokens::all(file).into_iter().collect(), &mut |level| {
        for (index, token) in level.iter().enumerate() {
            let is_crate = is_ident(token, "crate");
            if !is_crate && !is_ident(token, "super") {
                continue;
            }
            for named in names_after(level, index + 1) {
                let name = named.to_string();
                // `super::x` may be a module of the slice itself that happens to be called as a sibling is.
                let own = tree.has(&format!("{folder}/{name}.rs")) || tree.has(&format!("{folder}/{name}"));
                if siblings.contains(name.as_str()) && (is_crate || !own) {
                    let sentence = format!(
                        "a slice imports no sibling, and this is `{name}`: move what both need to `shared`, or meet in FHIR resources"
                    );
                    found.push(Violation::new(SIBLING, &file.path, tokens::line(named), sentence));
                }
            }
        }
    });
    found
}

/// The names that `::name` or `::{a, b::c}` after `index` begin with.
fn names_after(level: &[TokenTree], index: usize) -> Vec<&TokenTree> {
    let colons = level.get(index).zip(level.get(index + 1));
    if !colons.is_some_and(|(a, b)| is_punct(a, ':') && is_punct(b, ':')) {
        return Vec::new();
    }
    // Inside `{..}` the names stand in a level of their own, which `each_level_with_tests` has marked with a leading `crate ::`.
    level.get(index + 2).into_iter().filter(|token| matches!(token, TokenTree::Ident(_))).collect()
}

/// Every level; what is in braces after `crate::` or `super::` gets that prefix before each of its names.
fn each_level_with_tests(level: Vec<TokenTree>, visit: &mut dyn FnMut(&[TokenTree])) {
    visit(&level);
    for (index, token) in level.iter().enumerate() {
        let TokenTree::Group(inner) = token else { continue };
        let mut tokens: Vec<TokenTree> = inner.stream().into_iter().collect();
        let prefix = index.checked_sub(3).and_then(|start| level.get(start..index)).filter(|before| {
            group(token, Delimiter::Brace).is_some()
                && before.first().is_some_and(|first| is_ident(first, "crate") || is_ident(first, "super"))
                && before.get(1..).is_some_and(|colons| colons.iter().all(|colon| is_punct(colon, ':')))
        });
        if let Some(prefix) = prefix {
            tokens = tokens
                .split(|token| is_punct(token, ','))
                .flat_map(|name| prefix.iter().chain(name).cloned().collect::<Vec<_>>())
                .collect();
        }
        each_level_with_tests(tokens, visit);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::sample;
    use super::*;

    fn siblings_in(code: &str) -> usize {
        let tree = sample(&[
            ("crates/services/src/letters/citizen.rs", code),
            ("crates/services/src/vaccines/mod.rs", ""),
            ("crates/services/src/shared/mod.rs", ""),
        ]);
        check(&tree).iter().filter(|violation| violation.rule == SIBLING).count()
    }

    #[test]
    fn a_slice_imports_no_sibling() {
        for good in [
            "use crate::shared::State;",
            "use super::rules;",
            "use varde_web::vaccines;",
            "// crate::vaccines\nfn f() { let vaccines = 1; }",
            "use crate::{shared::vaccines, Slice};",
        ] {
            assert_eq!(siblings_in(good), 0, "{good}");
        }
        for bad in [
            "use crate::vaccines::rules;",
            "fn f() { crate::vaccines::rules::g() }",
            "use super::super::vaccines;",
            "use crate::{shared::State, vaccines};",
            "#[cfg(test)] mod tests { use crate::vaccines::SLICE; }",
        ] {
            assert_eq!(siblings_in(bad), 1, "{bad}");
        }
    }

    #[test]
    fn a_slice_has_all_its_files() {
        let folder = "crates/services/src/vaccines";
        let mut files: Vec<(String, String)> =
            REQUIRED.iter().map(|file| (format!("{folder}/{file}"), String::new())).collect();
        let complete = |files: &[(String, String)]| {
            let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
            check(&sample(&files)).into_iter().map(|violation| violation.sentence).collect::<Vec<_>>()
        };
        assert_eq!(complete(&files), Vec::<String>::new());

        files.retain(|(path, _)| !path.ends_with("se.ftl"));
        assert_eq!(complete(&files), ["texts/se.ftl is missing: every slice has one"]);

        files.push((format!("{folder}/texts/se.ftl"), String::new()));
        files.push((format!("{folder}/rules/mod.rs"), String::new()));
        assert_eq!(complete(&files), ["tests/rules.rs is missing: a slice with rules.rs has one"]);
    }
}
