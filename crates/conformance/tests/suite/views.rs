//! The suite of SQL on FHIR v2.

use std::collections::BTreeMap;

use varde_conformance::view::{NdjsonWriter, View};
use varde_fhir::json::{Limits, Node, parse, write_node};

use crate::shared;

#[test]
fn the_suite_of_sql_on_fhir_passes_but_for_the_listed_tests() {
    let Some(folder) = shared::folder("sql-on-fhir-suite/tests") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let (mut count, mut failures) = (0, BTreeMap::new());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let suite = parse(&bytes, &Limits::default()).unwrap();
        for test in suite.list("tests") {
            count += 1;
            let stem = file.file_stem().unwrap().to_string_lossy();
            let name = format!("{stem}/{}", test.str_at("title").unwrap().replace(": ", " - "));
            if let Err(what) = run(test, suite.list("resources")) {
                assert!(failures.insert(name, what).is_none());
            }
        }
    }
    println!("{} of {count} tests pass", count - failures.len());
    shared::compare_with_ledger(include_str!("views-misses.txt"), &failures);
    assert_eq!(count, 134);
}

fn run<'a>(test: &'a Node<'a>, resources: &'a [Node<'a>]) -> Result<(), String> {
    let result = rows(test.get("view").unwrap(), resources);
    if test.get("expectError").is_some() {
        return result.map_or(Ok(()), |rows| Err(format!("gives {rows:?} instead of an error")));
    }
    let (columns, mut rows) = result?;
    if let Some(expected) = test.get("expectColumns") {
        let expected: Vec<&str> = expected.array().iter().map(|c| c.str().unwrap()).collect();
        if columns != expected {
            return Err(format!("gives columns {columns:?} instead of {expected:?}"));
        }
    }
    let mut expected: Vec<String> = test.list("expect").iter().map(|row| canonical(row, &columns)).collect();
    rows.sort();
    expected.sort();
    if rows == expected { Ok(()) } else { Err(format!("gives {rows:#?} instead of {expected:#?}")) }
}

/// The rows as JSON, written and read again, since that is what is compared.
fn rows<'a>(view: &'a Node<'a>, resources: &'a [Node<'a>]) -> Result<(Vec<String>, Vec<String>), String> {
    let view = View::from_node(view).map_err(|e| e.to_string())?;
    let mut writer = NdjsonWriter::new(&view, Vec::new());
    for resource in resources {
        writer.write(&view.rows(resource, None).map_err(|e| e.to_string())?).unwrap();
    }
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    let columns: Vec<String> = view.columns().iter().map(|c| c.name.clone()).collect();
    let rows = text.lines().map(|line| canonical(&parse(line.as_bytes(), &Limits::default()).unwrap(), &columns));
    Ok((columns.clone(), rows.collect()))
}

/// A row with its columns in one order, and its numbers without zeros at the end.
fn canonical(row: &Node<'_>, columns: &[String]) -> String {
    let mut out = String::new();
    for column in columns {
        out.push_str(&format!("{column}="));
        match row.get(column) {
            Some(Node::Number(number)) => out.push_str(&number.parse::<f64>().unwrap().to_string()),
            Some(other) => write_node(&mut out, other),
            None => out.push_str("null"),
        }
        out.push(';');
    }
    let unknown = row.object().unwrap().members().iter().any(|m| !columns.iter().any(|c| **c == *m.name));
    if unknown { format!("{out} and others") } else { out }
}
