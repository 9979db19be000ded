//! The words of the provider's pages, in four languages.

use varde_base::Language;

const NB: &str = include_str!("texts/nb.ftl");
const NN: &str = include_str!("texts/nn.ftl");
const EN: &str = include_str!("texts/en.ftl");
const SE: &str = include_str!("texts/se.ftl");

/// The text of a key; empty for a key that is not there, which a test rules out.
pub(crate) fn text(language: Language, key: &str) -> &'static str {
    let file = match language {
        Language::Nb => NB,
        Language::Nn => NN,
        Language::En => EN,
        Language::Se => SE,
    };
    file.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_every_language() {
        let keys = NB.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
        for key in keys {
            for language in Language::ALL {
                assert!(!text(language, key).is_empty(), "{key} in {language}");
            }
        }
    }
}
