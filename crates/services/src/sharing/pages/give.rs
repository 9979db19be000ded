//! The form that gives or changes, and the page that asks once more.

use maud::{Markup, html};
use varde_rights::Areas;
use varde_web::ui::{self, TypedDay};

use super::{area_words, areas, kind_name, lasts};
use crate::l10n::L10nLanguage;
use crate::shared::Ctx;
use crate::sharing::model::{Given, Kind};
use crate::sharing::rules::{COLLECT_ONCE, FieldError, MAX_STANDING, Wish};

/// What stands in the form.
#[derive(Debug, Clone)]
pub(in super::super) struct Form {
    /// What is given.
    pub kind: Kind,
    /// The receiver's national identity number, as typed.
    pub number: String,
    /// The receiver's family name, as typed.
    pub family: String,
    /// Codes of what is chosen.
    pub areas: Vec<String>,
    /// The last day, as typed.
    pub until: TypedDay,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            kind: Kind::Proxy,
            number: String::new(),
            family: String::new(),
            areas: Vec::new(),
            until: TypedDay::default(),
            errors: Vec::new(),
        }
    }
}

impl Form {
    /// What holds now, to be changed.
    pub(in super::super) fn of(given: &Given) -> Self {
        let until = given.until.map(TypedDay::from).unwrap_or_default();
        let chosen = |area| match area {
            Areas::PHARMACY if given.collects_once => COLLECT_ONCE.to_owned(),
            area => code(area),
        };
        Self { kind: given.kind, areas: given.areas.iter().map(chosen).collect(), until, ..Self::default() }
    }

    fn error(&self, text: &L10nLanguage, field: &str) -> Option<String> {
        self.errors.iter().find(|error| error.field() == field).map(|error| error.text(text))
    }
}

impl FieldError {
    const fn field(self) -> &'static str {
        match self {
            Self::NoNumber | Self::Receiver | Self::Already | Self::TooMany => "number",
            Self::NoFamily => "family",
            Self::Areas => "areas",
            Self::NotADay | Self::Until => "until",
        }
    }

    fn text(self, text: &L10nLanguage) -> String {
        match self {
            Self::NoNumber => text.msg_sharing_error_no_number(),
            Self::NoFamily => text.msg_sharing_error_no_family(),
            Self::Receiver => text.msg_sharing_error_receiver(),
            Self::Already => text.msg_sharing_error_already(),
            Self::TooMany => text.msg_sharing_error_many(MAX_STANDING),
            Self::Areas => text.msg_sharing_error_areas(),
            Self::NotADay => text.msg_sharing_error_day(),
            Self::Until => text.msg_sharing_error_until(),
        }
    }
}

fn code(area: Areas) -> String {
    Areas::CODES.into_iter().find(|(its, _)| *its == area).map(|(_, code)| code.to_owned()).unwrap_or_default()
}

/// The title of the page.
pub(in super::super) fn form_title(ctx: &Ctx, form: &Form, old: Option<&Given>) -> String {
    let text = ctx.text();
    match (old, form.kind) {
        (Some(old), _) => text.msg_sharing_change_title(old.receiver_name.as_str()),
        (None, Kind::Proxy | Kind::Assigned) => text.msg_sharing_give_title(),
        (None, Kind::NextOfKin) => text.msg_sharing_give_kin_title(),
    }
}

fn action(old: Option<&Given>) -> String {
    old.map_or_else(|| "/sharing/give".to_owned(), |old| format!("/sharing/{}/change", old.id))
}

/// The form. Of a change the receiver stays.
pub(in super::super) fn form(ctx: &Ctx, form: &Form, old: Option<&Given>) -> Markup {
    let text = ctx.text();
    let summary: Vec<(&str, String)> = form.errors.iter().map(|error| (error.field(), error.text(text))).collect();
    html! {
        (ui::back_link("/sharing", &text.msg_sharing_back()))
        @if !summary.is_empty() { (ui::error_summary(ctx.language, &summary)) }
        (ui::heading(&form_title(ctx, form, old)))
        p { @match form.kind {
            Kind::Proxy | Kind::Assigned => (text.msg_sharing_give_intro()),
            Kind::NextOfKin => (text.msg_sharing_give_kin_intro()),
        } }
        (ui::form(&action(old), &ctx.visitor, html! {
            (ui::hidden_field("kind", form.kind.key()))
            @if old.is_none() { (receiver(text, form)) }
            (ui::check_group(&ui::CheckGroup {
                id: "areas",
                legend: &text.msg_sharing_areas(),
                error: form.error(text, "areas").as_deref(),
                chosen: &form.areas,
                choices: choices(text, form.kind),
            }))
            (ui::day_field(&ui::DayField {
                id: "until",
                legend: &text.msg_sharing_last_day(),
                help: &match form.kind {
                    Kind::Proxy | Kind::Assigned => text.msg_sharing_last_day_help(),
                    Kind::NextOfKin => text.msg_sharing_last_day_kin_help(),
                },
                error: form.error(text, "until").as_deref(),
                value: &form.until,
            }, ctx.language))
            (ui::submit_button(&text.msg_sharing_next()))
        }))
    }
}

/// The areas, and after the medicines that they may be collected just once.
fn choices(text: &L10nLanguage, kind: Kind) -> Vec<ui::Choice> {
    let areas = kind.areas().iter().map(|area| ui::Choice { value: code(*area), label: area_words(text, *area) });
    let once = ui::Choice { value: COLLECT_ONCE.to_owned(), label: text.msg_sharing_area_pharmacy_once() };
    let collects = kind.areas().contains(&Areas::PHARMACY);
    areas.chain(collects.then_some(once)).collect()
}

fn receiver(text: &L10nLanguage, form: &Form) -> Markup {
    html! {
        (ui::text_field(&ui::TextField {
            id: "number",
            label: &text.msg_sharing_number(),
            help: &text.msg_sharing_number_help(),
            error: form.error(text, "number").as_deref(),
            value: &form.number,
            kind: ui::TextKind::Digits,
        }))
        (ui::text_field(&ui::TextField {
            id: "family",
            label: &text.msg_sharing_family(),
            help: "",
            error: form.error(text, "family").as_deref(),
            value: &form.family,
            kind: ui::TextKind::Words,
        }))
    }
}

/// "Is this right?" Nothing has been written yet; all fields go along and are checked again.
pub(in super::super) fn confirm(ctx: &Ctx, form: &Form, wish: &Wish, name: &str, old: Option<&Given>) -> Markup {
    let text = ctx.text();
    let again = |step: &str, button: Markup| {
        ui::form(
            &action(old),
            &ctx.visitor,
            html! {
                (ui::hidden_field("kind", form.kind.key()))
                (ui::hidden_field("number", &form.number))
                (ui::hidden_field("family", &form.family))
                @for code in &form.areas { (ui::hidden_field("areas", code)) }
                (ui::hidden_field("until-day", &form.until.day))
                (ui::hidden_field("until-month", &form.until.month))
                (ui::hidden_field("until-year", &form.until.year))
                (ui::hidden_field("step", step))
                (button)
            },
        )
    };
    html! {
        (ui::heading(&text.msg_sharing_confirm_title()))
        (ui::description_list(&[
            (text.msg_sharing_kind(), html! { (kind_name(text, wish.kind)) }),
            (text.msg_sharing_to(), html! { (name) }),
            (text.msg_sharing_covers(), areas(text, wish.areas, wish.collects_once)),
            (text.msg_sharing_lasts(), html! { (lasts(ctx, wish.areas, wish.collects_once, wish.until)) }),
        ]))
        p { (text.msg_sharing_confirm_text()) }
        (ui::button_row(html! {
            (again("yes", ui::submit_button(&text.msg_sharing_confirm_submit())))
            (again("edit", ui::secondary_button(&text.msg_sharing_confirm_edit())))
        }))
    }
}
