//! How long FHIRPath takes: `cargo run --release -p varde-conformance --example path_speed`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program to be looked at")]

use std::hint::black_box;
use std::time::Instant;

use varde_conformance::path::{Context, Expression};
use varde_fhir::json::{Limits, parse};

const PATIENT: &str = r##"{"resourceType":"Patient","id":"kari","active":true,"birthDate":"1974-12-25","gender":"female",
    "identifier":[{"system":"urn:oid:2.16.578.1.12.4.1.4.1","value":"13116900216"}],
    "name":[{"use":"official","family":"Nordmann","given":["Kari","Anne"]},{"use":"usual","given":["Kaja"]}],
    "telecom":[{"system":"phone","value":"99999999","use":"mobile"},{"system":"email","value":"k@e.no"}],
    "contact":[{"name":{"family":"Nordmann"},"telecom":[{"system":"phone","value":"1"}]}],
    "generalPractitioner":[{"reference":"#p"}],"contained":[{"resourceType":"Practitioner","id":"p"}],
    "address":[{"line":["Storgata 1"],"city":"Oslo","postalCode":"0001","period":{"start":"2020-01-01","end":"2024-01-01"}}]}"##;

const RULES: [&str; 9] = [
    "id.exists()",
    "hasValue() or (children().count() > id.count())",
    "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
    "telecom.all(value.empty() or system.exists())",
    "address.period.all(start.hasValue().not() or end.hasValue().not() or (start <= end))",
    "name.where(use = 'official').given.first() = 'Kari'",
    "identifier.where(system = 'urn:oid:2.16.578.1.12.4.1.4.1').value.matches('^[0-9]{11}$')",
    "contained.contained.empty()",
    "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().ofType(canonical))).not())).empty()",
];

fn main() {
    let root = parse(PATIENT.as_bytes(), &Limits::default()).unwrap();
    let context = Context::of_resource(&root);
    for rule in RULES {
        let expression = Expression::parse(rule).unwrap();
        assert_eq!(expression.is_true(&context), Ok(Some(true)), "{rule}");
        let (start, rounds) = (Instant::now(), 50_000_u32);
        for _ in 0..rounds {
            let _ = black_box(expression.is_true(black_box(&context)));
        }
        println!("{:>8.0} ns  {rule}", start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds));
    }
}
