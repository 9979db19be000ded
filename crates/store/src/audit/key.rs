//! The keys the access log's heads are signed with, in a file that only the program may read.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, ML_DSA_65_SIGNING, PqdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varde_base::{Random as _, SystemRandom};

use super::note::{Algorithm, Checkpoint, PublicKey, is_name};
use crate::engine::EngineError;
use crate::secret_file::write_secret;

/// First line of the file, so that its form can change.
const FORM: &str = "varde audit key 1";
/// Bytes both keys are drawn from.
const SEED_BYTES: usize = 32;

/// The private keys of a log. Never shown, never logged.
pub struct AuditKey {
    origin: String,
    seeds: [[u8; SEED_BYTES]; 2],
    ed25519: Ed25519KeyPair,
    ml_dsa: PqdsaKeyPair,
}

impl std::fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditKey").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl AuditKey {
    /// New keys for the log of this name: an address without scheme, `varde.example/audit`.
    ///
    /// # Errors
    /// [`EngineError::Limit`] when the name has spaces or a plus sign.
    pub fn generate(origin: &str) -> Result<Self, EngineError> {
        let mut seeds = [[0; SEED_BYTES]; 2];
        seeds.iter_mut().for_each(|seed| SystemRandom.fill(seed));
        Self::new(origin, seeds)
    }

    fn new(origin: &str, seeds: [[u8; SEED_BYTES]; 2]) -> Result<Self, EngineError> {
        if !is_name(origin) {
            return Err(EngineError::Limit("the name of a log has no spaces and no plus sign"));
        }
        let rejected = |_| EngineError::Fault("the keys of the access log cannot be made".to_owned());
        let [classical, later] = &seeds;
        let ed25519 = Ed25519KeyPair::from_seed_unchecked(classical).map_err(rejected)?;
        let ml_dsa = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, later).map_err(rejected)?;
        Ok(Self { origin: origin.to_owned(), seeds, ed25519, ml_dsa })
    }

    /// Reads the keys of a file, or makes new ones there for the log of this name, for nobody else to read. A log keeps the name it began with.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the file cannot be read or written or is no key file.
    pub fn open(file: &Path, origin: &str) -> Result<Self, EngineError> {
        let unavailable = |error: io::Error| EngineError::Unavailable(format!("{}: {error}", file.display()));
        match std::fs::read_to_string(file) {
            Ok(text) => Self::from_text(&text).ok_or_else(|| {
                EngineError::Unavailable(format!("{} does not hold the keys of an access log", file.display()))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::generate(origin)?;
                write_secret(file, key.to_text().as_bytes()).map_err(unavailable)?;
                Ok(key)
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    fn to_text(&self) -> String {
        let [classical, later] = self.seeds.map(|seed| STANDARD.encode(seed));
        format!("{FORM}\n{}\n{classical}\n{later}\n", self.origin)
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (form, origin) = (lines.next()?, lines.next()?);
        let mut seed = || STANDARD.decode(lines.next()?).ok()?.try_into().ok();
        let seeds = [seed()?, seed()?];
        (form == FORM && lines.next().is_none()).then(|| Self::new(origin, seeds).ok())?
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public keys: what anybody verifies by.
    pub fn public(&self) -> [PublicKey; 2] {
        [
            PublicKey::new(&self.origin, Algorithm::Ed25519, self.ed25519.public_key().as_ref()),
            PublicKey::new(&self.origin, Algorithm::MlDsa65, self.ml_dsa.public_key().as_ref()),
        ]
    }

    /// The signed head.
    pub(crate) fn sign(&self, head: &Checkpoint) -> Result<String, EngineError> {
        let text = head.text();
        let mut post_quantum = vec![0; ML_DSA_65_SIGNING.signature_len()];
        let signed = self.ml_dsa.sign(text.as_bytes(), &mut post_quantum);
        let length = signed.map_err(|_| EngineError::Fault("a head of the log could not be signed".to_owned()))?;
        post_quantum.truncate(length);
        let mut note = format!("{text}\n");
        for key in self.public() {
            let line = match key.algorithm() {
                Algorithm::Ed25519 => key.line(self.ed25519.sign(text.as_bytes()).as_ref()),
                Algorithm::MlDsa65 => key.line(&post_quantum),
            };
            // Writing to a String does not fail.
            let _ = note.write_str(&line);
        }
        Ok(note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_for_nobody_else_to_read_and_keep_their_name() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("audit.key");
        let first = AuditKey::open(&file, "varde.example/audit").unwrap();
        let again = AuditKey::open(&file, "elsewhere.example/audit").unwrap();
        assert_eq!((again.public(), again.origin()), (first.public(), "varde.example/audit"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(!format!("{first:?}").contains(&STANDARD.encode(first.seeds[0])));
        std::fs::write(&file, "varde audit key 1\n").unwrap();
        assert!(AuditKey::open(&file, "varde.example/audit").is_err());
        assert!(AuditKey::generate("two words").is_err());
    }
}
