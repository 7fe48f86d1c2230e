//! Canonical forms: every short form becomes the long one, tree to tree.
//!
//! In: the tree after interpolation. Out: the tree with long forms only, each value at the place of the short form it
//! came from. The table below says which attribute has which forms.

mod command;
mod depends_on;
mod env_file;
mod environment;
mod expose;
mod grants;
mod healthcheck;
mod labels;
mod networks;
mod ports;
mod restart;
mod ulimits;
mod volumes;

use super::Loader;
use crate::document::{Kind, Node};
pub(super) use labels::expression;

/// Makes a value canonical.
type Form = fn(Node, &mut Loader<'_, '_, '_>) -> Node;

/// The attributes that have a short form, by path; `*` stands for any name.
const FORMS: &[(&str, Form)] = &[
    ("services.*.command", command::canonical),
    ("services.*.configs", grants::canonical),
    ("services.*.depends_on", depends_on::canonical),
    ("services.*.deploy.labels", labels::canonical),
    ("services.*.entrypoint", command::canonical),
    ("services.*.env_file", env_file::canonical),
    ("services.*.environment", environment::canonical),
    ("services.*.expose", expose::canonical),
    ("services.*.healthcheck.test", healthcheck::canonical),
    ("services.*.label_file", env_file::canonical_labels),
    ("services.*.labels", labels::canonical),
    ("services.*.networks", networks::canonical),
    ("services.*.ports", ports::canonical),
    ("services.*.restart", restart::canonical),
    ("services.*.secrets", grants::canonical),
    ("services.*.ulimits.*", ulimits::canonical),
    ("services.*.volumes", volumes::canonical),
    ("services.*.x-aws-secrets", labels::canonical),
    ("configs.*.labels", labels::canonical),
    ("networks.*.labels", labels::canonical),
    ("secrets.*.labels", labels::canonical),
    ("volumes.*.labels", labels::canonical),
];

/// The document with long forms only.
pub(super) fn canonical(mut document: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    for (pattern, form) in FORMS {
        descend(&mut document, Some(pattern), *form, loader);
    }
    document
}

fn descend(node: &mut Node, pattern: Option<&str>, form: Form, loader: &mut Loader<'_, '_, '_>) {
    let node = node.untagged_mut();
    let Some(pattern) = pattern else {
        if !matches!(node.kind, Kind::Null | Kind::Faulty) {
            let taken = std::mem::replace(node, Node::faulty(node.origin));
            *node = form(taken, loader);
        }
        return;
    };
    let (step, rest) = match pattern.split_once('.') {
        Some((step, rest)) => (step, Some(rest)),
        None => (pattern, None),
    };
    let Kind::Mapping(entries) = &mut node.kind else { return };
    if step == "*" {
        for child in entries.values_mut() {
            descend(child, rest, form, loader);
        }
    } else if let Some(child) = entries.get_mut(step) {
        descend(child, rest, form, loader);
    }
}

/// A map at the place of a short form.
fn map(origin: crate::diagnostic::Origin, entries: impl IntoIterator<Item = (&'static str, Node)>) -> Node {
    Node::new(origin, Kind::Mapping(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
}
