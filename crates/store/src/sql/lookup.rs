//! What a search must know of the index before it can be a statement: in which systems a bare code occurs, which codes are called so, in which
//! units quantities were written. Each is one small statement that gives one column of values.

use std::collections::{HashMap, HashSet};

use varde_fhir::index::ParamId;
use varde_fhir::search::{Clause, Match, Query};
use varde_fhir::{params, ucum};

use super::builder::{Sql, Value};
use super::keys::token_prefix;
use super::matches::has_word;
use crate::engine::EngineError;

/// A code occurs in a few systems; with more the range is walked instead.
const MAX_SYSTEMS: usize = 32;
/// Codes that are called by one word.
const MAX_CALLED: usize = 1_000;
/// Units of one parameter.
const MAX_UNITS: usize = 256;

/// A question to the index about one parameter as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Lookup {
    param: ParamId,
    asked: Asked,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Asked {
    /// The values of a code in any system, in `index_token`.
    Code(String),
    /// The same in `index_pair`.
    PairCode(String),
    /// The tokens whose display has a word that starts so.
    Called(String),
    /// The units of UCUM that occur.
    Units,
}

impl Asked {
    const fn most(&self) -> usize {
        match self {
            Self::Code(_) | Self::PairCode(_) => MAX_SYSTEMS,
            Self::Called(_) => MAX_CALLED,
            Self::Units => MAX_UNITS,
        }
    }
}

/// The questions of a search, each once.
pub(crate) fn lookups(query: &Query) -> Vec<Lookup> {
    let mut out = Vec::new();
    let mut seen = HashSet::new();
    for clause in &query.clauses {
        of_clause(clause, &mut |lookup: Lookup| {
            if seen.insert(lookup.clone()) {
                out.push(lookup);
            }
        });
    }
    out
}

/// Recurses once: an alternative holds no alternatives.
fn of_clause(clause: &Clause, out: &mut dyn FnMut(Lookup)) {
    match clause {
        Clause::Any { param, matches, .. } => {
            for (param, asked) in matches.iter().flat_map(|wanted| asked(*param, wanted)) {
                params::stored(param).into_iter().for_each(|param| out(Lookup { param, asked: asked.clone() }));
            }
        }
        Clause::Either(ways) => ways.iter().flatten().for_each(|clause| of_clause(clause, out)),
        _ => {}
    }
}

fn asked(param: ParamId, wanted: &Match) -> Vec<(ParamId, Asked)> {
    match wanted {
        Match::Token { system: None, code: Some(code) } => vec![(param, Asked::Code(code.clone()))],
        Match::TokenCalled(word) => vec![(param, Asked::Called(word.clone()))],
        Match::Quantity { system: Some(system), code: Some(_), .. } if system == ucum::SYSTEM => {
            vec![(param, Asked::Units)]
        }
        Match::Pair { system, code, with, of } => {
            let mut out = Vec::new();
            if let (None, Some(code)) = (system, code) {
                out.push((param, Asked::PairCode(code.clone())));
            }
            if matches!(&**with, Match::Quantity { .. }) {
                out.extend(asked(*of, with));
            }
            out
        }
        _ => Vec::new(),
    }
}

impl Lookup {
    /// Whether it is answered by a few seeks; words are walked.
    pub(crate) fn is_seek(&self) -> bool {
        !matches!(self.asked, Asked::Called(_))
    }

    /// The statement: one column, at most one value more than is of use.
    pub(crate) fn sql(&self) -> Sql {
        let limit = i64::try_from(self.asked.most()).unwrap_or(i64::MAX).saturating_add(1);
        let param = i64::from(self.param.0);
        let mut sql = match &self.asked {
            Asked::Code(code) => distinct("index_token", param, code),
            Asked::PairCode(code) => distinct("index_pair", param, code),
            Asked::Called(word) => {
                let mut sql = Sql::raw("SELECT DISTINCT t.value FROM index_word AS t WHERE t.param = ");
                sql.int(param).push(" AND t.text <> '' AND ").add(has_word("t.text", word));
                sql
            }
            Asked::Units => {
                let mut sql = Sql::raw("SELECT t.value FROM index_word AS t WHERE t.param = ");
                sql.int(param).push(" AND t.text = ''");
                sql
            }
        };
        sql.push(" LIMIT ").int(limit);
        sql
    }
}

/// The different values of a code, a seek each: from each one to the next, since an index lists a value as often as it occurs.
fn distinct(table: &str, param: i64, code: &str) -> Sql {
    let low = token_prefix(code);
    let mut end = low.clone();
    if let Some(last) = end.last_mut() {
        *last = 1;
    }
    let mut sql = Sql::raw("WITH RECURSIVE s(v) AS (SELECT (SELECT t.value FROM ");
    sql.push(table).push(" AS t WHERE t.param = ").int(param).push(" AND t.value >= ").bind(Value::Blob(low));
    sql.push(" AND t.value < ").bind(Value::Blob(end.clone())).push(" ORDER BY t.value LIMIT 1)");
    sql.push(" UNION ALL SELECT (SELECT t.value FROM ").push(table).push(" AS t WHERE t.param = ").int(param);
    sql.push(" AND t.value > s.v AND t.value < ").bind(Value::Blob(end)).push(" ORDER BY t.value LIMIT 1)");
    sql.push(" FROM s WHERE s.v IS NOT NULL) SELECT v FROM s WHERE v IS NOT NULL");
    sql
}

/// The answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found(HashMap<Lookup, Vec<Vec<u8>>>);

impl Found {
    /// Keeps an answer.
    ///
    /// # Errors
    /// [`EngineError::Limit`] when so many codes are called by a word that the search would not be one.
    pub(crate) fn keep(&mut self, lookup: Lookup, values: Vec<Vec<u8>>) -> Result<(), EngineError> {
        if values.len() <= lookup.asked.most() {
            self.0.insert(lookup, values);
        } else if matches!(lookup.asked, Asked::Called(_)) {
            return Err(EngineError::Limit("more than 1,000 codes are called so; say more of the name"));
        }
        // Without an answer a bare code is looked for as a range, and a quantity in the unit it is given in.
        Ok(())
    }

    /// The values a code occurs under; `None` when it was not asked for, or occurs under too many.
    pub(crate) fn code(&self, param: ParamId, code: &str) -> Option<Vec<Vec<u8>>> {
        self.of(param, &Asked::Code(code.to_owned()))
    }

    pub(crate) fn pair_code(&self, param: ParamId, code: &str) -> Option<Vec<Vec<u8>>> {
        self.of(param, &Asked::PairCode(code.to_owned()))
    }

    pub(crate) fn called(&self, param: ParamId, word: &str) -> Vec<Vec<u8>> {
        self.of(param, &Asked::Called(word.to_owned())).unwrap_or_default()
    }

    /// The units that occur, by their codes.
    pub(crate) fn units(&self, param: ParamId) -> Vec<String> {
        let tokens = self.of(param, &Asked::Units).unwrap_or_default();
        let code = |token: &Vec<u8>| token.split(|byte| *byte == 0).next().map(<[u8]>::to_vec);
        tokens.iter().filter_map(|token| String::from_utf8(code(token)?).ok()).collect()
    }

    /// Of all the parameters that stand for one.
    fn of(&self, param: ParamId, asked: &Asked) -> Option<Vec<Vec<u8>>> {
        let mut out = Vec::new();
        for param in params::stored(param) {
            out.extend(self.0.get(&Lookup { param, asked: asked.clone() })?.iter().cloned());
        }
        out.sort_unstable();
        out.dedup();
        Some(out)
    }
}
