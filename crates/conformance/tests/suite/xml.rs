//! Just enough XML to read test suites and examples.

/// An element; `text` is all text directly in it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Xml {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Xml>,
    pub(crate) text: String,
    /// As it was written.
    pub(crate) raw: String,
}

impl Xml {
    pub(crate) fn parse(text: &str) -> Xml {
        let mut reader = Reader { text, at: 0 };
        reader.skip_to_element();
        reader.element()
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Xml> {
        self.children.iter().find(|c| c.name == name)
    }

    pub(crate) fn all<'x>(&'x self, name: &'x str) -> impl Iterator<Item = &'x Xml> {
        self.children.iter().filter(move |c| c.name == name)
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take_until(&mut self, end: &str) -> &'t str {
        let rest = self.rest();
        let length = rest.find(end).expect("well-formed XML");
        self.at += length + end.len();
        &rest[..length]
    }

    /// Skips comments, instructions and text.
    fn skip_to_element(&mut self) {
        loop {
            self.take_until("<");
            if self.rest().starts_with("!--") {
                self.take_until("-->");
            } else if self.rest().starts_with(['?', '!']) {
                self.take_until(">");
            } else {
                self.at -= 1;
                return;
            }
        }
    }

    fn element(&mut self) -> Xml {
        let start = self.at;
        self.at += 1;
        let rest = self.rest();
        let name_end = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap();
        let mut xml = Xml { name: rest[..name_end].to_owned(), ..Xml::default() };
        self.at += name_end;
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            if self.rest().starts_with("/>") {
                self.at += 2;
                xml.raw = self.text[start..self.at].to_owned();
                return xml;
            }
            if self.rest().starts_with('>') {
                self.at += 1;
                break;
            }
            let name = self.take_until("=").trim().to_owned();
            let quote = self.rest()[..1].to_owned();
            self.at += 1;
            let value = unescape(self.take_until(&quote));
            xml.attributes.push((name, value));
        }
        loop {
            xml.text.push_str(&unescape(self.take_until("<")));
            if self.rest().starts_with("!--") {
                self.take_until("-->");
            } else if self.rest().starts_with('/') {
                self.take_until(">");
                xml.raw = self.text[start..self.at].to_owned();
                return xml;
            } else {
                self.at -= 1;
                xml.children.push(self.element());
            }
        }
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((plain, tail)) = rest.split_once('&') {
        out.push_str(plain);
        let (entity, after) = tail.split_once(';').expect("well-formed XML");
        let code = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).unwrap()).unwrap();
        out.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            other => match other.strip_prefix("#x") {
                Some(hex) => code(hex, 16),
                None => code(other.strip_prefix('#').expect("a known entity"), 10),
            },
        });
        rest = after;
    }
    out.push_str(rest);
    out
}
