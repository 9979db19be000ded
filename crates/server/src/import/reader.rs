//! Reads and decompresses files, as fast as the parser takes them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::{Progress, Source};

/// Largest Bundle, decompressed. Larger sets of data come as NDJSON.
pub(super) const MAX_BUNDLE_BYTES: u64 = 256 << 20;
/// Largest line of NDJSON.
pub(super) const MAX_LINE_BYTES: usize = 16 << 20;
/// Lines are handed on in pieces of about this size.
const LINES_BYTES: usize = 1 << 20;
const BUFFER_BYTES: usize = 256 << 10;

/// What the parser gets.
pub(super) enum Piece {
    /// A file with one Bundle or one resource.
    Document(Source, Vec<u8>),
    /// Whole lines of a file, and the number of the first, from 1.
    Lines(Arc<Source>, u64, Vec<u8>),
    /// The lines of a file have ended with this one.
    EndOfLines(Arc<Source>, u64),
    /// The file cannot be read.
    Failed(Source, String),
}

/// SHA-256 of a file as it lies on disk, in hexadecimal.
pub(super) fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut sha = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        sha.update(buffer.get(..length).unwrap_or_default());
    }
    Ok(sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Reads the files in order until all are read, the parser has gone, or `stop` is set.
pub(super) fn read(sources: &[Source], pieces: &SyncSender<Piece>, progress: &Progress, stop: &AtomicBool) {
    for source in sources {
        let lines = name(source).is_some_and(|name| name.ends_with(".ndjson") || name.ends_with(".jsonl"));
        let done = if lines { read_lines(source, pieces, progress, stop) } else { document(source, pieces, progress) };
        let gone = match done {
            Ok(gone) => gone,
            Err(error) => pieces.send(Piece::Failed(source.clone(), error.to_string())).is_err(),
        };
        if gone || stop.load(Ordering::Relaxed) {
            return;
        }
    }
}

/// The name without the ending of a compression.
fn name(source: &Source) -> Option<String> {
    let name = source.path.file_name()?.to_str()?.to_lowercase();
    let plain = name.strip_suffix(".bz2").or_else(|| name.strip_suffix(".gz"));
    Some(plain.map_or(name.clone(), str::to_owned))
}

fn open<'a>(source: &Source, progress: &'a Progress) -> io::Result<Box<dyn BufRead + 'a>> {
    let file = BufReader::with_capacity(BUFFER_BYTES, Counted { file: File::open(&source.path)?, progress });
    Ok(match source.path.extension().and_then(|extension| extension.to_str()) {
        Some("bz2") => Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiBzDecoder::new(file))),
        Some("gz") => Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(file))),
        _ => Box::new(file),
    })
}

struct Counted<'a> {
    file: File,
    progress: &'a Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.progress.read(length as u64);
        Ok(length)
    }
}

/// `true` when the parser has gone.
fn document(source: &Source, pieces: &SyncSender<Piece>, progress: &Progress) -> io::Result<bool> {
    let mut bytes = Vec::new();
    open(source, progress)?.take(MAX_BUNDLE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BUNDLE_BYTES {
        return Err(io::Error::other("the file is larger than 256 MiB; larger sets of data come as NDJSON"));
    }
    Ok(pieces.send(Piece::Document(source.clone(), bytes)).is_err())
}

fn read_lines(source: &Source, pieces: &SyncSender<Piece>, progress: &Progress, stop: &AtomicBool) -> io::Result<bool> {
    let source = Arc::new(source.clone());
    let mut file = open(&source, progress)?;
    let (mut first, mut line) = (1, 0);
    let mut bytes = Vec::with_capacity(LINES_BYTES);
    loop {
        let before = bytes.len();
        let length = (&mut file).take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut bytes)?;
        line += u64::from(length > 0);
        if bytes.len() - before > MAX_LINE_BYTES {
            return Err(io::Error::other(format!("line {line} is longer than 16 MiB")));
        }
        let enough = bytes.len() >= LINES_BYTES || length == 0;
        if enough && !bytes.is_empty() {
            let full = std::mem::replace(&mut bytes, Vec::with_capacity(LINES_BYTES));
            if pieces.send(Piece::Lines(Arc::clone(&source), first, full)).is_err() || stop.load(Ordering::Relaxed) {
                return Ok(true);
            }
            first = line + 1;
        }
        if length == 0 {
            return Ok(pieces.send(Piece::EndOfLines(source, line)).is_err());
        }
    }
}
