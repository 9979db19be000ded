//! JSON as FHIR needs it: a borrowed tree with limits, numbers kept as they were written, duplicate names refused.
//!
//! `serde_json` is not used here because it loses what FHIR must keep (the decimal `1.00`), accepts duplicate names, and
//! cannot say where in the document an error is; this is also the hottest path of the product.

mod node;
mod parser;
mod patch;
mod pointer;
mod same;
mod write;

pub use node::{Member, Node, Object};
pub use parser::{JsonError, JsonErrorKind, Limits, parse};
pub use patch::{Patch, PatchError, PatchErrorKind};
pub use write::{write_node, write_string};
