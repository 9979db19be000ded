use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

/// Most messages kept; then no more are taken.
const MAX_MESSAGES: usize = 200_000;

/// A message as it is handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) text: String,
}

/// A message that was taken.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Taken {
    pub(crate) number: usize,
    pub(crate) key: String,
    /// How often it was handed in; it is sent once.
    pub(crate) copies: u32,
    #[serde(flatten)]
    pub(crate) message: Message,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is taken, now or before.
    Taken(usize),
    /// It is none.
    Wrong(&'static str),
    /// The key was used for another message.
    OtherKey,
    /// There is no room.
    Full,
    /// As somebody asked for who tries how trouble is borne.
    Trouble(u16),
}

#[derive(Default)]
struct Kept {
    messages: Vec<Taken>,
    by_key: HashMap<String, usize>,
    trouble: (u16, u32),
}

/// What has been handed in.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Kept>);

impl Desk {
    /// Takes a message, once for each key.
    pub(crate) fn take(&self, key: &str, message: Message) -> Answer {
        let Ok(mut kept) = self.0.lock() else { return Answer::Full };
        if kept.trouble.1 > 0 {
            kept.trouble.1 -= 1;
            return Answer::Trouble(kept.trouble.0);
        }
        let digits = message.to.strip_prefix('+').unwrap_or_default();
        if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Answer::Wrong("to is no number as of E.164");
        }
        if message.text.is_empty() || message.text.chars().count() > 1_000 {
            return Answer::Wrong("text is empty or too long");
        }
        let Kept { messages, by_key, .. } = &mut *kept;
        let number = messages.len();
        match by_key.entry(key.to_owned()) {
            Entry::Occupied(before) => match messages.get_mut(*before.get()) {
                Some(taken) if taken.message == message => {
                    taken.copies += 1;
                    Answer::Taken(taken.number)
                }
                _ => Answer::OtherKey,
            },
            Entry::Vacant(_) if number >= MAX_MESSAGES => Answer::Full,
            Entry::Vacant(place) => {
                place.insert(number);
                messages.push(Taken { number, key: key.to_owned(), copies: 1, message });
                Answer::Taken(number)
            }
        }
    }

    /// The next `times` messages are answered with `status`.
    pub(crate) fn trouble(&self, status: u16, times: u32) {
        if let Ok(mut kept) = self.0.lock() {
            kept.trouble = (status, times);
        }
    }

    /// Messages in the order they came, to one number or to all.
    pub(crate) fn messages(&self, to: Option<&str>) -> Vec<Taken> {
        let Ok(kept) = self.0.lock() else { return Vec::new() };
        kept.messages.iter().filter(|taken| to.is_none_or(|to| taken.message.to == to)).cloned().collect()
    }

    /// How many were taken.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().map(|kept| kept.messages.len()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(to: &str, text: &str) -> Message {
        Message { to: to.to_owned(), from: "Varde".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn what_comes_twice_with_one_key_is_sent_once() {
        let desk = Desk::default();
        assert_eq!(desk.take("k1", message("+4790000123", "a")), Answer::Taken(0));
        assert_eq!(desk.take("k1", message("+4790000123", "a")), Answer::Taken(0));
        assert_eq!(desk.take("k1", message("+4790000123", "b")), Answer::OtherKey);
        assert_eq!(desk.take("k2", message("+4790000123", "a")), Answer::Taken(1));
        let copies: Vec<u32> = desk.messages(Some("+4790000123")).iter().map(|taken| taken.copies).collect();
        assert_eq!((copies, desk.count()), (vec![2, 1], 2));
    }

    #[test]
    fn what_is_no_message_is_refused_and_trouble_passes() {
        let desk = Desk::default();
        assert!(matches!(desk.take("k", message("90000123", "a")), Answer::Wrong(_)));
        assert!(matches!(desk.take("k", message("+4790000123", "")), Answer::Wrong(_)));
        desk.trouble(503, 1);
        assert_eq!(desk.take("k", message("+4790000123", "a")), Answer::Trouble(503));
        assert_eq!(desk.take("k", message("+4790000123", "a")), Answer::Taken(0));
    }
}
