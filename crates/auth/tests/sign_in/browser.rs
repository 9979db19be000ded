//! A browser: a cookie jar for the portal, and requests that never follow a redirect by themselves.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use reqwest::header::HeaderMap;

use crate::world::Someone;

pub(crate) const SESSION: &str = "__Host-varde_session";
pub(crate) const HIGH: &str = "idporten-loa-high";
pub(crate) const SUBSTANTIAL: &str = "idporten-loa-substantial";

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// A header, empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The whole `Set-Cookie` line of a cookie.
    pub(crate) fn cookie_line(&self, name: &str) -> Option<String> {
        let lines = self.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
        lines.filter(|line| line.starts_with(&format!("{name}="))).map(str::to_owned).next()
    }

    /// Whether somebody was let in.
    pub(crate) fn begins_session(&self) -> bool {
        self.cookie_line(SESSION).is_some_and(|line| !line.contains("Max-Age=0"))
    }

    /// A line of the test's page.
    pub(crate) fn line(&self, name: &str) -> String {
        let line = self.body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("no {name} in {} {}", self.status, self.body)).to_owned()
    }

    /// That the door stayed shut, with a page of this status.
    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(!self.begins_session());
        assert!(self.body.starts_with("<!DOCTYPE html>"), "{}", self.body);
    }
}

/// A browser at the portal.
#[derive(Clone)]
pub(crate) struct Browser {
    client: reqwest::Client,
    portal: String,
    pub(crate) jar: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn at(portal: &str) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, portal: portal.to_owned(), jar: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Answer {
        let request = self.client.get(self.absolute(url));
        self.send(request).await
    }

    pub(crate) async fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(url, fields, &[]).await
    }

    /// A form sent with more headers.
    pub(crate) async fn post_from(&mut self, url: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let mut request = self.client.post(self.absolute(url)).body(body.join("&"));
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.portal) } else { url.to_owned() }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let mut request = request.build().unwrap();
        let at_portal = request.url().as_str().starts_with(&self.portal);
        if at_portal && !self.jar.is_empty() {
            let cookies: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert("cookie", cookies.join("; ").parse().unwrap());
        }
        let is_door = at_portal && request.url().path().starts_with("/sign-");
        let answer = self.client.execute(request).await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let answer = Answer { status, headers, body: answer.text().await.unwrap() };
        if at_portal {
            self.take_cookies(&answer);
        }
        assert!(!is_door || answer.header("cache-control") == "no-store", "{} may be stored", answer.status);
        answer
    }

    fn take_cookies(&mut self, answer: &Answer) {
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Begins a sign-in; where the provider asks who it is.
    pub(crate) async fn depart(&mut self, next: &str) -> String {
        let answer = self.get(&format!("/sign-in?next={}", encoded(next))).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("location").to_owned()
    }

    /// Chooses somebody on the simulator's page; the address that leads back.
    pub(crate) async fn choose(&mut self, ask: &str, fields: &[(&str, &str)]) -> String {
        let page = self.get(ask).await;
        let (_, rest) = page.body.split_once("name=\"request\" value=\"").unwrap();
        let request = rest.split('"').next().unwrap();
        let idp = ask.split("/authorize").next().unwrap();
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("request", request)]).collect();
        let answer = self.post(&format!("{idp}/choose"), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("location").to_owned()
    }

    /// A whole sign-in at the simulator; the last answer.
    pub(crate) async fn sign_in_at(&mut self, next: &str, who: &Someone, level: &str) -> Answer {
        let ask = self.depart(next).await;
        let back = self.choose(&ask, &[("typed", &who.number()), ("level", level)]).await;
        self.get(&back).await
    }

    /// As [`Self::sign_in_at`], and it goes well.
    pub(crate) async fn sign_in(&mut self, who: &Someone) {
        let answer = self.sign_in_at("/form", who, HIGH).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/form"), "{}", answer.body);
    }

    /// The name on the page; `None` when one is asked to sign in.
    pub(crate) async fn who(&mut self) -> Option<String> {
        let answer = self.get("/form").await;
        if answer.status == 303 {
            assert!(answer.header("location").starts_with("/sign-in?next="));
            return None;
        }
        Some(answer.line("name"))
    }

    /// The token of the session's forms.
    pub(crate) async fn csrf(&mut self) -> String {
        self.get("/form").await.line("csrf")
    }
}

pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A parameter of an address.
pub(crate) fn parameter(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap();
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}
