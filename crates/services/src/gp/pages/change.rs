//! Choosing another GP, and saying for whom.

use maud::{Markup, html};
use varde_base::date_in_norway;
use varde_web::Tone;
use varde_web::ui::{self, CheckGroup, Choice, TextField, TextKind};

use super::written;
use crate::gp::actions::Overview;
use crate::gp::find::Lists;
use crate::gp::model::{Change, GpList, Member};
use crate::gp::rules::{self, NotChangeable};
use crate::shared::{Ctx, Why};

/// What was searched for, and what was found.
pub(in super::super) struct Search {
    /// The words; `None` when nothing was typed.
    pub words: Option<String>,
    /// Then the lists of this town are shown.
    pub near: Option<String>,
    /// Only those with free places.
    pub only_free: bool,
    /// What was found.
    pub lists: Lists,
}

/// A list, and for whom it may be chosen.
pub(in super::super) struct Offered {
    /// The list.
    pub list: GpList,
    /// Those whose GP can be changed from here.
    pub members: Vec<Member>,
    /// All of them are children who follow a parent onto it, so that it is open to them though it is full.
    pub follow: bool,
}

/// What is wrong with the form, or has happened meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum FieldError {
    /// Nobody is chosen.
    NobodyChosen,
    /// Somebody cannot change to this list.
    NotChangeable(String, NotChangeable),
    /// There is no place left.
    Full,
    /// The waiting list is full.
    QueueFull,
    /// So many change at once that we did not get through.
    Busy,
}

/// The form as it was sent.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Form {
    /// Who was ticked; `None` before anybody was.
    pub chosen: Option<Vec<String>>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// Why the visitor may not change GP here.
pub(in super::super) fn not_allowed(ctx: &Ctx, why: &Why) -> Markup {
    let text = ctx.text();
    html! {
        (ui::back_link("/gp", &text.msg_gp_back()))
        (ui::heading(&text.msg_gp_not_allowed()))
        @if !why.open { p { (why.sentence) } }
        p { (text.msg_gp_not_allowed_help()) }
    }
}

/// Lists to choose from.
pub(in super::super) fn choose(ctx: &Ctx, search: &Search, overview: &Overview) -> Markup {
    let text = ctx.text();
    let effect = rules::takes_effect(date_in_norway(ctx.now));
    let left = rules::left(&overview.changes, effect);
    html! {
        (ui::back_link("/gp", &text.msg_gp_back()))
        (ui::heading(&text.msg_gp_change_title()))
        (ui::lead(&text.msg_gp_change_lead(written(ctx, effect))))
        @if rules::open(&overview.changes).is_some() { (ui::alert(Tone::Info, &text.msg_gp_not_underway())) }
        @if left == 0 {
            (ui::alert(Tone::Warning, &text.msg_gp_left_none(effect.year().to_string())))
        } @else {
            p { (text.msg_gp_left(effect.year().to_string(), left)) }
        }
        form method="get" action="/gp/change" role="search" {
            (ui::text_field(&TextField {
                id: "q", label: &text.msg_gp_search(), help: &text.msg_gp_search_help(), error: None,
                value: search.words.as_deref().unwrap_or_default(), kind: TextKind::Words,
            }))
            label.choice for="free" {
                input.ds-input type="checkbox" id="free" name="free" value="yes" checked[search.only_free];
                span { (text.msg_gp_only_free()) }
            }
            (ui::button_row(ui::submit_button(&text.msg_gp_search_submit())))
        }
        (found(ctx, search, overview))
    }
}

fn found(ctx: &Ctx, search: &Search, overview: &Overview) -> Markup {
    let text = ctx.text();
    let title = match (&search.words, &search.near) {
        (Some(words), _) => text.msg_gp_found(&**words),
        (None, Some(town)) => text.msg_gp_near(&**town),
        (None, None) => return html! {},
    };
    let lists = &search.lists.lists;
    let current = overview.gp.as_ref().and_then(|gp| gp.list.as_ref());
    html! {
        (ui::subheading(&title))
        @if lists.is_empty() { (ui::empty_state(&text.msg_gp_found_none(), &text.msg_gp_found_none_help())) }
        (ui::list(lists.iter().map(|list| item(ctx, list, current == Some(&list.id), &overview.changes))))
        @if search.lists.cut { p { (text.msg_gp_found_cut()) } }
    }
}

fn item(ctx: &Ctx, list: &GpList, is_own: bool, changes: &[Change]) -> Markup {
    let text = ctx.text();
    let href = format!("/gp/change/{}", list.id);
    let places = places_words(ctx, list);
    let detail = match &list.place {
        Some(place) if !list.name.contains(place.as_str()) => format!("{place} · {places}"),
        _ => places,
    };
    let tag = if is_own {
        Some((Tone::Neutral, text.msg_gp_tag_own()))
    } else if rules::returns(&list.id, changes, date_in_norway(ctx.now)) {
        Some((Tone::Success, text.msg_gp_tag_before()))
    } else if rules::free(list) > 0 {
        Some((Tone::Success, text.msg_gp_tag_free()))
    } else {
        Some((Tone::Neutral, text.msg_gp_tag_full()))
    };
    let href = (!is_own).then_some(href.as_str());
    ui::list_item(&ui::ListItem { href, title: &list.name, detail: &detail, tag })
}

fn places_words(ctx: &Ctx, list: &GpList) -> String {
    let text = ctx.text();
    match (rules::free(list), list.waiting.len()) {
        (0, 0) => text.msg_gp_places_none(),
        (0, waiting) => text.msg_gp_places_queue(waiting),
        (1, _) => text.msg_gp_places_one(),
        (free, _) => text.msg_gp_places(usize::try_from(free).unwrap_or(usize::MAX)),
    }
}

/// One list: what it means to change, for whom, and one button.
pub(in super::super) fn confirm(ctx: &Ctx, offered: &Offered, overview: &Overview, form: &Form) -> Markup {
    let text = ctx.text();
    let Offered { list, members, follow } = offered;
    let today = date_in_norway(ctx.now);
    let errors: Vec<(&str, String)> = form.errors.iter().map(|error| ("person", error_words(ctx, error))).collect();
    let hindrance = rules::may_change(list, overview.mover(), today).err();
    // A change for the children alone is not shut out by what holds for the parent.
    let blocked = hindrance.filter(|why| members.len() == 1 || *why == NotChangeable::Closed);
    let first = members.first().map(|member| member.name.as_str());
    let returns = rules::returns(&list.id, &overview.changes, today);
    let is_full = rules::free(list) == 0 && !follow && !returns;
    html! {
        (ui::back_link("/gp/change", &text.msg_gp_change_back()))
        @if !errors.is_empty() { (ui::error_summary(ctx.language, &errors)) }
        (ui::heading(&text.msg_gp_confirm_title()))
        (ui::lead(&list.name))
        p { (places_words(ctx, list)) }
        @if let Some(why) = blocked {
            @if form.errors.is_empty() { (ui::alert(Tone::Warning, &why_not(ctx, None, why))) }
        } @else {
            p { @if is_full { (text.msg_gp_confirm_full()) } @else {
                (text.msg_gp_confirm_from(written(ctx, rules::takes_effect(today))))
            } }
            @if returns { p { (text.msg_gp_confirm_before()) } }
            @if let (Some(why), true) = (hindrance, form.errors.is_empty()) {
                (ui::alert(Tone::Info, &why_not(ctx, first, why)))
            }
            (ui::form(&format!("/gp/change/{}", list.id), &ctx.visitor, html! {
                (persons(ctx, members, form, hindrance.is_some()))
                @if is_full { (ui::hidden_field("want", "wait")) }
                (ui::button_row(ui::submit_button(&if is_full { text.msg_gp_confirm_wait() } else { text.msg_gp_confirm_submit() })))
            }))
            (ui::disclosure(&text.msg_gp_know(), &html! {
                ul {
                    li { (text.msg_gp_know_year(rules::CHANGES_A_YEAR)) }
                    li { (text.msg_gp_know_undo()) }
                    li { (text.msg_gp_know_record()) }
                    li { (text.msg_gp_know_children()) }
                    li { (text.msg_gp_know_before(rules::RETURN_YEARS)) }
                }
            }))
        }
    }
}

/// For whom: a box for each where there are several, else the one unseen.
fn persons(ctx: &Ctx, members: &[Member], form: &Form, is_hindered: bool) -> Markup {
    let text = ctx.text();
    let ids: Vec<String> = members.iter().map(|member| member.patient.to_string()).collect();
    let choice = |member: &Member| Choice { value: member.patient.to_string(), label: member.name.clone() };
    let nobody = form.errors.contains(&FieldError::NobodyChosen).then(|| text.msg_gp_error_nobody());
    match ids.as_slice() {
        // What went wrong is a link; it leads here.
        [only] => html! { div #person { (ui::hidden_field("person", only)) } },
        // The visitor alone is ticked at first, if anybody: nobody changes a child's GP by overlooking a box.
        all => ui::check_group(&CheckGroup {
            id: "person",
            legend: &text.msg_gp_for_whom(),
            error: nobody.as_deref(),
            chosen: form.chosen.as_deref().unwrap_or(all.get(..usize::from(!is_hindered)).unwrap_or_default()),
            choices: members.iter().map(choice).collect(),
        }),
    }
}

fn error_words(ctx: &Ctx, error: &FieldError) -> String {
    let text = ctx.text();
    match error {
        FieldError::NobodyChosen => text.msg_gp_error_nobody(),
        FieldError::NotChangeable(name, why) => why_not(ctx, Some(name), *why),
        FieldError::Full => text.msg_gp_error_full(),
        FieldError::QueueFull => text.msg_gp_error_queue_full(),
        FieldError::Busy => text.msg_gp_error_busy(),
    }
}

/// Why somebody cannot change to a list, and what to do next; by name where it may be one of several.
fn why_not(ctx: &Ctx, name: Option<&str>, why: NotChangeable) -> String {
    let text = ctx.text();
    let words = match why {
        NotChangeable::Same => text.msg_gp_not_same(),
        NotChangeable::Underway => text.msg_gp_not_underway(),
        NotChangeable::UsedUp(next) => text.msg_gp_not_used_up(written(ctx, next)),
        NotChangeable::Closed => text.msg_gp_not_closed(),
        NotChangeable::NotEntitled => text.msg_gp_not_entitled(),
    };
    match name {
        Some(name) => format!("{name}: {words}"),
        None => words,
    }
}
