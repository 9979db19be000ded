//! The words of an expression (FHIRPath 2.0, section "Lexical Elements").

use super::moment::Moment;
use super::{ParseError, ParseErrorKind};

/// A word and where it begins, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) position: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A name, also those that are words of the language.
    Name(String),
    /// A name between backticks: never a word of the language.
    Quoted(String),
    Text(String),
    Integer(i64),
    Decimal(String),
    Moment(Moment),
    /// `$this`, `$index`, `$total`.
    Dollar(String),
    Symbol(&'static str),
    End,
}

const SYMBOLS: [&str; 21] =
    ["!=", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "+", "-", "*", "/", "&", "|", "=", "~", "%"];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ParseError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut found = Vec::new();
    loop {
        lexer.skip_blanks()?;
        let position = lexer.at;
        let kind = lexer.token()?;
        let end = kind == TokenKind::End;
        found.push(Token { kind, position });
        if end {
            return Ok(found);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError { kind, position: self.at }
    }

    fn skip_blanks(&mut self) -> Result<(), ParseError> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                let end = comment.find("*/").ok_or_else(|| self.error(ParseErrorKind::Comment))?;
                self.at += end + 4;
            } else {
                return Ok(());
            }
        }
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        let (taken, _) = rest.split_at(end);
        self.at += end;
        taken
    }

    fn token(&mut self) -> Result<TokenKind, ParseError> {
        let Some(first) = self.peek() else { return Ok(TokenKind::End) };
        match first {
            '\'' => self.quoted('\'').map(TokenKind::Text),
            '"' => self.quoted('"').map(TokenKind::Text),
            '`' => self.quoted('`').map(TokenKind::Quoted),
            '@' => self.moment(),
            '$' => {
                self.at += 1;
                Ok(TokenKind::Dollar(self.take_while(char::is_alphanumeric).to_owned()))
            }
            '0'..='9' => self.number(),
            c if c.is_ascii_alphabetic() || c == '_' => {
                Ok(TokenKind::Name(self.take_while(|c| c.is_ascii_alphanumeric() || c == '_').to_owned()))
            }
            _ => self.symbol(),
        }
    }

    fn symbol(&mut self) -> Result<TokenKind, ParseError> {
        let rest = self.rest();
        for symbol in SYMBOLS.iter().chain(&["<", ">"]) {
            if rest.starts_with(symbol) {
                self.at += symbol.len();
                return Ok(TokenKind::Symbol(symbol));
            }
        }
        Err(self.error(ParseErrorKind::Character))
    }

    fn number(&mut self) -> Result<TokenKind, ParseError> {
        let from = self.at;
        self.take_while(|c| c.is_ascii_digit());
        let after_point = self.rest().strip_prefix('.').and_then(|r| r.chars().next());
        if after_point.is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
            return Ok(TokenKind::Decimal(self.text.get(from..self.at).unwrap_or_default().to_owned()));
        }
        let digits = self.text.get(from..self.at).unwrap_or_default();
        digits.parse().map(TokenKind::Integer).map_err(|_| self.error(ParseErrorKind::Number))
    }

    /// `@2015-02-04T14:34:28+10:00`, `@T14:34`.
    fn moment(&mut self) -> Result<TokenKind, ParseError> {
        let start = self.at;
        self.at += 1;
        let is_time = self.rest().starts_with('T');
        let from = self.at;
        if is_time {
            self.at += 1;
        }
        self.take_while(|c| c.is_ascii_digit() || (!is_time && c == '-') || (is_time && c == ':'));
        if !is_time && self.rest().starts_with('T') {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit() || c == ':');
        }
        // A point belongs to the time only when digits follow: `@T14:34.is(Time)` is a call.
        let has_time = self.text.get(from..self.at).is_some_and(|t| t.contains('T'));
        let digit_follows = self.rest().strip_prefix('.').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
        if has_time && digit_follows {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        if has_time && !is_time {
            if self.rest().starts_with('Z') {
                self.at += 1;
            } else if self.rest().starts_with(['+', '-']) {
                self.at += 1;
                self.take_while(|c| c.is_ascii_digit() || c == ':');
            }
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        let wrong = ParseError { kind: ParseErrorKind::Moment, position: start };
        Moment::literal(text).map(TokenKind::Moment).ok_or(wrong)
    }

    fn quoted(&mut self, end: char) -> Result<String, ParseError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let Some(c) = self.peek() else { return Err(self.error(ParseErrorKind::Unclosed)) };
            self.at += c.len_utf8();
            match c {
                c if c == end => return Ok(out),
                '\\' => out.push(self.escape()?),
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        let Some(c) = self.peek() else { return Err(self.error(ParseErrorKind::Unclosed)) };
        self.at += c.len_utf8();
        Ok(match c {
            '`' | '\'' | '"' | '\\' | '/' => c,
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.hex()?;
                return self.surrogates(first);
            }
            _ => return Err(self.error(ParseErrorKind::Escape)),
        })
    }

    fn hex(&mut self) -> Result<u32, ParseError> {
        let digits = self.rest().get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|d| u32::from_str_radix(d, 16).ok());
        let code = code.ok_or_else(|| self.error(ParseErrorKind::Escape))?;
        self.at += 4;
        Ok(code)
    }

    fn surrogates(&mut self, first: u32) -> Result<char, ParseError> {
        let mut code = first;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            self.at += 2;
            let second = self.hex()?;
            code = 0x1_0000 + ((first - 0xd800) << 10) + second.wrapping_sub(0xdc00).min(0x3ff);
        }
        char::from_u32(code).ok_or_else(|| self.error(ParseErrorKind::Escape))
    }
}
