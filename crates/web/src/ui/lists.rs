use maud::{Markup, html};

use crate::Icon;
use crate::ui::{Tone, icon};

/// Items below each other.
pub fn list(items: impl Iterator<Item = Markup>) -> Markup {
    html! { ul.items { @for item in items { li.item { (item) } } } }
}

/// One item of a list.
#[derive(Debug)]
pub struct ListItem<'a> {
    /// Where it leads; `None` when there is nothing more to see.
    pub href: Option<&'a str>,
    /// What people look for first.
    pub title: &'a str,
    /// The rest, on one line.
    pub detail: &'a str,
    /// A tag for what is out of the ordinary.
    pub tag: Option<(Tone, String)>,
}

/// An item with a title that is the link, a line of detail and perhaps a tag.
pub fn list_item(item: &ListItem<'_>) -> Markup {
    html! {
        div.item-words {
            @match item.href {
                Some(href) => a.ds-link.item-title href=(href) { (item.title) },
                None => span.item-title { (item.title) },
            }
            span.item-detail { (item.detail) }
        }
        @if let Some((tone, words)) = &item.tag { span.ds-tag data-color=(tone.color()) { (words) } }
    }
}

/// One of several texts below each other: whose, when, what it says and what there is to say of it.
pub fn entry(title: &str, detail: &str, content: &Markup) -> Markup {
    html! { article.ds-card { h2.ds-heading data-size="xs" { (title) } p.item-detail { (detail) } (content) } }
}

/// Terms with what they stand for.
pub fn description_list(facts: &[(String, Markup)]) -> Markup {
    html! { dl.facts { @for (term, value) in facts { div { dt { (term) } dd { (value) } } } } }
}

/// How far a step of a way has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind.
    Done,
    /// Going on.
    Now,
    /// To come.
    Ahead,
    /// Should have been done.
    Late,
}

/// A step of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub title: String,
    /// When, and what is to be said of it.
    pub detail: String,
    /// How far it has come.
    pub state: StepState,
    /// The same in words, for those who do not see the mark.
    pub state_words: String,
}

/// Steps in order of time, each with a mark for how far it has come.
pub fn steps(steps: &[Step]) -> Markup {
    let name = |state| match state {
        StepState::Done => "done",
        StepState::Now => "now",
        StepState::Ahead => "ahead",
        StepState::Late => "late",
    };
    html! {
        ol.steps {
            @for step in steps {
                li.step data-step=(name(step.state)) {
                    strong { (step.title) span.visually-hidden { " (" (step.state_words) ")" } }
                    @if !step.detail.is_empty() { span.item-detail { (step.detail) } }
                }
            }
        }
    }
}

/// Parts side by side where there is room.
pub fn columns(parts: &[Markup]) -> Markup {
    html! { div.columns { @for part in parts { section { (part) } } } }
}

/// A way to a service.
#[derive(Debug, Clone)]
pub struct Tile {
    /// Where it leads.
    pub href: &'static str,
    /// Its picture.
    pub icon: Icon,
    /// Its name.
    pub title: String,
    /// What one does there.
    pub detail: String,
}

/// Services as cards, the whole of which can be pressed.
pub fn tiles(tiles: impl Iterator<Item = Tile>) -> Markup {
    html! {
        ul.tiles {
            @for tile in tiles {
                li.ds-card.tile {
                    (icon(tile.icon))
                    div {
                        a.tile-link href=(tile.href) { (tile.title) }
                        p { (tile.detail) }
                    }
                }
            }
        }
    }
}

/// A table whose rows become blocks on a small screen, each cell with its heading.
pub fn table<const N: usize>(caption: &str, heads: &[String; N], rows: impl Iterator<Item = [Markup; N]>) -> Markup {
    html! {
        table.ds-table.stacking {
            caption.visually-hidden { (caption) }
            thead { tr { @for head in heads { th scope="col" { (head) } } } }
            tbody {
                @for row in rows {
                    tr { @for (head, cell) in heads.iter().zip(row) { td data-label=(head) { (cell) } } }
                }
            }
        }
    }
}
