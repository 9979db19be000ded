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
    /// An envelope.
    Envelope,
    /// A thermometer.
    Thermometer,
    /// A stethoscope.
    Stethoscope,
    /// A wallet.
    Wallet,
    /// A shield.
    Shield,
    /// A box with a cross.
    FirstAid,
    /// A padlock.
    Lock,
    /// A question mark.
    Question,
}

impl Icon {
    /// All icons, for the sprite's test.
    pub const ALL: [Self; 17] = [
        Self::Calendar,
        Self::Bell,
        Self::Eye,
        Self::People,
        Self::Person,
        Self::Back,
        Self::Bottle,
        Self::Document,
        Self::Route,
        Self::Envelope,
        Self::Thermometer,
        Self::Stethoscope,
        Self::Wallet,
        Self::Shield,
        Self::FirstAid,
        Self::Lock,
        Self::Question,
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
            Self::Envelope => "envelope",
            Self::Thermometer => "thermometer",
            Self::Stethoscope => "stethoscope",
            Self::Wallet => "wallet",
            Self::Shield => "shield",
            Self::FirstAid => "first-aid",
            Self::Lock => "lock",
            Self::Question => "question",
        }
    }
}
