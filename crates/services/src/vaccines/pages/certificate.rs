//! Markup of the certificate: on paper and on a telephone, in the reader's language and in English.

use maud::{Markup, html};
use varde_base::{Language, date_in_norway};
use varde_web::{Tone, dates, ui};

use super::words;
use crate::l10n::{L10nLanguage, text};
use crate::shared::{Ctx, Why, because, vaccine};
use crate::vaccines::actions::Certificate;
use crate::vaccines::card;
use crate::vaccines::model::Dose;

/// The certificate; `None` when there is nothing to certify, or not of whom. What is shown to somebody at a counter comes first: whose it is, and
/// the codes.
pub(in super::super) fn certificate(ctx: &Ctx, made: Option<&Certificate>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/vaccines", &text.msg_vaccines_back()))
        (ui::heading(&text.msg_vaccines_certificate_title()))
        @match made {
            _ if !why.open => (ui::empty_state(&text.msg_vaccines_not_open(), why.sentence)),
            None => (ui::empty_state(&text.msg_vaccines_certificate_none(), &text.msg_vaccines_certificate_none_help())),
            Some(made) => {
                @if let Some(english) = english(ctx) {
                    p.ds-paragraph.lead lang="en" { (english.msg_vaccines_certificate_title()) }
                }
                (content(ctx, made))
            }
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// The English texts, for a reader of another language: those abroad read them.
fn english(ctx: &Ctx) -> Option<&'static L10nLanguage> {
    (ctx.language != Language::En).then(|| text(Language::En))
}

/// Words in the reader's language and in English, once where they are the same.
fn both(ctx: &Ctx, words: impl Fn(&L10nLanguage) -> String) -> String {
    let own = words(ctx.text());
    let english = english(ctx).map(words).filter(|english| *english != own);
    english.map_or_else(|| own.clone(), |english| format!("{own} / {english}"))
}

/// The same, each on a line of its own.
fn in_lines(ctx: &Ctx, words: impl Fn(&L10nLanguage) -> String) -> Markup {
    let own = words(ctx.text());
    let english = english(ctx).map(words).filter(|english| *english != own);
    // One element, since the lines of a cell stand beside its heading on a telephone.
    html! { div { (own) @if let Some(english) = english { br; span lang="en" { (english) } } } }
}

fn content(ctx: &Ctx, made: &Certificate) -> Markup {
    let text = ctx.text();
    let (family, given) = &made.person.name;
    let name = format!("{} {family}", given.join(" "));
    let born = made.person.born;
    let written = dates::as_exact_as_known(&born.to_string(), ctx.language).unwrap_or_default();
    // Figures in the order of ISO 8601 are read in one way everywhere.
    let facts = [
        (both(ctx, L10nLanguage::msg_vaccines_born), html! { (written) " (" (born) ")" }),
        (
            both(ctx, L10nLanguage::msg_vaccines_made),
            html! { (dates::date_time(ctx.now, ctx.language)) " (" (date_in_norway(ctx.now)) ")" },
        ),
    ];
    let heads = [
        both(ctx, L10nLanguage::msg_vaccines_against),
        both(ctx, L10nLanguage::msg_vaccines_vaccine),
        both(ctx, L10nLanguage::msg_vaccines_when),
        both(ctx, L10nLanguage::msg_vaccines_where),
    ];
    let had = both(ctx, L10nLanguage::msg_vaccines_had);
    html! {
        p { strong { (name.trim()) } }
        (codes(ctx, made))
        p { (text.msg_vaccines_codes_help()) }
        @if let Some(english) = english(ctx) { p lang="en" { (english.msg_vaccines_codes_help()) } }
        (ui::description_list(&facts))
        (ui::subheading(&had))
        (ui::table(&had, &heads, made.doses.iter().map(|dose| row(ctx, dose))))
        @match made.only_told {
            0 => {},
            1 => p { (text.msg_vaccines_certificate_told_one()) },
            count => p { (text.msg_vaccines_certificate_told(count)) },
        }
        p { (text.msg_vaccines_print_help()) }
    }
}

fn row(ctx: &Ctx, dose: &Dose) -> [Markup; 4] {
    let against = |text: &L10nLanguage| {
        if dose.diseases.is_empty() { String::new() } else { vaccine::diseases_name(text, &dose.diseases) }
    };
    // The name is the source's, in its own language; its code is read everywhere.
    let code = |(system, code): &(String, String)| Some(format!("{} {code}", vaccine::codes::system_name(system)?));
    let source = [dose.name.clone(), dose.code.as_ref().and_then(code), dose.batch.clone()];
    let source = source.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    [
        in_lines(ctx, against),
        html! {
            div {
                (source)
                @if dose.number.is_some() { (in_lines(ctx, |text| words::dose(text, dose).unwrap_or_default())) }
            }
        },
        html! { span.figures { (dose.day_in_figures().unwrap_or_default()) } },
        html! { (dose.place.as_deref().unwrap_or_default()) },
    ]
}

/// The codes, each with what it holds.
fn codes(ctx: &Ctx, made: &Certificate) -> Markup {
    let text = ctx.text();
    html! {
        @for (first, last, content) in &made.codes {
            @let words = |text: &L10nLanguage| text.msg_vaccines_code(*first, *last, made.doses.len());
            // A figure would be indented from both sides, and cut off on a small telephone.
            div {
                @match card::picture(content, &words(text)) {
                    Ok(picture) => (picture),
                    Err(_) => (ui::alert(Tone::Warning, &text.msg_vaccines_code_missing())),
                }
                (in_lines(ctx, words))
            }
        }
    }
}
