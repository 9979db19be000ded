//! The tables both engines have, column by column.

use crate::sql::builder::Value;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 64 bits.
    Big,
    /// 16 bits.
    Small,
    /// The number of a search parameter: 32 bits, signed in PostgreSQL.
    Param,
    /// A number of up to 31 bits.
    Int,
    /// Text.
    Text,
    /// Bytes.
    Blob,
    /// A floating-point number.
    Real,
}

/// A column of a table.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [Column],
    /// In PostgreSQL the table also has the patient, by which it is in partitions; in SQLite the resource alone has it.
    pub(super) is_parted: bool,
    /// PostgreSQL numbers its rows itself, by this column.
    pub(super) numbered: Option<&'static str>,
    /// Only the rows `t` of which this holds, in the words both engines have.
    pub(super) only: Option<&'static str>,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

const fn table(name: &'static str, columns: &'static [Column]) -> Table {
    Table { name, columns, is_parted: false, numbered: None, only: None }
}

use Kind::{Big, Blob, Int, Param, Real, Small, Text};

/// In the order they are copied. Of what lives for a while only what people would miss is: they sign in again.
pub(super) const TABLES: [Table; 21] = [
    Table {
        name: "patient",
        columns: &[column("num", Big), column("id", Text)],
        is_parted: false,
        numbered: Some("num"),
        only: None,
    },
    table(
        "resource",
        &[
            column("rid", Big),
            column("type", Int),
            column("id", Text),
            column("patient", Big),
            column("version", Big),
            column("updated_micros", Big),
            column("deleted", Small),
            column("service", Small),
            column("item_label", Small),
            column("checksum", Param),
        ],
    ),
    Table {
        name: "content",
        columns: &[column("rid", Big), column("body", Blob), column("entries", Blob), column("checksum", Param)],
        is_parted: true,
        numbered: None,
        only: None,
    },
    Table {
        name: "history",
        columns: &[
            column("rid", Big),
            column("version", Big),
            column("type", Int),
            column("updated_micros", Big),
            column("deleted", Small),
            column("body", Blob),
            column("checksum", Param),
        ],
        is_parted: true,
        numbered: None,
        only: None,
    },
    table(
        "conditional",
        &[
            column("patient", Big),
            column("rid", Big),
            column("service", Small),
            column("item_label", Small),
            column("visible_micros", Big),
            column("referral", Text),
            column("checksum", Param),
        ],
    ),
    table("index_token", &[column("param", Param), column("value", Blob), column("patient", Big), column("rid", Big)]),
    table(
        "index_string",
        &[
            column("param", Param),
            column("value", Text),
            column("patient", Big),
            column("rid", Big),
            column("exact", Text),
        ],
    ),
    table(
        "index_reference",
        &[
            column("param", Param),
            column("value", Text),
            column("target", Int),
            column("patient", Big),
            column("rid", Big),
        ],
    ),
    table("index_uri", &[column("param", Param), column("value", Text), column("patient", Big), column("rid", Big)]),
    table(
        "index_date",
        &[column("param", Param), column("patient", Big), column("low", Big), column("high", Big), column("rid", Big)],
    ),
    table(
        "index_number",
        &[
            column("param", Param),
            column("patient", Big),
            column("low", Real),
            column("high", Real),
            column("rid", Big),
        ],
    ),
    table(
        "index_quantity",
        &[
            column("param", Param),
            column("patient", Big),
            column("low", Real),
            column("high", Real),
            column("rid", Big),
            column("unit", Blob),
        ],
    ),
    table(
        "index_pair",
        &[
            column("param", Param),
            column("value", Blob),
            column("patient", Big),
            column("low", Real),
            column("high", Real),
            column("rid", Big),
            column("second", Blob),
        ],
    ),
    table("index_word", &[column("param", Param), column("text", Text), column("value", Blob)]),
    table(
        "audit",
        &[
            column("seq", Big),
            column("at_micros", Big),
            column("patient", Big),
            column("body", Blob),
            column("hash", Blob),
        ],
    ),
    // The tiles are made again from the entries.
    table("audit_checkpoint", &[column("number", Big), column("size", Big), column("note", Text)]),
    Table {
        name: "audit_key",
        columns: &[column("number", Big), column("key", Text)],
        is_parted: false,
        numbered: Some("number"),
        only: None,
    },
    Table {
        name: "outbox",
        columns: &[
            column("id", Big),
            column("kind", Text),
            column("subject", Big),
            column("payload", Text),
            column("created_micros", Big),
            column("attempts", Big),
            column("next_attempt_micros", Big),
            column("lease_until_micros", Big),
            column("lease", Big),
            column("state", Small),
        ],
        is_parted: false,
        numbered: Some("id"),
        only: None,
    },
    table(
        "idempotency",
        &[
            column("scope", Text),
            column("key", Text),
            column("fingerprint", Big),
            column("created_micros", Big),
            column("answer", Text),
        ],
    ),
    Table {
        name: "ephemeral",
        columns: &[
            column("kind", Text),
            column("key_hash", Blob),
            column("owner", Text),
            column("value", Blob),
            column("expires_micros", Big),
        ],
        is_parted: false,
        numbered: None,
        only: Some("t.kind LIKE 'kept-%'"),
    },
    table("import_mark", &[column("source", Text), column("position", Big), column("updated_micros", Big)]),
];

/// A row: its cells in the order of the columns, and whose it is in tables that are parted.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) patient: i64,
    pub(super) cells: Vec<Value>,
}

impl Table {
    /// The end of a statement that reads the rows that are copied.
    pub(super) fn narrowed(&self) -> String {
        self.only.map(|only| format!(" WHERE {only}")).unwrap_or_default()
    }

    /// Names of the columns, each after `before`, with commas between.
    pub(super) fn names(&self, before: &str) -> String {
        self.columns.iter().map(|column| format!("{before}{}", column.name)).collect::<Vec<_>>().join(", ")
    }
}
