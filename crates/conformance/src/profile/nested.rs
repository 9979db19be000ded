use std::collections::HashMap;
use std::rc::Rc;

use varde_fhir::json::Node;
use varde_fhir::{Severity, TypeRef};

use super::item::Item;
use super::place::Place;
use super::reference::{Entries, is_of_type};
use super::slicing::Def;
use super::validator::{Budget, Context, MAX_TRIALS, Options, Run};
use crate::definitions::Definitions;
use crate::path;
use crate::terminology::Terminology;

/// A validation within a rule: what `conformsTo()` asks. It draws on the budget of the one around it.
pub(super) struct Nested<'d, 'n> {
    definitions: &'d Definitions,
    terminology: Terminology<'d>,
    options: &'d Options,
    budget: &'d Budget,
    entries: Rc<Entries<'n>>,
    context: Context<'n>,
    trials: u8,
}

impl<'d, 'n> Nested<'d, 'n> {
    pub(super) fn of(run: &Run<'d, 'n>, context: &Context<'n>) -> Self {
        Self {
            definitions: run.definitions,
            terminology: run.terminology,
            options: run.options,
            budget: run.budget,
            entries: Rc::clone(&run.entries),
            context: *context,
            trials: run.trials,
        }
    }
}

impl path::Conforms for Nested<'_, '_> {
    /// Of rules that ask for each other without end, and of one too many within each other, nothing can be told; nor when the budget is
    /// spent before the answer is there.
    fn conforms_to(&self, element: &path::Element<'_>, profile: &str) -> Option<bool> {
        let structure = self.definitions.structure(profile)?.ok()?;
        let is_resource = element.type_ref().is_some_and(TypeRef::is_resource);
        let item = match element.node() {
            Some(node) if is_resource => Item::resource(node),
            value => Item { value, extra: element.sibling(), type_ref: element.type_ref(), name: "", index: None },
        };
        if *structure.type_name != *item.kind() && is_of_type(self.definitions, profile, item.kind()) != Some(true) {
            return Some(false);
        }
        if self.trials >= MAX_TRIALS {
            return None;
        }
        let context = match element.node() {
            Some(resource) if is_resource => within(resource, &self.context),
            _ => self.context,
        };
        let mut run = Run {
            definitions: self.definitions,
            terminology: self.terminology,
            options: self.options,
            issues: Vec::new(),
            budget: self.budget,
            entries: Rc::clone(&self.entries),
            conforming: HashMap::new(),
            trials: self.trials + 1,
        };
        run.element(&item, Def { element: &structure.root, structure }, &Place::root(item.name), &context);
        let fits = !run.issues.iter().any(|issue| issue.severity == Severity::Error);
        (!fits || !self.budget.is_spent()).then_some(fits)
    }
}

/// Where a resource stands that is looked at from `context`: by itself, or within the one that contains it.
pub(super) fn within<'n>(resource: &'n Node<'n>, context: &Context<'n>) -> Context<'n> {
    let outer = context.container.unwrap_or(context.resource);
    let is_contained = outer.list("contained").iter().any(|inner| std::ptr::eq(inner, resource));
    Context { resource, container: is_contained.then_some(outer) }
}
