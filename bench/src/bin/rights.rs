//! What a decision costs: one item, a page of 60, a list of 500, and the filter of a search, for every way people stand to each other; and
//! what the whole layer, gathering the facts included, adds to a search of 100.
//!
//! `cargo run --release -p varde-bench --bin rights`

#![expect(clippy::print_stdout, reason = "a measurement is read on standard output")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use jiff::Timestamp;
use varde_base::{
    Actor, AssuranceLevel, CitizenActor, NATIONAL_ID_SYSTEM, NationalId, Purpose, ResourceId, SeededRandom,
};
use varde_bench::data;
use varde_fhir::search::{Query, SearchOptions};
use varde_fhir::{BundleKind, BundleWriter, ResourceType, SearchMode};
use varde_rights::{
    Action, AgeBand, Areas, Audience, Facts, Item, ItemLabel, Opening, Relation, RuleBook, Service, Standing, Subject,
};
use varde_store::{Access, Write};

/// The allocator of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often everything is measured; the shortest time counts, since only disturbances make it longer.
const ROUNDS: usize = 200;
/// Observations of a person whose pages are searched.
const OBSERVATIONS: usize = 500;

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

fn main() -> anyhow::Result<()> {
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
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(searches())
}

/// A mother, her child of eight, and somebody she gave a proxy; each with observations enough for many pages.
fn family() -> anyhow::Result<(Vec<Write>, [NationalId; 2])> {
    let number = |serial: u16| (serial..serial + 50).find_map(|serial| NationalId::synthetic(17, 5, 80, serial));
    let [mother, helper] = [number(100).context("a number")?, number(200).context("a number")?];
    let born = jiff::Zoned::now().date().year() - 8;
    let person = |id: &str, born: String| {
        format!(
            r#"{{"resourceType":"Patient","id":"{id}","birthDate":"{born}","address":[{{"use":"home","line":["Storgata 1"],"postalCode":"0153","city":"Oslo","country":"NO"}}]}}"#
        )
    };
    let mut writes = vec![
        data::write(&person("mother", "1980-05-17".to_owned()))?,
        data::write(&person("helper", "1980-05-17".to_owned()))?,
        data::write(&person("child", format!("{born}-01-01")))?,
        data::write(&format!(
            r#"{{"resourceType":"RelatedPerson","id":"of-child","active":true,"patient":{{"reference":"Patient/child"}},"identifier":[{{"system":"{NATIONAL_ID_SYSTEM}","value":"{}"}}],"relationship":[{{"coding":[{{"system":"urn:oid:2.16.578.1.12.4.1.1.7611","code":"FO"}}]}}]}}"#,
            mother.as_str()
        ))?,
        data::write(
            r#"{"resourceType":"Consent","id":"proxy","status":"active","patient":{"reference":"Patient/mother"},"scope":{"coding":[{"code":"patient-privacy"}]},"category":[{"coding":[{"system":"urn:oid:2.16.578.1.12.4.1.1.7611","code":"FU"}]}],"dateTime":"2026-01-01","policyRule":{"text":"proxy"},"provision":{"type":"permit","code":[{"coding":[{"code":"1"}]},{"coding":[{"code":"2"}]},{"coding":[{"code":"3"}]}],"actor":[{"role":{"text":"proxy"},"reference":{"reference":"Patient/helper"}}]}}"#,
        )?,
    ];
    let mut random = SeededRandom::new(1);
    for (patient, name) in ["mother", "child"].into_iter().enumerate() {
        for observed in 0..OBSERVATIONS {
            let made = data::observation(patient, observed, &mut random);
            writes.push(data::write(&made.replace(&format!("Patient/p{patient}\""), &format!("Patient/{name}\"")))?);
        }
    }
    Ok((writes, [mother, helper]))
}

/// Times a FHIR search of 100, from its parameters to the bytes of the Bundle, with and without the layer; the log is left out of both.
async fn searches() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let store = data::open(directory.path())?;
    let (writes, [mother, helper]) = family()?;
    for batch in writes.chunks(500) {
        store.bulk("bench", batch.to_vec(), None).await?;
    }
    println!(
        "\n| `Observation?patient=X&_count=100` as | without rights, µs | with rights, µs | more |\n|---|---|---|---|"
    );
    let parts = store.bench_parts();
    for (who, access, patient) in [
        ("a program", data::system(), "mother"),
        ("health personnel", data::treating(), "mother"),
        ("the person", of(citizen("mother", &mother)?), "mother"),
        ("a proxy", of(citizen("helper", &helper)?), "mother"),
        ("a parent", of(citizen("mother", &mother)?), "child"),
    ] {
        let (mut without, mut with) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS * 10 {
            let begun = Instant::now();
            let all = parts.search(&query(patient)?).await?;
            let all = (all.len(), bundle(&all));
            without = without.min(begun.elapsed());
            let begun = Instant::now();
            let seen = parts.search_with_rights(&access, &query(patient)?).await?;
            let seen = (seen.len(), bundle(&seen));
            with = with.min(begun.elapsed());
            anyhow::ensure!(all.0 == 100 && seen == all, "{who} sees {} of {}", seen.0, all.0);
        }
        let [without, with] = [without, with].map(|time| time.as_secs_f64() * 1e6);
        println!("| {who} | {without:.1} | {with:.1} | {:.1} % |", (with / without - 1.0) * 100.0);
    }
    Ok(store.close().await?)
}

fn of(actor: Actor) -> Access {
    Access { actor, purpose: Purpose::Treatment, acting_for: None, interaction: "bench" }
}

fn citizen(patient: &str, national_id: &NationalId) -> anyhow::Result<Actor> {
    let (patient, national_id) = (patient.parse()?, national_id.clone());
    Ok(Actor::Citizen(CitizenActor { patient, national_id, name: "bench".into(), level: AssuranceLevel::High }))
}

fn query(patient: &str) -> anyhow::Result<Query> {
    let options = SearchOptions { max_count: 100, default_count: 20, lenient: false, now: Timestamp::now() };
    let pairs = [("patient", patient), ("_count", "100")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let kind = ResourceType::from_name("Observation").context("a type")?;
    varde_fhir::search::parse(kind, &pairs, &options).map_err(|error| anyhow::anyhow!("{error:?}"))
}

fn bundle(found: &[(ResourceId, Bytes)]) -> Vec<u8> {
    let mut bundle = BundleWriter::new(BundleKind::Searchset, None, &[]);
    for (id, body) in found {
        bundle.search_entry(Some(&format!("http://bench/Observation/{id}")), body, SearchMode::Match);
    }
    bundle.finish()
}
