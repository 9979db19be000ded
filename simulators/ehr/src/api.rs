//! The public FHIR API, as any record system would use it.

use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Largest answer read, in bytes.
const MAX_ANSWER: usize = 16 << 20;

/// Most pages of a search that are read, and matches on each.
const MAX_PAGES: usize = 20;
const PAGE_COUNT: usize = 100;

/// Why something could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    /// Nobody answers, or not now. It is not the request's fault.
    #[error("the API is away: {0}")]
    Away(String),
    /// Somebody else has changed it first, or it is there already.
    #[error("it has been changed")]
    Changed,
    /// It is not there, or may not be known.
    #[error("it is not there")]
    Gone,
    /// The API says no.
    #[error("{status}: {says}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// What it says.
        says: String,
    },
}

/// A client.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    client: Client,
    base: String,
    token: String,
}

impl Api {
    /// For the API at `base`.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new(base: &str, token: &str) -> reqwest::Result<Self> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("varde-simulator-ehr/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    /// Its base URL.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// A resource.
    pub(crate) async fn read(&self, reference: &str) -> Result<Value, ApiError> {
        self.send(Method::GET, &format!("{}/{reference}", self.base), None).await
    }

    /// What a search finds, with what it brings along; at most twenty pages.
    pub(crate) async fn search(&self, query: &str) -> Result<Vec<Value>, ApiError> {
        self.pages(query, MAX_PAGES).await
    }

    /// The first page of what a search finds.
    pub(crate) async fn first_page(&self, query: &str) -> Result<Vec<Value>, ApiError> {
        self.pages(query, 1).await
    }

    async fn pages(&self, query: &str, pages: usize) -> Result<Vec<Value>, ApiError> {
        let mut next = Some(format!("{}/{query}&_count={PAGE_COUNT}", self.base));
        let mut found = Vec::new();
        for _ in 0..pages {
            let Some(url) = next.take() else { break };
            let mut bundle = self.send(Method::GET, &url, None).await?;
            next = link(&bundle, "next").filter(|url| url.starts_with(&self.base));
            let entries = bundle.get_mut("entry").and_then(Value::as_array_mut).map(std::mem::take);
            found.extend(entries.into_iter().flatten().filter_map(|mut entry| Some(entry.get_mut("resource")?.take())));
        }
        Ok(found)
    }

    /// Writes a resource under its own id.
    pub(crate) async fn put(&self, reference: &str, resource: &Value) -> Result<Value, ApiError> {
        self.send(Method::PUT, &format!("{}/{reference}", self.base), Some(("application/fhir+json", resource))).await
    }

    /// Changes a resource by JSON Patch (RFC 6902).
    pub(crate) async fn patch(&self, reference: &str, operations: &Value) -> Result<Value, ApiError> {
        let url = format!("{}/{reference}", self.base);
        self.send(Method::PATCH, &url, Some(("application/json-patch+json", operations))).await
    }

    /// Writes all or nothing.
    pub(crate) async fn transaction(&self, entries: Vec<Value>) -> Result<Value, ApiError> {
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
        self.send(Method::POST, &self.base, Some(("application/fhir+json", &bundle))).await
    }

    async fn send(&self, method: Method, url: &str, body: Option<(&str, &Value)>) -> Result<Value, ApiError> {
        let mut request = self.client.request(method, url).bearer_auth(&self.token);
        if let Some((kind, body)) = body {
            request = request.header("content-type", kind).body(body.to_string());
        }
        let away = |error: reqwest::Error| ApiError::Away(error.without_url().to_string());
        let mut response = request.send().await.map_err(away)?;
        let status = response.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(away)? {
            if bytes.len() + chunk.len() > MAX_ANSWER {
                return Err(ApiError::Refused { status: status.as_u16(), says: "the answer is too large".to_owned() });
            }
            bytes.extend_from_slice(&chunk);
        }
        let answer = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status.is_success() { Ok(answer) } else { Err(failure(status, &answer)) }
    }
}

fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle.get("link")?.as_array()?;
    let link = links.iter().find(|link| link.get("relation").and_then(Value::as_str) == Some(relation))?;
    Some(link.get("url")?.as_str()?.to_owned())
}

/// What an answer that is no success means.
fn failure(status: StatusCode, outcome: &Value) -> ApiError {
    let text = |path: &str| outcome.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let code = text("/issue/0/code");
    match status.as_u16() {
        404 | 410 => ApiError::Gone,
        409 | 412 => ApiError::Changed,
        // A `test` of a patch that does not hold.
        400 if code == "conflict" => ApiError::Changed,
        429 | 502..=504 => ApiError::Away(status.to_string()),
        status => {
            let says = [text("/issue/0/diagnostics"), text("/issue/0/expression/0")].join(" ");
            ApiError::Refused { status, says: says.trim().to_owned() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_means() {
        let conflict = json!({ "issue": [{ "code": "conflict" }] });
        let wrong =
            json!({ "issue": [{ "code": "value", "diagnostics": "no such code", "expression": ["Task.status"] }] });
        let refused = ApiError::Refused { status: 400, says: "no such code Task.status".to_owned() };
        for (status, outcome, expected) in [
            (404, &Value::Null, ApiError::Gone),
            (410, &Value::Null, ApiError::Gone),
            (409, &Value::Null, ApiError::Changed),
            (412, &Value::Null, ApiError::Changed),
            (400, &conflict, ApiError::Changed),
            (400, &wrong, refused),
            (503, &Value::Null, ApiError::Away("503 Service Unavailable".to_owned())),
            (429, &Value::Null, ApiError::Away("429 Too Many Requests".to_owned())),
            (500, &Value::Null, ApiError::Refused { status: 500, says: String::new() }),
        ] {
            assert_eq!(failure(StatusCode::from_u16(status).unwrap(), outcome), expected, "{status}");
        }
    }
}
