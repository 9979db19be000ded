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

/// A source's HTML as markup for our page.
pub(super) fn page(source: &str) -> Markup {
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
        for tag in ["<div>", "<b>", "<table>", "<ul><li>", "<p><b>", "<h1>", "<blockquote>"] {
            let started = std::time::Instant::now();
            let out = page(&format!("{}ordene", tag.repeat(MAX_TEXT_BYTES / tag.len()))).into_string();
            println!("{tag} {} ms {} bytes", started.elapsed().as_millis(), out.len());
            assert!(out.contains("ordene"));
        }
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
