use std::sync::OnceLock;

use varde_fhir::json::Node;
use varde_fhir::{IssueCode, Severity};

use super::item::Item;
use super::nested::Nested;
use super::place::Place;
use super::validator::{Context, Run};
use crate::path::{self, EvalError, Expression, Value};
use crate::terminology::{Code, Terminology};

/// Marks a rule that says what would be good, not what must be (R4 extension elementdefinition-bestpractice).
const BEST_PRACTICE: &str = "http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice";

/// A rule of a structure in FHIRPath (R4 elementdefinition, `constraint`).
#[derive(Debug)]
pub(crate) struct Constraint {
    pub(super) key: Box<str>,
    severity: Severity,
    human: Box<str>,
    expression: Option<Box<str>>,
    is_best_practice: bool,
    compiled: OnceLock<Result<Expression, String>>,
}

impl Constraint {
    pub(super) fn read(node: &Node<'_>) -> Option<Self> {
        let text = |name: &str| node.get(name).and_then(Node::str);
        let is_best = node.list("extension").iter().any(|extension| {
            extension.get("url").and_then(Node::str) == Some(BEST_PRACTICE)
                && extension.get("valueBoolean").and_then(Node::bool) == Some(true)
        });
        let key = text("key")?;
        let is_error = text("severity") == Some("error") && !is_best;
        Some(Self {
            key: key.into(),
            severity: if is_error { Severity::Error } else { Severity::Warning },
            human: text("human").unwrap_or_default().into(),
            expression: text("expression").map(|expression| repaired(key, expression).into()),
            is_best_practice: is_best,
            compiled: OnceLock::new(),
        })
    }

    fn compiled(&self) -> Option<&Result<Expression, String>> {
        let expression = self.expression.as_deref()?;
        Some(self.compiled.get_or_init(|| Expression::parse(expression).map_err(|error| error.to_string())))
    }
}

/// Rules of R4 that no engine can take at their word: `as` is for one value (HL7 has `ofType` there now), and the values of
/// FHIR's own types are `boolean`, not `Boolean`.
fn repaired(key: &str, expression: &str) -> String {
    match key {
        "dom-3" => expression.replace("descendants().as(", "descendants().ofType("),
        "que-7" => expression.replace("is Boolean", "is boolean"),
        _ => expression.to_owned(),
    }
}

impl<'d> path::Terms for Terminology<'d> {
    fn member_of(&self, codes: &[path::Code<'_>], value_set: &str) -> Option<bool> {
        use crate::terminology::Membership;
        let mut answer = Some(false);
        for code in codes {
            match self.in_value_set(value_set, Code { system: code.system, code: code.code }) {
                Membership::Yes(_) => return Some(true),
                Membership::No => {}
                Membership::Unknown(_) => answer = None,
            }
        }
        answer
    }

    fn subsumes(&self, general: &path::Code<'_>, special: &path::Code<'_>) -> Option<bool> {
        use crate::terminology::Subsumption;
        if general.system != special.system {
            return Some(false);
        }
        let answer = Terminology::subsumes(*self, general.system?, general.code, special.code)?;
        Some(matches!(answer, Subsumption::Equivalent | Subsumption::Subsumes))
    }
}

impl<'d, 'n> Run<'d, 'n> {
    /// Checks the rules of an element, but those that another element above it has checked here already.
    pub(super) fn invariants(
        &mut self,
        item: &Item<'n>,
        rules: &'d [std::sync::Arc<Constraint>],
        checked: &[std::sync::Arc<Constraint>],
        place: &Place<'_>,
        context: &Context<'n>,
    ) {
        if !self.options.invariants {
            return;
        }
        for rule in rules {
            let is_checked = checked.iter().any(|other| other.key == rule.key);
            if is_checked
                || self.is_full()
                || self.budget.rule_steps.get() == 0
                || (rule.is_best_practice && !self.options.best_practice)
            {
                continue;
            }
            self.invariant(item, rule, place, context);
        }
    }

    fn invariant(&mut self, item: &Item<'n>, rule: &'d Constraint, place: &Place<'_>, context: &Context<'n>) {
        let expression = match rule.compiled() {
            Some(Ok(expression)) => expression,
            Some(Err(why)) => {
                let text = format!("the rule {} cannot be checked: {why}", rule.key);
                self.say(Severity::Information, IssueCode::NotSupported, place, text);
                return;
            }
            None => return,
        };
        let focus = Value::Element(path::Element::new(item.value, item.extra, item.type_ref));
        match self.evaluate(expression, focus, context) {
            Ok(Some(true)) => {}
            // R4 elementdefinition: what is not true is broken; nothing at all is not a breach.
            Ok(None) => {}
            Ok(Some(false)) => {
                let text = format!("{}: {}", rule.key, rule.human);
                self.say(rule.severity, IssueCode::Invariant, place, text);
            }
            // Said once, at the end.
            Err(EvalError::TooExpensive) => {}
            Err(why) => {
                let text = format!("the rule {} could not be checked: {why}", rule.key);
                self.say(Severity::Information, IssueCode::NotSupported, place, text);
            }
        }
    }

    fn evaluate(
        &self,
        expression: &Expression,
        focus: Value<'n>,
        context: &Context<'n>,
    ) -> Result<Option<bool>, EvalError> {
        let container = context.container.unwrap_or(context.resource);
        let (own, root) = (path::Element::resource(context.resource), path::Element::resource(container));
        let profiles = Nested::of(self, context);
        let mut surroundings = path::Context::of(Some(focus)).within(own, root).with_terms(&self.terminology);
        surroundings = surroundings.resolving(&*self.entries).with_profiles(&profiles);
        if let Some(now) = self.options.now {
            surroundings = surroundings.at_time(now);
        }
        expression.is_true_within(surroundings, &self.budget.rule_steps)
    }
}
