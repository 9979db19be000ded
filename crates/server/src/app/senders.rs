//! What people are told by, from what the configuration says.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use varde_services::notify::{Offer, PushServices};

use crate::config;
use crate::worker::{MailSender, PushSender, Senders, SmsSender};

/// Everything people are told by.
#[derive(Default)]
pub(crate) struct SenderSettings {
    /// Outgoing mail.
    pub mail: Option<MailSettings>,
    /// Text messages.
    pub sms: Option<SmsSettings>,
    /// Notifications on devices.
    pub push: Option<PushSettings>,
    /// How long between two notifications to one person.
    pub apart: Duration,
}

/// Where mail goes out.
pub(crate) struct MailSettings {
    host: String,
    port: u16,
    from: String,
    starttls: bool,
}

/// Where text messages go out.
pub(crate) struct SmsSettings {
    /// The gateway.
    pub url: String,
    /// What it knows us by.
    pub token: String,
    /// Who the receiver sees.
    pub from: String,
}

/// How notifications on devices go out.
pub(crate) struct PushSettings {
    /// File of our key.
    pub key_file: PathBuf,
    /// What push services can write to.
    pub contact: String,
    /// The push services, as [`PushServices::new`] reads them.
    pub services: Vec<String>,
}

impl MailSettings {
    /// Unencrypted, to a catcher on this machine.
    #[cfg(feature = "demo")]
    pub(crate) fn plain(address: &str, from: &str) -> anyhow::Result<Self> {
        let address: std::net::SocketAddr = address.parse().context("reading the mail catcher's address")?;
        Ok(Self { host: address.ip().to_string(), port: address.port(), from: from.to_owned(), starttls: false })
    }

    fn sender(&self) -> anyhow::Result<MailSender> {
        MailSender::new(&self.host, self.port, &self.from, self.starttls).context("setting up outgoing mail")
    }
}

impl From<config::Mail> for MailSettings {
    fn from(mail: config::Mail) -> Self {
        Self { host: mail.host, port: mail.port, from: mail.from, starttls: mail.starttls }
    }
}

impl SenderSettings {
    /// As the configuration says.
    ///
    /// # Errors
    /// When the file with the gateway's token cannot be read.
    pub(crate) fn of(config: &config::Config) -> anyhow::Result<Self> {
        let sms = |sms: &config::Sms| -> anyhow::Result<SmsSettings> {
            let token = config::secret(&sms.token_file)?;
            Ok(SmsSettings { url: sms.url.clone(), token, from: sms.from.clone() })
        };
        let key_file = |push: &config::Push| push.key_file.clone().unwrap_or_else(|| config.data.join("push.key"));
        let push = |push: &config::Push| PushSettings {
            key_file: key_file(push),
            contact: push.contact.clone(),
            services: push.services.clone(),
        };
        Ok(Self {
            mail: config.mail.clone().map(MailSettings::from),
            sms: config.sms.as_ref().map(sms).transpose()?,
            push: config.push.as_ref().map(push),
            apart: Duration::from_secs(config.limits.notice_apart_seconds),
        })
    }

    /// The senders, and what browsers need to know of them.
    ///
    /// # Errors
    /// When an address, or the key for push services, cannot be used.
    pub(super) fn senders(&self) -> anyhow::Result<(Senders, Offer)> {
        let sms = |sms: &SmsSettings| SmsSender::new(&sms.url, &sms.token, &sms.from);
        let services = PushServices::new(self.push.iter().flat_map(|push| push.services.clone()));
        // Only the box and tests name an origin; it is on this machine.
        let push = |push: &PushSettings| {
            let private = push.services.iter().any(|service| service.contains("://"));
            PushSender::new(&push.key_file, &push.contact, services.clone(), private)
        };
        let senders = Senders {
            mail: self.mail.as_ref().map(MailSettings::sender).transpose()?,
            sms: self.sms.as_ref().map(sms).transpose()?,
            push: self.push.as_ref().map(push).transpose()?,
        };
        let push_key = senders.push.as_ref().map(PushSender::public_key).unwrap_or_default();
        let offer = Offer { channels: senders.offered(), push_key, services: services.clone() };
        Ok((senders, offer))
    }
}
