//! Hard words explained where they stand, from the lines of `glossary.txt`: the first time a word comes in a document it can be pressed, and what it
//! means unfolds beneath it. Plain meanings as a dictionary has them; nothing is said of the reader's own health.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use maud::{Markup, PreEscaped, html};
use varde_base::Language;

/// Most words explained in one document.
const MAX_EXPLAINED: usize = 40;

/// Tags inside which a word is left alone: an explanation that unfolds there would not be well-formed, or would be in the way.
const LEFT_ALONE: [&str; 12] = ["h3", "th", "caption", "b", "strong", "i", "em", "sub", "sup", "code", "pre", "dt"];

/// One line of the file.
struct Entry {
    /// In the order of [`Language::ALL`]: nb, nn, en, se.
    meanings: [&'static str; 4],
}

/// The lines by number, and the number of the line of each form of a word, in small letters.
struct Glossary {
    entries: Vec<Entry>,
    forms: HashMap<&'static str, usize>,
}

static GLOSSARY: LazyLock<Glossary> = LazyLock::new(|| {
    read(include_str!("glossary.txt")).unwrap_or(Glossary { entries: Vec::new(), forms: HashMap::new() })
});

/// The lines of the file; `None` when one of them cannot be read, or a word stands in two.
fn read(text: &'static str) -> Option<Glossary> {
    let mut glossary = Glossary { entries: Vec::new(), forms: HashMap::new() };
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let columns: Vec<&'static str> = line.split('|').map(str::trim).collect();
        let [forms, meanings @ ..] = columns.as_slice() else { return None };
        let meanings: [&'static str; 4] = meanings.try_into().ok()?;
        for form in forms.split(',').map(str::trim) {
            if form.is_empty() || glossary.forms.insert(form, glossary.entries.len()).is_some() {
                return None;
            }
        }
        glossary.entries.push(Entry { meanings });
    }
    Some(glossary)
}

impl Entry {
    const fn meaning(&self, language: Language) -> &'static str {
        let [nb, nn, en, se] = self.meanings;
        match language {
            Language::Nb => nb,
            Language::Nn => nn,
            Language::En => en,
            Language::Se => se,
        }
    }
}

/// A document with its words explained.
pub(super) struct Explained {
    /// The markup.
    pub markup: Markup,
    /// How many words can be pressed.
    pub count: usize,
}

/// A tag or a text of harmless markup, whose tags have no attributes but those [`super::clean`] gives.
enum Part<'a> {
    /// From `<` to `>`.
    Tag(&'a str),
    /// What stands between, with its entities.
    Text(&'a str),
}

fn parts(markup: &str) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    let mut rest = markup;
    // Each turn takes at least one byte.
    while !rest.is_empty() {
        let end = if rest.starts_with('<') {
            rest.find('>').map_or(rest.len(), |at| at + 1)
        } else {
            rest.find('<').unwrap_or(rest.len())
        };
        let (part, after) = rest.split_at(end);
        out.push(if part.starts_with('<') { Part::Tag(part) } else { Part::Text(part) });
        rest = after;
    }
    out
}

/// Explains the words of `markup`, which [`super::clean`] has made; the meanings are in `language`.
pub(super) fn explained(markup: &Markup, language: Language) -> Explained {
    let mut writer = Writer { language, out: Vec::new(), paragraph: None, left_alone: 0, seen: HashSet::new() };
    for part in parts(&markup.0) {
        match part {
            Part::Tag(tag) => writer.tag(tag),
            Part::Text(text) => writer.text(text),
        }
    }
    let count = writer.seen.len();
    Explained { markup: PreEscaped(writer.out.concat()), count }
}

struct Writer {
    language: Language,
    out: Vec<String>,
    /// Where the paragraph we are in begins, and whether it has become a block: a `p` cannot hold what unfolds.
    paragraph: Option<(usize, bool)>,
    /// How many tags we are in where words are left alone.
    left_alone: usize,
    /// The lines explained already.
    seen: HashSet<usize>,
}

impl Writer {
    fn tag(&mut self, tag: &str) {
        let name = tag.trim_start_matches(['<', '/']).trim_end_matches('>');
        let closes = tag.starts_with("</");
        if LEFT_ALONE.contains(&name) {
            self.left_alone = if closes { self.left_alone.saturating_sub(1) } else { self.left_alone + 1 };
        }
        match (tag, self.paragraph) {
            ("<p>", _) => self.paragraph = Some((self.out.len(), false)),
            ("</p>", Some((_, true))) => {
                self.paragraph = None;
                self.out.push("</div>".to_owned());
                return;
            }
            ("</p>", _) => self.paragraph = None,
            _ => {}
        }
        self.out.push(tag.to_owned());
    }

    fn text(&mut self, text: &str) {
        if self.left_alone > 0 {
            self.out.push(text.to_owned());
            return;
        }
        let is_letter = |c: char| c.is_alphabetic();
        let mut rest = text;
        while !rest.is_empty() {
            let at_word = rest.starts_with(is_letter);
            let end = rest.find(|c: char| c.is_alphabetic() != at_word).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            // An entity such as `&amp;` is no word.
            let is_entity = self.out.last().is_some_and(|before| before.ends_with('&'));
            match self.entry(word).filter(|_| at_word && !is_entity) {
                Some((number, meaning)) => self.explain(number, word, meaning),
                None => self.out.push(word.to_owned()),
            }
            rest = after;
        }
    }

    /// The line of a word that is not explained yet.
    fn entry(&self, word: &str) -> Option<(usize, &'static str)> {
        if self.seen.len() >= MAX_EXPLAINED {
            return None;
        }
        let number = *GLOSSARY.forms.get(word.to_lowercase().as_str())?;
        let entry = GLOSSARY.entries.get(number)?;
        (!self.seen.contains(&number)).then(|| (number, entry.meaning(self.language)))
    }

    fn explain(&mut self, number: usize, word: &str, meaning: &str) {
        self.seen.insert(number);
        if let Some((begin, is_block)) = &mut self.paragraph {
            if let Some(tag) = self.out.get_mut(*begin) {
                "<div class=\"paragraph\">".clone_into(tag);
            }
            *is_block = true;
        }
        let lang = self.language.tag();
        let markup = html! {
            details.word { summary { (PreEscaped(word)) } span.meaning lang=(lang) { (meaning) } }
        };
        self.out.push(markup.into_string());
    }
}

#[cfg(test)]
mod tests {
    use super::super::clean;
    use super::*;

    fn explained_of(source: &str, language: Language) -> (String, usize) {
        let explained = explained(&clean::page(source), language);
        (explained.markup.into_string(), explained.count)
    }

    #[test]
    fn every_line_of_the_file_is_read_and_says_something_in_each_language() {
        let glossary = read(include_str!("glossary.txt")).unwrap();
        assert!(glossary.entries.len() >= 60);
        for (form, number) in &glossary.forms {
            assert_eq!(*form, form.to_lowercase(), "{form}");
            assert!(form.chars().all(char::is_alphabetic), "{form} is one word of letters");
            for meaning in glossary.entries[*number].meanings {
                assert!((4..=200).contains(&meaning.chars().count()), "{form}: {meaning}");
            }
        }
        assert!(read("a | b | c | d").is_none() && read("a, a | b | c | d | e").is_none());
    }

    #[test]
    fn a_word_is_explained_the_first_time_and_in_the_readers_language() {
        let (out, count) = explained_of("<p>Tegn til hypertensjon. Hypertensjon siden 2019.</p>", Language::En);
        assert_eq!(count, 1, "{out}");
        assert!(
            out.starts_with(
                "<div class=\"paragraph\">Tegn til <details class=\"word\"><summary>hypertensjon</summary>"
            ),
            "{out}"
        );
        assert!(out.contains("High blood pressure") && out.ends_with("Hypertensjon siden 2019.</div>"), "{out}");
    }

    #[test]
    fn parts_of_words_headings_and_entities_are_left_alone() {
        for source in [
            "<h3>Hypertensjon</h3>",
            "<p>hypertensjonsregisteret</p>",
            "<p><strong>Hypertensjon</strong></p>",
            "<p>1 &lt; 2 &amp; 3</p>",
        ] {
            let (out, count) = explained_of(source, Language::Nb);
            assert_eq!((out.as_str(), count), (source, 0));
        }
    }

    #[test]
    fn the_markup_stays_well_formed_and_the_text_the_same() {
        let source = "<div><p>Akutt bronkitt &amp; astma.</p><ul><li>Sepsis</li></ul><p>Slutt</p></div>";
        let (out, count) = explained_of(source, Language::Nb);
        assert_eq!(count, 4, "{out}");
        for tag in ["div", "p", "details", "li", "span", "summary"] {
            let opened = out.matches(&format!("<{tag}>")).count() + out.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, out.matches(&format!("</{tag}>")).count(), "{tag}: {out}");
        }
    }
}
