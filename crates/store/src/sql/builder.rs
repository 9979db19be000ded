//! SQL text with its values apart: nothing that was sent is ever part of the text.

/// A bound value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// A piece of a statement. Pieces are put together in order of text, so that values stay in order of their places.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sql {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
}

impl Sql {
    /// A piece without values.
    pub(crate) fn raw(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Adds text of our own.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a place and its value.
    pub(crate) fn bind(&mut self, value: Value) -> &mut Self {
        self.text.push('?');
        self.values.push(value);
        self
    }

    /// Adds a place for a whole number.
    pub(crate) fn int(&mut self, value: i64) -> &mut Self {
        self.bind(Value::Int(value))
    }

    /// Adds another piece.
    pub(crate) fn add(&mut self, other: Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values);
        self
    }

    /// Adds `(?, ?, ..)`; for an empty list `(NULL)`, which nothing is in.
    pub(crate) fn list(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        self.push("(");
        let mut any = false;
        for value in values {
            if any {
                self.push(", ");
            }
            any = true;
            self.bind(value);
        }
        self.push(if any { ")" } else { "NULL)" })
    }

    /// Adds pieces with `between` between them.
    pub(crate) fn join(&mut self, pieces: impl IntoIterator<Item = Self>, between: &str) -> &mut Self {
        for (index, piece) in pieces.into_iter().enumerate() {
            if index > 0 {
                self.push(between);
            }
            self.add(piece);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_a_value_and_never_text() {
        let mut sql = Sql::raw("SELECT 1 WHERE a IN ");
        sql.list([Value::Text("'; DROP TABLE x --".into()), Value::Int(1)]).push(" AND b = ").int(2);
        assert_eq!(sql.text, "SELECT 1 WHERE a IN (?, ?) AND b = ?");
        assert_eq!(sql.values.len(), 3);
        let mut empty = Sql::default();
        empty.list([]);
        assert_eq!(empty.text, "(NULL)");
    }
}
