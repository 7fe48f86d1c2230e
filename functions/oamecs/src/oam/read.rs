//! How values are read, beyond what every format has: OAM's numbers and words, in all of its spellings.

use std::num::NonZeroU16;

use super::Loader;
use super::model::quantity::{self, Memory};
use crate::diagnostic::Located;
use crate::document::{Fields, Kind, Node};
use crate::expression::Expr;
use crate::program::container::{Bytes, MilliCpu};
use crate::program::platform::Machine;

impl Loader<'_, '_, '_> {
    /// A text that must be there and known now.
    pub(super) fn required(&mut self, fields: &mut Fields, key: &str, example: &str) -> Option<Located<String>> {
        let text = self.needed(fields, key, example).and_then(|node| self.reader.known_text(&node))?;
        if text.value.trim().is_empty() {
            let message = format!("`{key}` is empty");
            self.reader.diagnostics.error(text.origin, message).fix(format!("write `{example}`"));
            return None;
        }
        Some(text)
    }

    /// A value that must be there.
    pub(super) fn needed(&mut self, fields: &mut Fields, key: &str, example: &str) -> Option<Node> {
        let node = fields.take(key);
        if node.is_none() {
            self.reader
                .diagnostics
                .error(fields.origin, format!("`{key}` is missing"))
                .fix(format!("write `{example}`"));
        }
        node
    }

    /// Names, which must be known now.
    pub(super) fn names(&mut self, node: Option<Node>, what: &str) -> Vec<Located<String>> {
        let items = self.list(node, what);
        items.iter().filter_map(|item| self.reader.known_text(item)).collect()
    }

    /// On what a component runs.
    pub(super) fn machine(&self, component: &str) -> Machine {
        self.settings.machines.said_of(component).unwrap_or_default()
    }

    /// The entries of a map; nothing where there is no map, which was reported.
    pub(super) fn map(&mut self, node: Option<Node>, what: &str) -> Option<Fields> {
        self.reader.fields(node?, what)
    }

    /// The items of a list; none where there is no list, which was reported.
    pub(super) fn list(&mut self, node: Option<Node>, what: &str) -> Vec<Node> {
        node.and_then(|node| self.reader.items(node, what)).unwrap_or_default()
    }

    /// The words of a command: a list of texts.
    pub(super) fn words(&mut self, node: Option<Node>) -> Option<Located<Vec<Expr<String>>>> {
        let node = node?;
        let origin = node.origin;
        let items = self.reader.items(node, "a list of words")?;
        Some(Located::new(
            origin,
            items.iter().filter_map(|item| self.reader.text(item)).map(|word| word.value).collect(),
        ))
    }

    /// A whole number that must be known now.
    pub(super) fn number(&mut self, node: &Node) -> Option<Located<u32>> {
        self.reader.known(node, "a whole number, 0 or more")
    }

    /// A whole number that may be known late.
    pub(super) fn count(&mut self, node: &Node) -> Option<Located<Expr<u32>>> {
        self.reader.value(node, "a whole number, 0 or more")
    }

    /// The number of a port.
    pub(super) fn port(&mut self, node: &Node) -> Option<Located<u16>> {
        let port = self.reader.known::<NonZeroU16>(node, "a port from 1 to 65535")?;
        Some(port.map(NonZeroU16::get))
    }

    /// Processors: `0.5`, `500m`.
    pub(super) fn processors(&mut self, node: &Node) -> Option<Located<MilliCpu>> {
        let text = self.scalar(node)?;
        let read = quantity::processors(&text.value);
        if read.is_none() {
            self.reader
                .diagnostics
                .error(node.origin, format!("`{}` is no number of processors", text.value))
                .fix("write a number such as `0.5`, or thousandths such as `500m`");
        }
        read.map(|value| Located::new(node.origin, value))
    }

    /// Memory: `512Mi`, `1G`.
    pub(super) fn memory(&mut self, node: &Node) -> Option<Located<Bytes>> {
        let text = self.scalar(node)?;
        let Some(Memory { bytes, is_taken_for_mebibytes }) = quantity::memory(&text.value) else {
            self.reader
                .diagnostics
                .error(node.origin, format!("`{}` is no amount of memory", text.value))
                .fix("write a number with its unit, for example `512Mi` or `1G`");
            return None;
        };
        if is_taken_for_mebibytes {
            let text = text.value;
            self.reader
                .diagnostics
                .note(node.origin, format!("`{text}` is read as `{text}Mi`: nothing runs in {text} bytes"))
                .fix(format!("write `{text}Mi`"));
        }
        Some(Located::new(node.origin, bytes))
    }

    /// Disk: `10G`.
    pub(super) fn disk(&mut self, node: &Node) -> Option<Located<Bytes>> {
        let text = self.scalar(node)?;
        let read = quantity::bytes(&text.value);
        if read.is_none() {
            self.reader
                .diagnostics
                .error(node.origin, format!("`{}` is no amount of disk", text.value))
                .fix("write a number with its unit, for example `10G`");
        }
        read.map(|value| Located::new(node.origin, value))
    }

    /// A single value that must be known now, as text.
    fn scalar(&mut self, node: &Node) -> Option<Located<String>> {
        if matches!(node.kind, Kind::Null) {
            self.reader.shape(node, "a number");
            return None;
        }
        self.reader.known_text(node)
    }
}
