//! From words to a tree (FHIRPath 2.0, "Grammar"; precedence in "Operator Precedence").

use super::ast::{Call, Expr, Namespace, Operator, TypeName};
use super::functions::{Arguments, Function};
use super::lexer::{Token, TokenKind, tokens};
use super::quantity::{Calendar, Quantity, Unit};
use super::value::Value;
use super::{ParseError, ParseErrorKind, number, text};

/// Longest expression, in bytes.
const MAX_LENGTH: usize = 20_000;
/// How deep an expression may be, a chain of steps counted as so many levels: evaluation recurses.
const MAX_DEPTH: usize = 128;
/// Most arguments of a function that takes any number.
const MAX_ARGUMENTS: usize = 32;

pub(super) fn parse(text: &str) -> Result<Expr, ParseError> {
    if text.len() > MAX_LENGTH {
        return Err(ParseError { kind: ParseErrorKind::TooLong, position: MAX_LENGTH });
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let (expr, _) = parser.binary(0)?;
    if parser.peek() != &TokenKind::End {
        return Err(parser.error(ParseErrorKind::Unexpected));
    }
    Ok(expr)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// Of open brackets and signs, as the parser recurses.
    depth: usize,
}

/// A tree and how deep it is.
type Parsed = Result<(Expr, usize), ParseError>;

/// The operators with two sides by how tightly they bind.
fn operator(kind: &TokenKind) -> Option<(u8, Operator)> {
    use Operator::*;
    let word = match kind {
        TokenKind::Symbol(symbol) => *symbol,
        TokenKind::Name(name) => name.as_str(),
        _ => return None,
    };
    Some(match word {
        "implies" => (1, Implies),
        "or" => (2, Or),
        "xor" => (2, Xor),
        "and" => (3, And),
        "in" => (4, In),
        "contains" => (4, Contains),
        "=" => (5, Equal),
        "!=" => (5, NotEqual),
        "~" => (5, Equivalent),
        "!~" => (5, NotEquivalent),
        "<" => (6, Less),
        "<=" => (6, LessOrEqual),
        ">" => (6, Greater),
        ">=" => (6, GreaterOrEqual),
        "|" => (7, Union),
        "+" => (9, Plus),
        "-" => (9, Minus),
        "&" => (9, Concatenate),
        "*" => (10, Times),
        "/" => (10, Divide),
        "div" => (10, Div),
        "mod" => (10, Mod),
        _ => return None,
    })
}

/// How tightly `is` and `as` bind.
const TYPE_BINDING: u8 = 8;

impl Parser {
    fn peek(&self) -> &TokenKind {
        self.tokens.get(self.at).map_or(&TokenKind::End, |t| &t.kind)
    }

    fn next(&mut self) -> TokenKind {
        let kind = self.peek().clone();
        self.at += 1;
        kind
    }

    fn error(&self, kind: ParseErrorKind) -> ParseError {
        let token = self.tokens.get(self.at).or_else(|| self.tokens.last());
        ParseError { kind, position: token.map_or(0, |t| t.position) }
    }

    fn takes(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), TokenKind::Symbol(s) if *s == symbol);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), ParseError> {
        if self.takes(symbol) { Ok(()) } else { Err(self.error(ParseErrorKind::Unexpected)) }
    }

    fn deeper(&self, levels: usize) -> Result<usize, ParseError> {
        let levels = levels + 1;
        if levels > MAX_DEPTH { Err(self.error(ParseErrorKind::TooDeep)) } else { Ok(levels) }
    }

    fn enter<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, ParseError>) -> Result<T, ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(ParseErrorKind::TooDeep));
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn binary(&mut self, least: u8) -> Parsed {
        let (mut left, mut levels) = self.unary()?;
        loop {
            let is_type = matches!(self.peek(), TokenKind::Name(n) if n == "is" || n == "as");
            if is_type && TYPE_BINDING >= least {
                let TokenKind::Name(word) = self.next() else { return Err(self.error(ParseErrorKind::Unexpected)) };
                let type_name = self.type_name()?;
                levels = self.deeper(levels)?;
                let inner = Box::new(left);
                left = if word == "is" { Expr::Is(inner, type_name) } else { Expr::As(inner, type_name) };
                continue;
            }
            let Some((binding, operator)) = operator(self.peek()).filter(|(b, _)| *b >= least && !is_type) else {
                return Ok((left, levels));
            };
            self.at += 1;
            let (right, right_levels) = self.enter(|parser| parser.binary(binding + 1))?;
            levels = self.deeper(levels.max(right_levels))?;
            left = Expr::Binary(operator, Box::new((left, right)));
        }
    }

    fn unary(&mut self) -> Parsed {
        if self.takes("-") {
            let (inner, levels) = self.enter(Self::unary)?;
            return Ok((Expr::Negative(Box::new(inner)), self.deeper(levels)?));
        }
        if self.takes("+") {
            let (inner, levels) = self.enter(Self::unary)?;
            return Ok((Expr::Positive(Box::new(inner)), self.deeper(levels)?));
        }
        self.steps()
    }

    /// A term and the steps behind it: `.name`, `.function()`, `[0]`.
    fn steps(&mut self) -> Parsed {
        let (mut expr, mut levels) = self.term()?;
        loop {
            if self.takes(".") {
                let (next, next_levels) = self.invocation(Some(expr))?;
                expr = next;
                levels = self.deeper(levels.max(next_levels))?;
            } else if self.takes("[") {
                let (index, index_levels) = self.enter(|parser| parser.binary(0))?;
                self.expect("]")?;
                levels = self.deeper(levels.max(index_levels))?;
                expr = Expr::Item(Box::new(expr), Box::new(index));
            } else {
                return Ok((expr, levels));
            }
        }
    }

    fn term(&mut self) -> Parsed {
        let expr = match self.peek() {
            TokenKind::Symbol("(") => {
                self.at += 1;
                let inner = self.enter(|parser| parser.binary(0))?;
                self.expect(")")?;
                return Ok(inner);
            }
            TokenKind::Symbol("{") => {
                self.at += 1;
                self.expect("}")?;
                Expr::Empty
            }
            TokenKind::Symbol("%") => {
                self.at += 1;
                match self.next() {
                    TokenKind::Name(name) | TokenKind::Quoted(name) | TokenKind::Text(name) => {
                        Expr::Variable(name.into())
                    }
                    _ => return Err(self.error(ParseErrorKind::Unexpected)),
                }
            }
            TokenKind::Text(_) | TokenKind::Integer(_) | TokenKind::Decimal(_) | TokenKind::Moment(_) => {
                self.literal()?
            }
            TokenKind::Name(name) if name == "true" || name == "false" => {
                let value = Value::Boolean(name == "true");
                self.at += 1;
                Expr::Literal(value)
            }
            TokenKind::Name(_) | TokenKind::Quoted(_) | TokenKind::Dollar(_) => return self.invocation(None),
            _ => return Err(self.error(ParseErrorKind::Unexpected)),
        };
        Ok((expr, 1))
    }

    fn literal(&mut self) -> Result<Expr, ParseError> {
        let value = match self.next() {
            TokenKind::Text(text) => return Ok(Expr::Literal(Value::String(text.into()))),
            TokenKind::Moment(moment) => return Ok(Expr::Literal(Value::Moment(moment))),
            TokenKind::Integer(value) => Value::Integer(value),
            TokenKind::Decimal(text) => {
                Value::Decimal(number::parse_plain(&text).ok_or_else(|| self.error(ParseErrorKind::Number))?)
            }
            _ => return Err(self.error(ParseErrorKind::Unexpected)),
        };
        let unit = match self.peek() {
            TokenKind::Text(unit) => Some(Unit::quoted(unit)),
            TokenKind::Name(word) => Calendar::from_word(word).map(Unit::Calendar),
            _ => None,
        };
        let (Some(unit), Some(number)) = (unit, value.decimal()) else { return Ok(Expr::Literal(value)) };
        self.at += 1;
        Ok(Expr::Literal(Value::Quantity(Box::new(Quantity { value: number, unit }))))
    }

    /// A name, a call, or one of the words with a dollar.
    fn invocation(&mut self, input: Option<Expr>) -> Parsed {
        let name = match self.next() {
            TokenKind::Name(name) => name,
            TokenKind::Quoted(name) => return Ok((Expr::Member(input.map(Box::new), name.into()), 1)),
            TokenKind::Dollar(name) if input.is_none() => {
                let expr = match name.as_str() {
                    "this" => Expr::This,
                    "index" => Expr::Index,
                    "total" => Expr::Total,
                    _ => return Err(self.error(ParseErrorKind::Unexpected)),
                };
                return Ok((expr, 1));
            }
            _ => {
                self.at -= 1;
                return Err(self.error(ParseErrorKind::Unexpected));
            }
        };
        if !matches!(self.peek(), TokenKind::Symbol("(")) {
            return Ok((Expr::Member(input.map(Box::new), name.into()), 1));
        }
        let Some((function, takes)) = Function::named(&name) else {
            self.at -= 1;
            return Err(self.error(ParseErrorKind::Function));
        };
        self.at += 1;
        self.call(input, function, takes)
    }

    fn call(&mut self, input: Option<Expr>, function: Function, takes: Arguments) -> Parsed {
        let names_type = takes.type_name && !matches!(self.peek(), TokenKind::Symbol(")"));
        if names_type {
            let type_name = Some(self.type_name()?);
            self.expect(")")?;
            let call = Call { input, function, arguments: Vec::new(), type_name, pattern: None };
            return Ok((Expr::Call(Box::new(call)), 1));
        }
        let mut arguments = Vec::new();
        let mut levels = 0;
        if !self.takes(")") {
            loop {
                let (argument, argument_levels) = self.enter(|parser| parser.binary(0))?;
                levels = levels.max(argument_levels);
                arguments.push(argument);
                if arguments.len() > MAX_ARGUMENTS {
                    return Err(self.error(ParseErrorKind::Arguments));
                }
                if !self.takes(",") {
                    break;
                }
            }
            self.expect(")")?;
        }
        if !(takes.least..=takes.most).contains(&arguments.len()) {
            return Err(self.error(ParseErrorKind::Arguments));
        }
        let pattern = match (function.takes_pattern(), arguments.first()) {
            (true, Some(Expr::Literal(Value::String(pattern)))) => {
                Some(text::regex(pattern, function).ok_or_else(|| self.error(ParseErrorKind::Pattern))?)
            }
            _ => None,
        };
        let call = Call { input, function, arguments, type_name: None, pattern };
        Ok((Expr::Call(Box::new(call)), self.deeper(levels)?))
    }

    fn type_name(&mut self) -> Result<TypeName, ParseError> {
        let first = self.plain_name()?;
        let type_name = if self.takes(".") {
            let namespace = match first.as_str() {
                "FHIR" => Namespace::Fhir,
                "System" => Namespace::System,
                _ => return Err(self.error(ParseErrorKind::Type)),
            };
            TypeName { namespace: Some(namespace), name: self.plain_name()?.into() }
        } else {
            TypeName { namespace: None, name: first.into() }
        };
        if type_name.is_known() { Ok(type_name) } else { Err(self.error(ParseErrorKind::Type)) }
    }

    fn plain_name(&mut self) -> Result<String, ParseError> {
        match self.next() {
            TokenKind::Name(name) | TokenKind::Quoted(name) => Ok(name),
            // Older expressions put the name in quotes.
            TokenKind::Text(name) => Ok(name),
            _ => {
                self.at -= 1;
                Err(self.error(ParseErrorKind::Unexpected))
            }
        }
    }
}
