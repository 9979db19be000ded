//! What people choose: on which channels they are told of which kind of event, about whom, and when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use varde_base::{Language, PatientId};

/// A way to reach somebody outside the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A notification on a device (Web Push).
    Push,
    /// A text message.
    Sms,
    /// An e-mail.
    Email,
}

impl Channel {
    /// All, in the order in which one stands in for the other.
    pub const ALL: [Self; 3] = [Self::Push, Self::Sms, Self::Email];

    /// Its name in forms and resources.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// The channel of a name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.key() == key)
    }
}

/// A set of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Channels(u8);

impl Channels {
    /// None.
    pub const NONE: Self = Self(0);
    /// Every one.
    pub const ALL: Self = Self(7);

    /// These and `channel`.
    #[must_use]
    pub const fn with(self, channel: Channel) -> Self {
        Self(self.0 | (1 << channel as u8))
    }

    /// Whether `channel` is one of them.
    pub const fn has(self, channel: Channel) -> bool {
        self.0 & (1 << channel as u8) != 0
    }

    /// Those that are in both.
    #[must_use]
    pub const fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In their order.
    pub fn iter(self) -> impl Iterator<Item = Channel> {
        Channel::ALL.into_iter().filter(move |channel| self.has(*channel))
    }
}

impl FromIterator<Channel> for Channels {
    fn from_iter<T: IntoIterator<Item = Channel>>(channels: T) -> Self {
        channels.into_iter().fold(Self::NONE, Self::with)
    }
}

/// A kind of event one chooses for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Appointments and referrals.
    Appointments,
    /// Messages and letters.
    Messages,
    /// Prescriptions and medicines.
    Medicines,
    /// Test results.
    Results,
    /// Who has looked.
    LookUps,
    /// Proxies and consents.
    Sharing,
    /// One's own requests, and everything else.
    Other,
}

impl Kind {
    /// All, in the order of the page.
    pub const ALL: [Self; 7] =
        [Self::Appointments, Self::Messages, Self::Medicines, Self::Results, Self::LookUps, Self::Sharing, Self::Other];

    /// Its name in forms and resources.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Appointments => "appointments",
            Self::Messages => "messages",
            Self::Medicines => "medicines",
            Self::Results => "results",
            Self::LookUps => "look-ups",
            Self::Sharing => "sharing",
            Self::Other => "other",
        }
    }

    /// The kind of a name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// The kind of an event, by the first word of its code; `None` for a word that no service uses.
    pub fn known(event: &str) -> Option<Self> {
        Some(match event.split('-').next().unwrap_or_default() {
            "appointment" | "referral" => Self::Appointments,
            "message" => Self::Messages,
            "renewal" => Self::Medicines,
            "result" => Self::Results,
            "emergency" | "break" => Self::LookUps,
            "sharing" => Self::Sharing,
            "request" | "gp" | "suggestion" => Self::Other,
            _ => return None,
        })
    }

    /// The kind of an event; what is not known is chosen for with everything else.
    pub fn of(event: &str) -> Self {
        Self::known(event).unwrap_or(Self::Other)
    }
}

/// Channels for each kind; a kind that is not named has what is usual.
pub type Choices = BTreeMap<Kind, Channels>;

/// Hours in which nobody is disturbed, in Norway; from the first to before the second, over midnight when the first is the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// 0 to 23.
    pub from_hour: i8,
    /// 0 to 23.
    pub to_hour: i8,
}

impl Quiet {
    /// `22-07`; `None` for what is no pair of different hours.
    pub fn from_key(key: &str) -> Option<Self> {
        let hour = |text: &str| {
            let two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i8>().ok().filter(|hour| two && *hour < 24)
        };
        let (from, to) = key.split_once('-')?;
        let quiet = Self { from_hour: hour(from)?, to_hour: hour(to)? };
        (quiet.from_hour != quiet.to_hour).then_some(quiet)
    }

    /// As [`Quiet::from_key`] reads it.
    pub fn key(self) -> String {
        format!("{:02}-{:02}", self.from_hour, self.to_hour)
    }
}

/// A browser that shows notifications (a Push API subscription).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Where its push service takes messages for it. Whoever knows it and the keys can write to the device.
    pub endpoint: String,
    /// Its public key, base64url (RFC 8291, section 2).
    pub p256dh: String,
    /// Its authentication secret, base64url.
    pub auth: String,
    /// When it was added.
    pub added: String,
}

/// How a person wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// Of what concerns themself, and of others when nothing is chosen for them.
    pub own: Choices,
    /// Of what concerns one they act for.
    pub about: BTreeMap<PatientId, Choices>,
    /// What is tried when nothing chosen has reached them.
    pub fallback: Channels,
    /// When they are left in peace.
    pub quiet: Option<Quiet>,
    /// The language, when it is not the one of the register.
    pub language: Option<Language>,
    /// Their devices.
    pub devices: Vec<Device>,
}

impl Default for Preferences {
    /// Before anything is chosen: e-mail, then a text message, at any hour.
    fn default() -> Self {
        Self {
            own: Choices::new(),
            about: BTreeMap::new(),
            fallback: Channels::NONE.with(Channel::Sms).with(Channel::Email),
            quiet: None,
            language: None,
            devices: Vec::new(),
        }
    }
}

/// What an installation can send on, and what browsers need to subscribe.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    /// The channels.
    pub channels: Channels,
    /// Our public key (RFC 8292, section 3.2), base64url; empty without push.
    pub push_key: String,
    /// The push services that may be written to.
    pub services: PushServices,
}

/// Push services that may be written to: an endpoint comes from the browser, and a server that writes wherever it is told to is a door into
/// its own network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PushServices(Vec<String>);

impl PushServices {
    /// Hosts (`fcm.googleapis.com`), everything below one (`*.push.apple.com`), or, in the box alone, an origin (`http://127.0.0.1:9000`).
    pub fn new(services: impl IntoIterator<Item = String>) -> Self {
        Self(services.into_iter().map(|service| service.to_ascii_lowercase()).collect())
    }

    /// Whether an endpoint is at one of them. Addresses with anything in them that two readers could take for different things are not.
    pub fn allow(&self, endpoint: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#=&%+,!$*;".contains(&byte);
        if endpoint.len() > Self::MAX_ENDPOINT || !endpoint.bytes().all(plain) {
            return false;
        }
        let Some((scheme, rest)) = endpoint.split_once("://") else { return false };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let host = authority.strip_suffix(":443").unwrap_or(&authority);
        let is_host = !host.is_empty() && !host.contains(':') && !host.contains('%');
        self.0.iter().any(|service| match service.strip_prefix("*.") {
            Some(parent) => {
                let below = host.strip_suffix(parent).and_then(|rest| rest.strip_suffix('.'));
                scheme == "https" && is_host && below.is_some_and(|label| !label.is_empty())
            }
            None if service.contains("://") => *service == format!("{scheme}://{authority}"),
            None => scheme == "https" && is_host && host == service,
        })
    }

    /// Longest endpoint, in bytes.
    pub const MAX_ENDPOINT: usize = 1_000;
}
