use varde_base::Language;

use crate::rules::request::{Answer, Deed, REQUESTS, request, suggestion};
use crate::rules::{MessageAnswer, Prescription, RenewalAnswer, Subject, message, referral, renewal};
use crate::words::text;

#[test]
fn there_are_words_for_every_answer_in_every_language() {
    let of = |status, group, is_short_course| Some(Prescription { status, group, is_short_course });
    let prescriptions = [
        None,
        of("active", None, false),
        of("stopped", None, false),
        of("active", Some("A"), false),
        of("active", None, true),
    ];
    let renewals =
        prescriptions.into_iter().flat_map(|prescription| (0..6).map(move |luck| renewal(prescription, 0, luck)));
    let mut keys: Vec<&str> = renewals
        .filter_map(|answer| match answer {
            RenewalAnswer::Renew => None,
            RenewalAnswer::Talk(words) | RenewalAnswer::Refuse { words, .. } => Some(words),
        })
        .collect();
    for subject in [Subject::Consultation, Subject::Prescription, Subject::RecordCopy, Subject::Contact] {
        for luck in 0..6 {
            for is_follow_up in [false, true] {
                keys.push(match message(subject, is_follow_up, luck) {
                    MessageAnswer::Write(words)
                    | MessageAnswer::Sample(words)
                    | MessageAnswer::Refer(words)
                    | MessageAnswer::Refuse(words) => words,
                });
            }
        }
    }
    keys.extend(["report-as-usual", "report-outside", "comment-as-usual", "comment-outside", "comment-corrected"]);
    keys.extend(["booking-instruction", "booking-moved-title", "booking-moved"]);
    keys.extend(["booking-called-off-title", "booking-called-off", "gp-not-possible"]);
    keys.extend(requests());
    keys.extend((0..6).map(|luck| referral("2026-11-23".parse().unwrap(), luck).words));
    for key in keys {
        for language in Language::ALL {
            assert!(!text(language, key).is_empty(), "{key} in {language}");
        }
    }
}

/// The keys of every answer to a request or a suggestion, and of what is written beside it.
fn requests() -> impl Iterator<Item = &'static str> {
    let of_requests = REQUESTS.into_iter().flat_map(|code| {
        [None, Some("child"), Some("other")]
            .into_iter()
            .flat_map(move |who| (0..4).map(move |luck| request(code, who, luck)))
    });
    let of_suggestions = ["add", "change", "remove"].into_iter().flat_map(|wish| {
        [None, Some("Condition")].into_iter().flat_map(move |item| (0..4).map(move |luck| suggestion(wish, item, luck)))
    });
    of_requests.chain(of_suggestions).flat_map(|Answer { words, deed, .. }| match deed {
        Deed::PutRight(title) => vec![words, title],
        Deed::Send(title, text) => vec![words, title, text],
        Deed::Nothing | Deed::Retract | Deed::Note | Deed::Add => vec![words],
    })
}
