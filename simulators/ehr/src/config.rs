use std::path::PathBuf;

use serde::Deserialize;

/// How the offices are set up.
#[derive(Clone, Deserialize)]
pub struct Config {
    /// Port of the page and of the notifications; a free one if 0.
    #[serde(default)]
    pub port: u16,
    /// Base URL of the FHIR API, without a slash at the end.
    pub fhir: String,
    /// Bearer token of a source system.
    pub token: String,
    /// Bearer token of the register of general practitioners; that of the offices if left out.
    #[serde(default)]
    pub register_token: Option<String>,
    /// The file in which is remembered what has been answered.
    pub store: PathBuf,
    /// What makes these offices decide otherwise than others.
    #[serde(default)]
    pub seed: u64,
    /// How many times faster than the world's the offices' clock goes.
    #[serde(default = "one")]
    pub speed: u32,
    /// Stop when standard input ends, so that no office outlives the box it belongs to.
    #[serde(default)]
    pub stop_with_stdin: bool,
}

const fn one() -> u32 {
    1
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The tokens are nobody else's business.
        write!(f, "Config({} {} seed {} speed {})", self.fhir, self.store.display(), self.seed, self.speed)
    }
}
