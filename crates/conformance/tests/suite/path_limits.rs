//! No expression hangs, panics or eats memory, whatever it is and whatever it is evaluated on.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use varde_conformance::path::{Context, EvalError, Expression, Now, ParseErrorKind};
use varde_fhir::json::{Limits, parse};

const OBSERVATION: &str = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x","coding":[{"code":"a"},{"code":"b"}]},
    "effectiveDateTime":"2024-02-29T12:00:00+01:00","valueQuantity":{"value":1.50,"unit":"mg","code":"mg"},
    "component":[{"code":{"text":"y"},"valueString":"z"},{"code":{"text":"y"},"valueInteger":3}],"_status":{"id":"s"}}"#;

#[test]
fn an_expression_has_a_length_and_a_depth() {
    let kind = |text: String| Expression::parse(&text).unwrap_err().kind;
    assert_eq!(kind("1".repeat(30_000)), ParseErrorKind::TooLong);
    assert_eq!(kind(format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000))), ParseErrorKind::TooDeep);
    assert_eq!(kind(format!("a{}", ".a".repeat(5_000))), ParseErrorKind::TooDeep);
    assert_eq!(kind(format!("1{}", "+1".repeat(5_000))), ParseErrorKind::TooDeep);
    assert_eq!(kind(format!("{}1", "-".repeat(5_000))), ParseErrorKind::TooDeep);
    assert_eq!(kind(format!("a{}", "[0]".repeat(5_000))), ParseErrorKind::TooDeep);
    assert!(Expression::parse(&format!("a{}", ".a".repeat(100))).is_ok());
    assert!(Expression::parse(&format!("{}1{}", "(".repeat(100), ")".repeat(100))).is_ok());
}

#[test]
fn what_costs_too_much_ends() {
    let items: Vec<String> = (0..2_000).map(|i| format!("{{\"code\":{{\"text\":\"{i}\"}}}}")).collect();
    let large = format!(
        r#"{{"resourceType":"Observation","status":"final","code":{{"text":"x"}},"component":[{}]}}"#,
        items.join(",")
    );
    let root = parse(large.as_bytes(), &Limits::default()).unwrap();
    for expression in [
        "component.distinct().distinct().distinct()",
        "component.select(%resource.component.select(%resource.component.count()))",
        "component.aggregate($total.combine($total).combine($this), 1)",
        "component.aggregate($total & $total & 'xxxxxxxxxxxxxxxx', 'x')",
        "repeatAll($this)",
        "component.repeat(%resource.component.code.text & code.text)",
        "component.aggregate($total.replace('', 'xxxxxxxxxx'), 'x')",
        "component.aggregate($total.replaceMatches('x', '$0$0$0$0'), 'x')",
        "component.select(%resource.component.code.text.join('xxxxxxxxxxxxxxxxxxxxxxxx'))",
        "component.select('a'.matches('a{5}' & code.text))",
    ] {
        let start = Instant::now();
        let result = Expression::parse(expression).unwrap().evaluate(&Context::of_resource(&root));
        let error = result.map(|values| values.len());
        assert!(matches!(error, Err(EvalError::TooExpensive | EvalError::NotSingle(_))), "{expression}: {error:?}");
        assert!(start.elapsed() < Duration::from_secs(20), "{expression} took {:?}", start.elapsed());
    }
}

#[test]
fn large_numbers_and_dates_do_no_harm() {
    let root = parse(OBSERVATION.as_bytes(), &Limits::default()).unwrap();
    for expression in [
        "9223372036854775807 + 1",
        "9223372036854775807 * 9223372036854775807",
        "-9223372036854775807 - 10",
        "79228162514264337593543950335.0 * 10.5",
        "2.power(100000) | 0.power(-1) | 10.5.power(900)",
        "0.ln() | 1000.exp() | (-1).log(2) | 5.log(1)",
        "@9999-12-31 + 1 day",
        "@0001-01-01 - 1 day",
        "@2024-01-01 + 9223372036854775807 years",
        "@2024-01-01 + 99999999999999999999.0 days",
        "@2024-01-01T00:00:00 + 9223372036854775807 hours",
        "@T12:00 - 9223372036854775807 milliseconds",
        "1 '10*300' > 1 '10*-300'",
        "1.0 'kg' * 1e 'x'",
        "0000.1.round(99) | 1.5.lowBoundary(28) | 1.highBoundary(28)",
        "'x'.substring(9223372036854775807, 9223372036854775807) | 'x'.substring(0, -5)",
        "code.coding[9223372036854775807] | code.coding.skip(-1).take(9223372036854775807).code",
    ] {
        if let Ok(expression) = Expression::parse(expression) {
            drop(expression.evaluate(&Context::of_resource(&root)));
        }
    }
}

const WORDS: [&str; 78] = [
    "code",
    "component",
    "value",
    "status",
    "effective",
    "coding",
    "text",
    "Observation",
    "$this",
    "$index",
    "$total",
    "%resource",
    "%x",
    "(",
    ")",
    "(",
    ")",
    ".",
    ".",
    ".",
    ",",
    "[",
    "]",
    "{",
    "}",
    "+",
    "-",
    "*",
    "/",
    "div",
    "mod",
    "&",
    "|",
    "=",
    "!=",
    "~",
    "<",
    ">=",
    "and",
    "or",
    "xor",
    "implies",
    "in",
    "contains",
    "is",
    "as",
    "Quantity",
    "1",
    "2.50",
    "'a'",
    "'mg'",
    "days",
    "@2024",
    "@2024-02-29T12:00",
    "@T10:00",
    "true",
    "where",
    "select",
    "first()",
    "count()",
    "repeat",
    "aggregate",
    "iif",
    "sort",
    "lowBoundary()",
    "toQuantity()",
    "toString()",
    "descendants()",
    "children()",
    "distinct()",
    "union",
    "replaceMatches",
    "matches",
    "ofType(Quantity)",
    "type()",
    "now()",
    "exists()",
    "defineVariable",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_made_of_words_panics(indices in proptest::collection::vec(0..WORDS.len(), 1..14)) {
        let words: Vec<&str> = indices.into_iter().map(|i| WORDS[i]).collect();
        for text in [words.join(" "), words.concat()] {
            run(&text);
        }
    }

    #[test]
    fn nothing_made_of_characters_panics(text in "[ -~æ🔥\\n]{0,40}") {
        run(&text);
        run(&format!("'{text}'.matches('{text}')"));
        run(&format!("{text}.value"));
    }

    #[test]
    fn no_number_panics(a in "-?[0-9]{1,30}(\\.[0-9]{1,30})?", b in "[0-9]{1,4}(\\.[0-9]{1,9})?", unit in "[a-zA-Z0-9./\\[\\]*]{1,9}") {
        for operator in ["+", "-", "*", "/", "div", "mod", "<", "=", "~"] {
            run(&format!("({a}) {operator} ({b})"));
            run(&format!("({a} '{unit}') {operator} ({b} 'mg')"));
            run(&format!("@2024-02-29T10:00:00.5 {operator} {b} '{unit}'"));
        }
        for function in ["round(2)", "sqrt()", "exp()", "ln()", "power(-3)", "lowBoundary()", "highBoundary(3)", "abs()", "ceiling()", "toInteger()"] {
            run(&format!("({a}).{function}"));
        }
    }
}

fn run(text: &str) {
    let Ok(expression) = Expression::parse(text) else { return };
    let root = parse(OBSERVATION.as_bytes(), &Limits::default()).unwrap();
    let now = Now { unix_micros: 1_767_323_045_678_000, offset_minutes: -60 };
    drop(expression.check("Observation"));
    drop(expression.evaluate(&Context::of_resource(&root).at_time(now).limited_to(20_000)));
}
