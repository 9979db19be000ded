use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use varde_base::norway;

/// First and last microsecond since the epoch of what a FHIR date, dateTime or instant stands for: `2026-05` is all of May.
///
/// What carries no zone is meant in Norwegian time. Takes hours and minutes without seconds as well, which a search may send.
/// `None` when it is no date.
pub fn date_span_micros(text: &str) -> Option<(i64, i64)> {
    let (date_text, time_text) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let (first, last) = day_span(date_text)?;
    match time_text {
        None => {
            let end =
                last.tomorrow().ok().map_or(i64::MAX, |next| micros(next.at(0, 0, 0, 0), norway()).unwrap_or(i64::MAX));
            Some((micros(first.at(0, 0, 0, 0), norway())?, end.saturating_sub(1)))
        }
        Some(time) if date_text.len() == 10 => {
            let (time, length_micros, zone) = time_and_zone(time)?;
            let low = micros(DateTime::from_parts(first, time), zone.as_ref().unwrap_or(norway()))?;
            Some((low, low.saturating_add(length_micros - 1)))
        }
        Some(_) => None,
    }
}

/// First and last day of a year, a month or a day.
fn day_span(text: &str) -> Option<(Date, Date)> {
    let fits =
        |shape: &[u8]| text.bytes().zip(shape).all(|(b, s)| if *s == b'-' { b == b'-' } else { b.is_ascii_digit() });
    if !fits(b"dddd-dd-dd") {
        return None;
    }
    let year = text.get(0..4)?.parse().ok()?;
    match text.len() {
        4 => Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)),
        7 => {
            let first = Date::new(year, text.get(5..7)?.parse().ok()?, 1).ok()?;
            Some((first, first.last_of_month()))
        }
        10 => {
            let day = Date::new(year, text.get(5..7)?.parse().ok()?, text.get(8..10)?.parse().ok()?).ok()?;
            Some((day, day))
        }
        _ => None,
    }
}

/// Time of day, how long it lasts by its precision, and the zone if one is given.
fn time_and_zone(text: &str) -> Option<(Time, i64, Option<TimeZone>)> {
    let zone_at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let zone = match zone {
        "" => None,
        "Z" => Some(TimeZone::UTC),
        offset => Some(TimeZone::fixed(offset_of(offset)?)),
    };
    let two = |range: std::ops::Range<usize>| -> Option<i8> {
        let part = clock.get(range)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    let is_colon = |at: usize| clock.as_bytes().get(at) == Some(&b':');
    if !is_colon(2) {
        return None;
    }
    let (hour, minute) = (two(0..2)?, two(3..5)?);
    if clock.len() == 5 {
        return Some((Time::new(hour, minute, 0, 0).ok()?, 60_000_000, zone));
    }
    if !is_colon(5) {
        return None;
    }
    // A leap second counts as the one before it.
    let second = two(6..8)?.min(59);
    let (micros, length) = match clock.get(8..)? {
        "" => (0, 1_000_000),
        fraction => fraction_micros(fraction.strip_prefix('.')?)?,
    };
    Some((Time::new(hour, minute, second, micros * 1_000).ok()?, length, zone))
}

/// Microseconds and length by precision of the digits after the point.
fn fraction_micros(digits: &str) -> Option<(i32, i64)> {
    if digits.is_empty() || digits.len() > 32 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let kept = digits.get(..digits.len().min(6))?;
    let scale = 10_i32.pow(6 - u32::try_from(kept.len()).ok()?);
    Some((kept.parse::<i32>().ok()? * scale, i64::from(scale)))
}

fn offset_of(text: &str) -> Option<Offset> {
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 || !rest.bytes().all(|b| b.is_ascii_digit() || b == b':') {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if minutes > 59 || hours > 14 {
        return None;
    }
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

fn micros(local: DateTime, zone: &TimeZone) -> Option<i64> {
    if let Ok(timestamp) = zone.to_timestamp(local) {
        return Some(timestamp.as_microsecond());
    }
    // 9999-12-31, which registers use for "without end", is beyond the last instant the zone can be applied to.
    i64::try_from(local.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_micros()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_the_span_of_its_precision_in_norwegian_time() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
        for (text, from, until) in [
            ("2026", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"),
            ("2026-05", "2026-04-30T22:00:00Z", "2026-05-31T22:00:00Z"),
            ("2026-02-28", "2026-02-27T23:00:00Z", "2026-02-28T23:00:00Z"),
            ("2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            ("2026-01-01T12:00", "2026-01-01T11:00:00Z", "2026-01-01T11:01:00Z"),
            ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z", "2026-01-01T12:00:01Z"),
            ("2026-01-01T12:00:60Z", "2026-01-01T12:00:59Z", "2026-01-01T12:01:00Z"),
            ("2026-01-01T12:00:00.5+02:00", "2026-01-01T10:00:00.5Z", "2026-01-01T10:00:00.6Z"),
            ("2026-01-01T12:00:00.1234567-01:30", "2026-01-01T13:30:00.123456Z", "2026-01-01T13:30:00.123457Z"),
        ] {
            assert_eq!(date_span_micros(text), Some((at(from), at(until) - 1)), "{text}");
        }
        for bad in [
            "",
            "26",
            "2026-13",
            "2026-02-30",
            "2026-1-1",
            "2026-01T10:00",
            "2026-01-01T",
            "2026-01-01T1:00",
            "2026-01-01T10:00:00.Z",
            "2026-01-01T10:00:00+1",
            "2026-01-01 10:00",
            "20260101",
            "2026-01-01T10:00:00+99:00",
            "å026",
        ] {
            assert_eq!(date_span_micros(bad), None, "{bad}");
        }
        assert!(["9999", "9999-12-31", "0001", "0001-01-01"].iter().all(|d| date_span_micros(d).is_some()));
    }
}
