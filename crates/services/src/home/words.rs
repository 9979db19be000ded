//! What people call the services, and what each situation shows: the tables behind the front page, by the paths of the services.

use varde_base::Language;

use super::chosen::Situation;
use super::find::Known;
use crate::l10n::{L10nLanguage, text};
use crate::slice::Slice;

/// Under which heading a service stands where all are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// Care: appointments, messages, medicines.
    Care,
    /// What is known of the person.
    Record,
    /// Who sees what, and who acts for whom.
    Control,
}

impl Group {
    pub(super) const ALL: [Self; 3] = [Self::Care, Self::Record, Self::Control];

    pub(super) fn title(self, text: &L10nLanguage) -> String {
        match self {
            Self::Care => text.msg_home_group_care(),
            Self::Record => text.msg_home_group_record(),
            Self::Control => text.msg_home_group_control(),
        }
    }

    /// Of a service.
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/appointments" | "/messages" | "/medicines" | "/gp" | "/referrals" | "/household" => Self::Care,
            "/results" | "/record" | "/vaccines" | "/summary" | "/costs" | "/events" => Self::Record,
            _ => Self::Control,
        }
    }
}

/// Words people use for a service; `None` for one that is found by its name alone.
pub(super) fn words(text: &L10nLanguage, path: &str) -> Option<String> {
    Some(match path {
        "/appointments" => text.msg_home_words_appointments(),
        "/messages" => text.msg_home_words_messages(),
        "/medicines" => text.msg_home_words_medicines(),
        "/results" => text.msg_home_words_results(),
        "/gp" => text.msg_home_words_gp(),
        "/referrals" => text.msg_home_words_referrals(),
        "/record" => text.msg_home_words_record(),
        "/vaccines" => text.msg_home_words_vaccines(),
        "/summary" => text.msg_home_words_summary(),
        "/costs" => text.msg_home_words_costs(),
        "/events" => text.msg_home_words_events(),
        "/notifications" => text.msg_home_words_notifications(),
        "/household" => text.msg_home_words_household(),
        "/access-log" => text.msg_home_words_access_log(),
        "/act-for" => text.msg_home_words_act_for(),
        "/sharing" => text.msg_home_words_sharing(),
        "/requests" => text.msg_home_words_requests(),
        "/who-can-see" => text.msg_home_words_who_can_see(),
        _ => return None,
    })
}

/// What is known of a service, to look in: the language of the page, and after it the others, for one who knows a word from another.
pub(super) fn known(slice: &Slice, language: Language) -> Known {
    let of = |its: Language| {
        let text = text(its);
        let words = words(text, slice.path).unwrap_or_default();
        format!("{} {} {words}", (slice.title)(text), (slice.tile)(text))
    };
    let all: Vec<String> = Language::ALL.into_iter().map(of).collect();
    Known { title: (slice.title)(text(language)), words: all.join(" ") }
}

/// A link a situation shows: where it leads, and its words.
pub(super) type Link = (&'static str, fn(&L10nLanguage) -> String);

/// The links of a situation, but for those to services that are not there.
pub(super) fn links(situation: Situation) -> impl Iterator<Item = &'static Link> {
    let all: &[Link] = match situation {
        Situation::Pregnant => &[
            ("/appointments", |text| text.msg_home_link_check_ups()),
            ("/messages/write", |text| text.msg_home_link_ask_office()),
            ("/medicines/in-use", |text| text.msg_home_link_medicines()),
            ("/results", |text| text.msg_home_link_results()),
        ],
        Situation::SmallChild => &[
            ("/household", |text| text.msg_home_link_household()),
            ("/act-for", |text| text.msg_home_link_act_for()),
            ("/messages/write", |text| text.msg_home_link_ask_office()),
        ],
        Situation::LongTermIllness => &[
            ("/medicines/renew", |text| text.msg_home_link_renew()),
            ("/results/analyses", |text| text.msg_home_link_over_time()),
            ("/appointments", |text| text.msg_home_link_check_ups()),
            ("/costs", |text| text.msg_home_link_costs()),
        ],
    };
    let is_there = |link: &&Link| {
        crate::all()
            .iter()
            .any(|slice| link.0.strip_prefix(slice.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    all.iter().filter(is_there)
}

/// What a person says of themselves when they choose a situation.
pub(super) fn situation_choice(text: &L10nLanguage, situation: Situation) -> String {
    match situation {
        Situation::Pregnant => text.msg_home_situation_pregnant(),
        Situation::SmallChild => text.msg_home_situation_small_child(),
        Situation::LongTermIllness => text.msg_home_situation_illness(),
    }
}

/// The heading over the links of a situation.
pub(super) fn situation_title(text: &L10nLanguage, situation: Situation) -> String {
    match situation {
        Situation::Pregnant => text.msg_home_when_pregnant(),
        Situation::SmallChild => text.msg_home_when_small_child(),
        Situation::LongTermIllness => text.msg_home_when_illness(),
    }
}
