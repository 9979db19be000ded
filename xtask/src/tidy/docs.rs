//! Documents: links between them lead somewhere, and the map names every crate.

use std::collections::BTreeSet;

use super::Violation;
use super::tree::{SourceFile, Tree};

const LINK: &str = "docs-link";
const MAP: &str = "docs-map";
const ARCHITECTURE: &str = "docs/architecture.md";

/// Dead links, and crates the architecture does not name.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let documents = tree.files().filter(|file| file.has_extension("md") && !file.is_generated());
    let mut found: Vec<Violation> = documents.flat_map(|file| dead_links(tree, file)).collect();
    if let Some(map) = tree.file(ARCHITECTURE) {
        found.extend(unnamed_crates(tree, map));
    }
    found
}

fn unnamed_crates(tree: &Tree, map: &SourceFile) -> Vec<Violation> {
    let manifests = tree.files().filter(|file| file.path.ends_with("/Cargo.toml"));
    let folders = manifests.map(SourceFile::folder).filter(|folder| {
        let (parent, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        // `simulators/*` names all its members at once.
        !map.text.contains(name) && (parent.is_empty() || !map.text.contains(&format!("`{parent}/*`")))
    });
    folders
        .map(|folder| {
            Violation::new(MAP, ARCHITECTURE, 0, format!("does not name `{folder}`; say what it is for and may know"))
        })
        .collect()
}

fn dead_links(tree: &Tree, file: &SourceFile) -> Vec<Violation> {
    let mut found = Vec::new();
    for (line, target) in links(&file.text) {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = if path.is_empty() { Some(file.path.clone()) } else { resolve(file.folder(), path) };
        match path.filter(|path| path.is_empty() || tree.has(path)) {
            None => found.push(Violation::new(LINK, &file.path, line, format!("the link `{target}` leads nowhere"))),
            Some(path) => {
                let headings =
                    tree.file(&path).filter(|file| file.has_extension("md")).map(|file| headings(&file.text));
                if !anchor.is_empty() && headings.is_some_and(|headings| !headings.contains(anchor)) {
                    let sentence = format!("the link `{target}` names a heading that is not there");
                    found.push(Violation::new(LINK, &file.path, line, sentence));
                }
            }
        }
    }
    found
}

/// Lines outside fenced code, with their number from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        (!in_code && !is_fence).then_some((index + 1, line))
    })
}

/// Targets of `[text](target)`, not counting what stands in backquotes.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        for (place, _) in line.match_indices("](") {
            let in_backquotes = line.get(..place).is_some_and(|before| before.matches('`').count() % 2 == 1);
            let target = line.get(place + 2..).and_then(|rest| rest.split_once(')')).map(|(target, _)| target);
            // A title after the target is no part of it.
            if let Some(target) = target.and_then(|target| target.split_whitespace().next()).filter(|_| !in_backquotes)
            {
                found.push((number, target));
            }
        }
    }
    found
}

/// The path from the root that `link` means in a document of `folder`; `None` when it leaves the repository.
fn resolve(folder: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Headings as readers link to them: lower case, hyphens for spaces, no punctuation.
fn headings(text: &str) -> BTreeSet<String> {
    let titles =
        prose(text).filter_map(|(_, line)| line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim()));
    let slug = |title: &str| {
        let kept = title.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    titles.map(slug).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree::sample;
    use super::*;

    #[test]
    fn links_lead_somewhere() {
        let check = |text: &str| {
            check(&sample(&[
                ("docs/a.md", text),
                ("docs/decisions/1.md", "# First: what, and why\n"),
                ("README.md", ""),
            ]))
            .len()
        };
        for good in [
            "[one](decisions/1.md) [two](../README.md) [three](decisions/) [four](https://example.org/x)",
            "[heading](decisions/1.md#first-what-and-why)",
            "# Here\n[self](#here)",
            "`[not](a-link.md)`\n```\n[nor](this.md)\n```\n",
        ] {
            assert_eq!(check(good), 0, "{good}");
        }
        for bad in ["[a](b.md)", "[a](../../outside.md)", "[a](decisions/1.md#second)", "[a](#nowhere)"] {
            assert_eq!(check(bad), 1, "{bad}");
        }
    }

    #[test]
    fn the_map_names_every_crate() {
        let found = |map: &str| {
            let tree = [
                (ARCHITECTURE, map),
                ("crates/base/Cargo.toml", ""),
                ("simulators/idp/Cargo.toml", ""),
                ("Cargo.toml", ""),
            ];
            check(&sample(&tree)).len()
        };
        assert_eq!(found("`varde-base` and `simulators/*`"), 0);
        assert_eq!(found("`varde-base`"), 1);
        assert_eq!(found(""), 2);
    }
}
