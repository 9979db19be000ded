//! Walks the portal as a person does: from the lists along the links.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::StatusCode;

use super::super::asks::routes;
use super::super::world::World;
use super::html;

/// Most pages of one kind that are looked at for one person; beyond the first, only what is called something not seen before.
const OF_A_KIND: usize = 8;

/// What has been looked at, and what is wrong.
#[derive(Default)]
pub(super) struct Walk {
    /// Kind of page and the words of the link.
    pub(super) seen: BTreeSet<(String, String)>,
    /// What is wrong on which kind of page, with an example, and how often.
    pub(super) faults: BTreeMap<(&'static str, String, String), (usize, String)>,
    /// Pages of each kind that were looked at.
    pub(super) pages: BTreeMap<String, usize>,
    /// The data are damaged: codes may show where a source gives nothing else, and columns stay empty.
    pub(super) only_structure: bool,
}

/// Pages of which nothing is known of this person: those who run it or stand at a counter, sign-in, files of the program.
const NOT_WALKED: [&str; 13] = [
    "/fhir",
    "/audit",
    "/health",
    "/assets",
    "/sign-",
    "/admin",
    "/privacy-officer",
    "/pharmacy",
    "/service-worker",
    "/.well-known",
    "/sharing/stop",
    "/rule-book",
    "/access-log/proof",
];

/// The list pages.
pub(super) fn starts() -> Vec<&'static str> {
    let is_walked = |path: &&str| !path.contains('{') && !NOT_WALKED.iter().any(|start| path.starts_with(start));
    routes().into_iter().filter(|(method, _)| *method == "GET").map(|(_, path)| path).filter(is_walked).collect()
}

/// The route of an address, with the names of what is asked for.
fn kind(url: &str) -> Option<String> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let matches = |route: &str| {
        let (mut parts, mut asked) = (route.split('/'), path.split('/'));
        loop {
            match (parts.next(), asked.next()) {
                (None, None) => return true,
                (Some(part), Some(is)) if part == is || (part.starts_with('{') && !is.is_empty()) => {}
                _ => return false,
            }
        }
    };
    let is_walked = |route: &&str| !NOT_WALKED.iter().any(|start| route.starts_with(start));
    let mut found: Vec<&str> = routes()
        .into_iter()
        .filter(|(method, route)| *method == "GET" && matches(route))
        .map(|(_, route)| route)
        .filter(is_walked)
        .collect();
    found.sort_by_key(|route| route.matches('{').count());
    let names: Vec<&str> =
        query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty()).collect();
    found
        .first()
        .map(|route| if names.is_empty() { (*route).to_owned() } else { format!("{route}?{}", names.join("&")) })
}

/// Whether few pages of the kind have been looked at: then it is looked at in English too.
fn is_rare(pages: &BTreeMap<String, usize>, url: &str) -> bool {
    kind(url).and_then(|kind| pages.get(&kind).copied()).is_none_or(|count| count < 12)
}

/// Addresses on this site with the words of their links, in the part of a page that is its own.
fn links(html: &str) -> Vec<(String, String)> {
    let main = html.split_once("<main").map_or(html, |(_, main)| main);
    let link = |piece: &str| {
        let (tag, rest) = piece.split_once('>')?;
        let (_, address) = tag.split_once("href=\"")?;
        let address = address.split('"').next()?.replace("&amp;", "&");
        let address = address.split('#').next()?.to_owned();
        let words: String = rest.split("</a>").next()?.chars().filter(|letter| !letter.is_ascii_digit()).collect();
        // Every page leads to itself in the other languages; older look-ups look like the newest.
        let is_new = !address.contains("lang=") && !address.starts_with("/access-log?before");
        (is_new && address.starts_with('/')).then_some((address, words))
    };
    main.split("<a ").skip(1).filter_map(link).collect()
}

impl Walk {
    /// Looks at every kind of page that a person's own lead to, in Bokmål and English.
    pub(super) async fn of(&mut self, world: &World, patient: &str) {
        let mut waiting: VecDeque<(String, String)> =
            starts().into_iter().map(|path| (path.to_owned(), path.to_owned())).collect();
        let mut asked: BTreeSet<String> = starts().into_iter().map(str::to_owned).collect();
        let mut of_a_kind: BTreeMap<String, usize> = BTreeMap::new();
        while let Some((url, _)) = waiting.pop_front() {
            let Some(html) = self.look(world, patient, &url, "nb").await else { continue };
            if is_rare(&self.pages, &url) {
                self.look(world, patient, &url, "en").await;
            }
            for (url, words) in links(&html) {
                let Some(kind) = kind(&url).filter(|_| asked.insert(url.clone())) else { continue };
                let count = of_a_kind.entry(kind.clone()).or_default();
                let is_new = self.seen.insert((kind, words.clone()));
                if *count == 0 || (is_new && *count < OF_A_KIND) {
                    *count += 1;
                    waiting.push_back((url, words));
                }
            }
        }
    }

    /// The page when it is one.
    async fn look(&mut self, world: &World, patient: &str, url: &str, language: &str) -> Option<String> {
        let kind = kind(url)?;
        let (status, content_type, body) = world.page(patient, url, language).await;
        *self.pages.entry(kind.clone()).or_default() += 1;
        let place = || format!("{patient} {language} {url}");
        // What the dead can no longer do is refused.
        if status != StatusCode::OK && !status.is_redirection() && status != StatusCode::FORBIDDEN {
            self.fault("not 200", &kind, &status.to_string(), place());
        }
        if !content_type.starts_with("text/html") {
            return None;
        }
        let html = String::from_utf8(body).unwrap();
        for (what, example) in html::faults(&html) {
            // What a doctor has written is shown as it was written, and a certificate has its dates as the border control reads them.
            let is_quoted = kind.starts_with("/record/{id}") || kind == "/vaccines/certificate";
            if !html::is_about_data(what) || !(self.only_structure || is_quoted) {
                self.fault(what, &kind, &example, place());
            }
        }
        Some(html)
    }

    /// What is wrong, a line each.
    pub(super) fn report(&self) -> String {
        let line = |((what, kind, example), (count, place)): (&(&str, String, String), &(usize, String))| {
            format!("{what} | {kind} | {example} | {count} times, first {place}\n")
        };
        self.faults.iter().map(line).collect()
    }

    /// That pages of these kinds were there to be looked at.
    pub(super) fn assert_has_seen(&self, kinds: &[&str]) {
        for kind in kinds {
            assert!(self.pages.contains_key(*kind), "{kind} is not among {:?}", self.pages);
        }
    }

    fn fault(&mut self, what: &'static str, kind: &str, example: &str, place: String) {
        let found = self.faults.entry((what, kind.to_owned(), example.to_owned())).or_insert((0, place));
        found.0 += 1;
    }
}
