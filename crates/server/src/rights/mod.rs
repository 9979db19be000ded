//! `varde rights`: the rule book checked, compared, explained and printed.

mod explain;
mod table;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use varde_base::{Language, date_in_norway};
use varde_rights::{Action, AgeBand, Outcome, Relation, Rule, RuleBook, RuleId, Service, example, sentence};

use crate::cli::RightsCommand;

/// Most bytes of a rule book.
const MAX_BOOK_BYTES: u64 = 1_000_000;

/// Carries out a command. The exit code is 1 when `check` found something.
///
/// # Errors
/// When a file cannot be read, the other book of `diff` is none, or `detect` cannot go through the log.
pub(crate) async fn run(command: &RightsCommand) -> anyhow::Result<ExitCode> {
    let (said, whole) = match command {
        RightsCommand::Check { book } => {
            let today = date_in_norway(jiff::Timestamp::now());
            match book {
                None => check(RuleBook::national(), today),
                Some(file) => check(RuleBook::read(text_of(file)?), today),
            }
        }
        RightsCommand::Diff { book } => {
            let other = RuleBook::read(text_of(book)?).with_context(|| format!("rule book {}", book.display()))?;
            (diff(&RuleBook::national()?, &other), true)
        }
        RightsCommand::Explain(args) => (explain::explain(&RuleBook::national()?, args), true),
        RightsCommand::Table => (table::markdown(&RuleBook::national()?), true),
        RightsCommand::Detect(args) => return crate::look_ups::detect(args).await,
    };
    std::io::stdout().lock().write_all(said.as_bytes())?;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A rule book's text for as long as the program runs: rules are named by slices of it.
fn text_of(file: &Path) -> anyhow::Result<&'static str> {
    let read = || -> anyhow::Result<String> {
        let mut text = String::new();
        File::open(file)?.take(MAX_BOOK_BYTES + 1).read_to_string(&mut text)?;
        if text.len() as u64 > MAX_BOOK_BYTES {
            bail!("a rule book is at most {MAX_BOOK_BYTES} bytes");
        }
        Ok(text)
    };
    Ok(read().with_context(|| format!("rule book {}", file.display()))?.leak())
}

/// What is wrong, a line each, and a line that sums up; and whether nothing is.
fn check(book: Result<RuleBook, varde_rights::BookError>, today: Date) -> (String, bool) {
    let book = match book {
        Ok(book) => book,
        Err(error) => return (format!("{error}\nThe rule book cannot be read.\n"), false),
    };
    let mut findings: Vec<String> = book.check().iter().map(ToString::to_string).collect();
    let ids = book.rules().iter().map(|rule| rule.id).chain(RuleId::BUILT_IN.iter().copied());
    findings.extend(ids.flat_map(|id| Language::ALL.map(|language| untold(id, language))).flatten());
    findings.extend(book.parameters().on(today).err().map(|error| error.to_string()));
    let (rules, cases) = (book.rules().len(), thousands(RuleBook::cases().count()));
    let sum = match findings.len() {
        0 => format!("{rules} rules, {cases} cases, every case decided by exactly one rule"),
        1 => format!("{rules} rules, {cases} cases, 1 finding"),
        more => format!("{rules} rules, {cases} cases, {} findings", thousands(more)),
    };
    let whole = findings.is_empty();
    findings.push(sum);
    (findings.join("\n") + "\n", whole)
}

/// What is missing of a rule's words in a language.
fn untold(rule: RuleId, language: Language) -> Option<String> {
    let missing = match (sentence(rule, language), example(rule, language)) {
        ("", "") => "sentence and no example",
        ("", _) => "sentence",
        (_, "") => "example",
        _ => return None,
    };
    Some(format!("{rule} has no {missing} in {language}"))
}

/// A number of cases with a comma between thousands; there are fewer than a million.
fn thousands(count: usize) -> String {
    if count < 1_000 { count.to_string() } else { format!("{},{:03}", count / 1_000, count % 1_000) }
}

/// A rule and what it says: `AP-1 allow (basis-plus)`.
fn brief(rule: Option<&Rule>) -> String {
    let Some(rule) = rule else { return "no rule".to_owned() };
    let outcome = if rule.outcome == Outcome::Allow { "allow" } else { "deny" };
    let conditions: Vec<&str> = rule.conditions.iter().map(|condition| condition.key()).collect();
    if conditions.is_empty() {
        return format!("{} {outcome}", rule.id);
    }
    format!("{} {outcome} ({})", rule.id, conditions.join(" "))
}

/// Cases in a row that differ in their action alone.
struct Group {
    place: (Relation, AgeBand, Service),
    actions: Vec<Action>,
    change: (String, String),
}

/// The cases the other book decides otherwise, those that differ in their action alone on one line; last their number.
fn diff(ours: &RuleBook, other: &RuleBook) -> String {
    let differences = ours.differences(other);
    let mut groups: Vec<Group> = Vec::new();
    for difference in &differences {
        let (relation, age, service, action) = difference.case;
        let of = |book: &RuleBook| brief(book.rule(relation, age, service, action));
        let (place, change) = ((relation, age, service), (of(ours), of(other)));
        match groups.iter_mut().rev().take(Action::ALL.len()).find(|g| g.place == place && g.change == change) {
            Some(group) => group.actions.push(action),
            None => groups.push(Group { place, actions: vec![action], change }),
        }
    }
    let mut said = String::new();
    for Group { place: (relation, age, service), actions, change: (before, after) } in &groups {
        let actions: Vec<&str> = actions.iter().map(|action| action.key()).collect();
        let (relation, age, service, actions) = (relation.key(), age.key(), service.key(), actions.join(" "));
        // Writing to a text does not fail.
        _ = writeln!(said, "{relation}, {age}, {service}, {actions}: {before} -> {after}");
    }
    let count = differences.len();
    let cases = if count == 1 { "case is" } else { "cases are" };
    said + &format!("{} {cases} decided otherwise\n", thousands(count))
}
