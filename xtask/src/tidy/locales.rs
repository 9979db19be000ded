//! Locale files: all four languages, the same keys, the same variables, no empty text.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Attribute, Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::Violation;
use super::tree::{SourceFile, Tree};

const RULE: &str = "locales";
const LANGUAGES: &[&str] = &["nb", "nn", "en", "se"];

/// Variables of each key (`-term` and `key.attribute` are keys too).
type Keys = BTreeMap<String, BTreeSet<String>>;

/// What differs between the languages of each set of locale files.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut sets: BTreeMap<String, BTreeMap<&str, &SourceFile>> = BTreeMap::new();
    for file in tree.files().filter(|file| file.has_extension("ftl")) {
        match set_and_language(&file.path) {
            Some((set, language)) => {
                sets.entry(set).or_default().insert(language, file);
            }
            None => found.push(Violation::new(RULE, &file.path, 0, "the path names no language (nb, nn, en, se)")),
        }
    }
    for files in sets.values() {
        check_set(files, &mut found);
    }
    found
}

/// `texts/nb.ftl` and `texts/nb/web.ftl` both say their language in one part of the path; the rest is the name of the set.
fn set_and_language(path: &str) -> Option<(String, &'static str)> {
    let language_of =
        |part: &str| LANGUAGES.iter().copied().find(|language| part.trim_end_matches(".ftl") == *language);
    let language = path.split('/').rev().find_map(language_of)?;
    let set = path.split('/').map(|part| if language_of(part).is_some() { "*" } else { part }).collect::<Vec<_>>();
    Some((set.join("/"), language))
}

fn check_set(files: &BTreeMap<&str, &SourceFile>, found: &mut Vec<Violation>) {
    let read: BTreeMap<&str, Keys> = files.iter().map(|(language, file)| (*language, read(file, found))).collect();
    let mut all = Keys::new();
    for (key, variables) in read.values().flatten() {
        all.entry(key.clone()).or_default().extend(variables.iter().cloned());
    }
    let Some(any) = files.values().next() else { return };
    for language in LANGUAGES {
        let (Some(file), Some(keys)) = (files.get(language), read.get(language)) else {
            let sentence = format!("the language {language} is missing beside this file");
            found.push(Violation::new(RULE, &any.path, 0, sentence));
            continue;
        };
        for (key, variables) in &all {
            let Some(own) = keys.get(key) else {
                found.push(Violation::new(RULE, &file.path, 0, format!("`{key}` is missing; another language has it")));
                continue;
            };
            let lacking: Vec<&str> = variables.difference(own).map(String::as_str).collect();
            if !lacking.is_empty() {
                let sentence = format!("`{key}` does not use ${}, as another language does", lacking.join(", $"));
                found.push(Violation::new(RULE, &file.path, line_of(file, key), sentence));
            }
        }
    }
}

fn read(file: &SourceFile, found: &mut Vec<Violation>) -> Keys {
    let resource = fluent_syntax::parser::parse(file.text.as_str()).unwrap_or_else(|(resource, errors)| {
        for error in errors {
            let line = file.text.get(..error.pos.start).map_or(0, |before| before.matches('\n').count() + 1);
            found.push(Violation::new(RULE, &file.path, line, format!("is not Fluent: {error}")));
        }
        resource
    });
    let mut reader = Reader { file, keys: Keys::new(), found };
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                if let Some(value) = &message.value {
                    reader.text(message.id.name.to_owned(), value);
                }
                reader.attributes(message.id.name, &message.attributes);
            }
            Entry::Term(term) => {
                let name = format!("-{}", term.id.name);
                reader.text(name.clone(), &term.value);
                reader.attributes(&name, &term.attributes);
            }
            _ => {}
        }
    }
    reader.keys
}

struct Reader<'a> {
    file: &'a SourceFile,
    keys: Keys,
    found: &'a mut Vec<Violation>,
}

impl Reader<'_> {
    fn attributes(&mut self, key: &str, attributes: &[Attribute<&str>]) {
        for attribute in attributes {
            self.text(format!("{key}.{}", attribute.id.name), &attribute.value);
        }
    }

    fn text(&mut self, key: String, pattern: &Pattern<&str>) {
        let line = line_of(self.file, &key);
        if is_empty(pattern) {
            self.found.push(Violation::new(RULE, &self.file.path, line, format!("`{key}` is empty")));
        }
        let mut variables = BTreeSet::new();
        in_pattern(pattern, &mut variables);
        if self.keys.insert(key.clone(), variables).is_some() {
            self.found.push(Violation::new(RULE, &self.file.path, line, format!("`{key}` is there twice")));
        }
    }
}

fn line_of(file: &SourceFile, key: &str) -> usize {
    let name = key.split('.').next().unwrap_or(key);
    let begins = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='));
    file.text.lines().position(begins).map_or(0, |index| index + 1)
}

/// Nothing a person could read, in every variant.
fn is_empty(pattern: &Pattern<&str>) -> bool {
    pattern.elements.iter().all(|element| match element {
        PatternElement::TextElement { value } => value.trim().is_empty(),
        PatternElement::Placeable { expression } => match expression {
            Expression::Select { variants, .. } => variants.iter().all(|variant| is_empty(&variant.value)),
            Expression::Inline(InlineExpression::StringLiteral { value }) => value.trim().is_empty(),
            Expression::Inline(_) => false,
        },
    })
}

fn in_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, variables);
        }
    }
}

fn in_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, variables),
        Expression::Select { selector, variants } => {
            in_inline(selector, variables);
            for variant in variants {
                in_pattern(&variant.value, variables);
            }
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => in_expression(expression, variables),
        InlineExpression::FunctionReference { arguments, .. }
        | InlineExpression::TermReference { arguments: Some(arguments), .. } => {
            let named = arguments.named.iter().map(|argument| &argument.value);
            for argument in arguments.positional.iter().chain(named) {
                in_inline(argument, variables);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::sample;
    use super::*;

    const GOOD: &str = "title = Timer\ncount =\n    { $n ->\n        [one] Én time hos { $name }\n       *[other] { $n } timer\n    }\n";

    fn with_sami(text: &str) -> Vec<String> {
        let folder = "crates/services/src/vaccines/texts";
        let files = [("nb", GOOD), ("nn", GOOD), ("en", GOOD), ("se", text)];
        let files: Vec<(String, &str)> = files.iter().map(|(l, t)| (format!("{folder}/{l}.ftl"), *t)).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        check(&sample(&files)).into_iter().map(|violation| violation.sentence).collect()
    }

    #[test]
    fn languages_have_the_same_keys_and_variables() {
        assert_eq!(with_sami(GOOD), Vec::<String>::new());
        assert_eq!(with_sami("count = { $n } { $name }\n"), ["`title` is missing; another language has it"]);
        assert_eq!(
            with_sami("title = Áiggit\ncount = { $n }\n"),
            ["`count` does not use $name, as another language does"]
        );
        assert_eq!(with_sami("title = { \"\" }\ncount = { $n } { $name }\n"), ["`title` is empty"]);
        assert_eq!(with_sami(&format!("{GOOD}title = Áiggit\n")), ["`title` is there twice"]);
        assert!(!with_sami(&format!("{GOOD}stray text\n")).is_empty());
    }

    #[test]
    fn a_language_may_not_be_missing() {
        let found =
            check(&sample(&[("a/texts/nb/web.ftl", GOOD), ("a/texts/nn/web.ftl", GOOD), ("a/texts/en/web.ftl", GOOD)]));
        assert_eq!(found.len(), 1);
        assert_eq!(check(&sample(&[("a/texts/web.ftl", GOOD)])).len(), 1);
    }
}
