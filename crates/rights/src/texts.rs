use std::collections::HashMap;
use std::sync::LazyLock;

use varde_base::Language;

use crate::RuleId;

const TEXTS: [(Language, &str); 4] = [
    (Language::Nb, include_str!("../rules/texts/nb.ftl")),
    (Language::Nn, include_str!("../rules/texts/nn.ftl")),
    (Language::En, include_str!("../rules/texts/en.ftl")),
    (Language::Se, include_str!("../rules/texts/se.ftl")),
];

/// The sentence that explains a rule to the person concerned. Empty only for a rule that is in no book; a test proves that
/// every rule of the national book has one in every language.
pub fn sentence(rule: RuleId, language: Language) -> &'static str {
    static TABLE: LazyLock<HashMap<(Language, &'static str), &'static str>> = LazyLock::new(|| {
        let lines = TEXTS.iter().flat_map(|(language, text)| text.lines().map(move |line| (*language, line)));
        lines
            .filter(|(_, line)| !line.starts_with('#'))
            .filter_map(|(language, line)| line.split_once(" = ").map(|(id, text)| ((language, id), text)))
            .collect()
    });
    TABLE.get(&(language, rule.0)).copied().unwrap_or_default()
}
