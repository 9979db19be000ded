//! `varde serve`: an installation of its own, without people, test identity provider or mail catcher.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::country::{ask, try_ask};

/// SHA-256 of `abc` (FIPS 180-2, appendix B.1).
const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts an installation on a folder; its one token is `abc`.
pub(crate) fn serve(folder: &Path, port: u16) -> Child {
    serve_on(folder, port, None)
}

/// As [`serve`], on a PostgreSQL database if one is named.
pub(crate) fn serve_on(folder: &Path, port: u16, store: Option<&str>) -> Child {
    serve_with(folder, port, store, "")
}

/// As [`serve_on`], with more in the configuration.
pub(crate) fn serve_with(folder: &Path, port: u16, store: Option<&str>, more: &str) -> Child {
    let store = store.map(|store| format!("store = \"{store}\"\n")).unwrap_or_default();
    // Nobody listens at the issuer: the portal must stand without it.
    let config = format!(
        "listen = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\ndata = \"data\"\n{store}\
         [sign_in]\nissuer = \"http://127.0.0.1:{}\"\nclient_id = \"varde\"\nclient_secret_file = \"secret\"\n\
         [[tokens]]\nname = \"EPJ\"\nrole = \"source-system\"\nsha256 = \"{HASH}\"\n\
         [subscriptions]\nprivate_endpoints = true\n{more}",
        free_port()
    );
    let path = folder.join(format!("varde-{port}.toml"));
    std::fs::write(&path, config).unwrap();
    std::fs::write(folder.join("secret"), "s3cret\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_varde"));
    command.args(["serve", "--config"]).arg(path).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until it answers.
pub(crate) fn until_ready(port: u16) {
    let started = Instant::now();
    while try_ask("GET", &format!("http://127.0.0.1:{port}/health"), "", "").is_none_or(|answer| answer.status != 200) {
        assert!(started.elapsed() < Duration::from_secs(30), "it is not ready");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_installation_serves_from_its_configuration_says_when_its_folder_is_taken_and_stops_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut program = serve(folder.path(), port);
    let url = format!("http://127.0.0.1:{port}");
    until_ready(port);
    assert_eq!(ask("GET", &url, "", "").status, 200);
    assert_eq!(ask("GET", &format!("{url}/sign-in"), "", "").status, 503, "a provider that is away is said");
    let token = "authorization: Bearer abc\r\ncontent-type: application/fhir+json\r\n";
    let patient = "{\"resourceType\":\"Patient\",\"id\":\"kari\"}";
    assert_eq!(ask("PUT", &format!("{url}/fhir/Patient/kari"), token, patient).status, 201);

    let second = serve(folder.path(), free_port()).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && said.contains("another process"), "{said}");

    assert!(Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap().success());
    assert!(program.wait().unwrap().success(), "asked to stop, it ends well");

    let mut again = serve(folder.path(), port);
    until_ready(port);
    assert_eq!(ask("GET", &format!("{url}/fhir/Patient/kari"), token, "").status, 200);
    again.kill().unwrap();
    again.wait().unwrap();
}
