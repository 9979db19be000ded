//! What a resource says of when the citizen may see it, and of the referral it belongs to.

use jiff::Timestamp;
use jiff::civil::Date;
use varde_base::{ResourceId, norway};
use varde_fhir::json::Node;
use varde_rights::{Release, ReleaseKind};

/// Extension on `Resource.meta` by which health personnel set when a citizen sees an item: `valueCode` `now` or `personnel-only`, or
/// `valueInstant`.
const RELEASE_EXTENSION: &str = "urn:varde:release";
/// Categories of a ServiceRequest, in our own system, that have a delay of their own.
const CHILD_REFERRALS: [&str; 2] = ["paediatric-ward", "child-psychiatry"];
/// Categories of an Observation that are no answer to anything: shown at once.
const OWN_OBSERVATIONS: [&str; 4] = ["vital-signs", "social-history", "survey", "activity"];

/// What decides when a resource is shown; `None` for what is shown at once.
pub(crate) fn of(resource_type: &str, root: &Node<'_>) -> Option<Release> {
    let override_by_personnel = by_personnel(root);
    let is_result = match resource_type {
        "Observation" => !has_category(root, &OWN_OBSERVATIONS),
        "DiagnosticReport" | "ImagingStudy" => true,
        _ => false,
    };
    let child_referral = resource_type == "ServiceRequest" && has_category(root, &CHILD_REFERRALS);
    let release = Release { issued: issued(root), override_by_personnel, child_referral };
    (is_result || child_referral || override_by_personnel.is_some()).then_some(release)
}

/// Id of the ServiceRequest a resource belongs to, by `basedOn` or, for a document, its context; of a referral its own.
pub(crate) fn referral(resource_type: &str, id: &ResourceId, root: &Node<'_>) -> Option<Box<str>> {
    if resource_type == "ServiceRequest" {
        return Some(id.as_str().into());
    }
    let related = root.get("context").map(|context| context.list("related")).unwrap_or_default();
    let references = root.list("basedOn").iter().chain(related).filter_map(|reference| reference.str_at("reference"));
    references.filter_map(|reference| reference.strip_prefix("ServiceRequest/")).map(Into::into).next()
}

fn by_personnel(root: &Node<'_>) -> Option<ReleaseKind> {
    let extensions = root.get("meta")?.list("extension");
    let release = extensions.iter().find(|extension| extension.str_at("url") == Some(RELEASE_EXTENSION))?;
    if let Some(from) = release.str_at("valueInstant") {
        // A moment that cannot be read is none: personnel must set it again.
        return Some(from.parse().map_or(ReleaseKind::ByPersonnelOnly, ReleaseKind::At));
    }
    Some(if release.str_at("valueCode") == Some("now") { ReleaseKind::Now } else { ReleaseKind::ByPersonnelOnly })
}

fn issued(root: &Node<'_>) -> Option<Timestamp> {
    ["issued", "authoredOn", "started", "effectiveDateTime"].into_iter().find_map(|name| instant(root.str_at(name)?))
}

/// An instant, or the first of a day in Norway; a month or a year says too little.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| Some(text.parse::<Date>().ok()?.to_zoned(norway().clone()).ok()?.timestamp()))
}

fn has_category(root: &Node<'_>, codes: &[&str]) -> bool {
    let codings = root.list("category").iter().flat_map(|concept| concept.list("coding"));
    codings.filter_map(|coding| coding.str_at("code")).any(|code| codes.contains(&code))
}

#[cfg(test)]
mod tests {
    use varde_fhir::Parsed;
    use varde_fhir::json::Limits;

    use super::*;

    fn release(body: &str) -> Option<Release> {
        let parsed = Parsed::parse(body.as_bytes(), &Limits::default()).expect("a resource");
        of(parsed.resource_type().name(), parsed.root())
    }

    const STATUS: &str = r#""status":"final","code":{"text":"x"}"#;

    #[test]
    fn results_have_a_release_and_ones_own_measurements_have_none() {
        let of = |more: &str| release(&format!(r#"{{"resourceType":"Observation",{STATUS}{more}}}"#));
        let plain = of(r#","issued":"2026-11-01T10:00:00Z""#).expect("a release");
        assert_eq!(plain.issued, "2026-11-01T10:00:00Z".parse().ok());
        assert_eq!(plain.override_by_personnel, None);
        let of_a_day = of(r#","effectiveDateTime":"2026-11-01""#).and_then(|release| release.issued);
        assert_eq!(of_a_day, "2026-10-31T23:00:00Z".parse().ok(), "midnight in Norway");
        assert_eq!(of(r#","category":[{"coding":[{"code":"vital-signs"}]}]"#), None);
        assert!(of(r#","category":[{"coding":[{"code":"laboratory"}]}]"#).is_some());
    }

    #[test]
    fn personnel_set_the_release_of_anything() {
        let of = |value: &str| {
            let meta = format!(r#""meta":{{"extension":[{{"url":"urn:varde:release",{value}}}]}}"#);
            release(&format!(r#"{{"resourceType":"Observation",{STATUS},{meta}}}"#))
                .and_then(|r| r.override_by_personnel)
        };
        let day = "2026-12-01T00:00:00Z";
        assert_eq!(of(r#""valueCode":"now""#), Some(ReleaseKind::Now));
        assert_eq!(of(r#""valueCode":"personnel-only""#), Some(ReleaseKind::ByPersonnelOnly));
        assert_eq!(of(&format!(r#""valueInstant":"{day}""#)), day.parse().ok().map(ReleaseKind::At));
    }

    #[test]
    fn what_belongs_to_a_referral_says_so() {
        let body = format!(
            r#"{{"resourceType":"Observation",{STATUS},"basedOn":[{{"reference":"CarePlan/c"}},{{"reference":"ServiceRequest/r1"}}]}}"#
        );
        let parsed = Parsed::parse(body.as_bytes(), &Limits::default()).expect("a resource");
        let id = "o1".parse().expect("an id");
        assert_eq!(referral("Observation", &id, parsed.root()).as_deref(), Some("r1"));
        assert_eq!(referral("ServiceRequest", &id, parsed.root()).as_deref(), Some("o1"));
    }
}
