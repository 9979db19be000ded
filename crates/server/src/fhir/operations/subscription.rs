//! `$status`, `$events` and `$get-ws-binding-token` of Subscriptions (hl7.org/fhir/uv/subscriptions-backport 1.1), and the place where
//! WebSocket clients connect.

use std::sync::Arc;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequestParts as _, Request, State as Shared};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use varde_base::{ResourceId, SystemActor};
use varde_fhir::json::{self, Limits};
use varde_fhir::search::{Clause, Query};
use varde_fhir::{BundleKind, BundleWriter, IssueCode, ResourceType, SearchMode};
use varde_store::{Found, Gate, GateError};

use super::input::Input;
use super::{On, Operation};
use crate::fhir::FhirState;
use crate::fhir::answer::Answer;
use crate::fhir::auth::Program;
use crate::fhir::outcome::Failed;
use crate::fhir::target::{Instance, OfType};
use crate::subscriptions::{Content, Event, Notification, NotificationKind, State, Subscriptions, serve_socket};

/// What is offered.
pub(super) const OFFERED: &[Operation] = &[
    Operation {
        name: "status",
        definition: "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status",
        on: On::Type(ResourceType::SUBSCRIPTION),
    },
    Operation {
        name: "events",
        definition: "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events",
        on: On::Type(ResourceType::SUBSCRIPTION),
    },
    Operation {
        name: "get-ws-binding-token",
        definition: "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-get-ws-binding-token",
        on: On::Type(ResourceType::SUBSCRIPTION),
    },
];

/// Most subscriptions in one answer.
const MAX_SUBSCRIPTIONS: u32 = 200;
/// Largest message of a client: a token and a word.
const MAX_MESSAGE_BYTES: usize = 4 << 10;

/// Its routes.
pub(super) fn router() -> Router<FhirState> {
    Router::new()
        .route("/{type}/$status", get(status_of_several).post(status_of_several))
        .route("/{type}/{id}/$status", get(status_of_one).post(status_of_one))
        .route("/{type}/{id}/$events", get(events).post(events))
        .route("/{type}/$get-ws-binding-token", get(token_of_several).post(token_of_several))
        .route("/{type}/{id}/$get-ws-binding-token", get(token_of_one).post(token_of_one))
}

/// Where WebSocket clients connect: the token they show there is one of ours.
pub(super) fn open_router() -> Router<FhirState> {
    Router::new().route("/$subscription-socket", get(socket))
}

fn is_subscription(resource_type: ResourceType) -> Result<(), Failed> {
    if resource_type == ResourceType::SUBSCRIPTION {
        return Ok(());
    }
    Err(Failed::not_supported("", "this operation is offered on Subscription alone"))
}

fn subscriptions(state: &FhirState) -> Result<&Arc<Subscriptions>, Failed> {
    state.subscriptions().ok_or_else(|| Failed::not_supported("", "subscriptions are not set up here"))
}

async fn status_of_one(
    Shared(state): Shared<FhirState>,
    Program(actor): Program,
    Instance(resource_type, id): Instance,
) -> Result<Response, Failed> {
    is_subscription(resource_type)?;
    let found = state.gate(&actor, "subscription-status").read(resource_type, &id).await?;
    Ok(statuses(&state, vec![found]).await?.respond(&state))
}

async fn status_of_several(
    Shared(state): Shared<FhirState>,
    Program(actor): Program,
    OfType(resource_type): OfType,
    mut input: Input,
) -> Result<Response, Failed> {
    is_subscription(resource_type)?;
    let gate = state.gate(&actor, "subscription-status");
    let wanted = input.take_all("status");
    let mut found = named(&gate, &mut input).await?;
    input.end()?;
    found.retain(|found| wanted.is_empty() || Parts::of(found).is_some_and(|parts| wanted.contains(&parts.status)));
    Ok(statuses(&state, found).await?.respond(&state))
}

/// The Subscriptions that are named by `id`, or all.
async fn named(gate: &Gate, input: &mut Input) -> Result<Vec<Found>, Failed> {
    let texts = input.take_all("id");
    let names = texts.iter().flat_map(|text| text.split(',')).map(|name| name.trim_start_matches("Subscription/"));
    let wrong = |_| Failed::at(IssueCode::Value, "id", "the id of a Subscription");
    let ids: Vec<ResourceId> = names.map(str::parse).collect::<Result<_, _>>().map_err(wrong)?;
    let clauses = if ids.is_empty() { Vec::new() } else { vec![Clause::Id(ids)] };
    let query = Query { clauses, count: MAX_SUBSCRIPTIONS, ..Query::of(ResourceType::SUBSCRIPTION) };
    Ok(gate.search(&query).await?.matches)
}

async fn statuses(state: &FhirState, found: Vec<Found>) -> Result<Answer, Failed> {
    let subscriptions = subscriptions(state)?;
    let base = state.base_url();
    let total = u64::try_from(found.len()).ok();
    let mut bundle = BundleWriter::new(BundleKind::Searchset, total, &[]);
    for found in &found {
        let Some(parts) = Parts::of(found) else { continue };
        let count = subscriptions.state(&found.id).await?.map_or(0, |kept| kept.count);
        let id = ResourceId::new_v7();
        let body =
            parts.notification(base, &found.id, NotificationKind::QueryStatus, count, Vec::new()).status(id.as_str());
        bundle.search_entry(Some(&format!("urn:uuid:{id}")), body.to_string().as_bytes(), SearchMode::Match);
    }
    Ok(Answer::body(bundle.finish()))
}

/// What has happened so far, as far as it is kept and the one who asks may know of it.
async fn events(
    Shared(state): Shared<FhirState>,
    Program(actor): Program,
    Instance(resource_type, id): Instance,
    mut input: Input,
) -> Result<Response, Failed> {
    is_subscription(resource_type)?;
    let number = |input: &mut Input, name: &'static str| match input.take(name)? {
        None => Ok(None),
        Some(text) => text.parse::<u64>().map(Some).map_err(|_| Failed::at(IssueCode::Value, name, "a number")),
    };
    let since = number(&mut input, "eventsSinceNumber")?.unwrap_or(0);
    let until = number(&mut input, "eventsUntilNumber")?.unwrap_or(u64::MAX);
    let content = input.take("content")?;
    input.end()?;
    let gate = state.gate(&actor, "subscription-events");
    let found = gate.read(resource_type, &id).await?;
    let kept = owned(&state, &id, &actor).await?;
    let mut parts = Parts::of(&found).ok_or(GateError::Fault)?;
    // Less than the Subscription says may be asked for, never more.
    parts.content = match (content.as_deref(), parts.content) {
        (Some("empty"), _) | (_, Content::Empty) => Content::Empty,
        (Some("id-only"), _) | (_, Content::IdOnly) => Content::IdOnly,
        (_, Content::FullResource) => Content::FullResource,
    };
    let mut shown = Vec::new();
    for event in kept.events.iter().filter(|event| (since..=until).contains(&event.number)) {
        if let Some(body) = look(&gate, event).await? {
            shown.push((event.clone(), body));
        }
    }
    let kind = NotificationKind::QueryEvent;
    let bundle = parts.notification(state.base_url(), &id, kind, kept.count, shown).bundle();
    Ok(Answer::body(bundle).respond(&state))
}

/// The resource of an event: `None` when it may not be known any more, `Some(None)` when it is a deletion.
async fn look(gate: &Gate, event: &Event) -> Result<Option<Option<bytes::Bytes>>, Failed> {
    let (Some(kind), Ok(id)) = (ResourceType::from_name(&event.resource_type), event.id.parse()) else {
        return Ok(None);
    };
    match gate.read_version(kind, &id, event.version).await {
        Ok(found) => Ok(Some(Some(found.body))),
        Err(GateError::Gone { .. }) => Ok(Some(None)),
        Err(GateError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What is known of a subscription that is this program's; another's does not exist.
async fn owned(state: &FhirState, id: &ResourceId, actor: &SystemActor) -> Result<State, Failed> {
    let kept = subscriptions(state)?.state(id).await?;
    kept.filter(|kept| kept.owner.is(actor)).ok_or_else(Failed::not_found)
}

async fn token_of_one(
    Shared(state): Shared<FhirState>,
    Program(actor): Program,
    Instance(resource_type, id): Instance,
) -> Result<Response, Failed> {
    is_subscription(resource_type)?;
    state.gate(&actor, "subscription-token").read(resource_type, &id).await?;
    token(&state, &actor, &[id]).await
}

async fn token_of_several(
    Shared(state): Shared<FhirState>,
    Program(actor): Program,
    OfType(resource_type): OfType,
    mut input: Input,
) -> Result<Response, Failed> {
    is_subscription(resource_type)?;
    if !input.0.iter().any(|(name, _)| name == "id") {
        return Err(Failed::at(IssueCode::Required, "id", "say which subscriptions"));
    }
    let found = named(&state.gate(&actor, "subscription-token"), &mut input).await?;
    input.end()?;
    let ids: Vec<ResourceId> = found.into_iter().map(|found| found.id).collect();
    token(&state, &actor, &ids).await
}

async fn token(state: &FhirState, actor: &SystemActor, ids: &[ResourceId]) -> Result<Response, Failed> {
    for id in ids {
        owned(state, id, actor).await?;
    }
    if ids.is_empty() {
        return Err(Failed::not_found());
    }
    let (token, expires) = subscriptions(state)?.token(&actor.into(), ids).await?;
    let address = format!("{}/$subscription-socket", state.base_url().replacen("http", "ws", 1));
    let mut parameters = vec![
        json!({ "name": "token", "valueString": token }),
        json!({ "name": "expiration", "valueDateTime": expires.to_string() }),
    ];
    parameters.extend(ids.iter().map(|id| json!({ "name": "subscription", "valueString": id.as_str() })));
    parameters.push(json!({ "name": "websocket-url", "valueUrl": address }));
    let body = json!({ "resourceType": "Parameters", "parameter": parameters });
    Ok(Answer::body(body.to_string().into_bytes()).respond(state))
}

async fn socket(Shared(state): Shared<FhirState>, request: Request) -> Result<Response, Failed> {
    let subscriptions = Arc::clone(subscriptions(&state)?);
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &());
    let upgrade = upgrade.await.map_err(|_: WebSocketUpgradeRejection| {
        Failed::at(IssueCode::Structure, "", "a WebSocket client is expected here (RFC 6455)")
    })?;
    let upgrade = upgrade.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES);
    Ok(upgrade.on_upgrade(move |socket| serve_socket(subscriptions, socket)))
}

/// What a notification repeats of a Subscription.
struct Parts {
    status: String,
    topic: String,
    content: Content,
}

impl Parts {
    fn of(found: &Found) -> Option<Self> {
        // What is stored was within the limits once.
        let limits = Limits { bytes: usize::MAX, nodes: usize::MAX, ..Limits::default() };
        let root = json::parse(&found.body, &limits).ok()?;
        let text = |name: &str| root.str_at(name).unwrap_or_default().to_owned();
        let content = match root.str_at("channel._payload.extension.valueCode") {
            Some("full-resource") => Content::FullResource,
            Some("id-only") => Content::IdOnly,
            _ => Content::Empty,
        };
        Some(Self { status: text("status"), topic: text("criteria"), content })
    }

    fn notification<'n>(
        &'n self,
        base_url: &'n str,
        subscription: &'n ResourceId,
        kind: NotificationKind,
        count: u64,
        events: Vec<(Event, Option<bytes::Bytes>)>,
    ) -> Notification<'n> {
        let Self { status, topic, content } = self;
        Notification { base_url, subscription, topic, status, kind, count, content: *content, events }
    }
}

/// The topics there are, as an extension of the Subscription part of metadata.
pub(crate) fn topics(base_url: &str) -> Value {
    const URL: &str = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/capabilitystatement-subscriptiontopic-canonical";
    let topics = crate::subscriptions::topics(base_url);
    topics.map(|topic| json!({ "url": URL, "valueCanonical": topic })).collect()
}
