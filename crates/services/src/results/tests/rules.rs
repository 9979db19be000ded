use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::model::{Flag, Kind};
use super::super::rules::{
    Choice, Counts, Newest, band, counts, drawn, instant, is_measurement, is_news, level, shown_before, year,
};
use super::{finding, observation, report};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ranged(value: f64, range: Value) -> Value {
    observation("o", "1-1", value, json!({"referenceRange": [range]}))
}

#[test]
fn a_value_is_compared_to_the_usual_where_the_source_says_nothing() {
    let unit = |value: f64| json!({"value": value, "unit": "mmol/L"});
    let both = json!({"low": unit(3.6), "high": unit(4.6)});
    for (value, range, expected) in [
        (4.0, both.clone(), Some(Flag::Within)),
        (3.6, both.clone(), Some(Flag::Within)),
        (4.6, both.clone(), Some(Flag::Within)),
        (3.5, both.clone(), Some(Flag::Low)),
        (4.7, both.clone(), Some(Flag::High)),
        (4.7, json!({"low": unit(3.6)}), Some(Flag::Within)),
        (4.7, json!({"high": unit(4.6)}), Some(Flag::High)),
        (4.7, json!({"high": {"value": 4.6, "unit": "mg/dL"}}), None),
        (4.7, json!({"text": "negativ"}), None),
        (4.7, json!({"high": unit(4.6), "appliesTo": [{"text": "Gravide"}]}), None),
    ] {
        assert_eq!(level(&finding(&ranged(value, range.clone()))), expected, "{value} {range}");
    }
}

#[test]
fn of_ranges_for_all_ages_none_is_taken_for_the_person_s() {
    let unit = |value: f64| json!({"value": value, "unit": "mmol/L"});
    let year = |years: u32| json!({"value": years, "unit": "a"});
    let child = json!({"low": unit(1.0), "high": unit(2.0), "age": {"high": year(12)}});
    let adult = json!({"low": unit(3.0), "high": unit(5.0), "age": {"low": year(12)}});
    let level_of = |ranges: Value, more: Value| {
        let mut body = observation("o", "1-1", 4.0, json!({"referenceRange": ranges}));
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        level(&finding(&body))
    };
    assert_eq!(level_of(json!([child, adult]), json!({})), None, "a grown-up is not compared to children");
    assert_eq!(level_of(json!([adult]), json!({})), Some(Flag::Within), "the only one is the person's");
    let said = json!({"interpretation": [{"coding": [{"code": "N"}]}]});
    assert_eq!(level_of(json!([child, adult]), said), Some(Flag::Within), "the laboratory knows");
}

#[test]
fn less_than_says_no_more_than_it_says() {
    let range = |low: Option<f64>, high: Option<f64>| {
        let unit = |value: f64| json!({"value": value, "unit": "mmol/L"});
        json!({"low": low.map(unit), "high": high.map(unit)})
    };
    for (comparator, value, low, high, expected) in [
        ("<", 5.0, None, Some(5.0), Some(Flag::Within)),
        ("<", 5.0, Some(5.0), None, Some(Flag::Low)),
        ("<", 5.0, Some(1.0), Some(10.0), None),
        (">", 100.0, None, Some(5.0), Some(Flag::High)),
        (">", 60.0, Some(60.0), None, Some(Flag::Within)),
        (">", 4.0, Some(1.0), Some(10.0), None),
    ] {
        let mut body = ranged(value, range(low, high));
        body["valueQuantity"]["comparator"] = comparator.into();
        assert_eq!(level(&finding(&body)), expected, "{comparator} {value} {low:?} {high:?}");
    }
}

#[test]
fn what_the_source_says_stands_above_our_own_comparison() {
    let mut body = ranged(9.0, json!({"high": {"value": 5.0, "unit": "mmol/L"}}));
    body["interpretation"] = json!([{"coding": [{"code": "N"}]}]);
    assert_eq!(level(&finding(&body)), Some(Flag::Within));
    body["status"] = "cancelled".into();
    assert_eq!(level(&finding(&body)), None);
}

#[test]
fn a_report_is_counted_by_its_values_and_their_parts() {
    let flagged = |code: &str| json!({"interpretation": [{"coding": [{"code": code}]}]});
    let findings = [
        finding(&observation("a", "1-1", 1.0, flagged("N"))),
        finding(&observation("b", "1-2", 1.0, flagged("H"))),
        finding(&observation("c", "1-3", 1.0, flagged("R"))),
        finding(
            &json!({"status": "final", "code": {}, "valueString": "E. coli", "interpretation": [{"coding": [{"code": "A"}]}]}),
        ),
        finding(&observation(
            "d",
            "1-4",
            1.0,
            json!({"component": [{"code": {}, "valueQuantity": {"value": 1}, "interpretation": [{"coding": [{"code": "LL"}]}]}]}),
        )),
    ];
    assert_eq!(counts(findings.iter()), Counts { compared: 3, outside: 2 });
}

#[test]
fn only_numbers_of_the_newest_unit_are_drawn_together_the_oldest_first() {
    let of = |day: &str, value: f64, unit: &str| {
        let mut body = observation("o", "1-1", value, json!({"effectiveDateTime": day}));
        body["valueQuantity"]["unit"] = unit.into();
        body["referenceRange"] = json!([{"high": {"value": 5.0, "unit": unit}}]);
        finding(&body)
    };
    let all = [of("2026-03-01", 3.0, "mmol/L"), of("2025", 60.0, "mg/dL"), of("2024-02", 2.0, "mmol/L")];
    let series = drawn(&all);
    assert_eq!(series.iter().map(|of| of.number).collect::<Vec<_>>(), [2.0, 3.0]);
    assert_eq!(band(&series), Some((None, Some(5.0))));
    assert!(drawn(&[]).is_empty());
}

#[test]
fn dates_are_known_as_exactly_as_they_are_and_years_are_norwegian() {
    assert_eq!(instant("2026"), Some(at("2025-12-31T23:00:00Z")));
    assert_eq!(instant("2026-07"), Some(at("2026-06-30T22:00:00Z")));
    assert_eq!(instant("2026-07-01T10:00:00+02:00"), Some(at("2026-07-01T08:00:00Z")));
    assert_eq!(instant("in May"), None);
    assert_eq!(year("2025-12-31T23:30:00Z"), Some(2026));
}

#[test]
fn an_address_asks_for_what_it_can_say_and_nothing_else() {
    let read = |year, kind, by| Choice::read(year, kind, by, None, None);
    assert_eq!(read(Some("2024"), Some("imaging"), Some("Practitioner/lie")).kind, Some(Kind::Imaging));
    for strange in
        [read(Some("24x"), Some("all"), Some("Patient/kari")), read(Some("99999"), None, Some("Practitioner/a,b"))]
    {
        assert_eq!(strange, Choice::default());
    }
    let page = Choice::read(None, None, None, Some("c".into()), Some("2024-01-01".into()));
    assert_eq!((page.after.as_deref(), page.until.as_deref()), (Some("c"), Some("2024-01-01")));
    assert_eq!(Choice::read(None, None, None, None, Some("2024-01-01".into())), Choice::default());
}

#[test]
fn measurements_of_ones_own_belong_elsewhere() {
    let of = |code: &str| finding(&observation("o", "1-1", 1.0, json!({"category": [{"coding": [{"code": code}]}]})));
    assert!(is_measurement(&of("vital-signs")) && is_measurement(&of("survey")) && !is_measurement(&of("laboratory")));
}

#[test]
fn an_answer_is_news_for_a_month_after_it_came_into_sight() {
    let now = at("2026-11-21T09:00:00Z");
    assert_eq!(shown_before(now, 14), at("2026-11-07T09:00:00Z"));
    let issued = |issued: &str| {
        let body = report("r", &[], json!({"issued": issued})).to_string();
        super::super::fhir::report(body.as_bytes(), None).unwrap()
    };
    assert!(is_news(&issued("2026-10-08T09:00:00Z"), now, 14));
    assert!(!is_news(&issued("2026-10-08T08:59:59Z"), now, 14));
}

#[test]
fn the_newest_of_each_analysis_is_the_first_that_shares_no_code_with_one_before() {
    let coded = |id: &str, codings: Value| finding(&observation(id, "1-1", 1.0, json!({"code": {"coding": codings}})));
    let (loinc, npu) =
        (json!({"system": "http://loinc.org", "code": "718-7"}), json!({"system": "urn:npu", "code": "N"}));
    let mut newest = Newest::default();
    newest.take(coded("both", json!([loinc, npu])));
    newest.take(coded("loinc", json!([loinc])));
    newest.take(coded("npu", json!([npu])));
    newest.take(coded("none", json!([{"code": "x"}])));
    newest.take(coded("other", json!([{"system": "urn:npu", "code": "M"}])));
    newest.take(finding(&observation("wrong", "9-9", 1.0, json!({"status": "entered-in-error"}))));
    let codes: Vec<&str> = newest.codes().collect();
    assert_eq!(codes, ["http://loinc.org|718-7", "urn:npu|M", "urn:npu|N", "|x"]);
    let ids: Vec<String> = newest.into_findings().into_iter().filter_map(|f| Some(f.id?.to_string())).collect();
    assert_eq!(ids, ["both", "other"]);
}
