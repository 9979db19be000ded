//! `varde rights table`: the whole rule book as Markdown, for docs/rule-book.md.

use std::fmt::Write as _;

use varde_base::Language;
use varde_rights::{Action, AgeBand, Outcome, Relation, Rule, RuleBook, RuleId, Service, example, sentence};

use super::brief;

const INTRODUCTION: &str = "# The rule book

Written by `varde rights table > docs/rule-book.md` from `crates/rights/rules/`; change those files and run it again. How a decision is made,
and what the conditions in parentheses rest on: [rights.md](rights.md). The age is that of the person the data are about.
";

/// The document: a table a relation, then every rule with its words, then the dated parameters.
pub(super) fn markdown(book: &RuleBook) -> String {
    let mut out = INTRODUCTION.to_owned();
    for relation in Relation::ALL.into_iter().filter(|relation| *relation != Relation::Stranger) {
        matrix(book, relation, &mut out);
    }
    rules(book, &mut out);
    built_in(&mut out);
    parameters(book, &mut out);
    out
}

/// A row: services that are ruled alike, and what is said of them at each age.
type Row = (Vec<&'static str>, Vec<String>);

/// Services by ages. Services, and neighbouring ages, that are ruled alike share a row, or a column.
fn matrix(book: &RuleBook, relation: Relation, out: &mut String) {
    let of_service = |service: Service| AgeBand::ALL.map(|age| said_of(book, relation, age, service)).to_vec();
    let mut rows: Vec<Row> = Vec::new();
    for service in Service::ALL {
        let cells = of_service(service);
        match rows.iter_mut().find(|(_, its)| *its == cells) {
            Some((services, _)) => services.push(service.key()),
            None => rows.push((vec![service.key()], cells)),
        }
    }
    let mut columns: Vec<(Vec<&'static str>, usize)> = Vec::new();
    for (index, age) in AgeBand::ALL.into_iter().enumerate() {
        let same = |other: usize| rows.iter().all(|(_, cells)| cells.get(other) == cells.get(index));
        match columns.last_mut().filter(|(_, first)| same(*first)) {
            Some((ages, _)) => ages.push(age.key()),
            None => columns.push((vec![age.key()], index)),
        }
    }
    let heads: Vec<String> = columns.iter().map(|(ages, _)| ages.join(", ")).collect();
    // Writing to a text does not fail.
    _ = write!(
        out,
        "\n## {}\n\n| service | {} |\n|---|{}\n",
        relation.key(),
        heads.join(" | "),
        "---|".repeat(heads.len())
    );
    for (services, cells) in &rows {
        let cells: Vec<&str> = columns.iter().filter_map(|(_, index)| cells.get(*index).map(String::as_str)).collect();
        _ = writeln!(out, "| {} | {} |", services.join(", "), cells.join(" | "));
    }
}

/// What the book says of a service at an age: each rule with its actions, in the order of the actions.
fn said_of(book: &RuleBook, relation: Relation, age: AgeBand, service: Service) -> String {
    let mut rules: Vec<(Option<&Rule>, Vec<&'static str>)> = Vec::new();
    for action in Action::ALL {
        let rule = book.rule(relation, age, service, action);
        match rules.iter_mut().find(|(its, _)| its.map(|r| r.id) == rule.map(|r| r.id)) {
            Some((_, actions)) => actions.push(action.key()),
            None => rules.push((rule, vec![action.key()])),
        }
    }
    let said = rules.iter().map(|(rule, actions)| match rules.len() {
        1 => brief(*rule),
        _ => format!("{}: {}", brief(*rule), actions.join(" ")),
    });
    said.collect::<Vec<_>>().join("<br>")
}

fn rules(book: &RuleBook, out: &mut String) {
    out.push_str(
        "\n## Every rule\n\n| rule | relation | outcome | sentence | example | basis |\n|---|---|---|---|---|---|\n",
    );
    for rule in book.rules() {
        let outcome = if rule.outcome == Outcome::Allow { "allow" } else { "deny" };
        let (sentence, example) = words(rule.id);
        _ = writeln!(
            out,
            "| {} | {} | {outcome} | {sentence} | {example} | {} |",
            rule.id,
            rule.relation.key(),
            rule.basis
        );
    }
}

fn built_in(out: &mut String) {
    out.push_str("\n## Answers that stand in no table\n\n| name | sentence | example |\n|---|---|---|\n");
    for id in RuleId::BUILT_IN {
        let (sentence, example) = words(*id);
        _ = writeln!(out, "| {id} | {sentence} | {example} |");
    }
}

fn words(id: RuleId) -> (&'static str, &'static str) {
    (sentence(id, Language::En), example(id, Language::En))
}

fn parameters(book: &RuleBook, out: &mut String) {
    out.push_str("\n## Parameters\n\n| name | from | value | basis |\n|---|---|---|---|\n");
    for line in book.parameters().lines() {
        _ = writeln!(out, "| {} | {} | {} | {} |", line.name, line.from, line.value, line.basis);
    }
}
