use varde_fhir::json::{Limits, Node, Patch, PatchErrorKind, parse, write_node};

use PatchErrorKind::{IntoItself, NotFound, Op, Pointer, Test, TooLarge, TooMany, Value};

fn patched(document: &str, patch: &str, limits: &Limits) -> Result<String, PatchErrorKind> {
    let read = |text: &'static str| parse(text.as_bytes(), &Limits::default()).unwrap();
    let document: Node<'static> = read(document.to_owned().leak());
    let patch = Patch::from_node(read(patch.to_owned().leak())).map_err(|error| error.kind)?;
    let result = patch.apply(document, limits).map_err(|error| error.kind)?;
    let mut out = String::new();
    write_node(&mut out, &result);
    Ok(out)
}

/// The examples of RFC 6902, appendix A, and what lies at their edges.
#[test]
fn operations_do_what_the_rfc_says() {
    for (document, patch, expected) in [
        (r#"{"foo":"bar"}"#, r#"[{"op":"add","path":"/baz","value":"qux"}]"#, Ok(r#"{"foo":"bar","baz":"qux"}"#)),
        (r#"{"foo":["a","b"]}"#, r#"[{"op":"add","path":"/foo/1","value":"q"}]"#, Ok(r#"{"foo":["a","q","b"]}"#)),
        (r#"{"a":1,"foo":"bar"}"#, r#"[{"op":"remove","path":"/a"}]"#, Ok(r#"{"foo":"bar"}"#)),
        (r#"{"foo":["a","b","c"]}"#, r#"[{"op":"remove","path":"/foo/1"}]"#, Ok(r#"{"foo":["a","c"]}"#)),
        (r#"{"a":"b","c":1}"#, r#"[{"op":"replace","path":"/a","value":"d"}]"#, Ok(r#"{"a":"d","c":1}"#)),
        (
            r#"{"foo":{"a":"b","w":"f"},"q":{"c":"g"}}"#,
            r#"[{"op":"move","from":"/foo/w","path":"/q/t"}]"#,
            Ok(r#"{"foo":{"a":"b"},"q":{"c":"g","t":"f"}}"#),
        ),
        (
            r#"{"foo":["all","grass","cows","eat"]}"#,
            r#"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
            Ok(r#"{"foo":["all","cows","eat","grass"]}"#),
        ),
        (
            r#"{"a":"q","foo":["a",2,"c"]}"#,
            r#"[{"op":"test","path":"/a","value":"q"},{"op":"test","path":"/foo/1","value":2}]"#,
            Ok(r#"{"a":"q","foo":["a",2,"c"]}"#),
        ),
        (r#"{"a":"q"}"#, r#"[{"op":"test","path":"/a","value":"b"}]"#, Err(Test)),
        (r#"{"a":1.00}"#, r#"[{"op":"test","path":"/a","value":"1.00"}]"#, Err(Test)),
        (r#"{"f":1}"#, r#"[{"op":"add","path":"/c","value":{"g":{}},"xyz":1}]"#, Ok(r#"{"f":1,"c":{"g":{}}}"#)),
        (r#"{"f":1}"#, r#"[{"op":"add","path":"/baz/bat","value":1}]"#, Err(NotFound)),
        (r#"{"/":9,"~1":10}"#, r#"[{"op":"test","path":"/~01","value":10}]"#, Ok(r#"{"/":9,"~1":10}"#)),
        (r#"{"/":9,"~1":10}"#, r#"[{"op":"remove","path":"/~1"}]"#, Ok(r#"{"~1":10}"#)),
        (r#"{"a":[1]}"#, r#"[{"op":"add","path":"/a/-","value":[2,{"b":null}]}]"#, Ok(r#"{"a":[1,[2,{"b":null}]]}"#)),
        (r#"{"a":1}"#, r#"[{"op":"add","path":"","value":[]}]"#, Ok("[]")),
        (r#"{"":1}"#, r#"[{"op":"replace","path":"/","value":2}]"#, Ok(r#"{"":2}"#)),
        (r#"{"a":1}"#, r#"[{"op":"copy","from":"","path":"/a"}]"#, Ok(r#"{"a":{"a":1}}"#)),
        (r#"{"a":1}"#, r#"[{"op":"move","from":"/a","path":"/a"}]"#, Ok(r#"{"a":1}"#)),
        (r#"{"a":{}}"#, r#"[{"op":"move","from":"/a","path":"/a/b"}]"#, Err(IntoItself)),
        (r#"{"a":null}"#, r#"[{"op":"test","path":"/a","value":null}]"#, Ok(r#"{"a":null}"#)),
        (
            r#"{"a":{"x":1,"y":[1.0]}}"#,
            r#"[{"op":"test","path":"/a","value":{"y":[1],"x":1e0}}]"#,
            Ok(r#"{"a":{"x":1,"y":[1.0]}}"#),
        ),
        (r#"{"a":1}"#, r#"[{"op":"test","path":"/b","value":null}]"#, Err(NotFound)),
        (r#"{"a":[1,2]}"#, r#"[{"op":"add","path":"/a/3","value":1}]"#, Err(NotFound)),
        (r#"{"a":[1,2]}"#, r#"[{"op":"remove","path":"/a/01"}]"#, Err(NotFound)),
        (r#"{"a":[1,2]}"#, r#"[{"op":"remove","path":"/a/+1"}]"#, Err(NotFound)),
        (r#"{"a":[1,2]}"#, r#"[{"op":"remove","path":"/a/-"}]"#, Err(NotFound)),
        (r#"{"a":[1,2]}"#, r#"[{"op":"remove","path":"/a/"}]"#, Err(NotFound)),
        (r#"{"a":1}"#, r#"[{"op":"replace","path":"/b","value":1}]"#, Err(NotFound)),
        (r#"{"a":1}"#, r#"[{"op":"remove","path":"a"}]"#, Err(Pointer)),
        (r#"{"a":1}"#, r#"[{"op":"remove","path":"/a~2"}]"#, Err(Pointer)),
        (r#"{"a":1}"#, r#"[{"op":"remove","path":"/a~"}]"#, Err(Pointer)),
        (r#"{"a":1}"#, r#"[{"op":"copy","path":"/a"}]"#, Err(Pointer)),
        (r#"{"a":1}"#, r#"[{"op":"replace","path":"/a"}]"#, Err(Value)),
        (r#"{"a":1}"#, r#"[{"path":"/a"}]"#, Err(Op)),
        (r#"{"a":1}"#, r#"[["remove"]]"#, Err(Op)),
        (r#"{"a":1}"#, "[]", Ok(r#"{"a":1}"#)),
    ] {
        assert_eq!(patched(document, patch, &Limits::default()), expected.map(str::to_owned), "{document} {patch}");
    }
}

#[test]
fn numbers_stay_as_they_were_written() {
    let patch = r#"[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/c","value":12345678901234567890.10},
        {"op":"test","path":"/b","value":1}]"#;
    let expected = r#"{"a":1.00,"z":2E+2,"b":1.00,"c":12345678901234567890.10}"#;
    assert_eq!(patched(r#"{"a":1.00,"z":2E+2}"#, patch, &Limits::default()), Ok(expected.to_owned()));
}

#[test]
fn a_patch_cannot_grow_without_end() {
    let many = |operation: &str, count: usize| format!("[{}]", vec![operation; count].join(","));
    let small = Limits { bytes: 10_000, nodes: 1_000, depth: 8, members: 100 };
    let test = r#"{"op":"test","path":"","value":{"a":[1]}}"#;
    assert!(patched(r#"{"a":[1]}"#, &many(test, 256), &small).is_ok());
    assert_eq!(patched(r#"{"a":[1]}"#, &many(test, 257), &small), Err(TooMany));
    let double = r#"{"op":"copy","from":"/a","path":"/a/-"}"#;
    assert_eq!(patched(r#"{"a":[1]}"#, &many(double, 100), &small), Err(TooLarge), "too deep or too many");
    let wide = r#"{"op":"copy","from":"/a","path":"/b"},{"op":"remove","path":"/b"}"#;
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(1_000));
    assert!(patched(&long, &many(wide, 9), &small).is_ok());
    assert_eq!(patched(&long, &many(wide, 20), &small), Err(TooLarge), "what is removed gives nothing back");
    let deep = r#"{"op":"add","path":"/a","value":[[[[[[[]]]]]]]}"#;
    let deeper = format!(r#"[{deep},{{"op":"move","from":"/b","path":"/a/0/0/0/0/0/0/-"}}]"#);
    assert!(patched(r#"{"b":1}"#, &deeper, &small).is_ok());
    assert_eq!(patched(r#"{"b":[]}"#, &deeper, &small), Err(TooLarge), "one level more");
}
