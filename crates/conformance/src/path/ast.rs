//! An expression as a tree.

use regex::Regex;

use super::functions::Function;
use super::value::Value;

/// A node of the tree.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    /// `{}`.
    Empty,
    Literal(Value<'static>),
    This,
    Index,
    Total,
    /// `%name`.
    Variable(Box<str>),
    /// A name, below another expression or below what is looked at.
    Member(Option<Box<Expr>>, Box<str>),
    Call(Box<Call>),
    /// `input[index]`.
    Item(Box<Expr>, Box<Expr>),
    Negative(Box<Expr>),
    Positive(Box<Expr>),
    Binary(Operator, Box<(Expr, Expr)>),
    Is(Box<Expr>, TypeName),
    As(Box<Expr>, TypeName),
}

/// A call of a function.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// What it is called on; `None` is what is looked at.
    pub(super) input: Option<Expr>,
    pub(super) function: Function,
    pub(super) arguments: Vec<Expr>,
    /// The type that `is`, `as` and `ofType` name.
    pub(super) type_name: Option<TypeName>,
    /// The pattern, when it is written out.
    pub(super) pattern: Option<Regex>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Implies,
    Or,
    Xor,
    And,
    In,
    Contains,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Union,
    Plus,
    Minus,
    Concatenate,
    Times,
    Divide,
    Div,
    Mod,
}

/// The name of a type, such as `Quantity`, `FHIR.Patient` or `System.Boolean`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeName {
    pub(super) namespace: Option<Namespace>,
    pub(super) name: Box<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    Fhir,
    System,
}

/// The types of FHIRPath itself.
const SYSTEM: [&str; 10] =
    ["Any", "Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity", "Long"];

impl TypeName {
    /// True when there is such a type.
    pub(super) fn is_known(&self) -> bool {
        let fhir = varde_fhir::TypeRef::exists(&self.name);
        let system = SYSTEM.contains(&&*self.name);
        match self.namespace {
            None => fhir || system,
            Some(Namespace::Fhir) => fhir,
            // `Patient.is(System.Patient)` is false, not a mistake (HL7's suite, testType22).
            Some(Namespace::System) => fhir || system,
        }
    }
}
