//! Searches as SQL, for both engines: plain SQL with bound values, over the tables in `docs/decisions/0002-index-layout.md`.

pub(crate) mod answers;
pub(crate) mod builder;
pub(crate) mod columns;
pub(crate) mod cursor;
pub(crate) mod history;
pub(crate) mod include;
pub(crate) mod keys;
pub(crate) mod lookup;
pub(crate) mod matches;
mod near;
mod pair;
pub(crate) mod search;
pub(crate) mod seen;
pub(crate) mod sorted;
pub(crate) mod start;
pub(crate) mod words;
