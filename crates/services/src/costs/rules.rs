//! The rules of co-payments, pure: time and amounts are parameters, nothing is fetched (domain.md section 2.8).

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::amounts::{self, Amounts};
use super::model::{Card, Forecast, NOK, Payment, Refund, Standing};
use super::money::Money;

/// Below this age nothing is paid (folketrygdloven § 5-3).
const EXEMPT_BELOW_YEARS: i16 = 16;

/// Before this day of the year nothing is said of how it ends. Assumed.
const FORECAST_FROM_DAY: i16 = 60;

/// Nor with fewer payments than this. Assumed.
const FORECAST_MIN_PAYMENTS: usize = 3;

/// How long after it was paid a refund stays on top of the page.
const REFUND_SHOWN_DAYS: i32 = 60;

/// The payments of a year.
pub(super) fn of_year(payments: &[Payment], year: i16) -> impl Iterator<Item = &Payment> {
    payments.iter().filter(move |payment| payment.day.year() == year)
}

/// What a payment counts towards the ceiling.
fn counted(payment: &Payment) -> Money {
    if payment.counts && payment.currency == NOK { payment.own.unwrap_or_default() } else { Money::ZERO }
}

/// What has been paid towards the ceiling of a year.
pub(super) fn paid(payments: &[Payment], year: i16) -> Money {
    of_year(payments, year).map(counted).sum()
}

/// The day on which the ceiling of a year was reached.
pub(super) fn reached(payments: &[Payment], year: i16, ceiling: Money) -> Option<Date> {
    let mut all: Vec<&Payment> = of_year(payments, year).collect();
    all.sort_by_key(|payment| payment.day);
    let mut sum = Money::ZERO;
    all.into_iter().find_map(|payment| {
        sum = sum.plus(counted(payment));
        (sum >= ceiling).then_some(payment.day)
    })
}

/// Whether nothing is paid on `day` by one born then.
pub(super) fn is_exempt(born: Date, day: Date) -> bool {
    born.checked_add(i32::from(EXEMPT_BELOW_YEARS).years()).is_ok_and(|grown| day < grown)
}

/// The card of a year, the earliest when there are several.
pub(super) fn card(cards: &[Card], year: i16) -> Option<&Card> {
    let is_of_year = |card: &&Card| card.from.year() <= year && card.until.year() >= year;
    cards.iter().filter(is_of_year).min_by_key(|card| card.from)
}

/// What is known of a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    /// All payments that may be seen.
    pub payments: &'a [Payment],
    /// All cards.
    pub cards: &'a [Card],
    /// When the person was born, where it is known.
    pub born: Option<Date>,
}

/// Where a person stands in `year`, as of `today`.
pub(super) fn standing(known: Known<'_>, year: i16, amounts: Option<Amounts>, today: Date) -> Standing {
    // The last day of the year that has come.
    let last = Date::new(year, 12, 31).map_or(today, |last| last.min(today));
    let Some(amounts) = amounts else { return Standing::NoCeiling };
    if let Some(card) = card(known.cards, year) {
        return Standing::HasCard { from: card.from, until: card.until };
    }
    let paid = paid(known.payments, year);
    if let Some(on) = reached(known.payments, year, amounts.ceiling) {
        return Standing::Reached { on, card_by: on.saturating_add(amounts.card_days.days()) };
    }
    if known.born.is_some_and(|born| is_exempt(born, last)) && paid == Money::ZERO {
        return Standing::Exempt;
    }
    Standing::Below { left: amounts.ceiling.less(paid) }
}

/// What was paid above the ceiling of a year and is not decided to be paid back yet.
pub(super) fn too_much(payments: &[Payment], refunds: &[Refund], year: i16, ceiling: Money) -> Money {
    let over = paid(payments, year).less(ceiling);
    let decided: Money =
        refunds.iter().filter(|refund| year_of(refund, payments) == Some(year)).map(|refund| refund.amount).sum();
    over.less(decided).max(Money::ZERO)
}

/// The year a refund is of: that of the payment it answers. Where the source does not say which that is, the year of its decision, but the year
/// before when nothing had been paid above the ceiling of the new one by then: what is paid in December is mostly decided in January.
pub(super) fn year_of(refund: &Refund, payments: &[Payment]) -> Option<i16> {
    let is_answered = |payment: &&Payment| {
        let by_claim = refund.claim.is_some() && payment.claim == refund.claim;
        by_claim || payment.answer.as_ref() == Some(&refund.itself)
    };
    if let Some(payment) = payments.iter().find(is_answered) {
        return Some(payment.day.year());
    }
    let decided = refund.decided.or(refund.day)?;
    let (year, before) = (decided.year(), decided.year() - 1);
    let is_of_before = !is_above(payments, year, decided) && is_above(payments, before, decided);
    Some(if is_of_before { before } else { year })
}

/// Whether more was paid than the ceiling of a year, until `day`.
fn is_above(payments: &[Payment], year: i16, day: Date) -> bool {
    let until: Money = of_year(payments, year).filter(|payment| payment.day <= day).map(counted).sum();
    amounts::of_year(year).is_some_and(|its| until > its.ceiling)
}

/// Whether a refund is still news.
pub(super) fn is_news(refund: &Refund, today: Date) -> bool {
    refund.day.is_none_or(|day| day.saturating_add(REFUND_SHOWN_DAYS.days()) >= today)
}

/// How this year ends if it goes on as it has begun; `None` while it is too early to say, or nothing is left to say.
pub(super) fn forecast(payments: &[Payment], ceiling: Money, today: Date) -> Option<Forecast> {
    let year = today.year();
    let (day, days) = (today.day_of_year(), today.days_in_year());
    let paid = paid(payments, year);
    let count = of_year(payments, year).filter(|payment| counted(payment).is_positive()).count();
    if day < FORECAST_FROM_DAY || count < FORECAST_MIN_PAYMENTS || paid >= ceiling {
        return None;
    }
    // Days from New Year until the ceiling, at the same pace.
    let needed = ceiling.as_ore().checked_mul(i64::from(day))? / paid.as_ore().max(1);
    if needed < i64::from(days) {
        let first = Date::new(year, 1, 1).ok()?;
        let on = first.checked_add(i32::try_from(needed).ok()?.days()).ok()?;
        return Some(Forecast::Reaches(on.max(today)));
    }
    let end = paid.as_ore().checked_mul(i64::from(days))? / i64::from(day);
    Some(Forecast::EndsAt(Money::ore(end).about().min(ceiling)))
}

/// The years there is something to show of, the newest first; this year always.
pub(super) fn years(payments: &[Payment], cards: &[Card], today: Date) -> Vec<i16> {
    let of_cards = cards.iter().map(|card| card.from.year());
    let mut years: Vec<i16> = payments.iter().map(|payment| payment.day.year()).chain(of_cards).collect();
    years.push(today.year());
    years.retain(|year| *year <= today.year());
    years.sort_unstable_by_key(|year| std::cmp::Reverse(*year));
    years.dedup();
    years
}
