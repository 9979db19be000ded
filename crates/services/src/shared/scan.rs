use futures_util::future::BoxFuture;

/// What was found in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing harmful.
    Clean,
    /// Harmful code.
    Harmful,
    /// Nothing is known: nobody answered, or not in words that are understood.
    Unknown,
}

/// Looks for harmful code in a file before it is kept.
pub trait FileScan: Send + Sync + 'static {
    /// What is in these bytes. It answers within a time limit of its own.
    fn scan<'a>(&'a self, bytes: &'a [u8]) -> BoxFuture<'a, Verdict>;
}
