//! What a terminology operation is asked: texts, codes with their systems, and resources that are sent along.

use axum::extract::{FromRequest, Request};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use varde_base::Category;
use varde_conformance::terminology::{Membership, Terminology, ValueSet};
use varde_fhir::json::{self, Node};
use varde_fhir::{Issue, IssueCode, ResourceType};

use crate::fhir::body::{FhirJson, parse};
use crate::fhir::outcome::Failed;
use crate::fhir::{FhirState, parameters};

/// Most codes in one question.
const MAX_CODES: usize = 64;

/// A code and what is said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Coded {
    pub(super) system: Option<String>,
    pub(super) version: Option<String>,
    pub(super) code: String,
    pub(super) display: Option<String>,
}

/// A question, in the order it came.
#[derive(Debug, Default)]
pub(super) struct Asked {
    texts: Vec<(String, String)>,
    codings: Vec<(String, Vec<Coded>)>,
    resources: Vec<(String, String)>,
}

impl FromRequest<FhirState> for Asked {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &FhirState) -> Result<Self, Failed> {
        let mut asked =
            Self { texts: parameters::decode(request.uri().query().unwrap_or_default())?, ..Self::default() };
        if request.method() == Method::POST && request.headers().contains_key(CONTENT_TYPE) {
            let FhirJson(body) = FhirJson::from_request(request, state).await?;
            let sent = parse(state, &body, ResourceType::PARAMETERS)?;
            for (index, parameter) in sent.root().list("parameter").iter().enumerate() {
                asked.read(index, parameter)?;
            }
        }
        asked.texts.retain(|(name, _)| name != "_format" && name != "_pretty");
        Ok(asked)
    }
}

impl Asked {
    fn read(&mut self, index: usize, parameter: &Node<'_>) -> Result<(), Failed> {
        let name = parameter.str_at("name").unwrap_or_default().to_owned();
        if let Some(resource) = parameter.get("resource") {
            let mut text = String::new();
            json::write_node(&mut text, resource);
            self.resources.push((name, text));
            return Ok(());
        }
        let members = parameter.object().map(|object| object.members()).unwrap_or_default();
        let value = members.iter().find(|member| member.name.starts_with("value")).map(|member| &member.value);
        match value {
            Some(Node::String(text)) => self.texts.push((name, text.to_string())),
            Some(Node::Number(text)) => self.texts.push((name, (*text).to_owned())),
            Some(Node::Bool(truth)) => self.texts.push((name, truth.to_string())),
            Some(value @ Node::Object(_)) if value.get("coding").is_some() => {
                self.codings.push((name, value.list("coding").iter().take(MAX_CODES).filter_map(coded).collect()));
            }
            Some(value @ Node::Object(_)) => self.codings.push((name, coded(value).into_iter().collect())),
            _ => {
                let place = format!("Parameters.parameter[{index}].value");
                return Err(Failed::at(IssueCode::Value, place, "a value or a resource is expected"));
            }
        }
        Ok(())
    }

    /// Takes out the only value of a parameter.
    ///
    /// # Errors
    /// 400 when there are several.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<String>, Failed> {
        let mut values = self.take_all(name).into_iter();
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(Failed::at(IssueCode::Value, name, "given more than once")),
        }
    }

    /// Takes out all values of a parameter.
    pub(super) fn take_all(&mut self, name: &str) -> Vec<String> {
        let (taken, rest) = std::mem::take(&mut self.texts).into_iter().partition(|(own, _)| own == name);
        self.texts = rest;
        let taken: Vec<(String, String)> = taken;
        taken.into_iter().map(|(_, value)| value).collect()
    }

    /// A parameter that must be there.
    pub(super) fn need(&mut self, name: &str) -> Result<String, Failed> {
        self.take(name)?.filter(|text| !text.is_empty()).ok_or_else(|| required(name, "it is needed"))
    }

    /// `true` or `false`.
    pub(super) fn truth(&mut self, name: &str) -> Result<bool, Failed> {
        match self.take(name)?.as_deref() {
            Some("true") => Ok(true),
            Some("false") | None => Ok(false),
            Some(_) => Err(Failed::at(IssueCode::Value, name, "true or false")),
        }
    }

    /// A whole number.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<usize>, Failed> {
        let number = self.take(name)?.map(|text| text.parse());
        number.transpose().map_err(|_| Failed::at(IssueCode::Value, name, "a whole number"))
    }

    /// The resource of a name.
    pub(super) fn resource(&mut self, name: &str) -> Option<String> {
        let at = self.resources.iter().position(|(own, _)| own == name)?;
        Some(self.resources.remove(at).1)
    }

    fn coding(&mut self, name: &str) -> Option<Vec<Coded>> {
        let at = self.codings.iter().position(|(own, _)| own == name)?;
        Some(self.codings.remove(at).1)
    }

    /// The codes that are meant: `coding`, `codeableConcept`, or `code` with its system.
    ///
    /// # Errors
    /// 400 when there is none.
    pub(super) fn codes(&mut self, system: Option<String>) -> Result<Vec<Coded>, Failed> {
        let codes = match (self.coding("coding"), self.coding("codeableConcept"), self.take("code")?) {
            (Some(codes), ..) | (None, Some(codes), _) => codes,
            (None, None, Some(code)) => {
                let (version, display) = (self.take("version")?, self.take("display")?);
                vec![Coded { system: system.clone(), version, code, display }]
            }
            _ => return Err(required("code", "say which code: code and system, coding or codeableConcept")),
        };
        let with_system = |code: Coded| Coded { system: code.system.or_else(|| system.clone()), ..code };
        let codes: Vec<Coded> = codes.into_iter().map(with_system).collect();
        if codes.is_empty() { Err(required("code", "there is no code in it")) } else { Ok(codes) }
    }

    /// A code under a name of its own, `codeA` or `codingA`.
    pub(super) fn named_code(&mut self, code: &str, coding: &str) -> Result<Coded, Failed> {
        match self.coding(coding).and_then(|codes| codes.into_iter().next()) {
            Some(coded) => Ok(coded),
            None => Ok(Coded { code: self.need(code)?, ..Coded::default() }),
        }
    }

    /// What is left is not known.
    ///
    /// # Errors
    /// 400 when anything is.
    pub(super) fn end(self) -> Result<(), Failed> {
        if self.texts.is_empty() && self.codings.is_empty() && self.resources.is_empty() {
            return Ok(());
        }
        Err(Failed::at(IssueCode::NotSupported, "", "the operation takes no such parameter"))
    }
}

fn coded(node: &Node<'_>) -> Option<Coded> {
    let text = |name: &str| node.get(name).and_then(Node::str).map(str::to_owned);
    Some(Coded { system: text("system"), version: text("version"), code: text("code")?, display: text("display") })
}

pub(super) fn required(name: &str, text: &str) -> Failed {
    Failed::new(Category::Invalid, Issue::error(IssueCode::Required, name, text))
}

/// 404: a definition that is not loaded.
pub(super) fn not_loaded(name: &str, text: impl Into<String>) -> Failed {
    Failed::new(Category::NotFound, Issue::error(IssueCode::NotFound, name, text))
}

/// 422: what cannot be told is not answered with no.
pub(super) fn cannot_tell(text: impl Into<String>) -> Failed {
    Failed::unprocessable(vec![Issue::error(IssueCode::NotSupported, "", text)])
}

/// A value set that was sent along, or the JSON of a stored one.
///
/// # Errors
/// 422 when it cannot be used.
pub(super) fn value_set(text: &str) -> Result<ValueSet, Failed> {
    let unusable = |why: String| Failed::unprocessable(vec![Issue::error(IssueCode::Invalid, "valueSet", why)]);
    let limits = json::Limits { bytes: usize::MAX, nodes: 1 << 22, ..json::Limits::default() };
    let node = json::parse(text.as_bytes(), &limits).map_err(|error| unusable(error.to_string()))?;
    if node.get("resourceType").and_then(Node::str) != Some("ValueSet") {
        return Err(unusable("a ValueSet is expected".to_owned()));
    }
    ValueSet::from_node(&node).map_err(|error| unusable(error.to_string()))
}

/// A parameter of an answer; one without a value is left out.
pub(super) fn part(list: &mut Vec<Value>, name: &str, kind: &str, value: Option<Value>) {
    if let Some(value) = value {
        let mut members = Map::new();
        members.insert("name".to_owned(), name.into());
        members.insert(kind.to_owned(), value);
        list.push(Value::Object(members));
    }
}

/// What is said of a code: whether it is in something, with what display, and a hint where a display was given wrongly.
pub(super) fn verdict(codes: &[Coded], ask: impl Fn(&Coded) -> Membership, what: &str) -> Result<Vec<Value>, Failed> {
    let mut unknown = None;
    let mut parts = Vec::new();
    for code in codes {
        match ask(code) {
            Membership::Yes(display) => {
                let is_other =
                    |own: &String| code.display.as_ref().is_some_and(|given| !given.eq_ignore_ascii_case(own));
                let hint = display.as_ref().filter(|own| is_other(own)).map(|own| format!("the display is: {own}"));
                part(&mut parts, "result", "valueBoolean", Some(true.into()));
                part(&mut parts, "message", "valueString", hint.map(Into::into));
                part(&mut parts, "display", "valueString", display.map(Into::into));
                return Ok(parts);
            }
            Membership::Unknown(why) => unknown = Some(why),
            Membership::No => {}
        }
    }
    if let Some(why) = unknown {
        return Err(cannot_tell(format!("it cannot be checked: {why}")));
    }
    part(&mut parts, "result", "valueBoolean", Some(false.into()));
    part(&mut parts, "message", "valueString", Some(format!("no such code in {what}").into()));
    Ok(parts)
}

/// The terminology of an installation.
pub(super) fn terminology(state: &FhirState) -> Terminology<'_> {
    Terminology::new(state.definitions())
}
