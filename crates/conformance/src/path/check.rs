//! What can be seen to be wrong without evaluating: elements that a type does not have, and the like.

use varde_fhir::TypeRef;

use super::ast::{Call, Expr, Operator, TypeName};
use super::functions::{CollectionFunction, FhirFunction, FilterFunction, Function, StringFunction};

/// Why an expression cannot be right for a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// A name that begins the path, but is neither an element nor the type.
    #[error("{type_name} has no element {name}")]
    Element {
        /// The type.
        type_name: String,
        /// The name.
        name: String,
    },
    /// A function for text on something that is none.
    #[error("a function of text cannot take {0}")]
    NotText(String),
    /// A place in a list that has no order.
    #[error("the children of an element have no order")]
    NoOrder,
    /// A type that is not known.
    #[error("the type {0} is not known")]
    Type(String),
}

/// What is known of the values an expression gives.
#[derive(Clone)]
struct Known {
    /// Their types; `None` when anything is possible.
    types: Option<Vec<TypeRef>>,
    ordered: bool,
}

/// More types than this are as good as any.
const MAX_TYPES: usize = 64;

impl Known {
    fn anything() -> Self {
        Self { types: None, ordered: true }
    }

    fn of(type_ref: TypeRef) -> Self {
        Self { types: Some(vec![type_ref]), ordered: true }
    }

    fn either(self, other: Self) -> Self {
        let types = match (self.types, other.types) {
            (Some(mut types), Some(others)) => {
                types.extend(others);
                Some(types).filter(|t| t.len() <= MAX_TYPES)
            }
            _ => None,
        };
        Self { types, ordered: self.ordered && other.ordered }
    }
}

type Checked = Result<Known, CheckError>;

pub(super) fn check(root: &Expr, type_name: &str) -> Result<(), CheckError> {
    let this = match TypeRef::named(type_name) {
        Some(type_ref) => Known::of(type_ref),
        None if TypeRef::exists(type_name) => Known::anything(),
        None => return Err(CheckError::Type(type_name.to_owned())),
    };
    walk(root, &this).map(drop)
}

fn walk(expr: &Expr, this: &Known) -> Checked {
    Ok(match expr {
        Expr::Empty | Expr::Literal(_) | Expr::Index | Expr::Total | Expr::Variable(_) => Known::anything(),
        Expr::This => this.clone(),
        Expr::Member(None, name) => match &this.types {
            Some(types) if types.iter().any(|t| t.isa(name)) => this.clone(),
            _ => member(this, name)?,
        },
        Expr::Member(Some(input), name) => member(&walk(input, this)?, name)?,
        Expr::Call(inner) => call(inner, this)?,
        Expr::Item(input, index) => {
            walk(index, this)?;
            walk(input, this)?
        }
        Expr::Negative(inner) | Expr::Positive(inner) => {
            walk(inner, this)?;
            Known::anything()
        }
        Expr::Binary(operator, sides) => {
            let (left, right) = (walk(&sides.0, this)?, walk(&sides.1, this)?);
            if *operator == Operator::Union { left.either(right) } else { Known::anything() }
        }
        Expr::Is(inner, _) => {
            walk(inner, this)?;
            Known::anything()
        }
        Expr::As(inner, type_name) => {
            walk(inner, this)?;
            cast(type_name)
        }
    })
}

fn cast(type_name: &TypeName) -> Known {
    TypeRef::named(&type_name.name).map_or_else(Known::anything, Known::of)
}

fn member(input: &Known, name: &str) -> Checked {
    let Some(types) = &input.types else { return Ok(Known::anything()) };
    let mut found: Vec<Option<TypeRef>> = Vec::new();
    for type_ref in types {
        if type_ref.is_primitive() {
            let of_element = TypeRef::named("Element").and_then(|t| t.element(name));
            found.extend(of_element.map(|e| e.type_ref()));
            continue;
        }
        if let Some(element) = type_ref.element(name).filter(|e| e.choice().is_none()) {
            found.push(element.type_ref());
        }
        found.extend(type_ref.choices(name).map(|e| e.type_ref()));
    }
    let Some(first) = types.first().filter(|_| found.is_empty()) else {
        let types: Option<Vec<TypeRef>> = found.into_iter().collect();
        return Ok(Known { types: types.filter(|t| t.len() <= MAX_TYPES), ordered: input.ordered });
    };
    Err(CheckError::Element { type_name: first.name().to_owned(), name: name.to_owned() })
}

fn call(call: &Call, this: &Known) -> Checked {
    let input = match &call.input {
        Some(input) => walk(input, this)?,
        None => this.clone(),
    };
    let per_item = matches!(
        call.function,
        Function::Filter(
            FilterFunction::Where
                | FilterFunction::Select
                | FilterFunction::Repeat
                | FilterFunction::RepeatAll
                | FilterFunction::Sort
                | FilterFunction::Aggregate
                | FilterFunction::Trace
                | FilterFunction::DefineVariable
                | FilterFunction::Iif
        ) | Function::Collection(CollectionFunction::Exists | CollectionFunction::All)
    );
    // A repeated projection is checked on what it starts from only.
    let mut arguments = Vec::with_capacity(call.arguments.len());
    for argument in &call.arguments {
        arguments.push(walk(argument, if per_item { &input } else { this })?);
    }
    match call.function {
        Function::String(function) if function != StringFunction::Join => not_text(&input)?,
        Function::Filter(
            FilterFunction::Skip | FilterFunction::Take | FilterFunction::First | FilterFunction::Last,
        ) if !input.ordered => {
            return Err(CheckError::NoOrder);
        }
        _ => {}
    }
    Ok(result(call, input, arguments))
}

/// What a call gives, as far as it is known.
fn result(call: &Call, input: Known, mut arguments: Vec<Known>) -> Known {
    use FilterFunction as F;
    match call.function {
        Function::Filter(
            F::Where | F::Single | F::First | F::Last | F::Tail | F::Skip | F::Take | F::Trace | F::DefineVariable,
        )
        | Function::Collection(CollectionFunction::Distinct) => input,
        Function::Filter(F::Sort) => Known { ordered: true, ..input },
        Function::Filter(F::Select) => arguments.pop().unwrap_or_else(Known::anything),
        Function::Filter(F::OfType | F::As) => call.type_name.as_ref().map_or_else(Known::anything, cast),
        Function::Filter(F::Children | F::Descendants) => Known { types: None, ordered: false },
        Function::Fhir(FhirFunction::Extension) => TypeRef::named("Extension").map_or_else(Known::anything, Known::of),
        _ => Known::anything(),
    }
}

fn not_text(input: &Known) -> Result<(), CheckError> {
    match &input.types {
        Some(types) if !types.is_empty() && types.iter().all(|t| !t.is_primitive()) => {
            Err(CheckError::NotText(types.first().map_or("", |t| t.name()).to_owned()))
        }
        _ => Ok(()),
    }
}

/// The types an expression may give for a resource of a type, as far as the definitions tell; `None` when anything is possible.
#[cfg(test)]
fn types_of(root: &Expr, type_name: &str) -> Option<Vec<TypeRef>> {
    walk(root, &Known::of(TypeRef::named(type_name)?)).ok()?.types
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Value;
    use crate::path::parser::parse;

    #[test]
    fn types_follow_the_path() {
        let types = types_of(&parse("name.where(use = 'official').given").unwrap(), "Patient").unwrap();
        assert_eq!(types, [TypeRef::named("string").unwrap()]);
        assert_eq!(types_of(&parse("value").unwrap(), "Observation").unwrap().len(), 11);
        assert!(matches!(parse("1").unwrap(), Expr::Literal(Value::Integer(1))));
    }
}
