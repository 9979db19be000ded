//! A query as SQL. Three ways in, the narrowest first: one citizen's resources of a type; the clause with the fewest index
//! rows; the whole type. What the actor may see is part of the statement, so pages and totals are exact.

use std::sync::Arc;

use varde_fhir::index::ParamId;
use varde_fhir::params;
use varde_fhir::search::{Clause, Match, ParamKind, Query, SortBy, SortKey};
use varde_rights::{ItemLabel, Service, ServiceSet};

use crate::engine::SubjectFilter;

use super::builder::{Sql, Value};
use super::cursor::Position;
use super::lookup::Found;
use super::matches::{OnTable, instant, on_tables};

/// What may be seen, with patients as numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Seen {
    Services(ServiceSet),
    Subjects(Vec<SeenOf>),
}

/// What may be seen of one patient's data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SeenOf {
    /// Number of the patient; 0 is nobody.
    pub(crate) patient: i64,
    services: ServiceSet,
    shared: ServiceSet,
    hidden: ItemLabel,
    released: Arc<[i64]>,
}

impl SeenOf {
    pub(crate) fn of(patient: i64, filter: &SubjectFilter) -> Self {
        let SubjectFilter { services, shared, hidden, released, .. } = filter;
        Self { patient, services: *services, shared: *shared, hidden: *hidden, released: Arc::clone(released) }
    }

    fn shows(&self, rid: i64, service: Service, item: ItemLabel) -> bool {
        let open = self.services.contains(service) || (self.shared.contains(service) && item.any(ItemLabel::SHARED));
        (open && !item.any(self.hidden)) || self.released.binary_search(&rid).is_ok()
    }

    /// The same as a condition on the label columns.
    fn condition(&self) -> Sql {
        let numbers = |set: ServiceSet| set.iter().map(|service| Value::Int(i64::from(service.number())));
        let mut sql = Sql::raw("(r.patient = ");
        sql.int(self.patient).push(" AND (r.service IN ").list(numbers(self.services));
        if !self.shared.is_empty() {
            sql.push(" OR (r.service IN ").list(numbers(self.shared)).push(" AND ");
            sql.add(has(ItemLabel::SHARED)).push(")");
        }
        sql.push(")");
        if self.hidden != ItemLabel::NONE {
            sql.push(" AND NOT ").add(has(self.hidden));
        }
        sql.push(")");
        if self.released.is_empty() {
            return sql;
        }
        let mut either = Sql::raw("(");
        either.add(sql).push(" OR r.rid IN ").list(self.released.iter().map(|rid| Value::Int(*rid))).push(")");
        either
    }
}

/// Whether an item has any of these labels. Some are stored under numbers that are not their bits.
fn has(labels: ItemLabel) -> Sql {
    let mut sql = Sql::raw("((CASE r.item_label");
    for (number, bits) in ItemLabel::REORDERED {
        sql.push(&format!(" WHEN {number} THEN {bits}"));
    }
    sql.push(&format!(" ELSE r.item_label END) & {} <> 0)", labels.bits()));
    sql
}

impl Seen {
    /// Whether a patient's resource with these labels may be seen.
    pub(crate) fn shows(&self, patient: i64, rid: i64, service: Service, item: ItemLabel) -> bool {
        match self {
            Self::Services(services) => services.contains(service),
            Self::Subjects(subjects) => {
                subjects.iter().any(|subject| subject.patient == patient && subject.shows(rid, service, item))
            }
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
    /// What the index said of codes, names and units.
    pub(crate) found: Found,
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
        let clauses = || self.query.clauses.iter().enumerate().filter(|(_, clause)| starting(clause).is_some());
        let leads = |clause: &Clause| self.starting_tables(clause).iter().all(|(_, table)| table.value_leads);
        let seeks: Vec<usize> = clauses().filter(|(_, clause)| leads(clause)).map(|(index, _)| index).collect();
        if seeks.is_empty() { clauses().map(|(index, _)| index).take(1).collect() } else { seeks }
    }

    fn tables(&self, param: ParamId, matches: &[Match]) -> Vec<OnTable> {
        on_tables(param, matches, &self.found)
    }

    /// The index rows a clause can start a search from. Of several ways to hold, each starts from the clause whose rows are found best.
    fn starting_tables(&self, clause: &Clause) -> Vec<(ParamId, OnTable)> {
        let best = |way: &[&Clause]| {
            let of = |clause: &&Clause| match clause {
                Clause::Any { param, matches, negate: false } => Some((*param, self.tables(*param, matches))),
                _ => None,
            };
            let all = way.iter().filter_map(of);
            all.min_by_key(|(_, tables)| tables.iter().filter(|table| !table.value_leads).count())
        };
        let ways = starting(clause).unwrap_or_default();
        let chosen = ways.iter().filter_map(|way| best(way));
        chosen.flat_map(|(param, tables)| tables.into_iter().map(move |table| (param, table))).collect()
    }

    /// Columns of the index rows a clause starts from.
    fn index_rows(&self, index: usize, columns: &str, between: &str) -> Option<Sql> {
        let tables = self.starting_tables(self.query.clauses.get(index)?);
        let mut sql = Sql::default();
        sql.join(tables.into_iter().map(|(param, table)| self.rows_of(columns, param, table)), between);
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
        sql.push(columns).push(" FROM ").push(table.table).push(" AS t WHERE ").add(is_param("t.param", param));
        sql.push(" AND (").add(table.condition).push(")");
        self.in_scope(&mut sql);
        sql
    }

    /// Index rows of those patients only whose resources can be in the answer.
    fn in_scope(&self, sql: &mut Sql) {
        let of = |patients: &mut dyn Iterator<Item = i64>| patients.map(Value::Int).collect::<Vec<_>>();
        let scope = match (&self.patients, &self.seen) {
            (Some(patients), _) => of(&mut patients.iter().copied()),
            (None, Seen::Subjects(subjects)) => of(&mut subjects.iter().map(|subject| subject.patient)),
            (None, Seen::Services(_)) => return,
        };
        sql.push(" AND t.patient IN ").list(scope);
    }

    /// The patient, when all that is asked for are one patient's resources of a type.
    pub(crate) fn one_patient(&self) -> Option<i64> {
        let plain = self.query.clauses.iter().all(|c| matches!(c, Clause::Patient(_)));
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
        sql.add(seen(&self.seen, self.driver.is_none() && self.patients.is_none()));
        sql
    }

    /// Recurses once: an alternative holds no alternatives.
    fn condition(&self, clause: &Clause) -> Sql {
        let mut sql = Sql::default();
        match clause {
            // Already bound as `patients`.
            Clause::Patient(_) => sql.push("1 = 1"),
            Clause::Id(ids) => {
                let ids = ids.iter().map(|id| Value::Text(id.as_str().to_owned()));
                match self.dialect {
                    Dialect::Sqlite => sql.push("r.id IN ").list(ids),
                    Dialect::Postgres => {
                        sql.push("(r.patient, r.rid) IN (SELECT n.patient, n.rid FROM name AS n WHERE n.type = ");
                        sql.int(i64::from(self.query.resource_type.to_code())).push(" AND n.id IN ").list(ids).push(")")
                    }
                }
            }
            Clause::LastUpdated(dates) => {
                sql.push("(").join(dates.iter().map(|date| instant("r.updated_micros", date)), ") AND (").push(")")
            }
            Clause::Missing(param, missing) => {
                sql.push(if *missing { "+r.rid NOT IN (" } else { "+r.rid IN (" });
                let pieces = tables_of(*param).iter().map(|table| {
                    let all = OnTable { table, condition: Sql::raw("1 = 1"), value_leads: false, point: false };
                    self.rids_of(*param, all)
                });
                sql.join(pieces, " UNION ALL ").push(")")
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
            sql.push(" AS t WHERE t.rid = r.rid AND t.patient = 0 AND ").add(is_param("+t.param", param));
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

/// The ways in which a clause can hold, as far as index rows tell of them: a search may start there. `None` when one way has none.
fn starting(clause: &Clause) -> Option<Vec<Vec<&Clause>>> {
    let positive = |clause: &&Clause| matches!(clause, Clause::Any { negate: false, .. });
    match clause {
        Clause::Any { negate: false, .. } => Some(vec![vec![clause]]),
        Clause::Either(ways) => {
            let way = |way: &'_ Vec<Clause>| way.iter().any(|clause| positive(&clause));
            let all = !ways.is_empty() && ways.iter().all(way);
            all.then(|| ways.iter().map(|way| way.iter().filter(positive).collect()).collect())
        }
        _ => None,
    }
}

/// The parameter, or any of those it stands for.
fn is_param(column: &str, param: ParamId) -> Sql {
    let mut sql = Sql::raw(column);
    match params::stored(param).as_slice() {
        [one] => sql.push(" = ").int(i64::from(one.0)),
        several => sql.push(" IN ").list(several.iter().map(|param| Value::Int(i64::from(param.0)))),
    };
    sql
}

/// The tables a parameter's rows can be in.
fn tables_of(param: ParamId) -> &'static [&'static str] {
    match params::by_id(param).map(|(_, param)| param.kind) {
        Some(ParamKind::Number | ParamKind::Special) => &["index_number"],
        Some(ParamKind::Date) => &["index_date"],
        Some(ParamKind::String) => &["index_string"],
        // What is not here is referred to by a URI.
        Some(ParamKind::Reference) => &["index_reference", "index_uri"],
        Some(ParamKind::Quantity) => &["index_quantity"],
        Some(ParamKind::Uri) => &["index_uri"],
        Some(ParamKind::Composite) => &["index_pair"],
        Some(ParamKind::Token) | None => &["index_token"],
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
                sql.push(" AND r.patient IN ").list(subjects.iter().map(|subject| Value::Int(subject.patient)));
            }
            let mut any = Sql::default();
            any.join(subjects.iter().map(SeenOf::condition), " OR ");
            sql.push(" AND (").add(if any.text.is_empty() { Sql::raw("1 = 0") } else { any }).push(")");
        }
    }
    sql
}
