//! Every resource of the country is valid FHIR R4, by the same reader as the API's.

use jiff::civil::date;
use varde_fhir::Parsed;
use varde_fhir::json::Limits;

use crate::{Country, Plan};

#[test]
fn every_resource_is_valid_and_carries_its_own_id() {
    let country = Country::generate(&Plan { size: 300, seed: 3, today: date(2026, 8, 3) });
    let mut count = 0;
    for resource in country.flat_map(|group| group.resources) {
        let text = String::from_utf8_lossy(resource.json()).into_owned();
        let parsed = Parsed::parse(resource.json(), &Limits::default());
        let parsed = parsed.unwrap_or_else(|issues| panic!("{issues:?} in {text}"));
        assert!(parsed.id().is_some(), "{text}");
        count += 1;
    }
    assert!(count > 5_000, "only {count} resources");
}
