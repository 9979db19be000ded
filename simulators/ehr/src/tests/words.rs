use varde_base::Language;

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
    keys.extend((0..6).map(|luck| referral("2026-11-23".parse().unwrap(), luck).words));
    for key in keys {
        for language in Language::ALL {
            assert!(!text(language, key).is_empty(), "{key} in {language}");
        }
    }
}
