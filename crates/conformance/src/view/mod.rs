//! SQL on FHIR v2: a ViewDefinition turns resources of a type into rows.
//!
//! A view is read and checked once ([`View::parse`]), then gives the rows of one resource after the other ([`View::rows`]), so
//! that any number of resources needs the memory of one. Writers take rows to NDJSON, CSV or Parquet.
//! ```
//! use varde_conformance::view::{NdjsonWriter, View};
//! use varde_fhir::json::{Limits, parse};
//!
//! let view = View::parse(br#"{"resource":"Patient","select":[{"column":[{"name":"id","path":"id","type":"id"}]},
//!     {"forEach":"name","column":[{"name":"family","path":"family","type":"string"}]}]}"#).unwrap();
//! let patient = br#"{"resourceType":"Patient","id":"kari","name":[{"family":"Nordmann"},{"family":"Hansen"}]}"#;
//! let patient = parse(patient, &Limits::default()).unwrap();
//! let mut out = Vec::new();
//! let mut writer = NdjsonWriter::new(&view, &mut out);
//! writer.write(&view.rows(&patient, None).unwrap()).unwrap();
//! assert_eq!(out.lines().count(), 2);
//! # use std::io::BufRead as _;
//! ```

mod cell;
mod columnar;
mod definition;
mod rows;
mod write;

pub use cell::{Cell, Kind, Row};
pub use columnar::{ParquetError, ParquetWriter};
pub use definition::{Column, View, ViewError, ViewErrorKind};
pub use rows::RowError;
pub use write::{CsvWriter, NdjsonWriter};
