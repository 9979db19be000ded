//! A query as SQL. Three ways in, the narrowest first: one citizen's resources of a type; the clause with the fewest index
//! rows; the whole type. What the actor may see is part of the statement, so pages and totals are exact.

use super::builder::{Sql, Value};
use super::cursor::{Mark, Position, SortValue};
use super::lookup::Found;
use super::matches::{OnTable, instant};
pub(crate) use super::seen::{Seen, SeenOf, seen};
use super::start::{Start, is_param, tables_of};
use crate::engine::{EngineError, Row, Rows, Visibility};
use varde_base::PatientId;
use varde_fhir::index::{ParamId, Variant};
use varde_fhir::search::{Clause, Cursor, ParamKind, Query, SortBy, SortKey};

/// Where the engines' tables differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `resource` is found by its name in an index of its own.
    Sqlite,
    /// `resource` lies in partitions by patient; the table `name` says where.
    Postgres,
}

/// Clauses of a search that may become joins in PostgreSQL.
const MOST_JOINED: usize = 8;

/// The resource of each index row `d` in turn. Without the limit PostgreSQL may walk all resources beside the index rows, from the first one on.
const IN_TURN: &str =
    "LATERAL (SELECT * FROM resource AS q WHERE q.patient = d.patient AND q.rid = d.rid LIMIT 1) AS r";

/// The answer when the patients named have no number: the same as when they have one and nothing of theirs may be seen.
pub(crate) fn nothing(wanted: &Query) -> Result<Rows, EngineError> {
    if wanted.cursor.is_some() { Err(EngineError::Cursor) } else { Ok(Rows { total: Some(0), ..Rows::default() }) }
}

/// Where a page starts, as far as a plan can say.
pub(crate) enum Resumed {
    /// Here.
    Here(Position),
    /// At a resource of a patient whose number is to be looked up.
    OfPatient(PatientId, i64),
}

impl Resumed {
    /// With the number of the patient; `None` for one without.
    pub(crate) fn with_number(self, number: Option<i64>) -> Option<Position> {
        match self {
            Self::Here(position) => Some(position),
            Self::OfPatient(_, rid) => number.map(|number| Position { keys: vec![SortValue::Int(number)], rid }),
        }
    }

    /// Whose number is to be looked up.
    pub(crate) fn patient(&self) -> Option<&PatientId> {
        match self {
            Self::Here(_) => None,
            Self::OfPatient(patient, _) => Some(patient),
        }
    }
}

/// A query with everything looked up that the statement needs.
pub(crate) struct Plan<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) query: &'a Query,
    /// Numbers of the patients named; `None` when none were.
    pub(crate) patients: Option<Vec<i64>>,
    pub(crate) seen: Seen,
    /// What the index said of codes, names and units.
    pub(crate) found: Found,
    /// The clause the search starts from, when it does not start from patients or ids.
    pub(crate) driver: Option<usize>,
}

impl Plan<'_> {
    fn rids_of(&self, param: ParamId, table: OnTable) -> Sql {
        self.rows_of("t.rid AS rid", param, table)
    }

    /// The patient, when all that is asked for are one patient's resources of a type.
    pub(crate) fn one_patient(&self) -> Option<i64> {
        let plain = self.query.clauses.iter().all(|c| matches!(c, Clause::Patient(_)));
        match self.patients.as_deref() {
            Some([patient]) if plain => Some(*patient),
            _ => None,
        }
    }

    /// A page: number, version and keys of up to `count` + 1 resources, so that it is known whether more follow.
    pub(crate) fn page(&self, after: Option<&Position>) -> Sql {
        if self.is_by_patient()
            && let Some(start) = self.start_in_order(after)
        {
            return self.page_from(start);
        }
        let keys = self.keys();
        let mut sql = Sql::raw("SELECT r.rid, r.version");
        for (key, _) in &keys {
            sql.push(", ").push(key);
        }
        sql.push(", r.patient").add(self.source(true)).add(self.conditions());
        if let Some(after) = after {
            sql.push(" AND ").add(Self::beyond(&keys, after));
        }
        sql.push(" ORDER BY ");
        for (key, descending) in &keys {
            let direction = if *descending { " DESC, " } else { ", " };
            sql.push("CASE WHEN ").push(key).push(" IS NULL THEN 1 ELSE 0 END, ").push(key).push(direction);
        }
        sql.push("r.rid LIMIT ").int(i64::from(self.query.count) + 1);
        sql
    }

    /// A page of what index rows lead to, in their order: first the index rows, then their resources.
    fn page_from(&self, start: Start) -> Sql {
        let many = i64::from(self.query.count) + 1;
        let mut sql = Sql::raw(if start.repeats { "SELECT DISTINCT" } else { "SELECT" });
        sql.push(" d.rid, r.version, d.patient, r.patient FROM (").add(start.sql).push(") AS d CROSS JOIN ");
        sql.push(if self.dialect == Dialect::Postgres && !start.repeats { IN_TURN } else { "resource AS r" });
        sql.add(self.conditions()).push(" ORDER BY d.patient, d.rid LIMIT ");
        match self.dialect {
            Dialect::Sqlite => sql.int(many),
            // A plan for any number at all would be one that reads and sorts everything. Of numbers there are few.
            Dialect::Postgres => sql.push(&many.to_string()),
        };
        sql
    }

    /// What a page is in order of before the number, and whether the greatest comes first.
    fn keys(&self) -> Vec<(String, bool)> {
        if self.is_by_patient() {
            return vec![("r.patient".to_owned(), false)];
        }
        self.query.sort.iter().enumerate().map(|(i, key)| (key_expression(i, key), key.descending)).collect()
    }

    /// How many keys a page is in order of before the number.
    pub(crate) fn key_count(&self) -> usize {
        if self.is_by_patient() { 1 } else { self.query.sort.len() }
    }

    /// The cursor after a page that ends with `row`, whose sort keys these are. A patient stands in it by id.
    pub(crate) fn cursor(&self, fingerprint: u64, keys: Vec<SortValue>, row: &Row) -> Cursor {
        let patient = || SortValue::Text(row.patient.as_ref().map_or("", PatientId::as_str).to_owned());
        let keys = if self.is_by_patient() { vec![patient()] } else { keys };
        Mark::at(fingerprint, keys, row).to_cursor()
    }

    /// Where a page starts, with `row` the resource that the cursor names: the newest version, also when it is deleted. `None` when the actor may not
    /// see it: whether something is there must not be found out by asking for what comes after it.
    pub(crate) fn position(&self, mark: Mark, row: Option<Row>, visible: &Visibility) -> Option<Resumed> {
        let row = row.filter(|row| visible.shows(row))?;
        if !self.is_by_patient() {
            return Some(Resumed::Here(Position { keys: mark.keys, rid: row.rid }));
        }
        let [SortValue::Text(patient)] = mark.keys.as_slice() else { return None };
        if patient.is_empty() {
            return Some(Resumed::Here(Position { keys: vec![SortValue::Int(0)], rid: row.rid }));
        }
        let patient: PatientId = patient.parse().ok()?;
        visible.is_of(&patient).then_some(Resumed::OfPatient(patient, row.rid))
    }

    /// All that match, up to `limit`, in no order: number, version, id, time, patient.
    pub(crate) fn unsorted(&self, limit: usize) -> Sql {
        let mut sql = Sql::raw("SELECT r.rid, r.version, r.id, r.updated_micros, r.patient");
        sql.add(self.source(false)).add(self.conditions());
        sql.push(" LIMIT ").int(i64::try_from(limit).unwrap_or(i64::MAX));
        sql
    }

    /// How many there are.
    pub(crate) fn total(&self) -> Sql {
        let mut sql = Sql::raw("SELECT count(*)");
        sql.add(self.source(false)).add(self.conditions());
        sql
    }

    fn source(&self, sorted: bool) -> Sql {
        let mut sql = Sql::raw(" FROM ");
        match self.start() {
            Some(rows) => sql.push("(").add(rows).push(") AS d CROSS JOIN resource AS r"),
            None => sql.push("resource AS r"),
        };
        let sort = if sorted { self.query.sort.as_slice() } else { &[] };
        for (index, key) in sort.iter().enumerate() {
            if let SortBy::Param(param, kind) = key.by {
                sql.add(self.sort_join(index, param, kind, key.descending));
            }
        }
        sql
    }

    /// The least or greatest value of each resource.
    fn sort_join(&self, index: usize, param: ParamId, kind: ParamKind, descending: bool) -> Sql {
        let (table, column) = sort_column(kind);
        let least = if descending { "max" } else { "min" };
        let mut sql = Sql::raw(" LEFT JOIN (SELECT t.rid AS rid, ");
        sql.push(&format!("{least}(t.{column}) AS k FROM {table} AS t WHERE ")).add(is_param("t.param", param));
        self.in_scope(&mut sql);
        sql.push(&format!(" GROUP BY t.rid) AS s{index} ON s{index}.rid = r.rid"));
        sql
    }

    fn conditions(&self) -> Sql {
        let mut sql = Sql::raw(" WHERE r.type = ");
        sql.int(i64::from(self.query.resource_type.to_code())).push(" AND r.deleted = 0");
        if self.driver.is_some() {
            sql.push(" AND r.rid = d.rid AND r.patient = d.patient");
        }
        if let Some(patients) = &self.patients {
            sql.push(" AND r.patient IN ").list(patients.iter().copied().map(Value::Int));
        }
        for (index, clause) in self.query.clauses.iter().enumerate() {
            // Rows of one clause of a way do not say that the whole way holds.
            if self.driver != Some(index) || matches!(clause, Clause::Either(_)) {
                sql.push(" AND ").add(self.condition(clause));
            }
        }
        sql.add(seen(&self.seen, self.driver.is_none() && self.patients.is_none(), Some(self.query.resource_type)));
        sql
    }

    /// Recurses once: an alternative holds no alternatives.
    fn condition(&self, clause: &Clause) -> Sql {
        let mut sql = Sql::default();
        match clause {
            // Already bound as `patients`.
            Clause::Patient(_) => sql.push("1 = 1"),
            Clause::Id(ids) => {
                let first = self.query.clauses.iter().find(|clause| matches!(clause, Clause::Id(_)));
                let ids = ids.iter().map(|id| Value::Text(id.as_str().to_owned()));
                match self.dialect {
                    // Several lists: the first finds the resources.
                    Dialect::Postgres if first.is_some_and(|first| std::ptr::eq(first, clause)) => {
                        sql.push("(r.patient, r.rid) IN (SELECT n.patient, n.rid FROM name AS n WHERE n.type = ");
                        sql.int(i64::from(self.query.resource_type.to_code())).push(" AND n.id IN ").list(ids).push(")")
                    }
                    _ => sql.push("r.id IN ").list(ids),
                }
            }
            Clause::LastUpdated(dates) => {
                sql.push("(").join(dates.iter().map(|date| instant("r.updated_micros", date)), ") AND (").push(")")
            }
            Clause::Missing(param, missing) => {
                let tables = tables_of(*param);
                let mut kept: Vec<_> = tables.iter().map(|table| (*param, *table)).collect();
                if tables.contains(&"index_reference") {
                    // One who is named by an identifier alone is there.
                    kept.push((param.variant(Variant::Identifier), "index_token"));
                }
                let pieces = kept.into_iter().map(|(param, table)| {
                    let all = OnTable { table, condition: Sql::raw("1 = 1"), value_leads: false, points: Vec::new() };
                    self.rids_of(param, all)
                });
                let mut all = Sql::default();
                all.join(pieces, " UNION ALL ");
                sql.push(if *missing { "NOT (" } else { "(" }).add(self.among(all)).push(")")
            }
            Clause::Any { param, matches, negate } => {
                let pieces = self.tables(*param, matches).into_iter().map(|table| self.holds(*param, table));
                sql.push(if *negate { "NOT (" } else { "(" }).join(pieces, " OR ").push(")")
            }
            Clause::Either(ways) => {
                let way = |way: &Vec<Clause>| {
                    let mut sql = Sql::raw("(");
                    sql.join(way.iter().map(|clause| self.condition(clause)), " AND ").push(")");
                    sql
                };
                sql.push("(").join(ways.iter().map(way), " OR ").push(")")
            }
        };
        sql
    }

    /// Whether a resource has an index row that matches.
    fn holds(&self, param: ParamId, table: OnTable) -> Sql {
        let mut sql = Sql::default();
        let walked = self.patients.is_some() || (self.driver.is_none() && !self.is_narrow());
        if walked || (table.value_leads && !table.is_point()) {
            sql = self.among(self.rids_of(param, table));
        } else if table.is_point() {
            // Without limit and offset SQLite or PostgreSQL makes a join of it, and plans one of many clauses for seconds or minutes.
            sql.push("EXISTS (").add(self.rids_of(param, table));
            sql.push(" AND t.patient = r.patient AND t.rid = r.rid LIMIT 1 OFFSET 0)");
        } else if matches!(table.table, "index_date" | "index_number" | "index_quantity") {
            // The patient leads these keys: a citizen's range is short. Nobody's have an index that leads with the resource; the plus
            // keeps the planner from walking the parameter instead.
            sql.push("CASE WHEN r.patient = 0 THEN EXISTS (SELECT 1 FROM ").push(table.table);
            sql.push(" AS t WHERE t.rid = r.rid AND t.patient = 0 AND ").add(is_param("+t.param", param));
            sql.push(" AND (").add(table.condition.clone()).push(")) ELSE EXISTS (").add(self.rids_of(param, table));
            sql.push(" AND t.patient = r.patient AND t.rid = r.rid) END");
        } else {
            sql = self.among(self.rids_of(param, table));
        }
        sql
    }

    /// Whether a resource is one of these: index rows walked once. PostgreSQL may make a join of it, but not of so many that planning takes longer
    /// than the search.
    fn among(&self, rids: Sql) -> Sql {
        let joined = self.query.clauses.len() <= MOST_JOINED;
        let mut sql = Sql::raw(if joined { "+r.rid IN (" } else { "(+r.rid IN (" });
        sql.add(rids).push(if joined { ")" } else { ")) IS TRUE" });
        sql
    }

    /// After the last match of the page before: greater by the first key, or equal by it and greater by the next, and so on;
    /// resources without a key come after all that have it.
    fn beyond(keys: &[(String, bool)], after: &Position) -> Sql {
        let mut sql = Sql::raw("r.rid > ");
        sql.int(after.rid);
        for ((key, descending), value) in keys.iter().zip(&after.keys).rev() {
            let mut outer = Sql::raw("(");
            match value.bound() {
                None => outer.push(key).push(" IS NULL AND (").add(sql).push("))"),
                Some(value) => {
                    let than = if *descending { " < " } else { " > " };
                    outer.push(key).push(" IS NULL OR ").push(key).push(than).bind(value.clone()).push(" OR (");
                    outer.push(key).push(" = ").bind(value).push(" AND (").add(sql).push(")))")
                }
            };
            sql = outer;
        }
        sql
    }
}

fn key_expression(index: usize, key: &SortKey) -> String {
    match key.by {
        SortBy::Id => "r.id".to_owned(),
        SortBy::LastUpdated => "r.updated_micros".to_owned(),
        SortBy::Param(..) => format!("s{index}.k"),
    }
}

/// The table of a parameter's values and the column that orders them; a span counts by its beginning.
fn sort_column(kind: ParamKind) -> (&'static str, &'static str) {
    match kind {
        ParamKind::Number => ("index_number", "low"),
        ParamKind::Date => ("index_date", "low"),
        ParamKind::String => ("index_string", "value"),
        ParamKind::Reference => ("index_reference", "value"),
        ParamKind::Quantity => ("index_quantity", "low"),
        ParamKind::Uri => ("index_uri", "value"),
        ParamKind::Token | ParamKind::Composite | ParamKind::Special => ("index_token", "value"),
    }
}
