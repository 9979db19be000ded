//! What the patient is told when health personnel look in an emergency or past the glass. The store writes the event and the message.

use varde_base::Language;

use crate::l10n::{L10nLanguage, text};
use crate::slice::MailText;

/// What happened, in words; `None` for a code that is not of this service.
pub(super) fn event_text(text: &L10nLanguage, code: &str, _when: &str) -> Option<String> {
    Some(match code {
        "emergency-access" => text.msg_log_event_emergency(),
        "break-glass-access" => text.msg_log_event_break_glass(),
        _ => return None,
    })
}

/// The e-mail about an outbox message; `None` for a kind that is not of this service.
pub(super) fn mail_text(kind: &str, language: Language) -> Option<MailText> {
    let text = text(language);
    // The kind of access is a health matter, so the e-mail says only that somebody has looked.
    let (subject, body) = match kind {
        "emergency-access" | "break-glass-access" => (text.msg_log_mail_subject(), text.msg_log_mail_body()),
        "emergency-access-child" => (text.msg_log_mail_subject_child(), text.msg_log_mail_body_child()),
        _ => return None,
    };
    Some(MailText { subject, body, footer: text.msg_log_mail_footer() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_have_words_in_every_language_and_the_mail_tells_nothing_of_health() {
        for language in Language::ALL {
            for kind in ["emergency-access", "break-glass-access"] {
                assert!(event_text(text(language), kind, "").is_some_and(|words| !words.is_empty()));
                let mail = mail_text(kind, language).unwrap();
                assert_eq!(Some(&mail), mail_text("emergency-access", language).as_ref(), "one mail for both");
            }
            let child = mail_text("emergency-access-child", language).unwrap();
            assert_ne!(
                Some(child),
                mail_text("emergency-access", language),
                "a parent is told that it is about a child"
            );
            assert_eq!(event_text(text(language), "appointment-booked", ""), None);
            assert_eq!(mail_text("appointment-booked", language), None);
        }
    }
}
