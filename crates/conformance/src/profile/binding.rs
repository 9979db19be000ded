use varde_fhir::json::Node;
use varde_fhir::{IssueCode, Severity};

use super::element::{Binding, Strength};
use super::item::Item;
use super::place::Place;
use super::validator::Run;
use crate::terminology::{Code, Membership};

impl<'n> Run<'_, 'n> {
    /// A code must be from the value set it is bound to: an error when it must, a warning when it should (R4 terminologies,
    /// section 4.1.5). What cannot be told is said, not guessed.
    pub(super) fn binding(&mut self, item: &Item<'n>, binding: &Binding, place: &Place<'_>) {
        if binding.strength == Strength::Other {
            return;
        }
        let codes = codes_of(item);
        if codes.is_empty() {
            // A text without a code is what `extensible` allows; a primitive may have an extension instead.
            let is_concept = item.kind() == "CodeableConcept" && item.value.is_some();
            if is_concept && binding.strength == Strength::Required && !has_extension(item) {
                self.say(
                    Severity::Error,
                    IssueCode::CodeInvalid,
                    place,
                    format!("a code of {} is required", binding.value_set),
                );
            }
            return;
        }
        let mut unknown = None;
        for code in codes {
            match self.terminology.in_value_set(&binding.value_set, code) {
                Membership::Yes(_) => return,
                Membership::Unknown(why) => unknown = Some(why),
                Membership::No => {}
            }
        }
        match (unknown, binding.strength) {
            (Some(why), Strength::Required) => {
                let text = format!("whether the code is in {} cannot be checked: {why}", binding.value_set);
                self.say(Severity::Warning, IssueCode::NotSupported, place, text);
            }
            (Some(_), _) => {}
            (None, Strength::Required) => {
                self.say(
                    Severity::Error,
                    IssueCode::CodeInvalid,
                    place,
                    format!("not a code of {}, which is required", binding.value_set),
                );
            }
            (None, _) => {
                let text = format!("not a code of {}; another one only where none of those fits", binding.value_set);
                self.say(Severity::Warning, IssueCode::CodeInvalid, place, text);
            }
        }
    }

    /// Whether a value is in the value set that a slice is known by.
    pub(super) fn is_bound(&self, item: &Item<'n>, binding: &Binding) -> bool {
        codes_of(item).into_iter().any(|code| self.terminology.in_value_set(&binding.value_set, code).is_yes())
    }

    /// A Coding names a code that its system has.
    pub(super) fn coding(&mut self, item: &Item<'n>, place: &Place<'_>) {
        let text = |name: &str| item.value.and_then(|value| value.get(name)).and_then(Node::str);
        if let (Some(system), Some(code)) = (text("system"), text("code"))
            && self.terminology.in_code_system(system, code) == Membership::No
        {
            self.say(Severity::Error, IssueCode::CodeInvalid, place, format!("{system} has no such code"));
        }
    }
}

fn has_extension(item: &Item<'_>) -> bool {
    item.object().is_some_and(|object| object.get("extension").is_some())
}

/// The codes of an element that can be bound.
fn codes_of<'n>(item: &Item<'n>) -> Vec<Code<'n>> {
    let coding = |node: &'n Node<'n>| {
        let code = node.get("code")?.str()?;
        Some(Code { system: node.get("system").and_then(Node::str), code })
    };
    let Some(value) = item.value else { return Vec::new() };
    match value {
        Node::String(code) => vec![Code { system: None, code }],
        // A concept; a Coding and a Quantity have their code themselves.
        Node::Object(_) if value.get("coding").is_some() => value.list("coding").iter().filter_map(coding).collect(),
        Node::Object(_) => coding(value).into_iter().collect(),
        _ => Vec::new(),
    }
}
