//! A query as SQL. Three ways in, the narrowest first: one citizen's resources of a type; the clause with the fewest index
//! rows; the whole type. What the actor may see is part of the statement, so pages and totals are exact.

use varde_fhir::index::ParamId;
use varde_fhir::search::{Clause, Match, ParamKind, Query, SortBy, SortKey};
use varde_rights::{ItemLabel, Service, ServiceSet};

use super::builder::{Sql, Value};
use super::cursor::Position;
use super::keys::{TABLES, token_prefix};
use super::matches::{OnTable, instant, on_table};

/// What may be seen, with patients as numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Seen {
    Services(ServiceSet),
    /// Patient number (0 is nobody), services, hidden labels.
    Subjects(Vec<(i64, ServiceSet, Vec<ItemLabel>)>),
}

impl Seen {
    /// Whether a patient's resource with these labels may be seen.
    pub(crate) fn shows(&self, patient: i64, service: Service, item: ItemLabel) -> bool {
        match self {
            Self::Services(services) => services.contains(service),
            Self::Subjects(subjects) => subjects.iter().any(|(number, services, hidden)| {
                *number == patient && services.contains(service) && !hidden.contains(&item)
            }),
        }
    }
}

/// Where the engines' tables differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `resource` is found by its name in an index of its own.
    Sqlite,
    /// `resource` lies in partitions by patient; the table `name` says where.
    Postgres,
}

/// A query with everything looked up that the statement needs.
pub(crate) struct Plan<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) query: &'a Query,
    /// Numbers of the patients named; `None` when none were.
    pub(crate) patients: Option<Vec<i64>>,
    pub(crate) seen: Seen,
    /// Values a code without system occurs under, by clause and match.
    pub(crate) tokens: Vec<Vec<Option<Vec<Vec<u8>>>>>,
    /// The clause the search starts from, when it does not start from patients or ids.
    pub(crate) driver: Option<usize>,
}

impl Plan<'_> {
    /// Clauses a search can start from: those whose matches are seeks or ranges; failing those, any that must hold.
    pub(crate) fn candidates(&self) -> Vec<usize> {
        let by_id = self.query.clauses.iter().any(|clause| matches!(clause, Clause::Id(_)));
        if self.patients.is_some() || by_id {
            return Vec::new();
        }
        let positive = |clause: &&(usize, &Clause)| matches!(clause.1, Clause::Any { negate: false, .. });
        let clauses: Vec<(usize, &Clause)> = self.query.clauses.iter().enumerate().collect();
        let leads = |index: usize, clause: &Clause| self.tables(index, clause).iter().all(|table| table.value_leads);
        let seeks: Vec<usize> =
            clauses.iter().filter(positive).filter(|(i, c)| leads(*i, c)).map(|(index, _)| *index).collect();
        if seeks.is_empty() {
            clauses.iter().find(positive).map(|(index, _)| *index).into_iter().collect()
        } else {
            seeks
        }
    }

    fn tables(&self, index: usize, clause: &Clause) -> Vec<OnTable> {
        let Clause::Any { matches, .. } = clause else { return Vec::new() };
        let tokens = self.tokens.get(index);
        let found = |place: usize| tokens.and_then(|tokens| tokens.get(place)).and_then(|values| values.as_deref());
        matches.iter().enumerate().map(|(place, wanted)| on_table(wanted, found(place))).collect()
    }

    /// Columns of the index rows a clause matches.
    fn index_rows(&self, index: usize, columns: &str, between: &str) -> Option<Sql> {
        let clause @ Clause::Any { param, .. } = self.query.clauses.get(index)? else { return None };
        let pieces = self.tables(index, clause).into_iter().map(|table| self.rows_of(columns, *param, table));
        let mut sql = Sql::default();
        sql.join(pieces, between);
        (!sql.text.is_empty()).then_some(sql)
    }

    /// Counts a clause's index rows, up to `limit`, to find the narrowest.
    pub(crate) fn probe(&self, index: usize, limit: i64) -> Option<Sql> {
        let mut sql = Sql::raw("SELECT count(*) FROM (");
        sql.add(self.index_rows(index, "t.rid AS rid", " UNION ALL ")?).push(" LIMIT ").int(limit).push(") AS p");
        Some(sql)
    }

    fn rids_of(&self, param: ParamId, table: OnTable) -> Sql {
        self.rows_of("t.rid AS rid", param, table)
    }

    fn rows_of(&self, columns: &str, param: ParamId, table: OnTable) -> Sql {
        let mut sql = Sql::raw("SELECT ");
        sql.push(columns)
            .push(" FROM ")
            .push(table.table)
            .push(" AS t WHERE t.param = ")
            .int(i64::from(param.0))
            .push(" AND (");
        sql.add(table.condition).push(")");
        self.in_scope(&mut sql);
        sql
    }

    /// Index rows of those patients only whose resources can be in the answer.
    fn in_scope(&self, sql: &mut Sql) {
        let of = |patients: &mut dyn Iterator<Item = i64>| patients.map(Value::Int).collect::<Vec<_>>();
        let scope = match (&self.patients, &self.seen) {
            (Some(patients), _) => of(&mut patients.iter().copied()),
            (None, Seen::Subjects(subjects)) => of(&mut subjects.iter().map(|(patient, ..)| *patient)),
            (None, Seen::Services(_)) => return,
        };
        sql.push(" AND t.patient IN ").list(scope);
    }

    /// The patient, when all that is asked for are one patient's resources of a type in their order.
    pub(crate) fn one_patient(&self) -> Option<i64> {
        let plain = self.query.sort.is_empty() && self.query.clauses.iter().all(|c| matches!(c, Clause::Patient(_)));
        match self.patients.as_deref() {
            Some([patient]) if plain => Some(*patient),
            _ => None,
        }
    }

    /// A page: number, version and sort keys of up to `count` + 1 resources, so that it is known whether more follow.
    pub(crate) fn page(&self, after: Option<&Position>) -> Sql {
        let keys: Vec<String> = self.query.sort.iter().enumerate().map(|(i, key)| key_expression(i, key)).collect();
        let mut sql = Sql::raw("SELECT r.rid, r.version");
        for key in &keys {
            sql.push(", ").push(key);
        }
        sql.push(", r.patient").add(self.source_and_conditions());
        if let Some(after) = after {
            sql.push(" AND ").add(self.beyond(&keys, after));
        }
        sql.push(" ORDER BY ");
        for (key, sort) in keys.iter().zip(&self.query.sort) {
            let direction = if sort.descending { " DESC, " } else { ", " };
            sql.push("CASE WHEN ").push(key).push(" IS NULL THEN 1 ELSE 0 END, ").push(key).push(direction);
        }
        sql.push("r.rid LIMIT ").int(i64::from(self.query.count) + 1);
        sql
    }

    /// How many there are.
    pub(crate) fn total(&self) -> Sql {
        let mut sql = Sql::raw("SELECT count(*)");
        sql.add(self.source(false)).add(self.conditions());
        sql
    }

    fn source_and_conditions(&self) -> Sql {
        let mut sql = self.source(true);
        sql.add(self.conditions());
        sql
    }

    fn source(&self, sorted: bool) -> Sql {
        let mut sql = Sql::raw(" FROM ");
        let start =
            self.driver.and_then(|index| self.index_rows(index, "t.rid AS rid, t.patient AS patient", " UNION "));
        match start {
            // In SQLite, CROSS JOIN keeps this order: first the index rows, then their resources. In PostgreSQL the patient says which
            // partition a resource is in.
            Some(rids) => {
                sql.push("(SELECT DISTINCT rid, patient FROM (").add(rids).push(") AS u) AS d CROSS JOIN resource AS r")
            }
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
        sql.push(&format!("{least}(t.{column}) AS k FROM {table} AS t WHERE t.param = ")).int(i64::from(param.0));
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
            if self.driver != Some(index) {
                self.condition(index, clause, &mut sql);
            }
        }
        sql.add(seen(&self.seen, self.driver.is_none() && self.patients.is_none()));
        sql
    }

    fn condition(&self, index: usize, clause: &Clause, sql: &mut Sql) {
        match clause {
            // Already bound as `patients`.
            Clause::Patient(_) => {}
            Clause::Id(ids) => {
                let ids = ids.iter().map(|id| Value::Text(id.as_str().to_owned()));
                match self.dialect {
                    Dialect::Sqlite => sql.push(" AND r.id IN ").list(ids),
                    Dialect::Postgres => {
                        sql.push(" AND (r.patient, r.rid) IN (SELECT n.patient, n.rid FROM name AS n WHERE n.type = ");
                        sql.int(i64::from(self.query.resource_type.to_code())).push(" AND n.id IN ").list(ids).push(")")
                    }
                };
            }
            Clause::LastUpdated(dates) => {
                for date in dates {
                    sql.push(" AND (").add(instant("r.updated_micros", date)).push(")");
                }
            }
            Clause::Missing(param, missing) => {
                sql.push(if *missing { " AND +r.rid NOT IN (" } else { " AND +r.rid IN (" });
                let pieces = TABLES.map(|table| {
                    let all = OnTable { table, condition: Sql::raw("1 = 1"), value_leads: false, point: false };
                    self.rids_of(*param, all)
                });
                sql.join(pieces, " UNION ALL ").push(")");
            }
            Clause::Any { param, negate, .. } => {
                let pieces = self.tables(index, clause).into_iter().map(|table| self.holds(*param, table));
                sql.push(if *negate { " AND NOT (" } else { " AND (" });
                sql.join(pieces, " OR ").push(")");
            }
        }
    }

    /// Whether a resource has an index row that matches.
    fn holds(&self, param: ParamId, table: OnTable) -> Sql {
        let mut sql = Sql::default();
        if self.patients.is_some() || self.driver.is_none() || (table.value_leads && !table.point) {
            // One range, walked once.
            sql.push("+r.rid IN (").add(self.rids_of(param, table)).push(")");
        } else if table.point {
            sql.push("EXISTS (").add(self.rids_of(param, table));
            sql.push(" AND t.patient = r.patient AND t.rid = r.rid)");
        } else if matches!(table.table, "index_date" | "index_number" | "index_quantity") {
            // The patient leads these keys: a citizen's range is short. Nobody's have an index that leads with the resource; the plus
            // keeps the planner from walking the parameter instead.
            sql.push("CASE WHEN r.patient = 0 THEN EXISTS (SELECT 1 FROM ").push(table.table);
            sql.push(" AS t WHERE t.rid = r.rid AND t.patient = 0 AND +t.param = ").int(i64::from(param.0));
            sql.push(" AND (").add(table.condition.clone()).push(")) ELSE EXISTS (").add(self.rids_of(param, table));
            sql.push(" AND t.patient = r.patient AND t.rid = r.rid) END");
        } else {
            sql.push("+r.rid IN (").add(self.rids_of(param, table)).push(")");
        }
        sql
    }

    /// After the last match of the page before: greater by the first key, or equal by it and greater by the next, and so on;
    /// resources without a key come after all that have it.
    fn beyond(&self, keys: &[String], after: &Position) -> Sql {
        let mut sql = Sql::raw("r.rid > ");
        sql.int(after.rid);
        for ((key, sort), value) in keys.iter().zip(&self.query.sort).zip(&after.keys).rev() {
            let mut outer = Sql::raw("(");
            match value.bound() {
                None => outer.push(key).push(" IS NULL AND (").add(sql).push("))"),
                Some(value) => {
                    let than = if sort.descending { " < " } else { " > " };
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

/// What may be seen, as conditions on the label columns.
pub(crate) fn seen(seen: &Seen, narrow: bool) -> Sql {
    let services =
        |set: ServiceSet| set.iter().map(|service| Value::Int(i64::from(service.number()))).collect::<Vec<_>>();
    let mut sql = Sql::default();
    match seen {
        Seen::Services(set) if set.is_full() => {}
        Seen::Services(set) => {
            sql.push(" AND r.service IN ").list(services(*set));
        }
        Seen::Subjects(subjects) => {
            if narrow {
                sql.push(" AND r.patient IN ").list(subjects.iter().map(|(patient, ..)| Value::Int(*patient)));
            }
            let pieces = subjects.iter().map(|(patient, set, hidden)| {
                let mut piece = Sql::raw("(r.patient = ");
                piece.int(*patient).push(" AND r.service IN ").list(services(*set));
                if !hidden.is_empty() {
                    let labels = hidden.iter().map(|label| Value::Int(i64::from(label.number())));
                    piece.push(" AND r.item_label NOT IN ").list(labels);
                }
                piece.push(")");
                piece
            });
            let mut any = Sql::default();
            any.join(pieces, " OR ");
            sql.push(" AND (").add(if any.text.is_empty() { Sql::raw("1 = 0") } else { any }).push(")");
        }
    }
    sql
}

/// Finds the next value of a code at or after `from`: repeated, it lists the systems a code occurs in, a seek each.
pub(crate) fn next_token(param: ParamId, code: &str, from: &[u8]) -> Sql {
    let mut end = token_prefix(code);
    if let Some(last) = end.last_mut() {
        *last = 1;
    }
    let mut sql = Sql::raw("SELECT t.value FROM index_token AS t WHERE t.param = ");
    sql.int(i64::from(param.0)).push(" AND t.value >= ").bind(Value::Blob(from.to_vec()));
    sql.push(" AND t.value < ").bind(Value::Blob(end)).push(" ORDER BY t.value LIMIT 1");
    sql
}

/// Whether a match is a code without system, whose values are looked up first.
pub(crate) fn bare_code(wanted: &Match) -> Option<&str> {
    match wanted {
        Match::Token { system: None, code: Some(code) } => Some(code),
        _ => None,
    }
}
