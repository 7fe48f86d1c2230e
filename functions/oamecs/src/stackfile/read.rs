//! How values are read, beyond what every format has.

use std::num::{NonZeroU16, NonZeroU32};

use super::Loader;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::expression::Expr;

impl Loader<'_, '_, '_> {
    /// MiB.
    pub(super) fn memory(&mut self, node: &Node) -> Option<Located<u32>> {
        let memory = self.reader.known_like::<NonZeroU32>(node, "a number of MiB", Some("memory: 1024"))?;
        Some(memory.map(NonZeroU32::get))
    }

    /// A port.
    pub(super) fn port(&mut self, node: &Node) -> Option<Located<u16>> {
        let port = self.reader.known::<NonZeroU16>(node, "a port from 1 to 65535")?;
        Some(port.map(NonZeroU16::get))
    }

    /// A whole number; where nothing is said, `otherwise`.
    pub(super) fn number(&mut self, fields: &mut Fields, key: &str, otherwise: u32) -> Located<u32> {
        self.said(fields, key).unwrap_or(Located::new(fields.origin, otherwise))
    }

    /// A whole number that may be missing.
    pub(super) fn said(&mut self, fields: &mut Fields, key: &str) -> Option<Located<u32>> {
        let node = fields.take(key)?;
        self.reader.known(&node, "a whole number, 0 or more")
    }

    /// Text that may be missing.
    pub(super) fn text(&mut self, fields: &mut Fields, key: &str) -> Option<Located<Expr<String>>> {
        let node = fields.take(key)?;
        self.reader.text(&node)
    }

    /// A value that must be there.
    pub(super) fn needed(&mut self, fields: &mut Fields, origin: Origin, key: &str, fix: &str) -> Option<Node> {
        let node = fields.take(key);
        if node.is_none() {
            self.reader.diagnostics.error(origin, format!("`{key}` is missing")).fix(fix);
        }
        node
    }

    /// The items of a list of texts, or the only one.
    pub(super) fn texts(&mut self, node: Option<Node>, what: &str) -> Vec<Located<Expr<String>>> {
        let items = node.and_then(|node| self.reader.items(node, what)).unwrap_or_default();
        items.iter().filter_map(|item| self.reader.text(item)).collect()
    }
}
