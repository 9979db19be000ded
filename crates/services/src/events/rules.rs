//! Who is told how, and when: pure functions, with the time as a parameter. docs/decisions/0015-notifications.md has the tables.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use varde_base::{PatientId, norway};

use super::model::{Channel, Channels, Kind, Preferences, Quiet};
use crate::shared::Told;

/// How often a channel is tried before another stands in for it: 5 s, 10 s, 20 s, 40 s, 80 s between, not quite three minutes in all.
pub(super) const MAX_TRIES: u32 = 6;

/// Most devices of a person.
pub(super) const MAX_DEVICES: usize = 10;

/// The one event that everybody is told of at any hour and on every channel: the account was stopped, perhaps not by the person.
pub fn is_urgent(event: &str) -> bool {
    event == "sharing-account-stopped"
}

/// The channels a person has chosen for an event about themself (`None`) or about one they act for.
pub fn chosen(preferences: &Preferences, about: Option<&PatientId>, event: &str) -> Channels {
    if is_urgent(event) {
        return Channels::ALL;
    }
    let kind = Kind::of(event);
    let of_other = about.and_then(|about| preferences.about.get(about)).and_then(|choices| choices.get(&kind));
    let own = || preferences.own.get(&kind);
    of_other.or_else(own).copied().unwrap_or(USUAL)
}

/// What holds until somebody chooses: an e-mail, as before there was a choice.
pub(super) const USUAL: Channels = Channels::NONE.with(Channel::Email);

/// When something may go out that is ready at `now`: at once, or when the quiet hours end. Days have 23 and 25 hours once a year each; the end
/// is told by the clock on the wall in Norway.
pub fn due(now: Timestamp, quiet: Option<Quiet>, event: &str) -> Timestamp {
    let Some(quiet) = quiet.filter(|_| !is_urgent(event)) else { return now };
    let local = norway().to_datetime(now);
    let hour = local.hour();
    let over_midnight = quiet.from_hour > quiet.to_hour;
    let is_quiet = if over_midnight {
        hour >= quiet.from_hour || hour < quiet.to_hour
    } else {
        (quiet.from_hour..quiet.to_hour).contains(&hour)
    };
    if !is_quiet {
        return now;
    }
    let today = local.date();
    let day = if over_midnight && hour >= quiet.from_hour { today.saturating_add(1.day()) } else { today };
    let end =
        Time::new(quiet.to_hour, 0, 0, 0).ok().and_then(|time| day.to_datetime(time).to_zoned(norway().clone()).ok());
    end.map_or(now, |end| end.timestamp().max(now))
}

/// How far a channel has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Not used.
    #[default]
    Off,
    /// To be tried, so many times in vain so far.
    Waiting(u32),
    /// Whoever carries it on has taken it.
    Sent,
    /// It will not work.
    Failed,
}

/// How trying a channel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Whoever carries it on has taken it.
    Sent,
    /// It will not work: no such address, refused.
    Refused,
    /// Not now.
    ForNow,
}

/// What is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It has reached somebody, or nobody wanted it.
    Done,
    /// Another channel stands in.
    GoOn,
    /// To be tried again then.
    Again(Timestamp),
    /// Nothing reaches the person: somebody must write a letter.
    Paper,
}

/// One person's notification about one event, and how far it has come on each channel. It is the payload of an outbox message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its own name, the same however often it is tried: Message-ID, idempotency key and topic are made of it.
    pub key: String,
    /// Who is told.
    #[serde(serialize_with = "written", deserialize_with = "read")]
    pub recipient: PatientId,
    /// What has happened.
    pub event: String,
    /// Where the link leads.
    pub path: String,
    /// Whom it is about, when that is somebody else.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "some_written",
        deserialize_with = "some_read"
    )]
    pub about: Option<PatientId>,
    /// The event in somebody's list that it is about, when the rules decide who is told: asked again when it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// It is told by letter: the account is stopped or inactive.
    #[serde(default)]
    pub on_paper: bool,
    /// Channels have been chosen.
    #[serde(default)]
    pub begun: bool,
    /// Push.
    #[serde(default)]
    pub push: Progress,
    /// Text message.
    #[serde(default)]
    pub sms: Progress,
    /// E-mail.
    #[serde(default)]
    pub email: Progress,
}

fn written<S: Serializer>(id: &PatientId, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(id.as_str())
}

fn read<'de, D: Deserializer<'de>>(from: D) -> Result<PatientId, D::Error> {
    String::deserialize(from)?.parse().map_err(|_| D::Error::custom("no id of a Patient"))
}

fn some_written<S: Serializer>(id: &Option<PatientId>, to: S) -> Result<S::Ok, S::Error> {
    id.as_ref().map(PatientId::as_str).serialize(to)
}

fn some_read<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PatientId>, D::Error> {
    read(from).map(Some)
}

impl Delivery {
    /// Takes up the channels that are chosen and can reach the person. A chosen one that cannot has failed.
    pub fn begin(&mut self, chosen: Channels, reachable: Channels) {
        for channel in chosen.iter() {
            *self.slot(channel) = if reachable.has(channel) { Progress::Waiting(0) } else { Progress::Failed };
        }
        self.begun = true;
    }

    /// The next channel to try in a round in which `tried` were.
    pub fn next(&self, tried: Channels) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| self.waits(*channel).is_some() && !tried.has(*channel))
    }

    /// Notes how trying a channel ended.
    pub fn note(&mut self, channel: Channel, outcome: Outcome) {
        let tries = self.waits(channel).unwrap_or(0).saturating_add(1);
        *self.slot(channel) = match outcome {
            Outcome::Sent => Progress::Sent,
            Outcome::Refused => Progress::Failed,
            Outcome::ForNow if tries >= MAX_TRIES => Progress::Failed,
            Outcome::ForNow => Progress::Waiting(tries),
        };
    }

    /// What is left to do after a round. Nothing is tried in place of a channel while another may still reach the person.
    pub fn ending(&mut self, fallback: Channels, reachable: Channels, now: Timestamp) -> Ending {
        if let Some(tries) = Channel::ALL.into_iter().filter_map(|channel| self.waits(channel)).max() {
            return if tries == 0 { Ending::GoOn } else { Ending::Again(again(tries, now)) };
        }
        let all = Channel::ALL.map(|channel| self.progress(channel));
        if all.contains(&Progress::Sent) || all == [Progress::Off; 3] {
            return Ending::Done;
        }
        let instead = fallback.both(reachable).iter().find(|channel| self.progress(*channel) == Progress::Off);
        match instead {
            Some(channel) => {
                *self.slot(channel) = Progress::Waiting(0);
                Ending::GoOn
            }
            None => Ending::Paper,
        }
    }

    /// How far a channel has come.
    pub const fn progress(&self, channel: Channel) -> Progress {
        match channel {
            Channel::Push => self.push,
            Channel::Sms => self.sms,
            Channel::Email => self.email,
        }
    }

    const fn waits(&self, channel: Channel) -> Option<u32> {
        match self.progress(channel) {
            Progress::Waiting(tries) => Some(tries),
            _ => None,
        }
    }

    const fn slot(&mut self, channel: Channel) -> &mut Progress {
        match channel {
            Channel::Push => &mut self.push,
            Channel::Sms => &mut self.sms,
            Channel::Email => &mut self.email,
        }
    }
}

fn again(tries: u32, now: Timestamp) -> Timestamp {
    let pause = SignedDuration::from_secs(5_i64 << tries.saturating_sub(1).min(10));
    now.saturating_add(pause).unwrap_or(Timestamp::MAX)
}

/// Whether what a browser says of itself can be used to reach it: 65 bytes of an uncompressed P-256 point and 16 bytes of secret.
pub(super) fn is_device(p256dh: &str, auth: &str) -> bool {
    use base64::Engine as _;
    let decoded = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let is_point = decoded(p256dh).is_some_and(|bytes| bytes.len() == 65 && bytes.first() == Some(&4));
    is_point && decoded(auth).is_some_and(|bytes| bytes.len() == 16)
}

/// An address as it is shown to its owner: enough to know it again, and no more.
pub(super) fn masked(address: &str) -> String {
    let (name, host) = address.split_once('@').map_or((address, None), |(name, host)| (name, Some(host)));
    let keep = |text: &str, count: usize| text.chars().take(count).collect::<String>();
    match host {
        Some(host) => format!("{}***@{host}", keep(name, 2)),
        None => {
            let end: String = name.chars().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect();
            format!("*** {end}")
        }
    }
}
