//! The summary on paper: a PDF that can be searched and copied from, and is tagged for screen readers (PDF/UA-1, ISO 14289-1, as far as a
//! program can check; docs/decisions/0017-pdf.md).
//!
//! The layout is one column of lines on A4. Letters are placed by their widths alone; the languages of the portal need no more.

use std::num::NonZeroU16;

use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Data, Document, SerializeSettings};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

static REGULAR: &[u8] = include_bytes!("../../assets/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../assets/NotoSans-Bold.ttf");

/// A4, and its margin, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
/// Distance of lines by the size of the letters.
const LEADING: f32 = 1.4;
/// Most pages; what does not fit any more is said to be left out by the caller's limits.
const MAX_PAGES: usize = 60;

/// What stands on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paper {
    /// Title of the document.
    pub title: String,
    /// Tag of its language.
    pub language: &'static str,
    /// What stands on it, in order.
    pub blocks: Vec<Block>,
}

/// A piece of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading of the second level.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A list: what stands large, and what stands below it.
    List(Vec<(String, String)>),
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
#[error("a PDF could not be made: {0}")]
pub(super) struct PdfError(String);

/// A font as it is drawn and as it is measured.
struct Face {
    font: Font,
    measured: FontRef<'static>,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Result<Self, PdfError> {
        let font = Font::new(Data::from(bytes), 0).ok_or_else(|| PdfError("no font".to_owned()))?;
        let measured = FontRef::new(bytes).map_err(|error| PdfError(error.to_string()))?;
        Ok(Self { font, measured })
    }

    /// The letters of a text; one that the font lacks becomes a question mark.
    fn letters(&self, text: &str) -> String {
        let letters = self.measured.charmap();
        let has = |letter: char| letters.map(letter).is_some_and(|glyph| glyph.to_u32() != 0);
        text.chars().map(|letter| if has(letter) { letter } else { '?' }).collect()
    }

    /// The glyphs of letters, with their widths by the size of the letters.
    fn glyphs(&self, letters: &str) -> Vec<KrillaGlyph> {
        let map = self.measured.charmap();
        let metrics = self.measured.glyph_metrics(Size::unscaled(), LocationRef::default());
        let unit = self.font.units_per_em();
        let glyph = |(at, letter): (usize, char)| {
            let glyph = map.map(letter).unwrap_or_default();
            let width = metrics.advance_width(glyph).unwrap_or_default() / unit;
            KrillaGlyph::new(GlyphId::new(glyph.to_u32()), width, 0.0, 0.0, 0.0, at..at + letter.len_utf8(), None)
        };
        letters.char_indices().map(glyph).collect()
    }

    fn width(&self, letters: &str, size: f32) -> f32 {
        self.glyphs(letters).iter().map(|glyph| glyph.x_advance * size).sum()
    }

    /// The text in lines that fit, each but the last ending in a space, so that words stay apart when they are copied.
    fn lines(&self, text: &str, size: f32, room: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in self.letters(text).split_whitespace().flat_map(|word| self.broken(word, size, room)) {
            let Some(line) = lines.last_mut() else { break };
            let longer = if line.is_empty() { word.clone() } else { format!("{line}{word}") };
            if line.is_empty() || self.width(&longer, size) <= room {
                *line = longer;
            } else {
                lines.push(word);
                continue;
            }
            if let Some(line) = lines.last_mut() {
                line.push(' ');
            }
        }
        lines.into_iter().map(|line| line.trim_end().to_owned() + " ").collect()
    }

    /// A word too long for a line in pieces.
    fn broken(&self, word: &str, size: f32, room: f32) -> Vec<String> {
        let mut pieces = vec![String::new()];
        let mut used = 0.0;
        for letter in word.chars() {
            let width = self.width(letter.encode_utf8(&mut [0; 4]), size);
            if used + width > room {
                pieces.push(String::new());
                used = 0.0;
            }
            used += width;
            if let Some(piece) = pieces.last_mut() {
                piece.push(letter);
            }
        }
        pieces
    }
}

/// One line where it stands.
struct Placed {
    page: usize,
    x: f32,
    y: f32,
    size: f32,
    is_bold: bool,
    letters: String,
}

/// Lines that belong together in the tags.
enum Tagged {
    Title(Vec<Placed>),
    Heading(String, Vec<Placed>),
    Paragraph(Vec<Placed>),
    List(Vec<(Vec<Placed>, Vec<Placed>)>),
}

/// Where the next line goes.
struct Pen<'f> {
    regular: &'f Face,
    bold: &'f Face,
    page: usize,
    y: f32,
}

impl Pen<'_> {
    fn space(&mut self, points: f32) {
        self.y += points;
    }

    /// Goes on to the next page when less than this is left.
    fn need(&mut self, points: f32) {
        if self.y + points > HEIGHT - MARGIN {
            self.page += 1;
            self.y = MARGIN;
        }
    }

    fn write(&mut self, text: &str, size: f32, is_bold: bool, indent: f32) -> Vec<Placed> {
        let face = if is_bold { self.bold } else { self.regular };
        let lines = face.lines(text, size, WIDTH - 2.0 * MARGIN - indent);
        let place = |letters: String| {
            self.need(size * LEADING);
            self.y += size * LEADING;
            Placed { page: self.page, x: MARGIN + indent, y: self.y, size, is_bold, letters }
        };
        lines.into_iter().map(place).collect()
    }
}

/// The PDF.
///
/// # Errors
/// [`PdfError`] when a font is damaged or the document would not be accessible.
pub(super) fn write(paper: &Paper) -> Result<Vec<u8>, PdfError> {
    let (regular, bold) = (Face::new(REGULAR)?, Face::new(BOLD)?);
    let mut pen = Pen { regular: &regular, bold: &bold, page: 0, y: MARGIN };
    let mut tagged = vec![Tagged::Title(pen.write(&paper.title, 20.0, true, 0.0))];
    for block in &paper.blocks {
        tagged.push(placed(&mut pen, block));
    }
    if pen.page >= MAX_PAGES {
        return Err(PdfError("too many pages".to_owned()));
    }
    let configuration: Configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let drawn = draw(&mut document, &tagged, pen.page, &regular, &bold)?;
    document.set_outline(outline(&tagged));
    document.set_tag_tree(tags(&tagged, drawn, paper.language));
    let metadata = Metadata::new().title(paper.title.clone()).language(paper.language.to_owned());
    document.set_metadata(metadata.creator("Varde".to_owned()));
    document.finish().map_err(|error| PdfError(format!("{error:?}")))
}

fn placed(pen: &mut Pen<'_>, block: &Block) -> Tagged {
    match block {
        Block::Heading(words) => {
            pen.space(14.0);
            // A heading does not stand alone at the end of a page.
            pen.need(60.0);
            Tagged::Heading(words.clone(), pen.write(words, 13.0, true, 0.0))
        }
        Block::Paragraph(words) => {
            pen.space(4.0);
            Tagged::Paragraph(pen.write(words, 10.5, false, 0.0))
        }
        Block::List(items) => {
            let item = |(name, detail): &(String, String)| {
                pen.space(4.0);
                let name = pen.write(name, 10.5, true, 8.0);
                let detail = if detail.is_empty() { Vec::new() } else { pen.write(detail, 10.0, false, 8.0) };
                (name, detail)
            };
            Tagged::List(items.iter().map(item).collect())
        }
    }
}

impl Tagged {
    fn lines(&self) -> Vec<&Placed> {
        match self {
            Self::Title(lines) | Self::Heading(_, lines) | Self::Paragraph(lines) => lines.iter().collect(),
            Self::List(items) => items.iter().flat_map(|(name, detail)| name.iter().chain(detail)).collect(),
        }
    }
}

/// Draws page by page; the marks of the lines come back in their order.
fn draw(
    document: &mut Document,
    tagged: &[Tagged],
    last: usize,
    regular: &Face,
    bold: &Face,
) -> Result<Vec<Identifier>, PdfError> {
    let lines: Vec<&Placed> = tagged.iter().flat_map(Tagged::lines).collect();
    let mut marks = Vec::with_capacity(lines.len());
    for number in 0..=last {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| PdfError("no page".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for line in lines.iter().filter(|line| line.page == number) {
            let face = if line.is_bold { bold } else { regular };
            marks.push(surface.start_tagged(ContentTag::Span(SpanTag::empty())));
            let glyphs = face.glyphs(&line.letters);
            surface.draw_glyphs(
                Point::from_xy(line.x, line.y),
                &glyphs,
                face.font.clone(),
                &line.letters,
                line.size,
                false,
            );
            surface.end_tagged();
        }
        let of = format!("{} / {}", number + 1, last + 1);
        surface.start_tagged(ContentTag::Artifact(krilla::tagging::Artifact::with_kind(ArtifactType::Footer)));
        let at = Point::from_xy(WIDTH - MARGIN - regular.width(&of, 9.0), HEIGHT - MARGIN / 2.0);
        surface.draw_glyphs(at, &regular.glyphs(&of), regular.font.clone(), &of, 9.0, false);
        surface.end_tagged();
        surface.finish();
        page.finish();
    }
    Ok(marks)
}

/// The headings, to go to from the side of a reader's window.
fn outline(tagged: &[Tagged]) -> Outline {
    let mut outline = Outline::new();
    for piece in tagged {
        if let Tagged::Heading(words, lines) = piece
            && let Some(first) = lines.first()
        {
            let at = XyzDestination::new(first.page, Point::from_xy(first.x, first.y - first.size));
            outline.push_child(OutlineNode::new(words.clone(), at));
        }
    }
    outline
}

fn tags(tagged: &[Tagged], marks: Vec<Identifier>, language: &str) -> TagTree {
    let mut marks = marks.into_iter();
    let mut take = |lines: &[Placed]| marks.by_ref().take(lines.len()).map(Node::from).collect::<Vec<Node>>();
    let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
    for piece in tagged {
        let group = match piece {
            Tagged::Title(lines) => TagGroup::with_children(Tag::Hn(level(1), Some(words(lines))), take(lines)),
            Tagged::Heading(title, lines) => {
                TagGroup::with_children(Tag::Hn(level(2), Some(title.clone())), take(lines))
            }
            Tagged::Paragraph(lines) => TagGroup::with_children(Tag::P, take(lines)),
            Tagged::List(items) => {
                let mut list = TagGroup::new(Tag::L(ListNumbering::None));
                for (name, detail) in items {
                    let mut body = TagGroup::new(Tag::LBody);
                    for lines in [name, detail].into_iter().filter(|lines| !lines.is_empty()) {
                        body.push(TagGroup::with_children(Tag::P, take(lines)));
                    }
                    let mut item = TagGroup::new(Tag::LI);
                    item.push(body);
                    list.push(item);
                }
                list
            }
        };
        tree.push(group);
    }
    tree
}

fn words(lines: &[Placed]) -> String {
    lines.iter().map(|line| line.letters.as_str()).collect::<String>().trim().to_owned()
}

fn level(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap_or(NonZeroU16::MIN)
}
