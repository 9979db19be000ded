//! Markup of the pages of co-payments.

use jiff::civil::Date;
use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_web::{Tone, dates, ui};

use super::actions::Overview;
use super::amounts::{self, Amounts};
use super::model::{Card, Forecast, NOK, Payment, Refund, Standing};
use super::money::Money;
use super::rules;
use crate::shared::{Ctx, Why, because};

/// Most payments shown before one asks for all.
const MAX_SHOWN: usize = 40;

/// How long a new card stays on the front page.
const CARD_NEWS_DAYS: i32 = 60;

/// What a page is about.
pub(super) struct Shown<'a> {
    /// What is known.
    pub overview: &'a Overview,
    /// The year.
    pub year: i16,
    /// The years there is something to show of.
    pub years: Vec<i16>,
    /// All payments, not only the newest.
    pub all: bool,
}

fn written(ctx: &Ctx, day: Date) -> String {
    dates::as_exact_as_known(&day.to_string(), ctx.language).unwrap_or_default()
}

fn kroner(ctx: &Ctx, money: Money) -> String {
    ctx.text().msg_costs_kroner(money.digits(ctx.language))
}

/// An amount in a currency, by its code (ISO 4217).
fn in_currency(ctx: &Ctx, money: Money, currency: &str) -> String {
    if currency == NOK { kroner(ctx, money) } else { format!("{} {currency}", money.digits(ctx.language)) }
}

/// A number or a day that must not break over two lines.
fn figure(words: &str) -> Markup {
    html! { span.figures { (words) } }
}

/// The first page: what is paid, how far it is, and what comes back. `None` when it could not be fetched.
pub(super) fn own(ctx: &Ctx, shown: Option<&Shown<'_>>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::heading(&text.msg_costs_title()))
        @match shown {
            _ if !why.open => (ui::empty_state(&text.msg_costs_closed(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_costs_missing())),
            Some(shown) => (content(ctx, shown)),
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

fn content(ctx: &Ctx, shown: &Shown<'_>) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let overview = shown.overview;
    let amounts = amounts::of_year(shown.year);
    let standing = rules::standing(overview.known(), shown.year, amounts, today);
    let care = format!("/costs/care?year={}", shown.year);
    let has_payments = rules::of_year(&overview.payments, shown.year).next().is_some();
    html! {
        (standing_part(ctx, shown, standing, amounts))
        (years(ctx, shown, "/costs"))
        (refunds(ctx, shown, amounts))
        @if has_payments {
            (ui::subheading(&text.msg_costs_paid_in(shown.year.to_string())))
            (payments(ctx, shown))
            p { a.ds-link href=(care) { (text.msg_costs_care_link()) } }
        } @else if standing != Standing::Exempt {
            (ui::empty_state(&text.msg_costs_none(shown.year.to_string()), &text.msg_costs_none_help()))
        }
        @if overview.cut { p { (text.msg_costs_cut()) } }
    }
}

/// Where the person stands, in one sentence, and the numbers under it.
fn standing_part(ctx: &Ctx, shown: &Shown<'_>, standing: Standing, amounts: Option<Amounts>) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let year = shown.year.to_string();
    let paid = rules::paid(&shown.overview.payments, shown.year);
    let is_this_year = shown.year == today.year();
    let lead = match standing {
        Standing::Exempt => text.msg_costs_exempt(),
        Standing::NoCeiling => text.msg_costs_no_ceiling(&*year),
        Standing::Below { left } if is_this_year => text.msg_costs_left(kroner(ctx, left)),
        Standing::Below { .. } => text.msg_costs_not_reached(&*year),
        Standing::Reached { on, .. } => text.msg_costs_reached(written(ctx, on)),
        Standing::HasCard { from, until } => text.msg_costs_has_card(written(ctx, from), written(ctx, until)),
    };
    html! {
        (ui::lead(&lead))
        @if let Some(amounts) = amounts.filter(|_| standing != Standing::Exempt) {
            progress.ds-progress max=(amounts.ceiling.as_ore()) value=(paid.min(amounts.ceiling).as_ore())
                aria-label=(text.msg_costs_progress(kroner(ctx, paid), kroner(ctx, amounts.ceiling))) {}
            (ui::description_list(&[
                (text.msg_costs_paid(&*year), figure(&kroner(ctx, paid))),
                (text.msg_costs_ceiling(), figure(&kroner(ctx, amounts.ceiling))),
            ]))
        }
        @match standing {
            Standing::Reached { card_by, .. } if card_by >= today => p { (text.msg_costs_card_by(written(ctx, card_by))) },
            Standing::Reached { .. } => p { (text.msg_costs_card_late()) },
            Standing::HasCard { .. } if is_this_year => (ui::button_row(ui::button_link("/costs/card", &text.msg_costs_card_link()))),
            Standing::Below { .. } if is_this_year => (forecast(ctx, shown, amounts)),
            _ => {}
        }
    }
}

/// How the year ends if it goes on as it has begun.
fn forecast(ctx: &Ctx, shown: &Shown<'_>, amounts: Option<Amounts>) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let forecast = amounts.and_then(|amounts| rules::forecast(&shown.overview.payments, amounts.ceiling, today));
    let month = |day: Date| {
        let text = day.to_string();
        dates::as_exact_as_known(text.get(..7).unwrap_or_default(), ctx.language).unwrap_or_default()
    };
    html! {
        @match forecast {
            Some(Forecast::Reaches(day)) => p { (text.msg_costs_forecast_reaches(month(day))) },
            Some(Forecast::EndsAt(money)) => p { (text.msg_costs_forecast_ends(kroner(ctx, money))) },
            None => p { (text.msg_costs_card_itself()) },
        }
    }
}

/// The other years, as links.
fn years(ctx: &Ctx, shown: &Shown<'_>, path: &str) -> Markup {
    let text = ctx.text();
    html! {
        @if shown.years.len() > 1 {
            nav.other-times aria-label=(text.msg_costs_years()) {
                @for year in &shown.years {
                    @if *year == shown.year { strong aria-current="page" { (year) } } @else {
                        a.ds-link href=(format!("{path}?year={year}")) { (year) }
                    }
                }
            }
        }
    }
}

/// What is paid back of the year, and what should be.
fn refunds(ctx: &Ctx, shown: &Shown<'_>, amounts: Option<Amounts>) -> Markup {
    let text = ctx.text();
    let overview = shown.overview;
    let over = amounts.map(|its| rules::too_much(&overview.payments, &overview.refunds, shown.year, its.ceiling));
    let over = over.filter(|over| over.is_positive());
    let is_of_year = |refund: &&Refund| rules::year_of(refund, &overview.payments) == Some(shown.year);
    let of_year: Vec<&Refund> = overview.refunds.iter().filter(is_of_year).collect();
    html! {
        @if over.is_some() || !of_year.is_empty() {
            (ui::subheading(&text.msg_costs_refunds()))
            @if let Some(over) = over { p { (text.msg_costs_too_much(kroner(ctx, over))) } }
            (ui::list(of_year.into_iter().map(|refund| refund_item(ctx, refund))))
        }
    }
}

fn refund_item(ctx: &Ctx, refund: &Refund) -> Markup {
    let text = ctx.text();
    let detail = match refund.day {
        Some(day) if day <= date_in_norway(ctx.now) => text.msg_costs_refund_paid(written(ctx, day)),
        Some(day) => text.msg_costs_refund_comes(written(ctx, day)),
        None => text.msg_costs_refund_underway(),
    };
    ui::list_item(&ui::ListItem { href: None, title: &kroner(ctx, refund.amount), detail: &detail, tag: None })
}

/// In figures: beside three amounts there is no room for a month written out.
fn day(ctx: &Ctx, payment: &Payment) -> Markup {
    html! { time.figures datetime=(payment.day) { (dates::date_short(payment.day, ctx.language)) } }
}

fn name(ctx: &Ctx, payment: &Payment) -> String {
    if let Some(visit) = payment.visit {
        return visit.name(ctx.text());
    }
    if payment.what.is_empty() { ctx.text().msg_costs_no_name() } else { payment.what.clone() }
}

fn what_and_where(ctx: &Ctx, payment: &Payment) -> Markup {
    html! {
        div {
            (name(ctx, payment))
            @if !payment.place.is_empty() { br; small { (payment.place) } }
        }
    }
}

fn amount(ctx: &Ctx, payment: &Payment, money: Option<Money>) -> Markup {
    match money {
        Some(money) => figure(&in_currency(ctx, money, &payment.currency)),
        None => html! { (ctx.text().msg_costs_unknown()) },
    }
}

fn payments(ctx: &Ctx, shown: &Shown<'_>) -> Markup {
    let text = ctx.text();
    let heads = [text.msg_costs_day(), text.msg_costs_what(), text.msg_costs_own()];
    let most = if shown.all { usize::MAX } else { MAX_SHOWN };
    let rows = rules::of_year(&shown.overview.payments, shown.year).take(most).map(|payment| {
        let own = html! {
            div {
                (amount(ctx, payment, payment.own))
                @if !payment.counts { br; small { (text.msg_costs_not_counted()) } }
            }
        };
        [figure(&written(ctx, payment.day)), what_and_where(ctx, payment), own]
    });
    html! {
        (ui::table(&text.msg_costs_paid_in(shown.year.to_string()), &heads, rows))
        (more(ctx, shown, "/costs"))
    }
}

/// The way to all of them, when not all are shown.
fn more(ctx: &Ctx, shown: &Shown<'_>, path: &str) -> Markup {
    let count = rules::of_year(&shown.overview.payments, shown.year).count();
    let href = format!("{path}?year={}&all=yes", shown.year);
    html! {
        @if !shown.all && count > MAX_SHOWN { p { a.ds-link href=(href) { (ctx.text().msg_costs_all(count)) } } }
    }
}

/// What the care of a year cost, and who paid it.
pub(super) fn care(ctx: &Ctx, shown: Option<&Shown<'_>>, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/costs", &text.msg_costs_back()))
        (ui::heading(&text.msg_costs_care_title()))
        @match shown {
            _ if !why.open => (ui::empty_state(&text.msg_costs_closed(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_costs_missing())),
            Some(shown) => (care_content(ctx, shown)),
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

fn care_content(ctx: &Ctx, shown: &Shown<'_>) -> Markup {
    let text = ctx.text();
    let all: Vec<&Payment> = rules::of_year(&shown.overview.payments, shown.year).collect();
    let heads = [
        text.msg_costs_day(),
        text.msg_costs_what(),
        text.msg_costs_total(),
        text.msg_costs_payer(),
        text.msg_costs_own(),
    ];
    let most = if shown.all { usize::MAX } else { MAX_SHOWN };
    let rows = all.iter().take(most).map(|payment| {
        [
            day(ctx, payment),
            what_and_where(ctx, payment),
            amount(ctx, payment, payment.cost()),
            amount(ctx, payment, payment.payer),
            amount(ctx, payment, payment.own),
        ]
    });
    html! {
        (years(ctx, shown, "/costs/care"))
        @if all.is_empty() {
            (ui::empty_state(&text.msg_costs_none(shown.year.to_string()), &text.msg_costs_none_help()))
        } @else {
            @for currency in currencies(&all) { (sums(ctx, &all, currency)) }
            (ui::table(&text.msg_costs_care_title(), &heads, rows))
            (more(ctx, shown, "/costs/care"))
        }
    }
}

/// The currencies there are, each once.
fn currencies<'a>(all: &[&'a Payment]) -> Vec<&'a str> {
    let mut out: Vec<&str> = all.iter().map(|payment| payment.currency.as_str()).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// The sums of a currency: the whole, what others paid and what the person paid.
fn sums(ctx: &Ctx, all: &[&Payment], currency: &str) -> Markup {
    let text = ctx.text();
    let of = |part: fn(&Payment) -> Option<Money>| -> Money {
        all.iter().filter(|payment| payment.currency == currency).filter_map(|payment| part(payment)).sum()
    };
    let words = |money: Money| figure(&in_currency(ctx, money, currency));
    ui::description_list(&[
        (text.msg_costs_total(), words(of(Payment::cost))),
        (text.msg_costs_payer(), words(of(|payment| payment.payer))),
        (text.msg_costs_own(), words(of(|payment| payment.own))),
    ])
}

/// The exemption card, to show at the counter or print.
pub(super) fn card(ctx: &Ctx, overview: Option<&Overview>, why: &Why) -> Markup {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    html! {
        (ui::back_link("/costs", &text.msg_costs_back()))
        (ui::heading(&text.msg_costs_card()))
        @match overview {
            _ if !why.open => (ui::empty_state(&text.msg_costs_closed(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_costs_missing())),
            Some(overview) => @match rules::card(&overview.cards, today.year()) {
                None => (ui::empty_state(&text.msg_costs_no_card(), &text.msg_costs_card_itself())),
                Some(card) => {
                    article.ds-card { (ui::description_list(&card_facts(ctx, overview, card))) }
                    p { (text.msg_costs_card_help()) }
                }
            },
        }
        @if why.open { (because(ctx, &[*why], None)) }
    }
}

fn card_facts(ctx: &Ctx, overview: &Overview, card: &Card) -> Vec<(String, Markup)> {
    let text = ctx.text();
    let mut facts = Vec::new();
    if let Some(name) = &overview.name {
        facts.push((text.msg_costs_card_name(), html! { (name) }));
    }
    if let Some(born) = overview.born {
        facts.push((text.msg_costs_card_born(), html! { (written(ctx, born)) }));
    }
    facts.push((text.msg_costs_card_from(), html! { (written(ctx, card.from)) }));
    facts.push((text.msg_costs_card_until(), html! { (written(ctx, card.until)) }));
    if let Some(number) = &card.number {
        facts.push((text.msg_costs_card_number(), figure(number)));
    }
    facts
}

/// What is new or to know; nothing when there is neither.
pub(super) fn front_card(ctx: &Ctx, overview: &Overview) -> Option<Markup> {
    let text = ctx.text();
    let today = date_in_norway(ctx.now);
    let amounts = amounts::of_year(today.year());
    let words = match rules::standing(overview.known(), today.year(), amounts, today) {
        Standing::HasCard { from, until } if (today - from).get_days() <= CARD_NEWS_DAYS => {
            Some(("/costs/card", text.msg_costs_has_card(written(ctx, from), written(ctx, until))))
        }
        Standing::Reached { on, .. } => Some(("/costs", text.msg_costs_reached(written(ctx, on)))),
        _ => None,
    };
    let refund = overview.refunds.iter().find(|refund| rules::is_news(refund, today));
    if words.is_none() && refund.is_none() {
        return None;
    }
    Some(html! {
        (ui::subheading(&text.msg_costs_title()))
        @if let Some((href, words)) = words { p { a.ds-link href=(href) { (words) } } }
        @if let Some(refund) = refund { (ui::list(std::iter::once(refund_item(ctx, refund)))) }
    })
}
