//! What a search asks of a terminology: `:in`, `:not-in`, and `:above` and `:below` of tokens (R4 search, section 3.1.1.4.10).

/// Most codes a value set or a hierarchy may come to in a search.
pub const MAX_CODES: usize = 1_000;

/// A set of codes a search names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeSet<'a> {
    /// The value set of this canonical URL, with or without `|version`.
    ValueSet(&'a str),
    /// A code and all that it subsumes.
    Below {
        /// Code system.
        system: &'a str,
        /// The code.
        code: &'a str,
    },
    /// A code and all that subsume it.
    Above {
        /// Code system.
        system: &'a str,
        /// The code.
        code: &'a str,
    },
}

/// Why a set of codes cannot be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unlisted {
    /// There is no terminology, or it cannot do this.
    #[error("this modifier needs a terminology, and there is none")]
    NotSupported,
    /// No such value set, code system or code.
    #[error("the value set, code system or code is not known")]
    Unknown,
    /// More than [`MAX_CODES`].
    #[error("the value set or hierarchy holds more than 1,000 codes")]
    TooMany,
}

/// Lists sets of codes. Does no input or output: it is asked while a search is read.
pub trait Terminology: Send + Sync {
    /// System and code of each member, at most `limit`.
    ///
    /// # Errors
    /// As [`Unlisted`] has them; more than `limit` codes are an error, never a part.
    fn codes(&self, wanted: &CodeSet<'_>, limit: usize) -> Result<Vec<(String, String)>, Unlisted>;
}

/// No terminology: the modifiers that need one are refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTerminology;

impl Terminology for NoTerminology {
    fn codes(&self, _: &CodeSet<'_>, _: usize) -> Result<Vec<(String, String)>, Unlisted> {
        Err(Unlisted::NotSupported)
    }
}
