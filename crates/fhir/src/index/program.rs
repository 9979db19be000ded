//! The shape of the generated programs. Short names keep the tables small.

/// A step: name of an element, what must hold of each value there, what to emit of it, further steps from it.
pub(crate) struct S(pub(crate) &'static str, pub(crate) Guard, pub(crate) &'static [E], pub(crate) &'static [S]);

/// What must hold of a value.
pub(crate) enum Guard {
    /// Nothing.
    N,
    /// It is the first of its list: `entry[0]`.
    F,
    /// A field has a text: `.where(system='phone')`.
    W(&'static str, &'static str),
}

/// What to emit: number of the parameter, how, the system a code implies by its binding, the only type of target
/// (255 for any): `.where(resolve() is Patient)`.
pub(crate) struct E(pub(crate) u32, pub(crate) Op, pub(crate) &'static str, pub(crate) u8);

/// How to make an entry of a value, by the type of the element and the type of the parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    TokenCoding,
    TokenConcept,
    TokenIdentifier,
    TokenContact,
    TokenBoolean,
    TokenPlain,
    /// `Patient.deceased.exists() and Patient.deceased != false`, emitted at the root.
    Deceased,
    StringPlain,
    StringName,
    StringAddress,
    Date,
    DatePeriod,
    DateTiming,
    Reference,
    /// The resource itself stands there: `Bundle.entry[0].resource`.
    ReferenceInline,
    Uri,
    Number,
    NumberRange,
    Quantity,
    QuantityMoney,
    QuantityRange,
    QuantitySampled,
    /// `code` and `valueQuantity` or `valueRange` of one element.
    PairQuantity,
    /// `code` and `valueCodeableConcept` or `valueBoolean` of one element.
    PairToken,
    /// `code` and `target` of one element.
    PairReference,
    /// Each variant of a sequence with a code of the sequence's reference, emitted at the root; the code's element stands where others
    /// name a system.
    PairVariant,
    /// `latitude` and `longitude`.
    Position,
}
