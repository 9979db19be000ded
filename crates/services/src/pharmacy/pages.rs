//! Markup of the page at the counter.

use maud::{Markup, html};
use varde_store::Collects;
use varde_web::{Tone, dates, ui};

use super::rules::FieldError;
use crate::l10n::L10nLanguage;
use crate::shared::Ctx;

/// The form, as it was sent, and what came of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    /// The number of the one whose medicines they are, as typed.
    pub giver: String,
    /// That of the one who collects.
    pub receiver: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// So many have been asked about that it must wait.
    pub too_often: bool,
    /// The answer.
    pub answer: Option<Collects>,
}

impl FieldError {
    const fn field(self) -> &'static str {
        match self {
            Self::Giver => "giver",
            Self::Receiver | Self::Same => "receiver",
        }
    }

    fn text(self, text: &L10nLanguage) -> String {
        match self {
            Self::Giver => text.msg_pharmacy_error_giver(),
            Self::Receiver => text.msg_pharmacy_error_receiver(),
            Self::Same => text.msg_pharmacy_error_same(),
        }
    }
}

/// Two numbers, and the answer to those before.
pub(super) fn counter(ctx: &Ctx, pharmacy: &str, form: &Form) -> Markup {
    let text = ctx.text();
    let summary: Vec<(&str, String)> = form.errors.iter().map(|error| (error.field(), error.text(text))).collect();
    let error = |field: &str| form.errors.iter().find(|error| error.field() == field).map(|error| error.text(text));
    html! {
        @if !summary.is_empty() { (ui::error_summary(ctx.language, &summary)) }
        @if form.too_often { (ui::alert(Tone::Warning, &text.msg_pharmacy_too_often())) }
        @if let Some(answer) = form.answer { (answered(ctx, answer)) }
        (ui::heading(&text.msg_pharmacy_title()))
        (ui::lead(&text.msg_pharmacy_at(pharmacy)))
        (ui::form("/pharmacy/check", &ctx.visitor, html! {
            (number("giver", &text.msg_pharmacy_giver(), "", error("giver").as_deref(), &form.giver))
            (number("receiver", &text.msg_pharmacy_receiver(), &text.msg_pharmacy_receiver_help(),
                error("receiver").as_deref(), &form.receiver))
            (ui::submit_button(&text.msg_pharmacy_submit()))
        }))
        p { (text.msg_pharmacy_logged()) }
    }
}

fn number(id: &str, label: &str, help: &str, error: Option<&str>, value: &str) -> Markup {
    ui::text_field(&ui::TextField { id, label, help, error, value, kind: ui::TextKind::Digits })
}

/// Yes with the last day, or no with what to do instead.
fn answered(ctx: &Ctx, answer: Collects) -> Markup {
    let text = ctx.text();
    match answer {
        Collects::Yes { until } => {
            let day = until.and_then(|day| dates::as_exact_as_known(&day.to_string(), ctx.language));
            let words = day.map_or_else(|| text.msg_pharmacy_yes_no_end(), |day| text.msg_pharmacy_yes_until(day));
            ui::confirmation(&text.msg_pharmacy_yes(), &words)
        }
        Collects::No => html! {
            div role="status" tabindex="-1" {
                (ui::alert(Tone::Warning, &format!("{}. {}", text.msg_pharmacy_no(), text.msg_pharmacy_no_help())))
            }
        },
    }
}
