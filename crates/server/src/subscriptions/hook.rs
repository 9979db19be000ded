//! Posting to endpoints, and to none that could make this server a door into its own network.
//!
//! The address is decided by what the name leads to at the moment of connecting: a name that led elsewhere when the Subscription was
//! written does not help anybody.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use http::{HeaderName, HeaderValue};
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The client.
pub(super) struct HookClient {
    client: reqwest::Client,
    private: bool,
}

/// Why an endpoint has not taken a notification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum HookError {
    /// It may not be reached at all.
    #[error("channel.endpoint: https is needed, and an address outside of private networks")]
    Refused,
    /// It is not there, or not in time.
    #[error("the endpoint does not answer")]
    Away,
    /// It has answered, and not with success.
    #[error("the endpoint answers {0}")]
    Status(u16),
}

impl HookClient {
    /// `private` opens this machine and private networks, and plain http to this machine.
    pub(super) fn new(private: bool) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            // A redirect could lead anywhere.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(Guarded { private }))
            .user_agent(concat!("Varde/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("setting up the client of subscriptions")?;
        Ok(Self { client, private })
    }

    /// Whether an address may be reached, as far as its text tells.
    fn may(&self, endpoint: &Url) -> bool {
        let host = endpoint.host_str().unwrap_or_default();
        let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        let is_here = host == "localhost" || literal.is_some_and(|address| address.is_loopback());
        let is_safe = endpoint.scheme() == "https" || (endpoint.scheme() == "http" && is_here && self.private);
        is_safe && literal.is_none_or(|address| self.private || is_public(address))
    }

    /// Posts a notification; any 2xx is success. What the endpoint says beside is not read.
    pub(super) async fn post(
        &self,
        endpoint: &Url,
        headers: &[(HeaderName, HeaderValue)],
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<(), HookError> {
        if !self.may(endpoint) {
            return Err(HookError::Refused);
        }
        let mut request = self.client.post(endpoint.clone()).timeout(timeout).body(body);
        request = request.header(http::header::CONTENT_TYPE, "application/fhir+json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(|_| HookError::Away)?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(HookError::Status(status.as_u16())) }
    }
}

/// Leaves out the addresses that may not be reached.
pub(crate) struct Guarded {
    /// This machine and private networks may be reached.
    pub(crate) private: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let open: Vec<SocketAddr> = found.filter(|address| private || is_public(address.ip())).collect();
            if open.is_empty() {
                return Err("no address that may be reached".into());
            }
            let addresses: Addrs = Box::new(open.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address is one of the open internet (IANA special-purpose registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!(
            (a, b, c),
            (0 | 224..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _)
        );
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // 4-in-6 and NAT64 lead to where the last 32 bits say.
    if matches!(segments, [0, 0, 0, 0, 0, 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _]) {
        let [.., a, b, c, d] = address.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    let [first, second, ..] = segments;
    // Of 2000::/3, without Teredo and other protocols' (2001::/23), documentation and 6to4.
    first & 0xe000 == 0x2000
        && first != 0x2002
        && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        && !(first == 0x3fff && second < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_open_internet_is_reached_unless_it_is_said_otherwise() {
        let (closed, open) = (HookClient::new(false).unwrap(), HookClient::new(true).unwrap());
        for (text, by_default, when_private) in [
            ("https://example.org/hook", true, true),
            ("http://example.org/hook", false, false),
            ("https://93.184.216.34/", true, true),
            ("https://127.0.0.1/", false, true),
            ("http://127.0.0.1:8080/", false, true),
            ("http://localhost/", false, true),
            ("https://2130706433/", false, true),
            ("https://0x7f.1/", false, true),
            ("https://10.0.0.1/", false, true),
            ("http://10.0.0.1/", false, false),
            ("https://169.254.169.254/latest", false, true),
            ("https://100.64.0.1/", false, true),
            ("https://[::1]/", false, true),
            ("https://[fd00::1]/", false, true),
            ("https://[fe80::1]/", false, true),
            ("https://[::ffff:10.0.0.1]/", false, true),
            ("https://[64:ff9b::7f00:1]/", false, true),
            ("https://[2002:7f00:1::]/", false, true),
            ("https://[2a00:1450:400f::1]/", true, true),
            ("ftp://example.org/", false, false),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!((closed.may(&url), open.may(&url)), (by_default, when_private), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_followed() {
        let guarded = Guarded { private: false };
        assert!(guarded.resolve("localhost".parse().unwrap()).await.is_err());
        let closed = HookClient::new(false).unwrap();
        let url = Url::parse("https://localhost/").unwrap();
        let answer = closed.post(&url, &[], Vec::new(), Duration::from_secs(2)).await;
        assert_eq!(answer, Err(HookError::Away));
    }
}
