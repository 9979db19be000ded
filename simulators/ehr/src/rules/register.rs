//! How the register keeps the lists of general practitioners, pure.

use jiff::civil::Date;

/// The places of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places {
    /// How many the doctor has agreed to.
    pub(crate) capacity: u64,
    /// How many are taken or kept for somebody.
    pub(crate) listed: u64,
    /// Tickets of those who wait, the first to come first.
    pub(crate) waiting: Vec<String>,
}

impl Places {
    fn hand_on(mut self) -> (Self, Option<String>) {
        if self.waiting.is_empty() || self.listed >= self.capacity {
            return (self, None);
        }
        let first = self.waiting.remove(0);
        self.listed += 1;
        (self, Some(first))
    }

    /// After somebody on the list has gone, and who of those who wait gets the place. Of a list that has more people than places nobody does.
    pub(crate) fn one_gone(mut self) -> (Self, Option<String>) {
        self.listed = self.listed.saturating_sub(1);
        self.hand_on()
    }

    /// A while later: a place that is free goes to the first who waits; where none is, somebody on the list has moved away.
    pub(crate) fn a_while_later(self) -> (Self, Option<String>) {
        if self.listed < self.capacity { self.hand_on() } else { self.one_gone() }
    }

    /// Without a ticket: its holder waits no more.
    pub(crate) fn without(mut self, ticket: &str) -> Self {
        self.waiting.retain(|its| its != ticket);
        self
    }
}

/// The day from which a place holds that is given on `today`: the first of the next month.
pub(crate) fn takes_effect(today: Date) -> Date {
    today.last_of_month().tomorrow().unwrap_or(today)
}
