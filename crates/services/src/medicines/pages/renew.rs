//! The form that asks for renewal of one or several.

use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_web::ui;

use super::details::why_not;
use super::{May, left_and_until, name};
use crate::medicines::actions::Overview;
use crate::medicines::model::{Office, Prescription};
use crate::medicines::rules::{self, NotRenewable};
use crate::shared::{Ctx, Why, because};

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Form {
    /// The prescriptions that are ticked.
    pub chosen: Vec<String>,
    /// The message, as typed.
    pub message: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum FieldError {
    /// No prescription is ticked.
    NoneChosen,
    /// Too many are.
    TooMany,
    /// The message has this many characters.
    MessageTooLong(usize),
    /// This one cannot be renewed from here.
    NotRenewable(String, NotRenewable),
    /// Nobody is known to ask.
    NoOffice,
}

impl FieldError {
    const fn field(&self) -> &'static str {
        match self {
            Self::MessageTooLong(_) => "message",
            _ => "prescription",
        }
    }

    fn words(&self, ctx: &Ctx) -> String {
        let text = ctx.text();
        match self {
            Self::NoneChosen => text.msg_medicines_error_none(),
            Self::TooMany => text.msg_medicines_error_many(rules::MAX_CHOSEN),
            Self::MessageTooLong(count) => text.msg_medicines_error_message(*count, rules::MESSAGE_MAX_CHARS),
            Self::NotRenewable(of, why) => format!("{}: {}", name(text, of), why_not(ctx, *why)),
            Self::NoOffice => text.msg_medicines_error_office(),
        }
    }
}

/// The form: those that can be renewed, each with what is left of it; then those that cannot, with why.
pub(in super::super) fn renew(
    ctx: &Ctx,
    overview: &Overview,
    office: Option<&Office>,
    form: &Form,
    may: May,
) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let around = overview.around();
    let mut renewable: Vec<&Prescription> =
        overview.prescriptions.iter().filter(|one| rules::may_renew(one, around, today).is_ok()).collect();
    renewable.sort_by_key(|one| rules::renewal_order(one, &overview.dispensings, today));
    let summary: Vec<(&str, String)> = form.errors.iter().map(|error| (error.field(), error.words(ctx))).collect();
    html! {
        (ui::back_link("/medicines", &text.msg_medicines_back()))
        @if !summary.is_empty() { (ui::error_summary(ctx.language, &summary)) }
        (ui::heading(&text.msg_medicines_renew_title()))
        @if renewable.is_empty() {
            (ui::empty_state(&text.msg_medicines_renew_none(), &text.msg_medicines_renew_none_help()))
            @if may.book {
                (ui::button_row(ui::secondary_link("/appointments/book", &text.msg_medicines_book_link())))
            }
        } @else {
            @if let Some(office) = office { p { (text.msg_medicines_renew_to(office.name.as_str())) } }
            (fields(ctx, overview, &renewable, form))
        }
        (not_here(ctx, overview))
    }
}

fn fields(ctx: &Ctx, overview: &Overview, renewable: &[&Prescription], form: &Form) -> Markup {
    let text = ctx.text();
    let error = |field: &str| form.errors.iter().find(|error| error.field() == field).map(|error| error.words(ctx));
    let (of_prescription, of_message) = (error("prescription"), error("message"));
    let choices = renewable.iter().take(rules::MAX_CHOSEN).map(|one| ui::Choice {
        value: one.id.to_string(),
        label: format!("{} – {}", name(text, &one.name), left_and_until(ctx, overview, one)),
    });
    ui::form(
        "/medicines/renew",
        &ctx.visitor,
        html! {
            (ui::check_group(&ui::CheckGroup {
                id: "prescription",
                legend: &text.msg_medicines_renew_choose(),
                error: of_prescription.as_deref(),
                chosen: &form.chosen,
                choices: choices.collect(),
            }))
            (ui::text_area(&ui::TextArea {
                id: "message",
                label: &text.msg_medicines_renew_message(),
                help: &text.msg_medicines_renew_message_help(rules::MESSAGE_MAX_CHARS),
                error: of_message.as_deref(),
                value: &form.message,
            }))
            p { (text.msg_medicines_renew_urgent()) }
            (ui::button_row(ui::submit_button(&text.msg_medicines_renew_submit())))
        },
    )
}

/// Those of now that cannot be renewed here, so that nobody looks for them in vain.
fn not_here(ctx: &Ctx, overview: &Overview) -> Markup {
    let today = date_in_norway(ctx.now);
    let around = overview.around();
    let others: Vec<(&Prescription, NotRenewable)> = overview
        .prescriptions
        .iter()
        .filter(|one| rules::is_current(one, around, today))
        .filter_map(|one| Some((one, rules::may_renew(one, around, today).err()?)))
        .collect();
    html! {
        @if !others.is_empty() {
            (ui::subheading(&ctx.text().msg_medicines_renew_others()))
            (ui::list(others.iter().map(|(one, why)| ui::list_item(&ui::ListItem {
                href: Some(&format!("/medicines/{}", one.id)),
                title: &name(ctx.text(), &one.name),
                detail: &why_not(ctx, *why),
                tag: None,
            }))))
        }
    }
}

/// Nobody is shown a form that they may not send; the page says who can help instead.
pub(in super::super) fn not_allowed(ctx: &Ctx, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/medicines", &text.msg_medicines_back()))
        (ui::heading(&text.msg_medicines_not_allowed()))
        p { (text.msg_medicines_not_allowed_help()) }
        (because(ctx, &[*why], None))
    }
}
