//! Markup of the list and of a case.

use maud::{Markup, html};
use serde_json::Value;
use varde_rights::Reason;
use varde_web::{Tone, dates, ui};

use super::citizen::{Filter, Kinds, Listing, Show};
use super::model::{Case, Outcome};
use crate::l10n::L10nLanguage;
use crate::shared::Ctx;

/// Purpose of one who opens what is closed (HL7 v3 ActReason).
const BREAK_GLASS: &str = "BTG";

/// The form as it was sent.
#[derive(Debug, Default)]
pub(super) struct FormState {
    /// What came of it.
    pub outcome: String,
    /// The note.
    pub note: String,
    /// What is wrong.
    pub errors: Errors,
    /// It has just been kept.
    pub is_done: bool,
}

/// Which fields are wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Errors {
    /// Nothing was chosen.
    pub outcome: bool,
    /// No note, or too long a one.
    pub note: bool,
}

impl Errors {
    /// Whether anything is.
    pub(super) const fn any(self) -> bool {
        self.outcome || self.note
    }
}

/// The list; `None` when it could not be fetched.
pub(super) fn list(ctx: &Ctx, filter: Filter, listing: Option<&Listing>) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_officer_title()))
        (ui::lead(&text.msg_officer_lead()))
        (filters(text, filter))
        @match listing {
            None => (ui::alert(Tone::Warning, &text.msg_officer_missing())),
            Some(listing) if listing.cases.is_empty() => {
                (ui::empty_state(&text.msg_officer_none(), &text.msg_officer_none_help()))
            }
            Some(listing) => {
                (ui::list(listing.cases.iter().map(|case| line(ctx, case))))
                @if listing.is_cut { p { (text.msg_officer_cut()) } }
            }
        }
    }
}

/// Links that narrow the list.
fn filters(text: &L10nLanguage, filter: Filter) -> Markup {
    let shows =
        [(Show::Open, "open", text.msg_officer_show_open()), (Show::Done, "done", text.msg_officer_show_done())];
    let kinds = [
        (Kinds::All, "all", text.msg_officer_kind_all()),
        (Kinds::LookUps, "look-ups", text.msg_officer_kind_look_ups()),
        (Kinds::Emergencies, "emergencies", text.msg_officer_kind_emergencies()),
    ];
    let (show, kind) = (if filter.show == Show::Done { "done" } else { "open" }, kind_key(filter.kind));
    let link = |place: usize, href: String, words: &str, is_chosen: bool| {
        html! {
            @if place > 0 { " · " }
            @if is_chosen { strong aria-current="true" { (words) } } @else { a.ds-link href=(href) { (words) } }
        }
    };
    html! {
        nav aria-label=(text.msg_officer_narrow()) {
            p { @for (place, (its, key, words)) in shows.iter().enumerate() {
                (link(place, format!("/privacy-officer?show={key}&kind={kind}"), words, *its == filter.show))
            } }
            p { @for (place, (its, key, words)) in kinds.iter().enumerate() {
                (link(place, format!("/privacy-officer?show={show}&kind={key}"), words, *its == filter.kind))
            } }
        }
        p.item-detail { (text.msg_officer_emergency_access_about()) }
    }
}

const fn kind_key(kind: Kinds) -> &'static str {
    match kind {
        Kinds::All => "all",
        Kinds::LookUps => "look-ups",
        Kinds::Emergencies => "emergencies",
    }
}

fn line(ctx: &Ctx, case: &Case) -> Markup {
    let text = ctx.text();
    let mut why: Vec<String> = case.reasons.iter().map(|(reason, _)| reason_words(text, *reason)).collect();
    if why.is_empty() {
        why.push(basis_words(text, &case.basis));
    }
    let mut detail = vec![dates::date_time_short(case.at, ctx.language)];
    detail.extend(case.score.map(|score| text.msg_officer_points(score)));
    detail.push(why.join(". "));
    ui::list_item(&ui::ListItem {
        href: Some(&format!("/privacy-officer/{}", case.id)),
        title: &case.who,
        detail: &detail.join(" · "),
        tag: Some((tone(case), state_words(text, case))),
    })
}

const fn tone(case: &Case) -> Tone {
    match case.outcome {
        None if case.is_done => Tone::Neutral,
        None => Tone::Info,
        Some(Outcome::Asked) => Tone::Warning,
        Some(Outcome::Explained) => Tone::Success,
        Some(Outcome::Reported) => Tone::Danger,
    }
}

/// One case.
pub(super) fn details(ctx: &Ctx, case: &Case, patient: Option<&str>, form: &FormState) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/privacy-officer", &text.msg_officer_back()))
        @if form.errors.any() { (ui::error_summary(ctx.language, &errors(text, form.errors))) }
        @if form.is_done { (ui::alert(Tone::Success, &text.msg_officer_saved())) }
        (ui::heading(&text.msg_officer_case_title()))
        (ui::description_list(&facts(ctx, case, patient)))
        @if case.basis == BREAK_GLASS { p.item-detail { (text.msg_officer_emergency_access_about()) } }
        @if !case.reasons.is_empty() {
            (ui::subheading(&text.msg_officer_why()))
            ul { @for (reason, points) in &case.reasons {
                li { (reason_words(text, *reason)) " (" (text.msg_officer_points(*points)) ")" }
            } }
        }
        (mark_form(ctx, case, form))
        @if !case.notes.is_empty() {
            (ui::subheading(&text.msg_officer_notes()))
            ul { @for note in &case.notes {
                li {
                    p { (note.by) @if let Some(at) = note.at { ", " (dates::date_time_short(at, ctx.language)) } }
                    p { (note.words) }
                }
            } }
        }
    }
}

fn facts(ctx: &Ctx, case: &Case, patient: Option<&str>) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let mut facts = vec![
        (text.msg_officer_who(), html! { (case.who) }),
        (text.msg_officer_number(), html! { (case.number) }),
        (text.msg_officer_patient(), html! { (patient.unwrap_or(case.patient.as_str())) }),
        (text.msg_officer_when(), html! { (dates::date_time(case.at, ctx.language)) }),
        (text.msg_officer_basis(), html! { (basis_words(text, &case.basis)) }),
    ];
    if !case.said.is_empty() {
        facts.push((text.msg_officer_said(), html! { (case.said) }));
    }
    if let Some(score) = case.score {
        facts.push((text.msg_officer_score(), html! { (text.msg_officer_points(score)) }));
    }
    facts.push((text.msg_officer_state(), html! { (state_words(text, case)) }));
    facts
}

fn errors(text: &L10nLanguage, errors: Errors) -> Vec<(&'static str, String)> {
    let all = [
        errors.outcome.then(|| ("outcome", text.msg_officer_error_outcome())),
        errors.note.then(|| ("note", text.msg_officer_error_note())),
    ];
    all.into_iter().flatten().collect()
}

fn mark_form(ctx: &Ctx, case: &Case, form: &FormState) -> Markup {
    let text = ctx.text();
    let choice = |outcome: Outcome| ui::Choice { value: outcome.key().to_owned(), label: outcome_words(text, outcome) };
    let choices = Outcome::ALL.map(choice).to_vec();
    let error_outcome = form.errors.outcome.then(|| text.msg_officer_error_outcome());
    let error_note = form.errors.note.then(|| text.msg_officer_error_note());
    let fields = html! {
        (ui::choice_group(&ui::ChoiceGroup {
            id: "outcome",
            legend: &text.msg_officer_mark(),
            help: "",
            error: error_outcome.as_deref(),
            chosen: &form.outcome,
            groups: vec![ui::Choices { title: String::new(), note: String::new(), choices }],
        }))
        (ui::text_area(&ui::TextArea {
            id: "note",
            label: &text.msg_officer_note(),
            help: &text.msg_officer_note_help(),
            error: error_note.as_deref(),
            value: &form.note,
        }))
        (ui::submit_button(&text.msg_officer_save()))
    };
    ui::form(&format!("/privacy-officer/{}", case.id), &ctx.visitor, fields)
}

fn state_words(text: &L10nLanguage, case: &Case) -> String {
    match case.outcome {
        Some(outcome) => outcome_words(text, outcome),
        None if case.is_done => text.msg_officer_state_closed(),
        None => text.msg_officer_state_new(),
    }
}

fn outcome_words(text: &L10nLanguage, outcome: Outcome) -> String {
    match outcome {
        Outcome::Explained => text.msg_officer_outcome_explained(),
        Outcome::Asked => text.msg_officer_outcome_asked(),
        Outcome::Reported => text.msg_officer_outcome_reported(),
    }
}

fn basis_words(text: &L10nLanguage, code: &str) -> String {
    match code {
        "ETREAT" => text.msg_officer_basis_emergency(),
        BREAK_GLASS => text.msg_officer_basis_break_glass(),
        "COC" => text.msg_officer_basis_coordination(),
        _ => text.msg_officer_basis_treatment(),
    }
}

fn reason_words(text: &L10nLanguage, reason: Reason) -> String {
    match reason {
        Reason::OwnRecord => text.msg_officer_reason_own_record(),
        Reason::NoCareRelation => text.msg_officer_reason_no_care(),
        Reason::NoCareRelationInEmergency => text.msg_officer_reason_no_care_emergency(),
        Reason::Family => text.msg_officer_reason_family(),
        Reason::SameAddress => text.msg_officer_reason_same_address(),
        Reason::SameStreet => text.msg_officer_reason_same_street(),
        Reason::SameName => text.msg_officer_reason_same_name(),
        Reason::Colleague => text.msg_officer_reason_colleague(),
        Reason::WellKnown => text.msg_officer_reason_well_known(),
        Reason::UnusualVolume => text.msg_officer_reason_volume(),
        Reason::UnusualHour => text.msg_officer_reason_hour(),
    }
}

/// The name of a Patient.
pub(super) fn name_of(patient: &[u8]) -> Option<String> {
    let patient: Value = serde_json::from_slice(patient).ok()?;
    let name = patient.pointer("/name/0")?;
    if let Some(text) = name.get("text").and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    let given = name.get("given").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let parts: Vec<&str> = given.chain(name.get("family").and_then(Value::as_str)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
