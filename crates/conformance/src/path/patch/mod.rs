//! FHIRPath Patch (R4 fhirpatch): a Parameters resource that says what to add, insert, delete, replace or move.
//!
//! Every operation finds its place with FHIRPath and becomes a few steps of a JSON Patch, which keeps numbers as they were
//! written and has an end to what it can make of a tree.

mod place;
mod read;
mod value;

use varde_fhir::json::{Limits, Member, Node, Object, Patch, PatchErrorKind};
use varde_fhir::{ElementRef, TypeRef};

use super::context::Context;
use super::value::{Element, Value};
use super::{EvalError, Expression, ParseError};
use place::{Place, place_of, type_at};
use value::{NewValue, key};

/// A patch that has been read. Nothing in it has been tried yet.
#[derive(Debug, Clone)]
pub struct FhirPatch<'a> {
    operations: Vec<Operation<'a>>,
}

#[derive(Debug, Clone)]
struct Operation<'a> {
    path: Expression,
    action: Action<'a>,
}

#[derive(Debug, Clone)]
enum Action<'a> {
    Add { name: String, value: NewValue<'a> },
    Insert { index: usize, value: NewValue<'a> },
    Delete,
    Replace { value: NewValue<'a> },
    Move { source: usize, destination: usize },
}

/// Why a patch was not done, and at which of its operations, from 0. Says nothing of the values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("operation {operation}: {kind}")]
pub struct FhirPatchError {
    /// Which operation.
    pub operation: usize,
    /// What.
    pub kind: FhirPatchErrorKind,
}

/// What is wrong with a patch, or why it cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FhirPatchErrorKind {
    /// Not a Parameters resource.
    #[error("a FHIRPath Patch is a Parameters resource")]
    NotParameters,
    /// More operations than [`FhirPatch::MAX_OPERATIONS`].
    #[error("a FHIRPath Patch has at most {} operations", FhirPatch::MAX_OPERATIONS)]
    TooMany,
    /// A parameter that is no operation, or a type that is none of the five.
    #[error("every parameter must be an operation whose type is add, insert, delete, replace or move")]
    Type,
    /// A part that must be there is not, or is of another type.
    #[error("the part {0} is missing or of the wrong type")]
    Part(&'static str),
    /// The path is no FHIRPath.
    #[error("the path is no FHIRPath: {0}")]
    Path(ParseError),
    /// The path cannot be evaluated.
    #[error("the path cannot be followed: {0}")]
    Evaluation(#[from] EvalError),
    /// Nothing is there.
    #[error("the path leads to nothing in the resource")]
    NotFound,
    /// More than one element where one is expected.
    #[error("the path leads to more than one element")]
    NotSingle,
    /// Not all of a list.
    #[error("the path of an insert or move must lead to all elements of one list")]
    NotAList,
    /// A number that is no place in the list.
    #[error("the list has no such place")]
    Index,
    /// No element of that name, or not of that type.
    #[error("there is no element of this name and type there")]
    Name,
    /// An element that may be there once is there.
    #[error("the element is there already and is no list")]
    AlreadyThere,
    /// The resource as a whole.
    #[error("a patch cannot delete, replace or move the resource itself")]
    Root,
    /// More than the limits allow.
    #[error("the result would be too large or nested too deeply")]
    TooLarge,
}

/// A member of an object to be set or, with `None`, to be taken out.
struct Change<'a> {
    object: String,
    name: String,
    value: Option<Node<'a>>,
}

type Changed<T> = Result<T, FhirPatchErrorKind>;

/// Steps that all paths of a patch may cost together.
const STEPS: u64 = 4_000_000;

impl<'a> FhirPatch<'a> {
    /// Most operations in one patch. Each may have to walk the whole resource, so their number is what bounds the time.
    pub const MAX_OPERATIONS: usize = 100;

    /// Reads a patch.
    ///
    /// # Errors
    /// The first operation that is none.
    pub fn from_node(node: &Node<'a>) -> Result<Self, FhirPatchError> {
        read::operations(node).map(|operations| Self { operations })
    }

    /// Does all operations in their order, or none: the resource is given back only when all have been done.
    ///
    /// # Errors
    /// The first operation that cannot be done; more added than `limits` allow a document.
    pub fn apply(self, mut root: Node<'a>, limits: &Limits) -> Result<Node<'a>, FhirPatchError> {
        let count = u64::try_from(self.operations.len()).unwrap_or(u64::MAX).max(1);
        for (operation, step) in self.operations.into_iter().enumerate() {
            let fail = |kind| FhirPatchError { operation, kind };
            let changes = changes(&root, step, STEPS / count).map_err(fail)?;
            root = make(root, changes, limits).map_err(fail)?;
        }
        Ok(root)
    }
}

/// What an operation changes in the resource as it is now.
fn changes<'a>(root: &Node<'a>, operation: Operation<'a>, steps: u64) -> Changed<Vec<Change<'a>>> {
    let context = Context::of_resource(root).limited_to(steps);
    let found = operation.path.evaluate(&context)?;
    let elements = found.iter().map(|value| match value {
        Value::Element(element) => Ok(*element),
        _ => Err(FhirPatchErrorKind::NotFound),
    });
    let elements = elements.collect::<Changed<Vec<_>>>()?;
    match operation.action {
        Action::Add { name, value } => add(root, single(&elements)?, &name, value),
        Action::Insert { index, value } => insert(root, &elements, index, value),
        Action::Delete if elements.is_empty() => Ok(Vec::new()),
        Action::Delete => delete(root, single(&elements)?),
        Action::Replace { value } => replace(root, single(&elements)?, value),
        Action::Move { source, destination } => shift(root, &elements, source, destination),
    }
}

fn single<'n, 'e>(elements: &'e [Element<'n>]) -> Changed<&'e Element<'n>> {
    match elements {
        [] => Err(FhirPatchErrorKind::NotFound),
        [one] => Ok(one),
        _ => Err(FhirPatchErrorKind::NotSingle),
    }
}

fn add<'a>(root: &Node<'a>, element: &Element<'_>, name: &str, value: NewValue<'a>) -> Changed<Vec<Change<'a>>> {
    let is_primitive = element.type_ref().is_some_and(TypeRef::is_primitive);
    let mut prepared = Vec::new();
    let (type_ref, object) = if is_primitive {
        // What a primitive has beside its value stands in its sibling; in a list there is no telling which.
        let place = place_of(root, element).filter(|p| p.index.is_none()).ok_or(FhirPatchErrorKind::Name)?;
        let sibling = format!("_{}", place.name);
        if element.sibling().is_none() {
            let value = Some(Node::Object(Object::new(Vec::new())));
            prepared.push(Change { object: place.object.pointer(), name: sibling.clone(), value });
        }
        (TypeRef::named("Element"), place.object.below(&sibling))
    } else {
        let node = element.node().ok_or(FhirPatchErrorKind::NotFound)?;
        (element.type_ref(), place::locate(root, node).ok_or(FhirPatchErrorKind::NotFound)?)
    };
    let (name, definition) = key(type_ref, name, &value)?;
    let (node, sibling) = value.build(definition.type_ref())?;
    let container = object.find(root).and_then(Node::object);
    if !definition.is_list() && container.is_some_and(|c| has(c, type_ref, definition, &name)) {
        return Err(FhirPatchErrorKind::AlreadyThere);
    }
    if definition.is_list() {
        let pair = Pair::of(container, &name);
        prepared.extend(pair.changed(
            &object.pointer(),
            &name,
            pair.count(),
            |items, value| items.push(value),
            node,
            sibling,
        ));
        return Ok(prepared);
    }
    for (name, value) in [(name.clone(), node), (format!("_{name}"), sibling)] {
        if value.is_some() {
            prepared.push(Change { object: object.pointer(), name, value });
        }
    }
    Ok(prepared)
}

/// True when an element, or another type of the same choice, is there.
fn has(object: &Object<'_>, type_ref: Option<TypeRef>, definition: ElementRef, name: &str) -> bool {
    object.members().iter().any(|member| {
        let plain = member.name.strip_prefix('_').unwrap_or(&member.name);
        let same_choice = || {
            let choice = type_ref.and_then(|t| t.element(plain)).and_then(ElementRef::choice);
            choice.is_some() && choice == definition.choice()
        };
        plain == name || same_choice()
    })
}

/// The list all of whose elements were found.
fn list<'a>(root: &Node<'a>, elements: &[Element<'_>]) -> Changed<(Place, usize)> {
    let first = elements.first().ok_or(FhirPatchErrorKind::NotFound)?;
    let place = place_of(root, first).ok_or(FhirPatchErrorKind::NotFound)?;
    let container = place.object.find(root).and_then(Node::object);
    let count = Pair::of(container, &place.name).count();
    let last = elements.last().and_then(|e| place_of(root, e));
    let is_whole = place.index == Some(0)
        && elements.len() == count
        && last.is_some_and(|l| l.object == place.object && l.name == place.name && l.index == Some(count - 1));
    if is_whole { Ok((place, count)) } else { Err(FhirPatchErrorKind::NotAList) }
}

fn insert<'a>(
    root: &Node<'a>,
    elements: &[Element<'_>],
    index: usize,
    value: NewValue<'a>,
) -> Changed<Vec<Change<'a>>> {
    let (place, count) = list(root, elements)?;
    if index > count {
        return Err(FhirPatchErrorKind::Index);
    }
    let (node, sibling) = value.build(elements.first().and_then(Element::type_ref))?;
    let pair = Pair::of(place.object.find(root).and_then(Node::object), &place.name);
    let put = |items: &mut Vec<Node<'a>>, value| items.insert(index.min(items.len()), value);
    Ok(pair.changed(&place.object.pointer(), &place.name, count, put, node, sibling))
}

fn shift<'a>(root: &Node<'a>, elements: &[Element<'_>], source: usize, destination: usize) -> Changed<Vec<Change<'a>>> {
    let (place, count) = list(root, elements)?;
    if source >= count || destination >= count {
        return Err(FhirPatchErrorKind::Index);
    }
    let pair = Pair::of(place.object.find(root).and_then(Node::object), &place.name);
    let turn = |items: &mut Vec<Node<'a>>, _| {
        if source < items.len() {
            let item = items.remove(source);
            items.insert(destination.min(items.len()), item);
        }
    };
    Ok(pair.changed(&place.object.pointer(), &place.name, count, turn, None, None))
}

fn delete<'a>(root: &Node<'a>, element: &Element<'_>) -> Changed<Vec<Change<'a>>> {
    let mut place = place_of(root, element).ok_or(FhirPatchErrorKind::Root)?;
    loop {
        let container = place.object.find(root).and_then(Node::object).ok_or(FhirPatchErrorKind::NotFound)?;
        let pair = Pair::of(Some(container), &place.name);
        if let Some(index) = place.index.filter(|_| pair.count() > 1) {
            let take = |items: &mut Vec<Node<'a>>, _| {
                if index < items.len() {
                    items.remove(index);
                }
            };
            return Ok(pair.changed(&place.object.pointer(), &place.name, pair.count(), take, None, None));
        }
        let sibling = format!("_{}", place.name);
        let gone = |name: &str| name == place.name || name == sibling;
        // An object has something in it (R4 json), so one that would be empty goes with its last member.
        let would_be_empty = container.members().iter().all(|m| gone(&m.name));
        match place.object.place().filter(|p| would_be_empty && !p.name.starts_with('_')) {
            Some(outer) => place = outer,
            None => {
                let names = container.members().iter().map(|m| &*m.name).filter(|n| gone(n));
                let object = place.object.pointer();
                return Ok(names.map(|n| Change { object: object.clone(), name: n.to_owned(), value: None }).collect());
            }
        }
    }
}

fn replace<'a>(root: &Node<'a>, element: &Element<'_>, value: NewValue<'a>) -> Changed<Vec<Change<'a>>> {
    let place = place_of(root, element).ok_or(FhirPatchErrorKind::Root)?;
    let container = place.object.find(root).and_then(Node::object);
    let pair = Pair::of(container, &place.name);
    let object = place.object.pointer();
    if let Some(index) = place.index {
        let (node, sibling) = value.build(element.type_ref())?;
        let put = |items: &mut Vec<Node<'a>>, value| {
            if let Some(item) = items.get_mut(index) {
                *item = value;
            }
        };
        return Ok(pair.changed(&object, &place.name, pair.count(), put, node, sibling));
    }
    // Another type of a choice has another name in JSON.
    let type_ref = type_at(root, &place.object);
    let choice = type_ref.and_then(|t| t.element(&place.name)).and_then(ElementRef::choice);
    let (name, type_ref) = match choice {
        Some(choice) => key(type_ref, choice, &value).map(|(name, definition)| (name, definition.type_ref()))?,
        None => (place.name.clone(), element.type_ref()),
    };
    let (node, sibling) = value.build(type_ref)?;
    let mut changes = Vec::new();
    for (prefix, was_there, value) in [("", pair.values.is_some(), node), ("_", pair.siblings.is_some(), sibling)] {
        if was_there && (value.is_none() || name != place.name) {
            changes.push(Change { object: object.clone(), name: format!("{prefix}{}", place.name), value: None });
        }
        if value.is_some() {
            changes.push(Change { object: object.clone(), name: format!("{prefix}{name}"), value });
        }
    }
    Ok(changes)
}

/// What stands under a name and under its sibling.
struct Pair<'n, 'a> {
    values: Option<&'n Node<'a>>,
    siblings: Option<&'n Node<'a>>,
}

impl<'n, 'a> Pair<'n, 'a> {
    fn of(object: Option<&'n Object<'a>>, name: &str) -> Self {
        let get = |name: &str| object.and_then(|o| o.get(name));
        Self { values: get(name), siblings: get(&format!("_{name}")) }
    }

    /// How many elements the list has.
    fn count(&self) -> usize {
        [self.values, self.siblings].into_iter().flatten().map(|list| list.array().len()).max().unwrap_or(0)
    }

    /// Both lists after the same change, each as long as the other; one that has nothing in it is not there.
    fn changed(
        &self,
        object: &str,
        name: &str,
        count: usize,
        change: impl Fn(&mut Vec<Node<'a>>, Node<'a>),
        value: Option<Node<'a>>,
        sibling: Option<Node<'a>>,
    ) -> Vec<Change<'a>> {
        let mut changes = Vec::new();
        let both = [(name.to_owned(), self.values, value), (format!("_{name}"), self.siblings, sibling)];
        for (name, there, value) in both {
            if there.is_none() && value.is_none() {
                continue;
            }
            let mut items = there.map(|list| list.array().to_vec()).unwrap_or_default();
            items.resize(count, Node::Null);
            change(&mut items, value.unwrap_or(Node::Null));
            let is_empty = items.iter().all(|item| matches!(item, Node::Null));
            let value = (!is_empty).then_some(Node::Array(items));
            if value.is_some() || there.is_some() {
                changes.push(Change { object: object.to_owned(), name, value });
            }
        }
        changes
    }
}

/// Makes the changes, by way of a JSON Patch.
fn make<'a>(root: Node<'a>, changes: Vec<Change<'a>>, limits: &Limits) -> Changed<Node<'a>> {
    let steps = changes.into_iter().map(|change| {
        let text = |text: String| Node::String(text.into());
        let member = |name: &'static str, value| Member { name: name.into(), value };
        let operation = if change.value.is_some() { "add" } else { "remove" };
        let path = format!("{}/{}", change.object, place::escaped(&change.name));
        let mut members = vec![member("op", text(operation.to_owned())), member("path", text(path))];
        members.extend(change.value.map(|value| member("value", value)));
        Node::Object(Object::new(members))
    });
    let failed = |kind| match kind {
        PatchErrorKind::TooLarge => FhirPatchErrorKind::TooLarge,
        _ => FhirPatchErrorKind::NotFound,
    };
    let patch = Patch::from_node(Node::Array(steps.collect())).map_err(|e| failed(e.kind))?;
    patch.apply(root, limits).map_err(|e| failed(e.kind))
}
