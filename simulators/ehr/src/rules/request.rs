//! What the offices answer to requests, and to suggestions for the summary, pure.

/// One in so many wishes is not met.
const NO_ONE_IN: u64 = 4;

/// What is done beside the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Nothing.
    Nothing,
    /// A note that says what is right, beside what was wrong; the key of its title.
    PutRight(&'static str),
    /// A document that was missing; keys of its title and of what it says.
    Send(&'static str, &'static str),
    /// The item is marked as entered in error.
    Retract,
    /// The citizen's words are put beside the item.
    Note,
    /// A new entry with the citizen's words.
    Add,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    /// As asked, or not.
    pub(crate) is_yes: bool,
    /// Key of the words.
    pub(crate) words: &'static str,
    /// What is done.
    pub(crate) deed: Deed,
}

const fn yes(words: &'static str, deed: Deed) -> Answer {
    Answer { is_yes: true, words, deed }
}

const fn no(words: &'static str) -> Answer {
    Answer { is_yes: false, words, deed: Deed::Nothing }
}

/// Codes of `urn:varde:request` an office answers. Complaints are the County Governor's.
pub(crate) const REQUESTS: [&str; 4] = ["correction", "missing-document", "look-up-question", "access-after-death"];

/// What an office answers to a request. `relation`: what the one who asks was to one who is dead.
pub(crate) fn request(code: &str, relation: Option<&str>, luck: u64) -> Answer {
    let is_no = luck.is_multiple_of(NO_ONE_IN);
    match code {
        "correction" if is_no => no("request-not-corrected"),
        "correction" => yes("request-corrected", Deed::PutRight("correction-title")),
        "missing-document" if is_no => no("request-no-document"),
        "missing-document" => yes("request-document", Deed::Send("document-title", "document-words")),
        "look-up-question" if is_no => yes("request-look-up-wrong", Deed::Nothing),
        "look-up-question" => yes("request-look-up", Deed::Nothing),
        "access-after-death" if matches!(relation, Some("partner" | "child" | "parent" | "sibling")) => {
            yes("request-after-death", Deed::Nothing)
        }
        _ => no("request-not-here"),
    }
}

/// What an office answers to a suggestion. `item`: the type of what it is about, when that is there.
pub(crate) fn suggestion(wish: &str, item: Option<&str>, luck: u64) -> Answer {
    if luck.is_multiple_of(NO_ONE_IN) {
        return no("suggestion-talk");
    }
    let can_retract = matches!(item, Some("AllergyIntolerance" | "Condition" | "Device" | "Flag" | "Procedure"));
    let can_note = can_retract && item != Some("Flag");
    match wish {
        "add" => yes("suggestion-added", Deed::Add),
        "remove" if can_retract => yes("suggestion-removed", Deed::Retract),
        "change" if can_note => yes("suggestion-changed", Deed::Note),
        _ => no("suggestion-talk"),
    }
}
