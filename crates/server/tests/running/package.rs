//! `varde package`: what an archive brings is there after the next start.

use std::path::Path;
use std::process::{Command, Output};

use super::country::ask;
use super::serve::{free_port, serve, until_ready};

const MANIFEST: &str = r#"{"name":"no.test","version":"1.0.0","dependencies":{"no.other":"2.0.0"}}"#;
const SET: &str = r#"{"resourceType":"ValueSet","url":"urn:set","compose":{"include":[{"system":"urn:s","concept":[{"code":"from-the-package"}]}]}}"#;
const ODD: &str =
    r#"{"resourceType":"StructureDefinition","url":"urn:odd","type":"Patient","derivation":"constraint"}"#;

fn write_archive(path: &Path, files: &[(&str, &str)]) {
    let packed = flate2::write::GzEncoder::new(std::fs::File::create(path).unwrap(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(packed);
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap();
}

fn package(arguments: &[&str], data: &Path, file: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varde"));
    command.arg("package").args(arguments).arg("--data").arg(data).args(file).output().unwrap()
}

#[test]
fn a_package_is_checked_kept_listed_and_used_from_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let archive = folder.path().join("any-name.tgz");
    let files = [
        ("package/package.json", MANIFEST),
        ("package/ValueSet-set.json", SET),
        ("package/StructureDefinition-odd.json", ODD),
    ];
    write_archive(&archive, &files);
    let added = package(&["add"], &data, Some(&archive));
    let said = String::from_utf8(added.stdout).unwrap();
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    assert!(said.contains("no.test 1.0.0: 2 definitions"), "{said}");
    assert!(said.contains("no.other 2.0.0, which is not there") && said.contains("cannot be used: urn:odd"), "{said}");
    let listed = String::from_utf8(package(&["list"], &data, None).stdout).unwrap();
    assert_eq!(listed, "no.test 1.0.0: 2 definitions\n");

    std::fs::write(&archive, "no archive").unwrap();
    let refused = package(&["add"], &data, Some(&archive));
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert_eq!(std::fs::read_dir(data.join("packages")).unwrap().count(), 1, "nothing half-written stays");

    let port = free_port();
    let mut program = serve(folder.path(), port);
    until_ready(port);
    let token = "authorization: Bearer abc\r\n";
    let expanded = ask("GET", &format!("http://127.0.0.1:{port}/fhir/ValueSet/$expand?url=urn:set"), token, "");
    assert!(expanded.status == 200 && expanded.body.contains("from-the-package"), "{}", expanded.body);
    program.kill().unwrap();
    program.wait().unwrap();
}
