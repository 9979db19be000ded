use std::borrow::Cow;

/// A JSON value. Text without escapes is borrowed from the document.
#[derive(Debug, Clone, PartialEq)]
pub enum Node<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written: `1.00` is not `1.0`.
    Number(&'a str),
    /// Text, unescaped.
    String(Cow<'a, str>),
    /// A list.
    Array(Vec<Node<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// A JSON object: its members in the order of the document, no name twice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object<'a> {
    pub(crate) members: Vec<Member<'a>>,
    /// Where in the document it stands.
    pub(crate) span: (u32, u32),
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// The value.
    pub value: Node<'a>,
}

impl<'a> Object<'a> {
    /// The members in the order of the document.
    pub fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    /// An object that stands in no document. No name may be there twice.
    pub fn new(members: Vec<Member<'a>>) -> Self {
        Self { members, span: (0, 0) }
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&Node<'a>> {
        self.members.iter().find(|m| m.name == name).map(|m| &m.value)
    }

    /// The text of a member; `None` when it is missing or no text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.str()
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Node<'a>> {
        self.members.iter_mut().find(|m| m.name == name).map(|m| &mut m.value)
    }
}

impl<'a> Node<'a> {
    /// The value of a member, when this is an object.
    pub fn get(&self, name: &str) -> Option<&Node<'a>> {
        self.object()?.get(name)
    }

    /// Follows names separated by dots; a list on the way stands for its first item: `at("name.given")`.
    pub fn at(&self, path: &str) -> Option<&Node<'a>> {
        let mut node = self;
        for name in path.split('.') {
            node = node.first()?.get(name)?;
        }
        Some(node)
    }

    /// Text at a path as in [`Node::at`]; when a list stands there, its first item.
    pub fn str_at(&self, path: &str) -> Option<&str> {
        self.at(path)?.first()?.str()
    }

    /// The first item of a list; anything else is itself.
    pub fn first(&self) -> Option<&Node<'a>> {
        match self {
            Self::Array(items) => items.first(),
            other => Some(other),
        }
    }

    /// The text, when this is text.
    pub fn str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number as written, when this is a number.
    pub fn number(&self) -> Option<&'a str> {
        match self {
            Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, when this is one.
    pub fn bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The items, when this is a list; empty otherwise.
    pub fn array(&self) -> &[Node<'a>] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The object, when this is one.
    pub fn object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The items of the list under a name; empty when there is none.
    pub fn list(&self, name: &str) -> &[Node<'a>] {
        self.get(name).map(Node::array).unwrap_or_default()
    }
}
