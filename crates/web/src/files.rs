//! Forms with files (`multipart/form-data`, RFC 7578), read part by part as they arrive: of a file no more is held than its reader allows, and
//! what is too much is read past, so that the browser gets an answer and not a broken connection.

use std::pin::Pin;
use std::task::Poll;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use futures_util::{Stream, stream};
use multer::{Constraints, Field, Multipart, SizeLimit};
use serde::de::DeserializeOwned;
use varde_base::Category;

use crate::form::{FORM_MAX_BYTES, FORM_MAX_FIELDS, is_of, is_text, read_as, read_fields, refusal, sender};

/// Largest form with files that is read to its end, in bytes. What its reader does not want of it is thrown away as it comes.
const STREAM_MAX_BYTES: u64 = 64 << 20;

/// The boundary of a form with files; `None` for another kind of body.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    multer::parse_boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?).ok()
}

/// A form with files that came from our own page and carries the token of the visitor's session ([`crate::SafeForm`] says how that is known); one
/// without files too. The token stands before the first file, so that no file of a stranger is read.
pub struct FileForm(Incoming);

/// A file as it was sent.
#[derive(Debug)]
pub struct SentFile {
    /// What it is called on the machine it comes from. Say nothing with it, and keep nothing under it, before it is cleaned.
    pub name: String,
    /// What is in it; `None` when that is more than was asked for.
    pub bytes: Option<Vec<u8>>,
}

impl<S: Send + Sync> FromRequest<S> for FileForm {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let (language, visitor) = sender(&mut parts, state).await?;
        let refuse = |category| refusal(category, language, &visitor);
        let mut incoming = match boundary(&parts.headers) {
            Some(boundary) => Incoming::new(boundary, body),
            None => {
                Incoming { fields: read_fields(&parts.headers, body).await.map_err(refuse)?, ..Incoming::default() }
            }
        };
        incoming.find_file().await.map_err(refuse)?;
        if is_of(&visitor, &incoming.fields) { Ok(Self(incoming)) } else { Err(refuse(Category::PreconditionFailed)) }
    }
}

impl FileForm {
    /// The fields that have come so far: at first those before the first file, after the last file all.
    ///
    /// # Errors
    /// [`Category::Invalid`] when they are not those of the form.
    pub fn fields<T: DeserializeOwned>(&self) -> Result<T, Category> {
        read_as(&self.0.fields)
    }

    /// The next file, of at most `max_bytes`; `None` when there are no more. A file field that was left empty is none.
    ///
    /// # Errors
    /// The category of what is wrong with the form.
    pub async fn next_file(&mut self, max_bytes: usize) -> Result<Option<SentFile>, Category> {
        self.0.find_file().await?;
        let Some(field) = self.0.file.take() else { return Ok(None) };
        let name = field.file_name().unwrap_or_default().to_owned();
        let bytes = read(field, max_bytes).await?;
        Ok(Some(SentFile { name, bytes }))
    }
}

/// The parts of a form as they come.
#[derive(Default)]
pub(crate) struct Incoming {
    parts: Option<Multipart<'static>>,
    fields: Vec<(String, String)>,
    /// A file that has begun.
    file: Option<Field<'static>>,
    count: usize,
    text_bytes: usize,
}

impl Incoming {
    /// Of the body with this boundary.
    pub(crate) fn new(boundary: String, body: Body) -> Self {
        let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(STREAM_MAX_BYTES));
        let parts = Multipart::with_constraints(piecewise(body), boundary, limits);
        Self { parts: Some(parts), ..Self::default() }
    }

    /// All fields; files are read past.
    pub(crate) async fn all_fields(mut self) -> Result<Vec<(String, String)>, Category> {
        loop {
            self.find_file().await?;
            match self.file.take() {
                Some(file) => drop(read(file, 0).await?),
                None => return Ok(self.fields),
            }
        }
    }

    /// Reads fields until a file begins or the form ends.
    async fn find_file(&mut self) -> Result<(), Category> {
        if self.file.is_some() {
            return Ok(());
        }
        let Some(parts) = &mut self.parts else { return Ok(()) };
        while let Some(field) = parts.next_field().await.map_err(|error| category(&error))? {
            self.count += 1;
            if self.count > FORM_MAX_FIELDS {
                return Err(Category::TooLarge);
            }
            match field.file_name() {
                Some("") => drop(read(field, 0).await?),
                Some(_) => {
                    self.file = Some(field);
                    return Ok(());
                }
                None => {
                    let name = field.name().unwrap_or_default().to_owned();
                    let room = FORM_MAX_BYTES.saturating_sub(self.text_bytes);
                    let bytes = read(field, room).await?.ok_or(Category::TooLarge)?;
                    self.text_bytes = self.text_bytes.saturating_add(bytes.len()).saturating_add(name.len());
                    let value = String::from_utf8(bytes).map_err(|_| Category::Invalid)?;
                    if !is_text(&value) {
                        return Err(Category::Invalid);
                    }
                    self.fields.push((name, value));
                }
            }
        }
        self.parts = None;
        Ok(())
    }
}

/// A body whose pieces are had one at a time: `multer` takes in all that is there to be had before it looks at any of it, and a fast sender
/// would fill the memory.
fn piecewise(body: Body) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static {
    let mut body = body.into_data_stream();
    let mut is_first = false;
    stream::poll_fn(move |context| {
        is_first = !is_first;
        if is_first {
            return match Pin::new(&mut body).poll_next(context) {
                Poll::Pending => {
                    is_first = false;
                    Poll::Pending
                }
                ready => ready,
            };
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

/// What is in a part, when that is at most `max_bytes`. The part is read to its end in any case, and of more than that nothing is held.
async fn read(mut field: Field<'static>, max_bytes: usize) -> Result<Option<Vec<u8>>, Category> {
    let mut bytes = Some(Vec::new());
    while let Some(chunk) = field.chunk().await.map_err(|error| category(&error))? {
        bytes = bytes.filter(|held| held.len().saturating_add(chunk.len()) <= max_bytes);
        if let Some(held) = &mut bytes {
            held.extend_from_slice(&chunk);
        }
    }
    Ok(bytes)
}

fn category(error: &multer::Error) -> Category {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => Category::TooLarge,
        _ => Category::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const BOUNDARY: &str = "grense";

    fn part(head: &str, content: &[u8]) -> Vec<u8> {
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {head}\r\n\r\n");
        [head.as_bytes(), content, b"\r\n"].concat()
    }

    /// A form whose bytes come `step` at a time.
    fn form(parts: &[Vec<u8>], ended: bool, step: usize) -> FileForm {
        let mut bytes = parts.concat();
        if ended {
            bytes.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        }
        let chunks: Vec<_> =
            bytes.chunks(step).map(|chunk| Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk))).collect();
        FileForm(Incoming::new(BOUNDARY.to_owned(), Body::from_stream(stream::iter(chunks))))
    }

    fn fields(form: &FileForm) -> Vec<(&str, &str)> {
        form.0.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    #[tokio::test]
    async fn fields_before_and_after_the_files_are_read_however_the_bytes_are_cut() {
        let parts = [
            part("name=\"topic\"", "Kne å ø".as_bytes()),
            part("name=\"files\"; filename=\"a.pdf\"", b"%PDF-1.4\r\n--gren"),
            part("name=\"files\"; filename=\"\"", b""),
            part("name=\"files\"; filename=\"b.png\"", b"12345"),
            part("name=\"then\"", b"save"),
        ];
        for step in [1, 7, 4096] {
            let mut form = form(&parts, true, step);
            let first = form.next_file(100).await.unwrap().unwrap();
            assert_eq!((first.name.as_str(), first.bytes.as_deref()), ("a.pdf", Some(&b"%PDF-1.4\r\n--gren"[..])));
            assert_eq!(fields(&form), [("topic", "Kne å ø")]);
            let second = form.next_file(4).await.unwrap().unwrap();
            assert_eq!((second.name.as_str(), second.bytes), ("b.png", None), "one byte too many");
            assert!(form.next_file(4).await.unwrap().is_none() && form.next_file(4).await.unwrap().is_none());
            assert_eq!(fields(&form), [("topic", "Kne å ø"), ("then", "save")]);
        }
    }

    #[tokio::test]
    async fn what_is_cut_off_too_long_too_many_or_no_text_is_refused() {
        let mut cut = form(&[part("name=\"a\"", b"x"), part("name=\"f\"; filename=\"a\"", b"12345")], false, 64);
        assert_eq!(cut.next_file(100).await.unwrap_err(), Category::Invalid);
        let long = vec![b'x'; FORM_MAX_BYTES / 2 + 1];
        let mut long = form(&[part("name=\"a\"", &long), part("name=\"b\"", &long)], true, 4096);
        assert_eq!(long.next_file(100).await.unwrap_err(), Category::TooLarge, "together");
        let many: Vec<_> = (0..=FORM_MAX_FIELDS).map(|_| part("name=\"a\"", b"x")).collect();
        assert_eq!(form(&many, true, 4096).next_file(100).await.unwrap_err(), Category::TooLarge);
        for bad in [&b"\xff"[..], b"a\0b"] {
            let mut bad = form(&[part("name=\"a\"", bad)], true, 4096);
            assert_eq!(bad.next_file(100).await.unwrap_err(), Category::Invalid);
        }
    }

    #[tokio::test]
    async fn no_more_is_read_than_the_stream_may_hold() {
        let head = part("name=\"f\"; filename=\"a\"", b"");
        let block = Bytes::from(vec![b'x'; 1 << 20]);
        let first = Ok::<_, std::io::Error>(Bytes::from(head[..head.len() - 2].to_vec()));
        let endless = stream::iter(std::iter::once(first).chain(std::iter::repeat_with(move || Ok(block.clone()))));
        let mut form = FileForm(Incoming::new(BOUNDARY.to_owned(), Body::from_stream(endless)));
        assert_eq!(form.next_file(10).await.unwrap_err(), Category::TooLarge);
    }

    #[tokio::test]
    async fn what_nobody_has_asked_for_yet_is_not_taken_in() {
        let pulled = Arc::new(AtomicUsize::new(0));
        let head = part("name=\"f\"; filename=\"a\"", b"");
        let (count, block) = (Arc::clone(&pulled), Bytes::from(vec![b'x'; 1 << 20]));
        let first = Ok::<_, std::io::Error>(Bytes::from(head[..head.len() - 2].to_vec()));
        let more = std::iter::repeat_with(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(block.clone())
        });
        let mut incoming =
            Incoming::new(BOUNDARY.to_owned(), Body::from_stream(stream::iter(std::iter::once(first).chain(more))));
        incoming.find_file().await.unwrap();
        assert!(incoming.file.is_some() && pulled.load(Ordering::Relaxed) < 3, "{pulled:?}");
    }

    #[tokio::test]
    async fn who_wants_the_fields_alone_is_spared_the_files() {
        let parts = [part("name=\"f\"; filename=\"a\"", &[7; 9_000]), part("name=\"text\"", b"Hei")];
        let FileForm(incoming) = form(&parts, true, 512);
        assert_eq!(incoming.all_fields().await.unwrap(), [("text".to_owned(), "Hei".to_owned())]);
    }

    #[test]
    fn a_boundary_is_only_in_forms_with_files() {
        for (kind, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("multipart/form-data", None),
            ("application/x-www-form-urlencoded", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", kind.parse().unwrap());
            assert_eq!(boundary(&headers).as_deref(), expected, "{kind}");
        }
    }
}
