//! Rooms: which crate may know which. Dependencies point downwards only (docs/architecture.md).

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Violation;

const RULE: &str = "rooms";

/// One room of the house.
struct Room {
    package: &'static str,
    /// Rooms the product code may use.
    below: &'static [&'static str],
    /// Further rooms its tests may use.
    tests: &'static [&'static str],
    /// Why no more than that.
    why: &'static str,
}

const BASE: &str = "varde-base";
const FHIR: &str = "varde-fhir";
const CONFORMANCE: &str = "varde-conformance";
const RIGHTS: &str = "varde-rights";
const STORE: &str = "varde-store";
const WEB: &str = "varde-web";
const SERVICES: &str = "varde-services";
const AUTH: &str = "varde-auth";
const SERVER: &str = "varde-server";
const POPULATION: &str = "varde-population";
const COMMON: &str = "varde-simulator-common";
const SIMULATORS: &str = "varde-simulator-";

const ROOMS: &[Room] = &[
    Room { package: BASE, below: &[], tests: &[], why: "it is the ground: ids, clock, randomness, no I/O" },
    Room { package: FHIR, below: &[BASE], tests: &[], why: "resources know no rights, no store and no page" },
    Room {
        package: CONFORMANCE,
        below: &[BASE, FHIR],
        tests: &[],
        why: "whether a resource follows its definitions depends on nothing but both",
    },
    Room {
        package: RIGHTS,
        below: &[BASE, FHIR],
        tests: &[POPULATION],
        why: "a decision is a pure function of facts it is handed",
    },
    Room {
        package: STORE,
        below: &[BASE, FHIR, RIGHTS],
        tests: &[POPULATION],
        why: "the gate to data decides by the rule book and knows no page",
    },
    Room {
        package: WEB,
        below: &[BASE, FHIR, RIGHTS, STORE],
        tests: &[POPULATION],
        why: "it knows how a page is made and nothing of what the page is about",
    },
    Room {
        package: SERVICES,
        below: &[BASE, FHIR, RIGHTS, STORE, WEB],
        tests: &[POPULATION],
        why: "services and sign-in never see each other; they meet in the visitor that web defines",
    },
    Room {
        package: AUTH,
        below: &[BASE, FHIR, RIGHTS, STORE, WEB],
        tests: &[POPULATION, SIMULATORS],
        why: "sign-in never sees a service; they meet in the visitor that web defines",
    },
    Room {
        package: SERVER,
        below: &[BASE, FHIR, CONFORMANCE, RIGHTS, STORE, WEB, SERVICES, AUTH, POPULATION, SIMULATORS],
        tests: &[],
        why: "it wires everything",
    },
    Room {
        package: POPULATION,
        below: &[BASE, FHIR],
        tests: &[RIGHTS],
        why: "the synthetic country is data, made without the product that shows it",
    },
    Room {
        package: COMMON,
        below: &[],
        tests: &[],
        why: "it is how an outside system runs as a program, and nothing of what it does",
    },
    Room {
        package: SIMULATORS,
        below: &[BASE, COMMON],
        tests: &[],
        why: "an outside system shares no code with the product, so that it cannot share its mistakes",
    },
    Room {
        package: "varde-bench",
        below: &[BASE, FHIR, CONFORMANCE, RIGHTS, STORE, WEB, SERVICES, AUTH, SERVER, POPULATION, SIMULATORS],
        tests: &[],
        why: "it measures everything and nothing depends on it",
    },
    Room { package: "xtask", below: &[], tests: &[], why: "build tasks must compile before and without the product" },
];

/// A package of the workspace and the packages of the workspace it uses.
#[derive(Debug)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its manifest, from the root.
    pub(crate) manifest: String,
    /// Path dependencies: name, and whether only tests use it.
    pub(crate) uses: Vec<(String, bool)>,
}

/// The packages of the workspace at `root`, as cargo sees them.
pub(crate) fn packages(root: &Path) -> Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("cargo metadata did not start")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
    let root = text(&metadata, "workspace_root");
    Ok(list(&metadata, "packages").map(|package| read_package(package, &root)).collect())
}

fn read_package(package: &Value, root: &str) -> Package {
    let manifest = text(package, "manifest_path");
    let inside = list(package, "dependencies").filter(|used| used.get("path").is_some_and(Value::is_string));
    Package {
        name: text(package, "name"),
        manifest: manifest.strip_prefix(root).unwrap_or(&manifest).trim_start_matches('/').to_owned(),
        uses: inside.map(|used| (text(used, "name"), text(used, "kind") == "dev")).collect(),
    }
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Packages that have no room, and dependencies that do not point downwards.
pub(crate) fn check(packages: &[Package]) -> Vec<Violation> {
    packages.iter().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Violation> {
    let Some(room) = ROOMS.iter().find(|room| is_room(room.package, &package.name)) else {
        let sentence = format!("`{}` has no room; add it to ROOMS in xtask and to docs/architecture.md", package.name);
        return vec![Violation::new(RULE, &package.manifest, 0, sentence)];
    };
    let mut found = Vec::new();
    for (used, tests_only) in &package.uses {
        let may = |rooms: &[&str]| rooms.iter().any(|room| is_room(room, used));
        if may(room.below) || (*tests_only && (may(room.tests) || used == &package.name)) {
            continue;
        }
        let sentence = format!("`{}` may not use `{used}`: {}", package.name, room.why);
        found.push(Violation::new(RULE, &package.manifest, 0, sentence));
    }
    found
}

/// A room whose name ends in a hyphen stands for all packages that begin so.
fn is_room(room: &str, package: &str) -> bool {
    if room.ends_with('-') { package.starts_with(room) } else { package == room }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, uses: &[(&str, bool)]) -> Package {
        let uses = uses.iter().map(|(name, tests_only)| ((*name).to_owned(), *tests_only)).collect();
        Package { name: name.to_owned(), manifest: "Cargo.toml".to_owned(), uses }
    }

    #[test]
    fn dependencies_point_downwards() {
        for good in [
            package(STORE, &[(BASE, false), (RIGHTS, false)]),
            package(SERVER, &[(SERVICES, false), ("varde-simulator-idp", false)]),
            package(STORE, &[(POPULATION, true)]),
            package("varde-simulator-sms", &[(BASE, false), (COMMON, false)]),
        ] {
            assert_eq!(check(&[good]), []);
        }
        for bad in [
            package(RIGHTS, &[(STORE, false)]),
            package(SERVICES, &[(AUTH, false)]),
            package(AUTH, &[(SERVICES, true)]),
            package(STORE, &[(POPULATION, false)]),
            package("varde-simulator-sms", &[(FHIR, false)]),
            package("varde-simulator-sms", &[("varde-simulator-idp", false)]),
            package(COMMON, &[(BASE, false)]),
            package("xtask", &[(BASE, false)]),
        ] {
            assert_eq!(check(&[bad]).len(), 1);
        }
    }

    #[test]
    fn the_graph_of_rooms_has_no_way_back_up() {
        for (place, room) in ROOMS.iter().enumerate().filter(|(_, room)| room.package != "varde-bench") {
            for below in room.below {
                let below_place = ROOMS.iter().position(|other| other.package == *below).unwrap();
                assert!(below_place < place || [POPULATION, SIMULATORS].contains(below), "{} -> {below}", room.package);
            }
        }
    }

    #[test]
    fn a_package_without_a_room_is_refused() {
        assert!(check(&[package("varde-extra", &[])])[0].sentence.contains("has no room"));
    }
}
