//! JSON Patch (RFC 6902) on a tree: numbers stay as they were written, and what a patch can make of a tree has an end.

use super::pointer::{find, find_mut, index, read_pointer};
use super::same::same;
use super::{Limits, Member, Node, Object};

/// A patch that has been read (RFC 6902 section 3). Nothing in it has been tried yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch<'a> {
    operations: Vec<Operation<'a>>,
}

/// An operation (RFC 6902 section 4).
#[derive(Debug, Clone, PartialEq)]
enum Operation<'a> {
    Add { path: Vec<String>, value: Node<'a> },
    Remove { path: Vec<String> },
    Replace { path: Vec<String>, value: Node<'a> },
    Move { from: Vec<String>, path: Vec<String> },
    Copy { from: Vec<String>, path: Vec<String> },
    Test { path: Vec<String>, value: Node<'a> },
}

/// What is wrong with a patch, or why it cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatchErrorKind {
    /// Not a list.
    #[error("a patch is a list of operations")]
    NotAList,
    /// More operations than [`Patch::MAX_OPERATIONS`].
    #[error("a patch has at most {} operations", Patch::MAX_OPERATIONS)]
    TooMany,
    /// None of the six.
    #[error("op must be add, remove, replace, move, copy or test")]
    Op,
    /// Not a JSON Pointer, or none where one is needed.
    #[error("path, and from in a move or copy, must be JSON Pointers (RFC 6901)")]
    Pointer,
    /// No value where one is needed.
    #[error("an add, replace or test needs a value")]
    Value,
    /// The place is not there.
    #[error("there is no such place in the resource")]
    NotFound,
    /// A value moved below itself.
    #[error("a value cannot be moved into itself")]
    IntoItself,
    /// A `test` that fails.
    #[error("the value tested for is not what stands there")]
    Test,
    /// More than the limits allow.
    #[error("the result would be too large or nested too deeply")]
    TooLarge,
}

/// Why a patch was not done, and at which of its operations, from 0. Says nothing of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("operation {operation}: {kind}")]
pub struct PatchError {
    /// What.
    pub kind: PatchErrorKind,
    /// Which operation.
    pub operation: usize,
}

impl<'a> Patch<'a> {
    /// Most operations in one patch. An operation may have to move a long list, so their number is what bounds the time.
    pub const MAX_OPERATIONS: usize = 256;

    /// Reads a patch. Members RFC 6902 does not know are ignored, as its section 4 wants.
    ///
    /// # Errors
    /// The first operation that is none.
    pub fn from_node(node: Node<'a>) -> Result<Self, PatchError> {
        let Node::Array(items) = node else {
            return Err(PatchError { kind: PatchErrorKind::NotAList, operation: 0 });
        };
        if items.len() > Self::MAX_OPERATIONS {
            return Err(PatchError { kind: PatchErrorKind::TooMany, operation: Self::MAX_OPERATIONS });
        }
        let read = |(operation, item)| Operation::from_node(item).map_err(|kind| PatchError { kind, operation });
        Ok(Self { operations: items.into_iter().enumerate().map(read).collect::<Result<_, _>>()? })
    }

    /// Does all operations in their order, or none: the tree is given back only when all have been done.
    ///
    /// # Errors
    /// The first operation that cannot be done, a `test` that fails included; more added than `limits` allow a document.
    pub fn apply(self, mut root: Node<'a>, limits: &Limits) -> Result<Node<'a>, PatchError> {
        let mut room = Room { bytes: limits.bytes, nodes: limits.nodes, depth: usize::from(limits.depth) };
        for (index, operation) in self.operations.into_iter().enumerate() {
            operation.apply(&mut root, &mut room).map_err(|kind| PatchError { kind, operation: index })?;
        }
        Ok(root)
    }
}

impl<'a> Operation<'a> {
    fn from_node(node: Node<'a>) -> Result<Self, PatchErrorKind> {
        let Node::Object(mut object) = node else { return Err(PatchErrorKind::Op) };
        let value = take(&mut object, "value");
        let pointer = |name| object.text(name).and_then(read_pointer).ok_or(PatchErrorKind::Pointer);
        let value = || value.ok_or(PatchErrorKind::Value);
        match object.text("op") {
            Some("add") => Ok(Self::Add { path: pointer("path")?, value: value()? }),
            Some("remove") => Ok(Self::Remove { path: pointer("path")? }),
            Some("replace") => Ok(Self::Replace { path: pointer("path")?, value: value()? }),
            Some("move") => Ok(Self::Move { from: pointer("from")?, path: pointer("path")? }),
            Some("copy") => Ok(Self::Copy { from: pointer("from")?, path: pointer("path")? }),
            Some("test") => Ok(Self::Test { path: pointer("path")?, value: value()? }),
            _ => Err(PatchErrorKind::Op),
        }
    }

    fn apply(self, root: &mut Node<'a>, room: &mut Room) -> Result<(), PatchErrorKind> {
        match self {
            Self::Add { path, value } => {
                room.take(&path, &value)?;
                add(root, &path, value)
            }
            Self::Remove { path } => remove(root, &path).map(drop),
            Self::Replace { path, value } => {
                room.take(&path, &value)?;
                *find_mut(root, &path).ok_or(PatchErrorKind::NotFound)? = value;
                Ok(())
            }
            Self::Move { from, path } => {
                if path.len() > from.len() && path.starts_with(&from) {
                    return Err(PatchErrorKind::IntoItself);
                }
                let value = remove(root, &from)?;
                room.fits(&path, &Size::of(&value))?;
                add(root, &path, value)
            }
            Self::Copy { from, path } => {
                let value = find(root, &from).ok_or(PatchErrorKind::NotFound)?;
                // Before the copy is made: a patch may copy a copy of a copy.
                room.take(&path, value)?;
                let value = value.clone();
                add(root, &path, value)
            }
            Self::Test { path, value } => {
                let found = find(root, &path).ok_or(PatchErrorKind::NotFound)?;
                if same(found, &value) { Ok(()) } else { Err(PatchErrorKind::Test) }
            }
        }
    }
}

/// Puts a value where there is none, replaces a member of an object, or makes room in a list (RFC 6902 section 4.1).
fn add<'a>(root: &mut Node<'a>, path: &[String], value: Node<'a>) -> Result<(), PatchErrorKind> {
    let Some((last, parent)) = path.split_last() else {
        *root = value;
        return Ok(());
    };
    match find_mut(root, parent).ok_or(PatchErrorKind::NotFound)? {
        Node::Object(object) => match object.get_mut(last) {
            Some(old) => *old = value,
            None => object.members.push(Member { name: last.clone().into(), value }),
        },
        Node::Array(items) if last == "-" => items.push(value),
        Node::Array(items) => {
            let at = index(last).filter(|at| *at <= items.len()).ok_or(PatchErrorKind::NotFound)?;
            items.insert(at, value);
        }
        _ => return Err(PatchErrorKind::NotFound),
    }
    Ok(())
}

/// Takes a value out (RFC 6902 section 4.2). Of the whole document `null` is left.
fn remove<'a>(root: &mut Node<'a>, path: &[String]) -> Result<Node<'a>, PatchErrorKind> {
    let Some((last, parent)) = path.split_last() else { return Ok(std::mem::replace(root, Node::Null)) };
    match find_mut(root, parent) {
        Some(Node::Object(object)) => take(object, last).ok_or(PatchErrorKind::NotFound),
        Some(Node::Array(items)) => {
            let at = index(last).filter(|at| *at < items.len()).ok_or(PatchErrorKind::NotFound)?;
            Ok(items.remove(at))
        }
        _ => Err(PatchErrorKind::NotFound),
    }
}

fn take<'a>(object: &mut Object<'a>, name: &str) -> Option<Node<'a>> {
    let at = object.members.iter().position(|member| member.name == name)?;
    Some(object.members.remove(at).value)
}

/// What a patch may still add. What it removes gives nothing back, so that the work has an end as well as the result.
struct Room {
    bytes: usize,
    nodes: usize,
    depth: usize,
}

impl Room {
    fn take(&mut self, path: &[String], value: &Node<'_>) -> Result<(), PatchErrorKind> {
        let size = Size::of(value);
        self.fits(path, &size)?;
        let name = path.last().map_or(0, String::len);
        self.bytes = self.bytes.checked_sub(size.bytes + name).ok_or(PatchErrorKind::TooLarge)?;
        self.nodes = self.nodes.checked_sub(size.nodes).ok_or(PatchErrorKind::TooLarge)?;
        Ok(())
    }

    /// Trees are walked by recursion, so no step of a patch may make one too deep, not even for the next to mend.
    fn fits(&self, path: &[String], size: &Size) -> Result<(), PatchErrorKind> {
        if path.len() + size.depth <= self.depth { Ok(()) } else { Err(PatchErrorKind::TooLarge) }
    }
}

/// About how large a value is when it is written.
#[derive(Default)]
struct Size {
    bytes: usize,
    nodes: usize,
    depth: usize,
}

impl Size {
    fn of(node: &Node<'_>) -> Self {
        let mut size = Self { bytes: 4, nodes: 1, depth: 0 };
        match node {
            Node::Null | Node::Bool(_) => {}
            Node::Number(text) => size.bytes += text.len(),
            Node::String(text) => size.bytes += text.len(),
            Node::Array(items) => {
                size.depth = 1;
                items.iter().for_each(|item| size.hold(&Self::of(item)));
            }
            Node::Object(object) => {
                size.depth = 1;
                for member in object.members() {
                    size.bytes += member.name.len();
                    size.hold(&Self::of(&member.value));
                }
            }
        }
        size
    }

    fn hold(&mut self, inner: &Self) {
        self.bytes += inner.bytes;
        self.nodes += inner.nodes;
        self.depth = self.depth.max(1 + inner.depth);
    }
}
