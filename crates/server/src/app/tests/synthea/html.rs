//! What a person would stumble over on a page: headings with nothing in them, columns without a value, and what is meant for programs.

/// An element that is open while the page is read.
struct Open {
    name: String,
    text: String,
    /// It has something to see that is no text: a picture, a field.
    has_more: bool,
}

/// Elements that say nothing when they are empty, and so should not be there.
const SPEAKING: [&str; 19] = [
    "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "th", "p", "a", "button", "label", "legend", "summary",
    "caption", "option", "title",
];
const VOID: [&str; 9] = ["area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"];
/// Their content is for the browser.
const SILENT: [&str; 3] = ["script", "style", "template"];

/// Codes of FHIR that people have words for.
const CODES: [&str; 48] = [
    "entered-in-error",
    "finished",
    "in-progress",
    "completed",
    "active",
    "inactive",
    "stopped",
    "cancelled",
    "final",
    "preliminary",
    "registered",
    "amended",
    "corrected",
    "on-hold",
    "draft",
    "unknown",
    "not-done",
    "current",
    "superseded",
    "booked",
    "arrived",
    "fulfilled",
    "noshow",
    "planned",
    "triaged",
    "onleave",
    "revoked",
    "resolved",
    "remission",
    "confirmed",
    "unconfirmed",
    "refuted",
    "provisional",
    "laboratory",
    "vital-signs",
    "exam",
    "survey",
    "social-history",
    "imaging",
    "procedure",
    "AMB",
    "IMP",
    "EMER",
    "VR",
    "male",
    "female",
    "null",
    "undefined",
];

/// What SNOMED CT puts after its names to say which kind of concept it is.
const KINDS_OF_CONCEPT: [&str; 14] = [
    "(procedure)",
    "(disorder)",
    "(finding)",
    "(situation)",
    "(qualifier value)",
    "(environment)",
    "(person)",
    "(record artifact)",
    "(regime/therapy)",
    "(physical object)",
    "(substance)",
    "(event)",
    "(observable entity)",
    "(morphologic abnormality)",
];

/// What is wrong with a page, each thing with where it stands.
pub(super) fn faults(html: &str) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    if html.len() > 100_000 {
        out.push(("more than 100 kB", html.len().to_string()));
    }
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        reader.text(&rest[..at], &mut out);
        let Some(end) = rest[at..].find('>') else { break };
        reader.tag(&rest[at + 1..at + end], &mut out);
        rest = &rest[at + end + 1..];
    }
    if !reader.open.is_empty() {
        out.push(("an element is not closed", reader.open[0].name.clone()));
    }
    if reader.count("h1") != 1 {
        out.push(("not one heading of the page", reader.count("h1").to_string()));
    }
    out
}

/// Whether something wrong is that words are missing for a code, not that the page is damaged.
pub(super) fn is_about_codes(what: &str) -> bool {
    ["code", "programs", "concept", "an id", "nobody has measured"].iter().any(|part| what.contains(part))
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    seen: Vec<String>,
    /// Cells of the tables being read: of each row, whether each cell says something.
    tables: Vec<Vec<Vec<bool>>>,
}

impl Reader {
    fn count(&self, name: &str) -> usize {
        self.seen.iter().filter(|seen| *seen == name).count()
    }

    fn text(&mut self, text: &str, out: &mut Vec<(&'static str, String)>) {
        let is_silent = self.open.iter().any(|open| SILENT.contains(&open.name.as_str()));
        // The person's own name stands in the head of the page.
        let in_main = self.open.iter().any(|open| open.name == "main");
        if is_silent || text.trim().is_empty() {
            return;
        }
        let plain = plain(text);
        if in_main {
            out.extend(for_programs(&plain));
        }
        if let Some(open) = self.open.last_mut() {
            open.text.push_str(&plain);
        }
    }

    fn tag(&mut self, tag: &str, out: &mut Vec<(&'static str, String)>) {
        if tag.starts_with(['!', '?']) {
            return;
        }
        if let Some(name) = tag.strip_prefix('/') {
            return self.close(name.trim(), out);
        }
        let name = tag.split([' ', '\n', '/']).next().unwrap_or_default().to_lowercase();
        if ["img", "input", "select", "textarea", "svg", "use"].contains(&name.as_str()) || tag.contains("aria-label=")
        {
            self.open.iter_mut().for_each(|open| open.has_more = true);
        }
        for attribute in ["alt=\"", "aria-label=\"", "title=\""] {
            if let Some((_, value)) = tag.split_once(&format!(" {attribute}")) {
                out.extend(for_programs(&plain(value.split('"').next().unwrap_or_default())));
            }
        }
        self.seen.push(name.clone());
        match name.as_str() {
            "table" => self.tables.push(Vec::new()),
            "tr" => self.tables.last_mut().into_iter().for_each(|rows| rows.push(Vec::new())),
            _ => {}
        }
        if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            self.open.push(Open { name, text: String::new(), has_more: false });
        }
    }

    fn close(&mut self, name: &str, out: &mut Vec<(&'static str, String)>) {
        let Some(open) = self.open.pop() else { return };
        if open.name != name {
            out.push(("an element is closed by another", format!("{} by {name}", open.name)));
        }
        let says_something = open.has_more || !open.text.trim().is_empty();
        if SPEAKING.contains(&name) && !says_something {
            let around: Vec<&str> = self.open.iter().map(|open| open.name.as_str()).collect();
            out.push(("an empty element", format!("{} > {name}", around.join(" > "))));
        }
        if ["td", "th"].contains(&name)
            && let Some(row) = self.tables.last_mut().and_then(|rows| rows.last_mut())
        {
            row.push(says_something);
        }
        if name == "table" {
            out.extend(self.tables.pop().and_then(|rows| empty_column(&rows)));
        }
        if let Some(parent) = self.open.last_mut() {
            parent.text.push(' ');
            parent.text.push_str(&open.text);
        }
    }
}

/// A column of which no row below the heads says anything.
fn empty_column(rows: &[Vec<bool>]) -> Option<(&'static str, String)> {
    let body = rows.get(1..).filter(|body| !body.is_empty())?;
    let columns = body.iter().map(Vec::len).max()?;
    let is_empty = |column: &usize| body.iter().all(|row| row.get(*column) == Some(&false));
    (0..columns).find(is_empty).map(|column| ("a column with nothing in it", column.to_string()))
}

fn plain(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (name, letter)| text.replace(name, letter))
}

/// What stands in a text that no person can read.
fn for_programs(text: &str) -> Vec<(&'static str, String)> {
    let found = |what: &'static str| (what, text.trim().chars().take(120).collect::<String>());
    let mut out = Vec::new();
    let is_code = CODES.contains(&text.trim()) || text.contains("entered-in-error");
    if is_code {
        out.push(found("a code of FHIR"));
    }
    if ["http://", "urn:", "Patient/", "Encounter/", "#{", "{$", "NaN"].iter().any(|mark| text.contains(mark)) {
        out.push(found("an address for programs"));
    }
    if KINDS_OF_CONCEPT.iter().any(|kind| text.contains(kind)) {
        out.push(found("SNOMED CT's kind of concept"));
    }
    for word in text.split([' ', '\u{a0}', '(', ')', '·', ':', ';', ',', '"', '\n', '[', ']']) {
        let word = word.trim_matches('.');
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let shape: String = word.chars().map(|letter| if letter.is_ascii_digit() { '9' } else { letter }).collect();
        if digits >= 6 && digits == word.len() {
            out.push(found("a number that may be a code"));
        } else if shape.contains("9999-99-99") || shape.contains("99T99") {
            out.push(found("a date for programs"));
        } else if word.len() == 36 && word.chars().filter(|letter| *letter == '-').count() == 4 {
            out.push(found("an id"));
        } else if ["9999-9", "99999-9"].contains(&shape.as_str()) {
            out.push(found("a LOINC code"));
        }
    }
    out.extend(has_long_decimal(text).then(|| found("a number nobody has measured")));
    out
}

/// More digits than anybody measures: more than five that say something, and more than two after the decimal sign.
fn has_long_decimal(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_digit() && ![',', '.'].contains(&letter)).any(|word| {
        let mut parts = word.trim_matches(['.', ',']).split([',', '.']);
        let (whole, fraction, more) =
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
        let said = format!("{whole}{fraction}").trim_start_matches('0').len();
        more.is_none() && fraction.len() > 2 && said > 5
    })
}

#[test]
fn what_a_person_stumbles_over_is_seen() {
    let page = |main: &str| faults(&format!("<html><body><main><h1>Prøvesvar</h1>{main}</main></body></html>"));
    assert_eq!(page("<ul><li>Hemoglobin 14,2 g/dL · 23. januar 2014</li></ul><p>finished with it, 12 345 kr</p>"), []);
    let wrong = [
        "<h2> </h2>",
        "<dl><dt>Når</dt><dd></dd></dl>",
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td></td></tr><tr><td>2</td><td></td></tr></table>",
        "<p>finished</p>",
        "<p>34117-2</p>",
        "<p>Kode 162673000</p>",
        "<p>Legetime (procedure)</p>",
        "<p>2014-01-23</p>",
        "<p>14.234561 g/dL</p>",
        "<p>http://loinc.org</p>",
        "<p>8708d3e1-f718-96bb-03f0-f2a6564ae1cd</p>",
        "<h1>To</h1>",
        "<p><b>x</p></b>",
    ];
    for main in wrong {
        assert!(!page(main).is_empty(), "{main}");
    }
}
