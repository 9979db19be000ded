//! What the fuzz targets share: changing JSON where it means something, and reading a query string.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// Limits small enough that an input cannot be slow only because it is large.
pub fn limits() -> varde_fhir::Limits {
    varde_fhir::Limits { bytes: 1 << 20, ..varde_fhir::Limits::default() }
}

/// A query string as pairs; `None` when it is no UTF-8.
pub fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    let part = |text: &str| Some(percent_decode_str(&text.replace('+', " ")).decode_utf8().ok()?.into_owned());
    let all = query.split('&').filter(|pair| !pair.is_empty()).take(256);
    all.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((part(name)?, part(value)?))
    })
    .collect()
}

/// Values that have been trouble somewhere.
const TROUBLE: &[&str] = &[
    "null", "\"\"", "\" \"", "0", "-0", "0.0", "1.00", "-1", "1e400", "1E-400", "9223372036854775808", "0.10000000000000000555", "true", "[]", "{}", "[null]",
    "[[]]", "{\"\":1}", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"2026-02-30\"", "\"2026-02-28T23:59:60.999999999+14:00\"", "\"9999-12-31\"", "\"0001\"",
    "\"Patient/1\"", "\"Patient/1/_history/2\"", "\"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0\"", "\"#a\"", "\"http://x|1\"", "\"<div xmlns='http://www.w3.org/1999/xhtml'/>\"",
    "{\"reference\":\"Patient?name=x\"}", "{\"value\":1e9,\"code\":\"kg\",\"system\":\"http://unitsofmeasure.org\"}", "{\"resourceType\":\"Patient\"}",
];
const NAMES: &[&str] = &[
    "id", "meta", "extension", "contained", "valueString", "valueQuantity", "value", "_value", "text", "resourceType", "url", "reference", "coding", "system", "code", "start", "end", "entry", "resource",
];

/// Numbers from a seed (xorshift), so that a mutation can be told again.
pub struct Chance(u64);

impl Chance {
    /// From the seed libFuzzer hands out.
    pub fn new(seed: u32) -> Self {
        Self(u64::from(seed) | 0x9e37_79b9_0000_0000)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }
}

/// Changes one place of a JSON text, or bytes of it when it is none. For `fuzz_mutator!`.
pub fn mutate_json(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut chance = Chance::new(seed);
    let tree = if chance.below(5) == 0 { None } else { serde_json::from_slice::<Value>(&data[..size]).ok() };
    let Some(mut tree) = tree else { return libfuzzer_sys::fuzzer_mutate(data, size, max_size) };
    for _ in 0..=chance.below(3) {
        change(&mut tree, &mut chance);
    }
    let text = serde_json::to_vec(&tree).unwrap_or_default();
    if text.len() > max_size {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    data[..text.len()].copy_from_slice(&text);
    text.len()
}

fn trouble(chance: &mut Chance) -> Value {
    serde_json::from_str(TROUBLE[chance.below(TROUBLE.len())]).unwrap_or(Value::Null)
}

/// Goes down some way from the root and does something there.
fn change(tree: &mut Value, chance: &mut Chance) {
    let stop = chance.below(6) == 0;
    match tree {
        Value::Object(members) if !stop && !members.is_empty() => {
            let name = members.keys().nth(chance.below(members.len())).cloned().unwrap_or_default();
            match chance.below(12) {
                0 => drop(members.shift_remove(&name)),
                1 => rename(members, &name, chance),
                2 => drop(members.insert(NAMES[chance.below(NAMES.len())].to_owned(), trouble(chance))),
                _ => {
                    if let Some(inner) = members.get_mut(&name) {
                        change(inner, chance);
                    }
                }
            }
        }
        Value::Array(items) if !stop && !items.is_empty() => {
            let at = chance.below(items.len());
            match chance.below(10) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.insert(at, trouble(chance)),
                _ => change(&mut items[at], chance),
            }
        }
        Value::String(text) if chance.below(2) == 0 => change_text(text, chance),
        other => match chance.below(6) {
            0 => *other = Value::Array(vec![other.take()]),
            1 => *other = Value::Object(Map::from_iter([(NAMES[chance.below(NAMES.len())].to_owned(), other.take())])),
            _ => *other = trouble(chance),
        },
    }
}

fn rename(members: &mut Map<String, Value>, name: &str, chance: &mut Chance) {
    let value = members.shift_remove(name).unwrap_or_default();
    let renamed = match chance.below(3) {
        0 => format!("_{name}"),
        1 => name.trim_start_matches('_').to_owned(),
        _ => NAMES[chance.below(NAMES.len())].to_owned(),
    };
    members.insert(renamed, value);
}

fn change_text(text: &mut String, chance: &mut Chance) {
    const PIECES: &[&str] = &["", " ", "-", "T", "Z", ":", "|", "/", "\\", ",", "$", "#", ".", "0", "9", "é", "\u{0}", "\u{1f600}", "%", "+"];
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let (one, other) = (places[chance.below(places.len())], places[chance.below(places.len())]);
    text.replace_range(one.min(other)..one.max(other), PIECES[chance.below(PIECES.len())]);
}
