//! What is said on standard error: findings, each with the file and, where it is known, the line.

use std::fmt::Write;

use oamecs::diagnostic::Rendered;
use oamecs::source::{SourceError, Template};

/// Errors and notes on a file.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    file: &'a str,
    notes: String,
    errors: String,
    /// How many bytes of the template may still be walked through to find places.
    bytes: usize,
}

/// Places of a large file with many errors are looked up for the first of them only.
const WALKED: usize = 4_000_000;

impl<'a> Report<'a> {
    /// An empty report.
    pub(crate) fn new(file: &'a str) -> Self {
        Self { file, notes: String::new(), errors: String::new(), bytes: WALKED }
    }

    /// Adds a finding of the compiler, and looks up where it is in `template`.
    pub(crate) fn add(&mut self, finding: &Rendered, template: &Template) {
        let Some(place) = finding.place.as_ref().filter(|_| self.take(template.bytes())) else {
            return self.add_at(finding, None);
        };
        match template.locate(place, finding.position) {
            // The line of the file says more than that of the document in it.
            Some(position) => self.add_at(&Rendered { position: None, ..finding.clone() }, Some(position)),
            None => self.add_at(finding, template.locate_property(place)),
        }
    }

    /// Whether so many bytes are left, which are taken then.
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.unwrap_or_default();
        left.is_some()
    }

    /// Adds a finding at a line and a column of the file.
    pub(crate) fn add_at(&mut self, finding: &Rendered, position: Option<(usize, usize)>) {
        let id = finding.declaration.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
        let (heading, text) = if finding.is_error {
            (format!("error: {}", at(self.file, position)), &mut self.errors)
        } else {
            let place = position.map(|position| at(self.file, Some(position))).unwrap_or_default();
            (format!("note: {place}"), &mut self.notes)
        };
        let _ = writeln!(text, "{heading}{id}{finding}");
    }

    /// Whether anything makes the template useless.
    pub(crate) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// All of it, notes first: errors are read last, and so where the prompt is.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.notes, self.errors).trim_end().to_owned()
    }
}

/// An error that ends the run.
pub(crate) fn fatal(file: &str, position: Option<(usize, usize)>, message: &str, fix: Option<&str>) -> String {
    let fix = fix.map(|fix| format!(". Fix: {fix}")).unwrap_or_default();
    format!("error: {}{message}{fix}", at(file, position))
}

/// The error of a text that is no template.
pub(crate) fn no_template(file: &str, error: &SourceError) -> String {
    fatal(file, error.position(), &error.to_string(), error.fix(file).as_deref())
}

/// `template.yaml:15:17: `
fn at(file: &str, position: Option<(usize, usize)>) -> String {
    match position {
        Some((line, column)) => format!("{file}:{line}:{column}: "),
        None => format!("{file}: "),
    }
}
