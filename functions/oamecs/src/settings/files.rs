//! `Files`: what stands beside a document on its author's disk, written into the template.
//!
//! In: a map from paths to contents. Out: [`Files`], which finds a file however its path is spelt, and knows in the end
//! which of them nothing asked for.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use indexmap::IndexMap;

use super::entries;
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::{Kind, Node, Reader};
use crate::expression::Expr;
use crate::path::{below, normal};

/// The files of a declaration, by their paths.
#[derive(Clone, Debug, Default)]
pub struct Files {
    entries: BTreeMap<String, FileEntry>,
}

/// A file of a declaration.
#[derive(Clone, Debug)]
pub struct FileEntry {
    /// Its place under `Files`.
    pub origin: Origin,
    /// Its path as its author wrote it.
    pub path: String,
    /// What is in it.
    pub content: Content,
    is_used: Cell<bool>,
}

/// What is in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text, which may be known late.
    Text(Expr<String>),
    /// A map in place of the text: the variables of an env file, or a whole document.
    Map(IndexMap<String, Node>),
}

/// Reads `Files`. `None` where an error was reported.
pub(crate) fn read(node: Option<Node>, reader: &mut Reader<'_>) -> Option<Files> {
    let Some(node) = node else { return Some(Files::default()) };
    let mut files = Files::default();
    let mut is_complete = true;
    for (path, node) in entries(node, "Files: { ./nginx.conf: … }", reader)? {
        let origin = node.origin;
        match content(&path, node, reader) {
            Some(content) => {
                let entry = FileEntry { origin, path, content, is_used: Cell::new(false) };
                is_complete &= files.insert(entry, reader.diagnostics);
            }
            None => is_complete = false,
        }
    }
    is_complete.then_some(files)
}

fn content(path: &str, node: Node, reader: &mut Reader<'_>) -> Option<Content> {
    match node.kind {
        Kind::Mapping(entries) => Some(Content::Map(entries)),
        Kind::Null => {
            reader
                .diagnostics
                .error(node.origin, "the file has no content")
                .fix(format!("write `{path}: |` and its text below it, or `\"\"` for an empty file"));
            None
        }
        _ => reader.text(&node).map(|text| Content::Text(text.value)),
    }
}

impl Files {
    /// The file at `path`, which counts as used.
    pub fn get(&self, path: &str) -> Option<&FileEntry> {
        let entry = self.entries.get(&normal(path))?;
        entry.is_used.set(true);
        Some(entry)
    }

    /// Whether there is a file at `path`, or one below it.
    pub fn has(&self, path: &str) -> bool {
        self.entries.contains_key(&normal(path)) || self.inside(path).next().is_some()
    }

    /// The files below the directory `path`, each with its path from there (`conf.d/a.conf`), in the order of these paths.
    /// A file counts as used once the iterator has passed it.
    pub fn below(&self, path: &str) -> impl Iterator<Item = (&str, &FileEntry)> {
        self.inside(path).inspect(|(_, entry)| entry.is_used.set(true))
    }

    /// Notes the files that nothing asked for.
    pub fn report_unused(&self, diagnostics: &mut Diagnostics) {
        for entry in self.entries.values().filter(|entry| !entry.is_used.get()) {
            diagnostics.note(entry.origin, format!("the document does not use the file `{}`", entry.path));
        }
    }

    /// The paths of all files, as their author wrote them.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.values().map(|entry| entry.path.as_str())
    }

    fn inside(&self, path: &str) -> impl Iterator<Item = (&str, &FileEntry)> {
        let directory = normal(path);
        self.entries.iter().filter_map(move |(path, entry)| {
            let rest = below(path, &directory).filter(|rest| !rest.is_empty())?;
            Some((rest, entry))
        })
    }

    fn insert(&mut self, entry: FileEntry, diagnostics: &mut Diagnostics) -> bool {
        match self.entries.entry(normal(&entry.path)) {
            Entry::Vacant(vacant) => {
                vacant.insert(entry);
                true
            }
            Entry::Occupied(first) => {
                diagnostics
                    .error(entry.origin, format!("`{}` and `{}` are one file", first.get().path, entry.path))
                    .fix("keep one of the two");
                false
            }
        }
    }
}

impl FileEntry {
    /// The text. `None` where there is a map instead, which is reported.
    pub fn text(&self, diagnostics: &mut Diagnostics) -> Option<&Expr<String>> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Map(_) => {
                diagnostics
                    .error(self.origin, "the content of this file must be text, not a map")
                    .fix(format!("write `{}: |` and the text below it", self.path));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> (Files, Diagnostics) {
        let mut files = Files::default();
        let mut diagnostics = Diagnostics::default();
        for path in paths {
            let content = Content::Text(Expr::from(*path));
            let entry =
                FileEntry { origin: Origin::TEMPLATE, path: (*path).to_owned(), content, is_used: Cell::new(false) };
            files.insert(entry, &mut diagnostics);
        }
        (files, diagnostics)
    }

    #[test]
    fn files_are_found_alone_and_below_directories() {
        let (files, diagnostics) = files(&["./conf/b.conf", "conf/a/x", "../shared", "/etc/hosts", "conference"]);
        assert_eq!(diagnostics.errors(), 0);
        assert_eq!(files.get("conf//b.conf").map(|entry| entry.path.as_str()), Some("./conf/b.conf"));
        assert!(files.get("conf").is_none() && files.has("./conf/") && !files.has("con"));
        let below = |path| files.below(path).map(|(path, _)| path).collect::<Vec<_>>();
        assert_eq!(below("./conf"), ["a/x", "b.conf"]);
        assert_eq!(below("."), ["conf/a/x", "conf/b.conf", "conference"]);
        assert_eq!(below("/"), ["etc/hosts"]);
        assert_eq!(below(".."), ["shared"]);
    }

    #[test]
    fn what_nothing_asked_for_is_noted() {
        let (files, mut diagnostics) = files(&["a", "b/c", "./d", "d"]);
        assert_eq!(diagnostics.errors(), 1);
        assert!(files.get("./a").is_some() && files.has("b"));
        assert_eq!(files.below("b").count(), 1);
        files.report_unused(&mut diagnostics);
        let told: Vec<&str> = diagnostics.entries().iter().map(|entry| entry.message.as_str()).collect();
        assert_eq!(told, ["`./d` and `d` are one file", "the document does not use the file `./d`"]);
    }
}
