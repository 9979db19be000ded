//! The ViewDefinition (SQL on FHIR v2, "ViewDefinition"): read, checked, its expressions parsed.

use varde_fhir::json::{Limits, Node, parse};
use varde_fhir::{ResourceType, TypeRef};

use super::cell::Kind;
use crate::path::{Element, Expression, ParseError, Value};

/// A view that has been read and checked.
#[derive(Debug, Clone)]
pub struct View {
    name: Option<String>,
    resource: ResourceType,
    columns: Vec<Column>,
    pub(super) constants: Vec<(String, Value<'static>)>,
    pub(super) conditions: Vec<Expression>,
    pub(super) selects: Vec<Select>,
}

/// A column of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its cells hold; `None` when the view gives no type: then any of them.
    pub kind: Option<Kind>,
    /// True when its cells are lists.
    pub collection: bool,
}

/// A part of a view (`ViewDefinition.select`).
#[derive(Debug, Clone)]
pub(super) struct Select {
    pub(super) each: Each,
    pub(super) columns: Vec<(Expression, Column)>,
    pub(super) selects: Vec<Select>,
    pub(super) union: Vec<Select>,
}

/// What a part looks at.
#[derive(Debug, Clone)]
pub(super) enum Each {
    /// The same as the part around it.
    Same,
    /// Every value of an expression; when there is none, no row, or one of nothing.
    Every { path: Expression, or_null: bool },
    /// Everything that is reached by following expressions again and again.
    Repeat(Vec<Expression>),
}

/// Why a view cannot be used, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expression}: {kind}")]
pub struct ViewError {
    /// The place, as FHIRPath.
    pub expression: String,
    /// What.
    pub kind: ViewErrorKind,
}

/// What is wrong with a view.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewErrorKind {
    /// Not JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// Something that must be there is not.
    #[error("is missing")]
    Missing,
    /// Of another JSON type than it must be.
    #[error("must be {0}")]
    Shape(&'static str),
    /// Not a resource type of R4.
    #[error("is not a resource type of FHIR R4")]
    Resource,
    /// Not an expression.
    #[error("is no FHIRPath: {0}")]
    Path(ParseError),
    /// Not a name for a column or a constant.
    #[error("must begin with a letter, and have letters, digits and underscores only")]
    Name,
    /// A name that is there already.
    #[error("is there twice")]
    Twice,
    /// A type that no table can hold.
    #[error("is no primitive type")]
    Type,
    /// The parts of a `unionAll` have other columns than the first.
    #[error("must have the same columns, in the same order, as the first of the union")]
    Union,
    /// More than one of `forEach`, `forEachOrNull` and `repeat`.
    #[error("may have only one of forEach, forEachOrNull and repeat")]
    Each,
    /// More than a view may have.
    #[error("is more than a view may have")]
    TooMany,
}

/// Most columns of a view.
const MAX_COLUMNS: usize = 1_000;
/// Most constants, conditions, and parts of one part.
const MAX_PARTS: usize = 100;
/// How deep parts may be in each other.
const MAX_DEPTH: usize = 12;

type Checked<T> = Result<T, ViewError>;

impl View {
    /// Reads and checks a ViewDefinition.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(bytes: &[u8]) -> Checked<Self> {
        let limits = Limits { bytes: 1 << 20, ..Limits::default() };
        let root = parse(bytes, &limits)
            .map_err(|e| error("ViewDefinition".to_owned(), ViewErrorKind::Json(e.to_string())))?;
        Self::from_node(&root)
    }

    /// Checks a ViewDefinition that is JSON already.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn from_node(root: &Node<'_>) -> Checked<Self> {
        let place = "ViewDefinition";
        let at = |name: &str| format!("{place}.{name}");
        let resource = text(root, place, "resource")?.ok_or_else(|| error(at("resource"), ViewErrorKind::Missing))?;
        let resource =
            ResourceType::from_name(resource).ok_or_else(|| error(at("resource"), ViewErrorKind::Resource))?;
        let name = text(root, place, "name")?.map(str::to_owned);
        let mut constants: Vec<(String, Value<'static>)> = Vec::new();
        for (node, place) in list(root, place, "constant")? {
            let constant = constant(node, &place)?;
            if constants.iter().any(|(name, _)| *name == constant.0) {
                return Err(error(format!("{place}.name"), ViewErrorKind::Twice));
            }
            constants.push(constant);
        }
        let conditions = list(root, place, "where")?.into_iter().map(|(node, place)| required_path(node, &place));
        let conditions = conditions.collect::<Checked<Vec<_>>>()?;
        let selects = selects(root, place, "select", 0)?;
        if selects.is_empty() {
            return Err(error(at("select"), ViewErrorKind::Missing));
        }
        let mut columns = Vec::new();
        for select in &selects {
            select.columns_into(&mut columns);
        }
        check_columns(&columns)?;
        let columns = columns.into_iter().cloned().collect();
        Ok(Self { name, resource, columns, constants, conditions, selects })
    }

    /// Its `name`.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The type of the resources it is about.
    pub fn resource(&self) -> ResourceType {
        self.resource
    }

    /// The columns of every row, in their order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
}

impl Select {
    /// The columns of this part, in the order they have in a row: its own, those of its parts, those of its union.
    fn columns_into<'s>(&'s self, out: &mut Vec<&'s Column>) {
        out.extend(self.columns.iter().map(|(_, column)| column));
        for select in self.selects.iter().chain(self.union.first()) {
            select.columns_into(out);
        }
    }

    fn parse(node: &Node<'_>, place: &str, depth: usize) -> Checked<Self> {
        if depth > MAX_DEPTH {
            return Err(error(place.to_owned(), ViewErrorKind::TooMany));
        }
        let each = each(node, place)?;
        let columns = list(node, place, "column")?.into_iter().map(|(node, place)| column(node, &place));
        let columns = columns.collect::<Checked<Vec<_>>>()?;
        let select = Self {
            each,
            columns,
            selects: selects(node, place, "select", depth)?,
            union: selects(node, place, "unionAll", depth)?,
        };
        if let Some((first, rest)) = select.union.split_first() {
            let names = |part: &Self| {
                let mut columns = Vec::new();
                part.columns_into(&mut columns);
                columns.into_iter().map(|c| (c.name.clone(), c.kind, c.collection)).collect::<Vec<_>>()
            };
            let expected = names(first);
            for (index, part) in rest.iter().enumerate() {
                if names(part) != expected {
                    return Err(error(format!("{place}.unionAll[{}]", index + 1), ViewErrorKind::Union));
                }
            }
        }
        Ok(select)
    }
}

fn error(expression: String, kind: ViewErrorKind) -> ViewError {
    ViewError { expression, kind }
}

fn selects(node: &Node<'_>, place: &str, name: &str, depth: usize) -> Checked<Vec<Select>> {
    list(node, place, name)?.into_iter().map(|(node, place)| Select::parse(node, &place, depth + 1)).collect()
}

fn check_columns(columns: &[&Column]) -> Checked<()> {
    if columns.len() > MAX_COLUMNS {
        return Err(error("ViewDefinition.select".to_owned(), ViewErrorKind::TooMany));
    }
    let mut names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair.first() == pair.last()).and_then(|pair| pair.first()) {
        Some(name) => Err(error(format!("ViewDefinition.select.column.where(name = '{name}')"), ViewErrorKind::Twice)),
        None => Ok(()),
    }
}

fn text<'n>(node: &'n Node<'_>, place: &str, name: &str) -> Checked<Option<&'n str>> {
    match node.get(name) {
        None => Ok(None),
        Some(Node::String(text)) => Ok(Some(text)),
        Some(_) => Err(error(format!("{place}.{name}"), ViewErrorKind::Shape("a text"))),
    }
}

/// The items of a list, each with its place.
fn list<'n, 'a>(node: &'n Node<'a>, place: &str, name: &str) -> Checked<Vec<(&'n Node<'a>, String)>> {
    let here = format!("{place}.{name}");
    match node.get(name) {
        None => Ok(Vec::new()),
        Some(Node::Array(items)) if items.len() > MAX_PARTS.max(MAX_COLUMNS) => {
            Err(error(here, ViewErrorKind::TooMany))
        }
        Some(Node::Array(items)) => {
            Ok(items.iter().enumerate().map(|(i, item)| (item, format!("{here}[{i}]"))).collect())
        }
        Some(_) => Err(error(here, ViewErrorKind::Shape("a list"))),
    }
}

fn expression(text: &str, place: String) -> Checked<Expression> {
    Expression::parse(text).map_err(|e| error(place, ViewErrorKind::Path(e)))
}

fn required_path(node: &Node<'_>, place: &str) -> Checked<Expression> {
    let here = format!("{place}.path");
    let path = text(node, place, "path")?.ok_or_else(|| error(here.clone(), ViewErrorKind::Missing))?;
    expression(path, here)
}

fn checked_name(node: &Node<'_>, place: &str) -> Checked<String> {
    let here = || format!("{place}.name");
    let name = text(node, place, "name")?.ok_or_else(|| error(here(), ViewErrorKind::Missing))?;
    let fits = name.len() <= 255
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if fits { Ok(name.to_owned()) } else { Err(error(here(), ViewErrorKind::Name)) }
}

/// A constant: its name, and `value[x]` of a primitive type.
fn constant(node: &Node<'_>, place: &str) -> Checked<(String, Value<'static>)> {
    let name = checked_name(node, place)?;
    let extension = TypeRef::named("Extension");
    for member in node.object().map(|o| o.members()).unwrap_or_default() {
        let element = extension.and_then(|e| e.element(&member.name)).filter(|e| e.choice() == Some("value"));
        let Some(element) = element else { continue };
        let here = || format!("{place}.{}", member.name);
        let value = Value::Element(Element::new(Some(&member.value), None, element.type_ref())).to_owned_system();
        return match value {
            Some(value) => Ok((name, value)),
            None => Err(error(here(), ViewErrorKind::Type)),
        };
    }
    Err(error(format!("{place}.value"), ViewErrorKind::Missing))
}

fn each(node: &Node<'_>, place: &str) -> Checked<Each> {
    let every = text(node, place, "forEach")?;
    let or_null = text(node, place, "forEachOrNull")?;
    let repeat = list(node, place, "repeat")?;
    match (every, or_null, repeat.as_slice()) {
        (None, None, []) => Ok(Each::Same),
        (Some(path), None, []) => {
            Ok(Each::Every { path: expression(path, format!("{place}.forEach"))?, or_null: false })
        }
        (None, Some(path), []) => {
            Ok(Each::Every { path: expression(path, format!("{place}.forEachOrNull"))?, or_null: true })
        }
        (None, None, paths) => {
            let path = |(node, place): &(&Node<'_>, String)| match node.str() {
                Some(text) => expression(text, place.clone()),
                None => Err(error(place.clone(), ViewErrorKind::Shape("a text"))),
            };
            paths.iter().map(path).collect::<Checked<Vec<_>>>().map(Each::Repeat)
        }
        _ => Err(error(place.to_owned(), ViewErrorKind::Each)),
    }
}

fn column(node: &Node<'_>, place: &str) -> Checked<(Expression, Column)> {
    let name = checked_name(node, place)?;
    let kind = match text(node, place, "type")? {
        Some(name) => Some(Kind::of_type(name).ok_or_else(|| error(format!("{place}.type"), ViewErrorKind::Type))?),
        None => None,
    };
    let collection = match node.get("collection") {
        None => false,
        Some(Node::Bool(collection)) => *collection,
        Some(_) => return Err(error(format!("{place}.collection"), ViewErrorKind::Shape("true or false"))),
    };
    Ok((required_path(node, place)?, Column { name, kind, collection }))
}
