use std::collections::BTreeMap;
use std::path::PathBuf;

/// A folder of the shared data; `None`, said aloud, when it is not there.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("VARDE_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no shared data");
    None
}

/// Compares the tests that fail with the list of those that may, and the reason of each: a line is `name: reason`.
pub(crate) fn compare_with_ledger(ledger: &str, failures: &BTreeMap<String, String>) {
    let known: BTreeMap<&str, &str> = ledger
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(": ").expect("a line of the ledger is `name: reason`"))
        .collect();
    let mut wrong = Vec::new();
    for (name, what) in failures {
        if !known.contains_key(name.as_str()) {
            wrong.push(format!("{name}: {what}"));
        }
    }
    for name in known.keys() {
        if !failures.contains_key(*name) {
            wrong.push(format!("{name} passes, but is in the list"));
        }
    }
    assert!(wrong.is_empty(), "{} differ from the list:\n{}", wrong.len(), wrong.join("\n"));
}
