use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use varde_fhir::json::Node;
use varde_fhir::{Issue, IssueCode, Parsed, Severity, TypeRef};

use super::item::Item;
use super::nested::within;
use super::place::Place;
use super::reference::{Entries, is_of_type};
use super::slicing::Def;
use super::structure::Structure;
use crate::definitions::{Definitions, HL7_STRUCTURES};
use crate::path::Now;
use crate::terminology::Terminology;

/// Deepest place that is looked at; resources contain each other by one level only.
const MAX_DEPTH: u16 = 256;
/// Most profiles that are tried within each other.
pub(super) const MAX_TRIALS: u8 = 5;

/// How a resource is validated.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Check what R4 itself demands first. Not needed for what was read by [`Parsed::parse`].
    pub structure: bool,
    /// Check the profiles the resource and those in it claim in `meta.profile`.
    pub claimed: bool,
    /// Check rules in FHIRPath.
    pub invariants: bool,
    /// Check rules that say what would be good.
    pub best_practice: bool,
    /// Check that what is referred to within the same resource or Bundle fits the profiles that are named.
    pub targets: bool,
    /// Most issues that are answered with.
    pub issues: usize,
    /// Most elements that are looked at, counting again for each profile.
    pub steps: u32,
    /// What all rules in FHIRPath together may cost ([`crate::path::Expression::is_true_within`]).
    pub rule_steps: u64,
    /// The time for rules that ask for it.
    pub now: Option<Now>,
}

impl Options {
    /// What all rules together may cost when nothing else is said: about a second.
    pub const RULE_STEPS: u64 = 10 * crate::path::Context::DEFAULT_STEPS;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            structure: true,
            claimed: true,
            invariants: true,
            best_practice: true,
            targets: true,
            issues: 100,
            steps: 2_000_000,
            rule_steps: Self::RULE_STEPS,
            now: None,
        }
    }
}

/// Validates resources against profiles.
#[derive(Clone, Copy)]
pub struct Validator<'d> {
    definitions: &'d Definitions,
}

impl<'d> Validator<'d> {
    /// With a set of definitions.
    pub fn new(definitions: &'d Definitions) -> Self {
        Self { definitions }
    }

    /// All that is found in a resource, against its type, the profiles named and those it claims. A profile that is named and
    /// not loaded is an error; one that is claimed and not loaded is a warning.
    pub fn validate(&self, parsed: &Parsed<'_>, profiles: &[&str], options: &Options) -> Vec<Issue> {
        let structure = if options.structure { parsed.validate() } else { Vec::new() };
        let root = parsed.root();
        let budget = Budget { elements: Cell::new(options.steps), rule_steps: Cell::new(options.rule_steps) };
        let mut run = Run {
            definitions: self.definitions,
            terminology: Terminology::new(self.definitions),
            options,
            issues: Vec::new(),
            budget: &budget,
            entries: Rc::new(Entries::of(root)),
            conforming: HashMap::new(),
            trials: 0,
        };
        let context = Context { resource: root, container: None };
        run.resource(root, profiles, true, &Place::root(parsed.resource_type().name()), &context);
        let mut issues = run.issues;
        let unchecked = [
            (budget.elements.get() == 0, "the resource is too large: not all of it was checked"),
            (budget.rule_steps.get() == 0, "its rules cost more than they may: not all of them were checked"),
        ];
        for (_, text) in unchecked.into_iter().filter(|(is_spent, _)| *is_spent) {
            issues.push(Issue { severity: Severity::Warning, ..Issue::error(IssueCode::TooCostly, "", text) });
        }
        merged(structure, issues)
    }
}

/// One list: what the structure says already is not said again, nor the same thing twice.
fn merged(structure: Vec<Issue>, found: Vec<Issue>) -> Vec<Issue> {
    let is_said = |issue: &Issue| {
        let shape = matches!(issue.code, IssueCode::Required | IssueCode::Structure | IssueCode::Value);
        shape && structure.iter().any(|said| said.expression == issue.expression)
    };
    let kept: Vec<Issue> = found.into_iter().filter(|issue| !is_said(issue)).collect();
    let mut all = structure;
    for issue in kept {
        if !all.contains(&issue) {
            all.push(issue);
        }
    }
    all
}

/// Where in a resource we are.
#[derive(Clone, Copy)]
pub(super) struct Context<'n> {
    /// The resource.
    pub(super) resource: &'n Node<'n>,
    /// The resource it is contained in.
    pub(super) container: Option<&'n Node<'n>>,
}

/// What a validation may still cost, with all that is validated within it.
pub(super) struct Budget {
    /// Elements that may still be looked at.
    pub(super) elements: Cell<u32>,
    /// Steps of rules in FHIRPath.
    pub(super) rule_steps: Cell<u64>,
}

impl Budget {
    pub(super) fn is_spent(&self) -> bool {
        self.elements.get() == 0 || self.rule_steps.get() == 0
    }
}

/// One validation.
pub(super) struct Run<'d, 'n> {
    pub(super) definitions: &'d Definitions,
    pub(super) terminology: Terminology<'d>,
    pub(super) options: &'d Options,
    pub(super) budget: &'d Budget,
    pub(super) entries: Rc<Entries<'n>>,
    pub(super) issues: Vec<Issue>,
    /// Whether a resource fits a profile; `None` while that is being found out.
    pub(super) conforming: HashMap<(*const Node<'n>, String), Option<bool>>,
    pub(super) trials: u8,
}

impl<'d, 'n> Run<'d, 'n> {
    pub(super) fn say(&mut self, severity: Severity, code: IssueCode, place: &Place<'_>, text: impl Into<String>) {
        if !self.is_full() {
            self.issues.push(Issue { severity, ..Issue::error(code, place.to_string(), text) });
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.issues.len() >= self.options.issues || self.budget.elements.get() == 0
    }

    /// ` (profile ..)`, to be put behind what a profile demands; nothing for a type.
    pub(super) fn of_profile(&self, structure: &Structure) -> String {
        if structure.is_type { String::new() } else { format!(" (profile {})", structure.url) }
    }

    /// Checks a resource against profiles that are named and claimed, else against its type.
    pub(super) fn resource(
        &mut self,
        node: &'n Node<'n>,
        profiles: &[&str],
        must_know: bool,
        place: &Place<'_>,
        context: &Context<'n>,
    ) {
        let item = Item::resource(node);
        let claimed = node.get("meta").map(|meta| meta.list("profile")).unwrap_or_default();
        let claimed = claimed.iter().filter_map(Node::str).filter(|_| self.options.claimed);
        let mut is_checked = false;
        let mut seen: Vec<&str> = Vec::new();
        for (profile, is_named) in profiles.iter().map(|p| (*p, true)).chain(claimed.map(|p| (p, false))) {
            if seen.contains(&profile) {
                continue;
            }
            seen.push(profile);
            let severity = if is_named && must_know { Severity::Error } else { Severity::Warning };
            match self.definitions.structure(profile) {
                Some(Ok(structure)) if *structure.type_name == *item.kind() => {
                    is_checked = true;
                    self.element(&item, Def { element: &structure.root, structure }, place, context);
                }
                Some(Ok(_)) if is_of_type(self.definitions, profile, item.kind()) == Some(true) => {}
                Some(Ok(structure)) => {
                    let text = format!("{profile} is a profile of {}", structure.type_name);
                    self.say(Severity::Error, IssueCode::Structure, place, text);
                }
                Some(Err(why)) => {
                    let text = format!("the profile {profile} cannot be used, and was not checked: {why}");
                    self.say(severity, IssueCode::NotSupported, place, text);
                }
                None => {
                    let text = format!("the profile {profile} is not loaded, and was not checked");
                    self.say(severity, IssueCode::NotFound, place, text);
                }
            }
        }
        if !is_checked && let Some(structure) = self.definitions.type_structure(item.kind()) {
            self.element(&item, Def { element: &structure.root, structure }, place, context);
        }
    }

    /// Whether a resource fits a profile, without saying why not.
    pub(super) fn conforms(&mut self, node: &'n Node<'n>, profile: &str, context: &Context<'n>) -> bool {
        let kind = Item::resource(node).kind();
        if !kind.is_empty() && is_of_type(self.definitions, profile, kind) == Some(false) {
            return false;
        }
        let Some(Ok(structure)) = self.definitions.structure(profile) else {
            // Of a profile that is not loaded, the type is all that can be told.
            return !profile.starts_with(HL7_STRUCTURES) || is_of_type(self.definitions, profile, kind) == Some(true);
        };
        let key = (std::ptr::from_ref(node), profile.to_owned());
        if let Some(known) = self.conforming.get(&key) {
            // Of two that refer to each other, each is taken to fit while the other is looked at.
            return known.unwrap_or(true);
        }
        if self.trials >= MAX_TRIALS {
            return true;
        }
        self.conforming.insert(key.clone(), None);
        self.trials += 1;
        let said = std::mem::take(&mut self.issues);
        let own = within(node, context);
        let item = Item::resource(node);
        let def = Def { element: &structure.root, structure };
        self.element(&item, def, &Place::root(item.name), &own);
        let found = std::mem::replace(&mut self.issues, said);
        self.trials -= 1;
        let fits = !found.iter().any(|issue| issue.severity == Severity::Error);
        self.conforming.insert(key, Some(fits));
        fits
    }

    /// Checks one item against one element, and what is below it.
    pub(super) fn element(&mut self, item: &Item<'n>, def: Def<'d>, place: &Place<'_>, context: &Context<'n>) {
        self.budget.elements.set(self.budget.elements.get().saturating_sub(1));
        if self.is_full() || place.depth() > MAX_DEPTH {
            return;
        }
        let (element, kind) = (def.element, item.kind());
        if element.stem().is_some() && !element.types.is_empty() && element.type_ref(kind).is_none() {
            let text = format!("{kind} is not a type that is allowed here{}", self.of_profile(def.structure));
            self.say(Severity::Error, IssueCode::Structure, place, text);
        }
        self.values(item, def, place);
        if let Some(binding) = &element.binding {
            self.binding(item, binding, place);
        }
        match kind {
            "Coding" if !element.is_root => self.coding(item, place),
            "Reference" => self.reference(item, element, place, context),
            _ => {}
        }
        self.invariants(item, &element.constraints, &[], place, context);
        if let Some(referenced) = self.referenced(def) {
            self.invariants(item, &referenced.element.constraints, &element.constraints, place, context);
        }
        if element.is_root {
            self.children(item, (&element.children, def.structure), place, context);
        } else if item.type_ref.is_some_and(TypeRef::is_resource) {
            self.inner_resource(item, def, place, context);
        } else {
            self.below(item, def, place, context);
        }
    }

    /// What is below an element that is no resource: its children, the rules of its type, the profiles of its type.
    fn below(&mut self, item: &Item<'n>, def: Def<'d>, place: &Place<'_>, context: &Context<'n>) {
        let kind = item.kind();
        self.emptiness(item, place);
        let children = self.children_of(def, Some(kind));
        if !item.is_primitive() || item.extra.is_some() || !def.element.children.is_empty() {
            self.children(item, children, place, context);
        }
        if let Some(own) = self.definitions.type_structure(kind) {
            self.invariants(item, &own.root.constraints, &def.element.constraints, place, context);
        }
        if kind == "Extension" {
            self.extension(item, place, context);
            return;
        }
        let Some(own) = def.element.type_ref(kind).filter(|own| !own.profiles.is_empty()) else { return };
        let structures: Vec<&'d Structure> =
            own.profiles.iter().filter_map(|profile| self.definitions.structure(profile)?.ok()).collect();
        if let [structure] = structures.as_slice() {
            self.element(item, Def { element: &structure.root, structure }, place, context);
        }
    }

    /// An extension is what its own definition demands; one that changes meanings must be known.
    fn extension(&mut self, item: &Item<'n>, place: &Place<'_>, context: &Context<'n>) {
        let Some(url) = item.value.and_then(|value| value.get("url")).and_then(Node::str) else { return };
        // Within a complex extension, parts have names and no addresses.
        if !url.contains(':') {
            return;
        }
        match self.definitions.structure(url) {
            Some(Ok(structure)) if &*structure.type_name == "Extension" => {
                self.element(item, Def { element: &structure.root, structure }, place, context);
            }
            Some(Ok(_)) => {
                self.say(Severity::Error, IssueCode::Structure, place, format!("{url} does not define an extension"));
            }
            _ if item.name == "modifierExtension" => {
                let text = format!("the modifier extension {url} is not loaded, and was not checked");
                self.say(Severity::Warning, IssueCode::NotFound, place, text);
            }
            _ => {}
        }
    }

    /// A contained resource, or one in a Bundle or in Parameters.
    fn inner_resource(&mut self, item: &Item<'n>, def: Def<'d>, place: &Place<'_>, context: &Context<'n>) {
        let Some(node) = item.value else { return };
        let is_contained = item.name == "contained";
        let container = if is_contained { Some(context.container.unwrap_or(context.resource)) } else { None };
        let own = Context { resource: node, container };
        let types = &def.element.types;
        let is_any = |code: &str| matches!(code, "Resource" | "DomainResource");
        let allowed = types.iter().find(|own| *own.code == *item.kind() || is_any(&own.code));
        let Some(allowed) = allowed else {
            let text = format!("a {} is not allowed here{}", item.kind(), self.of_profile(def.structure));
            self.say(Severity::Error, IssueCode::Structure, place, text);
            return;
        };
        let fitting = allowed.profiles.iter().filter(|p| is_of_type(self.definitions, p, item.kind()) != Some(false));
        let fitting: Vec<&str> = fitting.map(|profile| &**profile).collect();
        let named: &[&str] = if fitting.len() == 1 { &fitting } else { &[] };
        self.resource(node, named, false, place, &own);
        if !def.element.children.is_empty() {
            self.children(item, (&def.element.children, def.structure), place, &own);
        }
    }
}
