use std::fmt;

/// A place in a resource, linked to where it came from; put into words only when something is to be said of it.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    segment: Segment<'p>,
    depth: u16,
}

#[derive(Clone, Copy)]
enum Segment<'p> {
    Root(&'p str),
    Field(&'p str, Option<usize>),
}

impl<'p> Place<'p> {
    pub(super) fn root(name: &'p str) -> Self {
        Self { parent: None, segment: Segment::Root(name), depth: 0 }
    }

    pub(super) fn field<'q>(&'q self, name: &'q str, index: Option<usize>) -> Place<'q>
    where
        'p: 'q,
    {
        Place { parent: Some(self), segment: Segment::Field(name, index), depth: self.depth.saturating_add(1) }
    }

    /// How many steps it is away from the root.
    pub(super) fn depth(&self) -> u16 {
        self.depth
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.segment {
            Segment::Root(name) => f.write_str(name),
            Segment::Field(name, None) => write!(f, ".{name}"),
            Segment::Field(name, Some(index)) => write!(f, ".{name}[{index}]"),
        }
    }
}
