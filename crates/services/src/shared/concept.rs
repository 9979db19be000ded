//! What a source calls a thing, as words for people.

/// Marks of the kind of concept at the end of SNOMED CT's full names (SNOMED CT Editorial Guide, "Semantic tag"): they tell terminologists apart what
/// people have no need to.
const KINDS: [&str; 22] = [
    "administrative concept",
    "body structure",
    "clinical drug",
    "disorder",
    "environment",
    "event",
    "finding",
    "medicinal product",
    "morphologic abnormality",
    "observable entity",
    "occupation",
    "organism",
    "person",
    "physical object",
    "procedure",
    "product",
    "qualifier value",
    "record artifact",
    "regime/therapy",
    "situation",
    "specimen",
    "substance",
];

/// The first of what a source says that says something: the text of a concept, then the names of its codes. A code is no word.
pub(crate) fn plain_words<'t>(said: impl IntoIterator<Item = Option<&'t String>>) -> Option<String> {
    said.into_iter().flatten().find_map(|words| {
        let words = words.trim();
        (!words.is_empty()).then(|| without_kind(words).to_owned())
    })
}

/// A name without its mark of the kind of concept.
pub(crate) fn without_kind(words: &str) -> &str {
    let marked = words.strip_suffix(')').and_then(|words| words.rsplit_once(" ("));
    marked.filter(|(name, kind)| !name.trim().is_empty() && KINDS.contains(kind)).map_or(words, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_first_that_says_something_without_the_mark_of_its_kind() {
        let said = |texts: &[Option<&str>]| {
            let texts: Vec<Option<String>> = texts.iter().map(|text| text.map(str::to_owned)).collect();
            plain_words(texts.iter().map(Option::as_ref))
        };
        for (texts, expected) in [
            (&[Some("General examination of patient (procedure)")][..], Some("General examination of patient")),
            (&[Some(" "), None, Some("Anemia (disorder)")], Some("Anemia")),
            (&[Some("Seizure (first)")], Some("Seizure (first)")),
            (&[Some("Influenza (seasonal) (procedure)")], Some("Influenza (seasonal)")),
            (&[Some("(finding)")], Some("(finding)")),
            (&[None, Some("")], None),
        ] {
            assert_eq!(said(texts).as_deref(), expected, "{texts:?}");
        }
    }
}
