//! What follows the name of a parameter after a colon (R4 search, section 3.1.1.4.4), and what it makes of the values.

use super::parse::{Refused, bad, unsupported};
use super::query::{Clause, Match, ParamKind};
use super::split::split;
use super::terminology::{CodeSet, MAX_CODES, Terminology, Unlisted};
use super::value::{self, plain};
use crate::index::{Variant, fold};
use crate::params::ParamDef;
use crate::{IssueCode, ResourceType};

/// A modifier, as far as it is one for the type of the parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modifier {
    None,
    Exact,
    Contains,
    Not,
    Type(ResourceType),
    Identifier,
    OfType,
    Text,
    Above,
    Below,
    In,
    NotIn,
}

pub(super) fn modifier_of(param: &ParamDef, text: &str) -> Result<Modifier, Refused> {
    use Modifier as M;
    let modifier = match (param.kind, text) {
        (ParamKind::String, "exact") => Some(M::Exact),
        (ParamKind::String, "contains") => Some(M::Contains),
        (ParamKind::Token, "not") => Some(M::Not),
        (ParamKind::Token, "text") => Some(M::Text),
        (ParamKind::Token, "of-type") if is_identifier(param) => Some(M::OfType),
        (ParamKind::Token, "in") => Some(M::In),
        (ParamKind::Token, "not-in") => Some(M::NotIn),
        (ParamKind::Token | ParamKind::Uri | ParamKind::Reference, "above") => Some(M::Above),
        (ParamKind::Token | ParamKind::Uri | ParamKind::Reference, "below") => Some(M::Below),
        (ParamKind::Reference, "identifier") => Some(M::Identifier),
        (ParamKind::Reference, name) => ResourceType::from_name(name).map(M::Type),
        _ => None,
    };
    if let Some(Modifier::Type(target)) = modifier
        && !param.targets.is_empty()
        && !param.targets().any(|t| t == target)
    {
        return Err(bad("the parameter does not refer to that type"));
    }
    modifier.ok_or_else(|| unsupported("this modifier is not supported for this parameter"))
}

/// Whether the values of a parameter are identifiers: those have types.
fn is_identifier(param: &ParamDef) -> bool {
    param.expression.split('|').all(|part| part.trim_end().to_ascii_lowercase().ends_with("identifier"))
}

/// The clause of a modifier that looks elsewhere than in the plain values; `None` for the others. `texts` are the alternatives.
pub(super) fn clause(
    param: &ParamDef,
    modifier: Modifier,
    texts: &[&str],
    terminology: &dyn Terminology,
) -> Result<Option<Clause>, Refused> {
    let any = |param, matches, negate| Ok(Some(Clause::Any { param, matches, negate }));
    match modifier {
        Modifier::Identifier => any(param.id.variant(Variant::Identifier), each(texts, value::token)?, false),
        Modifier::OfType => any(param.id.variant(Variant::OfType), each(texts, of_type)?, false),
        Modifier::Text => {
            let words: Vec<String> = each(texts, |text| {
                let folded = fold(&plain(text)?);
                if folded.is_empty() { Err("nothing is left of the value to search for") } else { Ok(folded) }
            })?;
            let called = words.iter().cloned().map(Match::TokenCalled).collect();
            let written = words.into_iter().map(Match::StringWord).collect();
            let of = |param, matches| vec![Clause::Any { param, matches, negate: false }];
            let free = param.id.variant(Variant::Text);
            Ok(Some(Clause::Either(vec![of(param.id, called), of(free, written)])))
        }
        Modifier::In | Modifier::NotIn => {
            let sets = each(texts, plain)?;
            let codes = codes(terminology, &sets.iter().map(|url| CodeSet::ValueSet(url)).collect::<Vec<_>>())?;
            any(param.id, vec![Match::TokenIn(codes)], modifier == Modifier::NotIn)
        }
        Modifier::Above | Modifier::Below if param.kind == ParamKind::Token => {
            let pairs: Vec<(String, String)> = each(texts, |text| match value::token(text)? {
                Match::Token { system: Some(system), code: Some(code) } if !system.is_empty() => Ok((system, code)),
                _ => Err("a place in a hierarchy is system|code"),
            })?;
            let set = |(system, code)| match modifier {
                Modifier::Above => CodeSet::Above { system, code },
                _ => CodeSet::Below { system, code },
            };
            let sets: Vec<CodeSet<'_>> = pairs.iter().map(|(system, code)| set((system, code))).collect();
            any(param.id, vec![Match::TokenIn(codes(terminology, &sets)?)], false)
        }
        Modifier::Above => any(param.id, each(texts, above)?, false),
        Modifier::Below => any(param.id, each(texts, |text| url(text).map(Match::UriBelow))?, false),
        _ => Ok(None),
    }
}

fn each<T>(texts: &[&str], read: impl Fn(&str) -> Result<T, value::Refusal>) -> Result<Vec<T>, Refused> {
    texts.iter().map(|text| read(text).map_err(bad)).collect()
}

/// The codes of all the sets together.
fn codes(terminology: &dyn Terminology, sets: &[CodeSet<'_>]) -> Result<Vec<(String, String)>, Refused> {
    let mut out: Vec<(String, String)> = Vec::new();
    let refused = |why: Unlisted| {
        let code = match why {
            Unlisted::NotSupported => IssueCode::NotSupported,
            Unlisted::Unknown => IssueCode::NotFound,
            Unlisted::TooMany => IssueCode::TooCostly,
        };
        (code, why.to_string())
    };
    for set in sets {
        let room = MAX_CODES.saturating_sub(out.len());
        let found = terminology.codes(set, room).map_err(refused)?;
        if found.len() > room {
            return Err(refused(Unlisted::TooMany));
        }
        out.extend(found);
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

/// `system|code|value`, the first two of the type of the identifier.
fn of_type(text: &str) -> Result<Match, value::Refusal> {
    let parts: Vec<String> = split(text, '|').into_iter().map(plain).collect::<Result<_, _>>()?;
    match <[String; 3]>::try_from(parts) {
        Ok([system, code, value]) if !code.is_empty() && !value.is_empty() => {
            Ok(Match::Token { system: Some(system), code: Some(format!("{code}|{value}")) })
        }
        _ => Err("the form is system|code|value, system and code of the type of the identifier"),
    }
}

/// A URL; only they have an above and a below.
fn url(text: &str) -> Result<String, value::Refusal> {
    let text = plain(text)?;
    if text.contains("://") && !text.contains(char::is_whitespace) {
        Ok(text)
    } else {
        Err("only an absolute URL has an above and a below")
    }
}

/// A URL and all that lie above it, up to its host: each as written and with a slash at its end.
fn above(text: &str) -> Result<Match, value::Refusal> {
    let whole = url(text)?;
    let mut found = vec![whole.clone()];
    let unversioned = whole.split_once('|').map_or(whole.as_str(), |(url, _)| url);
    let host_from = unversioned.find("://").map_or(0, |at| at + 3);
    let mut rest = unversioned.trim_end_matches('/');
    while rest.len() > host_from {
        found.extend([rest.to_owned(), format!("{rest}/")]);
        match rest.rfind('/') {
            Some(at) if at >= host_from => rest = rest.get(..at).unwrap_or_default(),
            _ => break,
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(Match::UriIn(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_above_a_url_is_each_folder_up_to_the_host() {
        let Ok(Match::UriIn(found)) = above("http://acme.org/fhir/ValueSet/1|2") else { panic!() };
        assert_eq!(
            found,
            [
                "http://acme.org",
                "http://acme.org/",
                "http://acme.org/fhir",
                "http://acme.org/fhir/",
                "http://acme.org/fhir/ValueSet",
                "http://acme.org/fhir/ValueSet/",
                "http://acme.org/fhir/ValueSet/1",
                "http://acme.org/fhir/ValueSet/1/",
                "http://acme.org/fhir/ValueSet/1|2",
            ]
        );
        assert!(above("urn:oid:1.2.3").is_err());
    }
}
