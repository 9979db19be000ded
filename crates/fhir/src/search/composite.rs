//! Values of composite parameters: their parts, separated by `$`.

use jiff::Timestamp;

use super::modifier::Modifier;
use super::parse::{Refused, bad};
use super::query::{Clause, Match, NumberMatch};
use super::split::split;
use super::value;
use crate::composite::{self, Branch, C};
use crate::index::ParamId;
use crate::params::{self, ParamDef};

/// The clauses of a composite: the one way it can be met as clauses of their own, or all its ways as alternatives.
pub(super) fn clauses(param: &ParamDef, texts: &[&str], now: Timestamp) -> Result<Vec<Clause>, Refused> {
    let composite = composite::find(param.id).ok_or_else(|| bad("the parameter has no parts"))?;
    let mut ways = Vec::new();
    for text in texts {
        let parts = parts(composite, text, now)?;
        for branch in composite.2 {
            ways.push(way(branch, composite, &parts)?);
        }
    }
    if ways.len() == 1 { Ok(ways.pop().unwrap_or_default()) } else { Ok(vec![Clause::Either(ways)]) }
}

fn parts(C(_, defined, _): &C, text: &str, now: Timestamp) -> Result<Vec<Match>, Refused> {
    let given = split(text, '$');
    if given.len() != defined.len() {
        return Err(bad("a composite has a value for each of its parts, separated by '$'"));
    }
    let mut out = Vec::with_capacity(given.len());
    for (id, text) in defined.iter().zip(given) {
        let (_, part) = params::by_id(ParamId(*id)).ok_or_else(|| bad("the parameter has no such part"))?;
        out.push(value::parse(part, Modifier::None, text, now).map_err(bad)?);
    }
    Ok(out)
}

fn way(branch: &Branch, C(_, defined, _): &C, parts: &[Match]) -> Result<Vec<Clause>, Refused> {
    match branch {
        Branch::All(of) => {
            let any = |(id, part): (&u32, &Match)| Clause::Any {
                param: ParamId(*id),
                matches: vec![part.clone()],
                negate: false,
            };
            Ok(of.iter().zip(parts).map(any).collect())
        }
        Branch::Pair(param) => {
            let of = ParamId(defined.get(1).copied().unwrap_or_default());
            let matches = vec![pair(parts, of).ok_or_else(|| bad("the parts need a system or a code"))?];
            Ok(vec![Clause::Any { param: ParamId(*param), matches, negate: false }])
        }
    }
}

/// A code with what stands beside it, whichever comes first.
fn pair(parts: &[Match], of: ParamId) -> Option<Match> {
    let (code, with) = match parts {
        [Match::Token { system, code }, Match::Number(start), Match::Number(end)] => {
            ((system, code), stretch(*start, *end))
        }
        [Match::Token { system, code }, with] => ((system, code), with.clone()),
        [with, Match::Token { system, code }] => ((system, code), with.clone()),
        _ => return None,
    };
    Some(Match::Pair { system: code.0.clone(), code: code.1.clone(), with: Box::new(with), of })
}

fn stretch(start: NumberMatch, end: NumberMatch) -> Match {
    Match::Stretch(start, end)
}
