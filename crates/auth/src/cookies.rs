//! Cookies: `__Host-` names, so that no other host or path can set or read them (RFC 6265bis section 4.1.3.2).

use axum::http::HeaderValue;

/// Finds the session.
pub(crate) const SESSION: &str = "__Host-varde_session";
/// Binds a sign-in under way to the browser it began in.
pub(crate) const SIGN_IN: &str = "__Host-varde_signin";
/// Finds what had been typed.
pub(crate) const DRAFT: &str = "__Host-varde_draft";

/// A cookie that ends with the browser's session, or after `max_age_seconds`.
pub(crate) fn set(name: &str, value: &str, max_age_seconds: Option<u64>) -> Option<HeaderValue> {
    let age = max_age_seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}")).ok()
}

/// Takes a cookie away.
pub(crate) fn clear(name: &str) -> Option<HeaderValue> {
    set(name, "", Some(0))
}
