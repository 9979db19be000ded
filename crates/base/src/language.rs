use std::fmt;

/// A language of the portal. The order is the order they are offered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Language {
    /// Norwegian Bokmål, the default.
    #[default]
    Nb,
    /// Norwegian Nynorsk.
    Nn,
    /// English.
    En,
    /// Northern Sámi (davvisámegiella).
    Se,
}

impl Language {
    /// All languages, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Nb, Self::Nn, Self::En, Self::Se];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::En => "en",
            Self::Se => "se",
        }
    }

    /// The language a tag such as `nb-NO` names; `no` counts as Bokmål. `None` for a language the portal does not have.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        match primary.as_str() {
            "nb" | "no" => Some(Self::Nb),
            "nn" => Some(Self::Nn),
            "en" => Some(Self::En),
            "se" => Some(Self::Se),
            _ => None,
        }
    }

    /// Picks from an `Accept-Language` header (RFC 9110 section 12.5.4): the known language of highest weight, the earlier of
    /// two equal ones; `None` when none is known. At most 32 ranges are read.
    pub fn negotiate(accept_language: &str) -> Option<Self> {
        let mut best: Option<(Self, u16)> = None;
        for range in accept_language.split(',').take(32) {
            let mut parts = range.split(';');
            let Some(language) = parts.next().and_then(|tag| Self::from_tag(tag.trim())) else { continue };
            let weight = parts.find_map(|p| p.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if weight > 0 && best.is_none_or(|(_, w)| weight > w) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A `q` value as thousandths; what cannot be read counts as 0, so that it never wins.
fn thousandths(q: &str) -> u16 {
    match q.trim().parse::<f32>() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000 just before")]
        Ok(value) => (value.clamp(0.0, 1.0) * 1000.0) as u16,
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        for (header, expected) in [
            ("nb", Some(Language::Nb)),
            ("no", Some(Language::Nb)),
            ("de, en;q=0.5", Some(Language::En)),
            ("nn-NO, nb;q=0.9, en;q=0.8", Some(Language::Nn)),
            ("en;q=0.1, se;q=0.7", Some(Language::Se)),
            ("en;q=0, fr", None),
            ("", None),
            (";;;,q=,=", None),
            ("en;q=NaN", None),
        ] {
            assert_eq!(Language::negotiate(header), expected, "{header}");
        }
    }
}
