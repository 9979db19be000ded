//! Turns the texts of the sign-in pages into typed functions.

use std::path::PathBuf;
use std::process::ExitCode;

use fluent_typed::{BuildOptions, FtlOutputOptions, LintLevel, build_from_locales_folder};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=texts");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let options = BuildOptions::default()
        .with_locales_folder("texts")
        .with_output_file_path(&text(out.join("l10n.rs")))
        .with_ftl_output(FtlOutputOptions::single_file(&text(out.join("l10n.ftl"))))
        .with_default_language("nb")
        .with_lint_level(LintLevel::Deny)
        .without_format()
        // All four languages are written from left to right.
        .without_bidi_isolation();
    build_from_locales_folder(options)
}
