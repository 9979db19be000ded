//! How a service makes itself known to the front page, the event list and the worker.

use axum::Router;
use futures_util::future::BoxFuture;
use jiff::civil::Date;
use maud::Markup;
use varde_base::Language;
use varde_store::{Gate, GateError};
use varde_web::Icon;

use crate::l10n::L10nLanguage;
use crate::shared::{Ctx, State};

/// What a service says of itself. Other services know it only by this.
pub(crate) struct Slice {
    /// Where its first page is.
    pub path: &'static str,
    /// Its picture on the front page.
    pub icon: Icon,
    /// Its name.
    pub title: fn(&L10nLanguage) -> String,
    /// What one does there, in a line.
    pub tile: fn(&L10nLanguage) -> String,
    /// Its pages.
    pub router: fn() -> Router<State>,
    /// A card for the front page; `None` when it has nothing to say there.
    pub front: Option<FrontCard>,
    /// What happened, in words, for an event of this service; `when` is the time the event is about, written out.
    pub event_text: Option<EventText>,
    /// The e-mail about an outbox message of this service.
    pub mail_text: Option<fn(kind: &str, language: Language) -> Option<MailText>>,
}

/// What happened, in words: texts, the event's code, and the time it is about; `None` for another service's code.
pub(crate) type EventText = fn(&L10nLanguage, &str, &str) -> Option<String>;

/// Makes a card for the front page.
pub(crate) type FrontCard = for<'a> fn(&'a Ctx, &'a Gate) -> BoxFuture<'a, Result<Option<Card>, GateError>>;

/// What a service says on the front page. `Card::from` a page's markup says that there is something new.
pub(crate) struct Card {
    /// The card, with a heading of its own.
    pub markup: Markup,
    /// What it asks of the person.
    pub kind: CardKind,
    /// The last day of what is to be done, or the day of what comes next, in Norway.
    pub due: Option<Date>,
    /// What stands below it and has nothing to do with the day, with a heading of its own.
    pub beside: Option<Markup>,
    /// What it is about, in a few words, where it may be said of it beside those of others; empty where that is read where it is opened.
    pub about: String,
}

/// What a card asks of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardKind {
    /// Something the person should do.
    ToDo,
    /// Something the person may not have seen.
    New,
    /// What will happen on a day.
    Next,
    /// It asks for nothing: good to see, and left out where only what asks is shown.
    Quiet,
}

impl Card {
    /// Something to do, by the day `due` if there is one.
    pub(crate) const fn to_do(markup: Markup, due: Option<Date>) -> Self {
        Self { markup, kind: CardKind::ToDo, due, about: String::new(), beside: None }
    }

    /// What will happen on `day`.
    pub(crate) const fn next(markup: Markup, day: Date) -> Self {
        Self { markup, kind: CardKind::Next, due: Some(day), about: String::new(), beside: None }
    }

    /// What asks for nothing.
    pub(crate) const fn quiet(markup: Markup) -> Self {
        Self { markup, kind: CardKind::Quiet, due: None, about: String::new(), beside: None }
    }

    /// With something below it that is not what is to be done.
    pub(crate) fn with(self, beside: Markup) -> Self {
        Self { beside: Some(beside), ..self }
    }

    /// The same, saying in a few words what it is about.
    pub(crate) fn about(self, about: String) -> Self {
        Self { about, ..self }
    }
}

impl From<Markup> for Card {
    /// Something new.
    fn from(markup: Markup) -> Self {
        Self { markup, kind: CardKind::New, due: None, about: String::new(), beside: None }
    }
}

/// The parts of an e-mail; it never holds health matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    /// Subject line.
    pub subject: String,
    /// Before the link.
    pub body: String,
    /// After the link.
    pub footer: String,
}
