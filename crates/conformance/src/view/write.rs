//! Rows as NDJSON and CSV.

use std::io::{self, Write};

use varde_fhir::json::write_string;

use super::cell::{Cell, Row};
use super::definition::View;

/// Writes rows as JSON objects, one in a line; a cell of nothing is `null`.
pub struct NdjsonWriter<'v, W> {
    view: &'v View,
    out: W,
}

impl<'v, W: Write> NdjsonWriter<'v, W> {
    /// A writer for the rows of a view.
    pub fn new(view: &'v View, out: W) -> Self {
        Self { view, out }
    }

    /// Writes rows.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        let mut line = String::new();
        for row in rows {
            line.clear();
            for (column, cell) in self.view.columns().iter().zip(row) {
                line.push(if line.is_empty() { '{' } else { ',' });
                write_string(&mut line, &column.name);
                line.push(':');
                write_cell(&mut line, cell);
            }
            line.push_str(if line.is_empty() { "{}\n" } else { "}\n" });
            self.out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    /// Writes what is left, and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

fn write_cell(out: &mut String, cell: &Cell) {
    match cell {
        Cell::Null => out.push_str("null"),
        Cell::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        Cell::Integer(value) => out.push_str(&value.to_string()),
        Cell::Decimal(value) => out.push_str(&value.to_string()),
        Cell::Text(text) => write_string(out, text),
        Cell::List(cells) => {
            out.push('[');
            for (index, cell) in cells.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_cell(out, cell);
            }
            out.push(']');
        }
    }
}

/// Writes rows as CSV (RFC 4180) with a header; a cell of nothing is empty, a list is JSON.
pub struct CsvWriter<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// A writer for the rows of a view; writes the header.
    ///
    /// # Errors
    /// Those of the output.
    pub fn new(view: &View, out: W) -> io::Result<Self> {
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        out.write_record(view.columns().iter().map(|c| c.name.as_str()))?;
        Ok(Self { out })
    }

    /// Writes rows.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            for cell in row {
                self.field(cell)?;
            }
            self.out.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    fn field(&mut self, cell: &Cell) -> io::Result<()> {
        match cell {
            Cell::Null => self.out.write_field("")?,
            Cell::Text(text) => self.out.write_field(text)?,
            other => {
                let mut text = String::new();
                write_cell(&mut text, other);
                self.out.write_field(text)?;
            }
        }
        Ok(())
    }

    /// Writes what is left, and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(self) -> io::Result<W> {
        self.out.into_inner().map_err(|e| e.into_error())
    }
}
