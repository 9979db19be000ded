//! Notifications on devices: Web Push (RFC 8030), encrypted for the browser (RFC 8291), signed as ours (RFC 8292).
//!
//! An endpoint comes from the browser. It is written to only when it is at a push service of the configuration, and its name leads to the open
//! internet at the moment of connecting.

mod encrypt;
mod vapid;

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use jiff::Timestamp;
use reqwest::Url;
use varde_services::notify::{Device, Outcome, PushServices};

use crate::subscriptions::Guarded;
use encrypt::{Receiver, sealed};
use vapid::Vapid;

/// Longest wait for a connection, and for the whole answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(15);
/// Seconds a push service keeps a message for a device that is switched off.
const KEEP_SECONDS: &str = "172800";

/// Sends notifications to devices.
pub(crate) struct PushSender {
    client: reqwest::Client,
    vapid: Vapid,
    services: PushServices,
}

/// How writing to a device ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    /// As for other channels.
    Ended(Outcome),
    /// There is no such device any more.
    Gone,
}

impl PushSender {
    /// A sender with the key in `key_file`. `private` opens this machine and private networks, for the box alone.
    ///
    /// # Errors
    /// When the key cannot be read or made.
    pub(crate) fn new(key_file: &Path, contact: &str, services: PushServices, private: bool) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            // A redirect could lead anywhere.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(Guarded { private }))
            .user_agent(concat!("Varde/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("setting up the client of push services")?;
        Ok(Self { client, vapid: Vapid::open(key_file, contact)?, services })
    }

    /// Our public key, for browsers.
    pub(crate) fn public_key(&self) -> String {
        self.vapid.public_key()
    }

    /// Writes to one device. `key` names the message: a second copy takes the place of the first, at the service and on the device.
    pub(super) async fn send(&self, device: &Device, text: &[u8], key: &str, urgent: bool, now: Timestamp) -> Pushed {
        let refused = Pushed::Ended(Outcome::Refused);
        let Some(endpoint) = self.endpoint(&device.endpoint) else { return refused };
        let receiver = Receiver::read(&device.p256dh, &device.auth);
        let Some(body) = receiver.and_then(|receiver| sealed(&receiver, text).ok()) else { return refused };
        let Some(authorization) = self.vapid.authorization(&endpoint.origin().ascii_serialization(), now) else {
            return Pushed::Ended(Outcome::ForNow);
        };
        let request = self
            .client
            .post(endpoint)
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_ENCODING, "aes128gcm")
            .header("TTL", KEEP_SECONDS)
            .header("Urgency", if urgent { "high" } else { "normal" })
            .header("Topic", topic(key))
            .body(body);
        match request.send().await {
            Ok(answer) => pushed(answer.status().as_u16()),
            Err(_) => Pushed::Ended(Outcome::ForNow),
        }
    }

    /// The address, when it may be written to by the text and by how the client reads it.
    fn endpoint(&self, endpoint: &str) -> Option<Url> {
        let url: Url = endpoint.parse().ok()?;
        let plain = url.username().is_empty() && url.password().is_none();
        (plain && self.services.allow(endpoint) && self.services.allow(url.as_str())).then_some(url)
    }
}

/// What an answer means (RFC 8030, section 5; 8.3 for a device that is gone).
fn pushed(status: u16) -> Pushed {
    Pushed::Ended(match status {
        200..=299 => Outcome::Sent,
        404 | 410 => return Pushed::Gone,
        401 | 403 | 408 | 425 | 429 => Outcome::ForNow,
        400..=499 => Outcome::Refused,
        _ => Outcome::ForNow,
    })
}

/// At most 32 characters of base64url (RFC 8030, section 5.4).
fn topic(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_push_services_of_the_configuration_are_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let services = ["push.example.test", "*.notify.example.test"].map(str::to_owned);
        let sender =
            PushSender::new(&folder.path().join("key"), "mailto:a@b", PushServices::new(services), false).unwrap();
        for (endpoint, allowed) in [
            ("https://push.example.test/send/abc", true),
            ("https://PUSH.example.test/send/abc", true),
            ("https://push.example.test:443/send/abc", true),
            ("https://a.notify.example.test/x?y=z", true),
            ("https://notify.example.test/x", false),
            ("http://push.example.test/send/abc", false),
            ("https://push.example.test:8443/send", false),
            ("https://push.example.test.evil.test/", false),
            ("https://evil.test/push.example.test", false),
            ("https://push.example.test@evil.test/", false),
            ("https://evil.test#@push.example.test/", false),
            (r"https://evil.test\@push.example.test/", false),
            ("https://evilnotify.example.test/", false),
            ("https://127.0.0.1/", false),
            ("https://[::1]/", false),
            ("ftp://push.example.test/", false),
            ("", false),
        ] {
            assert_eq!(sender.endpoint(endpoint).is_some(), allowed, "{endpoint}");
        }
    }

    #[test]
    fn a_device_that_is_gone_is_known_from_one_that_is_away() {
        assert_eq!(pushed(201), Pushed::Ended(Outcome::Sent));
        assert_eq!((pushed(404), pushed(410)), (Pushed::Gone, Pushed::Gone));
        assert_eq!((pushed(429), pushed(503)), (Pushed::Ended(Outcome::ForNow), Pushed::Ended(Outcome::ForNow)));
        assert_eq!(pushed(413), Pushed::Ended(Outcome::Refused));
    }

    #[test]
    fn a_topic_is_what_services_take() {
        let key = varde_base::ResourceId::new_v7();
        assert_eq!(topic(key.as_str()).len(), 32);
    }
}
