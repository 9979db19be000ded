//! Markup of the list and of what the pages share.

mod opened;

use maud::{Markup, html};
use varde_store::ItemAudience;
use varde_web::{Tone, dates, ui};

pub(super) use opened::{Offers, details};

use super::actions::Listing;
use super::model::{Document, Form, Kind, State, Visit};
use super::rules::{self, Choice, Group, KIND_NAMES};
use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, Why, audience_tag, because};

/// All documents; `None` when they could not be fetched.
pub(super) fn list(ctx: &Ctx, listing: Option<&Listing>, choice: &Choice, may_ask: bool, why: &Why) -> Markup {
    let text = ctx.text();
    // From 12 to 15 the kind is closed and single documents are opened; then those are shown, and why there are no others.
    let has_any = listing.is_some_and(|listing| !listing.years.is_empty() || !listing.outlined.is_empty());
    html! {
        (ui::heading(&text.msg_record_title()))
        @match listing {
            _ if !why.open && !has_any => (ui::empty_state(&text.msg_record_not_open(), why.sentence)),
            None => (ui::alert(Tone::Warning, &text.msg_record_missing())),
            Some(listing) => {
                (ui::lead(&text.msg_record_intro()))
                (search(ctx, listing, choice))
                (documents(ctx, listing, choice))
                (outlined(ctx, &listing.outlined))
                @if may_ask { (ask(ctx)) }
            }
        }
        // On a closed page the reason stands above already.
        @if why.open || has_any { (because(ctx, &[*why], None)) }
    }
}

/// What to do about what is not there: a request that the unit answers (`/requests`).
fn ask(ctx: &Ctx) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_record_ask_title()))
        p { (text.msg_record_ask_text()) }
        p { (ui::secondary_link("/requests/new?kind=missing-document", &text.msg_record_ask_link())) }
    }
}

fn documents(ctx: &Ctx, listing: &Listing, choice: &Choice) -> Markup {
    let text = ctx.text();
    html! {
        @if listing.years.is_empty() {
            @if listing.older.is_some() {
                (ui::empty_state(&text.msg_record_none_here(), &text.msg_record_none_here_help()))
            } @else if choice.is_narrow() || choice.before.is_some() {
                (ui::empty_state(&text.msg_record_none_chosen(), &text.msg_record_none_chosen_help()))
            } @else {
                (ui::empty_state(&text.msg_record_none(), &text.msg_record_none_help()))
            }
        }
        @if choice.is_narrow() || choice.before.is_some() { (found(ctx, listing, choice)) }
        @for year in &listing.years {
            h2.ds-heading data-size="sm" { (year.year.map_or_else(|| text.msg_record_no_date(), |year| year.to_string())) }
            @for (place, group) in year.groups.iter().enumerate() { (group_of(ctx, listing, group, place == 0)) }
        }
        @if let Some(older) = listing.older {
            p { a.ds-button data-variant="secondary" href=(address(&Choice { before: Some(older.to_string()), ..choice.clone() })) { (text.msg_record_older()) } }
        }
    }
}

/// How many there are of what was chosen, and the way back to all.
fn found(ctx: &Ctx, listing: &Listing, choice: &Choice) -> Markup {
    let text = ctx.text();
    let count: usize = listing.years.iter().flat_map(|year| &year.groups).map(|group| group.documents.len()).sum();
    let is_all = listing.older.is_none() && choice.before.is_none();
    let words = if is_all { text.msg_record_found(count) } else { text.msg_record_found_here(count) };
    html! {
        p {
            @if choice.is_narrow() && count > 0 { strong { (words) } " · " }
            a.ds-link href="/record" { (text.msg_record_show_all()) }
        }
    }
}

fn group_of(ctx: &Ctx, listing: &Listing, group: &Group, is_first: bool) -> Markup {
    let line = |document: &Document| {
        let audience = listing.audiences.get(&document.id).filter(|_| document.form == Form::Reference);
        self::line(ctx, document, group.visit.is_none(), audience)
    };
    html! {
        @match &group.visit {
            Some(visit) => {
                h3.ds-heading data-size="xs" { (visit_when(ctx, visit)) }
                @if let Some(unit) = &visit.unit { p.item-detail { (unit) } }
            }
            // Below a visit they would look as if they were of it.
            None if !is_first => h3.ds-heading data-size="xs" { (ctx.text().msg_record_other_documents()) },
            None => {}
        }
        (ui::list(group.documents.iter().map(line)))
    }
}

/// A line of the list. Under a visit its unit is said already.
fn line(ctx: &Ctx, document: &Document, with_unit: bool, audience: Option<&ItemAudience>) -> Markup {
    let text = ctx.text();
    let kind = kind(text, document.kind);
    let title = title_of(text, document);
    let detail = [
        document.date.as_deref().and_then(|date| dates::as_exact_as_known(date, ctx.language)),
        (kind != title && document.kind != Kind::Other).then_some(kind),
        document.unit.clone().filter(|_| with_unit),
        document.authors.first().cloned(),
    ];
    let detail: Vec<String> = detail.into_iter().flatten().collect();
    ui::list_item(&ui::ListItem {
        href: Some(&link_to(document)),
        title: &title,
        detail: &detail.join(" · "),
        tag: state_tag(text, document.state).or_else(|| audience_tag(text, audience)),
    })
}

/// The address of a document.
fn link_to(document: &Document) -> String {
    match document.form {
        Form::Reference => format!("/record/{}", document.id),
        Form::Composition => format!("/record/composition/{}", document.id),
    }
}

/// What a document is called. Of what was withdrawn the title may be what was wrong.
pub(super) fn title_of(text: &L10nLanguage, document: &Document) -> String {
    let title = document.title.clone().filter(|_| document.state != State::Withdrawn);
    title.unwrap_or_else(|| kind(text, document.kind))
}

/// What people call a kind of document.
pub(super) fn kind(text: &L10nLanguage, kind: Kind) -> String {
    match kind {
        Kind::Discharge => text.msg_record_kind_discharge(),
        Kind::Note => text.msg_record_kind_note(),
        Kind::Plan => text.msg_record_kind_plan(),
        Kind::Results => text.msg_record_kind_results(),
        Kind::Images => text.msg_record_kind_images(),
        Kind::Treatment => text.msg_record_kind_treatment(),
        Kind::Letter => text.msg_record_kind_letter(),
        Kind::Certificate => text.msg_record_kind_certificate(),
        Kind::Own => text.msg_record_kind_own(),
        Kind::Other => text.msg_record_kind_other(),
    }
}

/// A tag where a document does not stand as most do.
fn state_tag(text: &L10nLanguage, state: State) -> Option<(Tone, String)> {
    match state {
        // That a newer one exists is said on its page: abroad it is said of every note but the last.
        State::Current | State::Superseded => None,
        State::Preliminary => Some((Tone::Info, text.msg_record_state_preliminary())),
        State::Amended => Some((Tone::Info, text.msg_record_state_amended())),
        State::Withdrawn => Some((Tone::Warning, text.msg_record_state_withdrawn())),
    }
}

/// A visit or a stay: when, each day whole on its line.
fn visit_when(ctx: &Ctx, visit: &Visit) -> String {
    let text = ctx.text();
    let day = |at: &Option<String>| {
        let day = at.as_deref().and_then(|at| dates::as_exact_as_known(at, ctx.language));
        day.map(|day| day.replace(' ', "\u{a0}"))
    };
    let (start, end) = (day(&visit.start), day(&visit.end));
    let when = match (start, end) {
        (Some(start), Some(end)) if start != end => text.msg_record_from_to(start, end),
        (Some(start), _) => start,
        (None, end) => end.unwrap_or_default(),
    };
    let what = if visit.is_stay { text.msg_record_stay() } else { text.msg_record_visit() };
    [what, when].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// A visit or a stay: when, and where.
fn visit_words(ctx: &Ctx, visit: &Visit) -> String {
    let parts = [Some(visit_when(ctx, visit)), visit.unit.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Days of documents of which the reader may know that they are there and nothing else.
fn outlined(ctx: &Ctx, days: &[String]) -> Markup {
    let text = ctx.text();
    let line = |day: &String| {
        let day = dates::as_exact_as_known(day, ctx.language).unwrap_or_else(|| text.msg_record_no_date());
        ui::list_item(&ui::ListItem { href: None, title: &text.msg_record_outlined_item(), detail: &day, tag: None })
    };
    html! {
        @if !days.is_empty() {
            (ui::subheading(&text.msg_record_outlined_title()))
            p { (text.msg_record_outlined_help()) }
            (ui::list(days.iter().map(line)))
        }
    }
}

/// A word to look for, and behind it years, kinds and units.
fn search(ctx: &Ctx, listing: &Listing, choice: &Choice) -> Markup {
    let text = ctx.text();
    let choices = choices(ctx, listing, choice);
    let hidden = [
        choice.year.map(|year| ("year", year.to_string())),
        choice.kind.and_then(rules::kind_name).map(|kind| ("kind", kind.to_owned())),
        choice.unit.clone().map(|unit| ("unit", unit)),
    ];
    html! {
        form method="get" action="/record" role="search" {
            @for (name, value) in hidden.iter().flatten() { (ui::hidden_field(name, value)) }
            (ui::text_field(&ui::TextField {
                id: "word",
                label: &text.msg_record_word(),
                help: &text.msg_record_word_help(),
                error: None,
                value: choice.word.as_deref().unwrap_or_default(),
                kind: ui::TextKind::Words,
            }))
            (ui::secondary_button(&text.msg_record_word_submit()))
        }
        details.ds-details {
            summary { span { (text.msg_record_find()) @for words in chosen(&choices) { " · " strong { (words) } } } }
            div {
                @for (title, links) in &choices {
                    @if links.len() > 2 { (choice_row(title, links)) }
                }
            }
        }
    }
}

type Links = Vec<(String, String, bool)>;

/// The words of what is chosen, so that the answers can stand on the first screen and the ways to others be folded away.
fn chosen(choices: &[(String, Links)]) -> impl Iterator<Item = &str> {
    let narrow = choices.iter().flat_map(|(_, links)| links.iter().skip(1));
    narrow.filter(|(_, _, is_chosen)| *is_chosen).map(|(words, ..)| words.as_str())
}

/// The rows of links, each a heading with what can be chosen; the first of each takes the choice away.
fn choices(ctx: &Ctx, listing: &Listing, choice: &Choice) -> [(String, Links); 3] {
    let text = ctx.text();
    let to = |change: &dyn Fn(&mut Choice)| {
        let mut changed = Choice { before: None, ..choice.clone() };
        change(&mut changed);
        address(&changed)
    };
    let mut years = vec![(text.msg_record_all(), to(&|c| c.year = None), choice.year.is_none())];
    let (first, last) = listing.span.unwrap_or((0, -1));
    years.extend(
        (first..=last)
            .rev()
            .take(120)
            .map(|year| (year.to_string(), to(&|c| c.year = Some(year)), choice.year == Some(year))),
    );
    let mut kinds = vec![(text.msg_record_all(), to(&|c| c.kind = None), choice.kind.is_none())];
    kinds.extend(
        KIND_NAMES
            .iter()
            .map(|(kind, _)| (self::kind(text, *kind), to(&|c| c.kind = Some(*kind)), choice.kind == Some(*kind))),
    );
    let mut units = vec![(text.msg_record_all(), to(&|c| c.unit = None), choice.unit.is_none())];
    units.extend(
        listing
            .units
            .iter()
            .map(|unit| (unit.clone(), to(&|c| c.unit = Some(unit.clone())), choice.unit.as_ref() == Some(unit))),
    );
    [(text.msg_record_year(), years), (text.msg_record_kind(), kinds), (text.msg_record_unit(), units)]
}

fn choice_row(title: &str, links: &[(String, String, bool)]) -> Markup {
    html! {
        h2.ds-heading data-size="xs" { (title) }
        ul.languages {
            @for (words, href, is_chosen) in links {
                li { a href=(href) aria-current=[is_chosen.then_some("true")] { (words) } }
            }
        }
    }
}

fn address(choice: &Choice) -> String {
    let parts = [
        choice.word.as_deref().map(|word| format!("word={}", encoded(word))),
        choice.year.map(|year| format!("year={year}")),
        choice.kind.and_then(rules::kind_name).map(|kind| format!("kind={kind}")),
        choice.unit.as_deref().map(|unit| format!("unit={}", encoded(unit))),
        choice.before.as_deref().map(|before| format!("before={}", encoded(before))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "/record".to_owned() } else { format!("/record?{}", parts.join("&")) }
}

/// Percent-encoded for a value of a query (RFC 3986, section 2.3: what is unreserved stays).
fn encoded(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let one = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// The newest document, on the front page.
pub(super) fn front_card(ctx: &Ctx, document: &Document) -> Markup {
    let text = ctx.text();
    html! {
        (ui::subheading(&text.msg_record_front()))
        (ui::list(std::iter::once(line(ctx, document, true, None))))
        p { a href="/record" { (text.msg_record_front_all()) } }
    }
}
