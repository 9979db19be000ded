//! A bar on the terminal, when there is one.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far an import has come.
pub(crate) struct Progress {
    bar: ProgressBar,
    label: String,
}

impl Progress {
    /// A bar with a label on standard error, if that is a terminal; otherwise nothing.
    pub(crate) fn terminal(label: &str) -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        Self { bar, label: label.to_owned() }
    }

    /// Nothing is shown.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        Self { bar: ProgressBar::hidden(), label: String::new() }
    }

    /// The bar measures the bytes of the files as they lie on disk.
    pub(super) fn start<'a>(&self, files: impl Iterator<Item = &'a PathBuf>) {
        let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        self.bar.set_length(files.map(size).sum());
        let style = ProgressStyle::with_template("{prefix} {wide_bar} {bytes}/{total_bytes} {msg} {eta}");
        if let Ok(style) = style {
            self.bar.set_style(style);
        }
        self.bar.set_prefix(self.label.clone());
    }

    pub(super) fn read(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    pub(super) fn written(&self, resources: u64) {
        let before: u64 = self.bar.message().split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
        self.bar.set_message(format!("{} resources", before + resources));
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
