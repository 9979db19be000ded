//! Index rows in and out, a statement for each table whatever their number.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::types::ToSql;

use crate::engine::EngineError;
use crate::sql::keys::Key;
use crate::sql::words::WordRow;

use super::pipeline::Pipeline;
use super::pool::execute;
use super::values::param;

/// An index row: key, patient, resource.
pub(super) type IndexRow = (Key, i64, i64);

/// Rows of one table as arrays, one for each column.
#[derive(Default)]
struct Arrays<'k> {
    params: Vec<i32>,
    patients: Vec<i64>,
    rids: Vec<i64>,
    bytes: Vec<&'k [u8]>,
    second: Vec<&'k [u8]>,
    texts: Vec<&'k str>,
    exact: Vec<&'k str>,
    targets: Vec<i32>,
    low: Vec<i64>,
    high: Vec<i64>,
    from: Vec<f64>,
    to: Vec<f64>,
}

impl<'k> Arrays<'k> {
    fn row(&mut self, number: u32, patient: i64, rid: i64) -> &mut Self {
        self.params.push(param(number));
        self.patients.push(patient);
        self.rids.push(rid);
        self
    }

    fn fill(&mut self, key: &'k Key, patient: i64, rid: i64) {
        match key {
            Key::Token { param, value } => self.row(*param, patient, rid).bytes.push(value),
            Key::Uri { param, value } => self.row(*param, patient, rid).texts.push(value),
            Key::String { param, value, exact } => {
                self.row(*param, patient, rid).texts.push(value);
                self.exact.push(exact);
            }
            Key::Reference { param, value, target } => {
                self.row(*param, patient, rid).texts.push(value);
                self.targets.push(i32::from(*target));
            }
            Key::Date { param, low, high } => {
                self.row(*param, patient, rid).low.push(*low);
                self.high.push(*high);
            }
            Key::Number { param, low, high } => {
                self.row(*param, patient, rid).from.push(*low);
                self.to.push(*high);
            }
            Key::Quantity { param, low, high, unit } => {
                self.row(*param, patient, rid).from.push(*low);
                self.to.push(*high);
                self.bytes.push(unit);
            }
            Key::Pair { param, value, low, high, second } => {
                self.row(*param, patient, rid).bytes.push(value);
                self.from.push(*low);
                self.to.push(*high);
                self.second.push(second);
            }
        }
    }
}

/// A table of the index: its columns after `param`, `patient` and `rid`, with the types of their arrays.
struct Table {
    name: &'static str,
    columns: &'static [(&'static str, &'static str)],
}

const TABLES: [Table; 8] = [
    Table { name: "index_token", columns: &[("value", "bytea")] },
    Table { name: "index_string", columns: &[("value", "text"), ("exact", "text")] },
    Table { name: "index_reference", columns: &[("value", "text"), ("target", "integer")] },
    Table { name: "index_uri", columns: &[("value", "text")] },
    Table { name: "index_date", columns: &[("low", "bigint"), ("high", "bigint")] },
    Table { name: "index_number", columns: &[("low", "double precision"), ("high", "double precision")] },
    Table {
        name: "index_quantity",
        columns: &[("low", "double precision"), ("high", "double precision"), ("unit", "bytea")],
    },
    Table {
        name: "index_pair",
        columns: &[("value", "bytea"), ("low", "double precision"), ("high", "double precision"), ("second", "bytea")],
    },
];

const fn place(key: &Key) -> usize {
    match key {
        Key::Token { .. } => 0,
        Key::String { .. } => 1,
        Key::Reference { .. } => 2,
        Key::Uri { .. } => 3,
        Key::Date { .. } => 4,
        Key::Number { .. } => 5,
        Key::Quantity { .. } => 6,
        Key::Pair { .. } => 7,
    }
}

impl Table {
    /// `unnest($1::integer[], ..) AS u(param, ..)`
    fn given(&self) -> String {
        let arrays: String = (4..).zip(self.columns).map(|(number, (_, ty))| format!(", ${number}::{ty}[]")).collect();
        format!(
            "unnest($1::integer[], $2::bigint[], $3::bigint[]{arrays}) AS u(param, patient, rid{})",
            self.names(", ")
        )
    }

    fn names(&self, before: &str) -> String {
        self.columns.iter().map(|(name, _)| format!("{before}{name}")).collect()
    }

    fn insert(&self) -> String {
        let (names, given) = (self.names(", "), self.given());
        format!("INSERT INTO {}(param, patient, rid{names}) SELECT * FROM {given} ON CONFLICT DO NOTHING", self.name)
    }

    fn delete(&self) -> String {
        let same: String = self.columns.iter().map(|(name, _)| format!(" AND t.{name} = u.{name}")).collect();
        let given = self.given();
        format!(
            "DELETE FROM {} AS t USING {given} WHERE t.param = u.param AND t.patient = u.patient AND t.rid = u.rid{same}",
            self.name
        )
    }

    fn values<'a>(&self, arrays: &'a Arrays<'_>) -> Vec<&'a (dyn ToSql + Sync)> {
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&arrays.params, &arrays.patients, &arrays.rids];
        for column in self.columns {
            values.push(match column {
                ("second", _) => &arrays.second,
                (_, "bytea") => &arrays.bytes,
                ("exact", _) => &arrays.exact,
                (_, "text") => &arrays.texts,
                (_, "integer") => &arrays.targets,
                ("low", "bigint") => &arrays.low,
                (_, "bigint") => &arrays.high,
                ("low", _) => &arrays.from,
                _ => &arrays.to,
            });
        }
        values
    }
}

/// Takes rows out and puts rows in. They are sorted first, so that neighbours in a table are written while their page is at hand, and
/// so that two transactions meet in the same order.
pub(super) async fn change(
    client: &ClientWrapper,
    remove: &mut [IndexRow],
    add: &mut [IndexRow],
) -> Result<(), EngineError> {
    let mut sorted: [(Arrays<'_>, Arrays<'_>); 8] = Default::default();
    let in_order = |rows: &mut [IndexRow]| {
        rows.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    };
    in_order(remove);
    in_order(add);
    for (key, patient, rid) in &*remove {
        if let Some((gone, _)) = sorted.get_mut(place(key)) {
            gone.fill(key, *patient, *rid);
        }
    }
    for (key, patient, rid) in &*add {
        if let Some((_, new)) = sorted.get_mut(place(key)) {
            new.fill(key, *patient, *rid);
        }
    }
    let mut pipeline = Pipeline::new(client);
    for (table, (gone, new)) in TABLES.iter().zip(&sorted) {
        if !gone.params.is_empty() {
            pipeline.add(&table.delete(), table.values(gone)).await?;
        }
        if !new.params.is_empty() {
            pipeline.add(&table.insert(), table.values(new)).await?;
        }
    }
    pipeline.run().await
}

/// Writes what codes are called and which units occur. Outside any transaction, so that nobody waits for anybody's word; in one order, so
/// that two who write the same never wait for each other.
pub(super) async fn write_words(client: &ClientWrapper, mut words: Vec<WordRow>) -> Result<(), EngineError> {
    words.sort_unstable_by(|a, b| (a.param, &a.text, &a.value).cmp(&(b.param, &b.text, &b.value)));
    let params: Vec<i32> = words.iter().map(|word| param(word.param)).collect();
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let values: Vec<&[u8]> = words.iter().map(|word| word.value.as_slice()).collect();
    const SQL: &str = "INSERT INTO index_word(param, text, value) \
         SELECT * FROM unnest($1::integer[], $2::text[], $3::bytea[]) ON CONFLICT DO NOTHING";
    execute(client, SQL, &[&params, &texts, &values]).await.map(drop)
}
