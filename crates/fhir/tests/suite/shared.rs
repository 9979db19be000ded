use std::path::PathBuf;

/// The R4 examples of HL7, as pairs of file name and content; `None`, said aloud, when the data are not there.
pub(crate) fn examples() -> Option<Vec<(String, Vec<u8>)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/fhir-r4-examples/json");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: no shared data");
        return None;
    };
    let mut examples: Vec<(String, Vec<u8>)> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    examples.sort();
    assert!(examples.len() >= 900, "only {} examples", examples.len());
    Some(examples)
}
