//! [`env_file`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#env_file) and
//! [`label_file`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#label_file): a path, or a list of
//! paths, becomes a list; the items of `env_file` become maps. Paths are then seen from the directory of the project.

use super::super::Loader;
use super::map;
use crate::document::{Kind, Node};
use crate::path;

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    each(node, |mut item| {
        let origin = item.origin;
        if let Kind::Mapping(entries) = &mut item.kind {
            if let Some(path) = entries.get_mut("path") {
                locate(path, loader);
            }
            return item;
        }
        locate(&mut item, loader);
        map(origin, [("path", item)])
    })
}

pub(super) fn canonical_labels(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    each(node, |mut path| {
        locate(&mut path, loader);
        path
    })
}

fn each(node: Node, form: impl FnMut(Node) -> Node) -> Node {
    let Node { origin, kind } = node;
    let items = match kind {
        Kind::Sequence(items) => items,
        kind => vec![Node::new(origin, kind)],
    };
    let is_there =
        |item: &Node| !matches!(&item.kind, Kind::Null) && !matches!(&item.kind, Kind::Text(path) if path.is_empty());
    Node::new(origin, Kind::Sequence(items.into_iter().filter(is_there).map(form).collect()))
}

fn locate(path: &mut Node, loader: &Loader<'_, '_, '_>) {
    if let Kind::Text(text) = &mut path.kind
        && !text.starts_with("arn:")
    {
        *text = path::join(&loader.scope.directory, text);
    }
}
