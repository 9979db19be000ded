//! Calendar files (RFC 5545), which say no more than when and where.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::model::Appointment;

/// Octets a content line may have before it is folded (RFC 5545 section 3.1).
const LINE_OCTETS: usize = 75;

/// Octets of a hash that make an event's identifier in a feed.
pub(super) const UID_OCTETS: usize = 16;

/// What stands in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// What it is known by from one reading to the next.
    pub uid: String,
    /// Which version of it this is.
    pub version: u64,
    /// Beginning.
    pub start: Timestamp,
    /// End.
    pub end: Timestamp,
    /// The title, in the person's language; it names no health matter, since calendars are shared.
    pub summary: String,
    /// Where, when it is to be told.
    pub place: Option<String>,
}

/// The file of one appointment; `None` when it has no time.
pub(super) fn calendar(appointment: &Appointment, summary: &str, now: Timestamp) -> Option<String> {
    let (start, end) = (appointment.start?, appointment.end.or(appointment.start)?);
    let entry = Entry {
        uid: format!("{}@varde", appointment.id),
        version: appointment.version,
        start,
        end,
        summary: summary.to_owned(),
        place: place(appointment),
    };
    Some(file(&[entry], None, now))
}

/// Name and address of the place, on one line.
pub(super) fn place(appointment: &Appointment) -> Option<String> {
    let place = appointment.place.as_ref().filter(|place| !place.name.is_empty())?;
    let whole = [Some(place.name.as_str()), place.address.as_deref()];
    Some(whole.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// A calendar with these entries. `name` is what a calendar program calls it, when it follows an address (RFC 7986 section 5.1).
pub(super) fn file(entries: &[Entry], name: Option<&str>, now: Timestamp) -> String {
    let mut file = String::with_capacity(256 + entries.len() * 256);
    let mut line = |name: &str, value: &str| push_folded(&mut file, &format!("{name}:{value}"));
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", "-//Varde//Appointments//NO");
    line("METHOD", "PUBLISH");
    if let Some(name) = name {
        line("NAME", &escaped(name));
        line("X-WR-CALNAME", &escaped(name));
        line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    }
    for entry in entries {
        line("BEGIN", "VEVENT");
        line("UID", &escaped(&entry.uid));
        line("SEQUENCE", &entry.version.to_string());
        line("DTSTAMP", &utc(now));
        line("DTSTART", &utc(entry.start));
        line("DTEND", &utc(entry.end));
        line("SUMMARY", &escaped(&entry.summary));
        if let Some(place) = &entry.place {
            line("LOCATION", &escaped(place));
        }
        line("CLASS", "PRIVATE");
        line("STATUS", "CONFIRMED");
        line("END", "VEVENT");
    }
    line("END", "VCALENDAR");
    file
}

/// Date with UTC time (RFC 5545 section 3.3.5, form 2): no calendar has to know Norwegian summer time.
fn utc(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text value (RFC 5545 section 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => {}
            other => out.push(other),
        }
    }
    out
}

/// Appends a content line, folded between characters so that no line is over 75 octets.
fn push_folded(file: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS {
            file.push_str("\r\n ");
            octets = 1;
        }
        octets += c.len_utf8();
        file.push(c);
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::super::tests::appointment;
    use super::*;

    fn file(summary: &str) -> String {
        calendar(&appointment(), summary, "2026-11-21T10:00:00Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn the_file_says_when_and_where_and_not_why() {
        let file = file("Legetime");
        assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
        assert!(file.contains("DTSTART:20261201T090000Z\r\nDTEND:20261201T092000Z\r\n"), "{file}");
        assert!(file.contains("LOCATION:Torget legesenter\\, Torget 1\\, 0155 Oslo\r\n"), "{file}");
        assert!(!file.contains("migrene"), "what it is about stays out of calendars");
    }

    #[test]
    fn no_line_is_longer_than_the_standard_allows_and_nothing_can_be_injected() {
        let file = file(&format!("Buođus; diibmu,\nBEGIN:VALARM {}", "áčđ".repeat(60)));
        assert!(file.split("\r\n").all(|line| line.len() <= 75));
        assert!(!file.contains("\nBEGIN:VALARM"));
        assert!(file.contains("SUMMARY:Buođus\\; diibmu\\,\\nBEGIN:VALARM"));
    }

    #[test]
    fn without_a_time_there_is_no_file() {
        let wish = Appointment { start: None, end: None, ..appointment() };
        assert_eq!(calendar(&wish, "x", Timestamp::UNIX_EPOCH), None);
    }
}
