//! Slices: which part of a profile an item belongs to (R4 profiling, section 5.1.0.14).

use varde_fhir::json::Node;
use varde_fhir::{IssueCode, ResourceType, Severity, TypeRef};

use super::element::{By, Discriminator, Element, Rules, Slicing, Step, Strength};
use super::item::Item;
use super::place::Place;
use super::reference::{Target, allows, is_of_type};
use super::structure::Structure;
use super::validator::{Context, Run};

/// Deepest nesting of values that a slice is known by.
const MAX_DEPTH: u8 = 12;

/// An element and the structure it is in.
#[derive(Clone, Copy)]
pub(super) struct Def<'d> {
    pub(super) element: &'d Element,
    pub(super) structure: &'d Structure,
}

impl<'d, 'n> Run<'d, 'n> {
    /// Checks the items of a sliced element: each by its slice, or by the element when it is in none.
    pub(super) fn sliced(
        &mut self,
        items: &[Item<'n>],
        def: Def<'d>,
        slicing: &Slicing,
        place: &Place<'_>,
        context: &Context<'n>,
    ) {
        let slices = &def.element.slices;
        let mut counts = vec![0u32; slices.len()];
        let (mut last, mut unmatched) = (0, false);
        for item in items {
            let here = place.field(item.name, item.index);
            let found = slices.iter().position(|slice| {
                let slice = Def { element: slice, structure: def.structure };
                slicing.discriminators.iter().all(|by| self.is_in_slice(item, slice, by, context))
                    && !slicing.discriminators.is_empty()
            });
            let Some((at, slice)) = found.and_then(|at| Some((at, slices.get(at)?))) else {
                unmatched = true;
                if slicing.rules == Rules::Closed && !slicing.discriminators.is_empty() {
                    let text = format!("none of the slices that are allowed here{}", self.of_profile(def.structure));
                    self.say(Severity::Error, IssueCode::Structure, &here, text);
                }
                self.element(item, def, &here, context);
                continue;
            };
            if let Some(count) = counts.get_mut(at) {
                *count += 1;
            }
            if (slicing.ordered && at < last) || (slicing.rules == Rules::OpenAtEnd && unmatched) {
                let text = format!("the slice {} is out of order", slice_name(slice));
                self.say(Severity::Error, IssueCode::Structure, &here, text);
            }
            last = last.max(at);
            let slice = Def { element: slice, structure: def.structure };
            match slice.element.slicing() {
                Some(inner) => self.sliced(std::slice::from_ref(item), slice, &inner, place, context),
                None => self.element(item, slice, &here, context),
            }
        }
        if slicing.discriminators.is_empty() {
            return;
        }
        for (slice, count) in slices.iter().zip(counts) {
            let here = place.field(def.element.stem().unwrap_or(&def.element.name), None);
            let (name, profile) = (slice_name(slice), self.of_profile(def.structure));
            if count < slice.min {
                let text =
                    format!("the slice {name} is needed at least {} times, and is there {count}{profile}", slice.min);
                self.say(Severity::Error, IssueCode::Required, &here, text);
            }
            if slice.max.is_some_and(|max| count > max) {
                let text = format!(
                    "the slice {name} is allowed {} times, and is there {count}{profile}",
                    slice.max.unwrap_or(0)
                );
                self.say(Severity::Error, IssueCode::Structure, &here, text);
            }
        }
    }

    fn is_in_slice(&mut self, item: &Item<'n>, slice: Def<'d>, by: &Discriminator, context: &Context<'n>) -> bool {
        // Extensions are known by their address, whether their definition is loaded or not.
        if let ([Step::Field(name)], Some(own)) = (by.steps.as_slice(), slice.element.type_ref("Extension"))
            && **name == *"url"
            && let Some(profile) = own.profiles.first()
        {
            let url = item.value.and_then(|value| value.get("url")).and_then(Node::str);
            return url == profile.split('|').next();
        }
        let (mut defs, mut items) = (vec![slice], vec![*item]);
        for step in &by.steps {
            items = items.iter().flat_map(|item| self.step_item(item, step, context)).collect();
            defs = defs.into_iter().flat_map(|def| self.step_def(def, step)).collect();
        }
        match by.by {
            By::Exists if defs.iter().any(|def| def.element.max == Some(0)) => items.is_empty(),
            By::Exists => !items.is_empty(),
            By::Value => {
                let fits = |def: &Def<'d>| items.iter().any(|item| self.fits(item, *def, 0) == Some(true));
                defs.iter().any(fits)
            }
            By::Type => defs.iter().any(|def| items.iter().any(|item| self.has_type(item, *def, context))),
            By::Profile => defs.iter().any(|def| items.iter().any(|item| self.has_profile(item, *def, context))),
        }
    }

    fn has_type(&self, item: &Item<'n>, def: Def<'d>, context: &Context<'n>) -> bool {
        if def.element.is_root {
            return *item.kind() == *def.structure.type_name;
        }
        if def.element.types.iter().any(|own| *own.code == *item.kind()) {
            return true;
        }
        let kind = match item.value {
            Some(value) if item.kind() == "Reference" => match self.resolve(value, context) {
                Target::Found(node) => node.get("resourceType").and_then(Node::str).unwrap_or_default(),
                Target::Elsewhere(kind) => kind.unwrap_or_default(),
            },
            _ => item.kind(),
        };
        def.element.types.iter().any(|own| allows(self.definitions, own, kind))
    }

    fn has_profile(&mut self, item: &Item<'n>, def: Def<'d>, context: &Context<'n>) -> bool {
        let Some(node) = item.value else { return false };
        if def.element.is_root {
            return self.conforms(node, &def.structure.url, context);
        }
        let types = &def.element.types;
        let profiles = types.iter().flat_map(|own| own.profiles.iter().chain(&own.targets));
        for profile in profiles {
            let fits_type = is_of_type(self.definitions, profile, item.kind()) != Some(false);
            if fits_type && self.conforms(node, profile, context) {
                return true;
            }
        }
        false
    }

    fn step_item(&self, item: &Item<'n>, step: &Step, context: &Context<'n>) -> Vec<Item<'n>> {
        match step {
            Step::Field(name) => item.named(name),
            Step::Extension(url) => {
                let is_it = |item: &Item<'n>| item.value.and_then(|v| v.get("url")).and_then(Node::str) == Some(&**url);
                item.named("extension").into_iter().filter(is_it).collect()
            }
            Step::Resolve => match item.value.map(|value| self.resolve(value, context)) {
                Some(Target::Found(node)) => vec![Item::resource(node)],
                Some(Target::Elsewhere(Some(kind))) => {
                    let type_ref = ResourceType::from_name(kind).and_then(TypeRef::of_resource);
                    vec![Item { value: None, extra: None, type_ref, ..*item }]
                }
                _ => Vec::new(),
            },
            Step::OfType(kind) => {
                let fits = item.kind().is_empty() || *item.kind() == **kind;
                fits.then_some(*item).into_iter().collect()
            }
        }
    }

    /// The elements a step leads to: slices too, since what a slice is known by may be said in a slice further down.
    fn step_def(&self, def: Def<'d>, step: &Step) -> Vec<Def<'d>> {
        match step {
            Step::Field(name) => {
                let (children, structure) = self.children_of(def, None);
                let found = children.iter().find(|child| child.is_called(name));
                let all = found.into_iter().flat_map(|child| std::iter::once(child).chain(&child.slices));
                all.map(|element| Def { element, structure }).collect()
            }
            Step::Extension(url) => {
                let (children, structure) = self.children_of(def, None);
                let extension = children.iter().find(|child| &*child.name == "extension");
                let is_it = |slice: &&Element| {
                    slice.type_ref("Extension").is_some_and(|own| own.profiles.iter().any(|profile| profile == url))
                };
                if let Some(element) = extension.and_then(|extension| extension.slices.iter().find(is_it)) {
                    return vec![Def { element, structure }];
                }
                let structure = self.definitions.structure(url).and_then(Result::ok);
                structure.map(|structure| Def { element: &structure.root, structure }).into_iter().collect()
            }
            // The targets of the reference are asked of the element itself, unless there is one profile to go on in.
            Step::Resolve => {
                let target = def.element.types.iter().flat_map(|own| &own.targets).next();
                let one = def.element.types.iter().map(|own| own.targets.len()).sum::<usize>() == 1;
                match target.filter(|_| one).and_then(|target| self.definitions.structure(target)?.ok()) {
                    Some(structure) => vec![Def { element: &structure.root, structure }],
                    None => vec![def],
                }
            }
            Step::OfType(_) => vec![def],
        }
    }

    /// Whether a value is the one an element demands; `None` when the element demands none.
    fn fits(&self, item: &Item<'n>, def: Def<'d>, depth: u8) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        let element = def.element;
        if let Some(fixed) = &element.fixed {
            return Some(item.value.is_some_and(|value| fixed.equals(value)));
        }
        if let Some(pattern) = &element.pattern {
            return Some(item.value.is_some_and(|value| pattern.is_in(value)));
        }
        let mut found = None;
        let profiled = element.children.is_empty() && element.types.iter().any(|own| !own.profiles.is_empty());
        let (children, structure) = match profiled {
            true => self.children_of(def, None),
            false => (element.children.as_slice(), def.structure),
        };
        for child in children.iter().flat_map(|child| std::iter::once(child).chain(&child.slices)) {
            let within = Def { element: child, structure };
            let items = item.children(child);
            let answers: Vec<Option<bool>> = items.iter().map(|item| self.fits(item, within, depth + 1)).collect();
            let demands = child.min > 0 && self.demands(child, depth);
            match (answers.contains(&Some(true)), demands) {
                (true, _) => found = Some(true),
                (false, true) => return Some(false),
                (false, false) => {}
            }
        }
        let binding = element.binding.as_ref().filter(|binding| binding.strength == Strength::Required);
        found.or_else(|| binding.map(|binding| self.is_bound(item, binding)))
    }

    /// True when a value is fixed in an element, or in something it must have.
    fn demands(&self, element: &Element, depth: u8) -> bool {
        element.fixed.is_some()
            || element.pattern.is_some()
            || (depth <= MAX_DEPTH
                && element.children.iter().any(|child| child.min > 0 && self.demands(child, depth + 1)))
    }
}

fn slice_name(slice: &Element) -> &str {
    slice.slice_name.as_deref().unwrap_or_default()
}
