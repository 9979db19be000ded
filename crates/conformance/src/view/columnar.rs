//! Rows as Parquet.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use rust_decimal::prelude::ToPrimitive;

use super::cell::{Cell, Kind, Row};
use super::definition::{Column, View};

/// Rows of a row group: as many are kept in memory.
const GROUP_ROWS: usize = 10_000;

/// Writes rows as Parquet, compressed with Snappy. Texts are UTF-8, whole numbers 64 bits; decimals are 64 bits of binary
/// floating point, since those of FHIR have no common scale (NDJSON and CSV keep their digits). Lists are three levels.
pub struct ParquetWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// Why Parquet could not be written.
#[derive(Debug, thiserror::Error)]
#[error("Parquet could not be written: {0}")]
pub struct ParquetError(#[from] parquet::errors::ParquetError);

impl<W: Write + Send> ParquetWriter<W> {
    /// A writer for the rows of a view.
    ///
    /// # Errors
    /// Those of the output.
    pub fn new(view: &View, out: W) -> Result<Self, ParquetError> {
        let columns = view.columns().to_vec();
        let fields = columns.iter().map(|c| field(c).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        let schema = Type::group_type_builder(view.name().unwrap_or("view")).with_fields(fields).build()?;
        let properties =
            WriterProperties::builder().set_compression(Compression::SNAPPY).set_created_by("varde".to_owned()).build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { writer, columns, rows: Vec::new() })
    }

    /// Takes rows, and writes them when there are enough.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, rows: Vec<Row>) -> Result<(), ParquetError> {
        self.rows.extend(rows);
        if self.rows.len() >= GROUP_ROWS { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.writer.next_row_group()?;
        for (index, column) in self.columns.iter().enumerate() {
            let Some(mut writer) = group.next_column()? else { break };
            let cells = rows.iter().map(|row| row.get(index).unwrap_or(&Cell::Null));
            match column.kind.unwrap_or(Kind::Text) {
                Kind::Boolean => write_column::<BoolType>(&mut writer, column, cells, |c| match c {
                    Cell::Boolean(value) => Some(*value),
                    _ => None,
                })?,
                Kind::Integer => write_column::<Int64Type>(&mut writer, column, cells, |c| match c {
                    Cell::Integer(value) => Some(*value),
                    _ => None,
                })?,
                Kind::Decimal => write_column::<DoubleType>(&mut writer, column, cells, |c| match c {
                    Cell::Decimal(value) => value.to_f64(),
                    _ => None,
                })?,
                Kind::Text => write_column::<ByteArrayType>(&mut writer, column, cells, |c| {
                    text(c).map(|t| ByteArray::from(t.into_bytes()))
                })?,
            }
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }

    /// Writes what is left and the footer, and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> Result<W, ParquetError> {
        if !self.rows.is_empty() {
            self.write_group()?;
        }
        Ok(self.writer.into_inner()?)
    }
}

/// The text of a cell in a column without a type.
fn text(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Null | Cell::List(_) => None,
        Cell::Boolean(value) => Some(value.to_string()),
        Cell::Integer(value) => Some(value.to_string()),
        Cell::Decimal(value) => Some(value.to_string()),
        Cell::Text(text) => Some(text.clone()),
    }
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let name = if column.collection { "element" } else { column.name.as_str() };
    let physical = match column.kind.unwrap_or(Kind::Text) {
        Kind::Boolean => PhysicalType::BOOLEAN,
        Kind::Integer => PhysicalType::INT64,
        Kind::Decimal => PhysicalType::DOUBLE,
        Kind::Text => PhysicalType::BYTE_ARRAY,
    };
    let mut builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    if physical == PhysicalType::BYTE_ARRAY {
        builder = builder.with_converted_type(ConvertedType::UTF8).with_logical_type(Some(LogicalType::String));
    }
    let element = builder.build()?;
    if !column.collection {
        return Ok(element);
    }
    let items =
        Type::group_type_builder("list").with_repetition(Repetition::REPEATED).with_fields(vec![Arc::new(element)]);
    let list = Type::group_type_builder(&column.name)
        .with_repetition(Repetition::OPTIONAL)
        .with_converted_type(ConvertedType::LIST)
        .with_logical_type(Some(LogicalType::List))
        .with_fields(vec![Arc::new(items.build()?)]);
    Ok(list.build()?)
}

/// Writes the cells of a column with the levels that say where something is missing and where lists begin.
fn write_column<'c, T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    column: &Column,
    cells: impl Iterator<Item = &'c Cell>,
    value_of: impl Fn(&Cell) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let (mut values, mut definitions, mut repetitions) = (Vec::new(), Vec::new(), Vec::new());
    for cell in cells {
        match (column.collection, cell) {
            (false, cell) => {
                let value = value_of(cell);
                definitions.push(i16::from(value.is_some()));
                values.extend(value);
            }
            (true, Cell::List(items)) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    let value = value_of(item);
                    definitions.push(2 + i16::from(value.is_some()));
                    repetitions.push(i16::from(index > 0));
                    values.extend(value);
                }
            }
            (true, cell) => {
                definitions.push(i16::from(matches!(cell, Cell::List(_))));
                repetitions.push(0);
            }
        }
    }
    let repetitions = column.collection.then_some(repetitions.as_slice());
    writer.typed::<T>().write_batch(&values, Some(&definitions), repetitions)?;
    Ok(())
}
