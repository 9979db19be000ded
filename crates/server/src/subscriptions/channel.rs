//! Where notifications go.

use http::{HeaderName, HeaderValue};
use reqwest::Url;
use varde_fhir::json::Node;

use super::terms::Content;

const MAX_HEADERS: usize = 16;
/// Headers that are the transport's own.
const RESERVED: [&str; 7] =
    ["host", "content-length", "content-type", "transfer-encoding", "connection", "upgrade", "te"];

/// Where notifications go (R4 subscription, `channel`).
#[derive(Debug, Clone)]
pub(super) enum Channel {
    /// Posted to an address.
    RestHook { endpoint: Box<Url>, headers: Vec<(HeaderName, HeaderValue)> },
    /// To whoever is connected and has shown a token.
    WebSocket,
    /// By mail, to say that there is something to fetch.
    Email { to: String },
}

impl Channel {
    /// Reads a channel. Whether the address may be reached is known only when it is.
    ///
    /// # Errors
    /// A sentence for the Subscription's `error`.
    pub(super) fn read(channel: &Node<'_>, content: Content) -> Result<Self, String> {
        let endpoint = channel.str_at("endpoint").unwrap_or_default();
        match channel.str_at("type") {
            Some("rest-hook") => {
                let wrong = || "channel.endpoint: an https address is expected".to_owned();
                let endpoint = Url::parse(endpoint).map_err(|_| wrong())?;
                let is_web = matches!(endpoint.scheme(), "https" | "http") && endpoint.host_str().is_some();
                if !is_web || !endpoint.username().is_empty() || endpoint.password().is_some() {
                    return Err(wrong());
                }
                Ok(Self::RestHook { endpoint: Box::new(endpoint), headers: headers(channel)? })
            }
            Some("websocket") => Ok(Self::WebSocket),
            // Mail is read by others on its way.
            Some("email") if content != Content::Empty => {
                Err("channel.payload: by mail only notifications with empty content are sent".to_owned())
            }
            Some("email") => {
                let to = endpoint.strip_prefix("mailto:").unwrap_or(endpoint);
                let is_address = to.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
                if is_address {
                    Ok(Self::Email { to: to.to_owned() })
                } else {
                    Err("channel.endpoint: mailto:..".to_owned())
                }
            }
            _ => Err("channel.type: rest-hook, websocket or email".to_owned()),
        }
    }
}

/// `Name: value`, to be sent along.
fn headers(channel: &Node<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let lines = channel.list("header");
    let wrong = || format!("channel.header: at most {MAX_HEADERS}, as Name: value, none of the transport's own");
    if lines.len() > MAX_HEADERS {
        return Err(wrong());
    }
    let read = |line: &Node<'_>| {
        let (name, value) = line.str()?.split_once(':')?;
        let name: HeaderName = name.trim().parse().ok()?;
        let mut value: HeaderValue = value.trim().parse().ok()?;
        value.set_sensitive(true);
        (!RESERVED.contains(&name.as_str())).then_some((name, value))
    };
    lines.iter().map(|line| read(line).ok_or_else(wrong)).collect()
}
