//! The table `index_word`: what codes are called, and which units occur. The same in thousands of resources, so it is kept once for each
//! parameter, and stays when a resource goes.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use varde_fhir::index::{IndexEntries, IndexValue, fold};
use varde_fhir::ucum;

use super::keys::token_value;

/// Words remembered as written; past this the memory starts anew.
const REMEMBERED: usize = 200_000;
/// Longer displays are cut: a word's beginning is what is searched for.
const LONGEST_CHARS: usize = 200;

/// A row: a folded display and the token it was met with; of a unit the text is empty and the value its token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WordRow {
    pub(crate) param: u32,
    pub(crate) text: String,
    pub(crate) value: Vec<u8>,
}

/// Which words have been written. Forgetting costs a write that changes nothing, never correctness.
#[derive(Debug, Default)]
pub(crate) struct Words(HashSet<u64>);

/// Words that are not known to be in the table, each once.
#[derive(Debug, Default)]
pub(crate) struct NewWords {
    pub(crate) rows: Vec<WordRow>,
    hashes: HashSet<u64>,
}

impl Words {
    /// After a rollback: what was written in it is not in the database.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    /// What has been written.
    pub(crate) fn remember(&mut self, new: NewWords) {
        if self.0.len() > REMEMBERED {
            self.0.clear();
        }
        self.0.extend(new.hashes);
    }

    /// Adds the words of a resource that are not known.
    pub(crate) fn unknown(&self, entries: &IndexEntries, new: &mut NewWords) {
        for word in &entries.words {
            if self.is_new(&(word.param.0, &word.system, &word.code, &word.display), new) {
                let display: String = word.display.chars().take(LONGEST_CHARS).collect();
                let (text, value) = (fold(&display), token_value(&word.system, &word.code));
                new.rows.extend((!text.is_empty()).then_some(WordRow { param: word.param.0, text, value }));
            }
        }
        for entry in &entries.entries {
            if let IndexValue::Quantity { system, code, .. } = &entry.value
                && system == ucum::SYSTEM
                && self.is_new(&(entry.param.0, system, code), new)
            {
                let value = token_value(system, code);
                new.rows.push(WordRow { param: entry.param.0, text: String::new(), value });
            }
        }
    }

    fn is_new(&self, word: &impl Hash, new: &mut NewWords) -> bool {
        let mut hasher = DefaultHasher::new();
        word.hash(&mut hasher);
        let hash = hasher.finish();
        !self.0.contains(&hash) && new.hashes.insert(hash)
    }
}

#[cfg(test)]
mod tests {
    use varde_fhir::index::{IndexEntry, ParamId, Word};

    use super::*;

    #[test]
    fn a_word_is_written_once_and_again_after_a_rollback() {
        let (system, code) = (ucum::SYSTEM.to_owned(), "kg".to_owned());
        let quantity = IndexValue::Quantity { low: 1.0, high: 2.0, system, code };
        let word = Word { param: ParamId(1), system: "s".into(), code: "c".into(), display: "Høy  Feber".into() };
        let entries =
            IndexEntries { entries: vec![IndexEntry { param: ParamId(2), value: quantity }], words: vec![word] };
        let mut words = Words::default();
        let unknown = |words: &Words| {
            let mut new = NewWords::default();
            words.unknown(&entries, &mut new);
            words.unknown(&entries, &mut new);
            new
        };
        let first = unknown(&words);
        let rows = first.rows.clone();
        assert_eq!(rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["hoy feber", ""]);
        words.remember(first);
        assert!(unknown(&words).rows.is_empty());
        words.forget();
        assert_eq!(unknown(&words).rows, rows);
    }
}
