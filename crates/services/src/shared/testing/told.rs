//! What follows from what programs write, and who is told of it: as the program hears and the worker works.

use std::sync::Arc;
use std::time::Duration;

use varde_base::{Actor, Clock as _, PatientId, Purpose, ResourceId, SystemActor, SystemRole};
use varde_fhir::ResourceType;
use varde_store::{Access, Change, Listener, OutboxMessage};

use super::Portal;
use crate::shared::Notice;
use crate::{Heard, is_heard, is_work, work, work_of};

/// Hears as the program does.
struct Ear;

impl Listener for Ear {
    fn hear(&self, access: &Access, changes: &[Change<'_>]) -> Vec<OutboxMessage> {
        let by_program = matches!(&access.actor, Actor::System(actor) if actor.role != SystemRole::Platform);
        let now = super::NOW.parse().unwrap();
        let hear = |change: &Change<'_>| {
            let put = change.put.filter(|_| is_heard(change.resource_type))?;
            work_of(&Heard {
                resource_type: change.resource_type,
                id: change.id,
                labels: &put.labels,
                before: change.before.map(|its| &its[..]),
                after: &put.prepared.render(change.version, now),
                by_program,
                now,
            })
        };
        changes.iter().filter_map(hear).collect()
    }
}

impl Portal {
    /// From now on what programs write is heard.
    pub(crate) fn hear(&self) {
        self.store().listen(Arc::new(Ear));
    }

    /// Does what is due in the outbox, and says of each message to people its kind and who is told.
    pub(crate) async fn told(&self) -> Vec<String> {
        let outbox = self.store().outbox();
        let mut told = Vec::new();
        loop {
            let messages = outbox.claim(50, Duration::from_secs(60)).await.unwrap();
            if messages.is_empty() {
                return told;
            }
            for message in messages {
                if is_work(&message.kind) {
                    work(self.store(), &message.kind, &message.payload, self.clock.now()).await.unwrap();
                } else {
                    let who = self.who_is_told(&message.payload).await.join(" ");
                    told.push(format!("{}: {who}", message.kind));
                }
                assert!(outbox.complete(&message).await.unwrap());
            }
        }
    }

    /// Those who may see the event and what it is about, in the order of their ids.
    async fn who_is_told(&self, payload: &str) -> Vec<String> {
        let notice: Notice = serde_json::from_str(payload).unwrap();
        // Without an event it is for one alone.
        let Some(told) = notice.event else { return vec![notice.recipient] };
        let actor = Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform });
        let access = Access { actor, purpose: Purpose::PatientRequest, acting_for: None, interaction: "test.told" };
        let (gate, whose) = (self.store().as_actor(&access), told.patient.parse::<PatientId>().unwrap());
        let seers = async |kind: ResourceType, id: &str| {
            let id: ResourceId = id.parse().unwrap();
            gate.seers(&whose, kind, &id).await.unwrap()
        };
        let mut who = seers(ResourceType::COMMUNICATION, &told.id).await;
        if let Some((kind, id)) = told.of.as_deref().and_then(|of| of.split_once('/')) {
            let others = seers(ResourceType::from_name(kind).unwrap(), id).await;
            who.retain(|one| others.contains(one));
        }
        let mut who: Vec<String> = who.iter().map(|one| one.to_string()).collect();
        who.sort();
        who
    }
}
