use std::path::{Path, PathBuf};

use varde_conformance::definitions::Definitions;
use varde_fhir::json::{Limits, parse, write_node, write_string};

/// The JSON files right in a folder, as pairs of file name and content.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The JSON without a member of its first level.
fn without(text: &str, name: &str) -> String {
    let node = parse(text.as_bytes(), &Limits::default()).unwrap();
    let members = node.object().unwrap().members().iter().filter(|member| member.name != name);
    let written = members.map(|member| {
        let mut out = String::new();
        write_string(&mut out, &member.name);
        out.push(':');
        write_node(&mut out, &member.value);
        out
    });
    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
}

/// The same as [`definitions`], with snapshots built from what the profiles say themselves.
pub(crate) fn from_differentials(folders: &[PathBuf]) -> Definitions {
    read(folders, |text| {
        if text.contains("\"differential\"") && is_profile(text) { without(text, "snapshot") } else { text.to_owned() }
    })
}

/// A profile, and no type or logical model of its own.
fn is_profile(text: &str) -> bool {
    let node = parse(text.as_bytes(), &Limits::default()).unwrap();
    node.str_at("derivation") == Some("constraint")
}

/// HL7's definitions and those in folders.
pub(crate) fn definitions(folders: &[PathBuf]) -> Definitions {
    read(folders, str::to_owned)
}

fn read(folders: &[PathBuf], change: fn(&str) -> String) -> Definitions {
    let mut definitions = Definitions::base();
    for folder in folders {
        for (name, bytes) in files(folder) {
            let text = String::from_utf8(bytes).unwrap();
            if let Err(error) = definitions.add(change(text.trim_start_matches('\u{feff}'))) {
                println!("{name}: {error}");
            }
        }
    }
    // A guide may build on one that is not here; everything else can be used.
    let problems = definitions.problems();
    assert!(problems.iter().all(|(_, why)| why.starts_with("what it builds on is not loaded")), "{problems:#?}");
    definitions
}
