//! Gathers every slice's `texts/{language}.ftl` and turns each message into a typed function (`L10n`).
//!
//! A key that lacks in a language, or takes other variables there, gets no function: the build warns and names it, code that uses it
//! does not compile, and `cargo xtask tidy` refuses it used or not. A key written in two slices stops the build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

use fluent_typed::{BuildOptions, FtlOutputOptions, LintLevel, build_from_locales_folder};

const LANGUAGES: [&str; 4] = ["nb", "nn", "en", "se"];

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=src");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    let locales = out.join("locales");
    if let Err(error) = gather(Path::new("src"), &locales) {
        println!("cargo::error=texts cannot be gathered: {error}");
        return ExitCode::FAILURE;
    }
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let options = BuildOptions::default()
        .with_locales_folder(&text(locales))
        .with_output_file_path(&text(out.join("l10n.rs")))
        .with_ftl_output(FtlOutputOptions::single_file(&text(out.join("l10n.ftl"))))
        .with_default_language("nb")
        .with_lint_level(LintLevel::Deny)
        .without_format()
        // All four languages are written from left to right; isolation marks would end up in calendars and mail.
        .without_bidi_isolation();
    build_from_locales_folder(options)
}

fn gather(src: &Path, locales: &Path) -> std::io::Result<()> {
    if locales.exists() {
        fs::remove_dir_all(locales)?;
    }
    for slice in fs::read_dir(src)? {
        let slice = slice?.path();
        let Some(name) = slice.file_name().and_then(|name| name.to_str()) else { continue };
        if !slice.join("texts").is_dir() {
            continue;
        }
        for language in LANGUAGES {
            let folder = locales.join(language);
            fs::create_dir_all(&folder)?;
            let from = slice.join("texts").join(language).with_extension("ftl");
            let named =
                |error: std::io::Error| std::io::Error::new(error.kind(), format!("{}: {error}", from.display()));
            let to = folder.join(format!("{name}.ftl"));
            fs::copy(&from, &to).map_err(named)?;
            make_old(&to)?;
        }
    }
    for language in LANGUAGES {
        make_old(&locales.join(language))?;
    }
    make_old(locales)
}

/// The library tells cargo to watch the folder it reads. Made during the build, it would be newer than the build for ever after, and every
/// build would do all of this again; what is watched rightly is `src`.
fn make_old(path: &Path) -> std::io::Result<()> {
    fs::File::open(path)?.set_modified(UNIX_EPOCH + Duration::from_secs(86_400))
}
