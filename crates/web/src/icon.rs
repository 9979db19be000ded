/// The pictures in use, from Aksel's icons (MIT), kept in one sprite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A calendar.
    Calendar,
    /// A bell.
    Bell,
    /// An eye.
    Eye,
    /// Several people.
    People,
    /// One person.
    Person,
    /// An arrow to the left.
    Back,
    /// A bottle with a label.
    Bottle,
    /// A page with writing.
    Document,
    /// A way with stops.
    Route,
}

impl Icon {
    /// All icons, for the sprite's test.
    pub const ALL: [Self; 9] = [
        Self::Calendar,
        Self::Bell,
        Self::Eye,
        Self::People,
        Self::Person,
        Self::Back,
        Self::Bottle,
        Self::Document,
        Self::Route,
    ];

    /// Its id in the sprite.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Bell => "bell",
            Self::Eye => "eye",
            Self::People => "people",
            Self::Person => "person",
            Self::Back => "back",
            Self::Bottle => "bottle",
            Self::Document => "document",
            Self::Route => "route",
        }
    }
}
