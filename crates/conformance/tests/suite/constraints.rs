//! The invariants of published profiles can be read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use varde_conformance::path::Expression;
use varde_fhir::json::{Limits, Node, parse};

use crate::shared;

#[test]
fn the_invariants_of_published_profiles_can_be_read() {
    let Some(folder) = shared::folder(".") else { return };
    let mut files = Vec::new();
    collect(&folder, &mut files);
    let (mut count, mut failures) = (0, BTreeMap::new());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let Ok(root) = parse(&bytes, &Limits::default()) else { continue };
        for view in ["snapshot", "differential"] {
            for element in root.get(view).map(|v| v.list("element")).unwrap_or_default() {
                for constraint in element.list("constraint") {
                    let Some(text) = constraint.get("expression").and_then(Node::str) else { continue };
                    count += 1;
                    if let Err(error) = Expression::parse(text) {
                        let key = constraint.get("key").and_then(Node::str).unwrap_or_default();
                        failures.insert(key.to_owned(), format!("{text}: {error}"));
                    }
                }
            }
        }
    }
    println!("{count} invariants");
    assert!(count > 500, "{count}");
    assert!(failures.is_empty(), "{failures:#?}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, files);
        } else if name.starts_with("StructureDefinition-") && name.ends_with(".json") {
            files.push(path);
        }
    }
}
