//! What a citizen has paid for care this year and last: follows from the care that was drawn, and draws nothing itself.

use jiff::civil::Date;
use serde_json::Value;

use crate::calendar::add_days;
use crate::people::Citizen;
use crate::resources::Resource;
use crate::resources::cost::{Paid, card, payment, refund};

/// Nothing is paid below this age.
const PAYS_FROM_AGE: i32 = 16;
/// The ceiling of a year, in øre; near enough for every year.
const CEILING: i64 = 327_800;
/// How soon the card comes, and how soon after it what was paid too much is decided on, in days.
const CARD_DAYS: i32 = 12;
const REFUND_DAYS: i32 = 20;
/// What a visit costs the citizen and in all, in øre: general practice by the tariff of 2024, outpatient clinic assumed.
const GP: (i64, i64) = (17_000, 42_300);
const CLINIC: (i64, i64) = (38_600, 214_000);

/// Co-payments of this year and last, with the card and the refund where the ceiling was reached.
pub(crate) fn costs(citizen: &Citizen, care: &[Resource], today: Date) -> Vec<Resource> {
    let mut all: Vec<Paid<'_>> = care.iter().filter_map(|resource| paid(citizen, resource)).collect();
    all.retain(|its| its.day < today && its.day.year() >= today.year() - 1);
    all.retain(|its| citizen.age(its.day) >= PAYS_FROM_AGE);
    all.sort_by(|a, b| (a.day, &a.id).cmp(&(b.day, &b.id)));
    let mut out = Vec::with_capacity(all.len());
    for year in [today.year() - 1, today.year()] {
        let mut of_year: Vec<&mut Paid<'_>> = all.iter_mut().filter(|its| its.day.year() == year).collect();
        let from = card_from(&of_year).filter(|from| *from <= today);
        for its in &mut of_year {
            if from.is_some_and(|from| its.day >= from) {
                its.own = 0;
            }
        }
        let sum: i64 = of_year.iter().map(|its| its.own).sum();
        out.extend(of_year.iter().map(|its| payment(its)));
        if let Some(from) = from {
            out.push(card(citizen, from));
            let decided = add_days(from, REFUND_DAYS);
            if sum > CEILING && decided <= today && decided.year() == year {
                out.push(refund(citizen, decided, sum - CEILING));
            }
        }
    }
    out
}

/// The day a card holds from: some days after the ceiling is reached, in the same year.
fn card_from(of_year: &[&mut Paid<'_>]) -> Option<Date> {
    let mut sum = 0;
    let reached = of_year.iter().find_map(|its| {
        sum += its.own;
        (sum >= CEILING).then_some(its.day)
    })?;
    Some(add_days(reached, CARD_DAYS)).filter(|from| from.year() == reached.year())
}

/// What a visit or a medicine cost; `None` for what costs nothing.
fn paid<'a>(citizen: &'a Citizen, resource: &Resource) -> Option<Paid<'a>> {
    let kind = resource.resource_type();
    if !matches!(kind, "Encounter" | "MedicationDispense") {
        return None;
    }
    let json: Value = serde_json::from_slice(resource.json()).ok()?;
    let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let id = format!("{}-payment", resource.id());
    let day = |pointer| text(pointer)?.get(..10)?.parse::<Date>().ok();
    if kind == "MedicationDispense" {
        let what = text("/medicationCodeableConcept/text")?;
        // A price of its own for each medicine, the same every time; half of it is paid by the citizen.
        let total = 14_000 + i64::from(what.bytes().map(u32::from).sum::<u32>() % 500) * 100;
        let provider = (text("/performer/0/actor/reference")?, text("/performer/0/actor/display")?);
        let day = day("/whenHandedOver")?;
        return Some(Paid { id, citizen, day, what, provider, kind: "pharmacy", own: total / 2, total });
    }
    let practitioner = text("/participant/0/individual/reference")?;
    let (what, (own, total)) = if practitioner.starts_with("Practitioner/gp-") {
        ("Time hos fastlegen", GP)
    } else if practitioner.starts_with("Practitioner/specialist-") {
        ("Time på poliklinikk", CLINIC)
    } else {
        return None;
    };
    let provider = (text("/serviceProvider/reference")?, text("/serviceProvider/display")?);
    let day = day("/period/start")?;
    Some(Paid { id, citizen, day, what: what.to_owned(), provider, kind: "professional", own, total })
}
