use std::collections::HashMap;
use std::sync::LazyLock;

use varde_base::Language;

use crate::RuleId;

/// The files themselves, language by language.
pub(crate) const TEXTS: [(Language, &str); 4] = [
    (Language::Nb, include_str!("../rules/texts/nb.ftl")),
    (Language::Nn, include_str!("../rules/texts/nn.ftl")),
    (Language::En, include_str!("../rules/texts/en.ftl")),
    (Language::Se, include_str!("../rules/texts/se.ftl")),
];

/// What stands before a rule's example in the files, which are in Fluent's form: `AP-1` and the attribute `.example`.
const EXAMPLE: &str = ".example";

type Key = (Language, &'static str, bool);

fn table() -> &'static HashMap<Key, &'static str> {
    static TABLE: LazyLock<HashMap<Key, &'static str>> = LazyLock::new(|| {
        let mut table = HashMap::new();
        for (language, text) in TEXTS {
            let mut rule = "";
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let Some((name, sentence)) = line.split_once(" = ") else { continue };
                if name.trim() == EXAMPLE {
                    table.insert((language, rule, true), sentence);
                } else {
                    rule = name;
                    table.insert((language, rule, false), sentence);
                }
            }
        }
        table
    });
    &TABLE
}

/// The sentence that explains a rule to the person concerned. Empty only for a rule that is in no book; a test proves that
/// every rule of the national book has one in every language.
pub fn sentence(rule: RuleId, language: Language) -> &'static str {
    table().get(&(language, rule.0, false)).copied().unwrap_or_default()
}

/// An example of a rule at work, for people. Empty as [`sentence`] is.
pub fn example(rule: RuleId, language: Language) -> &'static str {
    table().get(&(language, rule.0, true)).copied().unwrap_or_default()
}
