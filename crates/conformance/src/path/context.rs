//! What an expression is evaluated against, and what it may ask for from outside.

use varde_fhir::json::Node;

use super::value::{Collection, Element, Value};

/// Finds what references name outside of the resource at hand. Contained resources and entries of the same Bundle are found
/// without it.
pub trait Resolve<'a> {
    /// The resource of a reference such as `Patient/1`; `None` when it is not there or may not be seen.
    fn resolve(&self, reference: &str) -> Option<&'a Node<'a>>;
}

/// A code with its system, as `memberOf` and `subsumes` pass it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Code<'a> {
    /// Canonical URL of the code system; `None` for a bare `code`.
    pub system: Option<&'a str>,
    /// Version of the code system.
    pub version: Option<&'a str>,
    /// The code.
    pub code: &'a str,
}

/// Answers what only terminology knows. `None` is "not known": the expression then gives nothing.
pub trait Terms {
    /// True when one of the codes is in the value set.
    fn member_of(&self, codes: &[Code<'_>], value_set: &str) -> Option<bool>;

    /// True when the first code subsumes the second, or is the same.
    fn subsumes(&self, general: &Code<'_>, special: &Code<'_>) -> Option<bool>;
}

/// Answers whether an element conforms to a profile. `None` is "cannot be told", mostly since there is no such profile: then the expression
/// fails, unless the profile is a type of R4.
pub trait Conforms {
    /// The element and the canonical URL of the profile.
    fn conforms_to(&self, element: &Element<'_>, profile: &str) -> Option<bool>;
}

/// The time an expression is evaluated at; it is the same for the whole expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Microseconds since 1970 in UTC.
    pub unix_micros: i64,
    /// Minutes ahead of UTC.
    pub offset_minutes: i16,
}

/// What an expression is evaluated against.
#[derive(Clone)]
pub struct Context<'a> {
    pub(super) focus: Option<Value<'a>>,
    pub(super) resource: Option<Element<'a>>,
    pub(super) root_resource: Option<Element<'a>>,
    pub(super) variables: Vec<(&'a str, Collection<'a>)>,
    pub(super) now: Option<Now>,
    pub(super) steps: u64,
    pub(super) resolve: Option<&'a dyn Resolve<'a>>,
    pub(super) terms: Option<&'a dyn Terms>,
    pub(super) conforms: Option<&'a dyn Conforms>,
}

impl<'a> Context<'a> {
    /// What an evaluation may cost when nothing else is said: about a tenth of a second.
    pub const DEFAULT_STEPS: u64 = 1_000_000;

    /// A resource as a whole: it is what is looked at, `%context`, `%resource` and `%rootResource`.
    pub fn of_resource(root: &'a Node<'a>) -> Self {
        let resource = Element::resource(root);
        Self { resource: Some(resource), root_resource: Some(resource), ..Self::of(Some(Value::Element(resource))) }
    }

    /// Any value, without a resource around it.
    pub fn of(focus: Option<Value<'a>>) -> Self {
        Self {
            focus,
            resource: None,
            root_resource: None,
            variables: Vec::new(),
            now: None,
            steps: Self::DEFAULT_STEPS,
            resolve: None,
            terms: None,
            conforms: None,
        }
    }

    /// The same surroundings, but another element is looked at.
    #[must_use]
    pub fn at(mut self, focus: Value<'a>) -> Self {
        self.focus = Some(focus);
        self
    }

    /// Sets `%resource` and `%rootResource`; they differ for contained resources (R4 fhirpath, section 2.9.1).
    #[must_use]
    pub fn within(mut self, resource: Element<'a>, root_resource: Element<'a>) -> Self {
        self.resource = Some(resource);
        self.root_resource = Some(root_resource);
        self
    }

    /// Adds `%name`.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: Collection<'a>) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Looks at another element, or at none, in the same surroundings.
    pub fn look_at(&mut self, focus: Option<Value<'a>>) {
        self.focus = focus;
    }

    /// Sets `%name`, whatever it was before.
    pub fn set(&mut self, name: &'a str, value: Collection<'a>) {
        self.variables.retain(|(n, _)| *n != name);
        self.variables.push((name, value));
    }

    /// Sets the time for `now()`, `today()` and `timeOfDay()`, which fail without it.
    #[must_use]
    pub fn at_time(mut self, now: Now) -> Self {
        self.now = Some(now);
        self
    }

    /// Sets what the evaluation may cost, in steps: looking at a value is one.
    #[must_use]
    pub fn limited_to(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// Lets `resolve()` look outside of the resource.
    #[must_use]
    pub fn resolving(mut self, resolve: &'a dyn Resolve<'a>) -> Self {
        self.resolve = Some(resolve);
        self
    }

    /// Lets `memberOf()` and `subsumes()` ask terminology.
    #[must_use]
    pub fn with_terms(mut self, terms: &'a dyn Terms) -> Self {
        self.terms = Some(terms);
        self
    }

    /// Lets `conformsTo()` ask about profiles.
    #[must_use]
    pub fn with_profiles(mut self, conforms: &'a dyn Conforms) -> Self {
        self.conforms = Some(conforms);
        self
    }
}
