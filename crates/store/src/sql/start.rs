//! Where a search starts that no patient and no id narrows: at the index rows of one clause, in the order in which they lie.

use varde_fhir::index::ParamId;
use varde_fhir::params;
use varde_fhir::search::{Clause, Match, ParamKind};

use super::builder::{Sql, Value};
use super::cursor::{Position, SortValue};
use super::matches::{OnTable, on_tables};
use super::search::{Dialect, Plan, Seen};

/// So many runs of index rows, each in order, are merged into one; of more, all rows are read and put in order.
const MOST_RUNS: usize = 32;

/// A search that starts from no more index rows than this, and asks of each by a seek, takes no longer than a few reads.
pub(crate) const SHORT_ROWS: i64 = 256;

/// Index rows as the rows `d` (`patient`, `rid`) of a statement.
pub(super) struct Start {
    pub(super) sql: Sql,
    /// A resource may come more than once.
    pub(super) repeats: bool,
}

impl Plan<'_> {
    /// Clauses a search can start from: those whose matches are seeks or ranges; failing those, any that must hold.
    pub(crate) fn candidates(&self) -> Vec<usize> {
        if self.is_narrow() {
            return Vec::new();
        }
        let tables = |clause: &Clause| self.starting_tables(clause);
        let clauses = || self.query.clauses.iter().enumerate().filter(|(_, clause)| !tables(clause).is_empty());
        let leads = |clause: &Clause| tables(clause).iter().all(|(_, table)| table.value_leads);
        let seeks: Vec<usize> = clauses().filter(|(_, clause)| leads(clause)).map(|(index, _)| index).collect();
        if seeks.is_empty() { clauses().map(|(index, _)| index).take(1).collect() } else { seeks }
    }

    /// Whether pages lie as index rows do, by patient and number, and not by number alone. That is so of what can be found by index rows when
    /// nothing else is narrower and no order is asked for. The form of the query alone says so, not what is stored or who asks: pages then
    /// follow each other whichever clause each of them starts from.
    pub(crate) fn is_by_patient(&self) -> bool {
        self.query.sort.is_empty() && !self.is_narrow() && self.query.clauses.iter().any(|c| starting(c).is_some())
    }

    /// Whether patients or ids are named.
    pub(super) fn is_narrow(&self) -> bool {
        self.query.clauses.iter().any(|clause| matches!(clause, Clause::Patient(_) | Clause::Id(_)))
    }

    /// Whether a search can be [short](Self::is_short) as far as its clauses tell: every clause it could start from is equality on whole values, so
    /// that each row that is counted is one that matches.
    pub(crate) fn may_be_short(&self) -> bool {
        let candidates = self.candidates();
        let points = |index: &usize| {
            let clause = self.query.clauses.get(*index);
            clause.is_some_and(|clause| self.starting_tables(clause).iter().all(|(_, table)| table.is_point()))
        };
        self.is_narrow() || (!candidates.is_empty() && candidates.iter().all(points))
    }

    /// Whether a search takes no longer than a few reads, so that it may run where it was asked for. `start` is the number of index rows it starts
    /// from, when they were counted.
    pub(crate) fn is_short(&self, start: Option<u64>) -> bool {
        if self.is_narrow() {
            return true;
        }
        let few = start.is_some_and(|rows| i64::try_from(rows).is_ok_and(|rows| rows <= SHORT_ROWS));
        let others = self.query.clauses.iter().enumerate().filter(|(index, _)| self.driver != Some(*index));
        few && self.query.sort.is_empty() && others.map(|(_, clause)| clause).all(|clause| self.is_seek(clause))
    }

    /// Whether a clause is a seek in each resource, or a column of it.
    fn is_seek(&self, clause: &Clause) -> bool {
        match clause {
            Clause::LastUpdated(_) => true,
            Clause::Any { param, matches, .. } => self.tables(*param, matches).iter().all(|table| table.is_point()),
            _ => false,
        }
    }

    /// Counts a clause's index rows, up to `limit`, to find the narrowest.
    pub(crate) fn probe(&self, index: usize, limit: i64) -> Option<Sql> {
        let tables = self.starting_tables(self.query.clauses.get(index)?);
        let mut sql = Sql::raw("SELECT count(*) FROM (");
        sql.join(tables.into_iter().map(|(param, table)| self.rows_of("t.rid AS rid", param, table)), " UNION ALL ");
        sql.push(" LIMIT ").int(limit).push(") AS p");
        Some(sql)
    }

    /// The rows to start from, in no order, each resource once; `None` without a driver.
    pub(super) fn start(&self) -> Option<Sql> {
        let mut tables = self.starting_tables(self.query.clauses.get(self.driver?)?).into_iter().peekable();
        let (param, first) = tables.next()?;
        let alone = tables.peek().is_none();
        let once = alone && first.points.len() == 1 && params::stored(param).len() == 1;
        let all = std::iter::once((param, first)).chain(tables);
        let columns = if alone && !once { DISTINCT } else { COLUMNS };
        let mut sql = Sql::default();
        sql.join(all.map(|(param, table)| self.rows_of(columns, param, table)), " UNION ");
        Some(sql)
    }

    /// The same in order of patient and number, after a place. An engine that reads them in order reads no more than it needs for a page, however
    /// many there are: a value's rows lie so, those of several values are merged.
    pub(super) fn start_in_order(&self, after: Option<&Position>) -> Option<Start> {
        let tables = self.starting_tables(self.query.clauses.get(self.driver?)?);
        let (mut runs, in_order) = self.runs(&tables);
        for run in &mut runs {
            self.in_scope(run);
            if let Some(Position { keys, rid, .. }) = after
                && let [SortValue::Int(patient)] = keys.as_slice()
            {
                run.push(" AND (t.patient, t.rid) > (").int(*patient).push(", ").int(*rid).push(")");
            }
        }
        let mut sql = Sql::default();
        if runs.len() == 1 {
            return Some(Start { sql: runs.pop()?, repeats: !in_order });
        }
        match self.dialect {
            Dialect::Sqlite => sql.join(runs, " UNION ").push(" ORDER BY 1, 2"),
            // UNION would sort; what is the same is left out of a merge one after the other.
            Dialect::Postgres => {
                sql.push("SELECT DISTINCT u.patient, u.rid FROM ((").join(runs, " ORDER BY 1, 2) UNION ALL (");
                sql.push(" ORDER BY 1, 2)) AS u")
            }
        };
        Some(Start { sql, repeats: false })
    }

    /// Each value of each parameter by itself, which lies in order and names a resource once; failing that, each table as it is. And which of the
    /// two it is.
    fn runs(&self, tables: &[(ParamId, OnTable)]) -> (Vec<Sql>, bool) {
        let count = |(param, table): &(ParamId, OnTable)| table.points.len() * params::stored(*param).len();
        let each = tables.iter().all(|(_, table)| table.is_point());
        if !each || tables.iter().map(count).sum::<usize>() > MOST_RUNS {
            let whole = |(param, table): &(ParamId, OnTable)| rows(COLUMNS, table, is_param("t.param", *param), None);
            return (tables.iter().map(whole).collect(), false);
        }
        let mut out = Vec::new();
        for (param, table) in tables {
            for stored in params::stored(*param) {
                let mut one = Sql::raw("t.param = ");
                one.int(i64::from(stored.0));
                out.extend(table.points.iter().map(|point| rows(COLUMNS, table, one.clone(), Some(point))));
            }
        }
        (out, true)
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

    pub(super) fn tables(&self, param: ParamId, matches: &[Match]) -> Vec<OnTable> {
        on_tables(param, matches, &self.found)
    }

    pub(super) fn rows_of(&self, columns: &str, param: ParamId, table: OnTable) -> Sql {
        let mut sql = rows(columns, &table, is_param("t.param", param), None);
        self.in_scope(&mut sql);
        sql
    }

    /// Index rows of those patients only whose resources can be in the answer.
    pub(super) fn in_scope(&self, sql: &mut Sql) {
        let of = |patients: &mut dyn Iterator<Item = i64>| patients.map(Value::Int).collect::<Vec<_>>();
        let scope = match (&self.patients, &self.seen) {
            (Some(patients), _) => of(&mut patients.iter().copied()),
            (None, Seen::Subjects(subjects)) => of(&mut subjects.iter().map(|subject| subject.patient)),
            (None, Seen::Services(_)) => return,
        };
        sql.push(" AND t.patient IN ").list(scope);
    }
}

const COLUMNS: &str = "t.patient AS patient, t.rid AS rid";
const DISTINCT: &str = "DISTINCT t.patient AS patient, t.rid AS rid";

/// Index rows of a table by its whole condition, or by one of its points.
fn rows(columns: &str, table: &OnTable, param: Sql, point: Option<&Sql>) -> Sql {
    let mut sql = Sql::raw("SELECT ");
    sql.push(columns).push(" FROM ").push(table.table).push(" AS t WHERE ").add(param);
    sql.push(" AND (").add(point.unwrap_or(&table.condition).clone()).push(")");
    sql
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
pub(super) fn is_param(column: &str, param: ParamId) -> Sql {
    let mut sql = Sql::raw(column);
    match params::stored(param).as_slice() {
        [one] => sql.push(" = ").int(i64::from(one.0)),
        several => sql.push(" IN ").list(several.iter().map(|param| Value::Int(i64::from(param.0)))),
    };
    sql
}

/// The tables a parameter's rows can be in.
pub(super) fn tables_of(param: ParamId) -> &'static [&'static str] {
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
