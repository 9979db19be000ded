//! The form of a new request.

use maud::{Markup, html};
use varde_rights::Service;
use varde_web::{Draft, dates, ui};

use super::holder_name;
use crate::enquiries::actions::About;
use crate::enquiries::model::{Holder, Kind, RELATIONS};
use crate::enquiries::rules::{FieldError, MAX_OPEN, MAX_TEXT, Typed};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, service_name};

/// What stands in the form.
#[derive(Debug, Clone)]
pub(in super::super) struct Form {
    /// What is asked for.
    pub kind: Kind,
    /// What was typed.
    pub typed: Typed,
    /// The health service, as typed.
    pub holder: String,
    /// Those that have such a name.
    pub offered: Vec<Holder>,
    /// There are more than are offered.
    pub is_more: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl Form {
    /// Nothing typed yet, or what was typed before the session ended.
    pub(in super::super) fn fresh(kind: Kind, draft: Option<&Draft>) -> Self {
        let field = |name: &str| draft.and_then(|draft| draft.get(name)).unwrap_or_default().to_owned();
        let typed = Typed {
            wrong: field("wrong"),
            right: field("right"),
            name: field("name"),
            born: [field("day"), field("month"), field("year")],
            number: field("number"),
            relation: field("relation"),
        };
        Self { kind, typed, holder: field("holder"), offered: Vec::new(), is_more: false, errors: Vec::new() }
    }

    fn error(&self, text: &L10nLanguage, errors: &[FieldError]) -> Option<String> {
        self.errors.iter().find(|error| errors.contains(error)).map(|error| words(text, *error))
    }
}

fn words(text: &L10nLanguage, error: FieldError) -> String {
    match error {
        FieldError::Wrong => text.msg_enquiries_error_wrong(MAX_TEXT),
        FieldError::Right => text.msg_enquiries_error_right(MAX_TEXT),
        FieldError::Name => text.msg_enquiries_error_name(),
        FieldError::Born => text.msg_enquiries_error_born(),
        FieldError::Number => text.msg_enquiries_error_number(),
        FieldError::Relation => text.msg_enquiries_error_relation(),
        FieldError::Holder => text.msg_enquiries_error_holder(),
        FieldError::HolderUnknown => text.msg_enquiries_error_holder_unknown(),
        FieldError::HolderSeveral => text.msg_enquiries_error_holder_several(),
        FieldError::TooMany => text.msg_enquiries_error_too_many(MAX_OPEN),
    }
}

const fn field(error: FieldError) -> &'static str {
    match error {
        FieldError::Wrong | FieldError::TooMany => "wrong",
        FieldError::Right => "right",
        FieldError::Name => "name",
        FieldError::Born => "day",
        FieldError::Number => "number",
        FieldError::Relation => "relation",
        FieldError::Holder | FieldError::HolderUnknown => "holder",
        FieldError::HolderSeveral => "chosen",
    }
}

/// The title of the form: what one is about to do, in the words of the link that leads here.
pub(in super::super) fn form_title(text: &L10nLanguage, kind: Kind, about: &About) -> String {
    match (kind, about) {
        (Kind::Missing, _) => text.msg_enquiries_form_copy(),
        (Kind::AfterDeath, _) => text.msg_enquiries_form_dead(),
        (Kind::LookUp, _) => text.msg_enquiries_form_look_up(),
        (Kind::Correction | Kind::Complaint, About::Item { resource_type, .. }) => match resource_type.name() {
            "Appointment" => text.msg_appointments_report(),
            "DiagnosticReport" => text.msg_results_report(),
            "DocumentReference" | "Composition" => text.msg_record_report(),
            "ServiceRequest" => text.msg_referrals_report(),
            "Communication" => text.msg_messages_report(),
            "MedicationRequest" => text.msg_medicines_report(),
            "Immunization" => text.msg_vaccines_report(),
            _ => text.msg_enquiries_form_correction(),
        },
        (Kind::Correction | Kind::Complaint, _) => text.msg_enquiries_new_missing(),
    }
}

/// The label of the field for what is asked; the page of the request has it too.
pub(super) fn question(text: &L10nLanguage, kind: Kind) -> String {
    match kind {
        Kind::Correction => text.msg_enquiries_wrong(),
        Kind::Missing => text.msg_enquiries_copy_what(),
        Kind::AfterDeath => text.msg_enquiries_dead_what(),
        Kind::LookUp => text.msg_enquiries_look_up_what(),
        Kind::Complaint => text.msg_enquiries_complain_label(),
    }
}

/// The form.
pub(in super::super) fn form(ctx: &Ctx, form: &Form, about: &About) -> Markup {
    let text = ctx.text();
    let errors: Vec<(&str, String)> = form.errors.iter().map(|error| (field(*error), words(text, *error))).collect();
    let intro = match form.kind {
        Kind::Correction | Kind::Complaint => text.msg_enquiries_intro_correction(),
        Kind::Missing => text.msg_enquiries_intro_copy(),
        Kind::AfterDeath => text.msg_enquiries_intro_dead(),
        Kind::LookUp => text.msg_enquiries_intro_look_up(),
    };
    html! {
        (ui::back_link("/requests", &text.msg_enquiries_back()))
        @if !errors.is_empty() { (ui::error_summary(ctx.language, &errors)) }
        (ui::heading(&form_title(text, form.kind, about)))
        (ui::lead(&intro))
        (what_it_is_about(ctx, about))
        (ui::form("/requests/new", &ctx.visitor, html! {
            (ui::hidden_field("kind", form.kind.code()))
            @match about {
                About::Nothing => {}
                About::Item { reference, .. } => (ui::hidden_field("item", reference)),
                About::LookUp { entry, .. } => (ui::hidden_field("entry", &entry.to_string())),
            }
            @if form.kind == Kind::AfterDeath { (deceased(text, form)) }
            (texts(text, form))
            @if *about == About::Nothing { (holder(text, form)) }
            (ui::submit_button(&text.msg_enquiries_submit()))
        }))
    }
}

fn what_it_is_about(ctx: &Ctx, about: &About) -> Markup {
    let text = ctx.text();
    let (what, holder) = match about {
        About::Nothing => return html! {},
        About::Item { resource_type, time, holder, .. } => {
            let time = time.as_deref().and_then(|time| match time.parse() {
                Ok(instant) => Some(dates::date_time(instant, ctx.language)),
                Err(_) => dates::as_exact_as_known(time, ctx.language),
            });
            let parts = [Some(service_name(text, service_of(resource_type.name()))), time];
            (parts.into_iter().flatten().collect::<Vec<_>>().join(", "), holder)
        }
        About::LookUp { at, who, holder, .. } => (format!("{who}, {}", dates::date_time(*at, ctx.language)), holder),
    };
    ui::description_list(&[
        (text.msg_enquiries_about(), html! { (what) }),
        (text.msg_enquiries_to(), html! { (holder_name(text, holder)) }),
    ])
}

/// The kind of information people know a type of resource as.
fn service_of(resource_type: &str) -> Service {
    match resource_type {
        "Appointment" => Service::PrimaryAppointments,
        "Encounter" => Service::Visits,
        "Observation" | "DiagnosticReport" => Service::Results,
        "MedicationRequest" | "MedicationDispense" | "MedicationStatement" => Service::Medicines,
        "Immunization" => Service::Vaccines,
        "ServiceRequest" => Service::Referrals,
        "DocumentReference" | "Composition" | "Condition" | "Procedure" => Service::Record,
        "Patient" | "RelatedPerson" => Service::Person,
        _ => Service::OtherHealth,
    }
}

fn texts(text: &L10nLanguage, form: &Form) -> Markup {
    let wrong = form.error(text, &[FieldError::Wrong, FieldError::TooMany]);
    let right = form.error(text, &[FieldError::Right]);
    let label = question(text, form.kind);
    let help = match form.kind {
        Kind::Missing => text.msg_enquiries_copy_what_help(),
        Kind::AfterDeath => text.msg_enquiries_dead_what_help(),
        Kind::Correction | Kind::Complaint | Kind::LookUp => text.msg_enquiries_wrong_help(),
    };
    html! {
        (ui::text_area(&ui::TextArea {
            id: "wrong", label: &label, help: &help, error: wrong.as_deref(), value: &form.typed.wrong,
        }))
        @if form.kind == Kind::Correction {
            (ui::text_area(&ui::TextArea {
                id: "right",
                label: &text.msg_enquiries_right(),
                help: &text.msg_enquiries_right_help(),
                error: right.as_deref(),
                value: &form.typed.right,
            }))
        }
    }
}

/// Who is dead. Nothing typed here is compared with anything.
fn deceased(text: &L10nLanguage, form: &Form) -> Markup {
    let line = |id: &str, label: &str, help: &str, error: Option<&str>, value: &str, kind| {
        ui::text_field(&ui::TextField { id, label, help, error, value, kind })
    };
    let [name, born, number, relation] = [FieldError::Name, FieldError::Born, FieldError::Number, FieldError::Relation]
        .map(|error| form.error(text, &[error]));
    let [day, month, year] = &form.typed.born;
    let digits = ui::TextKind::Digits;
    let choices = RELATIONS.map(|code| ui::Choice { value: code.to_owned(), label: relation_name(text, code) });
    html! {
        (ui::choice_group(&ui::ChoiceGroup {
            id: "relation",
            legend: &text.msg_enquiries_dead_relation(),
            help: "",
            error: relation.as_deref(),
            chosen: &form.typed.relation,
            groups: vec![ui::Choices { title: String::new(), note: String::new(), choices: choices.to_vec() }],
        }))
        (line("name", &text.msg_enquiries_dead_name(), "", name.as_deref(), &form.typed.name, ui::TextKind::Words))
        fieldset.ds-fieldset aria-describedby=[born.as_ref().map(|_| "born-error")] {
            legend.ds-label { (text.msg_enquiries_dead_born()) }
            p data-field="description" { (text.msg_enquiries_dead_born_help()) }
            @if let Some(error) = &born { p.ds-validation-message #born-error { (error) } }
            div.day {
                (line("day", &text.msg_enquiries_day(), "", None, day, digits))
                (line("month", &text.msg_enquiries_month(), "", None, month, digits))
                (line("year", &text.msg_enquiries_year(), "", None, year, digits))
            }
        }
        (line("number", &text.msg_enquiries_dead_number(), &text.msg_enquiries_dead_number_help(), number.as_deref(), &form.typed.number, digits))
    }
}

pub(super) fn relation_name(text: &L10nLanguage, code: &str) -> String {
    match code {
        "partner" => text.msg_enquiries_relation_partner(),
        "child" => text.msg_enquiries_relation_child(),
        "parent" => text.msg_enquiries_relation_parent(),
        "sibling" => text.msg_enquiries_relation_sibling(),
        _ => text.msg_enquiries_relation_other(),
    }
}

/// The health service: a name, and when several have it, which of them.
fn holder(text: &L10nLanguage, form: &Form) -> Markup {
    let error = form.error(text, &[FieldError::Holder, FieldError::HolderUnknown]);
    let several = form.error(text, &[FieldError::HolderSeveral]);
    let choice = |holder: &Holder| match holder {
        Holder::Organization(id, name) => Some(ui::Choice { value: id.to_string(), label: name.clone() }),
        Holder::Operator | Holder::CountyGovernor | Holder::Other(_) => None,
    };
    let choices: Vec<ui::Choice> = form.offered.iter().filter_map(choice).collect();
    html! {
        (ui::text_field(&ui::TextField {
            id: "holder",
            label: &text.msg_enquiries_holder(),
            help: &text.msg_enquiries_holder_help(),
            error: error.as_deref(),
            value: &form.holder,
            kind: ui::TextKind::Words,
        }))
        @if !choices.is_empty() {
            p { @if form.is_more { (text.msg_enquiries_holder_more()) } @else { (text.msg_enquiries_holder_all()) } }
            (ui::choice_group(&ui::ChoiceGroup {
                id: "chosen",
                legend: &text.msg_enquiries_holder_which(),
                help: "",
                error: several.as_deref(),
                chosen: "",
                groups: vec![ui::Choices { title: String::new(), note: String::new(), choices }],
            }))
        }
    }
}
