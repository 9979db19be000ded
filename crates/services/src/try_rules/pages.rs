//! Markup of the page.

use maud::{Markup, html};
use varde_rights::{Check, Service, Step, sentence};
use varde_store::{Question, Simulated};
use varde_web::{Tone, dates, ui};

use super::rules::{ACTIONS, CITIZEN, Fields, PERSONNEL, Problem};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, action_name, condition_name, relation_name, service_name};

/// What was asked and what the rules said.
pub(super) struct Told {
    /// What was asked.
    pub question: Question,
    /// What the rules said.
    pub simulated: Simulated,
}

impl Problem {
    const fn field(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::WhoNumber => "who_number",
            Self::Number | Self::NotThere => "number",
            Self::Service => "service",
            Self::Item => "item",
            Self::Action => "action",
            Self::Day => "day",
        }
    }

    fn text(self, text: &L10nLanguage) -> String {
        match self {
            Self::Who => text.msg_try_rules_error_who(),
            Self::WhoNumber => text.msg_try_rules_error_who_number(),
            Self::Number => text.msg_try_rules_error_number(),
            Self::Service => text.msg_try_rules_error_service(),
            Self::Item => text.msg_try_rules_error_item(),
            Self::Action => text.msg_try_rules_error_action(),
            Self::Day => text.msg_try_rules_error_day(),
            Self::NotThere => text.msg_try_rules_error_not_there(),
        }
    }
}

/// The form, and above it the answer to what was asked last.
pub(super) fn page(ctx: &Ctx, fields: &Fields, problems: &[Problem], told: Option<&Told>) -> Markup {
    let text = ctx.text();
    let summary: Vec<(&str, String)> = problems.iter().map(|its| (its.field(), its.text(text))).collect();
    html! {
        @if !summary.is_empty() { (ui::error_summary(ctx.language, &summary)) }
        (ui::heading(&text.msg_try_rules_title()))
        @match told {
            Some(told) => (answer(ctx, told)),
            None => (ui::lead(&text.msg_try_rules_intro())),
        }
        (form(ctx, fields, problems))
    }
}

fn answer(ctx: &Ctx, Told { question, simulated }: &Told) -> Markup {
    let text = ctx.text();
    let decision = simulated.explanation.decision;
    let (tone, verdict) = if decision.allowed() {
        (Tone::Success, text.msg_try_rules_yes())
    } else {
        (Tone::Warning, text.msg_try_rules_no())
    };
    let relations: Vec<String> =
        simulated.relations.iter().filter_map(|relation| relation_name(text, *relation)).collect();
    let relations = if relations.is_empty() { text.msg_try_rules_none() } else { relations.join(", ") };
    let day = dates::as_exact_as_known(&question.day.to_string(), ctx.language).unwrap_or_default();
    let book = ctx.state.store.rule_book();
    let basis = book.rules().iter().find(|rule| rule.id == decision.rule).map(|rule| rule.basis);
    let mut facts = vec![
        (text.msg_try_rules_told(), html! { (sentence(decision.rule, ctx.language)) }),
        (text.msg_try_rules_rule(), html! { (decision.rule) }),
        (text.msg_try_rules_relation(), html! { (relations) }),
        (text.msg_try_rules_age(), html! { (text.msg_rule_book_years(simulated.age.key().replace('-', "–"))) }),
        (text.msg_try_rules_service(), html! { (service_name(text, simulated.service)) }),
        (text.msg_try_rules_action(), html! { (action_name(text, question.action)) }),
        (text.msg_try_rules_date(), html! { (day) }),
    ];
    if let Some(basis) = basis {
        facts.push((text.msg_rule_book_basis(), html! { span lang="en" { (basis) } }));
    }
    if let Some(until) = decision.until {
        facts.push((text.msg_try_rules_until(), html! { (dates::date_time(until, ctx.language)) }));
    }
    html! {
        (ui::subheading(&text.msg_try_rules_answer()))
        (ui::alert(tone, &verdict))
        (ui::description_list(&facts))
        (steps(ctx, &simulated.explanation.steps))
        p { (text.msg_try_rules_logged()) }
        (ui::subheading(&text.msg_try_rules_again()))
    }
}

fn steps(ctx: &Ctx, steps: &[Step]) -> Markup {
    let text = ctx.text();
    let heads = [text.msg_try_rules_as(), text.msg_try_rules_check(), text.msg_try_rules_came()];
    let rows = steps.iter().map(|step| {
        [
            html! { (relation_name(text, step.relation).unwrap_or_default()) },
            html! { (check(text, step.check)) },
            html! { @match step.refused {
                Some(rule) => (text.msg_try_rules_refused(rule.0)),
                None => (text.msg_try_rules_passed()),
            } },
        ]
    });
    ui::table(&text.msg_try_rules_steps(), &heads, rows)
}

fn check(text: &L10nLanguage, check: Check) -> String {
    match check {
        Check::Closed => text.msg_try_rules_check_closed(),
        Check::Rule(rule) => text.msg_try_rules_check_rule(rule.0),
        Check::Condition(condition) => condition_name(text, condition),
        Check::Restricted => text.msg_try_rules_check_restricted(),
        Check::Label => text.msg_try_rules_check_label(),
        Check::Delay => text.msg_try_rules_check_delay(),
        Check::Giver => text.msg_try_rules_check_giver(),
    }
}

fn form(ctx: &Ctx, fields: &Fields, problems: &[Problem]) -> Markup {
    let text = ctx.text();
    let error = |field: &str| problems.iter().find(|its| its.field() == field).map(|its| its.text(text));
    let line = |id: &str, label: &str, help: &str, value: &str, kind: ui::TextKind| {
        ui::text_field(&ui::TextField { id, label, help, error: error(id).as_deref(), value, kind })
    };
    let choices = |id: &str, legend: &str, chosen: &str, choices: Vec<(&str, String)>| {
        let choices = choices.into_iter().map(|(value, label)| ui::Choice { value: value.to_owned(), label }).collect();
        let groups = vec![ui::Choices { title: String::new(), note: String::new(), choices }];
        ui::choice_group(&ui::ChoiceGroup { id, legend, help: "", error: error(id).as_deref(), chosen, groups })
    };
    let mut kinds = vec![(CITIZEN, text.msg_try_rules_citizen())];
    kinds.extend(PERSONNEL.map(|kind| (kind.key(), relation_name(text, kind).unwrap_or_default())));
    let personal = |service: &Service| !matches!(service, Service::Directory | Service::Definitions);
    let services = Service::ALL.into_iter().filter(personal).map(|its| (its.key(), service_name(text, its))).collect();
    let actions = ACTIONS.map(|action| (action.key(), action_name(text, action))).to_vec();
    html! {
        (ui::form("/admin/simulate", &ctx.visitor, html! {
            (choices("who", &text.msg_try_rules_as(), &fields.who, kinds))
            (line("who_number", &text.msg_try_rules_who_number(), &text.msg_try_rules_who_number_help(), &fields.who_number, ui::TextKind::Digits))
            (line("number", &text.msg_try_rules_number(), "", &fields.number, ui::TextKind::Digits))
            (choices("action", &text.msg_try_rules_action(), &fields.action, actions))
            (choices("service", &text.msg_try_rules_service(), &fields.service, services))
            (line("item", &text.msg_try_rules_item(), &text.msg_try_rules_item_help(), &fields.item, ui::TextKind::Words))
            (line("day", &text.msg_try_rules_day(), &text.msg_try_rules_day_help(), &fields.day, ui::TextKind::Digits))
            (line("month", &text.msg_try_rules_month(), "", &fields.month, ui::TextKind::Digits))
            (line("year", &text.msg_try_rules_year(), "", &fields.year, ui::TextKind::Digits))
            (ui::submit_button(&text.msg_try_rules_submit()))
        }))
    }
}
