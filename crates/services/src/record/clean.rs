//! What sources write, made harmless: a few tags without any attribute, so that there is no script, no style, no picture from elsewhere and no link that
//! leads away (docs/decisions/0013-harmless-html.md). What comes out has no attributes at all, which is what [`super::glossary`] builds on.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use maud::{Markup, PreEscaped, html};

/// Longest text that is shown on a page, bytes; a longer one is handed out as a file.
pub(super) const MAX_TEXT_BYTES: usize = 300_000;

/// Tags that are kept.
const TAGS: [&str; 31] = [
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Headings of all levels become headings of one.
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// The level of headings inside a document, which stands under a heading of our own of the second level.
const LEVEL: &str = "h3";

static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .tag_attributes(HashMap::new())
        .generic_attributes(HashSet::new())
        // What stands inside these is no text of the document.
        .clean_content_tags(HashSet::from([
            "script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math",
        ]))
        .strip_comments(true)
        .link_rel(None);
    builder
});

/// How much work a document may be: the tags that are open, counted at each that opens. A reader of HTML looks through what is open at each tag, and may
/// repeat it in each paragraph, so that a small document can cost minutes and gigabytes. A note of twenty pages comes to some ten thousand.
const MAX_WORK: usize = 1_000_000;

/// Most attributes of one tag, for the same reason.
const MAX_ATTRIBUTES: usize = 1_000;

/// Tags that are never open for long: they have no end, or end where the next begins.
const NEVER_OPEN: [&str; 21] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "param", "source", "td", "th", "tr", "wbr",
];

/// Whether a document would be more work than [`MAX_WORK`].
fn is_too_much(source: &str) -> bool {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut depth, mut work): (usize, usize) = (0, 0);
    for (at, _) in source.match_indices('<') {
        let rest = source.get(at + 1..).unwrap_or_default();
        let (closes, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().to_ascii_lowercase();
        if !starts_tag(&name) {
            continue;
        }
        if !NEVER_OPEN.contains(&name.as_str()) {
            let count = open.entry(name).or_default();
            match closes {
                true if *count > 0 => (*count, depth) = (*count - 1, depth - 1),
                true => {}
                false => (*count, depth) = (*count + 1, depth + 1),
            }
        }
        work += depth;
        if work > MAX_WORK {
            return true;
        }
    }
    source.split('<').skip(1).filter(|tag| starts_tag(tag)).any(|tag| attributes(tag) > MAX_ATTRIBUTES)
}

fn starts_tag(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// About how many attributes stand in a tag: what parts them, outside of quotes.
fn attributes(tag: &str) -> usize {
    let tag = tag.split('>').next().unwrap_or_default();
    let unquoted = tag.split(['"', '\'']).step_by(2);
    unquoted.map(|part| part.bytes().filter(|byte| byte.is_ascii_whitespace() || *byte == b'/').count()).sum()
}

/// The words alone, a line for each piece between tags.
fn without_tags(source: &str) -> String {
    let mut pieces = source.split('<');
    let first = pieces.next().unwrap_or_default().to_owned();
    let rest = pieces.map(|piece| match piece.strip_prefix(['/', '!']) {
        None if !starts_tag(piece) => format!("<{piece}"),
        _ => piece.split_once('>').map_or("", |(_, words)| words).to_owned(),
    });
    let words = std::iter::once(first).chain(rest).map(|words| words.trim().to_owned());
    words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A source's HTML as markup for our page; of what is too much work the words alone.
pub(super) fn page(source: &str) -> Markup {
    if is_too_much(source) {
        return plain(&without_tags(source));
    }
    let mut out = BUILDER.clean(source).to_string();
    for heading in HEADINGS.into_iter().filter(|heading| *heading != LEVEL) {
        out = out.replace(&format!("<{heading}>"), &format!("<{LEVEL}>"));
        out = out.replace(&format!("</{heading}>"), &format!("</{LEVEL}>"));
    }
    // A wide table scrolls by itself, and can be scrolled with the keyboard.
    out = out.replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>").replace("</table>", "</table></div>");
    PreEscaped(out)
}

/// A source's plain text as markup: an empty line parts paragraphs, and lines that begin with `#` are headings, as many systems write them.
pub(super) fn plain(source: &str) -> Markup {
    let mut blocks: Vec<(bool, Vec<&str>)> = Vec::new();
    let mut is_open = false;
    for line in source.lines().map(str::trim_end) {
        let heading = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim());
        match heading.filter(|heading| !heading.is_empty()) {
            Some(heading) => {
                blocks.push((true, vec![heading]));
                is_open = false;
            }
            None if line.trim().is_empty() => is_open = false,
            None => match blocks.last_mut().filter(|_| is_open) {
                Some((_, lines)) => lines.push(line),
                None => {
                    blocks.push((false, vec![line]));
                    is_open = true;
                }
            },
        }
    }
    html! {
        @for (is_heading, lines) in &blocks {
            @if *is_heading {
                h3 { (lines.concat()) }
            } @else {
                p { @for (number, line) in lines.iter().enumerate() { @if number > 0 { br; } (line) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_or_leads_away_comes_through() {
        let strange = [
            "<script>alert(1)</script>",
            "<p onclick=\"x()\">Hei</p>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"https://phish.test\">Logg inn</a>",
            "<style>body{display:none}</style>",
            "<svg><script>1</script></svg>",
            "<iframe src=\"//x.test\"></iframe>",
            "<form action=\"/sign-out\" method=post><button>Trykk</button></form>",
            "<p style=\"position:fixed\">over</p>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
            "<div id=\"csrf\" class=\"ds-alert\">ekte</div>",
            "<meta http-equiv=refresh content=\"0;url=//x.test\">",
        ];
        for source in strange {
            let out = page(source).into_string();
            let bare = out.replace("<div class=\"wide\" tabindex=\"0\">", "<div>");
            let mut inside = false;
            let attributes = bare.chars().any(|c| {
                inside = match c {
                    '<' => true,
                    '>' => false,
                    _ => inside,
                };
                inside && (c == ' ' || c == '=')
            });
            assert!(!attributes, "{source} became {out}");
            for tag in ["<script", "<img", "<a", "<style", "<svg", "<iframe", "<form", "<button", "<meta", "alert(1)<"]
            {
                assert!(!out.contains(tag), "{source} became {out}");
            }
        }
        assert_eq!(page("<a href=\"https://x.test\">Les mer</a>").into_string(), "Les mer");
    }

    #[test]
    fn a_document_nested_without_end_takes_no_time_and_leaves_its_words() {
        let many = |tag: &str| format!("{}ordene", tag.repeat(MAX_TEXT_BYTES / tag.len()));
        for tag in ["<div>", "<b>", "<DIV></x>", "<ul><li>", "<p><b>", "<h1>", "<blockquote>"] {
            assert_eq!(page(&many(tag)).into_string(), "<p>ordene</p>", "{tag}");
        }
        let letters: String = (0..250).map(|n| format!("<b id={n}>")).collect();
        assert_eq!(
            page(&format!("{letters}{}", many("<p>"))).into_string(),
            "<p>ordene</p>",
            "repeated in each paragraph"
        );
        let attributes: String = (0..40_000).map(|n| format!(" a{n}")).collect();
        assert_eq!(page(&format!("<p{attributes}>ordene")).into_string(), "<p>ordene</p>");
    }

    #[test]
    fn a_long_document_of_the_usual_kind_is_not_too_much() {
        let row = "<tr><td>1<td><p>Natrium <b>140</b><br></p></td></tr><li>Et punkt<p>Et avsnitt<img src=\"data:image/png;base64,a/b/c d\">";
        let long = format!(
            "<div><section><div><table>{}</table></div></section></div>",
            row.repeat(MAX_TEXT_BYTES / row.len())
        );
        assert!(!is_too_much(&long));
        let words = "1 < 2 og 3 ".repeat(3_000);
        assert!(!is_too_much(&words) && without_tags("a <b>b</b> < 2<!-- c --> d") == "a\nb\n< 2\nd");
        let nested = format!("{}ordene{}", "<div>".repeat(300), "</div>".repeat(300));
        assert!(page(&nested).into_string().starts_with("<div><div>"), "three hundred inside each other are read");
    }

    #[test]
    fn what_a_document_needs_is_kept_and_its_headings_stand_under_ours() {
        let out = page("<h1>Vurdering</h1><p>Det er <strong>bra</strong>.</p><table><tr><td>1</td></tr></table>")
            .into_string();
        assert!(
            out.starts_with(
                "<h3>Vurdering</h3><p>Det er <strong>bra</strong>.</p><div class=\"wide\" tabindex=\"0\"><table>"
            ),
            "{out}"
        );
        assert!(out.ends_with("</table></div>"), "{out}");
    }

    #[test]
    fn plain_text_keeps_its_paragraphs_and_is_never_markup() {
        let out = plain("# Vurdering\nLinje én\nlinje to\n\n<b>Ny</b>\n#\n").into_string();
        assert_eq!(out, "<h3>Vurdering</h3><p>Linje én<br>linje to</p><p>&lt;b&gt;Ny&lt;/b&gt;<br>#</p>");
    }
}
