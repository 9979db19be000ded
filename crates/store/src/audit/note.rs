//! Signed heads of the access log's tree in the text form of C2SP: *signed-note* for keys and signatures, *tlog-checkpoint* for what is signed.
//!
//! Two signatures stand under each head: Ed25519, which every monitor reads, and ML-DSA-65 (FIPS 204), which a quantum computer does not forge.
//! C2SP has given ML-DSA no identifier for logs, so ours is the one it leaves to everybody, 0xff with a name.

use aws_lc_rs::signature::{self, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::chain::Hash;

/// What a signature line begins with.
const DASH: &str = "\u{2014} ";
/// Most bytes of a head: two signatures of ours, and room for those of witnesses.
const LONGEST_BYTES: usize = 64 << 10;

/// What a key signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// RFC 8032.
    Ed25519,
    /// FIPS 204.
    MlDsa65,
}

impl Algorithm {
    /// The identifier in key ids and written keys.
    const fn kind(self) -> &'static [u8] {
        match self {
            Self::Ed25519 => &[0x01],
            Self::MlDsa65 => b"\xffML-DSA-65",
        }
    }

    const fn key_bytes(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::MlDsa65 => 1_952,
        }
    }
}

/// A public key that heads are verified by. Written `name+id+key`, as signed notes have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    algorithm: Algorithm,
    key: Vec<u8>,
    id: [u8; 4],
}

impl PublicKey {
    pub(crate) fn new(name: &str, algorithm: Algorithm, key: &[u8]) -> Self {
        let mut sha = Sha256::new();
        sha.update(name);
        sha.update(b"\n");
        sha.update(algorithm.kind());
        sha.update(key);
        let [a, b, c, d, ..]: Hash = sha.finalize().into();
        Self { name: name.to_owned(), algorithm, key: key.to_vec(), id: [a, b, c, d] }
    }

    /// The name of the log that signs with it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name and id, which tell one key from another.
    pub fn short(&self) -> String {
        format!("{}+{}", self.name, hex(&self.id))
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The line of this key's signature over `text`.
    pub(crate) fn line(&self, signature: &[u8]) -> String {
        let mut bytes = self.id.to_vec();
        bytes.extend_from_slice(signature);
        format!("{DASH}{} {}\n", self.name, STANDARD.encode(bytes))
    }

    fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        let (text, key) = (text.as_bytes(), &self.key);
        match self.algorithm {
            Algorithm::Ed25519 => UnparsedPublicKey::new(&signature::ED25519, key).verify(text, signature).is_ok(),
            Algorithm::MlDsa65 => UnparsedPublicKey::new(&signature::ML_DSA_65, key).verify(text, signature).is_ok(),
        }
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = self.algorithm.kind().to_vec();
        bytes.extend_from_slice(&self.key);
        write!(f, "{}+{}+{}", self.name, hex(&self.id), STANDARD.encode(bytes))
    }
}

/// A text that is no public key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no public key of an access log: name, id and key with + between")]
pub struct NotAKey;

impl std::str::FromStr for PublicKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return Err(NotAKey) };
        let bytes = STANDARD.decode(key).map_err(|_| NotAKey)?;
        let known = [Algorithm::Ed25519, Algorithm::MlDsa65].into_iter().find_map(|algorithm| {
            let key = bytes.strip_prefix(algorithm.kind()).filter(|key| key.len() == algorithm.key_bytes())?;
            Some(Self::new(name, algorithm, key))
        });
        known.filter(|known| is_name(name) && hex(&known.id) == id).ok_or(NotAKey)
    }
}

/// Names of keys, and of logs with them.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is signed: how many entries the tree has, and its root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub(crate) origin: String,
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub(crate) fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let root = STANDARD.decode(root).ok()?.try_into().ok()?;
        let read = Self { origin: origin.to_owned(), size: size.parse().ok()?, root };
        // Nothing may stand in it that would not be written so: no zeros before the size, no further lines.
        (is_name(origin) && read.text() == text).then_some(read)
    }
}

/// Why a signed head is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not the form of a signed head.
    #[error("it has not the form of a signed head")]
    Form,
    /// None of the keys signed it.
    #[error("none of the keys given has signed it")]
    Unsigned,
    /// A signature of one of the keys is not one over this text.
    #[error("a signature does not belong to the text")]
    Forged,
}

/// Reads a head and verifies every signature by a key that is given; there must be one. Those of other keys do not count, as signed notes have it.
pub(crate) fn open(note: &str, keys: &[PublicKey]) -> Result<Checkpoint, NoteError> {
    read(note, keys, false)
}

/// As [`open`], for heads of our own: nothing may stand there but signatures by these keys, one of each algorithm.
pub(crate) fn open_strictly(note: &str, keys: &[PublicKey]) -> Result<Checkpoint, NoteError> {
    read(note, keys, true)
}

/// What a head says, whoever signed it.
pub(crate) fn peek(note: &str) -> Option<Checkpoint> {
    Checkpoint::from_text(parts(note)?.0)
}

/// Text and signature lines.
fn parts(note: &str) -> Option<(&str, &str)> {
    let end = note.rfind("\n\n").filter(|_| note.len() <= LONGEST_BYTES && note.ends_with('\n'))?;
    Some((note.get(..end + 1)?, note.get(end + 2..)?))
}

fn read(note: &str, keys: &[PublicKey], is_strict: bool) -> Result<Checkpoint, NoteError> {
    let (text, lines) = parts(note).ok_or(NoteError::Form)?;
    let checkpoint = Checkpoint::from_text(text).ok_or(NoteError::Form)?;
    let mut signed = Vec::new();
    for line in lines.split_terminator('\n') {
        let (name, bytes) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or(NoteError::Form)?;
        let bytes = STANDARD.decode(bytes).map_err(|_| NoteError::Form)?;
        let (id, signature) = bytes.split_at_checked(4).ok_or(NoteError::Form)?;
        match keys.iter().find(|key| key.name == name && key.id == id) {
            Some(key) if key.verifies(text, signature) => signed.push(key.algorithm),
            Some(_) => return Err(NoteError::Forged),
            None if is_strict => return Err(NoteError::Unsigned),
            None => {}
        }
    }
    let whole = if is_strict { signed == [Algorithm::Ed25519, Algorithm::MlDsa65] } else { !signed.is_empty() };
    if whole { Ok(checkpoint) } else { Err(NoteError::Unsigned) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::key::AuditKey;

    /// The example of the checkpoint specification, and the key it was signed with by the example's own line.
    #[test]
    fn the_text_is_that_of_the_specification() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let read = Checkpoint::from_text(text).unwrap();
        assert_eq!((read.origin.as_str(), read.size), ("example.com/behind-the-sofa", 20_852_163));
        assert_eq!(read.text(), text);
        for bad in [text.replace("2085", "02085"), text.replace("I=", "J="), text.replace("q2I=\n", "q2I=\nmore\n")] {
            assert_eq!(Checkpoint::from_text(&bad), None, "{bad}");
        }
    }

    /// The Go library's well-known key and note (golang.org/x/mod/sumdb/note).
    #[test]
    fn a_note_of_another_program_verifies() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse::<PublicKey>().unwrap();
        let text =
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let bytes = STANDARD.decode(signature).unwrap();
        assert_eq!(key.id, bytes[..4]);
        assert!(key.verifies(text, &bytes[4..]));
        assert!(!key.verifies(&text.replace('.', "!"), &bytes[4..]));
        assert_eq!(key.to_string(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    }

    #[test]
    fn every_byte_of_a_head_counts() {
        let key = AuditKey::generate("varde.example/audit").unwrap();
        let keys = key.public();
        let head = Checkpoint { origin: key.origin().to_owned(), size: 7, root: [9; 32] };
        let note = key.sign(&head).unwrap();
        assert_eq!(open_strictly(&note, &keys), Ok(head.clone()));
        assert_eq!(open(&note, &keys[..1]), Ok(head));
        assert_eq!(open(&note, &[]), Err(NoteError::Unsigned));
        let other = AuditKey::generate("varde.example/audit").unwrap();
        assert_eq!(open(&note, &other.public()), Err(NoteError::Unsigned));
        for at in 0..note.len() {
            for bit in [0x01, 0x20] {
                let mut bytes = note.clone().into_bytes();
                bytes[at] ^= bit;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                assert!(open_strictly(&changed, &keys).is_err(), "byte {at}");
            }
        }
        for cut in 0..note.len() {
            assert!(open_strictly(&note[..if note.is_char_boundary(cut) { cut } else { 0 }], &keys).is_err(), "{cut}");
        }
    }

    #[test]
    fn a_key_reads_back_and_a_misspelt_one_does_not() {
        let key = AuditKey::generate("varde.example/audit").unwrap();
        for public in key.public() {
            let written = public.to_string();
            assert_eq!(written.parse::<PublicKey>(), Ok(public));
            assert_eq!(written.replace("audit", "audio").parse::<PublicKey>(), Err(NotAKey));
            assert_eq!(written[..written.len() - 4].parse::<PublicKey>(), Err(NotAKey));
        }
    }
}
