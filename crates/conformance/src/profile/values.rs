use std::cmp::Ordering;

use varde_fhir::json::Node;
use varde_fhir::{IssueCode, Severity};

use super::item::Item;
use super::place::Place;
use super::slicing::Def;
use super::validator::Run;

impl<'d, 'n> Run<'d, 'n> {
    /// What an element says of the value itself: fixed, a pattern, bounds, length.
    pub(super) fn values(&mut self, item: &Item<'n>, def: Def<'d>, place: &Place<'_>) {
        let element = def.element;
        let Some(value) = item.value else {
            if element.fixed.is_some() || element.pattern.is_some() {
                self.say(Severity::Error, IssueCode::Value, place, "a fixed value is expected here");
            }
            return;
        };
        let wrong = match (&element.fixed, &element.pattern) {
            (Some(fixed), _) if !fixed.equals(value) => Some("the value is not the one that is fixed"),
            (_, Some(pattern)) if !pattern.is_in(value) => Some("the value does not have what the pattern demands"),
            _ => None,
        };
        if let Some(text) = wrong {
            let text = format!("{text}{}", self.of_profile(def.structure));
            self.say(Severity::Error, IssueCode::Value, place, text);
        }
        if let Some(most) = element.max_length
            && value.str().is_some_and(|text| text.chars().count() > most as usize)
        {
            self.say(Severity::Error, IssueCode::TooLong, place, format!("longer than {most} characters"));
        }
        if element.min_value.as_ref().is_some_and(|least| least.compare(value) == Some(Ordering::Less)) {
            self.say(Severity::Error, IssueCode::Value, place, "less than the least value that is allowed");
        }
        if element.max_value.as_ref().is_some_and(|most| most.compare(value) == Some(Ordering::Greater)) {
            self.say(Severity::Error, IssueCode::Value, place, "more than the greatest value that is allowed");
        }
    }

    /// The rules every element has, `ele-1` and `ext-1`, without FHIRPath: they are asked for each element there is.
    pub(super) fn emptiness(&mut self, item: &Item<'n>, place: &Place<'_>) {
        let Some(object) = item.object() else { return };
        let has_value = !matches!(item.value, None | Some(Node::Object(_)));
        if !has_value && object.members().iter().all(|member| member.name == "id") {
            self.say(Severity::Error, IssueCode::Invariant, place, "ele-1: an element has a value or children");
        }
        if item.kind() == "Extension" {
            let has_extension = object.get("extension").is_some();
            let is_value = |name: &str| name.starts_with("value") || name.starts_with("_value");
            let has_value = object.members().iter().any(|member| is_value(&member.name));
            if has_extension == has_value {
                let text = "ext-1: an extension has either a value or extensions";
                self.say(Severity::Error, IssueCode::Invariant, place, text);
            }
        }
    }
}
