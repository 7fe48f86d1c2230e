//! `BindMounts`: what becomes of mounts of the author's machine, which tasks do not have.
//!
//! In: one choice for all sources, or a map from sources to choices. Out: [`BindMounts`], which finds the choice for a source
//! however it is spelt, and knows in the end which of them nothing asked for.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Origin};
use crate::document::{Kind, Node, Reader, list_some, suggestion};
use crate::path::normal;

/// The source that stands for all others.
const OTHERS: &str = "*";

/// What becomes of mounted directories of a machine.
#[derive(Clone, Debug, Default)]
pub struct BindMounts {
    others: Option<Choice>,
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    origin: Origin,
    /// The source as its author wrote it.
    source: String,
    choice: Choice,
    is_used: Cell<bool>,
}

/// What becomes of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is left out.
    Ignore,
    /// It is the directory of the machine that a task runs on.
    Host,
    /// It is a volume, which starts empty.
    Volume,
}

const CHOICES: [(&str, Choice); 3] = [("host", Choice::Host), ("ignore", Choice::Ignore), ("volume", Choice::Volume)];

/// Reads `BindMounts`. What cannot be read was reported, and counts as left out, so that nothing more is told of it.
pub(crate) fn read(node: Option<Node>, reader: &mut Reader<'_>) -> BindMounts {
    let mut read = BindMounts::default();
    let Some(node) = node else { return read };
    let Kind::Mapping(entries) = node.kind else {
        read.others = Some(choice(&node, reader));
        return read;
    };
    for (source, node) in entries {
        let (origin, value) = (node.origin, choice(&node, reader));
        if source == OTHERS {
            read.others = Some(value);
            continue;
        }
        let entry = Entry { origin, source, choice: value, is_used: Cell::new(false) };
        let key = normal(&entry.source);
        if let Some(first) = read.entries.get(&key) {
            let message = format!("`{}` and `{}` are one source", first.source, entry.source);
            reader.diagnostics.error(origin, message).fix("keep one of the two");
        } else {
            read.entries.insert(key, entry);
        }
    }
    read
}

fn choice(node: &Node, reader: &mut Reader<'_>) -> Choice {
    if matches!(node.kind, Kind::Sequence(_) | Kind::Mapping(_) | Kind::Null) {
        let message = format!("this must be `volume` or `ignore`, not {}", node.description());
        reader.diagnostics.error(node.origin, message).fix("write `BindMounts: { ./data: volume }`");
        return Choice::Ignore;
    }
    let Some(text) = reader.known_text(node) else { return Choice::Ignore };
    if let Some((_, choice)) = CHOICES.iter().find(|(name, _)| *name == text.value) {
        return *choice;
    }
    let near = suggestion(&text.value, CHOICES.map(|(name, _)| name));
    let message = format!("`{}` is nothing that a mount of a host's directory can become", text.value);
    reader.diagnostics.error(node.origin, message).fix(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write `volume` to keep what is written there, `ignore` to leave the mount out, or `host` for a directory of EC2 instances".to_owned(),
    });
    Choice::Ignore
}

impl BindMounts {
    /// What its author chose for this source by name, which counts as used.
    pub fn of(&self, source: &str) -> Option<Choice> {
        let entry = self.entries.get(&normal(source))?;
        entry.is_used.set(true);
        Some(entry.choice)
    }

    /// What its author chose for all sources that are not named.
    pub fn others(&self) -> Option<Choice> {
        self.others
    }

    /// Reports choices for sources that no service mounts; `sources` are those that services do.
    pub fn report_unused<'a>(&self, sources: impl IntoIterator<Item = &'a str>, diagnostics: &mut Diagnostics) {
        let sources: Vec<&str> = sources.into_iter().collect();
        for entry in self.entries.values().filter(|entry| !entry.is_used.get()) {
            let report = diagnostics.unknown(entry.origin, format!("no service mounts `{}`", entry.source));
            report.fix(match suggestion(&entry.source, sources.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if sources.is_empty() => "remove it: no service mounts anything of a host".to_owned(),
                None => format!("services mount {}", list_some(&sources)),
            });
        }
    }
}
