use std::collections::VecDeque;
use std::sync::Mutex;

use mail_parser::MessageParser;
use serde::Serialize;

/// Most messages kept; the oldest go first.
const MAX_MESSAGES: usize = 1_000;
/// Most messages between one and its copy.
const MAX_BETWEEN: usize = 200;

/// A message as it was given to us, decoded for reading.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Message {
    pub(crate) number: u64,
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) subject: String,
    pub(crate) message_id: String,
    pub(crate) text: String,
    /// How often it came with this Message-ID for these recipients; mail systems that suppress duplicates show one.
    pub(crate) copies: u32,
}

/// What has been given to us.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<(u64, VecDeque<Message>)>);

impl Mailbox {
    /// Keeps a message.
    pub(crate) fn put(&self, from: String, to: Vec<String>, raw: &[u8]) {
        let parsed = MessageParser::default().parse(raw);
        let field = |read: fn(&mail_parser::Message<'_>) -> Option<String>| parsed.as_ref().and_then(read);
        let subject = field(|m| m.subject().map(str::to_owned));
        let message_id = field(|m| m.message_id().map(str::to_owned));
        let text = field(|m| m.body_text(0).map(|text| text.into_owned()));
        let Ok(mut mailbox) = self.0.lock() else { return };
        let same = |kept: &&mut Message| {
            message_id.is_some() && Some(&kept.message_id) == message_id.as_ref() && kept.to == to
        };
        // A copy comes soon after, so it is looked for among the latest.
        if let Some(kept) = mailbox.1.iter_mut().rev().take(MAX_BETWEEN).find(same) {
            kept.copies += 1;
            return;
        }
        mailbox.0 += 1;
        let number = mailbox.0;
        let message = Message {
            number,
            from,
            to,
            subject: subject.unwrap_or_default(),
            message_id: message_id.unwrap_or_default(),
            text: text.unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned()),
            copies: 1,
        };
        if mailbox.1.len() >= MAX_MESSAGES {
            mailbox.1.pop_front();
        }
        mailbox.1.push_back(message);
    }

    /// How many have come.
    pub(crate) fn count(&self) -> u64 {
        self.0.lock().map(|mailbox| mailbox.0).unwrap_or_default()
    }

    /// Messages, the latest first, to one address or to all.
    pub(crate) fn messages(&self, to: Option<&str>) -> Vec<Message> {
        let Ok(mailbox) = self.0.lock() else { return Vec::new() };
        let wanted = |m: &&Message| to.is_none_or(|to| m.to.iter().any(|address| address.eq_ignore_ascii_case(to)));
        mailbox.1.iter().rev().filter(wanted).cloned().collect()
    }
}
