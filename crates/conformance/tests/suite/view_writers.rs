//! Views without shared data: what is refused, and what is written.

use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use varde_conformance::view::{CsvWriter, NdjsonWriter, ParquetWriter, Row, RowError, View, ViewErrorKind};
use varde_fhir::json::{Limits, parse};

const VIEW: &str = r#"{"resourceType":"ViewDefinition","name":"people","resource":"Patient","status":"active",
    "constant":[{"name":"wanted","valueCode":"official"}],
    "select":[{"column":[{"name":"id","path":"getResourceKey()","type":"id"},{"name":"active","path":"active","type":"boolean"},
        {"name":"born","path":"birthDate","type":"date"},{"name":"children","path":"multipleBirth.ofType(integer)","type":"integer"},
        {"name":"weight","path":"extension('w').value.ofType(decimal)","type":"decimal"},
        {"name":"given","path":"name.given","type":"string","collection":true},{"name":"raw","path":"active"}]},
      {"forEachOrNull":"name.where(use = %wanted)","column":[{"name":"family","path":"family","type":"string"}]}],
    "where":[{"path":"id.exists()"}]}"#;

const PEOPLE: [&str; 3] = [
    r#"{"resourceType":"Patient","id":"a","active":true,"birthDate":"1974-12","multipleBirthInteger":2,
        "extension":[{"url":"w","valueDecimal":64.50}],
        "name":[{"use":"official","family":"Nord, \"mann\"","given":["Kari","Kaja"]},{"use":"usual","given":["K"]}]}"#,
    r#"{"resourceType":"Patient","id":"b"}"#,
    r#"{"resourceType":"Observation","id":"c"}"#,
];

fn rows(view: &View) -> Vec<Row> {
    let rows = |text: &&str| view.rows(&parse(text.as_bytes(), &Limits::default()).unwrap(), None).unwrap();
    PEOPLE.iter().flat_map(rows).collect()
}

#[test]
fn rows_are_written_as_ndjson_and_csv() {
    let view = View::parse(VIEW.as_bytes()).unwrap();
    let rows = rows(&view);
    let mut ndjson = NdjsonWriter::new(&view, Vec::new());
    ndjson.write(&rows).unwrap();
    assert_eq!(
        String::from_utf8(ndjson.finish().unwrap()).unwrap(),
        concat!(
            r#"{"id":"a","active":true,"born":"1974-12","children":2,"weight":64.50,"given":["Kari","Kaja","K"],"raw":true,"family":"Nord, \"mann\""}"#,
            "\n",
            r#"{"id":"b","active":null,"born":null,"children":null,"weight":null,"given":[],"raw":null,"family":null}"#,
            "\n"
        )
    );
    let mut csv = CsvWriter::new(&view, Vec::new()).unwrap();
    csv.write(&rows).unwrap();
    assert_eq!(
        String::from_utf8(csv.finish().unwrap()).unwrap(),
        concat!(
            "id,active,born,children,weight,given,raw,family\r\n",
            r#"a,true,1974-12,2,64.50,"[""Kari"",""Kaja"",""K""]",true,"Nord, ""mann""""#,
            "\r\n",
            "b,,,,,[],,\r\n"
        )
    );
}

#[test]
fn parquet_is_read_back_as_it_was_written() {
    let view = View::parse(VIEW.as_bytes()).unwrap();
    let mut writer = ParquetWriter::new(&view, Vec::new()).unwrap();
    // More than one row group.
    for _ in 0..6_000 {
        writer.write(rows(&view)).unwrap();
    }
    let file = SerializedFileReader::new(Bytes::from(writer.finish().unwrap())).unwrap();
    assert_eq!(file.metadata().file_metadata().num_rows(), 12_000);
    assert_eq!(file.num_row_groups(), 2);
    let mut read = file.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string());
    let (first, second) = (read.next().unwrap(), read.next().unwrap());
    assert_eq!(
        first,
        r#"{id: "a", active: true, born: "1974-12", children: 2, weight: 64.5, given: ["Kari", "Kaja", "K"], raw: "true", family: "Nord, "mann""}"#
    );
    assert_eq!(
        second,
        r#"{id: "b", active: null, born: null, children: null, weight: null, given: [], raw: null, family: null}"#
    );
    assert_eq!(read.count(), 11_998);
}

#[test]
fn what_is_wrong_with_a_view_is_said_with_its_place() {
    let select = |inner: &str| format!(r#"{{"resource":"Patient","select":[{inner}]}}"#);
    let column = |inner: &str| select(&format!(r#"{{"column":[{inner}]}}"#));
    for (view, place, kind) in [
        ("{}".to_owned(), "ViewDefinition.resource", ViewErrorKind::Missing),
        (r#"{"resource":"Person2"}"#.to_owned(), "ViewDefinition.resource", ViewErrorKind::Resource),
        (r#"{"resource":"Patient"}"#.to_owned(), "ViewDefinition.select", ViewErrorKind::Missing),
        (column(r#"{"path":"id"}"#), "ViewDefinition.select[0].column[0].name", ViewErrorKind::Missing),
        (column(r#"{"path":"id","name":"1 a"}"#), "ViewDefinition.select[0].column[0].name", ViewErrorKind::Name),
        (column(r#"{"name":"id"}"#), "ViewDefinition.select[0].column[0].path", ViewErrorKind::Missing),
        (
            column(r#"{"path":"name","name":"n","type":"HumanName"}"#),
            "ViewDefinition.select[0].column[0].type",
            ViewErrorKind::Type,
        ),
        (
            column(r#"{"path":"id","name":"a"},{"path":"id","name":"a"}"#),
            "ViewDefinition.select.column.where(name = 'a')",
            ViewErrorKind::Twice,
        ),
        (select(r#"{"forEach":"name","repeat":["name"]}"#), "ViewDefinition.select[0]", ViewErrorKind::Each),
        (
            select(r#"{"unionAll":[{"column":[{"path":"id","name":"a"}]},{"column":[{"path":"id","name":"b"}]}]}"#),
            "ViewDefinition.select[0].unionAll[1]",
            ViewErrorKind::Union,
        ),
        (
            format!(
                "{{\"resource\":\"Patient\",\"select\":{}{}}}",
                "[{\"select\":".repeat(20),
                "[]".to_owned() + &"}]".repeat(20)
            ),
            "",
            ViewErrorKind::TooMany,
        ),
    ] {
        let error = View::parse(view.as_bytes()).unwrap_err();
        assert_eq!(error.kind, kind, "{view}");
        assert!(place.is_empty() || error.expression == place, "{view}: {}", error.expression);
    }
}

#[test]
fn a_resource_that_does_not_fit_is_told_of_by_column() {
    let error = |column: &str, resource: &str| {
        let view = format!(r#"{{"resource":"Patient","select":[{{"column":[{column}]}}]}}"#);
        let view = View::parse(view.as_bytes()).unwrap();
        view.rows(&parse(resource.as_bytes(), &Limits::default()).unwrap(), None).unwrap_err()
    };
    let resource = r#"{"resourceType":"Patient","name":[{"given":["a","b"]}]}"#;
    assert_eq!(error(r#"{"name":"g","path":"name.given"}"#, resource), RowError::NotSingle("g".to_owned()));
    assert_eq!(error(r#"{"name":"g","path":"name"}"#, resource), RowError::Type("g".to_owned()));
    assert_eq!(error(r#"{"name":"g","path":"'x'","type":"integer"}"#, resource), RowError::Type("g".to_owned()));
    let names = r#"{"given":["a"]},"#.repeat(400);
    let many = format!(r#"{{"resourceType":"Patient","name":[{}]}}"#, names.trim_end_matches(','));
    let view = r#"{"resource":"Patient","select":[{"forEach":"name","column":[{"name":"a","path":"$this.exists()"}]},
        {"forEach":"name","column":[{"name":"b","path":"1"}]}]}"#;
    let view = View::parse(view.as_bytes()).unwrap();
    assert_eq!(view.rows(&parse(many.as_bytes(), &Limits::default()).unwrap(), None), Err(RowError::TooMany));
}
