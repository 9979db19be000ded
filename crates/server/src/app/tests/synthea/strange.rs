//! Damages resources as sources do: members left out, names without end, dates of only a year. By lot, always the same.

use serde_json::{Value, json};

/// Numbers that look drawn by lot and are the same in every run (splitmix64).
pub(super) struct Lot(u64);

impl Lot {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn one_of(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count.max(1) as u64).unwrap()
    }
}

/// Members by which a resource is found and is somebody's.
const KEPT: [&str; 7] = ["resourceType", "id", "subject", "patient", "beneficiary", "birthDate", "deceasedDateTime"];

/// Damages one to four places of a resource.
pub(super) fn damage(resource: &mut Value, lot: &mut Lot) {
    for _ in 0..=lot.one_of(4) {
        let mut places = Vec::new();
        gather(resource, &mut String::new(), &mut places);
        let Some(place) = places.get(lot.one_of(places.len())) else { return };
        damage_at(resource, place, lot);
    }
}

/// The pointers to all that can be damaged.
fn gather(value: &Value, at: &mut String, places: &mut Vec<String>) {
    let mut below = |name: &str, value: &Value, at: &mut String| {
        let length = at.len();
        at.push('/');
        at.push_str(name);
        places.push(at.clone());
        gather(value, at, places);
        at.truncate(length);
    };
    match value {
        Value::Object(members) => {
            members
                .iter()
                .filter(|(name, _)| !KEPT.contains(&name.as_str()))
                .for_each(|(name, value)| below(name, value, at));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, value)| below(&number.to_string(), value, at))
        }
        _ => {}
    }
}

fn damage_at(resource: &mut Value, place: &str, lot: &mut Lot) {
    let (parent, name) = place.rsplit_once('/').unwrap_or_default();
    let way = lot.one_of(5);
    let Some(value) = resource.pointer_mut(place) else { return };
    match value {
        Value::String(text) => {
            if let Some(other) = other_text(name, text, lot) {
                *text = other;
                return;
            }
        }
        Value::Number(number) => {
            let others = [json!(0), json!(-12), json!(1e-7), json!(98_765_432_109.0), json!(23.456_789_012_345)];
            let is_whole = number.is_u64();
            *value = if is_whole { others[way % 2].clone() } else { others[way].clone() };
            return;
        }
        Value::Array(items) if way < 2 => {
            let many: Vec<Value> = items.iter().cycle().take(if items.is_empty() { 0 } else { 30 }).cloned().collect();
            *items = many;
            return;
        }
        _ => {}
    }
    remove(resource, parent, name);
}

/// A text as it should not be; `None` when it is to be left out instead.
fn other_text(name: &str, text: &str, lot: &mut Lot) -> Option<String> {
    let is_date = text.len() >= 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    match (name, lot.one_of(4)) {
        ("status", 0 | 1) => Some("entered-in-error".to_owned()),
        ("reference", 0 | 1) => Some("#not-here".to_owned()),
        ("reference" | "system" | "code" | "status" | "url" | "unit", _) => None,
        (_, 0) if is_date => Some(text[..4].to_owned()),
        (_, 1) if is_date => Some(text[..7].to_owned()),
        (_, 2) if is_date => Some(format!("{}{}", if lot.one_of(2) == 0 { "1803" } else { "2199" }, &text[4..])),
        (_, 0) => Some("Bjørnstjerne-Ågot ".repeat(40).trim_end().to_owned()),
        (_, 1) => Some("Overlangtordutenmellomrom".repeat(20)),
        (_, 2) => Some("<b>\u{202e}\"'&amp; {$x} 𝒜 \u{200b}🩺</b>".to_owned()),
        _ => None,
    }
}

/// Takes a member away, and what is empty without it.
fn remove(resource: &mut Value, parent: &str, name: &str) {
    let is_empty = match resource.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.remove(name);
            members.is_empty()
        }
        Some(Value::Array(items)) => {
            if let Some(number) = name.parse::<usize>().ok().filter(|number| *number < items.len()) {
                items.remove(number);
            }
            items.is_empty()
        }
        _ => false,
    };
    if let Some((parent, name)) = parent.rsplit_once('/').filter(|_| is_empty) {
        remove(resource, parent, name);
    }
}

#[test]
fn the_same_lot_does_the_same_damage_and_leaves_whose_it_is() {
    let whole = json!({"resourceType": "Observation", "id": "o", "status": "final", "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2014-01-23T10:00:00Z", "code": {"coding": [{"system": "s", "code": "c", "display": "Vekt"}]},
        "valueQuantity": {"value": 71.5, "unit": "kg"}});
    let damaged = |seed| {
        let (mut resource, mut lot) = (whole.clone(), Lot::new(seed));
        damage(&mut resource, &mut lot);
        resource
    };
    for seed in 0..200 {
        let resource = damaged(seed);
        assert_eq!(resource, damaged(seed));
        assert_eq!((&resource["id"], &resource["subject"]), (&whole["id"], &whole["subject"]));
    }
    assert!((0..200).filter(|seed| damaged(*seed) != whole).count() > 190);
}
