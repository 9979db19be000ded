//! What a decision costs: one item, a page of 60, a list of 500, and the filter of a search; for every way people stand to each other.
//!
//! `cargo run --release -p varde-bench --bin rights`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use varde_rights::{
    Action, AgeBand, Areas, Audience, Facts, Item, ItemLabel, Opening, Relation, RuleBook, Service, Standing, Subject,
};

/// The allocator of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often everything is measured; the shortest time counts, since only disturbances make it longer.
const ROUNDS: usize = 200;

/// People who stand to each other in one way, and in two ways with a proxy to be held against what the giver has.
fn people() -> Vec<(&'static str, Facts)> {
    let openings =
        (0..20).map(|n| Opening { referral: format!("r{n}").into(), audience: Audience::Parents, content: true });
    let child = Subject { openings: openings.collect(), ..Subject::of(AgeBand::From13To15) };
    let areas = Areas::REGISTERS.with(Areas::RECORD).with(Areas::SERVICES);
    let proxy = Standing { areas, ..Standing::of(Relation::Proxy) };
    let adult = || Subject::of(AgeBand::Adult);
    vec![
        ("self", Facts::of(adult(), vec![Standing::of(Relation::Myself)])),
        ("parent of 13-15", Facts::of(child, vec![Standing::of(Relation::Parent)])),
        ("guardian and proxy", Facts::of(adult(), vec![Standing::of(Relation::Guardian), proxy])),
        ("treating", Facts::of(adult(), vec![Standing::of(Relation::Treating)])),
        ("source system", Facts::without_subject(Relation::SourceSystem)),
    ]
}

/// Items of every service with every kind of label.
fn items(count: usize) -> Vec<(Service, Item<'static>)> {
    const REFERRALS: [&str; 4] = ["r1", "r7", "r19", "unknown"];
    let labels = [ItemLabel::NONE, ItemLabel::SHARED, ItemLabel::DELAYED, ItemLabel::REFERRED, ItemLabel::NOT_PARENT];
    let services = Service::ALL.into_iter().cycle();
    let labels = labels.into_iter().cycle();
    let referrals = REFERRALS.into_iter().cycle();
    let item = |((service, label), referral)| {
        (service, Item { label, visible_from: Some(Timestamp::UNIX_EPOCH), referral: Some(referral) })
    };
    services.zip(labels).zip(referrals).map(item).take(count).collect()
}

fn shortest(mut work: impl FnMut()) -> Duration {
    (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn main() -> Result<(), varde_rights::BookError> {
    let book = RuleBook::national()?;
    let now = Timestamp::now();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    println!("| who | a page of 60, µs | a list of 500, µs | one item, ns | the filters of a search, µs |");
    println!("|---|---|---|---|---|");
    for (who, facts) in people() {
        let decide = |items: &[(Service, Item<'_>)]| {
            for (service, item) in items {
                black_box(book.decide(black_box(&facts), *service, Action::View, *item, now));
            }
        };
        let (page, list) = (items(60), items(500));
        let (of_page, of_list) = (shortest(|| decide(&page)), shortest(|| decide(&list)));
        let filters = shortest(|| _ = black_box(book.filters(black_box(&facts), Action::View, now)));
        let one = micros(of_list) * 1e3 / 500.0;
        println!("| {who} | {:.1} | {:.1} | {one:.0} | {:.1} |", micros(of_page), micros(of_list), micros(filters));
    }
    Ok(())
}
