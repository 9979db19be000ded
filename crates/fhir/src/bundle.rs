use jiff::Timestamp;

use crate::json::write_string;

/// What kind of Bundle is written (R4 valueset-bundle-type).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleKind {
    /// The answer to a search.
    Searchset,
    /// The answer to a history.
    History,
    /// The answer to a transaction.
    TransactionResponse,
    /// The answer to a batch.
    BatchResponse,
    /// A collection.
    Collection,
}

impl BundleKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Searchset => "searchset",
            Self::History => "history",
            Self::TransactionResponse => "transaction-response",
            Self::BatchResponse => "batch-response",
            Self::Collection => "collection",
        }
    }
}

/// Why a resource is in a searchset (R4 valueset-search-entry-mode).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchMode {
    /// It matched.
    Match,
    /// A match refers to it.
    Include,
    /// It says something of the search: an OperationOutcome.
    Outcome,
}

/// What an entry of a history or of a transaction came to (R4 bundle, `entry.response`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryResponse {
    /// HTTP status, such as `201 Created`.
    pub status: String,
    /// Where it is: `Patient/1/_history/1`.
    pub location: Option<String>,
    /// Version, as a weak entity tag.
    pub etag: Option<String>,
    /// When it changed.
    pub last_modified: Option<Timestamp>,
    /// An OperationOutcome as JSON.
    pub outcome: Option<Vec<u8>>,
}

/// Writes a Bundle from bodies that are JSON already, without reading them.
#[derive(Debug)]
pub struct BundleWriter {
    out: Vec<u8>,
    entries: usize,
}

impl BundleWriter {
    /// Begins a Bundle. `links` are pairs of relation and URL (`self`, `next`).
    pub fn new(kind: BundleKind, total: Option<u64>, links: &[(&str, &str)]) -> Self {
        let mut out = format!(r#"{{"resourceType":"Bundle","type":"{}""#, kind.code());
        if let Some(total) = total {
            out.push_str(&format!(r#","total":{total}"#));
        }
        for (index, (relation, url)) in links.iter().enumerate() {
            out.push_str(if index == 0 { r#","link":["# } else { "," });
            out.push_str(r#"{"relation":"#);
            write_string(&mut out, relation);
            out.push_str(r#","url":"#);
            write_string(&mut out, url);
            out.push('}');
        }
        if !links.is_empty() {
            out.push(']');
        }
        Self { out: out.into_bytes(), entries: 0 }
    }

    /// Makes room for this many bytes of entries, so that the Bundle is not moved while it grows.
    pub fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    /// An entry of a searchset. `body` is the JSON of a resource.
    pub fn search_entry(&mut self, full_url: Option<&str>, body: &[u8], mode: SearchMode) {
        self.open(full_url, Some(body));
        let mode = match mode {
            SearchMode::Match => "match",
            SearchMode::Include => "include",
            SearchMode::Outcome => "outcome",
        };
        for part in [r#","search":{"mode":""#, mode, "\"}}"] {
            self.text(part);
        }
    }

    /// An entry of a history: `body` is `None` for a deletion; `request` is method and URL that made this version.
    pub fn history_entry(
        &mut self,
        full_url: &str,
        body: Option<&[u8]>,
        request: (&str, &str),
        response: &EntryResponse,
    ) {
        self.open(Some(full_url), body);
        self.text(r#","request":{"method":"#);
        self.quoted(request.0);
        self.text(r#","url":"#);
        self.quoted(request.1);
        self.out.push(b'}');
        self.response(response);
        self.out.push(b'}');
    }

    /// An entry of the answer to a batch or transaction, in the order of the request.
    pub fn response_entry(&mut self, full_url: Option<&str>, body: Option<&[u8]>, response: &EntryResponse) {
        self.open(full_url, body);
        self.response(response);
        self.out.push(b'}');
    }

    /// The Bundle as JSON.
    pub fn finish(mut self) -> Vec<u8> {
        self.text(if self.entries > 0 { "]}" } else { "}" });
        self.out
    }

    fn open(&mut self, full_url: Option<&str>, body: Option<&[u8]>) {
        self.text(if self.entries == 0 { r#","entry":[{"# } else { ",{" });
        self.entries += 1;
        if let Some(url) = full_url {
            self.text(r#""fullUrl":"#);
            self.quoted(url);
        }
        if let Some(body) = body {
            self.comma();
            self.text(r#""resource":"#);
            self.out.extend_from_slice(body);
        }
    }

    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn quoted(&mut self, text: &str) {
        let mut quoted = String::with_capacity(text.len() + 2);
        write_string(&mut quoted, text);
        self.text(&quoted);
    }

    /// A comma, unless the entry has just been opened.
    fn comma(&mut self) {
        if !self.out.ends_with(b"{") {
            self.out.push(b',');
        }
    }

    fn response(&mut self, response: &EntryResponse) {
        self.comma();
        self.text(r#""response":{"status":"#);
        self.quoted(&response.status);
        let modified = response.last_modified.map(|t| t.to_string());
        for (name, value) in [("location", &response.location), ("etag", &response.etag), ("lastModified", &modified)] {
            if let Some(value) = value {
                self.text(&format!(r#","{name}":"#));
                self.quoted(value);
            }
        }
        if let Some(outcome) = response.outcome.as_deref() {
            self.text(r#","outcome":"#);
            self.out.extend_from_slice(outcome);
        }
        self.out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parsed;
    use crate::json::Limits;

    #[test]
    fn what_is_written_is_a_valid_bundle() {
        let patient = br#"{"resourceType":"Patient","id":"a"}"#;
        let response = EntryResponse {
            status: "201 Created".into(),
            location: Some("Patient/a/_history/1".into()),
            etag: Some("W/\"1\"".into()),
            last_modified: Some("2026-01-01T00:00:00Z".parse().unwrap()),
            outcome: Some(crate::operation_outcome(&[])),
        };
        let mut search = BundleWriter::new(
            BundleKind::Searchset,
            Some(1),
            &[("self", "http://x/Patient?name=\"å\""), ("next", "http://x")],
        );
        search.search_entry(Some("http://x/Patient/a"), patient, SearchMode::Match);
        search.search_entry(None, &crate::operation_outcome(&[]), SearchMode::Outcome);
        let mut history = BundleWriter::new(BundleKind::History, None, &[]);
        history.history_entry("http://x/Patient/a", None, ("DELETE", "Patient/a"), &response);
        history.history_entry("http://x/Patient/a", Some(patient), ("PUT", "Patient/a"), &response);
        let mut answer = BundleWriter::new(BundleKind::TransactionResponse, None, &[]);
        answer.response_entry(None, None, &response);
        answer.response_entry(None, Some(patient), &EntryResponse { status: "200".into(), ..EntryResponse::default() });
        let empty = BundleWriter::new(BundleKind::Searchset, Some(0), &[]);
        for bytes in [search.finish(), history.finish(), answer.finish(), empty.finish()] {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(
                Parsed::parse(&bytes, &Limits::default()).is_ok(),
                "{text}: {:?}",
                Parsed::parse(&bytes, &Limits::default())
            );
        }
    }
}
