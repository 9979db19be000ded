//! What is done with a form: its files are taken in, and then what the pressed button says.

use serde::Deserialize;
use varde_base::{Category, ResourceId};
use varde_store::{Gate, GateError};
use varde_web::{FileForm, status};

use super::super::actions::{self, Form, Letter, SendError, Sending};
use super::super::drafts::{self, Draft, DraftFile, Held, Standing};
use super::super::files::{self, FILE_MAX_BYTES, FileError};
use super::super::pages::{FormState, Problem};
use super::super::rules::{self, FieldError};
use super::persons;
use crate::shared::Ctx;

/// What the value of the button begins with that takes a file away.
const REMOVE: &str = "remove-";

/// The fields of the forms. `then` is which button was pressed: none sends, `save` keeps, `remove-` takes a file away,
/// `discard` throws all away. `draft` and `version` say which draft the form was filled in from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    topic: String,
    text: String,
    form_key: String,
    draft: String,
    version: String,
    then: String,
}

impl Fields {
    fn held(&self) -> Held {
        Held { id: self.draft.clone(), version: self.version.parse().unwrap_or_default() }
    }

    fn letter(&self, held: Held) -> Letter {
        // Who goes back in the browser and writes something else in the same form sends something else.
        let form_key = format!("{}/{}/{}", self.form_key, self.topic, self.text);
        let form_key = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, form_key.as_bytes()).to_string();
        Letter { topic: self.topic.clone(), text: self.text.clone(), form_key, held }
    }
}

/// What came of a form.
pub(super) enum Submitted {
    /// It is sent.
    Sent(ResourceId),
    /// It is kept; beside another draft that was saved elsewhere, or not.
    Saved { draft: Draft, beside: bool },
    /// A file is taken away from it.
    Removed(Draft),
    /// It is thrown away.
    Discarded,
    /// Something is to be put right.
    Wrong(FormState),
    /// There is no form for them.
    Failed(GateError),
}

/// What the form begins with: what was typed before the session ended, else the saved draft, the one with this id or the last.
pub(super) async fn fresh(ctx: &Ctx, form: Form<'_>, draft: Option<&str>) -> Result<FormState, GateError> {
    let typed = ctx.visitor.draft.as_ref();
    let id = typed.and_then(|typed| typed.get("draft")).or(draft).filter(|id| !id.is_empty());
    let saved = drafts::of(&ctx.state.store.ephemeral(), persons(ctx), &form.about(), id).await?;
    let mut state = saved.as_ref().map(FormState::of).unwrap_or_default();
    if let Some(typed) = typed {
        let field = |name| typed.get(name).unwrap_or_default().to_owned();
        (state.topic, state.text) = (field("topic"), field("text"));
        // Another window may have saved since; then what was typed is to be kept beside it.
        let version = field("version").parse().unwrap_or_default();
        state.held = Held { id: field("draft"), version };
    }
    Ok(state)
}

/// Takes in the files and does what the pressed button says.
pub(super) async fn submit(ctx: &Ctx, gate: &Gate, form: Form<'_>, mut sent: FileForm) -> Submitted {
    // Nobody's files are taken in who may not write.
    match actions::sending(gate, ctx.subject(), form.service()).await {
        Ok(Sending::No(decision)) => return Submitted::Failed(GateError::Refused(decision)),
        Ok(_) => {}
        Err(error) => return Submitted::Failed(error),
    }
    let done = async {
        let taken = receive(ctx, form, &mut sent).await?;
        let fields = sent.fields().map_err(|_| GateError::Invalid(Vec::new()))?;
        act(ctx, gate, form, &fields, taken).await
    };
    done.await.unwrap_or_else(Submitted::Failed)
}

/// Files that were taken in, and what is wrong with the others.
#[derive(Default)]
struct Taken {
    files: Vec<DraftFile>,
    problems: Vec<Problem>,
}

async fn receive(ctx: &Ctx, form: Form<'_>, sent: &mut FileForm) -> Result<Taken, GateError> {
    let fields: Fields = sent.fields().map_err(|_| GateError::Invalid(Vec::new()))?;
    let (kept, persons) = (ctx.state.store.ephemeral(), persons(ctx));
    let drafts = drafts::all(&kept, persons).await?;
    let about = form.about();
    let own = drafts.iter().find(|draft| draft.about == about && draft.id == fields.draft);
    let mut here = own.map(|draft| draft.files.clone()).unwrap_or_default();
    let mut in_drafts: usize = drafts.iter().flat_map(|draft| &draft.files).map(|file| file.bytes).sum();
    let mut taken = Taken::default();
    for number in 0_usize.. {
        let file = match sent.next_file(FILE_MAX_BYTES).await {
            Ok(Some(file)) => file,
            Ok(None) => break,
            Err(Category::TooLarge) => {
                taken.problems.push(Problem::TooMuch);
                break;
            }
            Err(_) => return Err(GateError::Invalid(Vec::new())),
        };
        let place = format!("{}/{}/{}/{number}", persons.by, persons.patient, fields.form_key);
        let scan = ctx.state.scan.as_deref();
        match actions::receive((&kept, scan), persons, (&here, in_drafts), (&file, &place), ctx.now).await? {
            Ok(file) => {
                in_drafts = in_drafts.saturating_add(file.bytes);
                here.push(file.clone());
                taken.files.push(file);
            }
            Err(error) => {
                let problem = Problem::File(files::clean_name(&file.name, None), error);
                // One sentence is enough however many are too many.
                if error != FileError::Many || !taken.problems.iter().any(Problem::is_many) {
                    taken.problems.push(problem);
                }
            }
        }
    }
    Ok(taken)
}

/// What the pressed button says. Files that were taken in are kept with a draft first, whatever else is wrong: the browser cannot choose them again.
async fn act(ctx: &Ctx, gate: &Gate, form: Form<'_>, fields: &Fields, taken: Taken) -> Result<Submitted, GateError> {
    let (persons, kept) = (persons(ctx), ctx.state.store.ephemeral());
    let Taken { files, mut problems } = taken;
    let has_files = !files.is_empty();
    let without = fields.then.strip_prefix(REMOVE).map(str::to_owned);
    let mut held = fields.held();
    let mut saved = None;
    if has_files || without.is_some() {
        let ids: Vec<String> = files.iter().map(|file| file.id.clone()).collect();
        let parts = (&fields.letter(held.clone()), files, without.clone());
        match actions::save_draft((gate, &kept), persons, form, parts, ctx.now).await? {
            Ok(done) => {
                held = done.draft.held();
                saved = Some(done);
            }
            Err(error) => {
                for id in ids {
                    drafts::forget_file(&kept, persons, &id).await?;
                }
                problems.push(Problem::File(String::new(), error));
            }
        }
    }
    if !problems.is_empty() {
        return wrong(ctx, form, fields, held, problems).await;
    }
    match (fields.then.as_str(), saved) {
        ("save", Some(_)) if !too_long(form, fields).is_empty() => {
            wrong(ctx, form, fields, held, too_long(form, fields)).await
        }
        ("save", Some(saved)) => Ok(Submitted::Saved { draft: saved.draft, beside: saved.beside }),
        (_, Some(saved)) if without.is_some() => Ok(Submitted::Removed(saved.draft)),
        ("save", None) => save(ctx, gate, form, fields, held).await,
        ("discard", _) => discard(ctx, form, fields, held).await,
        _ => send(ctx, gate, form, fields, held).await,
    }
}

/// The form again, with what was typed and the files it has.
async fn wrong(
    ctx: &Ctx,
    form: Form<'_>,
    fields: &Fields,
    held: Held,
    problems: Vec<Problem>,
) -> Result<Submitted, GateError> {
    let kept = ctx.state.store.ephemeral();
    let state = match drafts::standing(&kept, persons(ctx), &form.about(), &held).await? {
        Standing::Same(draft) | Standing::Changed(draft) => FormState { held, ..FormState::of(&draft) },
        Standing::None | Standing::Gone => FormState { held, ..FormState::default() },
    };
    let (topic, text) = (fields.topic.clone(), fields.text.clone());
    Ok(Submitted::Wrong(FormState { topic, text, problems, ..state }))
}

/// The form again, with what was typed and what another window has saved since; from now on it is about that.
fn changed(fields: &Fields, now: Option<Draft>) -> Submitted {
    let state = now.as_ref().map(FormState::of).unwrap_or_default();
    let is_other = |draft: &Draft| draft.text != fields.text || draft.topic != fields.topic;
    let other = now.filter(is_other).map(|draft| (draft.topic, draft.text));
    let (topic, text) = (fields.topic.clone(), fields.text.clone());
    Submitted::Wrong(FormState { topic, text, other, problems: vec![Problem::Changed], ..state })
}

fn topic_of<'a>(form: Form<'_>, fields: &'a Fields) -> Option<&'a str> {
    matches!(form, Form::New(_)).then_some(fields.topic.as_str())
}

/// What is wrong with a draft that has files: it may lack words.
fn too_long(form: Form<'_>, fields: &Fields) -> Vec<Problem> {
    let errors = rules::check_draft(topic_of(form, fields), &fields.text).into_iter();
    errors.filter(|error| *error != FieldError::Nothing).map(Problem::Field).collect()
}

async fn save(ctx: &Ctx, gate: &Gate, form: Form<'_>, fields: &Fields, held: Held) -> Result<Submitted, GateError> {
    let kept = ctx.state.store.ephemeral();
    let standing = drafts::standing(&kept, persons(ctx), &form.about(), &held).await?;
    let problems = match standing {
        Standing::Same(draft) if !draft.files.is_empty() => too_long(form, fields),
        _ => {
            let errors = rules::check_draft(topic_of(form, fields), &fields.text);
            errors.into_iter().map(Problem::Field).collect()
        }
    };
    if !problems.is_empty() {
        return wrong(ctx, form, fields, held, problems).await;
    }
    let parts = (&fields.letter(held.clone()), Vec::new(), None);
    match actions::save_draft((gate, &kept), persons(ctx), form, parts, ctx.now).await {
        Ok(Ok(saved)) => Ok(Submitted::Saved { draft: saved.draft, beside: saved.beside }),
        Ok(Err(error)) => wrong(ctx, form, fields, held, vec![Problem::File(String::new(), error)]).await,
        Err(error) => not_now(ctx, form, fields, held, error).await,
    }
}

async fn discard(ctx: &Ctx, form: Form<'_>, fields: &Fields, held: Held) -> Result<Submitted, GateError> {
    let kept = ctx.state.store.ephemeral();
    if drafts::forget(&kept, persons(ctx), &held, ctx.now).await? {
        return Ok(Submitted::Discarded);
    }
    let draft = drafts::of(&kept, persons(ctx), &form.about(), Some(&held.id)).await?;
    Ok(changed(fields, draft))
}

async fn send(ctx: &Ctx, gate: &Gate, form: Form<'_>, fields: &Fields, held: Held) -> Result<Submitted, GateError> {
    let errors = rules::check(topic_of(form, fields), &fields.text);
    if !errors.is_empty() {
        return wrong(ctx, form, fields, held, errors.into_iter().map(Problem::Field).collect()).await;
    }
    let kept = ctx.state.store.ephemeral();
    let problem = match actions::send((gate, &kept), persons(ctx), form, &fields.letter(held.clone()), ctx.now).await {
        Ok(id) => return Ok(Submitted::Sent(id)),
        Err(SendError::Changed(draft)) => return Ok(changed(fields, draft.map(|draft| *draft))),
        Err(SendError::Closed(_)) => Problem::Closed,
        Err(SendError::NotTaken) => Problem::NotTaken,
        Err(SendError::Ended) => Problem::Ended,
        Err(SendError::TooMany) => Problem::Field(FieldError::TooMany),
        Err(SendError::Store(error)) => return not_now(ctx, form, fields, held, error).await,
    };
    wrong(ctx, form, fields, held, vec![problem]).await
}

/// What passes leaves the form as it was; of the rest the person is told on a page of its own.
async fn not_now(
    ctx: &Ctx,
    form: Form<'_>,
    fields: &Fields,
    held: Held,
    error: GateError,
) -> Result<Submitted, GateError> {
    match error.category() {
        Category::Busy | Category::Unavailable | Category::Conflict | Category::Fault => {
            let problems = vec![Problem::NotNow(status(error.category()))];
            let (topic, text) = (fields.topic.clone(), fields.text.clone());
            let typed =
                || FormState { topic, text, held: held.clone(), problems: problems.clone(), ..FormState::default() };
            // The files are shown if they can be fetched.
            Ok(wrong(ctx, form, fields, held.clone(), problems.clone())
                .await
                .unwrap_or_else(|_| Submitted::Wrong(typed())))
        }
        _ => Err(error),
    }
}
