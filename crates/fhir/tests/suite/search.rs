use proptest::prelude::*;
use varde_fhir::search::{
    Chain, Clause, CodeSet, Match, Prefix, Query, SearchOptions, SortBy, Terminology, Total, Unlisted, parse,
    parse_with,
};
use varde_fhir::{IssueCode, ResourceType, Subset, params};

fn options(lenient: bool) -> SearchOptions {
    SearchOptions { max_count: 100, default_count: 20, lenient, now: "2026-06-01T00:00:00Z".parse().unwrap() }
}

fn read(kind: ResourceType, query: &str, lenient: bool) -> Result<Query, Vec<(IssueCode, String)>> {
    let pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    parse(kind, &pairs, &options(lenient))
        .map_err(|issues| issues.into_iter().map(|i| (i.code, i.expression)).collect())
}

fn matches(kind: ResourceType, query: &str) -> Vec<Match> {
    match read(kind, query, false).unwrap_or_else(|e| panic!("{query}: {e:?}")).clauses.remove(0) {
        Clause::Any { matches, .. } => matches,
        other => panic!("{query}: {other:?}"),
    }
}

#[test]
fn tokens_strings_references_and_uris_are_read() {
    use ResourceType as R;
    let token = |system: Option<&str>, code: Option<&str>| Match::Token {
        system: system.map(Into::into),
        code: code.map(Into::into),
    };
    let reference = |target, id: &str| Match::Reference { target, id: id.parse().unwrap() };
    for (kind, query, expected) in [
        (R::OBSERVATION, "code=a", vec![token(None, Some("a"))]),
        (
            R::OBSERVATION,
            "code=s|a,|b,t|",
            vec![token(Some("s"), Some("a")), token(Some(""), Some("b")), token(Some("t"), None)],
        ),
        (R::OBSERVATION, r"code=a\,b\|c\\", vec![token(None, Some(r"a,b|c\"))]),
        (R::OBSERVATION, "code:not=a", vec![token(None, Some("a"))]),
        (R::PATIENT, "name=Åse  B", vec![Match::StringStarts("ase b".into())]),
        (R::PATIENT, "name:contains=ÆØ", vec![Match::StringContains("aeo".into())]),
        (R::PATIENT, "name:exact=Åse", vec![Match::StringExact("Åse".into())]),
        (R::PATIENT, "organization=o", vec![reference(Some(R::ORGANIZATION), "o")]),
        (R::PATIENT, "organization=Organization/o", vec![reference(Some(R::ORGANIZATION), "o")]),
        (R::PATIENT, "general-practitioner=x", vec![reference(None, "x")]),
        (R::PATIENT, "general-practitioner:Practitioner=x", vec![reference(Some(R::PRACTITIONER), "x")]),
        (R::PATIENT, "organization=http://x.no/Organization/o", vec![Match::Uri("http://x.no/Organization/o".into())]),
        (R::VALUE_SET, "url=http://x", vec![Match::Uri("http://x".into())]),
        (R::OBSERVATION, "subject=Group/g", vec![reference(Some(R::GROUP), "g")]),
        (R::APPOINTMENT, "patient=Patient/p", vec![reference(Some(R::PATIENT), "p")]),
    ] {
        assert_eq!(matches(kind, query), expected, "{query}");
    }
}

#[test]
fn numbers_dates_and_quantities_are_read_with_prefix_and_precision() {
    let micros = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
    let Match::Date(date) = matches(ResourceType::OBSERVATION, "date=ge2026-01-01T00:00:00Z")[0].clone() else {
        panic!()
    };
    assert_eq!((date.prefix, date.low_micros), (Prefix::Ge, micros("2026-01-01T00:00:00Z")));
    let Match::Date(around) = matches(ResourceType::OBSERVATION, "date=ap2026-05-22T00:00:00Z")[0].clone() else {
        panic!()
    };
    assert_eq!((around.prefix, around.low_micros), (Prefix::Ap, micros("2026-05-21T00:00:00Z")), "a tenth of ten days");
    let Match::Number(number) = matches(ResourceType::RISK_ASSESSMENT, "probability=0.50")[0].clone() else { panic!() };
    assert_eq!(number.prefix, Prefix::Eq);
    assert!(
        (number.value - 0.5).abs() < 1e-9 && (number.low - 0.495).abs() < 1e-9 && (number.high - 0.505).abs() < 1e-9
    );
    let Match::Quantity { number, system, code } =
        matches(ResourceType::OBSERVATION, "value-quantity=ap100|u|kg")[0].clone()
    else {
        panic!()
    };
    assert_eq!((number.prefix, system.as_deref(), code.as_deref()), (Prefix::Ap, Some("u"), Some("kg")));
    assert!((number.low - 90.0).abs() < 1e-9 && (number.high - 110.0).abs() < 1e-9);
    let Match::Quantity { system, code, .. } = matches(ResourceType::OBSERVATION, "value-quantity=5.4||mg")[0].clone()
    else {
        panic!()
    };
    assert_eq!((system, code.as_deref()), (None, Some("mg")));
}

#[test]
fn a_patient_is_asked_for_by_the_label() {
    for query in
        ["patient=kari", "patient=Patient/kari", "subject=Patient/kari", "subject:Patient=kari", "subject=kari"]
    {
        let query = read(ResourceType::OBSERVATION, query, false).unwrap();
        assert_eq!(query.clauses, [Clause::Patient(vec!["kari".parse().unwrap()])], "{:?}", query.canonical);
    }
}

#[test]
fn control_parameters_are_read() {
    let query = read(
        ResourceType::OBSERVATION,
        "_id=a,b&_lastUpdated=ge2026&_lastUpdated=lt2027&_count=1000&_sort=-date,_id&_include=Observation:encounter:Encounter&_total=accurate&cursor=abc&_format=json&code:missing=true&_summary=false",
        false,
    )
    .unwrap();
    assert_eq!(query.count, 100);
    assert_eq!(query.total, Total::Accurate);
    assert_eq!(query.cursor.as_ref().map(|c| c.0.as_str()), Some("abc"));
    assert!(
        query.sort[0].descending && matches!(query.sort[0].by, SortBy::Param(..)) && query.sort[1].by == SortBy::Id
    );
    assert_eq!(query.includes[0].target, Some(ResourceType::ENCOUNTER));
    let code = params::find(ResourceType::OBSERVATION, "code").unwrap().id;
    assert_eq!(query.clauses[1], Clause::Missing(code, true));
    assert!(matches!(&query.clauses[0], Clause::Id(ids) if ids.len() == 2));
    assert!(matches!(&query.clauses[2], Clause::LastUpdated(both) if both.len() == 2));
    assert!(!query.canonical.iter().any(|(name, _)| name == "cursor" || name == "_format"));
    assert_eq!(query.canonical.last(), Some(&("_count".to_owned(), "100".to_owned())));
    let none = read(ResourceType::PATIENT, "_count=0", false).unwrap();
    assert_eq!((none.count, none.total), (0, Total::Accurate));
    assert_eq!(read(ResourceType::PATIENT, "", false).unwrap().count, 20);
}

#[test]
fn an_order_given_twice_is_one_order_in_the_link() {
    let first = read(ResourceType::OBSERVATION, "_sort=date&_sort=_id&_sort=-date", false).unwrap();
    let second = parse(ResourceType::OBSERVATION, &first.canonical, &options(false)).unwrap();
    assert_eq!((first.sort.len(), &second.sort), (3, &first.sort));
    assert_eq!(second.canonical, first.canonical);
}

#[test]
// tidy: expect(function-length) one table, read from top to bottom
fn what_is_not_understood_is_refused_by_name() {
    use IssueCode::*;
    let long = format!("name={}", "x".repeat(1_001));
    let wide = format!("code={}", vec!["a"; 201].join(","));
    for (query, code, name) in [
        ("shoe-size=43", NotSupported, "shoe-size"),
        ("code=", Value, "code"),
        ("code=a,,b", Value, "code"),
        ("code=|", Value, "code"),
        ("code=a|b|c", Value, "code"),
        (r"code=a\b", Value, "code"),
        ("code:in=http://vs", NotSupported, "code:in"),
        ("code:missing=perhaps", Value, "code:missing"),
        ("patient:missing=true", NotSupported, "patient:missing"),
        ("subject:Organization=x", Value, "subject:Organization"),
        ("subject=Organization/x", Value, "subject"),
        ("subject=Patient/a,Group/b", NotSupported, "subject"),
        ("subject=a b", Value, "subject"),
        ("date=yesterday", Value, "date"),
        ("date=2026-13", Value, "date"),
        ("date:exact=2026", NotSupported, "date:exact"),
        ("value-quantity=five", Value, "value-quantity"),
        ("value-quantity=5|kg", Value, "value-quantity"),
        ("patient.shoe-size=43", NotSupported, "patient.shoe-size"),
        ("patient.birthdate=yesterday", Value, "patient.birthdate"),
        ("patient._count=5", Value, "patient._count"),
        ("code.name=x", NotSupported, "code.name"),
        ("performer.name=x", Value, "performer.name"),
        ("patient.organization.partof.partof.name=x", TooCostly, "patient.organization.partof.partof.name"),
        ("_has:Observation:code:code=1", NotSupported, "_has:Observation:code:code"),
        ("_has:Schedule:actor:date=2026", Value, "_has:Schedule:actor:date"),
        ("_revinclude=Observation:code", NotSupported, "_revinclude"),
        ("_revinclude=Schedule:actor", Value, "_revinclude"),
        ("_revinclude=Provenance:target:Patient", Value, "_revinclude"),
        ("_summary=short", Value, "_summary"),
        ("_elements=shoeSize", Value, "_elements"),
        ("_contained=true", NotSupported, "_contained"),
        ("_count=many", Value, "_count"),
        ("_count=-1", Value, "_count"),
        ("_sort=shoe-size", NotSupported, "_sort"),
        ("_sort=date,code,status,_id,_lastUpdated", TooCostly, "_sort"),
        ("_include=Patient:organization", Value, "_include"),
        ("_include=Observation:code", NotSupported, "_include"),
        ("_include=Starship:*", Value, "_include"),
        ("_include:iterate=Patient:name", NotSupported, "_include:iterate"),
        ("_include:once=Observation:subject", NotSupported, "_include:once"),
        ("_revinclude:iterate=Observation:subject:Starship", Value, "_revinclude:iterate"),
        ("code-value-quantity=a", Value, "code-value-quantity"),
        ("code-value-quantity=a$b", Value, "code-value-quantity"),
        ("code-value-quantity=a$1$2", Value, "code-value-quantity"),
        ("code-value-quantity:missing=true", NotSupported, "code-value-quantity:missing"),
        ("_sort=code-value-quantity", NotSupported, "_sort"),
        ("_sort=patient", NotSupported, "_sort"),
        ("code:below=http://loinc.org|1", NotSupported, "code:below"),
        ("code:below=1", Value, "code:below"),
        ("code:not-in=http://vs", NotSupported, "code:not-in"),
        ("code:of-type=a|b|c", NotSupported, "code:of-type"),
        ("identifier:of-type=a|b", Value, "identifier:of-type"),
        ("code:text= ", Value, "code:text"),
        ("subject:below=Patient/x", Value, "subject:below"),
        ("subject:identifier=|", Value, "subject:identifier"),
        ("_list=$current-problems", NotSupported, "_list"),
        ("_list=a_b", Value, "_list"),
        ("_content=x", NotSupported, "_content"),
        ("_total=roughly", Value, "_total"),
        ("_id=a_b", Value, "_id"),
        ("_id:missing=true", NotSupported, "_id:missing"),
        ("_lastUpdated=2026,2027", NotSupported, "_lastUpdated"),
        (&wide, TooCostly, "code"),
        (&long, NotSupported, "name"),
    ] {
        assert_eq!(
            read(ResourceType::OBSERVATION, query, false).map(|_| ()),
            Err(vec![(code, name.to_owned())]),
            "{query}"
        );
    }
    assert_eq!(read(ResourceType::PATIENT, &long, false).map(|_| ()), Err(vec![(TooLong, "name".to_owned())]));
    let many = vec!["name=a"; 65].join("&");
    assert_eq!(read(ResourceType::PATIENT, &many, false).map(|_| ()), Err(vec![(TooCostly, String::new())]));
}

struct Toy;

impl Terminology for Toy {
    fn codes(&self, wanted: &CodeSet<'_>, limit: usize) -> Result<Vec<(String, String)>, Unlisted> {
        let code = |code: &str| ("s".to_owned(), code.to_owned());
        match wanted {
            CodeSet::ValueSet("http://vs") => Ok(vec![code("b"), code("a"), code("b")]),
            CodeSet::ValueSet("http://wide") => Ok(vec![code("x"); limit + 1]),
            CodeSet::ValueSet(_) => Err(Unlisted::Unknown),
            CodeSet::Below { system: "s", code: parent } => Ok(vec![code(parent), code("child")]),
            CodeSet::Below { .. } | CodeSet::Above { .. } => Err(Unlisted::TooMany),
        }
    }
}

#[test]
fn value_sets_and_hierarchies_come_from_the_terminology() {
    let read = |name: &str, value: &str| {
        let pairs = [(name.to_owned(), value.to_owned())];
        parse_with(ResourceType::OBSERVATION, &pairs, &options(false), &Toy).map_err(|issues| issues[0].code)
    };
    let codes = |name, value| match read(name, value).unwrap().clauses.remove(0) {
        Clause::Any { matches, negate, .. } => match &matches[..] {
            [Match::TokenIn(codes)] => (codes.iter().map(|(_, code)| code.clone()).collect::<Vec<_>>(), negate),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(codes("code:in", "http://vs"), (vec!["a".into(), "b".into()], false));
    assert_eq!(codes("code:not-in", "http://vs"), (vec!["a".into(), "b".into()], true));
    assert_eq!(codes("code:below", "s|p"), (vec!["child".into(), "p".into()], false));
    assert_eq!(read("code:in", "http://wide").map(drop), Err(IssueCode::TooCostly));
    assert_eq!(read("code:in", "http://none").map(drop), Err(IssueCode::NotFound));
    assert_eq!(read("code:above", "s|p").map(drop), Err(IssueCode::TooCostly));
}

#[test]
fn a_composite_is_clauses_of_its_parts_or_a_pair_within_one_element() {
    let clauses = |query| read(ResourceType::OBSERVATION, query, false).unwrap().clauses;
    let id = |code| params::find(ResourceType::OBSERVATION, code).unwrap().id;
    let of = |clause: &Clause| match clause {
        Clause::Any { param, .. } => *param,
        other => panic!("{other:?}"),
    };
    let plain = clauses("code-value-quantity=http://loinc.org|8480-6$gt120");
    assert_eq!(plain.iter().map(of).collect::<Vec<_>>(), [id("code"), id("value-quantity")]);
    let pair = clauses("component-code-value-quantity=8480-6$gt120");
    let Clause::Any { matches, .. } = &pair[0] else { panic!() };
    let Match::Pair { system: None, code: Some(code), with, of: unit } = &matches[0] else { panic!() };
    assert!(code == "8480-6" && matches!(**with, Match::Quantity { .. }) && *unit == id("component-value-quantity"));
    let both = clauses(r"combo-code-value-quantity=a$1,b\$c$2");
    let [Clause::Either(ways)] = &both[..] else { panic!("{both:?}") };
    assert_eq!(ways.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 2, 1]);
}

#[test]
fn includes_are_read_with_stars_targets_and_iteration() {
    let query = |text| read(ResourceType::OBSERVATION, text, false).unwrap();
    assert!(query("_include=*").includes.len() > 10);
    assert_eq!(query("_include=*").includes, query("_include=Observation:*").includes);
    let further = query("_include=Observation:subject:Patient&_include:iterate=Patient:organization");
    assert_eq!(further.includes.iter().map(|include| include.iterate).collect::<Vec<_>>(), [false, true]);
    let back = query("_revinclude:iterate=Observation:derived-from&_revinclude=Provenance:target");
    assert_eq!(back.revincludes.iter().map(|include| include.iterate).collect::<Vec<_>>(), [true, false]);
    assert!(read(ResourceType::OBSERVATION, "_include=Patient:organization", false).is_err());
    assert!(matches!(&query("_list=a,b").chains[..], [Chain::Reverse { .. }]));
    assert_eq!(query("_summary=true").subset, Some(Subset::Summary));
}

#[test]
fn a_lenient_search_names_what_it_left_out_but_never_guesses_at_a_modifier() {
    let query = read(ResourceType::PATIENT, "shoe-size=43&name=a", true).unwrap();
    assert_eq!((query.ignored, query.clauses.len()), (vec!["shoe-size".to_owned()], 1));
    assert!(read(ResourceType::PATIENT, "name:phonetic=a", true).is_err());
    assert!(read(ResourceType::PATIENT, "organization.shoe-size=43", true).is_err());
}

#[test]
fn a_chain_is_a_search_within_a_search() {
    let query = read(ResourceType::OBSERVATION, "patient.organization.name=lie&status=final", false).unwrap();
    let [Chain::Forward { is_patient_label: true, target: ResourceType::PATIENT, query: inner, .. }] =
        &query.chains[..]
    else {
        panic!("{:?}", query.chains)
    };
    assert_eq!((query.clauses.len(), inner.clauses.len(), inner.chains.len()), (1, 0, 1));
    let query =
        read(ResourceType::PATIENT, "_has:Observation:patient:code=1&_revinclude=Observation:subject", false).unwrap();
    assert!(matches!(&query.chains[..], [Chain::Reverse { query, .. }] if query.clauses.len() == 1));
    assert_eq!(query.revincludes.len(), 1);
    let query = read(ResourceType::PATIENT, "_summary=count", false).unwrap();
    assert_eq!((query.count, query.total), (0, Total::Accurate));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_parameters_are_read_or_refused_and_issues_repeat_no_value(name in "[a-z_:.-]{0,12}|code|date|name|_sort|_id|_include|value-quantity|subject(:Patient|:identifier)?|(code|subject|identifier):(text|in|below|above|of-type)|(component-|combo-)?code-value-quantity|_list|_(rev)?include(:iterate)?", value in "SECRET\\PC{0,20}|\\PC{0,20}|(ge|ap)?[0-9T:.Z+-]{0,24}|[0-9.|,$\\\\e-]{0,20}|(Observation|Patient|\\*)(:[a-z*-]{0,10}){0,3}") {
        for kind in [ResourceType::OBSERVATION, ResourceType::PATIENT] {
            if let Err(issues) = parse(kind, &[(name.clone(), value.clone())], &options(false)) {
                prop_assert!(!issues.is_empty());
                prop_assert!(issues.iter().all(|i| !i.diagnostics.contains("SECRET")));
            }
        }
    }

    #[test]
    fn the_canonical_form_means_the_same(code in "[a-z|]{1,6}", date in "(ge|lt)?20[0-9]{2}(-0[1-9])?", count in 0_u32..300) {
        let text = format!("date={date}&code={code}&_count={count}&_sort=-date");
        if let Ok(first) = read(ResourceType::OBSERVATION, &text, false) {
            let second = parse(ResourceType::OBSERVATION, &first.canonical, &options(false)).unwrap();
            prop_assert_eq!(&second.canonical, &first.canonical);
            prop_assert_eq!(second.count, first.count);
            prop_assert_eq!(second.clauses.len(), first.clauses.len());
        }
    }
}
