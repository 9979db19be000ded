//! Index entries as rows of the index tables, the same on every engine.

use varde_fhir::index::{IndexEntries, IndexValue, ParamId};

/// A row of one of the index tables, without patient and resource, which are the same for all rows of a resource.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(crate) enum Key {
    Token {
        param: u32,
        value: Vec<u8>,
    },
    String {
        param: u32,
        value: String,
        exact: String,
    },
    Reference {
        param: u32,
        value: String,
        target: u16,
    },
    Uri {
        param: u32,
        value: String,
    },
    Date {
        param: u32,
        low: i64,
        high: i64,
    },
    Number {
        param: u32,
        low: f64,
        high: f64,
    },
    Quantity {
        param: u32,
        low: f64,
        high: f64,
        unit: Vec<u8>,
    },
    /// A code and what stands with it: the unit of a quantity, another code, `Type/id`, a URI, or nothing beside low and high.
    Pair {
        param: u32,
        value: Vec<u8>,
        low: f64,
        high: f64,
        second: Vec<u8>,
    },
}

/// A code and its system in one value: `code 0x00 hash64(system)`, so that a code in any system is one range.
pub(crate) fn token_value(system: &str, code: &str) -> Vec<u8> {
    let mut value = token_prefix(code);
    value.extend_from_slice(&fnv1a_64(system.as_bytes()).to_be_bytes());
    value
}

/// How the values of a code in any system begin.
pub(crate) fn token_prefix(code: &str) -> Vec<u8> {
    let mut value = Vec::with_capacity(code.len() + 9);
    // A zero byte ends the code, so none may be inside it.
    value.extend(code.bytes().filter(|byte| *byte != 0));
    value.push(0);
    value
}

/// The last eight bytes of every value of a system.
pub(crate) fn token_suffix(system: &str) -> Vec<u8> {
    fnv1a_64(system.as_bytes()).to_be_bytes().to_vec()
}

/// FNV-1a, 64 bits (draft-eastlake-fnv). Kept in stored keys: never change it.
pub(crate) fn fnv1a_64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

/// The rows of a resource, sorted so that they go into the tables in order, without doubles.
pub(crate) fn rows(entries: &IndexEntries) -> Vec<Key> {
    let mut rows: Vec<Key> = entries.entries.iter().map(|entry| row(entry.param, &entry.value)).collect();
    rows.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    rows.dedup();
    rows
}

fn row(ParamId(param): ParamId, value: &IndexValue) -> Key {
    match value {
        IndexValue::Token { system, code } => Key::Token { param, value: token_value(system, code) },
        IndexValue::String { folded, exact } => Key::String { param, value: folded.clone(), exact: exact.clone() },
        IndexValue::Reference { target, id } => Key::Reference { param, value: id.clone(), target: target.to_code() },
        IndexValue::Uri(uri) => Key::Uri { param, value: uri.clone() },
        IndexValue::Date { low_micros, high_micros } => Key::Date { param, low: *low_micros, high: *high_micros },
        IndexValue::Number { low, high } => Key::Number { param, low: *low, high: *high },
        IndexValue::Quantity { low, high, system, code } => {
            Key::Quantity { param, low: *low, high: *high, unit: token_value(system, code) }
        }
        IndexValue::Position { latitude, longitude } => Key::Number { param, low: *latitude, high: *longitude },
        IndexValue::Pair { system, code, with } => {
            let (low, high, second) = second(with);
            Key::Pair { param, value: token_value(system, code), low, high, second }
        }
    }
}

/// What stands with a code, as the columns of a pair.
fn second(with: &IndexValue) -> (f64, f64, Vec<u8>) {
    match with {
        IndexValue::Token { system, code } => (0.0, 0.0, token_value(system, code)),
        IndexValue::Quantity { low, high, system, code } => (*low, *high, token_value(system, code)),
        IndexValue::Reference { target, id } => (0.0, 0.0, format!("{target}/{id}").into_bytes()),
        IndexValue::Uri(uri) => (0.0, 0.0, uri.clone().into_bytes()),
        IndexValue::Number { low, high } => (*low, *high, Vec::new()),
        // The extraction makes no others.
        _ => (0.0, 0.0, Vec::new()),
    }
}

/// The list of rows kept beside the body.
pub(crate) fn encode(rows: &[Key]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * 24);
    let head = |out: &mut Vec<u8>, kind: u8, param: u32| {
        out.push(kind);
        out.extend_from_slice(&param.to_le_bytes());
    };
    for row in rows {
        match row {
            Key::Token { param, value } => {
                head(&mut out, 0, *param);
                bytes(&mut out, value);
            }
            Key::String { param, value, exact } => {
                head(&mut out, 1, *param);
                bytes(&mut out, value.as_bytes());
                bytes(&mut out, exact.as_bytes());
            }
            Key::Reference { param, value, target } => {
                head(&mut out, 2, *param);
                bytes(&mut out, value.as_bytes());
                out.extend_from_slice(&target.to_le_bytes());
            }
            Key::Uri { param, value } => {
                head(&mut out, 3, *param);
                bytes(&mut out, value.as_bytes());
            }
            Key::Date { param, low, high } => {
                head(&mut out, 4, *param);
                out.extend_from_slice(&low.to_le_bytes());
                out.extend_from_slice(&high.to_le_bytes());
            }
            Key::Number { param, low, high } => {
                head(&mut out, 5, *param);
                out.extend_from_slice(&low.to_le_bytes());
                out.extend_from_slice(&high.to_le_bytes());
            }
            Key::Quantity { param, low, high, unit } => {
                head(&mut out, 6, *param);
                out.extend_from_slice(&low.to_le_bytes());
                out.extend_from_slice(&high.to_le_bytes());
                bytes(&mut out, unit);
            }
            Key::Pair { param, value, low, high, second } => {
                head(&mut out, 7, *param);
                bytes(&mut out, value);
                out.extend_from_slice(&low.to_le_bytes());
                out.extend_from_slice(&high.to_le_bytes());
                bytes(&mut out, second);
            }
        }
    }
    out
}

fn bytes(out: &mut Vec<u8>, value: &[u8]) {
    // Longer than any element FHIR allows to be indexed; the length is four bytes so that nothing is ever cut.
    out.extend_from_slice(&u32::try_from(value.len()).unwrap_or(0).to_le_bytes());
    out.extend_from_slice(value);
}

/// Reads a list back; `None` when it is damaged.
pub(crate) fn decode(list: &[u8]) -> Option<Vec<Key>> {
    let mut rest = Reader(list);
    let mut out = Vec::new();
    while !rest.0.is_empty() {
        let kind = *rest.take(1)?.first()?;
        let param = u32::from_le_bytes(rest.take(4)?.try_into().ok()?);
        out.push(match kind {
            0 => Key::Token { param, value: rest.bytes()?.to_vec() },
            1 => Key::String { param, value: rest.text()?, exact: rest.text()? },
            2 => {
                let value = rest.text()?;
                Key::Reference { param, value, target: u16::from_le_bytes(rest.take(2)?.try_into().ok()?) }
            }
            3 => Key::Uri { param, value: rest.text()? },
            4 => Key::Date { param, low: i64::from_le_bytes(rest.eight()?), high: i64::from_le_bytes(rest.eight()?) },
            5 => Key::Number { param, low: f64::from_le_bytes(rest.eight()?), high: f64::from_le_bytes(rest.eight()?) },
            6 => {
                let (low, high) = (f64::from_le_bytes(rest.eight()?), f64::from_le_bytes(rest.eight()?));
                Key::Quantity { param, low, high, unit: rest.bytes()?.to_vec() }
            }
            7 => {
                let value = rest.bytes()?.to_vec();
                let (low, high) = (f64::from_le_bytes(rest.eight()?), f64::from_le_bytes(rest.eight()?));
                Key::Pair { param, value, low, high, second: rest.bytes()?.to_vec() }
            }
            _ => return None,
        });
    }
    Some(out)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    fn eight(&mut self) -> Option<[u8; 8]> {
        self.take(8)?.try_into().ok()
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = u32::from_le_bytes(self.take(4)?.try_into().ok()?);
        self.take(usize::try_from(length).ok()?)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_rows_reads_back_as_it_was_written() {
        let rows = vec![
            Key::Token { param: 1, value: token_value("http://loinc.org", "8302-2") },
            Key::String { param: 2, value: "aase".into(), exact: "Åse".into() },
            Key::Reference { param: 3, value: "p1".into(), target: 9 },
            Key::Uri { param: 4, value: "urn:x".into() },
            Key::Date { param: 5, low: -1, high: i64::MAX },
            Key::Number { param: 6, low: 0.95, high: 1.05 },
            Key::Quantity { param: 7, low: 1.0, high: 2.0, unit: token_value("", "mg") },
            Key::Pair { param: 8, value: token_value("", "a"), low: 1.0, high: 2.0, second: vec![0, 1] },
        ];
        let list = encode(&rows);
        assert_eq!(decode(&list).as_deref(), Some(&rows[..]));
        assert_eq!(decode(&list[..list.len() - 1]), None);
    }

    #[test]
    fn a_code_in_any_system_is_one_range() {
        let (low, mut high) = (token_prefix("A1"), token_prefix("A1"));
        if let Some(last) = high.last_mut() {
            *last = 1;
        }
        for system in ["", "http://a", "http://b"] {
            let value = token_value(system, "A1");
            assert!(value >= low && value < high);
        }
        assert!(token_value("http://a", "A10") >= high);
    }
}
