//! The tree over the access log: proofs, signed heads, and what becomes of those who tamper with them.

use jiff::SignedDuration;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use varde_store::{AuditKey, GateError, LogFault, ProofError, PublicKey, Signing, Store, Trust, verify_proof};

use crate::world::{World, parse, patient, patient_id};

const ORIGIN: &str = "varde.example/audit";

/// Signs heads from now on; the public keys.
fn sign_with(store: &Store, key: AuditKey, directory: &std::path::Path) -> Vec<PublicKey> {
    let public = key.public().to_vec();
    let signing =
        Signing { key, directory: directory.to_owned(), every: SignedDuration::from_secs(60), entries: 1_000 };
    assert!(store.sign_log(signing));
    public
}

fn signed(store: &Store, directory: &std::path::Path) -> Vec<PublicKey> {
    sign_with(store, AuditKey::generate(ORIGIN).unwrap(), directory)
}

/// Log entries about Kari and Per, turn by turn, after the two of putting them there.
async fn look(world: &World, count: usize) {
    for n in 0..count {
        let id = if n % 2 == 0 { "kari" } else { "per" };
        world.system().search(&parse(&format!("Observation?patient={id}"))).await.unwrap();
    }
}

async fn two_people(world: &World) {
    world.put(patient("kari", 1, "1980-01-01", "Storgata 1")).await;
    world.put(patient("per", 3, "1980-01-01", "Storgata 1")).await;
}

pub(crate) async fn one_s_own_entry_is_proven_and_another_s_is_not_there(world: &World) {
    let beside = tempfile::tempdir().unwrap();
    let keys = signed(&world.store, beside.path());
    two_people(world).await;
    look(world, 300).await;
    world.store.audit_log().sign().await.unwrap();
    let kari = world.citizen("kari", 1);
    let entries = kari.access_log(&patient_id("kari"), None, 1_000).await.unwrap().entries;
    assert!(entries.len() >= 151);
    for entry in entries.iter().take(2).chain(entries.iter().rev().take(3)).chain(entries.get(60)) {
        let proof = kari.access_log_proof(entry.seq).await.unwrap();
        let proven = verify_proof(&proof, &keys, None).unwrap();
        assert_eq!((&proven.record, proven.origin.as_str()), (entry, ORIGIN));
        assert!(proven.size >= entry.seq && proven.newest >= proven.size);
        assert_eq!(verify_proof(&proof, &keys[..1], None).unwrap(), proven, "one key is enough");
    }
    // The youngest entry is in no head yet: one is signed for it.
    world.system().search(&parse("Observation?patient=kari")).await.unwrap();
    let newest = kari.access_log(&patient_id("kari"), None, 1).await.unwrap().entries.remove(0);
    let proven = verify_proof(&kari.access_log_proof(newest.seq).await.unwrap(), &keys, None).unwrap();
    assert_eq!(proven.record, newest);
    // Per's entries, those of nobody, and numbers that no entry has.
    for number in [2, 4, 0, 100_000, u64::MAX] {
        assert!(matches!(kari.access_log_proof(number).await, Err(GateError::NotFound)), "{number}");
    }
    let per = world.citizen("per", 3).access_log(&patient_id("per"), None, 1).await.unwrap().entries.remove(0);
    assert_eq!(per.actor_name, "kari", "who asked for what is another's is in the other's log");
    assert_eq!(world.verify().await.fault, None);
}

/// Every value in the file, and what becomes of it when it is changed.
fn values(value: &Value, path: String, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| values(value, format!("{path}/{name}"), out)),
        Value::Array(list) => list.iter().enumerate().for_each(|(n, value)| values(value, format!("{path}/{n}"), out)),
        _ => out.push(path),
    }
}

pub(crate) async fn whatever_is_changed_in_a_proof_it_proves_nothing(world: &World) {
    let beside = tempfile::tempdir().unwrap();
    let keys = signed(&world.store, beside.path());
    two_people(world).await;
    look(world, 20).await;
    let log = world.store.audit_log();
    log.sign().await.unwrap();
    look(world, 300).await;
    log.sign().await.unwrap();
    let kari = world.citizen("kari", 1);
    let (proof, other) = (kari.access_log_proof(3).await.unwrap(), kari.access_log_proof(5).await.unwrap());
    let whole: Value = serde_json::from_str(&proof).unwrap();
    assert!(!whole["inclusion"].as_array().unwrap().is_empty() && !whole["consistency"].as_array().unwrap().is_empty());
    let mut paths = Vec::new();
    values(&whole, String::new(), &mut paths);
    let mut changes = 0;
    for path in &paths {
        let mut changed = |new: Value| {
            let mut file = whole.clone();
            *file.pointer_mut(path).unwrap() = new;
            changes += 1;
            assert!(verify_proof(&file.to_string(), &keys, None).is_err(), "{path}: {file}");
        };
        match whole.pointer(path).unwrap() {
            Value::String(text) => {
                for (at, char) in text.char_indices().step_by(if text.len() > 2_000 { 61 } else { 1 }) {
                    let other = if char == 'A' { 'B' } else { 'A' };
                    changed(format!("{}{other}{}", &text[..at], &text[at + char.len_utf8()..]).into());
                }
                changed("".into());
            }
            Value::Number(number) => changed((number.as_u64().unwrap() + 1).into()),
            _ => unreachable!(),
        }
    }
    assert!(changes > 1_000, "{changes}");
    // Nothing taken from another proof fits, and nothing may be left out or put in.
    let other: Value = serde_json::from_str(&other).unwrap();
    for (name, value) in other.as_object().unwrap().iter().filter(|(name, value)| whole[name] != **value) {
        let mut file = whole.clone();
        file[name] = value.clone();
        assert!(verify_proof(&file.to_string(), &keys, None).is_err(), "{name} of another");
    }
    for name in whole.as_object().unwrap().keys() {
        let mut file = whole.clone();
        file.as_object_mut().unwrap().remove(name);
        assert_eq!(verify_proof(&file.to_string(), &keys, None), Err(ProofError::Form), "without {name}");
    }
    let mut file = whole.clone();
    file["note"] = "signed by the King".into();
    assert_eq!(verify_proof(&file.to_string(), &keys, None), Err(ProofError::Form));
    let stranger = AuditKey::generate(ORIGIN).unwrap().public();
    assert!(matches!(verify_proof(&proof, &stranger, None), Err(ProofError::Head(_))));
    // How the log went on, and how it did not.
    look(world, 40).await;
    log.sign().await.unwrap();
    let size = verify_proof(&proof, &keys, None).unwrap().newest;
    let growth = log.growth(size).await.unwrap().unwrap();
    let proven = verify_proof(&proof, &keys, Some(&growth)).unwrap();
    assert!(proven.newest >= size + 40);
    let first = log.growth(verify_proof(&proof, &keys, None).unwrap().size).await.unwrap().unwrap();
    assert_eq!(verify_proof(&proof, &keys, Some(&first)).unwrap(), proven);
    let aside = log.growth(7).await.unwrap().unwrap();
    assert_eq!(verify_proof(&proof, &keys, Some(&aside)), Err(ProofError::Start));
    assert_eq!(log.growth(1_000_000).await.unwrap(), None);
    let mut changed: Value = serde_json::from_str(&growth).unwrap();
    changed["consistency"].as_array_mut().unwrap().swap(0, 1);
    assert_eq!(verify_proof(&proof, &keys, Some(&changed.to_string())), Err(ProofError::NotConsistent));
}

/// RFC 9162 section 2.1.1, written anew here: a monitor shares no code with the log.
fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let middle = leaves.len().next_power_of_two() / 2;
            let parts = [vec![1], root(&leaves[..middle]).to_vec(), root(&leaves[middle..]).to_vec()].concat();
            Sha256::digest(parts).into()
        }
    }
}

pub(crate) async fn whoever_watches_from_outside_finds_the_same_tree(world: &World) {
    let beside = tempfile::tempdir().unwrap();
    signed(&world.store, beside.path());
    two_people(world).await;
    let log = world.store.audit_log();
    assert_eq!((log.head().await.unwrap(), log.tile("0/000.p/1").await.unwrap()), (None, None), "nothing is signed");
    look(world, 598).await;
    log.sign().await.unwrap();
    let head = log.head().await.unwrap().unwrap();
    let lines: Vec<&str> = head.lines().collect();
    assert_eq!((lines[0], lines[1]), (ORIGIN, "600"));
    let tiles =
        [log.tile("0/000").await.unwrap(), log.tile("0/001").await.unwrap(), log.tile("0/002.p/88").await.unwrap()];
    let leaves: Vec<[u8; 32]> =
        tiles.iter().flat_map(|tile| tile.as_ref().unwrap().chunks(32)).map(|hash| hash.try_into().unwrap()).collect();
    assert_eq!(leaves.len(), 600);
    use base64::Engine as _;
    assert_eq!(base64::engine::general_purpose::STANDARD.encode(root(&leaves)), lines[2]);
    let above = log.tile("1/000.p/2").await.unwrap().unwrap();
    assert_eq!(above, [root(&leaves[..256]), root(&leaves[256..512])].concat());
    assert_eq!(log.tile("0/002.p/3").await.unwrap().unwrap(), leaves[512..515].concat(), "a smaller part of a tile");
    for none in ["0/002", "0/002.p/89", "0/003.p/1", "1/000", "1/000.p/3", "1/001.p/1", "2/000.p/1", "entries/000", "x"]
    {
        assert_eq!(log.tile(none).await.unwrap(), None, "{none}");
    }
    // What came after the head is not shown before it is signed.
    look(world, 30).await;
    assert_eq!(log.tile("0/002.p/89").await.unwrap(), None);
}

pub(crate) async fn heads_are_signed_when_due_and_never_twice(world: &World) {
    let beside = tempfile::tempdir().unwrap();
    let keys = signed(&world.store, beside.path());
    let log = world.store.audit_log();
    assert_eq!(log.keys().unwrap(), keys);
    two_people(world).await;
    assert!(log.sign_if_due().await.unwrap(), "the first at once");
    look(world, 10).await;
    assert!(!log.sign_if_due().await.unwrap(), "a minute has not passed");
    world.clock.advance(SignedDuration::from_secs(60));
    assert!(log.sign_if_due().await.unwrap());
    assert!(!log.sign().await.unwrap(), "nothing has come since");
    look(world, 1_000).await;
    assert!(log.sign_if_due().await.unwrap(), "many entries have");
    let noted = std::fs::read_to_string(beside.path().join("audit.checkpoint")).unwrap();
    assert_eq!(Some(noted.clone()), log.head().await.unwrap());
    let verified = world.verify_by(&Trust { keys, heads: vec![noted] }).await;
    assert_eq!((verified.entries, verified.heads, verified.fault), (1_012, 3, None));
}

pub(crate) async fn changed_hashes_and_heads_are_found_and_named(world: &World) {
    let beside = tempfile::tempdir().unwrap();
    let keys = signed(&world.store, beside.path());
    two_people(world).await;
    let log = world.store.audit_log();
    for count in [98, 100, 400] {
        look(world, count).await;
        log.sign().await.unwrap();
    }
    let outside = log.head().await.unwrap().unwrap();
    world.store.close().await.unwrap();
    let whole = world.verify().await;
    assert_eq!((whole.entries, whole.heads, whole.fault), (600, 3, None));
    let tables = ["audit", "audit_head", "audit_tile", "audit_checkpoint", "audit_key"];
    for table in tables {
        world.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
    }
    use LogFault::{Changed, Head, Missing, Signature, TailCut, Tile};
    let hash = "(SELECT hashes FROM audit_tile WHERE level = 0 AND number = 0)";
    for (change, fault) in [
        // Entries, with the tree and heads behind them.
        ("UPDATE audit SET at_micros = at_micros + 1 WHERE seq = 300".to_owned(), (300, Changed)),
        ("DELETE FROM audit WHERE seq = 300".to_owned(), (300, Missing)),
        ("DELETE FROM audit WHERE seq > 550".to_owned(), (551, TailCut)),
        // Tiles.
        (format!("UPDATE audit_tile SET hashes = {hash} WHERE level = 0 AND number = 1"), (257, Tile(0))),
        (format!("UPDATE audit_tile SET hashes = {hash} WHERE level = 1"), (1, Tile(1))),
        ("DELETE FROM audit_tile WHERE level = 0 AND number = 0".to_owned(), (1, Tile(0))),
        ("DELETE FROM audit_tile WHERE level = 1".to_owned(), (1, Tile(1))),
        (format!("INSERT INTO audit_tile VALUES (0, 2, {hash})"), (513, Tile(0))),
        ("UPDATE audit_tile SET number = 7 WHERE number = 1".to_owned(), (257, Tile(0))),
        ("UPDATE audit_head SET tree = 100".to_owned(), (1, Tile(0))),
        ("UPDATE audit_head SET tree = 601".to_owned(), (601, TailCut)),
        // Heads.
        (
            "UPDATE audit_checkpoint SET note = replace(note, 'varde.example', 'warde.example') WHERE number = 2"
                .to_owned(),
            (200, Signature),
        ),
        (
            "UPDATE audit_checkpoint SET note = replace(note, '200', '201') WHERE number = 2".to_owned(),
            (200, Signature),
        ),
        ("UPDATE audit_checkpoint SET size = 199 WHERE number = 2".to_owned(), (199, Head)),
        ("UPDATE audit_checkpoint SET size = 900 WHERE number = 3".to_owned(), (900, Head)),
        ("UPDATE audit_checkpoint SET number = 4 WHERE number = 3".to_owned(), (600, Head)),
        ("DELETE FROM audit_checkpoint WHERE number = 2".to_owned(), (600, Head)),
        ("DELETE FROM audit_key".to_owned(), (100, Signature)),
        ("UPDATE audit_key SET key = replace(key, 'a', 'b')".to_owned(), (100, Signature)),
        ("DELETE FROM audit_key WHERE number = (SELECT min(number) FROM audit_key)".to_owned(), (100, Signature)),
    ] {
        world.tamper(&change).await;
        let found = world.verify().await.fault;
        for table in tables {
            let over = if table == "audit_key" { "OVERRIDING SYSTEM VALUE " } else { "" };
            let over = if world.is_file() { "" } else { over };
            world.tamper(&format!("DELETE FROM {table}; INSERT INTO {table} {over}SELECT * FROM kept_{table}")).await;
        }
        assert_eq!(found, Some(fault), "{change}");
    }
    assert_eq!(world.verify().await.fault, None);
    what_is_brought_from_outside_finds_a_log_cut_whole(world, keys, outside).await;
}

async fn what_is_brought_from_outside_finds_a_log_cut_whole(world: &World, keys: Vec<PublicKey>, outside: String) {
    use LogFault::{Signature, TailCut};
    // Heads cut off at the end, with what lies beside the database: a head fetched earlier tells.
    let trust = Trust { keys, heads: vec![outside] };
    assert_eq!(world.verify_by(&trust).await.fault, None);
    let stranger = Trust { keys: AuditKey::generate(ORIGIN).unwrap().public().to_vec(), heads: Vec::new() };
    assert_eq!(world.verify_by(&stranger).await.fault, Some((100, Signature)), "signed by somebody, not by ours");
    // Cut whole: entries, chain, tiles and heads as they were at 200.
    world
        .tamper(
            "DELETE FROM audit WHERE seq > 200; DELETE FROM audit_tile; DELETE FROM audit_checkpoint WHERE size > 200; \
             UPDATE audit_head SET tree = 0, count = 200, hash = (SELECT hash FROM audit WHERE seq = 200)",
        )
        .await;
    assert_eq!(world.verify_by(&trust).await.fault, Some((201, TailCut)));
}

/// Somebody who can write everything in the database, and knows how the chain is made, cannot sign.
pub(crate) async fn a_log_rewritten_with_its_chain_is_found_by_its_signed_heads(world: &World) {
    let beside = tempfile::tempdir().unwrap();
    let keys = signed(&world.store, beside.path());
    two_people(world).await;
    look(world, 50).await;
    world.store.audit_log().sign().await.unwrap();
    let head = world.store.audit_log().head().await.unwrap().unwrap();
    world.store.close().await.unwrap();
    // The same story told with other entries: another log of as many, put in the place of the first.
    world.tamper("DELETE FROM audit; DELETE FROM audit_tile").await;
    world.tamper("UPDATE audit_head SET tree = 0, count = 0").await;
    world
        .tamper(if world.is_file() {
            "UPDATE audit_head SET hash = zeroblob(32), indexed = 0; DELETE FROM audit_patient"
        } else {
            "UPDATE audit_head SET hash = decode(repeat('00', 32), 'hex')"
        })
        .await;
    if world.is_file() {
        std::fs::remove_file(world.directory().join("audit.head")).unwrap();
    }
    let again = world.again().await;
    for _ in 0..60 {
        again.as_actor(&crate::world::system_access()).search(&parse("Observation?patient=kari")).await.unwrap();
    }
    // Its own store would not sign it either.
    sign_with(&again, AuditKey::generate(ORIGIN).unwrap(), beside.path());
    assert!(again.audit_log().sign().await.is_err());
    again.close().await.unwrap();
    assert_eq!(world.verify().await.fault, Some((52, LogFault::Head)));
    world.tamper("DELETE FROM audit_checkpoint").await;
    assert_eq!(world.verify_by(&Trust { keys, heads: vec![head] }).await.fault, Some((52, LogFault::Head)));
}

/// A copy of the database from earlier was put back: the note of the newest head is not among what was put back.
pub(crate) async fn nothing_is_signed_that_does_not_go_on_from_what_was_signed(world: &World) {
    let beside = tempfile::tempdir().unwrap();
    let key = || AuditKey::open(&beside.path().join("audit.key"), ORIGIN).unwrap();
    sign_with(&world.store, key(), beside.path());
    two_people(world).await;
    look(world, 20).await;
    world.store.audit_log().sign().await.unwrap();
    world.store.close().await.unwrap();
    let cut = "DELETE FROM audit WHERE seq > 10; DELETE FROM audit_tile; DELETE FROM audit_checkpoint; \
        UPDATE audit_head SET tree = 0, count = 10, hash = (SELECT hash FROM audit WHERE seq = 10)";
    world.tamper(cut).await;
    let again = world.again().await;
    sign_with(&again, key(), beside.path());
    for _ in 0..30 {
        again.as_actor(&crate::world::system_access()).search(&parse("Observation?patient=kari")).await.unwrap();
    }
    let refused = again.audit_log().sign().await.unwrap_err().to_string();
    assert!(refused.contains("signed head of 22 entries"), "{refused}");
    assert_eq!(again.audit_log().head().await.unwrap(), None);
    again.close().await.unwrap();
    // Another log's keys are refused as well.
    let third = world.again().await;
    sign_with(&third, AuditKey::generate("other.example/audit").unwrap(), tempfile::tempdir().unwrap().path());
    third.audit_log().sign().await.unwrap();
    third.close().await.unwrap();
    let fourth = world.again().await;
    sign_with(&fourth, AuditKey::generate(ORIGIN).unwrap(), tempfile::tempdir().unwrap().path());
    fourth.as_actor(&crate::world::system_access()).search(&parse("Observation?patient=kari")).await.unwrap();
    assert!(fourth.audit_log().sign().await.unwrap_err().to_string().contains("other.example/audit"));
    fourth.close().await.unwrap();
}

pub(crate) async fn a_log_that_began_without_a_tree_gets_one(world: &World) {
    two_people(world).await;
    look(world, 700).await;
    world.store.close().await.unwrap();
    world.tamper("DELETE FROM audit_tile; UPDATE audit_head SET tree = 0").await;
    assert_eq!(world.verify().await.fault, None, "a tree that is behind is no fault");
    // As an older build left it: the tables are made by the next start.
    world.tamper("DROP TABLE audit_tile; ALTER TABLE audit_head DROP COLUMN tree").await;
    world.tamper("DROP TABLE audit_checkpoint; DROP TABLE audit_key").await;
    world.tamper("DROP INDEX outbox_subject; DROP INDEX outbox_told; DROP INDEX outbox_undelivered").await;
    world.tamper("ALTER TABLE outbox DROP COLUMN lane; ALTER TABLE outbox DROP COLUMN apart_micros").await;
    world.tamper("CREATE INDEX outbox_subject ON outbox(subject, id) WHERE state = 0").await;
    let tree = if world.is_file() { 5 } else { 4 };
    world.tamper(&format!("DELETE FROM migration WHERE number >= {tree}")).await;
    assert_eq!(world.verify().await.fault, None, "a database without a tree is verified by its chain");
    let beside = tempfile::tempdir().unwrap();
    let again = world.again().await;
    let keys = signed(&again, beside.path());
    assert!(again.audit_log().sign().await.unwrap());
    let kari = again.as_actor(&crate::world::citizen_access("kari", 1));
    assert_eq!(verify_proof(&kari.access_log_proof(1).await.unwrap(), &keys, None).unwrap().record.seq, 1);
    again.close().await.unwrap();
    let verified = world.verify().await;
    assert_eq!((verified.heads, verified.fault), (1, None));
}
