//! Markup of the certificate: on paper and on a telephone, in the reader's language and in English.

use maud::{Markup, html};
use varde_base::Language;
use varde_web::{Tone, dates, ui};

use super::words;
use crate::l10n::{L10nLanguage, text};
use crate::shared::{Ctx, Why, because};
use crate::vaccines::actions::Certificate;
use crate::vaccines::card;
use crate::vaccines::model::Dose;

/// The certificate; `None` when there is nothing to certify, or not of whom.
pub(in super::super) fn certificate(ctx: &Ctx, made: Option<&Certificate>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/vaccines", &text.msg_vaccines_back()))
        (ui::heading(&both(ctx, L10nLanguage::msg_vaccines_certificate_title)))
        @match made {
            _ if !why.open => (ui::empty_state(&text.msg_vaccines_not_open(), why.sentence)),
            None => (ui::empty_state(&text.msg_vaccines_certificate_none(), &text.msg_vaccines_certificate_none_help())),
            Some(made) => (content(ctx, made)),
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

/// Words in the reader's language and in English, for those abroad.
fn both(ctx: &Ctx, words: impl Fn(&L10nLanguage) -> String) -> String {
    let own = words(ctx.text());
    if ctx.language == Language::En { own } else { format!("{own} / {}", words(text(Language::En))) }
}

fn content(ctx: &Ctx, made: &Certificate) -> Markup {
    let text = ctx.text();
    let (family, given) = &made.person.name;
    let name = format!("{} {family}", given.join(" "));
    let born = dates::as_exact_as_known(&made.person.born.to_string(), ctx.language).unwrap_or_default();
    let facts = [
        (both(ctx, L10nLanguage::msg_vaccines_name), html! { (name.trim()) }),
        (both(ctx, L10nLanguage::msg_vaccines_born), html! { (born) " (" (made.person.born) ")" }),
        (both(ctx, L10nLanguage::msg_vaccines_made), html! { (dates::date_time(ctx.now, ctx.language)) }),
    ];
    let heads = [
        both(ctx, L10nLanguage::msg_vaccines_against),
        both(ctx, L10nLanguage::msg_vaccines_vaccine),
        both(ctx, L10nLanguage::msg_vaccines_when),
        both(ctx, L10nLanguage::msg_vaccines_where),
    ];
    html! {
        (ui::description_list(&facts))
        (ui::table(&text.msg_vaccines_had(), &heads, made.doses.iter().map(|dose| row(ctx, dose))))
        @match made.only_told {
            0 => {},
            1 => p { (text.msg_vaccines_certificate_told_one()) },
            count => p { (text.msg_vaccines_certificate_told(count)) },
        }
        (ui::subheading(&both(ctx, L10nLanguage::msg_vaccines_codes)))
        p { (text.msg_vaccines_codes_help()) }
        (codes(ctx, made))
        p { (text.msg_vaccines_print_help()) }
    }
}

fn row(ctx: &Ctx, dose: &Dose) -> [Markup; 4] {
    let english = text(Language::En);
    let against = |text| if dose.diseases.is_empty() { String::new() } else { words::diseases(text, &dose.diseases) };
    let number = words::dose(ctx.text(), dose);
    let vaccine: Vec<String> = [dose.name.clone(), number, dose.batch.clone()].into_iter().flatten().collect();
    [
        html! { (against(ctx.text())) @if ctx.language != Language::En { br; span lang="en" { (against(english)) } } },
        html! { (vaccine.join(" · ")) },
        html! { (dose.day_in_figures().unwrap_or_default()) },
        html! { (dose.place.as_deref().unwrap_or_default()) },
    ]
}

/// The codes, each with what it holds when there are several.
fn codes(ctx: &Ctx, made: &Certificate) -> Markup {
    let text = ctx.text();
    html! {
        @for (first, last, content) in &made.codes {
            @let words = text.msg_vaccines_code(*first, *last, made.doses.len());
            // A figure would be indented from both sides, and cut off on a small telephone.
            div {
                @match card::picture(content, &words) {
                    Ok(picture) => (picture),
                    Err(_) => (ui::alert(Tone::Warning, &text.msg_vaccines_code_missing())),
                }
                p { (words) }
            }
        }
    }
}
