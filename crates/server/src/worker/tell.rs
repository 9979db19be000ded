//! Who is told of an event, and telling one person: by the rules of `varde_services::notify`.
//!
//! An event's message becomes one message for each person in the transaction that ends it. Each of those is tried on the channels the person
//! has chosen; how far it has come is written down after each, so that a worker that takes over goes on from there.

use jiff::Timestamp;
use varde_base::{Actor, Language, PatientId, Purpose, ResourceId, SystemActor, SystemRole};
use varde_fhir::json::Limits;
use varde_fhir::view::PatientView;
use varde_fhir::{Parsed, ResourceType};
use varde_services::notify::{self, Channel, Channels, Delivery, Ending, Notice, Outcome, Preferences, Progress, Told};
use varde_store::{Access, Batch, ClaimedMessage, FollowUp, Gate, GateError, Lane, OutboxMessage};

use super::push::Pushed;
use super::sms::e164;
use super::{Ended, LEASE, SendError, Worker};

/// The kind of a message to one person.
pub(super) const KIND: &str = "notify";

/// How long the answer holds that somebody may know of what concerns themself; of others it is asked each time.
const ASKED_ANEW: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// A person as far as they are to be reached.
struct Person {
    email: Option<String>,
    mobile: Option<String>,
    language: Language,
    preferences: Preferences,
    /// Of the stored preferences.
    version: Option<u64>,
}

/// Somebody who is told.
struct Receiver {
    who: PatientId,
    /// Whom it is about, when that is somebody else.
    about: Option<PatientId>,
    path: String,
    /// By letter: the account is stopped or inactive.
    on_paper: bool,
}

impl Worker {
    /// The messages to everybody who is told of an event.
    pub(super) async fn follow_ups(&self, message: &ClaimedMessage) -> Result<Vec<FollowUp>, SendError> {
        if self.senders.offered().is_empty() {
            // The event list is all there is.
            return Ok(Vec::new());
        }
        varde_services::mail_text(&message.kind, Language::default()).ok_or(SendError::Never("unknown kind"))?;
        let notice: Notice = serde_json::from_str(&message.payload).map_err(|_| SendError::Never("unknown payload"))?;
        let receivers = match &notice.event {
            Some(told) => self.seers(told, &notice.path).await?,
            None => {
                let who = notice.recipient.parse().map_err(|_| SendError::Never("unknown recipient"))?;
                vec![Receiver { who, about: None, path: notice.path.clone(), on_paper: false }]
            }
        };
        let urgent = notify::is_urgent(&message.kind);
        let follow_up = |receiver: Receiver| {
            let delivery = Delivery {
                key: ResourceId::new_v7().to_string(),
                recipient: receiver.who.clone(),
                event: message.kind.clone(),
                path: receiver.path,
                about: receiver.about,
                told: notice.event.clone(),
                on_paper: receiver.on_paper,
                begun: false,
                push: Progress::Off,
                sms: Progress::Off,
                email: Progress::Off,
            };
            Ok(FollowUp {
                message: OutboxMessage {
                    kind: KIND.to_owned(),
                    subject: Some(receiver.who),
                    payload: written(&delivery)?,
                    not_before: None,
                },
                lane: if urgent { Lane::Urgent } else { Lane::Notices },
                apart: if urgent { std::time::Duration::ZERO } else { self.apart },
            })
        };
        receivers.into_iter().map(follow_up).collect()
    }

    /// Everybody to whom the rules open an event. Others than the one it is about get a link that first says whom it is about.
    async fn seers(&self, told: &Told, path: &str) -> Result<Vec<Receiver>, SendError> {
        let patient: PatientId = told.patient.parse().map_err(|_| SendError::Never("unknown person"))?;
        let id: ResourceId = told.id.parse().map_err(|_| SendError::Never("unknown event"))?;
        let seers = self.who_may(told, (&patient, &id)).await?;
        let receiver = |who: PatientId| {
            let is_own = who == patient;
            Receiver {
                about: (!is_own).then(|| patient.clone()),
                path: if is_own { path.to_owned() } else { format!("/events/{id}") },
                who,
                on_paper: false,
            }
        };
        let mut receivers: Vec<Receiver> = seers.into_iter().map(receiver).collect();
        if !receivers.iter().any(|receiver| receiver.who == patient) && self.needs_letter(told, (&patient, &id)).await?
        {
            receivers.push(Receiver { who: patient, about: None, path: path.to_owned(), on_paper: true });
        }
        Ok(receivers)
    }

    /// Everybody to whom the rules open an event now, and what it is about where that is asked too.
    async fn who_may(&self, told: &Told, event: (&PatientId, &ResourceId)) -> Result<Vec<PatientId>, SendError> {
        let (patient, id) = event;
        let gate = self.gate(patient, "notice.seers");
        let seers = async |resource_type, id: &ResourceId| match gate.seers(patient, resource_type, id).await {
            Ok(seers) => Ok(seers),
            // It was taken away meanwhile: there is nothing to tell.
            Err(GateError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(SendError::from(error)),
        };
        let mut who = seers(ResourceType::COMMUNICATION, id).await?;
        if let Some((resource_type, id)) = matter(told)? {
            let others = seers(resource_type, &id).await?;
            who.retain(|one| others.contains(one));
        }
        Ok(who)
    }

    /// Whether the person an event is about can read it nowhere but on paper, since their account is stopped or inactive.
    async fn needs_letter(&self, told: &Told, (patient, id): (&PatientId, &ResourceId)) -> Result<bool, SendError> {
        let gate = self.gate(patient, "notice.letter");
        let needs = async |resource_type, id: &ResourceId| match gate.needs_letter(patient, resource_type, id).await {
            Ok(needs) => Ok(needs),
            Err(GateError::NotFound) => Ok(false),
            Err(error) => Err(SendError::from(error)),
        };
        if !needs(ResourceType::COMMUNICATION, id).await? {
            return Ok(false);
        }
        match matter(told)? {
            Some((resource_type, id)) => needs(resource_type, &id).await,
            None => Ok(true),
        }
    }

    /// Whether a person may still be told: what was to be told at night, or of somebody whose proxy they were, is asked anew when it is sent.
    async fn may_still(&self, message: &ClaimedMessage, delivery: &Delivery) -> Result<bool, SendError> {
        let Some(told) = &delivery.told else { return Ok(true) };
        let age = self.clock.now().duration_since(message.created);
        if delivery.about.is_none() && age < ASKED_ANEW {
            return Ok(true);
        }
        let patient: PatientId = told.patient.parse().map_err(|_| SendError::Never("unknown person"))?;
        let id: ResourceId = told.id.parse().map_err(|_| SendError::Never("unknown event"))?;
        Ok(self.who_may(told, (&patient, &id)).await?.contains(&delivery.recipient))
    }

    /// The platform, looking something up on behalf of `patient`, which the log says.
    fn gate(&self, patient: &PatientId, interaction: &'static str) -> Gate {
        self.store.as_actor(&Access {
            actor: Actor::System(SystemActor { name: "Varde".into(), role: SystemRole::Platform }),
            purpose: Purpose::PatientRequest,
            acting_for: Some(patient.clone()),
            interaction,
        })
    }

    /// Tells one person, as far as it goes now.
    pub(super) async fn tell(&self, message: &ClaimedMessage) -> Result<Ended, SendError> {
        let mut delivery: Delivery =
            serde_json::from_str(&message.payload).map_err(|_| SendError::Never("unknown payload"))?;
        if delivery.on_paper {
            return Ok(Ended::Paper(written(&delivery)?));
        }
        let gate = self.gate(&delivery.recipient, "notice.contact");
        let person = person(&gate, &delivery.recipient).await?;
        let now = self.clock.now();
        let due = notify::due(now, person.preferences.quiet, &delivery.event);
        if due > now {
            return Ok(Ended::Hold(written(&delivery)?, due));
        }
        if !self.may_still(message, &delivery).await? {
            return Ok(Ended::Done);
        }
        let reachable = self.reachable(&person);
        if !delivery.begun {
            let chosen = notify::chosen(&person.preferences, delivery.about.as_ref(), &delivery.event);
            delivery.begin(chosen, reachable);
        }
        loop {
            let mut tried = Channels::NONE;
            while let Some(channel) = delivery.next(tried) {
                let outcome = self.send_on(channel, &delivery, &person, &gate).await?;
                delivery.note(channel, outcome);
                tried = tried.with(channel);
                let more = delivery.next(tried).is_some();
                if more && !self.store.outbox().save(message, written(&delivery)?, LEASE).await? {
                    return Ok(Ended::Lost);
                }
            }
            match delivery.ending(person.preferences.fallback, reachable, now) {
                Ending::Done => return Ok(Ended::Done),
                Ending::GoOn => {}
                Ending::Again(at) => return Ok(Ended::Hold(written(&delivery)?, at)),
                Ending::Paper => return Ok(Ended::Paper(written(&delivery)?)),
            }
        }
    }

    /// The channels on which a person can be reached at all.
    fn reachable(&self, person: &Person) -> Channels {
        let has = |channel: &Channel| match channel {
            Channel::Push => !person.preferences.devices.is_empty(),
            Channel::Sms => person.mobile.is_some(),
            Channel::Email => person.email.is_some(),
        };
        self.senders.offered().iter().filter(has).collect()
    }

    async fn send_on(
        &self,
        channel: Channel,
        delivery: &Delivery,
        person: &Person,
        gate: &Gate,
    ) -> Result<Outcome, SendError> {
        let text = notify::text(delivery, person.language).ok_or(SendError::Never("unknown kind"))?;
        let link = format!("{}{}", self.public_url, delivery.path);
        let outcome = match (channel, &self.senders) {
            (Channel::Email, senders) => match (&senders.mail, &person.email) {
                (Some(mail), Some(address)) => {
                    let body = format!("{}\n{link}\n\n{}\n", text.body, text.footer);
                    super::mail::outcome(mail.send(address, &text.subject, &body, &delivery.key).await)
                }
                _ => Outcome::Refused,
            },
            (Channel::Sms, senders) => match (&senders.sms, &person.mobile) {
                (Some(sms), Some(number)) => {
                    sms.send(number, &format!("{}\n{link}", text.subject), &delivery.key).await
                }
                _ => Outcome::Refused,
            },
            (Channel::Push, _) => self.push(delivery, person, gate, (&text.subject, &text.body)).await,
        };
        if outcome != Outcome::Sent {
            tracing::warn!(key = delivery.key, channel = channel.key(), ?outcome, "a notification was not taken");
        }
        Ok(outcome)
    }

    /// Writes to all devices of a person; one that takes it is enough. Those that are gone are forgotten.
    async fn push(&self, delivery: &Delivery, person: &Person, gate: &Gate, (title, body): (&str, &str)) -> Outcome {
        let Some(push) = &self.senders.push else { return Outcome::Refused };
        let text = serde_json::json!({ "title": title, "body": body, "path": delivery.path, "key": delivery.key });
        let (text, now) = (text.to_string(), self.clock.now());
        let urgent = notify::is_urgent(&delivery.event);
        let mut outcomes = Vec::with_capacity(person.preferences.devices.len());
        for device in &person.preferences.devices {
            match push.send(device, text.as_bytes(), &delivery.key, urgent, now).await {
                Pushed::Ended(outcome) => outcomes.push(outcome),
                Pushed::Gone => forget(gate, delivery, person, &device.endpoint).await,
            }
        }
        if outcomes.contains(&Outcome::Sent) {
            Outcome::Sent
        } else if outcomes.contains(&Outcome::ForNow) {
            Outcome::ForNow
        } else {
            Outcome::Refused
        }
    }
}

/// What an event is about, where that is asked too.
fn matter(told: &Told) -> Result<Option<(ResourceType, ResourceId)>, SendError> {
    let Some(of) = &told.of else { return Ok(None) };
    let parts = of.split_once('/').and_then(|(kind, id)| Some((ResourceType::from_name(kind)?, id.parse().ok()?)));
    parts.map(Some).ok_or(SendError::Never("unknown event"))
}

/// Takes a device out of a person's preferences. Should somebody be changing them just now, the next message finds it gone again.
async fn forget(gate: &Gate, delivery: &Delivery, person: &Person, endpoint: &str) {
    let Some(version) = person.version else { return };
    let done = match notify::without_device(&delivery.recipient, (&person.preferences, version), endpoint) {
        Ok(write) => gate.write(Batch { writes: vec![write], ..Batch::default() }).await.map(drop),
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        tracing::info!(%error, "a device that is gone is forgotten another time");
    }
}

fn written(delivery: &Delivery) -> Result<String, SendError> {
    serde_json::to_string(delivery).map_err(|_| SendError::Never("it cannot be written down"))
}

/// Where a person is reached, and how they want to be.
async fn person(gate: &Gate, recipient: &PatientId) -> Result<Person, SendError> {
    let found = match gate.read(ResourceType::PATIENT, recipient.as_resource_id()).await {
        Ok(found) => found,
        Err(GateError::NotFound | GateError::Gone { .. }) => return Err(SendError::Never("recipient is gone")),
        Err(error) => return Err(error.into()),
    };
    let parsed =
        Parsed::parse_stored(&found.body, &Limits::default()).map_err(|_| SendError::Never("recipient unreadable"))?;
    let person = PatientView::new(&parsed).ok_or(SendError::Never("recipient is no person"))?;
    let (preferences, version) = preferences(gate, recipient).await?;
    let registered = || person.preferred_language().and_then(Language::from_tag);
    Ok(Person {
        email: person.email().map(str::to_owned),
        mobile: person.mobile().and_then(e164),
        language: preferences.language.or_else(registered).unwrap_or_default(),
        preferences,
        version,
    })
}

/// What a person has chosen; what is usual when they have chosen nothing, or it cannot be read.
async fn preferences(gate: &Gate, recipient: &PatientId) -> Result<(Preferences, Option<u64>), SendError> {
    let id = notify::preferences_id(recipient);
    match gate.read(ResourceType::BASIC, &id).await {
        Ok(found) => match notify::preferences(&found.body) {
            Ok(preferences) => Ok((preferences, Some(found.version))),
            Err(error) => {
                tracing::error!(%error, "preferences cannot be read");
                Ok((Preferences::default(), None))
            }
        },
        Err(GateError::NotFound | GateError::Gone { .. }) => Ok((Preferences::default(), None)),
        Err(error) => Err(error.into()),
    }
}

/// The first moment of trying again after an attempt that failed for reasons of our own.
pub(super) fn later(now: Timestamp, pause: jiff::SignedDuration) -> Timestamp {
    now.saturating_add(pause).unwrap_or(Timestamp::MAX)
}
