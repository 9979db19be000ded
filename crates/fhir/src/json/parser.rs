use std::borrow::Cow;
use std::collections::HashSet;

use super::node::{Member, Node, Object};

/// What a document may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in all; never more than 4 GiB.
    pub bytes: usize,
    /// Levels of objects and lists; at most 512, since the parser recurses.
    pub depth: u16,
    /// Members of one object.
    pub members: usize,
    /// Values in all.
    pub nodes: usize,
}

impl Default for Limits {
    /// 16 MiB, 64 levels, 1,000 members, a million values.
    fn default() -> Self {
        Self { bytes: 16 << 20, depth: 64, members: 1_000, nodes: 1_000_000 }
    }
}

/// What is wrong with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonErrorKind {
    /// More bytes than the limit.
    #[error("the document is too large")]
    TooLarge,
    /// More levels than the limit.
    #[error("nested too deeply")]
    TooDeep,
    /// More members in an object, or values in all, than the limit.
    #[error("too many values")]
    TooMany,
    /// Not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// Ends too early.
    #[error("the document ends in the middle")]
    End,
    /// Something else was expected here.
    #[error("not JSON: unexpected character")]
    Unexpected,
    /// Something follows the document.
    #[error("something follows the end of the JSON document")]
    Trailing,
    /// A control character in text must be escaped.
    #[error("a control character in text must be escaped")]
    Control,
    /// An escape that is none, or half of a surrogate pair.
    #[error("an escape in text is wrong")]
    Escape,
    /// A number that JSON does not know, or too large for any computer.
    #[error("a number is wrong or too large")]
    Number,
    /// A name twice in one object.
    #[error("a member is there twice")]
    Duplicate,
}

/// Why a document cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (byte {offset}, at {path})")]
pub struct JsonError {
    /// What.
    pub kind: JsonErrorKind,
    /// Byte from the start.
    pub offset: usize,
    /// Where in the tree, such as `Patient.name[0].given`.
    pub path: String,
}

/// Longest number, in characters; FHIR's decimals have at most 18 digits.
const MAX_NUMBER_LENGTH: usize = 128;
/// Up to here names are compared pair by pair, which is faster than hashing.
const FEW_MEMBERS: usize = 16;

/// Reads a document. Time and memory are linear in its size; recursion ends at [`Limits::depth`].
///
/// # Errors
/// The first problem found, with its place.
pub fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Node<'a>, JsonError> {
    let error = |kind, offset| JsonError { kind, offset, path: String::new() };
    if bytes.len() > limits.bytes || u32::try_from(bytes.len()).is_err() {
        return Err(error(JsonErrorKind::TooLarge, limits.bytes));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| error(JsonErrorKind::Utf8, e.valid_up_to()))?;
    let mut parser = Parser { text, bytes, at: 0, nodes_left: limits.nodes, limits: *limits };
    parser.skip_blanks();
    let node = parser.value(limits.depth.min(512)).map_err(|failure| failure.finish(parser.at))?;
    parser.skip_blanks();
    if parser.at < bytes.len() {
        return Err(error(JsonErrorKind::Trailing, parser.at));
    }
    Ok(node)
}

/// An error on its way up: the path is put together from the inside out, so that the good case pays nothing for it.
struct Failure {
    kind: JsonErrorKind,
    path: Vec<String>,
}

impl From<JsonErrorKind> for Failure {
    fn from(kind: JsonErrorKind) -> Self {
        Self { kind, path: Vec::new() }
    }
}

impl Failure {
    fn within(mut self, segment: String) -> Self {
        self.path.push(segment);
        self
    }

    fn finish(mut self, offset: usize) -> JsonError {
        self.path.reverse();
        let path = self.path.concat();
        JsonError { kind: self.kind, offset, path: path.strip_prefix('.').unwrap_or(&path).to_owned() }
    }
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    nodes_left: usize,
    limits: Limits,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn unexpected(&self) -> JsonErrorKind {
        if self.at >= self.bytes.len() { JsonErrorKind::End } else { JsonErrorKind::Unexpected }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonErrorKind> {
        if self.peek() != Some(byte) {
            return Err(self.unexpected());
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth_left: u16) -> Result<Node<'a>, Failure> {
        self.nodes_left = self.nodes_left.checked_sub(1).ok_or(JsonErrorKind::TooMany)?;
        match self.peek() {
            Some(b'"') => Ok(Node::String(self.string()?)),
            Some(b'{') => self.object(depth_left.checked_sub(1).ok_or(JsonErrorKind::TooDeep)?),
            Some(b'[') => self.array(depth_left.checked_sub(1).ok_or(JsonErrorKind::TooDeep)?),
            Some(b'-' | b'0'..=b'9') => Ok(Node::Number(self.number()?)),
            Some(b't') => self.word("true", Node::Bool(true)),
            Some(b'f') => self.word("false", Node::Bool(false)),
            Some(b'n') => self.word("null", Node::Null),
            _ => Err(self.unexpected().into()),
        }
    }

    fn word(&mut self, word: &str, node: Node<'a>) -> Result<Node<'a>, Failure> {
        for byte in word.bytes() {
            self.expect(byte)?;
        }
        Ok(node)
    }

    fn array(&mut self, depth_left: u16) -> Result<Node<'a>, Failure> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Node::Array(items));
        }
        loop {
            let item = self.value(depth_left).map_err(|f| f.within(format!("[{}]", items.len())))?;
            items.push(item);
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.unexpected().into()),
            }
            self.skip_blanks();
        }
        self.at += 1;
        Ok(Node::Array(items))
    }

    fn object(&mut self, depth_left: u16) -> Result<Node<'a>, Failure> {
        let start = self.at;
        let mut members: Vec<Member<'a>> = Vec::new();
        let result = self.members(&mut members, depth_left);
        if let Err(failure) = result {
            // At the root the name of the type, if it has been read by now, makes the path a FHIRPath.
            let root = (depth_left + 1 == self.limits.depth).then(|| members.iter().find(|m| m.name == "resourceType"));
            return Err(match root.flatten().and_then(|m| m.value.str()) {
                Some(name) if crate::ResourceType::from_name(name).is_some() => failure.within(name.to_owned()),
                _ => failure,
            });
        }
        // The length was checked to fit when the document came in.
        let span = (u32::try_from(start).unwrap_or(0), u32::try_from(self.at).unwrap_or(0));
        Ok(Node::Object(Object { members, span }))
    }

    fn members(&mut self, members: &mut Vec<Member<'a>>, depth_left: u16) -> Result<(), Failure> {
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        let mut seen: HashSet<Cow<'a, str>> = HashSet::new();
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected().into());
            }
            let name = self.string()?;
            if is_duplicate(members, &mut seen, &name) {
                return Err(Failure::from(JsonErrorKind::Duplicate).within(format!(".{name}")));
            }
            if members.len() >= self.limits.members {
                return Err(JsonErrorKind::TooMany.into());
            }
            self.skip_blanks();
            let value = match self.expect(b':') {
                Ok(()) => {
                    self.skip_blanks();
                    self.value(depth_left)
                }
                Err(kind) => Err(kind.into()),
            };
            let value = value.map_err(|f| f.within(format!(".{name}")))?;
            members.push(Member { name, value });
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.unexpected().into()),
            }
            self.skip_blanks();
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonErrorKind> {
        self.at += 1;
        let start = self.at;
        self.plain_text()?;
        if self.peek() == Some(b'"') {
            let text = self.text.get(start..self.at).ok_or(JsonErrorKind::Utf8)?;
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        let mut owned = String::with_capacity(self.at - start + 16);
        let mut from = start;
        loop {
            owned.push_str(self.text.get(from..self.at).ok_or(JsonErrorKind::Utf8)?);
            if self.peek() == Some(b'"') {
                self.at += 1;
                return Ok(Cow::Owned(owned));
            }
            owned.push(self.escape()?);
            from = self.at;
            self.plain_text()?;
        }
    }

    /// Goes on to the next quote or backslash.
    fn plain_text(&mut self) -> Result<(), JsonErrorKind> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|b| *b < 0x20 || *b == b'"' || *b == b'\\').unwrap_or(rest.len());
        self.at += length;
        match self.peek() {
            None => Err(JsonErrorKind::End),
            Some(b'"' | b'\\') => Ok(()),
            Some(_) => Err(JsonErrorKind::Control),
        }
    }

    /// The character an escape stands for; the position is on the backslash.
    fn escape(&mut self) -> Result<char, JsonErrorKind> {
        self.at += 1;
        let kind = self.peek().ok_or(JsonErrorKind::End)?;
        self.at += 1;
        Ok(match kind {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.four_hex()?;
                let code = if (0xD800..0xDC00).contains(&high) {
                    self.expect(b'\\').and_then(|()| self.expect(b'u')).map_err(|_| JsonErrorKind::Escape)?;
                    let low = self.four_hex()?;
                    if !(0xDC00..0xE000).contains(&low) {
                        return Err(JsonErrorKind::Escape);
                    }
                    0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    high
                };
                char::from_u32(code).ok_or(JsonErrorKind::Escape)?
            }
            _ => return Err(JsonErrorKind::Escape),
        })
    }

    fn four_hex(&mut self) -> Result<u32, JsonErrorKind> {
        let digits = self.bytes.get(self.at..self.at + 4).ok_or(JsonErrorKind::End)?;
        let mut value = 0;
        for digit in digits {
            value = value * 16 + char::from(*digit).to_digit(16).ok_or(JsonErrorKind::Escape)?;
        }
        self.at += 4;
        Ok(value)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Result<&'a str, JsonErrorKind> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(JsonErrorKind::Number);
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(JsonErrorKind::Number);
            }
        }
        let has_exponent = matches!(self.peek(), Some(b'e' | b'E'));
        if has_exponent {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(JsonErrorKind::Number);
            }
        }
        let text = self.text.get(start..self.at).ok_or(JsonErrorKind::Number)?;
        let finite = !has_exponent || text.parse::<f64>().is_ok_and(f64::is_finite);
        if text.len() > MAX_NUMBER_LENGTH || !finite { Err(JsonErrorKind::Number) } else { Ok(text) }
    }
}

#[expect(clippy::ptr_arg, reason = "the name is kept in the set as it is, borrowed when it can be")]
fn is_duplicate<'a>(members: &[Member<'a>], seen: &mut HashSet<Cow<'a, str>>, name: &Cow<'a, str>) -> bool {
    if members.len() < FEW_MEMBERS {
        return members.iter().any(|m| m.name == *name);
    }
    if seen.is_empty() {
        seen.extend(members.iter().map(|m| m.name.clone()));
    }
    !seen.insert(name.clone())
}
