//! The list of medicines in use, what has been collected, and the copy that works without a network.

use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use varde_base::date_in_norway;
use varde_web::{Tone, dates, ui};

use super::details::dispensing;
use super::{left_and_until, name, written};
use crate::medicines::actions::Overview;
use crate::medicines::model::{Medicine, Use};
use crate::medicines::rules;
use crate::shared::{Ctx, Why, because, by_year};

/// Most dispensings on one page; older ones are on the page of their prescription.
const MAX_DISPENSINGS: usize = 100;

/// Style of the copy, which has no other file beside it.
const COPY_STYLE: &str = ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:1.5rem auto;padding:0 1rem}\
    table{border-collapse:collapse;width:100%}th,td{text-align:start;overflow-wrap:anywhere;vertical-align:top;padding:.4rem .6rem .4rem 0;\
    border-bottom:1px solid #767676}th{font-weight:600}p{margin:.2rem 0}td>p:first-child{margin-top:0}@media print{body{margin:0}}";

/// The list of medicines: name, how to take it, what it is for.
pub(in super::super) fn in_use(ctx: &Ctx, medicines: Option<&[Medicine]>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/medicines", &text.msg_medicines_back()))
        (ui::heading(&text.msg_medicines_use_title()))
        @match medicines {
            _ if !why.open => (ui::empty_state(&text.msg_medicines_closed(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_medicines_missing())),
            Some(medicines) => (uses(ctx, medicines)),
        }
        (because(ctx, &[*why], None))
    }
}

fn uses(ctx: &Ctx, medicines: &[Medicine]) -> Markup {
    let text = ctx.text();
    let (stopped, standing): (Vec<&Medicine>, Vec<&Medicine>) =
        medicines.iter().partition(|medicine| medicine.state == Use::Stopped);
    html! {
        (ui::lead(&text.msg_medicines_use_intro()))
        @if standing.is_empty() {
            (ui::empty_state(&text.msg_medicines_use_none(), &text.msg_medicines_use_none_help()))
        } @else {
            (ui::list(standing.iter().map(|medicine| medicine_item(ctx, medicine))))
            (ui::button_row(ui::secondary_link("/medicines/copy", &text.msg_medicines_copy_link())))
            p { (text.msg_medicines_copy_help()) }
        }
        @if let Some(words) = reviewed(ctx, medicines) { p { (words) } }
        @if !stopped.is_empty() {
            (ui::disclosure(&text.msg_medicines_use_stopped(stopped.len()),
                &ui::list(stopped.iter().map(|medicine| medicine_item(ctx, medicine)))))
        }
    }
}

fn medicine_item(ctx: &Ctx, medicine: &Medicine) -> Markup {
    let text = ctx.text();
    let mut detail = medicine.dose.lines(text, ctx.language);
    detail.extend(medicine.reason.clone());
    detail.extend(medicine.in_dose_bags.then(|| text.msg_medicines_dose_bags()));
    ui::list_item(&ui::ListItem {
        href: None,
        title: &name(text, &medicine.name),
        detail: &detail.join(" · "),
        tag: match medicine.state {
            Use::Current => None,
            Use::Paused => Some((Tone::Neutral, text.msg_medicines_tag_paused())),
            Use::Stopped => Some((Tone::Neutral, text.msg_medicines_tag_stopped())),
        },
    })
}

/// When somebody last went through the list with the person, and who.
fn reviewed(ctx: &Ctx, medicines: &[Medicine]) -> Option<String> {
    let latest =
        medicines.iter().filter(|medicine| medicine.reviewed.is_some()).max_by_key(|its| its.reviewed.clone())?;
    let when = dates::as_exact_as_known(latest.reviewed.as_deref()?, ctx.language)?;
    Some(match &latest.reviewed_by {
        Some(by) => ctx.text().msg_medicines_reviewed_by(when, by.as_str()),
        None => ctx.text().msg_medicines_reviewed(when),
    })
}

/// What pharmacies have given out, the latest first.
pub(in super::super) fn collected(ctx: &Ctx, overview: Option<&Overview>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/medicines", &text.msg_medicines_back()))
        (ui::heading(&text.msg_medicines_collected_title()))
        @match overview {
            _ if !why.open => (ui::empty_state(&text.msg_medicines_closed(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_medicines_missing())),
            Some(overview) if overview.dispensings.is_empty() => {
                (ui::empty_state(&text.msg_medicines_collected_none(), &text.msg_medicines_collected_none_help()))
            }
            Some(overview) => {
                @let shown = overview.dispensings.get(..MAX_DISPENSINGS).unwrap_or(&overview.dispensings);
                @for (year, group) in by_year(shown, rules::year_of) {
                    (ui::subheading(&year.map_or_else(|| text.msg_medicines_no_date(), |year| year.to_string())))
                    (ui::list(group.into_iter().map(|its| dispensing(ctx, its, true))))
                }
                @if overview.dispensings.len() > MAX_DISPENSINGS {
                    p { (text.msg_medicines_collected_cut(MAX_DISPENSINGS)) }
                }
            }
        }
        (because(ctx, &[*why], None))
    }
}

/// A file of its own: medicines in use and prescriptions, with whose they are and of which day.
pub(in super::super) fn copy(ctx: &Ctx, born: Option<Date>, medicines: &[Medicine], overview: &Overview) -> Markup {
    let text = ctx.text();
    let of = ctx.visitor.acting_for.as_ref().map_or(&*ctx.visitor.actor.name, |person| &*person.name);
    let today = date_in_norway(ctx.now);
    let around = overview.around();
    let current = overview.prescriptions.iter().filter(|one| rules::is_current(one, around, today));
    html! {
        (DOCTYPE)
        html lang=(ctx.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (text.msg_medicines_use_title()) }
                style { (PreEscaped(COPY_STYLE)) }
            }
            body {
                main {
                    h1 { (text.msg_medicines_use_title()) }
                    @if let Some(born) = born { p { (text.msg_medicines_copy_born(written(ctx, born))) } }
                    p { (text.msg_medicines_copy_of(of, dates::date_time(ctx.now, ctx.language))) }
                    table {
                        thead { tr {
                            th scope="col" { (text.msg_medicines_medicine()) }
                            th scope="col" { (text.msg_medicines_dose()) }
                            th scope="col" { (text.msg_medicines_reason()) }
                        } }
                        tbody {
                            @for medicine in medicines.iter().filter(|medicine| medicine.state != Use::Stopped) {
                                tr {
                                    td { (name(text, &medicine.name))
                                        @if medicine.state == Use::Paused { p { (text.msg_medicines_tag_paused()) } }
                                        @if medicine.in_dose_bags { p { (text.msg_medicines_dose_bags()) } } }
                                    td { (medicine.dose.markup(text, ctx.language)) }
                                    td { (medicine.reason.as_deref().unwrap_or_default()) }
                                }
                            }
                        }
                    }
                    h2 { (text.msg_medicines_current()) }
                    ul {
                        @for one in current {
                            li { (name(text, &one.name)) " – " (left_and_until(ctx, overview, one)) }
                        }
                    }
                    p { (text.msg_medicines_copy_old()) }
                }
            }
        }
    }
}
