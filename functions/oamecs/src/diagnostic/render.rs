//! Diagnostics as text: the only place that looks behind an origin.

use std::fmt;

use indexmap::IndexMap;

use super::origin::{Origins, Place, Root, Segment};
use super::{Diagnostics, Origin, Severity};
use crate::document::locate;

/// The most bytes of a failure's message: CloudFormation documents no limit, and a stack event must stay readable.
pub const MESSAGE_LIMIT: usize = 1500;

/// A diagnostic as the author reads it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rendered {
    /// Whether it makes the expansion fail, the policy of its declaration considered.
    pub is_error: bool,
    /// The logical id of the declaration it is about, if any.
    pub declaration: Option<String>,
    /// The path in the document (`services.web.ports[0]`) or beside it (`Properties.Images`); empty for the whole.
    pub path: String,
    /// Line and column, from 1, of the document, where it was a string.
    pub position: Option<(usize, usize)>,
    /// Where it is in the template, for who has its text.
    pub place: Option<Place>,
    /// What is wrong, and why.
    pub message: String,
    /// What to write instead.
    pub fix: Option<String>,
}

impl Rendered {
    /// A finding at no place in a document, of who knows by itself where it is.
    pub(crate) fn of(
        is_error: bool,
        declaration: Option<String>,
        path: &str,
        message: String,
        fix: Option<String>,
    ) -> Self {
        Self { is_error, declaration, path: path.to_owned(), position: None, place: None, message, fix }
    }

    /// The diagnostic without line and column, which move when a neighbour moves: for the template's metadata.
    pub fn without_position(&self) -> String {
        let id = self.declaration.as_deref().unwrap_or("Template");
        let path = if self.path.is_empty() { String::new() } else { format!(" {}", self.path) };
        format!("{id}{path}: {}{}", self.message, self.fix_text())
    }

    fn fix_text(&self) -> String {
        self.fix.as_ref().map(|fix| format!(". Fix: {fix}")).unwrap_or_default()
    }
}

impl fmt::Display for Rendered {
    /// `services.web.ports[0] (document line 5:9): … Fix: …`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut place = self.path.clone();
        if let Some((line, column)) = self.position {
            let space = if place.is_empty() { "" } else { " " };
            place = format!("{place}{space}(document line {line}:{column})");
        }
        if !place.is_empty() {
            write!(formatter, "{place}: ")?;
        }
        write!(formatter, "{}{}", self.message, self.fix_text())
    }
}

/// How many errors are given a place: more than a message holds.
const LOCATED: usize = 20;
/// How many bytes of documents are walked through for that: each place takes a walk.
const WALKED: usize = 2_000_000;

/// All diagnostics as the author reads them, in the order of what the author wrote; the same one is told once. Only errors
/// are given a place: whoever mends one looks for its line.
pub fn render(diagnostics: &Diagnostics, origins: &Origins) -> Vec<Rendered> {
    let mut entries: Vec<_> = diagnostics.entries().iter().collect();
    entries.sort_by_key(|entry| (entry.origin == Origin::TEMPLATE, entry.origin));
    let mut rendered: IndexMap<Rendered, Origin> = IndexMap::with_capacity(entries.len());
    for entry in entries {
        let declaration = origins.declaration(entry.origin);
        let policy = declaration.map(|(_, policy)| policy).unwrap_or_default();
        let is_error = match entry.severity {
            Severity::Error => true,
            Severity::Unknown => policy.strict || !policy.unknown_is_note,
            Severity::Note => policy.strict,
            Severity::Advice => false,
        };
        let finding = Rendered {
            is_error,
            declaration: declaration.map(|(id, _)| id.to_owned()),
            // An error has a line.
            path: full_path(entry.origin, origins, !is_error),
            position: origins.marked(entry.origin),
            place: None,
            message: entry.message.clone(),
            fix: entry.fix.clone(),
        };
        rendered.entry(finding).or_insert(entry.origin);
    }
    let mut left = LOCATED;
    let mut bytes = WALKED;
    let place = |(mut finding, origin): (Rendered, Origin)| {
        if finding.is_error && left > 0 {
            left -= 1;
            finding.position = finding.position.or_else(|| position(origin, origins, &mut bytes));
            finding.place = Some(origins.way(origin));
        }
        finding
    };
    rendered.into_iter().map(place).collect()
}

/// Line and column in the text of the document that holds `origin`, where it was a text and `bytes` are left for a walk.
fn position(origin: Origin, origins: &Origins, bytes: &mut usize) -> Option<(usize, usize)> {
    match origins.path(origin) {
        (Some(Root::Document { text: Some(text), index }), segments) => {
            *bytes = bytes.checked_sub(text.len())?;
            locate(text, *index, &segments)
        }
        _ => None,
    }
}

/// The message of a failed expansion: one error a line, grouped by declaration, at most [`MESSAGE_LIMIT`] bytes. What does
/// not fit is counted, and `log` says where all of it is.
pub fn message(errors: &[Rendered], log: Option<&str>) -> String {
    let mut text = String::new();
    let mut heading: Option<&Option<String>> = None;
    for (shown, error) in errors.iter().enumerate() {
        let mut line = String::new();
        if !text.is_empty() {
            line.push('\n');
        }
        if heading != Some(&error.declaration) {
            match &error.declaration {
                Some(id) => line += &format!("Resource with id [{id}] is invalid. "),
                None => line += "The template is invalid. ",
            }
        }
        line.push_str(&error.to_string());
        let left = errors.len() - shown - 1;
        let rest = remainder(left, log);
        if text.len() + line.len() + rest.len() > MESSAGE_LIMIT {
            if text.is_empty() {
                truncate(&mut line, MESSAGE_LIMIT - rest.len());
                return line + &rest;
            }
            return text + &remainder(left + 1, log);
        }
        heading = Some(&error.declaration);
        text.push_str(&line);
    }
    text
}

fn remainder(left: usize, log: Option<&str>) -> String {
    if left == 0 {
        return String::new();
    }
    let place = log.map(|log| format!("; all are in the log group {log}")).unwrap_or_default();
    format!("\n… and {left} more{place}")
}

fn truncate(text: &mut String, limit: usize) {
    let mut end = limit.saturating_sub('…'.len_utf8()).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.push('…');
}

/// A place as `Metadata.OamEcs.Source` names it, without line and column, which move when a neighbour moves:
/// `Shop.services.web`; `None` where it is in no declaration.
pub fn source(origin: Origin, origins: &Origins) -> Option<String> {
    let (id, _) = origins.declaration(origin)?;
    let (_, segments) = origins.path(origin);
    let path = path_text(&segments);
    Some(match path.as_str() {
        "" => id.to_owned(),
        path if path.starts_with('[') => format!("{id}{path}"),
        path => format!("{id}.{path}"),
    })
}

/// Which of the documents of a text a place is in, from 1; `None` where it is the first, or in none.
fn position_in_stream(origin: Origin, origins: &Origins) -> Option<usize> {
    match origins.path(origin).0 {
        Some(Root::Document { text: Some(_), index }) if *index > 0 => Some(index + 1),
        _ => None,
    }
}

/// The path in the document, after the document's own where it is one of several, or in a file: then `services.web` alone
/// would leave open which. So it would where a text has several, of which the first needs no number.
fn full_path(origin: Origin, origins: &Origins, numbers_documents: bool) -> String {
    let (root, mut path) = origins.path(origin);
    let mut parent = Vec::new();
    if matches!(root, Some(Root::Document { .. })) {
        parent = origins.document(origin).map(|parent| origins.path(parent).1).unwrap_or_default();
        if parent.last() == Some(&Segment::Key("Document".into())) {
            parent.clear();
        }
    }
    if let Some(number) = position_in_stream(origin, origins).filter(|_| numbers_documents) {
        let parts = [path_text(&parent), format!("document {number}"), path_text(&path)];
        return parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    }
    path.splice(0..0, parent);
    path_text(&path)
}

/// A path as the author reads it: `services.web.ports[0]`.
pub(crate) fn path_text(segments: &[Segment]) -> String {
    let mut text = String::new();
    for segment in segments {
        match segment {
            Segment::Index(index) => text += &format!("[{index}]"),
            Segment::Key(key) if is_plain(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
            Segment::Key(key) => text += &format!("[{key:?}]"),
        }
    }
    text
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-:".contains(c))
}
