//! From a resource to its rows (SQL on FHIR v2, "Processing Algorithm").

use varde_fhir::json::Node;

use super::cell::{Cell, Kind, Row};
use super::definition::{Column, Each, Select, View};
use crate::path::{Context, EvalError, Expression, Now, Value};

/// Most rows of one resource: two lists side by side give every pair.
const MAX_ROWS: usize = 100_000;
/// Most values a `repeat` may reach, and how deep.
const MAX_REPEATED: usize = 100_000;
const MAX_REPEAT_DEPTH: usize = 64;

/// Why a resource has no rows in a view. The column is named where one is at fault; values never are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// An expression failed.
    #[error("an expression of the view fails: {0}")]
    Path(#[from] EvalError),
    /// A condition that gives something other than true or false.
    #[error("a condition of the view gives something other than true or false")]
    Condition,
    /// More than one value in a column that is no collection.
    #[error("column {0} has more than one value, but is no collection")]
    NotSingle(String),
    /// A value that is not of the type of its column.
    #[error("column {0} has a value that is not of its type")]
    Type(String),
    /// More rows than a resource may have.
    #[error("one resource gives more than {MAX_ROWS} rows")]
    TooMany,
}

impl View {
    /// The rows of a resource; none when it is of another type or a condition does not hold.
    ///
    /// # Errors
    /// As [`RowError`] tells.
    pub fn rows<'a>(&'a self, resource: &'a Node<'a>, now: Option<Now>) -> Result<Vec<Row>, RowError> {
        if resource.get("resourceType").and_then(Node::str) != Some(self.resource().name()) {
            return Ok(Vec::new());
        }
        let mut context = Context::of_resource(resource);
        if let Some(now) = now {
            context = context.at_time(now);
        }
        for (name, value) in &self.constants {
            context.set(name, vec![value.clone()]);
        }
        let mut maker = Maker { context, focus: None, rows_left: MAX_ROWS };
        let root = maker.context_focus(resource);
        maker.look_at(root, 0);
        for condition in &self.conditions {
            match condition.evaluate(&maker.context)?.as_slice() {
                [] | [Value::Boolean(false)] => return Ok(Vec::new()),
                [Value::Boolean(true)] => {}
                [one] if one.boolean() == Some(true) => {}
                [one] if one.boolean() == Some(false) => return Ok(Vec::new()),
                _ => return Err(RowError::Condition),
            }
        }
        let mut rows = vec![Row::new()];
        for select in &self.selects {
            let part = maker.select(select)?;
            rows = maker.pairs(rows, part)?;
        }
        Ok(rows)
    }
}

struct Maker<'a> {
    context: Context<'a>,
    /// What is looked at, and its number among its kind.
    focus: Option<(Option<Value<'a>>, usize)>,
    rows_left: usize,
}

impl<'a> Maker<'a> {
    fn context_focus(&self, resource: &'a Node<'a>) -> Option<Value<'a>> {
        Some(Value::Element(crate::path::Element::resource(resource)))
    }

    fn look_at(&mut self, value: Option<Value<'a>>, index: usize) {
        let number = Value::Integer(i64::try_from(index).unwrap_or(i64::MAX));
        self.context.set("rowIndex", vec![number]);
        self.context.look_at(value.clone());
        self.focus = Some((value, index));
    }

    fn select(&mut self, select: &'a Select) -> Result<Vec<Row>, RowError> {
        let values = match &select.each {
            Each::Same => return self.one(select),
            Each::Every { path, or_null } => {
                let values = path.evaluate(&self.context)?;
                if values.is_empty() && *or_null {
                    return self.nothing(select).map(|row| vec![row]);
                }
                values
            }
            Each::Repeat(paths) => {
                let mut values = Vec::new();
                self.repeat(paths, 0, &mut values)?;
                values
            }
        };
        let outer = self.focus.clone();
        let mut rows = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            self.look_at(Some(value), index);
            rows.append(&mut self.one(select)?);
        }
        self.back_to(outer);
        Ok(rows)
    }

    fn back_to(&mut self, outer: Option<(Option<Value<'a>>, usize)>) {
        if let Some((value, index)) = outer {
            self.look_at(value, index);
        }
    }

    /// Everything that is reached from what is looked at, each before what is below it.
    fn repeat(&mut self, paths: &'a [Expression], depth: usize, out: &mut Vec<Value<'a>>) -> Result<(), RowError> {
        if depth > MAX_REPEAT_DEPTH || out.len() > MAX_REPEATED {
            return Err(RowError::TooMany);
        }
        let outer = self.focus.clone();
        for path in paths {
            for value in path.evaluate(&self.context)? {
                out.push(value.clone());
                self.look_at(Some(value), 0);
                self.repeat(paths, depth + 1, out)?;
                self.back_to(outer.clone());
            }
        }
        Ok(())
    }

    /// The rows of a part for what is looked at.
    fn one(&mut self, select: &'a Select) -> Result<Vec<Row>, RowError> {
        let mut own = Row::with_capacity(select.columns.len());
        for (path, column) in &select.columns {
            own.push(self.cell(path, column)?);
        }
        let mut rows = vec![own];
        for part in &select.selects {
            let part = self.select(part)?;
            rows = self.pairs(rows, part)?;
        }
        if !select.union.is_empty() {
            let mut all = Vec::new();
            for part in &select.union {
                all.append(&mut self.select(part)?);
            }
            rows = self.pairs(rows, all)?;
        }
        Ok(rows)
    }

    /// The row of a part that has nothing to look at.
    fn nothing(&mut self, select: &'a Select) -> Result<Row, RowError> {
        let outer = self.focus.clone();
        self.look_at(None, 0);
        let mut row = Row::new();
        for (path, column) in &select.columns {
            row.push(self.cell(path, column)?);
        }
        for part in select.selects.iter().chain(select.union.first()) {
            row.append(&mut self.nothing(part)?);
        }
        self.back_to(outer);
        Ok(row)
    }

    fn cell(&self, path: &Expression, column: &Column) -> Result<Cell, RowError> {
        let values = path.evaluate(&self.context)?;
        let cell = |value: &Value<'_>| match column.kind {
            Some(kind) => kind.cell(value),
            None => Kind::any_cell(value),
        };
        let cell = |value: &Value<'_>| cell(value).ok_or_else(|| RowError::Type(column.name.clone()));
        if column.collection {
            return values.iter().map(cell).collect::<Result<_, _>>().map(Cell::List);
        }
        match values.as_slice() {
            [] => Ok(Cell::Null),
            [one] => cell(one),
            _ => Err(RowError::NotSingle(column.name.clone())),
        }
    }

    /// Every row of one part beside every row of the other.
    fn pairs(&mut self, left: Vec<Row>, right: Vec<Row>) -> Result<Vec<Row>, RowError> {
        if let ([_], [_]) = (left.as_slice(), right.as_slice()) {
            return Ok(left.into_iter().zip(right).map(|(l, r)| beside(&l, r)).collect());
        }
        let count = left.len().saturating_mul(right.len());
        self.rows_left = self.rows_left.checked_sub(count).ok_or(RowError::TooMany)?;
        Ok(left.iter().flat_map(|l| right.iter().map(move |r| beside(l, r.clone()))).collect())
    }
}

fn beside(left: &[Cell], right: Row) -> Row {
    left.iter().cloned().chain(right).collect()
}
