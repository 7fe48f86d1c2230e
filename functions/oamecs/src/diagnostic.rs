//! What the author is told: errors and notes, each at its place in what they wrote.
//!
//! In: an [`Origin`] and a sentence, from any stage. Out: the text of a stack event, of the template's
//! `Metadata.OamEcs.Notes` and of the log. All stages write to one [`Diagnostics`]; only `diagnostic/render.rs` turns an
//! origin into a path, a line and a column.
//!
//! Sentences start in lower case, carry no full stop, name values in backticks, and say what happened before why.

mod origin;
mod render;

pub use origin::{Located, Origin, Origins, Place, Policy, Root, Segment};
pub(crate) use render::path_text;
pub use render::{MESSAGE_LIMIT, Rendered, message, render, source};

/// How a [`Diagnostic`] weighs before the policy of its declaration is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The result would differ from what the author relies on.
    Error,
    /// A key that the format does not have: an error, or a note under `Unknown: note`.
    Unknown,
    /// Read, but without effect on ECS, or with one worth knowing: a note, or an error under `Strict: true`.
    Note,
    /// Worth knowing about the result, never the author's mistake (a monthly price, say): `Strict` leaves it a note.
    Advice,
}

/// One thing to tell the author.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How it weighs.
    pub severity: Severity,
    /// What in the author's template it is about.
    pub origin: Origin,
    /// What is wrong, and why, in one sentence.
    pub message: String,
    /// What to write instead.
    pub fix: Option<String>,
}

impl Diagnostic {
    /// Adds what to do about it.
    pub fn fix(&mut self, fix: impl Into<String>) {
        self.fix = Some(fix.into());
    }
}

/// The sink that all stages write to. Nothing stops at the first error; a stage that lacks a value it needs leaves the
/// part out and goes on, as the error is already here.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    entries: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Reports what makes the expansion impossible or different from what the author relies on.
    pub fn error(&mut self, origin: Origin, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Severity::Error, origin, message.into())
    }

    /// Reports a key that the format does not have.
    pub fn unknown(&mut self, origin: Origin, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Severity::Unknown, origin, message.into())
    }

    /// Reports what was read and has no effect, or another than its author may expect.
    pub fn note(&mut self, origin: Origin, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Severity::Note, origin, message.into())
    }

    /// Reports what is worth knowing about the result.
    pub fn advice(&mut self, origin: Origin, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Severity::Advice, origin, message.into())
    }

    /// How many errors there are so far, policies not asked: for "did anything go wrong in between".
    pub fn errors(&self) -> usize {
        self.entries.iter().filter(|entry| entry.severity == Severity::Error).count()
    }

    /// Everything reported, in the order in which it was.
    pub fn entries(&self) -> &[Diagnostic] {
        &self.entries
    }

    fn push(&mut self, severity: Severity, origin: Origin, message: String) -> &mut Diagnostic {
        self.entries.push(Diagnostic { severity, origin, message, fix: None });
        let last = self.entries.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "just pushed")]
        &mut self.entries[last]
    }
}
