//! Searches: from the parameters of a URL to a [`Query`] in which nothing is text that still has to be parsed.

mod chain;
mod composite;
mod include;
mod matching;
mod modifier;
mod parse;
mod query;
mod split;
mod terminology;
mod value;

pub use matching::{Candidate, is_decidable, matches};
pub use parse::{COLUMN_PARAMS, CURSOR_PARAM, SearchOptions, parse, parse_with};
pub use query::{
    Chain, Clause, Cursor, DateMatch, Include, Match, NumberMatch, ParamKind, Prefix, Query, RevInclude, SortBy,
    SortKey, Total,
};
pub use terminology::{CodeSet, MAX_CODES, NoTerminology, Terminology, Unlisted};
