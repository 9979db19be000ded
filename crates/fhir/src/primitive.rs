use crate::json::Node;

/// The primitive types of R4, in the order of the generated table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Primitive {
    Boolean,
    Integer,
    PositiveInt,
    UnsignedInt,
    Decimal,
    String,
    Markdown,
    Code,
    Id,
    Uri,
    Url,
    Canonical,
    Oid,
    Uuid,
    Base64Binary,
    Date,
    DateTime,
    Instant,
    Time,
    Xhtml,
}

const ALL: [Primitive; 20] = {
    use Primitive::*;
    [
        Boolean,
        Integer,
        PositiveInt,
        UnsignedInt,
        Decimal,
        String,
        Markdown,
        Code,
        Id,
        Uri,
        Url,
        Canonical,
        Oid,
        Uuid,
        Base64Binary,
        Date,
        DateTime,
        Instant,
        Time,
        Xhtml,
    ]
};

/// Longest text FHIR allows in a string, in bytes (R4 datatypes, `string`: 1 MB).
const MAX_TEXT_BYTES: usize = 1 << 20;

impl Primitive {
    pub(crate) fn from_index(index: u16) -> Option<Self> {
        ALL.get(usize::from(index)).copied()
    }

    pub(crate) fn name(self) -> &'static str {
        crate::generated::elements::PRIMITIVES.get(self as usize).copied().unwrap_or_default()
    }

    /// Checks form and range (R4 datatypes, section 2.24.0.1). The error says what was expected.
    pub(crate) fn check(self, node: &Node<'_>) -> Result<(), &'static str> {
        match (self, node) {
            (Self::Boolean, Node::Bool(_)) => Ok(()),
            (Self::Boolean, _) => Err("a boolean: true or false, without quotes"),
            (Self::Integer | Self::PositiveInt | Self::UnsignedInt, Node::Number(text)) => self.check_integer(text),
            (Self::Integer | Self::PositiveInt | Self::UnsignedInt, _) => Err("a whole number, without quotes"),
            (Self::Decimal, Node::Number(_)) => Ok(()),
            (Self::Decimal, _) => Err("a number, without quotes"),
            (_, Node::String(text)) => self.check_text(text),
            _ => Err("a text in quotes"),
        }
    }

    /// True when the JSON type is the right one, whatever the value.
    pub(crate) fn has_shape(self, node: &Node<'_>) -> bool {
        match self {
            Self::Boolean => matches!(node, Node::Bool(_)),
            Self::Integer | Self::PositiveInt | Self::UnsignedInt | Self::Decimal => matches!(node, Node::Number(_)),
            _ => matches!(node, Node::String(_)),
        }
    }

    fn check_integer(self, text: &str) -> Result<(), &'static str> {
        let value: i32 = text.parse().map_err(|_| "a whole number of at most 32 bits")?;
        let least = match self {
            Self::PositiveInt => 1,
            Self::UnsignedInt => 0,
            _ => i32::MIN,
        };
        if value < least { Err("a whole number that is not too small") } else { Ok(()) }
    }

    fn check_text(self, text: &str) -> Result<(), &'static str> {
        if text.is_empty() {
            return Err("a text that is not empty");
        }
        let (fits, expected) = match self {
            Self::String | Self::Markdown => {
                (is_plain(text) && text.len() <= MAX_TEXT_BYTES, "text without control characters, at most 1 MB")
            }
            Self::Xhtml => (is_plain(text) && text.trim_start().starts_with("<div"), "XHTML that begins with <div"),
            Self::Code => (is_code(text), "a code: no blanks at the ends, single blanks within"),
            Self::Id => (is_id(text), "an id: 1 to 64 letters, digits, '-' or '.'"),
            Self::Uri | Self::Url | Self::Canonical => {
                (text.bytes().all(|b| b > 0x20 && b != 0x7f), "a URI without blanks")
            }
            Self::Oid => (text.strip_prefix("urn:oid:").is_some_and(is_oid), "an OID: urn:oid: and numbers with dots"),
            Self::Uuid => {
                (text.strip_prefix("urn:uuid:").is_some_and(is_uuid), "a UUID: urn:uuid: and lower-case hexadecimal")
            }
            Self::Base64Binary => (is_base64(text), "base64"),
            Self::Date => (is_date(text.as_bytes()), "a date: YYYY, YYYY-MM or YYYY-MM-DD"),
            Self::DateTime => (
                is_date(text.as_bytes()) || is_instant(text.as_bytes()),
                "a dateTime: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with zone",
            ),
            Self::Instant => (is_instant(text.as_bytes()), "an instant: YYYY-MM-DDThh:mm:ss with zone"),
            Self::Time => (is_time(text.as_bytes()) == Some(&[]), "a time: hh:mm:ss"),
            Self::Boolean | Self::Integer | Self::PositiveInt | Self::UnsignedInt | Self::Decimal => {
                (false, "a value without quotes")
            }
        };
        if fits { Ok(()) } else { Err(expected) }
    }
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r'))
}

fn is_code(text: &str) -> bool {
    // Blanks are rare, so the cheap test comes first.
    text.bytes().all(|b| b > 0x20) || text.split(' ').all(|word| !word.is_empty() && word.bytes().all(|b| b > 0x20))
}

fn is_id(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

fn is_oid(text: &str) -> bool {
    let mut parts = text.split('.');
    let first = parts.next().is_some_and(|p| matches!(p, "0" | "1" | "2"));
    let is_part = |p: &str| p == "0" || (!p.is_empty() && !p.starts_with('0') && p.bytes().all(|b| b.is_ascii_digit()));
    first && text.contains('.') && parts.all(is_part)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
        })
}

fn is_base64(text: &str) -> bool {
    let mut digits = 0_usize;
    let mut padding = 0_usize;
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => digits += 1,
            _ => return false,
        }
    }
    padding <= 2 && digits > 0 && (digits + padding).is_multiple_of(4)
}

/// Two digits at the start, not above `most`, and what follows.
fn two(bytes: &[u8], least: u8, most: u8) -> Option<(u8, &[u8])> {
    let (&[tens, ones], rest) = bytes.split_first_chunk()?;
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    let value = (tens - b'0') * 10 + (ones - b'0');
    (least..=most).contains(&value).then_some((value, rest))
}

fn after(bytes: &[u8], byte: u8) -> Option<&[u8]> {
    bytes.strip_prefix(&[byte])
}

fn is_date(bytes: &[u8]) -> bool {
    parse_date(bytes).is_some_and(|(_, rest)| rest.is_empty())
}

/// A date and how many of year, month and day it has; what follows it.
fn parse_date(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (year, rest) = bytes.split_first_chunk::<4>()?;
    if !year.iter().all(u8::is_ascii_digit) || year == b"0000" {
        return None;
    }
    let Some(rest) = after(rest, b'-') else { return Some((1, rest)) };
    let (month, rest) = two(rest, 1, 12)?;
    let Some(rest) = after(rest, b'-') else { return Some((2, rest)) };
    let (day, rest) = two(rest, 1, 31)?;
    let year = year.iter().fold(0_i16, |sum, digit| sum * 10 + i16::from(digit - b'0'));
    let month = i8::try_from(month).ok()?;
    jiff::civil::Date::new(year, month, i8::try_from(day).ok()?).ok()?;
    Some((3, rest))
}

/// `hh:mm:ss` with any fraction at the start; what follows it.
fn is_time(bytes: &[u8]) -> Option<&[u8]> {
    let (_, rest) = two(bytes, 0, 23)?;
    let (_, rest) = two(after(rest, b':')?, 0, 59)?;
    let (_, rest) = two(after(rest, b':')?, 0, 60)?;
    let Some(fraction) = after(rest, b'.') else { return Some(rest) };
    let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
    (digits > 0).then(|| fraction.get(digits..)).flatten()
}

fn is_instant(bytes: &[u8]) -> bool {
    let Some((3, rest)) = parse_date(bytes) else { return false };
    let Some(zone) = after(rest, b'T').and_then(is_time) else { return false };
    match zone.split_first() {
        Some((b'Z', [])) => true,
        Some((b'+' | b'-', rest)) => {
            let hours_minutes = two(rest, 0, 14).and_then(|(h, rest)| Some((h, two(after(rest, b':')?, 0, 59)?)));
            matches!(hours_minutes, Some((h, (m, []))) if h < 14 || m == 0)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primitives_follow_the_formats_of_r4() {
        use Primitive::*;
        for (kind, good, bad) in [
            (
                Date,
                &["2026", "2026-02", "2024-02-29"][..],
                &["26", "2026-2", "2026-13", "2026-02-29", "2026-01-01T", "0000"][..],
            ),
            (
                DateTime,
                &["2026", "2026-01-01T00:00:00Z", "2026-01-01T23:59:60.123+14:00"],
                &["2026-01-01T00:00:00", "2026-01-01T00:00Z", "2026-01T00:00:00Z"],
            ),
            (
                Instant,
                &["2026-01-01T00:00:00.000+01:00", "2026-01-01T00:00:00-13:59"],
                &["2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00+14:01", "2026-01-01T00:00:00.Z"],
            ),
            (Time, &["12:00:00", "23:59:59.5"], &["12:00", "24:00:00", "12:00:00Z"]),
            (Id, &["a", "A-1.b"], &["a_b", "å"]),
            (Code, &["a", "a b"], &[" a", "a ", "a  b", "a\tb"]),
            (Oid, &["urn:oid:2.16.578.1"], &["2.16", "urn:oid:3.1", "urn:oid:2.01", "urn:oid:2"]),
            (
                Uuid,
                &["urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"],
                &["urn:uuid:0C3151BD-1cbf-4d64-b04d-cd9187a4c6e0", "urn:uuid:x"],
            ),
            (Uri, &["http://x.no/å", "urn:x"], &["a b", "a\n"]),
            (Base64Binary, &["YQ==", "YWI=", "YW Jj"], &["YQ=", "Y=Q=", "å", "Y"]),
            (String, &["x", " ", "a\nb"], &["\u{0}", "\u{1b}"]),
            (Xhtml, &["<div xmlns=\"x\">a</div>"], &["a", "<p/>"]),
        ] {
            for text in good {
                assert_eq!(kind.check(&Node::String((*text).into())), Ok(()), "{kind:?} {text}");
            }
            for text in bad.iter().copied().chain([""]) {
                assert!(kind.check(&Node::String(text.into())).is_err(), "{kind:?} {text}");
            }
        }
        for (kind, text, fits) in [
            (Integer, "-2147483648", true),
            (Integer, "2147483648", false),
            (Integer, "1.0", false),
            (PositiveInt, "0", false),
            (UnsignedInt, "0", true),
            (UnsignedInt, "-1", false),
            (Decimal, "1.00", true),
            (String, "1", false),
            (Boolean, "1", false),
        ] {
            assert_eq!(kind.check(&Node::Number(text)).is_ok(), fits, "{kind:?} {text}");
        }
    }
}
