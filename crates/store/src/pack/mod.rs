//! Bodies and lists of index rows as they lie on disk: packed with Zstandard and a dictionary of what such data mostly say, which makes a
//! small resource about a sixth of its size (docs/decisions/0008-packed-bodies.md).
//!
//! What was stored before, or does not become smaller, is kept as it is: the first byte tells.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// What is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The JSON of a resource.
    Body,
    /// Index rows ([`super::sql::keys::encode`]).
    List,
}

/// First byte of what is packed: no JSON and no list begins so. A new dictionary gets another.
const PACKED: u8 = 0xF1;
/// The first byte, and the plain length in four.
const HEAD_BYTES: usize = 5;
/// Longest plain form: more than any body that is taken in.
const LONGEST_BYTES: usize = 64 << 20;
/// Level 1 takes half the time of level 3; the dictionary does most of the work on small data, so that little is lost.
const LEVEL: i32 = 1;

const BODY_DICTIONARY: &[u8] = include_bytes!("body-1.dict");
const LIST_DICTIONARY: &[u8] = include_bytes!("list-1.dict");

static ENCODERS: LazyLock<[EncoderDictionary<'static>; 2]> = LazyLock::new(|| {
    [EncoderDictionary::copy(BODY_DICTIONARY, LEVEL), EncoderDictionary::copy(LIST_DICTIONARY, LEVEL)]
});
static DECODERS: LazyLock<[DecoderDictionary<'static>; 2]> =
    LazyLock::new(|| [DecoderDictionary::copy(BODY_DICTIONARY), DecoderDictionary::copy(LIST_DICTIONARY)]);

/// Working memory of a thread, one for each kind.
struct Workers<T>([Option<T>; 2]);

impl<T> Workers<T> {
    const NONE: Self = Self([None, None]);

    /// The worker for a kind, made when it is first asked for.
    fn get(&mut self, kind: Kind, make: impl FnOnce() -> io::Result<T>) -> io::Result<&mut T> {
        let [body, list] = &mut self.0;
        let place = match kind {
            Kind::Body => body,
            Kind::List => list,
        };
        match place {
            Some(worker) => Ok(worker),
            none => Ok(none.insert(make()?)),
        }
    }
}

thread_local! {
    static COMPRESSORS: RefCell<Workers<Compressor<'static>>> = const { RefCell::new(Workers::NONE) };
    static DECOMPRESSORS: RefCell<Workers<Decompressor<'static>>> = const { RefCell::new(Workers::NONE) };
}

/// As it is to be stored.
pub(crate) fn pack(kind: Kind, plain: &[u8]) -> Vec<u8> {
    let length = u32::try_from(plain.len()).ok().filter(|_| plain.len() > HEAD_BYTES);
    let packed = length.and_then(|length| {
        let packed = COMPRESSORS.with_borrow_mut(|workers| {
            let [body, list] = &*ENCODERS;
            let dictionary = if kind == Kind::Body { body } else { list };
            let make = || {
                let mut made = Compressor::with_prepared_dictionary(dictionary)?;
                // The length stands in front, the checksum beside the body, and there is one dictionary.
                made.include_contentsize(false)?;
                made.include_checksum(false)?;
                made.include_dictid(false)?;
                Ok(made)
            };
            workers.get(kind, make)?.compress(plain)
        });
        Some((length, packed.ok()?))
    });
    match packed {
        Some((length, packed)) if packed.len() + HEAD_BYTES < plain.len() => {
            let mut out = Vec::with_capacity(packed.len() + HEAD_BYTES);
            out.push(PACKED);
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(&packed);
            out
        }
        // Keeping it plain is always right.
        _ => plain.to_vec(),
    }
}

/// As it was before it was stored; `None` when it is damaged.
pub(crate) fn unpack(kind: Kind, stored: &[u8]) -> Option<Vec<u8>> {
    let Some((&PACKED, rest)) = stored.split_first() else { return Some(stored.to_vec()) };
    let (length, packed) = rest.split_at_checked(4)?;
    let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()?;
    if length > LONGEST_BYTES {
        return None;
    }
    let plain = DECOMPRESSORS.with_borrow_mut(|workers| {
        let [body, list] = &*DECODERS;
        let dictionary = if kind == Kind::Body { body } else { list };
        workers.get(kind, || Decompressor::with_prepared_dictionary(dictionary))?.decompress(packed, length)
    });
    plain.ok().filter(|plain| plain.len() == length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_small_resource_becomes_a_fraction_and_comes_back_to_the_byte() {
        let body = br#"{"resourceType":"Observation","id":"o1","meta":{"versionId":"1","lastUpdated":"2026-11-01T10:00:00Z"},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Body weight"}]},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-01-01","valueQuantity":{"value":64.50,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}"#;
        let packed = pack(Kind::Body, body);
        assert!(packed.len() * 2 < body.len(), "{} of {}", packed.len(), body.len());
        assert_eq!(unpack(Kind::Body, &packed).as_deref(), Some(&body[..]));
    }

    #[test]
    fn what_was_stored_plain_is_read_as_it_is() {
        for plain in [&b""[..], b"{}", b"\x00\x01", br#"{"resourceType":"Basic"}"#] {
            assert_eq!(unpack(Kind::Body, plain).as_deref(), Some(plain));
        }
    }

    #[test]
    fn what_is_damaged_is_not_read() {
        let packed = pack(Kind::Body, &br#"{"resourceType":"Patient","active":true}"#.repeat(4));
        assert_eq!(packed.first(), Some(&PACKED));
        assert_eq!(unpack(Kind::Body, &packed[..packed.len() - 1]), None);
        assert_eq!(unpack(Kind::Body, &[PACKED, 0xFF, 0xFF, 0xFF, 0xFF, 0]), None);
        assert_eq!(unpack(Kind::Body, &[PACKED]), None);
    }

    proptest! {
        #[test]
        fn anything_comes_back_as_it_went_in(text in "[{}\"a-z:,0-9 ]{0,2000}", list in proptest::collection::vec(0..8_u8, 0..600)) {
            let body = format!("{{{text}");
            prop_assert_eq!(unpack(Kind::Body, &pack(Kind::Body, body.as_bytes())), Some(body.into_bytes()));
            prop_assert_eq!(unpack(Kind::List, &pack(Kind::List, &list)), Some(list));
        }

        #[test]
        fn noise_is_an_answer_or_none_and_never_a_panic(noise in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut stored = vec![PACKED];
            stored.extend(noise);
            let _ = unpack(Kind::List, &stored);
        }
    }
}
