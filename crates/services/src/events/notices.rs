//! The words of a notification outside the portal: never what it is about, nor a name; only that there is something, and where.

use varde_base::Language;

use super::rules::Delivery;
use crate::slice::MailText;

/// What a notification says, for every channel: e-mail has all of it, a text message the subject, a device the subject as its title. `None`
/// for an event no service knows.
pub fn text(delivery: &Delivery, language: Language) -> Option<MailText> {
    let mut text = crate::mail_text(&delivery.event, language)?;
    if delivery.about.is_some() {
        text.subject = crate::l10n::text(language).msg_events_notice_for_other();
    }
    Some(text)
}
