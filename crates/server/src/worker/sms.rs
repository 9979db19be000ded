//! Text messages, through a gateway that speaks HTTP and JSON; docs/operations.md has the protocol.

use std::time::Duration;

use anyhow::Context as _;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{StatusCode, Url};
use varde_services::notify::Outcome;

/// Longest wait for a connection, and for the whole answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(15);

/// Sends text messages.
#[derive(Clone)]
pub(crate) struct SmsSender {
    client: reqwest::Client,
    url: Url,
    authorization: String,
    from: String,
}

impl SmsSender {
    /// A sender through the gateway at `url`, which knows us by `token`. `from` is who the receiver sees.
    ///
    /// # Errors
    /// When the address is none.
    pub(crate) fn new(url: &str, token: &str, from: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("Varde/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("setting up the client of the SMS gateway")?;
        let url = url.parse().context("sms.url is no address")?;
        Ok(Self { client, url, authorization: format!("Bearer {token}"), from: from.to_owned() })
    }

    /// Sends a text to a number as of E.164. `key` goes along as the idempotency key, so that the gateway sends one that comes twice once.
    pub(crate) async fn send(&self, to: &str, text: &str, key: &str) -> Outcome {
        let body = serde_json::json!({ "to": to, "from": self.from, "text": text }).to_string();
        let request = self
            .client
            .post(self.url.clone())
            .header(AUTHORIZATION, &self.authorization)
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", key)
            .body(body);
        match request.send().await {
            Ok(answer) => outcome(answer.status()),
            Err(_) => Outcome::ForNow,
        }
    }
}

/// What an answer means. What is wrong with our own agreement (401, 403) is mended while the message waits.
fn outcome(status: StatusCode) -> Outcome {
    match status.as_u16() {
        200..=299 => Outcome::Sent,
        401 | 403 | 408 | 409 | 425 | 429 => Outcome::ForNow,
        400..=499 => Outcome::Refused,
        _ => Outcome::ForNow,
    }
}

/// A number as of E.164, from how people write it; eight digits alone are Norwegian. `None` for what is no number.
pub(super) fn e164(written: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_digit() || c == '+';
    let mut digits: String =
        written.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.')).collect();
    if let Some(rest) = digits.strip_prefix("00") {
        digits = format!("+{rest}");
    }
    if digits.len() == 8 && !digits.starts_with(['0', '+']) {
        digits = format!("+47{digits}");
    }
    let rest = digits.strip_prefix('+')?;
    let holds = digits.chars().all(plain) && rest.bytes().all(|byte| byte.is_ascii_digit());
    (holds && (7..=15).contains(&rest.len()) && !rest.starts_with('0')).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (written, expected) in [
            ("+47 900 00 123", Some("+4790000123")),
            ("900 00 123", Some("+4790000123")),
            ("0047 90000123", Some("+4790000123")),
            ("+46 (70) 123-45-67", Some("+46701234567")),
            ("123", None),
            ("+0", None),
            ("ring me", None),
            ("+47 900 00 123 and then some 4", None),
            ("", None),
        ] {
            assert_eq!(e164(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn only_what_is_wrong_with_the_message_is_given_up() {
        for (status, expected) in [
            (202, Outcome::Sent),
            (400, Outcome::Refused),
            (422, Outcome::Refused),
            (401, Outcome::ForNow),
            (429, Outcome::ForNow),
            (500, Outcome::ForNow),
            (302, Outcome::ForNow),
        ] {
            assert_eq!(outcome(StatusCode::from_u16(status).unwrap()), expected, "{status}");
        }
    }
}
