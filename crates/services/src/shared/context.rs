use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use maud::Markup;
use varde_base::{Language, PatientId};
use varde_rights::{Action, Item, RuleId, Service, sentence};
use varde_store::{Gate, GateError};
use varde_web::{ActingFor, Lang, Page, PageError, Visitor, ui};

use super::{State, access, stopped, subject};
use crate::l10n::{L10nLanguage, text};

/// What every handler of a signed-in page gets: the person, the language, the time, and the way to the data.
pub(crate) struct Ctx {
    /// The world.
    pub state: State,
    /// Who has signed in, and whom they act for.
    pub visitor: Visitor,
    /// The language of the page.
    pub language: Language,
    /// The instant of the request.
    pub now: Timestamp,
    /// Path and query of the page, for language links.
    pub path: String,
}

impl FromRequestParts<State> for Ctx {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let visitor =
            Visitor::from_request_parts(parts, state).await.map_err(axum::response::IntoResponse::into_response)?;
        let Lang(language) = match Lang::from_request_parts(parts, state).await {
            Ok(lang) => lang,
            Err(never) => match never {},
        };
        let path = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        let ctx = Self { state: state.clone(), visitor, language, now: state.now(), path };
        // The rules close everything to one who has stopped the account; here they are told so, and not just that nothing is there.
        match ctx.gate("page").facts(None).await {
            Ok(facts) if facts.asker.stopped => Err(stopped::closed(&ctx)),
            Ok(_) => Ok(ctx),
            Err(error) => Err(ctx.failed(&error)),
        }
    }
}

impl Ctx {
    /// The data as this person may see them; `interaction` names the page in the access log.
    pub(crate) fn gate(&self, interaction: &'static str) -> Gate {
        self.state.store.as_actor(&access(&self.visitor, interaction))
    }

    /// Whom the page is about.
    pub(crate) fn subject(&self) -> &PatientId {
        subject(&self.visitor)
    }

    /// The same request about another person the visitor may have chosen to act for; `None` for themselves. What they may see is decided anew.
    pub(crate) fn about(&self, person: Option<ActingFor>) -> Self {
        let visitor = Visitor { acting_for: person, ..self.visitor.clone() };
        Self { state: self.state.clone(), visitor, language: self.language, now: self.now, path: self.path.clone() }
    }

    /// The texts of the services in the page's language.
    pub(crate) fn text(&self) -> &'static L10nLanguage {
        text(self.language)
    }

    /// A whole page.
    pub(crate) fn page(&self, title: impl Into<ui::Title>, main: &Markup) -> Response {
        Page { title: &title.into(), language: self.language, visitor: Some(&self.visitor), path: &self.path, main }
            .into_response()
    }

    /// The page for a failure, in the person's words.
    pub(crate) fn failed(&self, error: &GateError) -> Response {
        PageError { category: error.category(), language: self.language, visitor: Some(self.visitor.clone()) }
            .into_response()
    }

    /// Whether the person may do this with this kind of information, for pages that offer it.
    pub(crate) async fn may(&self, gate: &Gate, service: Service, action: Action) -> Result<bool, GateError> {
        Ok(gate.decide(Some(self.subject()), service, action, Item::PLAIN).await?.allowed())
    }

    /// Whether this kind of information is open to the person, with the sentence that says why or why not.
    pub(crate) async fn why(&self, gate: &Gate, service: Service) -> Result<Why, GateError> {
        let decision = gate.decide(Some(self.subject()), service, Action::View, Item::PLAIN).await?;
        let rule = decision.rule.told();
        Ok(Why {
            open: decision.allowed(),
            rule,
            sentence: sentence(rule, self.language),
            service,
            may_ask: gate.may_ask_who_sees(self.subject()).await?,
        })
    }
}

/// Why something is open or closed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Why {
    /// Open or closed.
    pub open: bool,
    /// The rule.
    pub rule: RuleId,
    /// The rule in words.
    pub sentence: &'static str,
    /// The kind of information.
    pub service: Service,
    /// The reader may be told who else sees it.
    pub may_ask: bool,
}
