//! What a Subscription asks for, read and checked.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use varde_base::ResourceId;
use varde_fhir::json::Node;
use varde_fhir::search::{self, Candidate, Query, SearchOptions};
use varde_fhir::{Parsed, ResourceType};
use varde_store::Happening;

use super::channel::Channel;
use super::topic::Topic;
use crate::fhir::decode_query;

/// Where the backport's extensions are defined.
pub(super) const BACKPORT: &str = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";
const MAX_FILTERS: usize = 16;
/// Shortest time between heartbeats.
const MIN_HEARTBEAT_SECONDS: i64 = 10;
/// How long an endpoint may take; at most half the time a message is ours.
const DEFAULT_TIMEOUT_SECONDS: u64 = 20;
const MAX_TIMEOUT_SECONDS: u64 = 60;

/// How much of a resource a notification holds (backport-content-value-set).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing of it.
    Empty,
    /// Its type and id.
    IdOnly,
    /// All of it.
    FullResource,
}

/// What a Subscription asks for.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) id: ResourceId,
    pub(super) topic: Topic,
    pub(super) topic_url: String,
    /// All must hold.
    filters: Vec<Query>,
    pub(super) channel: Channel,
    pub(super) content: Content,
    pub(super) heartbeat: Option<SignedDuration>,
    pub(super) timeout: Duration,
    pub(super) end: Option<Timestamp>,
}

impl Terms {
    /// Reads a Subscription (backport-subscription).
    ///
    /// # Errors
    /// A sentence for its `error`.
    pub(super) fn read(subscription: &Parsed<'_>, base_url: &str, now: Timestamp) -> Result<Self, String> {
        let root = subscription.root();
        let id = subscription.id().ok_or("it has no id")?;
        let topic_url = root.str_at("criteria").unwrap_or_default().to_owned();
        let topic = Topic::read(&topic_url, base_url)
            .ok_or_else(|| format!("criteria: there is no such topic; they are {base_url}/SubscriptionTopic/Type"))?;
        let filters = filters(root, topic.resource_type, now)?;
        let channel = root.get("channel").ok_or("it has no channel")?;
        let payload_content = extension(channel.get("_payload"), "backport-payload-content");
        let content = match payload_content.and_then(|extension| extension.str_at("valueCode")) {
            None | Some("empty") => Content::Empty,
            Some("id-only") => Content::IdOnly,
            Some("full-resource") => Content::FullResource,
            Some(_) => return Err("channel.payload: content is empty, id-only or full-resource".to_owned()),
        };
        if !matches!(channel.str_at("payload"), None | Some("application/fhir+json" | "application/json")) {
            return Err("channel.payload: only application/fhir+json is offered".to_owned());
        }
        let seconds = |name: &str| whole_number(extension(Some(channel), name)?);
        let heartbeat = seconds("backport-heartbeat-period").filter(|seconds| *seconds > 0);
        if heartbeat.is_some_and(|seconds| seconds < MIN_HEARTBEAT_SECONDS) {
            return Err(format!("channel: a heartbeat comes every {MIN_HEARTBEAT_SECONDS} seconds at most"));
        }
        let timeout = seconds("backport-timeout").and_then(|seconds| u64::try_from(seconds).ok());
        let timeout = timeout.unwrap_or(DEFAULT_TIMEOUT_SECONDS).clamp(1, MAX_TIMEOUT_SECONDS);
        let end = match root.str_at("end") {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| "end: an instant is expected".to_owned())?),
        };
        if end.is_some_and(|end: Timestamp| end <= now) {
            return Err("end: it is over already".to_owned());
        }
        Ok(Self {
            id,
            topic,
            topic_url,
            filters,
            channel: Channel::read(channel, content)?,
            content,
            heartbeat: heartbeat.map(SignedDuration::from_secs),
            timeout: Duration::from_secs(timeout),
            end,
        })
    }

    /// Whether a change is what is looked for.
    pub(super) fn looks_for(&self, happening: Happening, candidate: &Candidate<'_>) -> bool {
        self.topic.is_about(happening) && self.filters.iter().all(|filter| search::matches(filter, candidate))
    }
}

/// An extension of the backport by the last part of its URL.
fn extension<'n>(of: Option<&'n Node<'n>>, name: &str) -> Option<&'n Node<'n>> {
    let is = |extension: &&Node<'_>| extension.str_at("url").and_then(|url| url.strip_prefix(BACKPORT)) == Some(name);
    of?.list("extension").iter().find(is)
}

fn whole_number(extension: &Node<'_>) -> Option<i64> {
    let value = extension.get("valueUnsignedInt").or_else(|| extension.get("valuePositiveInt"))?;
    value.number()?.parse().ok()
}

/// `Type?search` or `search`, each an extension of `criteria`.
fn filters(root: &Node<'_>, kind: ResourceType, now: Timestamp) -> Result<Vec<Query>, String> {
    let extensions = root.get("_criteria").map(|criteria| criteria.list("extension")).unwrap_or_default();
    let is = |extension: &&Node<'_>| extension.str_at("url") == Some(&*format!("{BACKPORT}backport-filter-criteria"));
    let texts: Vec<&str> = extensions.iter().filter(is).filter_map(|e| e.str_at("valueString")).collect();
    if texts.len() > MAX_FILTERS {
        return Err(format!("criteria: at most {MAX_FILTERS} filters"));
    }
    texts.into_iter().map(|text| filter(text, kind, now)).collect()
}

fn filter(text: &str, kind: ResourceType, now: Timestamp) -> Result<Query, String> {
    let wrong = |why: &str| format!("filter-criteria: {why}");
    let search = match text.split_once('?') {
        Some((name, rest)) if name == kind.name() => rest,
        Some(_) => return Err(wrong("the type is not the topic's")),
        None => text,
    };
    let pairs = decode_query(search).ok_or_else(|| wrong("it cannot be read"))?;
    let options = SearchOptions { max_count: 1, default_count: 1, lenient: false, now };
    let query = search::parse(kind, &pairs, &options).map_err(|issues| {
        wrong(issues.first().map_or("it cannot be understood", |issue| issue.diagnostics.as_str()))
    })?;
    let more = !query.includes.is_empty() || !query.revincludes.is_empty() || !query.sort.is_empty();
    if query.clauses.is_empty() || more || !search::is_decidable(&query) {
        return Err(wrong("search parameters alone, without chains, quantities and :missing"));
    }
    Ok(query)
}
