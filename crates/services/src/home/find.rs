//! Which services a person may mean by a few words of their own; pure.

/// Most words that count.
const MAX_WORDS: usize = 8;

/// Most services that are found.
const MAX_FOUND: usize = 8;

/// What is known of a service, to look in.
pub(super) struct Known {
    /// Its name on this page.
    pub(super) title: String,
    /// Words for it, in the language of the page and in the others.
    pub(super) words: String,
}

/// Places of the services that fit best, the best first. Those that fit less than half as well as the best are left out.
pub(super) fn find(query: &str, services: &[Known]) -> Vec<usize> {
    let mut wanted: Vec<String> = words(query).take(MAX_WORDS).collect();
    // "for", "min" and "my" say nothing beside a longer word.
    let is_long = |word: &String| word.chars().nth(3).is_some();
    if wanted.iter().any(is_long) {
        wanted.retain(is_long);
    }
    let fits = |known: &Known| {
        let (title, others): (Vec<_>, Vec<_>) = (words(&known.title).collect(), words(&known.words).collect());
        let word = |wanted: &String| fit(wanted, &title).saturating_mul(2).max(fit(wanted, &others));
        wanted.iter().map(word).sum::<u32>()
    };
    let mut found: Vec<(u32, usize)> = services.iter().map(fits).zip(0..).filter(|(fit, _)| *fit > 0).collect();
    found.sort_by_key(|(fit, place)| (std::cmp::Reverse(*fit), *place));
    let best = found.first().map_or(0, |(fit, _)| *fit);
    found.into_iter().take_while(|(fit, _)| fit * 2 >= best).map(|(_, place)| place).take(MAX_FOUND).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().nth(1).is_some());
    parts.map(str::to_lowercase)
}

/// How well the best of `words` fits what is wanted.
fn fit(wanted: &str, words: &[String]) -> u32 {
    words.iter().map(|word| fit_of(wanted, word)).max().unwrap_or_default()
}

/// Norwegian writes words together: *reseptfornying* begins with what is known as *resept*, and *blodprøvesvar* has *prøvesvar* in it.
fn fit_of(wanted: &str, word: &str) -> u32 {
    let (wanted_chars, word_chars) = (wanted.chars().count(), word.chars().count());
    let either = wanted_chars.min(word_chars);
    if wanted == word {
        8
    } else if wanted_chars >= 3 && word.starts_with(wanted) {
        6
    } else if word_chars >= 4 && wanted.starts_with(word) {
        5
    } else if either >= 5 && (word.contains(wanted) || wanted.contains(word)) {
        4
    } else if either >= 5 && is_slip(wanted, word) {
        3
    } else {
        0
    }
}

/// Whether two words differ by one slip: a letter too many, too few or another, or two that changed place.
fn is_slip(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(start..).unwrap_or_default(), other.get(start..).unwrap_or_default());
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let middle = |whole: &[char]| whole.get(..whole.len().saturating_sub(end)).unwrap_or_default().to_vec();
    match (&middle(one)[..], &middle(other)[..]) {
        ([] | [_], [] | [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}
