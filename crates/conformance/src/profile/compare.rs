//! Values that a definition fixes, and how a resource's values compare with them.

use std::cmp::Ordering;

use varde_fhir::json::Node;

/// A JSON value of a definition, kept beyond the text it was read from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Box<str>),
    Text(Box<str>),
    List(Vec<Value>),
    Object(Vec<(Box<str>, Value)>),
}

impl Value {
    pub(crate) fn read(node: &Node<'_>) -> Self {
        match node {
            Node::Null => Self::Null,
            Node::Bool(value) => Self::Bool(*value),
            Node::Number(text) => Self::Number((*text).into()),
            Node::String(text) => Self::Text((&**text).into()),
            Node::Array(items) => Self::List(items.iter().map(Self::read).collect()),
            Node::Object(object) => {
                Self::Object(object.members().iter().map(|m| ((&*m.name).into(), Self::read(&m.value))).collect())
            }
        }
    }

    /// `fixed[x]`: the same, to the last member.
    pub(crate) fn equals(&self, node: &Node<'_>) -> bool {
        match (self, node) {
            (Self::List(own), Node::Array(items)) => {
                own.len() == items.len() && own.iter().zip(items).all(|(own, item)| own.equals(item))
            }
            (Self::Object(own), Node::Object(object)) => {
                own.len() == object.members().len() && self.is_within(node, Self::equals)
            }
            _ => self.same_primitive(node),
        }
    }

    /// `pattern[x]`: what the pattern has is there too.
    pub(crate) fn is_in(&self, node: &Node<'_>) -> bool {
        match (self, node) {
            (Self::List(own), Node::Array(items)) => own.iter().all(|own| items.iter().any(|item| own.is_in(item))),
            (Self::Object(_), Node::Object(_)) => self.is_within(node, Self::is_in),
            _ => self.same_primitive(node),
        }
    }

    fn is_within(&self, node: &Node<'_>, same: fn(&Self, &Node<'_>) -> bool) -> bool {
        let Self::Object(own) = self else { return false };
        own.iter().all(|(name, value)| node.get(name).is_some_and(|other| same(value, other)))
    }

    fn same_primitive(&self, node: &Node<'_>) -> bool {
        match (self, node) {
            (Self::Null, Node::Null) => true,
            (Self::Bool(own), Node::Bool(other)) => own == other,
            (Self::Number(own), Node::Number(other)) => {
                &**own == *other || compare_numbers(own, other).is_some_and(Ordering::is_eq)
            }
            (Self::Text(own), Node::String(other)) => **own == **other,
            _ => false,
        }
    }

    /// How a value of a resource stands to this bound; `None` when the two cannot be compared.
    pub(crate) fn compare(&self, node: &Node<'_>) -> Option<Ordering> {
        match (self, node) {
            (Self::Number(own), Node::Number(other)) => compare_numbers(other, own),
            (Self::Text(own), Node::String(other)) => {
                // Dates of one precision and one zone compare as they are written.
                let zone = |text: &str| text.len() <= 10 || text.ends_with('Z');
                (own.len() == other.len() && zone(own) && zone(other)).then(|| (**other).cmp(&**own))
            }
            (Self::Object(own), Node::Object(_)) => {
                let field = |name: &str| own.iter().find(|(own, _)| &**own == name).map(|(_, value)| value);
                let same_unit = ["system", "code"].iter().all(|name| match (field(name), node.get(name)) {
                    (Some(own), Some(other)) => own.equals(other),
                    (None, _) => true,
                    (Some(_), None) => false,
                });
                same_unit.then(|| field("value")?.compare(node.get("value")?)).flatten()
            }
            _ => None,
        }
    }
}

/// Compares decimals as they are written, exactly and without limits of a number type. Exponents are rare: they go by `f64`.
fn compare_numbers(a: &str, b: &str) -> Option<Ordering> {
    if a.contains(['e', 'E']) || b.contains(['e', 'E']) {
        return a.parse::<f64>().ok()?.partial_cmp(&b.parse::<f64>().ok()?);
    }
    let parts = |text: &str| {
        let (minus, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let is_zero = whole.is_empty() && fraction.is_empty();
        (minus && !is_zero, whole, fraction)
    };
    let ((a_minus, a_whole, a_fraction), (b_minus, b_whole, b_fraction)) = (parts(a), parts(b));
    let size = a_whole.len().cmp(&b_whole.len()).then(a_whole.cmp(&b_whole)).then(a_fraction.cmp(&b_fraction));
    Some(match (a_minus, b_minus) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => size,
        (true, true) => size.reverse(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use varde_fhir::json::{Limits, parse};

    fn node(json: &str) -> Node<'_> {
        parse(json.as_bytes(), &Limits::default()).unwrap()
    }

    #[test]
    fn a_fixed_value_is_the_same_and_a_pattern_is_within() {
        let own = Value::read(&node(r#"{"coding":[{"system":"s","code":"c"}]}"#));
        for (json, equal, within) in [
            (r#"{"coding":[{"code":"c","system":"s"}]}"#, true, true),
            (r#"{"coding":[{"system":"s","code":"c"}],"text":"t"}"#, false, true),
            (r#"{"coding":[{"system":"s","code":"d"},{"system":"s","code":"c","display":"x"}]}"#, false, true),
            (r#"{"coding":[{"system":"s"}]}"#, false, false),
            (r#"{"text":"t"}"#, false, false),
            (r#""c""#, false, false),
        ] {
            assert_eq!((own.equals(&node(json)), own.is_in(&node(json))), (equal, within), "{json}");
        }
    }

    #[test]
    fn numbers_compare_by_value_and_dates_of_one_precision_as_written() {
        for (bound, value, expected) in [
            ("1.0", "1.00", Some(Ordering::Equal)),
            ("10", "9.9", Some(Ordering::Less)),
            ("-1", "-1.5", Some(Ordering::Less)),
            ("0", "-0.0", Some(Ordering::Equal)),
            ("1e2", "101", Some(Ordering::Greater)),
            (r#""2020-01-01""#, r#""2019-12-31""#, Some(Ordering::Less)),
            (r#""2020-01-01""#, r#""2019""#, None),
            (r#"{"value":1,"code":"mg"}"#, r#"{"value":2,"code":"mg"}"#, Some(Ordering::Greater)),
            (r#"{"value":1,"code":"mg"}"#, r#"{"value":2,"code":"g"}"#, None),
        ] {
            assert_eq!(Value::read(&node(bound)).compare(&node(value)), expected, "{bound} {value}");
        }
    }
}
