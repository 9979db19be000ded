//! The texts of the sign-in pages as typed functions, made by the build from `texts/`.

use std::sync::LazyLock;

use varde_base::Language;

mod generated {
    #![expect(
        unreachable_pub,
        dead_code,
        clippy::all,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "written by fluent-typed"
    )]
    include!(concat!(env!("OUT_DIR"), "/l10n.rs"));
}

use generated::{L10n, L10nLanguage};

/// The texts in a language, parsed once.
pub(crate) fn text(language: Language) -> &'static L10nLanguage {
    static TEXTS: LazyLock<[L10nLanguage; 4]> =
        LazyLock::new(|| [L10n::Nb.load(), L10n::Nn.load(), L10n::En.load(), L10n::Se.load()]);
    let [nb, nn, en, se] = &*TEXTS;
    match language {
        Language::Nb => nb,
        Language::Nn => nn,
        Language::En => en,
        Language::Se => se,
    }
}
