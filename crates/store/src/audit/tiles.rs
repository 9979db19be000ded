//! The tree in tiles of 256 hashes, as C2SP's *tlog-tiles* lays them out: a tile of level 0 holds leaves, one of a higher level the roots of
//! full tiles of the level below. Full tiles never change.
//!
//! Kept are full tiles of level 0 and all tiles of the levels above; the leaves after the last full tile are hashed from their entries. So a proof
//! reads one or two tiles a level, and a tree of 2^32 entries has four levels.

use super::chain::Hash;
use super::tree::{self, Peaks, Range};

/// Hashes in a full tile.
pub(crate) const WIDTH: u64 = 256;
/// Levels of the binary tree that one level of tiles spans.
const HEIGHT: u32 = 8;
/// Bytes of a hash.
const HASH_BYTES: usize = 32;
/// Levels of tiles a tree of 2^64 leaves has.
const LEVELS: u8 = 8;

/// Where a tile stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) level: u8,
    pub(crate) number: u64,
}

/// A tile with its hashes, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tile {
    pub(crate) place: Place,
    pub(crate) hashes: Vec<u8>,
}

/// Leaves below one hash of a level.
const fn span(level: u8) -> u64 {
    1 << (HEIGHT * level as u32)
}

impl Place {
    /// How many hashes the tile has in a tree of this size.
    pub(crate) const fn width(self, size: u64) -> u64 {
        if self.level >= LEVELS {
            return 0;
        }
        let width = (size / span(self.level)).saturating_sub(self.number.saturating_mul(WIDTH));
        if width > WIDTH { WIDTH } else { width }
    }

    /// The number of the first entry below the tile.
    pub(crate) const fn first_entry(self) -> u64 {
        self.number.saturating_mul(WIDTH).saturating_mul(span(self.level)).saturating_add(1)
    }

    /// Reads `0/x001/234` or `0/x001/234.p/17`: the place, and the width of a tile that is not full.
    pub(crate) fn from_path(path: &str) -> Option<(Self, u64)> {
        let (path, width) = match path.split_once(".p/") {
            Some((path, width)) => (path, plain(width).filter(|width| (1..WIDTH).contains(width))?),
            None => (path, WIDTH),
        };
        let (level, number) = path.split_once('/')?;
        let level = u8::try_from(plain(level)?).ok().filter(|level| *level < LEVELS)?;
        let (mut whole, mut parts) = (0_u64, number.split('/').peekable());
        let mut is_first = true;
        while let Some(part) = parts.next() {
            let digits = if parts.peek().is_some() { part.strip_prefix('x')? } else { part };
            if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            // One address a tile: no group of zeros before the number.
            if is_first && digits == "000" && parts.peek().is_some() {
                return None;
            }
            is_first = false;
            whole = whole.checked_mul(1_000)?.checked_add(digits.parse().ok()?)?;
        }
        Some((Self { level, number: whole }, width))
    }
}

/// A decimal number without zeros before it.
fn plain(digits: &str) -> Option<u64> {
    let number = digits.parse::<u64>().ok()?;
    (number.to_string() == digits).then_some(number)
}

/// A hash of many.
pub(crate) fn hash_at(hashes: &[u8], at: usize) -> Option<Hash> {
    hashes.get(at * HASH_BYTES..(at + 1) * HASH_BYTES)?.try_into().ok()
}

/// How many tiles a tree of this size has stored.
pub(crate) fn stored(size: u64) -> u64 {
    (1..LEVELS).map(|level| (size / span(level)).div_ceil(WIDTH)).sum::<u64>() + size / WIDTH
}

/// Where a tree grows: for each level the hashes after its last full tile.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// Leaves so far.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// The tiles that must be known to go on with a tree of this size; those of level 0 are no tiles yet, but entries.
    pub(crate) fn places(size: u64) -> impl Iterator<Item = Place> {
        let levels = (0..LEVELS).take_while(move |level| *level == 0 || size >= span(*level));
        levels.map(move |level| Place { level, number: size / span(level) / WIDTH })
    }

    /// Goes on with a tree of this size. `tile` gives the hashes at a place of [`Edge::places`]; `None` when they are too few.
    pub(crate) fn restore(size: u64, mut tile: impl FnMut(Place) -> Option<Vec<u8>>) -> Option<Self> {
        let mut levels = Vec::new();
        for place in Self::places(size) {
            let width = usize::try_from(place.width(size)).ok()?;
            let hashes = if width == 0 { Vec::new() } else { tile(place)? };
            levels.push((0..width).map(|at| hash_at(&hashes, at)).collect::<Option<Vec<_>>>()?);
        }
        Some(Self { size, levels })
    }

    /// Adds a leaf. Tiles that became full by it are given to `full`.
    pub(crate) fn push(&mut self, leaf: Hash, full: &mut Vec<Tile>) {
        let mut hash = leaf;
        self.size += 1;
        for level in 0..LEVELS {
            let at = usize::from(level);
            if self.levels.len() <= at {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(at) else { return };
            hashes.push(hash);
            if hashes.len() < usize::try_from(WIDTH).unwrap_or(usize::MAX) {
                return;
            }
            let number = self.size / span(level) / WIDTH - 1;
            full.push(Tile { place: Place { level, number }, hashes: hashes.concat() });
            hash = tree::root(hashes);
            hashes.clear();
        }
    }

    /// The tiles above level 0 that are not full.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = Tile> + '_ {
        let above = (0_u8..).zip(&self.levels).skip(1).filter(|(_, hashes)| !hashes.is_empty());
        above.map(|(level, hashes)| {
            let place = Place { level, number: self.size / span(level) / WIDTH };
            Tile { place, hashes: hashes.concat() }
        })
    }

    /// The root of the tree.
    pub(crate) fn root(&self) -> Hash {
        let mut peaks = Vec::new();
        for hashes in self.levels.iter().rev() {
            let mut rest = hashes.as_slice();
            while !rest.is_empty() {
                let (subtree, after) = rest.split_at(1 << rest.len().ilog2());
                peaks.push(tree::root(subtree));
                rest = after;
            }
        }
        tree::join(&peaks)
    }
}

/// A perfect subtree and the tile its root is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) place: Place,
    from: usize,
    count: usize,
}

impl Piece {
    /// The subtree's root, when the tile has its hashes.
    pub(crate) fn root(&self, tile: &[u8]) -> Option<Hash> {
        let mut peaks = Peaks::default();
        for at in self.from..self.from + self.count {
            peaks.push(hash_at(tile, at)?);
        }
        Some(peaks.root())
    }
}

/// The perfect subtrees that a part of a tree is joined of, the widest first. The part is one that stands in a proof, or a whole tree.
pub(crate) fn pieces(part: Range) -> Vec<Piece> {
    let (mut start, mut left, mut pieces) = (part.start, part.end.saturating_sub(part.start), Vec::new());
    while left > 0 {
        let height = left.ilog2();
        let level = u8::try_from(height / HEIGHT).unwrap_or(u8::MAX);
        let first = start / span(level);
        pieces.push(Piece {
            place: Place { level, number: first / WIDTH },
            from: usize::try_from(first % WIDTH).unwrap_or(usize::MAX),
            count: 1 << (height % HEIGHT),
        });
        start += 1 << height;
        left -= 1 << height;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// A tree grown leaf by leaf, with the tiles that would be stored.
    fn grown(leaves: &[Hash]) -> (Edge, BTreeMap<Place, Vec<u8>>) {
        let (mut edge, mut full, mut tiles) = (Edge::default(), Vec::new(), BTreeMap::new());
        for leaf in leaves {
            edge.push(*leaf, &mut full);
        }
        tiles.extend(full.into_iter().chain(edge.unfinished()).map(|tile| (tile.place, tile.hashes)));
        (edge, tiles)
    }

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|n| tree::leaf(&n.to_le_bytes())).collect()
    }

    /// What is stored, or for the last leaves what their entries give.
    fn read(tiles: &BTreeMap<Place, Vec<u8>>, leaves: &[Hash], place: Place) -> Option<Vec<u8>> {
        let from = leaves.len() - leaves.len() % 256;
        tiles.get(&place).cloned().or_else(|| (place.level == 0).then(|| leaves[from..].concat()))
    }

    fn hash(tiles: &BTreeMap<Place, Vec<u8>>, leaves: &[Hash], part: Range) -> Hash {
        let piece = |piece: Piece| piece.root(&read(tiles, leaves, piece.place).unwrap()).unwrap();
        tree::join(&pieces(part).into_iter().map(piece).collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn tiles_give_roots_and_proofs_of_every_size_up_to_theirs(
            size in 1_u64..70_000, earlier in any::<u64>(), index in any::<u64>(),
        ) {
            let all = leaves(size);
            let (edge, tiles) = grown(&all);
            prop_assert_eq!(edge.root(), tree::root(&all));
            prop_assert_eq!(tiles.len() as u64, stored(size));
            let earlier = 1 + earlier % size;
            let index = index % earlier;
            let part = |part: Range| hash(&tiles, &all, part);
            let (root, whole) = (part(0..earlier), part(0..size));
            prop_assert_eq!(root, tree::root(&all[..usize::try_from(earlier).unwrap()]));
            let proof: Vec<Hash> = tree::inclusion(index, earlier).into_iter().map(part).collect();
            prop_assert!(tree::verify_inclusion(index, earlier, &all[usize::try_from(index).unwrap()], &proof, &root));
            let proof: Vec<Hash> = tree::consistency(earlier, size).into_iter().map(part).collect();
            prop_assert!(tree::verify_consistency((earlier, &root), (size, &whole), &proof));
            let again = Edge::restore(size, |place| read(&tiles, &all, place)).unwrap();
            prop_assert_eq!(again.levels, edge.levels);
        }
    }

    #[test]
    fn the_specifications_example_of_seventy_thousand_has_its_tiles() {
        let (_, tiles) = grown(&leaves(70_000));
        let widths = |level| tiles.iter().filter(move |(place, _)| place.level == level).map(|(_, t)| t.len() / 32);
        assert_eq!((widths(0).count(), widths(0).all(|width| width == 256)), (273, true));
        assert_eq!((widths(1).collect::<Vec<_>>(), widths(2).collect::<Vec<_>>()), (vec![256, 17], vec![1]));
        assert_eq!(Place { level: 0, number: 273 }.width(70_000), 112);
        assert_eq!(Place { level: 1, number: 1 }.first_entry(), 65_537);
    }

    #[test]
    fn a_tile_has_one_address() {
        let place = |level, number| Place { level, number };
        for (path, expected) in [
            ("0/000", Some((place(0, 0), 256))),
            ("1/x001/x234/067", Some((place(1, 1_234_067), 256))),
            ("0/x001/000.p/17", Some((place(0, 1_000), 17))),
            ("0/000.p/256", None),
            ("0/000.p/0", None),
            ("0/000.p/017", None),
            ("00/000", None),
            ("8/000", None),
            ("0/0", None),
            ("0/x000/001", None),
            ("0/001/002", None),
            ("0/x001", None),
            ("0/+12", None),
            ("0/x999/x999/x999/x999/x999/x999/x999/999", None),
            ("entries/000", None),
            ("", None),
        ] {
            assert_eq!(Place::from_path(path), expected, "{path}");
        }
    }
}
