//! Lengths: a function is one screen and a file one idea.

use syn::visit::{self, Visit};

use super::Violation;
use super::tree::{SourceFile, Tree};

const FILE: &str = "file-length";
const FUNCTION: &str = "function-length";
const MAX_FILE_LINES: usize = 500;
const MAX_FUNCTION_LINES: usize = 70;

/// Files and functions that are too long. Generated files are exempt.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let code = ["rs", "js", "mjs", "ts", "sh"];
    let files = tree.files().filter(|file| !file.is_generated() && code.iter().any(|ext| file.has_extension(ext)));
    files.flat_map(check_file).collect()
}

fn check_file(file: &SourceFile) -> Vec<Violation> {
    let mut found = Vec::new();
    let lines = file.text.lines().count();
    if lines > MAX_FILE_LINES {
        let sentence =
            format!("{lines} lines, more than {MAX_FILE_LINES}; find the second idea in it and give it a file");
        found.push(Violation::new(FILE, &file.path, 0, sentence));
    }
    if file.has_extension("rs")
        && let Ok(parsed) = syn::parse_file(&file.text)
    {
        let mut functions = Functions { path: &file.path, found };
        functions.visit_file(&parsed);
        found = functions.found;
    }
    found
}

struct Functions<'a> {
    path: &'a str,
    found: Vec<Violation>,
}

impl Functions<'_> {
    /// Measures from the signature to the closing brace; doc comments are not counted, so that none is shortened to fit.
    fn measure(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let first = signature.fn_token.span.start().line;
        let lines = body.brace_token.span.close().end().line.saturating_sub(first) + 1;
        if lines > MAX_FUNCTION_LINES {
            let name = &signature.ident;
            let sentence =
                format!("`{name}` has {lines} lines, more than {MAX_FUNCTION_LINES}; give a part of it a name");
            self.found.push(Violation::new(FUNCTION, self.path, first, sentence));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.measure(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::sample;
    use super::*;

    fn function(lines: usize) -> String {
        format!("/// Doc.\nfn long() {{\n{}}}\n", "    // }\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_of_seventy_lines_is_the_longest() {
        let rules = |text: &str| check(&sample(&[("crates/base/src/a.rs", text)])).len();
        assert_eq!(rules(&function(70)), 0);
        assert_eq!(rules(&function(71)), 1);
        assert_eq!(rules(&format!("impl A {{ {} }}", function(71))), 1);
        assert_eq!(rules(&format!("trait A {{ {} }}", function(71))), 1);
        assert_eq!(rules(&format!("mod a {{ fn outer() {{ {} }} }}", function(71))), 2);
    }

    #[test]
    fn a_file_of_five_hundred_lines_is_the_longest() {
        let of = |path: &str, lines: usize| check(&sample(&[(path, &"// x\n".repeat(lines))])).len();
        assert_eq!(of("crates/base/src/a.rs", 500), 0);
        assert_eq!(of("crates/base/src/a.rs", 501), 1);
        assert_eq!(of("e2e/a.mjs", 501), 1);
        assert_eq!(of("crates/fhir/src/generated/a.rs", 501), 0);
        assert_eq!(of("docs/a.md", 501), 0);
    }
}
