use varde_base::{PatientId, ResourceId};

use crate::index::ParamId;
use crate::{ResourceType, Subset};

/// A search, understood: nothing in it is text that still has to be parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What is searched for.
    pub resource_type: ResourceType,
    /// All must hold.
    pub clauses: Vec<Clause>,
    /// Order of the answer; empty means by id of storage, oldest first, which is stable.
    pub sort: Vec<SortKey>,
    /// Most matches on one page.
    pub count: u32,
    /// Where the page starts; `None` for the first.
    pub cursor: Option<Cursor>,
    /// Conditions on other resources; all must hold.
    pub chains: Vec<Chain>,
    /// References to follow from the matches.
    pub includes: Vec<Include>,
    /// References to the matches to follow back.
    pub revincludes: Vec<RevInclude>,
    /// What is said of the total.
    pub total: Total,
    /// The part of each match that is wanted; `None` for the whole.
    pub subset: Option<Subset>,
    /// The parameters as understood, in canonical form and order, for `self` and `next` links.
    pub canonical: Vec<(String, String)>,
    /// Names of parameters that were not understood and, as the sender allows (`Prefer: handling=lenient`), left out.
    pub ignored: Vec<String>,
}

impl Query {
    /// A search for everything of a type that asks for nothing: a page without room, to be filled in.
    pub fn of(resource_type: ResourceType) -> Self {
        Self {
            resource_type,
            clauses: Vec::new(),
            sort: Vec::new(),
            count: 0,
            cursor: None,
            chains: Vec::new(),
            includes: Vec::new(),
            revincludes: Vec::new(),
            total: Total::None,
            subset: None,
            canonical: Vec::new(),
            ignored: Vec::new(),
        }
    }
}

/// One search parameter with its alternatives: any of them may hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Clause {
    /// `_id`.
    Id(Vec<ResourceId>),
    /// `_lastUpdated`; each comparison must hold.
    LastUpdated(Vec<DateMatch>),
    /// The resource belongs to this patient: `patient=`, `subject=Patient/..` or the compartment. Answered from the label
    /// column, not from the index.
    Patient(Vec<PatientId>),
    /// The parameter is absent (`true`) or present (`false`): `:missing`.
    Missing(ParamId, bool),
    /// Any of the matches.
    Any {
        /// The parameter.
        param: ParamId,
        /// The alternatives.
        matches: Vec<Match>,
        /// `:not`: none of the matches may hold.
        negate: bool,
    },
    /// Any of these holds, where one holds when all its clauses do: composite parameters, and modifiers that look in two places. Holds no
    /// clause of its own kind.
    Either(Vec<Vec<Clause>>),
}

/// A condition on a resource by way of another: the inner search is done first, and what it finds decides.
#[derive(Debug, Clone, PartialEq)]
pub enum Chain {
    /// `patient.name=..`: the parameter refers to something the inner search finds.
    Forward {
        /// The reference parameter.
        param: ParamId,
        /// The parameter is answered from the patient label.
        is_patient_label: bool,
        /// The type the inner search is about.
        target: ResourceType,
        /// The inner search.
        query: Box<Query>,
    },
    /// `_has:Observation:patient:code=..`: something the inner search finds refers to the resource by this parameter of its own.
    Reverse {
        /// The reference parameter of the type the inner search is about.
        param: ParamId,
        /// The inner search.
        query: Box<Query>,
    },
}

/// One alternative of a clause.
#[derive(Debug, Clone, PartialEq)]
pub enum Match {
    /// Token: `code`, `system|code`, `|code`, `system|`.
    Token {
        /// `None` any system; `Some("")` no system.
        system: Option<String>,
        /// `None` any code of the system.
        code: Option<String>,
    },
    /// Any of these codes, each with its system: what a value set or a hierarchy came to.
    TokenIn(Vec<(String, String)>),
    /// A code that is called so: a word of a display it was met with starts with this, folded.
    TokenCalled(String),
    /// String, folded: a word of it starts with this.
    StringWord(String),
    /// String, folded: starts with.
    StringStarts(String),
    /// String, folded: contains.
    StringContains(String),
    /// String as written.
    StringExact(String),
    /// Reference to a resource here.
    Reference {
        /// `None` when only an id was given; any type then.
        target: Option<ResourceType>,
        /// The id.
        id: ResourceId,
    },
    /// URI, exactly.
    Uri(String),
    /// Any of these URIs, exactly.
    UriIn(Vec<String>),
    /// A URI, or what lies below it: `http://a/b` and `http://a/b/c`, `http://a|1` and `http://a|1.2`.
    UriBelow(String),
    /// Date.
    Date(DateMatch),
    /// Number.
    Number(NumberMatch),
    /// Quantity.
    Quantity {
        /// The number.
        number: NumberMatch,
        /// Unit system, when given.
        system: Option<String>,
        /// Unit code, when given.
        code: Option<String>,
    },
    /// A code and what stands with it in the same element.
    Pair {
        /// As of a token.
        system: Option<String>,
        /// As of a token.
        code: Option<String>,
        /// A token, a quantity, a reference, a URI, or `Stretch`.
        with: Box<Match>,
        /// The parameter of the value that stands with the code, for the units it occurs in.
        of: ParamId,
    },
    /// Start and end of a stretch of a sequence.
    Stretch(NumberMatch, NumberMatch),
    /// Within a distance of a place.
    Near {
        /// Degrees.
        latitude: f64,
        /// Degrees.
        longitude: f64,
        /// Kilometres.
        distance_km: f64,
    },
}

/// Comparison prefixes (R4 search, section 3.1.1.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prefix {
    /// Equal: the value's span lies within the given span.
    Eq,
    /// Not equal.
    Ne,
    /// Greater than.
    Gt,
    /// Less than.
    Lt,
    /// Greater or equal.
    Ge,
    /// Less or equal.
    Le,
    /// Starts after.
    Sa,
    /// Ends before.
    Eb,
    /// Approximately: ten per cent either way, or for dates ten per cent of the distance to now.
    Ap,
}

/// A date comparison; both ends belong to the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateMatch {
    /// How.
    pub prefix: Prefix,
    /// First microsecond of the given span.
    pub low_micros: i64,
    /// Last microsecond of the given span.
    pub high_micros: i64,
}

/// A number comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberMatch {
    /// How.
    pub prefix: Prefix,
    /// The number as given.
    pub value: f64,
    /// Lower end of the span it stands for by its precision.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A key to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// By what.
    pub by: SortBy,
    /// Greatest first.
    pub descending: bool,
}

/// What can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// `_id`.
    Id,
    /// `_lastUpdated`.
    LastUpdated,
    /// A search parameter; several values count by the least when ascending, by the greatest when descending; resources
    /// without the parameter come last.
    Param(ParamId, ParamKind),
}

/// The type of a search parameter (R4 valueset-search-param-type) that the index keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParamKind {
    /// Number.
    Number,
    /// Date.
    Date,
    /// String.
    String,
    /// Token.
    Token,
    /// Reference.
    Reference,
    /// Quantity.
    Quantity,
    /// Uri.
    Uri,
    /// Composite: several values that belong together.
    Composite,
    /// Special: `Location.near`.
    Special,
}

/// `_include=Source:param[:Target]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// The reference parameter to follow.
    pub param: ParamId,
    /// Only targets of this type.
    pub target: Option<ResourceType>,
    /// Follow it from what was brought along, too.
    pub iterate: bool,
}

/// `_revinclude=Source:param`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevInclude {
    /// The type that refers to the matches.
    pub source: ResourceType,
    /// By which parameter.
    pub param: ParamId,
    /// The parameter is answered from the patient label.
    pub is_patient_label: bool,
    /// Which type it refers to; `None` for the type searched for and, when it is followed further, for any type it may refer to.
    pub target: Option<ResourceType>,
    /// Follow it back from what was brought along, too.
    pub iterate: bool,
}

/// `_total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Total {
    /// Left out unless it costs nothing.
    #[default]
    None,
    /// Counted.
    Accurate,
}

/// Where the next page starts. Opaque to clients; they get it in the `next` link and it tells nothing but their own position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);
