//! Values of a statement in PostgreSQL's types, and its places as `$1`, `$2`.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::sql::builder::{Sql, Value};

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            // Numbers of parameters are hashes of 32 bits and lie in the table as signed ones.
            (Self::Int(value), &Type::INT4) => param(u32::try_from(*value)?).to_sql(ty, out),
            (Self::Int(value), &Type::INT2) => i16::try_from(*value)?.to_sql(ty, out),
            (Self::Int(value), _) => value.to_sql(&Type::INT8, out),
            (Self::Real(value), _) => value.to_sql(&Type::FLOAT8, out),
            (Self::Text(value), _) => value.to_sql(&Type::TEXT, out),
            (Self::Blob(value), _) => value.to_sql(&Type::BYTEA, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT2, Type::INT4, Type::INT8, Type::FLOAT8, Type::TEXT, Type::VARCHAR, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}

/// The number of a search parameter as it lies in the tables.
pub(super) const fn param(number: u32) -> i32 {
    number.cast_signed()
}

/// A statement's text with numbered places. Nothing that was sent is in the text, so every `?` is a place.
pub(super) fn numbered(sql: &Sql) -> String {
    let mut out = String::with_capacity(sql.text.len() + sql.values.len() * 2);
    let mut pieces = sql.text.split('?');
    out.push_str(pieces.next().unwrap_or_default());
    for (number, piece) in (1..).zip(pieces) {
        out.push_str(&format!("${number}"));
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_in_order() {
        let mut sql = Sql::raw("SELECT 1 WHERE a = ");
        sql.int(1).push(" AND b IN ").list([Value::Int(2), Value::Int(3)]);
        assert_eq!(numbered(&sql), "SELECT 1 WHERE a = $1 AND b IN ($2, $3)");
    }

    #[test]
    fn a_number_of_a_parameter_keeps_its_bits() {
        assert_eq!(param(0xFFFF_FFFF), -1);
        let mut out = BytesMut::new();
        Value::Int(0xD29E_2CE6).to_sql(&Type::INT4, &mut out).unwrap();
        assert_eq!(&out[..], 0xD29E_2CE6_u32.to_be_bytes());
    }
}
