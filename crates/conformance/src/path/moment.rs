//! Dates, dates with time, and times of day, each as precise as it was written (FHIRPath 2.0, "Date", "DateTime", "Time").

use std::cmp::Ordering;
use std::fmt;

use super::calendar::{civil, days_in_month, days_of};

/// Date, date with time, or time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentKind {
    /// A day, month or year.
    Date,
    /// A point in time, perhaps only as precise as a day.
    DateTime,
    /// A time of day.
    Time,
}

/// How far a moment is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

pub(super) const SECOND: i64 = 1_000_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;
/// A clock without offset may be this far behind UTC or ahead of it.
const FARTHEST_BEHIND: i64 = 12 * HOUR;
const FARTHEST_AHEAD: i64 = 14 * HOUR;

/// A date, a date with time or a time of day, with the precision it was written with; microseconds at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    kind: MomentKind,
    level: Level,
    /// Digits after the second.
    fraction: u8,
    /// Microseconds by the clock on the wall since 1970-01-01T00:00, of its first instant.
    local: i64,
    offset_minutes: Option<i16>,
}

impl Moment {
    /// A FHIR `date`, `dateTime` or `instant`: with a time, minutes at least.
    pub(super) fn parse(text: &str, kind: MomentKind) -> Option<Self> {
        match kind {
            MomentKind::Time => Self::time(text),
            _ => {
                let (date, time) = text.split_once('T').map_or((text, None), |(d, t)| (d, Some(t)));
                if time.is_some() && kind == MomentKind::Date {
                    return None;
                }
                let day = Self::date(date, kind)?;
                match time {
                    None | Some("") => Some(day),
                    Some(time) => day.at(time),
                }
            }
        }
    }

    /// A literal of FHIRPath, without its `@`.
    pub(super) fn literal(text: &str) -> Option<Self> {
        match (text.strip_prefix('T'), text.contains('T')) {
            (Some(time), _) => Self::parse(time, MomentKind::Time),
            (None, true) => Self::parse(text, MomentKind::DateTime),
            (None, false) => Self::parse(text, MomentKind::Date),
        }
    }

    /// The moment of a count of microseconds since 1970, as a clock shows it, down to milliseconds.
    pub(super) fn now(unix_micros: i64, offset_minutes: i16) -> Self {
        let millis = unix_micros.div_euclid(1_000) * 1_000;
        let local = millis.saturating_add(i64::from(offset_minutes) * MINUTE);
        let offset_minutes = Some(offset_minutes);
        Self { kind: MomentKind::DateTime, level: Level::Second, fraction: 3, local, offset_minutes }
    }

    fn date(text: &str, kind: MomentKind) -> Option<Self> {
        let mut parts = text.split('-');
        let year: i64 = number(parts.next()?, 4)?;
        let month = parts.next().map(|p| number(p, 2)).map_or(Some(None), |m| m.map(Some))?;
        let day = parts.next().map(|p| number(p, 2)).map_or(Some(None), |d| d.map(Some))?;
        if parts.next().is_some() || !(1..=12).contains(&month.unwrap_or(1)) {
            return None;
        }
        if !(1..=days_in_month(year, month.unwrap_or(1))).contains(&day.unwrap_or(1)) {
            return None;
        }
        let level = match (month, day) {
            (None, _) => Level::Year,
            (_, None) => Level::Month,
            _ => Level::Day,
        };
        let local = days_of(year, month.unwrap_or(1), day.unwrap_or(1)) * DAY;
        Some(Self { kind, level, fraction: 0, local, offset_minutes: None })
    }

    fn time(text: &str) -> Option<Self> {
        let zero = Self { kind: MomentKind::Time, level: Level::Hour, fraction: 0, local: 0, offset_minutes: None };
        zero.clock(text)
    }

    /// This day at a time with or without offset.
    fn at(self, text: &str) -> Option<Self> {
        if self.level != Level::Day {
            return None;
        }
        if let Some(clock) = text.strip_suffix('Z') {
            return Some(Self { offset_minutes: Some(0), ..self.clock(clock)? });
        }
        let Some(sign) = text.find(['+', '-']) else { return self.clock(text) };
        let (clock, offset) = text.split_at(sign);
        let (hours, minutes) = offset.get(1..)?.split_once(':')?;
        let minutes = i16::try_from(number(hours, 2)? * 60 + number(minutes, 2)?).ok().filter(|m| *m <= 14 * 60)?;
        let minutes = if offset.starts_with('-') { -minutes } else { minutes };
        Some(Self { offset_minutes: Some(minutes), ..self.clock(clock)? })
    }

    fn clock(self, text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
        let mut parts = whole.split(':');
        let hour = number(parts.next()?, 2).filter(|h| *h < 24)?;
        let minute = parts.next().map(|p| number(p, 2).filter(|m| *m < 60)).map_or(Some(None), |m| m.map(Some))?;
        // A leap second is the last instant of its minute.
        let second = parts.next().map(|p| number(p, 2).filter(|s| *s <= 60)).map_or(Some(None), |s| s.map(Some))?;
        if parts.next().is_some() || (fraction.is_some() && second.is_none()) {
            return None;
        }
        let (micros, digits) = fraction.map_or(Some((0, 0)), micros)?;
        let level = match (minute, second) {
            (None, _) => Level::Hour,
            (_, None) => Level::Minute,
            _ => Level::Second,
        };
        let seconds = second.unwrap_or(0).min(59) * SECOND + micros;
        let local = self.local + hour * HOUR + minute.unwrap_or(0) * MINUTE + seconds;
        Some(Self { level, fraction: digits, local, ..self })
    }

    /// Date, date with time, or time.
    pub fn kind(&self) -> MomentKind {
        self.kind
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    pub(super) fn local(&self) -> i64 {
        self.local
    }

    pub(super) fn has_offset(&self) -> bool {
        self.offset_minutes.is_some()
    }

    pub(super) fn with_local(self, local: i64) -> Self {
        Self { local, ..self }
    }

    pub(super) fn with_offset(self, offset_minutes: Option<i16>) -> Self {
        Self { offset_minutes, ..self }
    }

    pub(super) fn with_level(self, level: Level, fraction: u8) -> Self {
        Self { level, fraction, ..self }
    }

    pub(super) fn with_kind(self, kind: MomentKind) -> Self {
        Self { kind, ..self }
    }

    /// The day of a date with time, by its own clock.
    pub(super) fn day(self) -> Self {
        let local = if self.level > Level::Day { self.local.div_euclid(DAY) * DAY } else { self.local };
        Self { kind: MomentKind::Date, level: self.level.min(Level::Day), fraction: 0, local, offset_minutes: None }
    }

    /// The time of a date with time, by its own clock.
    pub(super) fn time_of_day(self) -> Self {
        let local = self.local.rem_euclid(DAY);
        Self { kind: MomentKind::Time, local, offset_minutes: None, ..self }
    }

    /// How many digits its text has: 4 for a year, 17 for a date with milliseconds, 9 for a time with them.
    pub(super) fn precision(&self) -> i64 {
        let digits = match self.level {
            Level::Year => 4,
            Level::Month => 6,
            Level::Day => 8,
            Level::Hour => 10,
            Level::Minute => 12,
            Level::Second => 14 + i64::from(self.fraction),
        };
        if self.kind == MomentKind::Time { digits - 8 } else { digits }
    }

    /// The instant after its last one, on the same clock.
    pub(super) fn end(&self) -> i64 {
        let (year, month, _) = civil(self.local.div_euclid(DAY));
        match self.level {
            Level::Year => days_of(year + 1, 1, 1) * DAY,
            Level::Month if month == 12 => days_of(year + 1, 1, 1) * DAY,
            Level::Month => days_of(year, month + 1, 1) * DAY,
            Level::Day => self.local + DAY,
            Level::Hour => self.local + HOUR,
            Level::Minute => self.local + MINUTE,
            Level::Second => self.local + 1,
        }
    }

    /// From when to when it may be, in UTC where an offset is known of one of the two.
    fn range(&self, other: &Self) -> (i64, i64) {
        match (self.offset_minutes, other.offset_minutes) {
            (Some(offset), _) => {
                let shift = i64::from(offset) * MINUTE;
                (self.local - shift, self.end() - shift)
            }
            (None, Some(_)) => (self.local - FARTHEST_AHEAD, self.end() + FARTHEST_BEHIND),
            (None, None) => (self.local, self.end()),
        }
    }

    /// Which is earlier; `None` when that cannot be known, since one is less precise or has no offset, and for a time of day
    /// against a date.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        if (self.kind == MomentKind::Time) != (other.kind == MomentKind::Time) {
            return None;
        }
        let (low, end) = self.range(other);
        let (other_low, other_end) = other.range(self);
        if self.level == other.level && self.has_offset() == other.has_offset() {
            return Some(low.cmp(&other_low));
        }
        if end <= other_low {
            Some(Ordering::Less)
        } else if other_end <= low {
            Some(Ordering::Greater)
        } else {
            None
        }
    }
}

/// Exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    if text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Microseconds of a fraction of a second, and how many of its digits are kept.
fn micros(text: &str) -> Option<(i64, u8)> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let kept = text.get(..6).unwrap_or(text);
    let digits = u8::try_from(kept.len()).ok()?;
    let value: i64 = kept.parse().ok()?;
    Some((value * 10_i64.pow(6 - u32::from(digits)), digits))
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.local.div_euclid(DAY));
        let time = self.local.rem_euclid(DAY);
        if self.kind != MomentKind::Time {
            write!(f, "{year:04}")?;
            if self.level >= Level::Month {
                write!(f, "-{month:02}")?;
            }
            if self.level >= Level::Day {
                write!(f, "-{day:02}")?;
            }
            if self.level <= Level::Day {
                return Ok(());
            }
            f.write_str("T")?;
        }
        write!(f, "{:02}", time / HOUR)?;
        if self.level >= Level::Minute {
            write!(f, ":{:02}", time / MINUTE % 60)?;
        }
        if self.level >= Level::Second {
            write!(f, ":{:02}", time / SECOND % 60)?;
        }
        if self.fraction > 0 {
            let text = format!("{:06}", time % SECOND);
            write!(f, ".{}", text.get(..usize::from(self.fraction)).unwrap_or(&text))?;
        }
        match self.offset_minutes {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}
