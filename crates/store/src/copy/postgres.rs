//! A database on a server, for copying: everything in one transaction, so that it is read from one moment and written whole or not at all.

use deadpool_postgres::{ClientWrapper, Pool};
use tokio::sync::mpsc;
use tokio_postgres::Row as SqlRow;
use tokio_postgres::types::ToSql;

use super::tables::{Column, Kind, Row, TABLES, Table};
use super::{BATCH, stopped};
use crate::audit::chain::Head;
use crate::engine::EngineError;
use crate::postgres::{PostgresOptions, column, connect, engine_error, execute, log_head, query_rows as query};
use crate::sql::builder::Value;

/// A connection of its own.
pub(super) struct PostgresSide {
    client: deadpool_postgres::Client,
    _pool: Pool,
}

impl PostgresSide {
    pub(super) async fn open(options: &PostgresOptions) -> Result<Self, EngineError> {
        let (pool, client) =
            connect(options, "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0").await?;
        client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await.map_err(engine_error)?;
        let waiting = query(&client, "SELECT count(*) FROM audit_waiting", &[]).await?;
        if waiting.first().map(|row| column::<i64>(row, 0)).transpose()?.unwrap_or(0) > 0 {
            return Err(EngineError::Unavailable(
                "the database is in use; stop the programs that serve from it".into(),
            ));
        }
        Ok(Self { client, _pool: pool })
    }

    fn client(&self) -> &ClientWrapper {
        &self.client
    }

    pub(super) async fn read(&self, table: &'static Table, rows: &mpsc::Sender<Vec<Row>>) -> Result<(), EngineError> {
        let patient = if table.is_parted { "t.patient" } else { "0::bigint" };
        let (name, names) = (table.name, table.names("t."));
        let only = table.narrowed();
        let declare =
            format!("DECLARE {name}_rows NO SCROLL CURSOR FOR SELECT {patient}, {names} FROM {name} AS t{only}");
        self.client.batch_execute(&declare).await.map_err(engine_error)?;
        loop {
            let fetch = format!("FETCH {BATCH} FROM {name}_rows");
            let found = self.client.query(&fetch, &[]).await.map_err(engine_error)?;
            if found.is_empty() {
                break;
            }
            let batch = found.iter().map(|row| read(row, table)).collect::<Result<Vec<_>, _>>()?;
            rows.send(batch).await.map_err(|_| stopped())?;
        }
        self.client.batch_execute(&format!("CLOSE {name}_rows")).await.map_err(engine_error)
    }

    pub(super) async fn write(&self, table: &'static Table, rows: &[Row]) -> Result<(), EngineError> {
        let mut names = table.names("");
        let mut arrays: Vec<Array> =
            table.columns.iter().enumerate().map(|(at, column)| Array::of(column, at, rows)).collect();
        if table.is_parted {
            names.push_str(", patient");
            arrays.push(Array::Big(rows.iter().map(|row| row.patient).collect()));
        }
        let places: Vec<String> =
            (1..).zip(&arrays).map(|(number, array)| format!("${number}::{}[]", array.name())).collect();
        let over = if table.numbered.is_some() { "OVERRIDING SYSTEM VALUE " } else { "" };
        let sql = format!("INSERT INTO {}({names}) {over}SELECT * FROM unnest({})", table.name, places.join(", "));
        let values: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(Array::value).collect();
        execute(self.client(), &sql, &values).await.map(drop)
    }

    pub(super) async fn head(&self) -> Result<Head, EngineError> {
        log_head(self.client()).await
    }

    pub(super) async fn finish(&self, head: Head) -> Result<(), EngineError> {
        execute(self.client(), "INSERT INTO name SELECT type, id, patient, rid FROM resource", &[]).await?;
        let set = "UPDATE audit_head SET count = $1, hash = $2";
        execute(self.client(), set, &[&head.count.cast_signed(), &&head.hash[..]]).await?;
        let mut sql =
            "SELECT setval('resource_rid', (SELECT coalesce(max(rid), 0) + 1 FROM resource), false);".to_owned();
        for (name, number) in TABLES.iter().filter_map(|table| Some((table.name, table.numbered?))) {
            sql.push_str(&format!(
                "SELECT setval(pg_get_serial_sequence('{name}', '{number}'), \
                 (SELECT coalesce(max({number}), 0) + 1 FROM {name}), false);"
            ));
        }
        sql.push_str("COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ");
        self.client.batch_execute(&sql).await.map_err(engine_error)
    }
}

fn read(row: &SqlRow, table: &Table) -> Result<Row, EngineError> {
    let cell = |(at, col): (usize, &Column)| {
        let at = at + 1;
        Ok(match col.kind {
            Kind::Big => Value::Int(column(row, at)?),
            Kind::Small => Value::Int(i64::from(column::<i16>(row, at)?)),
            Kind::Param => Value::Int(i64::from(column::<i32>(row, at)?.cast_unsigned())),
            Kind::Int => Value::Int(i64::from(column::<i32>(row, at)?)),
            Kind::Text => Value::Text(column(row, at)?),
            Kind::Blob => Value::Blob(column(row, at)?),
            Kind::Real => Value::Real(column(row, at)?),
        })
    };
    let cells = table.columns.iter().enumerate().map(cell).collect::<Result<_, EngineError>>()?;
    Ok(Row { patient: column(row, 0)?, cells })
}

/// A column of several rows.
enum Array {
    Big(Vec<i64>),
    Int(Vec<i32>),
    Small(Vec<i16>),
    Real(Vec<f64>),
    Text(Vec<String>),
    Blob(Vec<Vec<u8>>),
}

impl Array {
    /// What does not fit its column is left out, and the server then refuses arrays of unlike length.
    fn of(column: &Column, at: usize, rows: &[Row]) -> Self {
        let cells = || rows.iter().filter_map(|row| row.cells.get(at));
        let ints = || cells().filter_map(|cell| if let Value::Int(value) = cell { Some(*value) } else { None });
        match column.kind {
            Kind::Big => Self::Big(ints().collect()),
            Kind::Int => Self::Int(ints().filter_map(|value| i32::try_from(value).ok()).collect()),
            Kind::Param => {
                Self::Int(ints().filter_map(|value| u32::try_from(value).ok()).map(u32::cast_signed).collect())
            }
            Kind::Small => Self::Small(ints().filter_map(|value| i16::try_from(value).ok()).collect()),
            Kind::Real => {
                let real = |cell: &Value| if let Value::Real(value) = cell { Some(*value) } else { None };
                Self::Real(cells().filter_map(real).collect())
            }
            Kind::Text => {
                let text = |cell: &Value| if let Value::Text(value) = cell { Some(value.clone()) } else { None };
                Self::Text(cells().filter_map(text).collect())
            }
            Kind::Blob => {
                let blob = |cell: &Value| if let Value::Blob(value) = cell { Some(value.clone()) } else { None };
                Self::Blob(cells().filter_map(blob).collect())
            }
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Big(_) => "bigint",
            Self::Int(_) => "integer",
            Self::Small(_) => "smallint",
            Self::Real(_) => "double precision",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytea",
        }
    }

    fn value(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Big(values) => values,
            Self::Int(values) => values,
            Self::Small(values) => values,
            Self::Real(values) => values,
            Self::Text(values) => values,
            Self::Blob(values) => values,
        }
    }
}
