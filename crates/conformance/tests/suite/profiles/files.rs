use std::path::{Path, PathBuf};

use varde_conformance::definitions::Definitions;

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

/// HL7's definitions and those in folders.
pub(crate) fn definitions(folders: &[PathBuf]) -> Definitions {
    let mut definitions = Definitions::base();
    for folder in folders {
        for (name, bytes) in files(folder) {
            let text = String::from_utf8(bytes).unwrap();
            if let Err(error) = definitions.add(text.trim_start_matches('\u{feff}').to_owned()) {
                println!("{name}: {error}");
            }
        }
    }
    definitions
}
