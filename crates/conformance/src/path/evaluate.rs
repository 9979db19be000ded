//! Evaluation: the tree is walked, every step is counted.

use std::borrow::Cow;

use varde_fhir::json::Node;

use super::EvalError;
use super::ast::{Call, Expr};
use super::context::Context;
use super::value::{Collection, Element, Value};
use super::{functions, navigate, operators};

/// What evaluation gives.
pub(super) type Evaluated<T> = Result<T, EvalError>;

/// Longest text an evaluation may make, in bytes.
pub(super) const MAX_TEXT: usize = 4 << 20;

/// The value, and the steps that are left.
pub(super) fn evaluate<'a>(root: &Expr, context: &Context<'a>) -> (Evaluated<Collection<'a>>, u64) {
    let mut evaluator = Evaluator { context, steps_left: context.steps, scope: Vec::new(), total: Vec::new() };
    let value = evaluator.eval(root, Focus { this: context.focus.as_ref(), index: None });
    (value, evaluator.steps_left)
}

/// The value of a condition: nothing is `None`, and a single value that is no truth value is true.
pub(super) fn truth(values: &[Value<'_>], what: &'static str) -> Evaluated<Option<bool>> {
    match values {
        [] => Ok(None),
        [one] => Ok(Some(one.boolean().unwrap_or(true))),
        _ => Err(EvalError::NotSingle(what)),
    }
}

/// What `$this` and `$index` are.
#[derive(Clone, Copy)]
pub(super) struct Focus<'f, 'a> {
    pub(super) this: Option<&'f Value<'a>>,
    pub(super) index: Option<usize>,
}

pub(super) struct Evaluator<'c, 'a> {
    pub(super) context: &'c Context<'a>,
    steps_left: u64,
    /// What `defineVariable` has set, the latest last.
    scope: Vec<(String, Collection<'a>)>,
    /// `$total`.
    pub(super) total: Collection<'a>,
}

impl<'a> Evaluator<'_, 'a> {
    /// Counts what something costs.
    pub(super) fn step(&mut self, cost: usize) -> Evaluated<()> {
        let cost = u64::try_from(cost).unwrap_or(u64::MAX);
        self.steps_left = self.steps_left.checked_sub(cost).ok_or(EvalError::TooExpensive)?;
        Ok(())
    }

    /// Text that was made, with what it costs.
    pub(super) fn made<'b>(&mut self, text: impl Into<Cow<'b, str>>) -> Evaluated<Value<'b>> {
        let text = text.into();
        if text.len() > MAX_TEXT {
            return Err(EvalError::TooExpensive);
        }
        self.step(text.len() / 16)?;
        Ok(Value::String(text))
    }

    pub(super) fn eval(&mut self, expr: &Expr, focus: Focus<'_, 'a>) -> Evaluated<Collection<'a>> {
        self.step(1)?;
        match expr {
            Expr::Empty => Ok(Vec::new()),
            Expr::Literal(value) => Ok(vec![value.clone()]),
            Expr::This => Ok(this(focus)),
            Expr::Index => {
                Ok(focus.index.and_then(|i| i64::try_from(i).ok()).map(Value::Integer).into_iter().collect())
            }
            Expr::Total => Ok(self.total.clone()),
            Expr::Variable(name) => self.variable(name),
            Expr::Member(None, name) => self.root_member(name, focus),
            Expr::Member(Some(input), name) => {
                let input = self.eval(input, focus)?;
                self.members(&input, name)
            }
            Expr::Call(call) => self.call(call, focus),
            Expr::Item(input, index) => {
                let mut input = self.eval(input, focus)?;
                let index = self.argument(index, focus)?;
                let Some(index) = single(index, "an index")? else { return Ok(Vec::new()) };
                let index = index.integer().ok_or(EvalError::Type("an index"))?;
                let found = usize::try_from(index).ok().filter(|i| *i < input.len());
                Ok(found.map(|i| input.swap_remove(i)).into_iter().collect())
            }
            Expr::Negative(inner) => {
                let inner = self.eval(inner, focus)?;
                operators::negative(inner)
            }
            Expr::Positive(inner) => self.eval(inner, focus),
            Expr::Binary(operator, sides) => operators::binary(self, *operator, sides, focus),
            Expr::Is(inner, type_name) => {
                let inner = self.eval(inner, focus)?;
                let value = single(inner, "is")?;
                Ok(value.map(|v| Value::Boolean(v.is_of(type_name))).into_iter().collect())
            }
            Expr::As(inner, type_name) => {
                let inner = self.eval(inner, focus)?;
                let value = single(inner, "as")?;
                Ok(value.filter(|v| v.is_exactly(type_name)).into_iter().collect())
            }
        }
    }

    /// An argument or the side of an operator: variables set within are not seen outside.
    pub(super) fn argument(&mut self, expr: &Expr, focus: Focus<'_, 'a>) -> Evaluated<Collection<'a>> {
        let mark = self.scope.len();
        let result = self.eval(expr, focus);
        self.scope.truncate(mark);
        result
    }

    /// An argument evaluated for one item of the input.
    pub(super) fn each(&mut self, expr: &Expr, item: &Value<'a>, index: usize) -> Evaluated<Collection<'a>> {
        self.argument(expr, Focus { this: Some(item), index: Some(index) })
    }

    fn call(&mut self, call: &Call, focus: Focus<'_, 'a>) -> Evaluated<Collection<'a>> {
        let input = match &call.input {
            Some(input) => self.eval(input, focus)?,
            None => this(focus),
        };
        self.step(input.len())?;
        let result = functions::call(self, call, input, focus)?;
        self.step(result.len())?;
        Ok(result)
    }

    /// A name that begins a path: the type of what is looked at, or an element of it.
    fn root_member(&mut self, name: &str, focus: Focus<'_, 'a>) -> Evaluated<Collection<'a>> {
        let Some(this) = focus.this else { return Ok(Vec::new()) };
        if name.starts_with(|c: char| c.is_ascii_uppercase())
            && let Value::Element(element) = this
            && element.isa(name)
        {
            return Ok(vec![this.clone()]);
        }
        self.members(std::slice::from_ref(this), name)
    }

    pub(super) fn members(&mut self, input: &[Value<'a>], name: &str) -> Evaluated<Collection<'a>> {
        let mut out = Vec::new();
        for value in input {
            match value {
                Value::Element(element) => navigate::children_named(element, name, &mut out),
                Value::Type(info) if name == "namespace" => out.push(Value::String(info.namespace.into())),
                Value::Type(info) if name == "name" => out.push(Value::String(info.name.into())),
                Value::Quantity(quantity) if name == "value" => out.push(Value::Decimal(quantity.value)),
                Value::Quantity(quantity) if name == "unit" => {
                    out.push(Value::String(quantity.unit.to_string().into()))
                }
                _ => {}
            }
        }
        self.step(input.len() + out.len())?;
        Ok(out)
    }

    fn variable(&self, name: &str) -> Evaluated<Collection<'a>> {
        if let Some((_, value)) = self.scope.iter().rev().find(|(n, _)| n == name) {
            return Ok(value.clone());
        }
        if let Some((_, value)) = self.context.variables.iter().rev().find(|(n, _)| *n == name) {
            return Ok(value.clone());
        }
        let element = |element: Option<Element<'a>>| element.map(Value::Element).into_iter().collect();
        let text = |text: String| vec![Value::String(text.into())];
        Ok(match name {
            "context" => self.context.focus.clone().into_iter().collect(),
            "resource" => element(self.context.resource),
            "rootResource" => element(self.context.root_resource),
            "ucum" => text("http://unitsofmeasure.org".to_owned()),
            "sct" => text("http://snomed.info/sct".to_owned()),
            "loinc" => text("http://loinc.org".to_owned()),
            _ => match (name.strip_prefix("vs-"), name.strip_prefix("ext-")) {
                (Some(id), _) => text(format!("http://hl7.org/fhir/ValueSet/{id}")),
                (_, Some(id)) => text(format!("http://hl7.org/fhir/StructureDefinition/{id}")),
                _ => return Err(EvalError::Variable(name.to_owned())),
            },
        })
    }

    /// Sets a variable for the rest of the chain it is set in.
    pub(super) fn define(&mut self, name: String, value: Collection<'a>) -> Evaluated<()> {
        let reserved = ["context", "resource", "rootResource", "ucum", "sct", "loinc"].contains(&name.as_str());
        let taken =
            self.scope.iter().any(|(n, _)| *n == name) || self.context.variables.iter().any(|(n, _)| *n == name);
        if reserved || taken {
            return Err(EvalError::VariableTwice(name));
        }
        self.scope.push((name, value));
        Ok(())
    }

    /// The nth argument as a single value; `None` when it is not there or empty.
    pub(super) fn value(
        &mut self,
        call: &Call,
        index: usize,
        focus: Focus<'_, 'a>,
        what: &'static str,
    ) -> Evaluated<Option<Value<'a>>> {
        let Some(expr) = call.arguments.get(index) else { return Ok(None) };
        single(self.argument(expr, focus)?, what)
    }

    /// The nth argument as text.
    pub(super) fn text(
        &mut self,
        call: &Call,
        index: usize,
        focus: Focus<'_, 'a>,
        what: &'static str,
    ) -> Evaluated<Option<Cow<'a, str>>> {
        let Some(value) = self.value(call, index, focus, what)? else { return Ok(None) };
        value.text().map(Some).ok_or(EvalError::Type(what))
    }

    /// The nth argument as a whole number.
    pub(super) fn integer(
        &mut self,
        call: &Call,
        index: usize,
        focus: Focus<'_, 'a>,
        what: &'static str,
    ) -> Evaluated<Option<i64>> {
        let Some(value) = self.value(call, index, focus, what)? else { return Ok(None) };
        value.integer().map(Some).ok_or(EvalError::Type(what))
    }

    /// The resource a reference within this one names: contained, or an entry of the Bundle.
    pub(super) fn find_local(&mut self, reference: &str) -> Evaluated<Option<&'a Node<'a>>> {
        let roots = [self.context.resource, self.context.root_resource];
        for root in roots.into_iter().flatten().filter_map(|r| r.node()) {
            if let Some(id) = reference.strip_prefix('#') {
                if id.is_empty() {
                    return Ok(Some(root));
                }
                let contained = root.list("contained");
                self.step(contained.len())?;
                if let Some(found) = contained.iter().find(|c| c.get("id").and_then(Node::str) == Some(id)) {
                    return Ok(Some(found));
                }
            }
            let entries = root.list("entry");
            self.step(entries.len())?;
            if let Some(found) = entries.iter().find(|e| entry_is(e, reference)) {
                return Ok(found.get("resource"));
            }
        }
        Ok(None)
    }
}

/// True when an entry of a Bundle is what a reference names (R4 bundle, section 2.36.4.1).
fn entry_is(entry: &Node<'_>, reference: &str) -> bool {
    if let Some(url) = entry.get("fullUrl").and_then(Node::str) {
        let relative = || url.strip_suffix(reference).is_some_and(|base| base.ends_with('/'));
        return url == reference || relative();
    }
    let Some(resource) = entry.get("resource") else { return false };
    let text = |name| resource.get(name).and_then(Node::str);
    match (text("resourceType"), text("id")) {
        (Some(kind), Some(id)) => reference.strip_prefix(kind).and_then(|r| r.strip_prefix('/')) == Some(id),
        _ => false,
    }
}

fn this<'a>(focus: Focus<'_, 'a>) -> Collection<'a> {
    focus.this.cloned().into_iter().collect()
}

/// The only value, if any.
pub(super) fn single<'a>(mut values: Collection<'a>, what: &'static str) -> Evaluated<Option<Value<'a>>> {
    if values.len() > 1 { Err(EvalError::NotSingle(what)) } else { Ok(values.pop()) }
}
