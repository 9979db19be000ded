//! Who may see what: the whole rule book in people's words, open to all.

mod citizen;
mod pages;
#[cfg(test)]
mod tests;

pub(crate) use citizen::router;
