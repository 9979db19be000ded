//! What a resource can be found by: the R4 search-parameter expressions, compiled by the generator into one tree of steps per
//! resource type, so that a path several parameters share is walked once.

mod date;
mod entry;
mod extract;
mod fold;
mod number;
mod pair;
pub(crate) mod program;
mod value;
mod variant;

pub use date::date_span_micros;
pub use entry::{IndexEntries, IndexEntry, IndexValue, ParamId, Variant, Word};
pub use extract::extract;
pub use fold::fold;
pub use number::number_span;
