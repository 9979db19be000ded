use varde_base::ResourceId;
use varde_fhir::json::Limits;
use varde_fhir::search::{self, SearchOptions};
use varde_fhir::{Parsed, ReferenceMap, ResourceType};
use varde_rights::Action;
use varde_store::{Expect, Gate, GateError, Page, Put, Write};

/// Most resources a page of the portal asks for at a time.
const PAGE_COUNT: u32 = 500;

/// Searches with parameters as the FHIR API has them, so that a page asks for nothing an app could not ask for.
pub(crate) async fn find(
    gate: &Gate,
    resource_type: ResourceType,
    parameters: &[(&str, &str)],
    now: jiff::Timestamp,
) -> Result<Page, GateError> {
    let pairs: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = SearchOptions { max_count: PAGE_COUNT, default_count: PAGE_COUNT, lenient: false, now };
    let query = search::parse(resource_type, &pairs, &options).map_err(GateError::Invalid)?;
    gate.search(&query).await
}

/// A resource to create with `id`, which is ours: new, or made from what makes the write the same when it is sent twice.
pub(crate) fn put(id: &ResourceId, body: &serde_json::Value, action: Action) -> Result<Write, GateError> {
    let bytes = serde_json::to_vec(body).map_err(|_| GateError::Fault)?;
    let parsed = Parsed::parse(&bytes, &Limits::default()).map_err(GateError::Invalid)?;
    Ok(Write::Put(Box::new(Put { action, ..Put::fresh(parsed, id.clone(), &ReferenceMap::new()) })))
}

/// A resource to replace, if it still has the version that was read.
pub(crate) fn put_changed(id: &ResourceId, body: &[u8], version: u64, action: Action) -> Result<Write, GateError> {
    let parsed = Parsed::parse(body, &Limits::default()).map_err(GateError::Invalid)?;
    let expect = Expect::Version(version);
    Ok(Write::Put(Box::new(Put { expect, action, ..Put::new(parsed, id.clone(), &ReferenceMap::new()) })))
}
