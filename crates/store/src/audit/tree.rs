//! The Merkle tree over the entries of the access log, as certificate transparency has it (RFC 9162 section 2.1, the same as RFC 6962's):
//! what stands where, proofs that an entry is in a tree and that a tree goes on from an earlier one, and the verification of both.
//!
//! Pure functions over hashes. Where the hashes lie is [`super::tiles`]'s matter. Leaves are counted from 0, entries of the log from 1.

use sha2::{Digest as _, Sha256};

use super::chain::Hash;

/// Most hashes a proof can have: a tree of 2^63 leaves has no more levels.
pub(crate) const LONGEST_PROOF: usize = 64;

/// The hash of a leaf: an entry's bytes.
pub(crate) fn leaf(entry: &[u8]) -> Hash {
    let mut sha = Sha256::new();
    sha.update([0]);
    sha.update(entry);
    sha.finalize().into()
}

/// The hash of two subtrees side by side.
pub(crate) fn node(left: &Hash, right: &Hash) -> Hash {
    let mut sha = Sha256::new();
    sha.update([1]);
    sha.update(left);
    sha.update(right);
    sha.finalize().into()
}

/// The root of a tree without leaves.
pub(crate) fn empty() -> Hash {
    Sha256::digest([]).into()
}

/// The root of a tree over these hashes.
pub(crate) fn root(hashes: &[Hash]) -> Hash {
    let mut peaks = Peaks::default();
    for hash in hashes {
        peaks.push(*hash);
    }
    peaks.root()
}

/// The right edge of a tree that grows: the roots of its perfect subtrees, the widest first. Adding a leaf costs one hash on average.
#[derive(Debug, Clone, Default)]
pub(crate) struct Peaks {
    hashes: Vec<Hash>,
    count: u64,
}

impl Peaks {
    /// Adds a leaf on the right.
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        let mut count = self.count;
        // As many subtrees are finished as the count has ones at its end.
        while count & 1 == 1 {
            let Some(left) = self.hashes.pop() else { break };
            hash = node(&left, &hash);
            count >>= 1;
        }
        self.hashes.push(hash);
        self.count += 1;
    }

    /// The root of the whole tree.
    pub(crate) fn root(&self) -> Hash {
        join(&self.hashes)
    }
}

/// The root over perfect subtrees that stand side by side, the widest first.
pub(crate) fn join(subtrees: &[Hash]) -> Hash {
    let mut rest = subtrees.iter().rev();
    let Some(last) = rest.next() else { return empty() };
    rest.fold(*last, |right, left| node(left, &right))
}

/// Leaves from one place up to another.
pub(crate) type Range = std::ops::Range<u64>;

/// Where a tree is parted: the greatest power of two below its size.
const fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// Which parts of a tree the proof is made of that a leaf is in it, lowest first (RFC 9162 section 2.1.3.1). Empty for a leaf that is not.
pub(crate) fn inclusion(index: u64, size: u64) -> Vec<Range> {
    let (mut parts, mut whole) = (Vec::new(), 0..size);
    if index >= size {
        return parts;
    }
    while whole.end - whole.start > 1 {
        let middle = whole.start + split(whole.end - whole.start);
        if index < middle {
            parts.push(middle..whole.end);
            whole.end = middle;
        } else {
            parts.push(whole.start..middle);
            whole.start = middle;
        }
    }
    parts.reverse();
    parts
}

/// Which parts of a tree of `to` leaves the proof is made of that it begins with the tree of `from` leaves (RFC 9162 section 2.1.4.1).
pub(crate) fn consistency(from: u64, to: u64) -> Vec<Range> {
    let mut parts = Vec::new();
    if from == 0 || from >= to {
        return parts;
    }
    let (mut whole, mut is_whole_known) = (0..to, true);
    while from != whole.end {
        let middle = whole.start + split(whole.end - whole.start);
        if from <= middle {
            parts.push(middle..whole.end);
            whole.end = middle;
        } else {
            parts.push(whole.start..middle);
            whole.start = middle;
            is_whole_known = false;
        }
    }
    if !is_whole_known {
        parts.push(whole);
    }
    parts.reverse();
    parts
}

/// Whether a leaf is at this place in the tree of this size and root (RFC 9162 section 2.1.3.2).
pub(crate) fn verify_inclusion(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &Hash) -> bool {
    if index >= size || proof.len() > LONGEST_PROOF {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for part in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(part, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, part);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the second tree, by size and root, begins with all of the first (RFC 9162 section 2.1.4.2). Every tree goes on from the empty one.
pub(crate) fn verify_consistency(from: (u64, &Hash), to: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((from, from_root), (to, to_root)) = (from, to);
    if from > to || proof.len() > LONGEST_PROOF {
        return false;
    }
    if from == to {
        return proof.is_empty() && from_root == to_root;
    }
    if from == 0 {
        return proof.is_empty() && *from_root == empty();
    }
    let (mut at, mut last) = (from - 1, to - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    // Of a perfect tree the root itself is where both begin, and it is known.
    let (first, rest) = match proof.split_first() {
        None => return false,
        Some(_) if from.is_power_of_two() => (from_root, proof),
        Some(parted) => parted,
    };
    let (mut old, mut new) = (*first, *first);
    for part in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old = node(part, &old);
            new = node(part, &new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new = node(&new, part);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old == *from_root && new == *to_root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 9162 section 2.1.1, word by word.
    fn naive(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty(),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(usize::try_from(split(leaves.len() as u64)).unwrap());
                node(&naive(left), &naive(right))
            }
        }
    }

    fn at(place: u64) -> usize {
        usize::try_from(place).unwrap()
    }

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|n| leaf(&n.to_le_bytes())).collect()
    }

    fn hashes(leaves: &[Hash], parts: Vec<Range>) -> Vec<Hash> {
        let part = |part: Range| naive(&leaves[at(part.start)..at(part.end)]);
        parts.into_iter().map(part).collect()
    }

    fn hex(hash: &Hash) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The inputs and roots that the implementations of RFC 6962 test themselves by.
    #[test]
    fn the_known_trees_have_the_known_roots() {
        let entries: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf(entry)).collect();
        for (size, expected) in roots.iter().enumerate() {
            assert_eq!(hex(&root(&leaves[..size])), *expected, "{size} leaves");
        }
        // RFC 9162 section 2.1.5: the proofs of its tree of seven.
        let parts: [(u64, &[Range]); 4] =
            [(0, &[1..2, 2..4, 4..7]), (3, &[2..3, 0..2, 4..7]), (4, &[5..6, 6..7, 0..4]), (6, &[4..6, 0..4])];
        for (index, expected) in parts {
            assert_eq!(inclusion(index, 7), expected, "d{index}");
        }
        assert_eq!(consistency(3, 7), [2..3, 3..4, 0..2, 4..7]);
        assert_eq!(consistency(4, 7), std::iter::once(4..7).collect::<Vec<_>>());
        assert_eq!(consistency(6, 7), [4..6, 6..7, 0..4]);
    }

    #[test]
    fn every_small_tree_proves_every_leaf_and_every_beginning_and_nothing_else() {
        for size in 1..=33 {
            let all = leaves(size);
            let whole = root(&all);
            assert_eq!(whole, naive(&all));
            for index in 0..size {
                let proof = hashes(&all, inclusion(index, size));
                for claimed in 0..=size {
                    let holds = verify_inclusion(claimed, size, &all[at(index)], &proof, &whole);
                    assert_eq!(holds, claimed == index, "leaf {index} of {size} as {claimed}");
                }
            }
            for from in 0..=size {
                let (proof, before) = (hashes(&all, consistency(from, size)), root(&all[..at(from)]));
                for claimed in 0..=size + 1 {
                    let holds = verify_consistency((claimed, &before), (size, &whole), &proof);
                    assert_eq!(holds, claimed == from, "{from} to {size} as {claimed}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn proofs_of_any_tree_verify_and_any_flipped_bit_is_refused(
            size in 1_u64..3_000, index in any::<u64>(), from in any::<u64>(), place in any::<usize>(), bit in 0_u8..8,
        ) {
            let all = leaves(size);
            let (index, from, whole) = (index % size, 1 + from % size, root(&all));
            prop_assert_eq!(whole, naive(&all));
            let flip = |hash: &Hash| {
                let mut hash = *hash;
                hash[place % 32] ^= 1 << bit;
                hash
            };
            let (proof, mine) = (hashes(&all, inclusion(index, size)), &all[at(index)]);
            prop_assert!(verify_inclusion(index, size, mine, &proof, &whole));
            prop_assert!(!verify_inclusion(index, size, &flip(mine), &proof, &whole));
            prop_assert!(!verify_inclusion(index, size, mine, &proof, &flip(&whole)));
            for n in 0..proof.len() {
                let mut changed = proof.clone();
                changed[n] = flip(&changed[n]);
                prop_assert!(!verify_inclusion(index, size, mine, &changed, &whole));
                let mut shorter = proof.clone();
                shorter.remove(n);
                prop_assert!(!verify_inclusion(index, size, mine, &shorter, &whole));
            }
            let (proof, before) = (hashes(&all, consistency(from, size)), root(&all[..at(from)]));
            prop_assert!(verify_consistency((from, &before), (size, &whole), &proof));
            prop_assert!(!verify_consistency((from, &flip(&before)), (size, &whole), &proof));
            prop_assert!(!verify_consistency((from, &before), (size, &flip(&whole)), &proof));
            for n in 0..proof.len() {
                let mut changed = proof.clone();
                changed[n] = flip(&changed[n]);
                prop_assert!(!verify_consistency((from, &before), (size, &whole), &changed));
            }
        }
    }
}
