//! The cells of a table.

use rust_decimal::Decimal;

use crate::path::Value;

/// One row: a cell for each column of the view, in their order.
pub type Row = Vec<Cell>;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number, with the digits it was written with.
    Decimal(Decimal),
    /// Text; dates and times, too, since those of FHIR may be parts of a date.
    Text(String),
    /// The values of a column with `collection`.
    List(Vec<Cell>),
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`Cell::Boolean`].
    Boolean,
    /// [`Cell::Integer`].
    Integer,
    /// [`Cell::Decimal`].
    Decimal,
    /// [`Cell::Text`].
    Text,
}

impl Kind {
    /// The kind of a type of FHIR or FHIRPath, as `column.type` names it; `None` for complex types, which no table holds.
    pub(super) fn of_type(name: &str) -> Option<Self> {
        let name = name.rsplit(['/', '.', '#']).next().unwrap_or(name);
        Some(match name {
            "boolean" | "Boolean" => Self::Boolean,
            "integer" | "positiveInt" | "unsignedInt" | "integer64" | "Integer" => Self::Integer,
            "decimal" | "Decimal" => Self::Decimal,
            "String" | "Date" | "DateTime" | "Time" => Self::Text,
            other => match varde_fhir::TypeRef::named(other) {
                Some(type_ref) if type_ref.is_primitive() => Self::Text,
                _ => return None,
            },
        })
    }

    /// The cell of a value; `None` when the value is not of this kind.
    pub(super) fn cell(self, value: &Value<'_>) -> Option<Cell> {
        let Some(value) = value.to_system() else {
            // A primitive without a value is nothing.
            let nothing = matches!(value, Value::Element(e) if e.node().is_none());
            return nothing.then_some(Cell::Null);
        };
        match (self, value) {
            (Self::Boolean, Value::Boolean(value)) => Some(Cell::Boolean(value)),
            (Self::Integer, Value::Integer(value)) => Some(Cell::Integer(value)),
            (Self::Decimal, value) => value.decimal().map(Cell::Decimal),
            (Self::Text, value) => value.to_text().map(|t| Cell::Text(t.into_owned())),
            _ => None,
        }
    }

    /// The cell of a value in a column without a type.
    pub(super) fn any_cell(value: &Value<'_>) -> Option<Cell> {
        [Self::Boolean, Self::Integer, Self::Decimal, Self::Text].into_iter().find_map(|kind| kind.cell(value))
    }
}
