//! From NDJSON to writes, a line at a time.

use varde_base::ResourceId;
use varde_fhir::json::Limits;
use varde_fhir::{Parsed as Resource, ReferenceMap, references};
use varde_store::{Put, Write};

use super::bundle::{Gone, Parser};
use super::place::Found;
use super::report::{Place, describe};
use super::{Batches, Parsed, Source, WHOLE};

/// What has been gathered of the file at hand.
#[derive(Default)]
pub(super) struct Lines {
    writes: Vec<Write>,
    /// The first line that is not in: the file's position stays before it, so that a later run comes back to it. What follows it
    /// is then compared with what is there and left alone.
    stuck: Option<u64>,
    put_off: bool,
}

/// Why a line is not in.
pub(super) enum NotIn {
    /// It never will be.
    Bad(String),
    /// A reference leads nowhere yet.
    Unresolved(String),
}

impl Lines {
    /// Takes whole lines; `first` is the number of the first, from 1.
    pub(super) fn take(&mut self, parser: &Parser, source: &Source, first: u64, bytes: &[u8]) -> Result<(), Gone> {
        for (number, line) in (first..).zip(bytes.split(|byte| *byte == b'\n')) {
            if line.iter().all(u8::is_ascii_whitespace) || number <= source.position {
                continue;
            }
            match prepare(parser, line) {
                Ok(put) => {
                    let mut batches = Batches::resume(source, std::mem::take(&mut self.writes));
                    let full = batches.add(Write::Put(Box::new(put)), self.position(number));
                    self.writes = batches.into_writes();
                    full.map_or(Ok(()), |batch| parser.send(Parsed::Batch(batch)))?;
                }
                Err(NotIn::Unresolved(_)) if !parser.last => {
                    self.put_off = true;
                    self.stuck.get_or_insert(number);
                }
                Err(NotIn::Bad(what) | NotIn::Unresolved(what)) => {
                    self.stuck.get_or_insert(number);
                    parser.reject(&source.path, Some(Place::Line(number)), what)?;
                }
            }
        }
        Ok(())
    }

    /// The file has ended with line `last`.
    pub(super) fn end(&mut self, parser: &Parser, source: &Source, last: u64) -> Result<(), Gone> {
        let position = if self.stuck.is_some() { self.position(last) } else { WHOLE };
        let writes = std::mem::take(&mut self.writes);
        parser.send(Parsed::Batch(Batches::resume(source, writes).take(position)))?;
        if self.put_off {
            let again = Source { position: self.position(last), ..source.clone() };
            parser.send(Parsed::PutOff(again))?;
        }
        *self = Self::default();
        Ok(())
    }

    /// Lines up to `number` are in, unless one got stuck before.
    fn position(&self, number: u64) -> u64 {
        self.stuck.map_or(number, |stuck| number.min(stuck - 1))
    }
}

/// The write of one resource that stands by itself.
pub(super) fn prepare(parser: &Parser, line: &[u8]) -> Result<Put, NotIn> {
    let resource = Resource::parse(line, &Limits::default()).map_err(|issues| NotIn::Bad(describe(&issues)))?;
    let id = resource.id().ok_or_else(|| NotIn::Bad(format!("{}.id: missing", resource.resource_type())))?;
    let id: ResourceId = id;
    let mut map = ReferenceMap::new();
    for reference in references(&resource).filter(|reference| super::bundle::is_condition(reference.value)) {
        let what = |why: &str| format!("{}: {why}", reference.expression);
        match parser.places().find(reference.value, &parser.store, &parser.runtime) {
            Found::One(resource_type, id) => map.insert(reference.value, resource_type, &id),
            Found::None => return Err(NotIn::Unresolved(what("nothing matches the conditional reference"))),
            Found::Never(why) => return Err(NotIn::Bad(what(&why))),
        }
    }
    parser.note(&resource, &id);
    Ok(Put::new(resource, id, &map))
}
