use proptest::prelude::*;
use varde_fhir::json::{JsonErrorKind, Limits, Node, parse, write_node};

fn kind_of(text: &[u8], limits: &Limits) -> Result<(), (JsonErrorKind, String)> {
    parse(text, limits).map(|_| ()).map_err(|e| (e.kind, e.path))
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    use JsonErrorKind::*;
    for (text, kind, path) in [
        ("", End, ""),
        ("  ", End, ""),
        ("{", End, ""),
        (r#"{"a":1,}"#, Unexpected, ""),
        (r#"{"a":[1,2,]}"#, Unexpected, "a[2]"),
        (r#"{"a":[1,{"b":tru}]}"#, Unexpected, "a[1].b"),
        (r#"{"resourceType":"Patient","name":[{"given":["a",NaN]}]}"#, Unexpected, "Patient.name[0].given[1]"),
        (r#"{"a":1,"b":2,"a":3}"#, Duplicate, "a"),
        (r#"{"a":{"x":1,"\u0078":2}}"#, Duplicate, "a.x"),
        ("[1] 2", Trailing, ""),
        ("1e400", Number, ""),
        ("-", Number, ""),
        ("01", Number, ""),
        ("1.", Number, ""),
        (".5", Unexpected, ""),
        ("+1", Unexpected, ""),
        ("Infinity", Unexpected, ""),
        ("\"a\nb\"", Control, ""),
        (r#""\ud800""#, Escape, ""),
        (r#""\ud800\u0041""#, Escape, ""),
        (r#""\x""#, Escape, ""),
        (r#""\u00"#, End, ""),
        ("\"a", End, ""),
        ("\u{feff}{}", Unexpected, ""),
        ("{'a':1}", Unexpected, ""),
        ("// x", Unexpected, ""),
    ] {
        assert_eq!(kind_of(text.as_bytes(), &Limits::default()), Err((kind, path.to_owned())), "{text}");
    }
    assert_eq!(kind_of(b"\"\xff\"", &Limits::default()), Err((Utf8, String::new())));
}

#[test]
fn every_limit_holds() {
    let limits = Limits { bytes: 100, depth: 3, members: 4, nodes: 10 };
    for (text, kind) in [
        (format!("\"{}\"", "x".repeat(99)), JsonErrorKind::TooLarge),
        ("[[[[1]]]]".to_owned(), JsonErrorKind::TooDeep),
        (r#"{"a":1,"b":1,"c":1,"d":1,"e":1}"#.to_owned(), JsonErrorKind::TooMany),
        (format!("[{}1]", "1,".repeat(10)), JsonErrorKind::TooMany),
        ("9".repeat(129), JsonErrorKind::TooLarge),
    ] {
        assert_eq!(kind_of(text.as_bytes(), &limits).map_err(|e| e.0), Err(kind), "{text}");
    }
    assert_eq!(kind_of(b"[[[1]]]", &limits), Ok(()));
    assert_eq!(kind_of("9".repeat(129).as_bytes(), &Limits::default()).map_err(|e| e.0), Err(JsonErrorKind::Number));
    // As deep as the parser ever goes, whatever the limit says.
    let deep = Limits { depth: u16::MAX, ..Limits::default() };
    assert_eq!(kind_of("[".repeat(100_000).as_bytes(), &deep).map_err(|e| e.0), Err(JsonErrorKind::TooDeep));
}

#[test]
fn many_members_and_duplicates_among_them_take_linear_time() {
    let members: Vec<String> = (0..100_000).map(|n| format!("\"k{n}\":1")).collect();
    let limits = Limits { members: 200_000, ..Limits::default() };
    assert_eq!(kind_of(format!("{{{}}}", members.join(",")).as_bytes(), &limits), Ok(()));
    let twice = format!("{{{},\"k99998\":1}}", members.join(","));
    assert_eq!(kind_of(twice.as_bytes(), &limits), Err((JsonErrorKind::Duplicate, "k99998".to_owned())));
}

#[test]
fn numbers_keep_their_digits_and_text_its_characters() {
    let node = parse(br#"{"a":[1.00,-0.0,1E+2],"b":"\u00e5\ud83d\ude00\n\/"}"#, &Limits::default()).unwrap();
    let numbers: Vec<_> = node.list("a").iter().filter_map(Node::number).collect();
    assert_eq!(numbers, ["1.00", "-0.0", "1E+2"]);
    assert_eq!(node.str_at("b"), Some("å😀\n/"));
    assert_eq!(node.at("a.x"), None);
}

/// Same value as serde_json's, numbers compared as it reads them.
fn agrees(node: &Node<'_>, value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (node, value) {
        (Node::Null, Value::Null) => true,
        (Node::Bool(a), Value::Bool(b)) => a == b,
        (Node::Number(a), Value::Number(_)) => serde_json::from_str::<Value>(a).is_ok_and(|a| a == *value),
        (Node::String(a), Value::String(b)) => a == b,
        (Node::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agrees(a, b)),
        (Node::Object(a), Value::Object(b)) => {
            a.members().len() == b.len()
                && a.members().iter().all(|m| b.get(&*m.name).is_some_and(|v| agrees(&m.value, v)))
        }
        _ => false,
    }
}

fn json_like() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,2})?",
        any::<String>().prop_map(|s| serde_json::to_string(&s).unwrap()),
        "\"(\\\\[\"nrtbf/\\\\]|\\\\u[0-9a-f]{4}|[a-zå])*\"",
        "[-+.0-9eE]{1,6}",
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(" , "))),
            prop::collection::vec(("[a-d]{1,2}", inner), 0..6).prop_map(|members| {
                let members: Vec<String> =
                    members.into_iter().map(|(name, value)| format!("\"{name}\" :{value}")).collect();
                format!("{{\n{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let ours = parse(&bytes, &Limits::default());
        prop_assert_eq!(ours.is_ok(), serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
    }

    #[test]
    fn what_looks_like_json_is_read_as_serde_json_reads_it(text in json_like()) {
        match (parse(text.as_bytes(), &Limits::default()), serde_json::from_str::<serde_json::Value>(&text)) {
            (Ok(ours), Ok(theirs)) => {
                prop_assert!(agrees(&ours, &theirs), "{text}");
                let mut written = String::new();
                write_node(&mut written, &ours);
                let again = parse(written.as_bytes(), &Limits::default()).unwrap();
                prop_assert!(agrees(&again, &theirs), "{written}");
            }
            (Err(error), Ok(_)) => prop_assert_eq!(error.kind, JsonErrorKind::Duplicate, "{}", text),
            (Ok(_), Err(_)) => prop_assert!(false, "accepted: {text}"),
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn a_document_cut_anywhere_or_changed_anywhere_never_panics(text in json_like(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        let _ = parse(&bytes[..at], &Limits::default());
        bytes[at] = byte;
        let _ = parse(&bytes, &Limits::default());
    }
}
