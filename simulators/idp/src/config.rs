use serde::Deserialize;

/// How the provider is set up.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Port on this machine; a free one if 0.
    #[serde(default)]
    pub port: u16,
    /// The only client's name.
    pub client_id: String,
    /// Its secret, sent with HTTP Basic (OpenID Connect Core section 9, `client_secret_basic`): the simplest method that proves the
    /// client over a socket that never leaves the machine.
    pub client_secret: String,
    /// Where the client may be sent back to.
    pub redirect_uris: Vec<String>,
    /// Where the client may be sent after signing out.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    /// A `login_hint=pid:...` signs in at once, as nobody would want of a real provider.
    #[serde(default)]
    pub auto_sign_in: bool,
    /// Stop when standard input ends, so that no provider outlives the box it belongs to.
    #[serde(default)]
    pub stop_with_stdin: bool,
    /// Whom to offer.
    pub people: Vec<Person>,
}

/// Somebody to sign in as.
#[derive(Debug, Clone, Deserialize)]
pub struct Person {
    /// Name.
    pub name: String,
    /// One sentence.
    pub story: String,
    /// Synthetic national identity number.
    pub national_id: String,
}
