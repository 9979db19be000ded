use crate::ResourceType;

/// Stable number of a search parameter of one resource type (`Observation.code`), the same in every build.
///
/// It is the FNV-1a hash (32 bits) of `"Type.code"`; the generator proves that no two collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParamId(pub u32);

impl ParamId {
    /// The number under which another view of the parameter's values is kept; it goes on with the hash, as of `"Type.code:identifier"`.
    #[must_use]
    pub fn variant(self, variant: Variant) -> Self {
        let bytes = variant.suffix().bytes();
        Self(bytes.fold(self.0, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
    }
}

/// Another view of a parameter's values, for a modifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// `Reference.identifier`, as tokens.
    Identifier,
    /// The type of an identifier and its value, as tokens `system|code|value`.
    OfType,
    /// What a code is called in words, where those words are not simply the display of its coding, as strings.
    Text,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Identifier, Self::OfType, Self::Text];

    const fn suffix(self) -> &'static str {
        match self {
            Self::Identifier => ":identifier",
            Self::OfType => ":of-type",
            Self::Text => ":text",
        }
    }
}

/// One thing a resource can be found by.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexEntry {
    /// Which search parameter.
    pub param: ParamId,
    /// The value, ready to compare.
    pub value: IndexValue,
}

/// A value as the index keeps it (R4 search, sections 3.1.1.4.8 to 3.1.1.4.15).
#[derive(Debug, Clone, PartialEq)]
pub enum IndexValue {
    /// A code with the system it belongs to; an empty system means that there is none.
    Token {
        /// URI of the code system or identifier namespace, or empty.
        system: String,
        /// The code, case kept.
        code: String,
    },
    /// Text, folded for the default search (case, accents) and as written for `:exact`.
    String {
        /// Lower case, no combining accents, single spaces.
        folded: String,
        /// As written.
        exact: String,
    },
    /// A reference to a resource that lives, or could live, here.
    Reference {
        /// The type of the target.
        target: ResourceType,
        /// Its logical id.
        id: String,
    },
    /// A reference to something elsewhere: an absolute URL, a canonical or a `urn:`.
    Uri(String),
    /// The span a date stands for: `2026-05` is all of May. Both ends belong to it.
    Date {
        /// First microsecond, since the epoch.
        low_micros: i64,
        /// Last microsecond, since the epoch.
        high_micros: i64,
    },
    /// The span a decimal stands for by its precision: `1.0` is 0.95 to 1.05.
    Number {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// A number with a unit.
    Quantity {
        /// Lower end of the span the decimal stands for.
        low: f64,
        /// Upper end.
        high: f64,
        /// URI of the unit system, or empty.
        system: String,
        /// Code of the unit, or the unit as text where there is no code, or empty.
        code: String,
    },
    /// A code, and a value that stands with it in the same element: a part of a composite parameter.
    Pair {
        /// URI of the code system, or empty.
        system: String,
        /// The code.
        code: String,
        /// A token, a quantity, a reference, a URI, or a number whose ends are the start and the end of a stretch.
        with: Box<IndexValue>,
    },
    /// A place on Earth (WGS 84), in degrees.
    Position {
        /// North is positive.
        latitude: f64,
        /// East is positive.
        longitude: f64,
    },
}

/// What a code is called by the one who sent it: `Coding.display`. The same in thousands of resources, so it is kept once and not for each
/// of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The token parameter the code was met under.
    pub param: ParamId,
    /// System of the code, or empty.
    pub system: String,
    /// The code.
    pub code: String,
    /// The display as written.
    pub display: String,
}

/// What the index keeps of one resource.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IndexEntries {
    /// All entries, in the order of the resource, without exact duplicates.
    pub entries: Vec<IndexEntry>,
    /// What its codes are called.
    pub words: Vec<Word>,
}
