//! The essentials of FHIRPath, without shared data.

use varde_conformance::path::{
    CheckError, Code, Context, EvalError, Expression, Now, ParseErrorKind, Resolve, Terms, Value,
};
use varde_fhir::json::{Limits, Node, parse};

const PATIENT: &str = r##"{"resourceType":"Patient","id":"kari","active":true,"birthDate":"1974-12-25",
    "_birthDate":{"extension":[{"url":"http://e.no/time","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
    "name":[{"use":"official","family":"Nordmann","given":["Kari",null],"_given":[null,{"id":"g2"}]},{"use":"usual","given":["Kaja"]}],
    "multipleBirthInteger":2,"generalPractitioner":[{"reference":"#p"},{"reference":"Practitioner/2"}],
    "maritalStatus":{"coding":[{"system":"http://s","code":"M"}]},
    "text":{"status":"generated","div":"<div>Kari</div>"},
    "contained":[{"resourceType":"Practitioner","id":"p","name":[{"family":"Lege"}]}],
    "extension":[{"url":"http://e.no/weight","valueQuantity":{"value":64.50,"system":"http://unitsofmeasure.org","code":"kg"}}]}"##;

fn shown(expression: &str) -> Result<String, EvalError> {
    let root = parse(PATIENT.as_bytes(), &Limits::default()).unwrap();
    let context = Context::of_resource(&root).at_time(Now { unix_micros: 1_767_323_045_678_000, offset_minutes: 60 });
    let values = Expression::parse(expression).unwrap().evaluate(&context)?;
    let text = |v: &Value<'_>| v.to_text().map_or_else(|| "?".to_owned(), |t| t.into_owned());
    Ok(values.iter().map(text).collect::<Vec<_>>().join(" | "))
}

#[test]
fn expressions_give_what_they_should() {
    for (expression, expected) in [
        ("name.given", "Kari | ? | Kaja"),
        ("name.given.count()", "3"),
        ("name.given.select(hasValue())", "true | false | true"),
        ("name.given.id", "g2"),
        ("Patient.name.where(use = 'official').family", "Nordmann"),
        ("Resource.id | DomainResource.id", "kari"),
        ("multipleBirth + 1", "3"),
        ("multipleBirth.ofType(integer) is integer", "true"),
        ("multipleBirth as boolean", ""),
        ("multipleBirthInteger", ""),
        ("birthDate.extension('http://e.no/time').value > birthDate", ""),
        ("birthDate + 1 month", "1975-01-25"),
        ("@2024-01-31 + 1 month", "2024-02-29"),
        ("@2024-02-29 - 1 year", "2023-02-28"),
        ("@2014 + 24 months", "2016"),
        ("@T23:30 + 45 minutes", "00:15"),
        ("now()", "2026-01-02T04:04:05.678+01:00"),
        ("today()", "2026-01-02"),
        ("timeOfDay()", "04:04:05.678"),
        ("generalPractitioner.resolve().name.family", "Lege"),
        ("extension('http://e.no/weight').value", "64.50 'kg'"),
        ("extension('http://e.no/weight').value.value", "64.50"),
        ("extension('http://e.no/weight').value = 64500 'g'", "true"),
        ("extension('http://e.no/weight').value > 1 'm'", ""),
        ("37 'Cel' < 38 'Cel'", "true"),
        ("37 'Cel' < 38 'K'", ""),
        ("0.1 + 0.2 = 0.3", "true"),
        ("1 / 3 * 3 ~ 1", "true"),
        ("2.power(10) | 2.5.power(2) | 81.sqrt()", "1024 | 6.25 | 9"),
        ("defineVariable('n', name.first()).select(%n.family & '!')", "Nordmann!"),
        ("name.select(family | given.first()).where($this is string).join(';')", "Nordmann;Kari;Kaja"),
        ("name.sort(use).use | name.sort(-use).use.first()", "official | usual"),
        ("text.`div`.htmlChecks()", "true"),
        ("text.div.replaceMatches('<[^>]*>', '')", "Kari"),
        ("'<div><script>x</script></div>'.htmlChecks()", "false"),
        ("'abc'.matches('^[a-c]+$') and 'abc'.matchesFull('b').not()", "true"),
        ("'æøå'.length() | 'æøå'.indexOf('å') | 'æøå'.upper()", "3 | 2 | ÆØÅ"),
        ("'blåbær'.encode('base64').decode('base64')", "blåbær"),
        ("'a'.encode('base64') & 'ab'.encode('urlbase64')", "YQ==YWI="),
        ("conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "true"),
        ("maritalStatus.memberOf('http://v')", ""),
        (
            "id.type().name | type().name | name.type().name | contained.type().namespace",
            "id | Patient | HumanName | FHIR",
        ),
        ("%resource.id = %context.id and %rootResource.id = 'kari'", "true"),
        ("(1 | 2 | 3).aggregate($this + $total, 0)", "6"),
        ("iif(active, 'yes', 1/0)", "yes"),
        ("name[1].given | name[7].given", "Kaja"),
        ("descendants().ofType(HumanName).count()", "3"),
        ("children().count() > 8", "true"),
    ] {
        assert_eq!(shown(expression), Ok(expected.to_owned()), "{expression}");
    }
}

#[test]
fn mistakes_are_told_apart() {
    for (expression, expected) in [
        ("name.single()", EvalError::NotSingle("single")),
        ("%unknown", EvalError::Variable("unknown".to_owned())),
        ("active + 1", EvalError::Type("arithmetic")),
        ("name.startsWith('x')", EvalError::NotSingle("a function of text")),
        ("maritalStatus.startsWith('x')", EvalError::Type("a function of text")),
        ("conformsTo('http://nowhere')", EvalError::Profile("http://nowhere".to_owned())),
        ("'x'.matches(id & '(')", EvalError::Pattern),
        ("defineVariable('ucum')", EvalError::VariableTwice("ucum".to_owned())),
        ("'x'.encode('rot13')", EvalError::Unknown("encode, decode, escape and unescape")),
    ] {
        assert_eq!(shown(expression), Err(expected), "{expression}");
    }
    let root = parse(PATIENT.as_bytes(), &Limits::default()).unwrap();
    let now = Expression::parse("now()").unwrap();
    assert_eq!(now.is_true(&Context::of_resource(&root)), Err(EvalError::NoTime));
}

#[test]
fn what_is_no_expression_is_refused_with_its_place() {
    for (text, kind, position) in [
        ("name.", ParseErrorKind::Unexpected, 5),
        ("1 +", ParseErrorKind::Unexpected, 3),
        ("'open", ParseErrorKind::Unclosed, 5),
        ("a.nothing()", ParseErrorKind::Function, 2),
        ("name.where()", ParseErrorKind::Arguments, 12),
        ("a is Nothing", ParseErrorKind::Type, 12),
        ("@2024-13-01", ParseErrorKind::Moment, 0),
        ("a § b", ParseErrorKind::Character, 2),
        ("'a'.matches('(')", ParseErrorKind::Pattern, 16),
        ("99999999999999999999", ParseErrorKind::Number, 20),
    ] {
        let error = Expression::parse(text).unwrap_err();
        assert_eq!((error.kind, error.position), (kind, position), "{text}");
    }
}

#[test]
fn an_expression_can_be_checked_before_it_is_used() {
    let check = |text: &str, kind: &str| Expression::parse(text).unwrap().check(kind);
    for right in [
        "name.given",
        "Patient.name.where(use = 'x').family",
        "contained.anything",
        "extension.value.unit",
        "multipleBirth",
    ] {
        assert_eq!(check(right, "Patient"), Ok(()), "{right}");
    }
    let missing = |type_name: &str, name: &str| {
        Err(CheckError::Element { type_name: type_name.to_owned(), name: name.to_owned() })
    };
    assert_eq!(check("name.givn", "Patient"), missing("HumanName", "givn"));
    assert_eq!(check("Observation.status", "Patient"), missing("Patient", "Observation"));
    assert_eq!(check("valueQuantity", "Observation"), missing("Observation", "valueQuantity"));
    assert_eq!(check("(value as Period).unit", "Observation"), missing("Period", "unit"));
    assert_eq!(check("id", "Nothing"), Err(CheckError::Type("Nothing".to_owned())));
}

struct Outside<'a>(Node<'a>);

impl<'a> Resolve<'a> for &'a Outside<'a> {
    fn resolve(&self, reference: &str) -> Option<&'a Node<'a>> {
        (reference == "Practitioner/2").then_some(&self.0)
    }
}

impl Terms for Outside<'_> {
    fn member_of(&self, codes: &[Code<'_>], value_set: &str) -> Option<bool> {
        (value_set == "http://v").then(|| codes.iter().any(|c| c.code == "M" && c.system == Some("http://s")))
    }

    fn subsumes(&self, general: &Code<'_>, special: &Code<'_>) -> Option<bool> {
        Some(special.code.starts_with(general.code))
    }
}

#[test]
fn what_is_outside_is_asked_for() {
    let root = parse(PATIENT.as_bytes(), &Limits::default()).unwrap();
    let other = parse(br#"{"resourceType":"Practitioner","id":"2"}"#, &Limits::default()).unwrap();
    let outside = Outside(other);
    let reference = &&outside;
    let context =
        Context::of_resource(&root).resolving(reference).with_terms(&outside).with("c", vec![Value::Integer(1)]);
    for expression in [
        "generalPractitioner.resolve().id = ('p' | '2')",
        "maritalStatus.memberOf('http://v')",
        "maritalStatus.memberOf('http://other').empty()",
        "maritalStatus.coding.subsumes('MM') and 'MM'.subsumedBy(maritalStatus)",
        "%c = 1",
    ] {
        assert_eq!(Expression::parse(expression).unwrap().is_true(&context), Ok(Some(true)), "{expression}");
    }
}
