//! Composite search parameters (R4 search, section 3.1.1.4.17): what their parts are, and where the parts meet.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::generated::composites::COMPOSITES;
use crate::index::ParamId;

/// A composite parameter: its number, the numbers of its parts, the ways in which a resource can meet it.
pub(crate) struct C(pub(crate) u32, pub(crate) &'static [u32], pub(crate) &'static [Branch]);

/// A way to meet a composite.
pub(crate) enum Branch {
    /// The resource has each part once: these parameters, one for each part, say it.
    All(&'static [u32]),
    /// The parts stand within one element of a list: pairs of this parameter are in the index.
    Pair(u32),
}

/// The composite of this number.
pub(crate) fn find(id: ParamId) -> Option<&'static C> {
    static BY_ID: LazyLock<HashMap<u32, &'static C>> =
        LazyLock::new(|| COMPOSITES.iter().map(|composite| (composite.0, composite)).collect());
    BY_ID.get(&id.0).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{ParamKind, by_id, of};
    use crate::{ResourceType, params};

    #[test]
    fn every_composite_is_of_parameters_that_can_be_searched_by() {
        let all: Vec<_> = ResourceType::all().flat_map(of).filter(|p| p.kind == ParamKind::Composite).collect();
        assert_eq!(all.len(), COMPOSITES.len());
        for param in all {
            let C(_, parts, branches) = find(param.id).unwrap();
            assert!((2..=3).contains(&parts.len()) && !branches.is_empty(), "{}", param.code);
            for part in *parts {
                let (_, part) = by_id(ParamId(*part)).unwrap();
                assert!(part.indexed && part.kind != ParamKind::Composite, "{}: {}", param.code, part.code);
            }
            for branch in *branches {
                let fits = match branch {
                    Branch::All(of) => of.len() == parts.len() && of.iter().all(|id| by_id(ParamId(*id)).is_some()),
                    Branch::Pair(id) => params::by_id(ParamId(*id)).unwrap().1.kind == ParamKind::Composite,
                };
                assert!(fits, "{}", param.code);
            }
        }
    }
}
