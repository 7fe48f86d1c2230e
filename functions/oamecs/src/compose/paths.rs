//! Relative paths of documents in other directories: `./nginx.conf` of `sub/compose.yaml` is `./sub/nginx.conf`.
//!
//! In: a tree with long forms, and the directory of its document. Out: the tree with paths seen from the project's directory.

use crate::document::{Kind, Node};
use crate::path::join;

/// Where paths are that a file under `Files` may be at.
const PATHS: &[&str] = &["configs.*.file", "secrets.*.file"];

/// Makes the paths of a document relative to the directory of the project.
pub(super) fn locate(document: &mut Node, directory: &str) {
    if directory == "." {
        return;
    }
    for pattern in PATHS {
        descend(document, Some(pattern), directory);
    }
    let Kind::Mapping(top) = &mut document.kind else { return };
    let Some(services) = top.get_mut("services").map(Node::untagged_mut) else { return };
    let Kind::Mapping(services) = &mut services.kind else { return };
    for service in services.values_mut().map(Node::untagged_mut) {
        let Kind::Mapping(attributes) = &mut service.kind else { continue };
        let Some(mounts) = attributes.get_mut("volumes").map(Node::untagged_mut) else { continue };
        let Kind::Sequence(mounts) = &mut mounts.kind else { continue };
        for mount in mounts {
            let is_bind = matches!(mount.get("type"), Some(Node { kind: Kind::Text(kind), .. }) if kind == "bind");
            if let Kind::Mapping(entries) = &mut mount.kind
                && is_bind
                && let Some(source) = entries.get_mut("source")
            {
                descend(source, None, directory);
            }
        }
    }
}

fn descend(node: &mut Node, pattern: Option<&str>, directory: &str) {
    let node = node.untagged_mut();
    let Some(pattern) = pattern else {
        // A path with a variable left in it (`interpolation/host_paths.rs`) may be absolute.
        if let Kind::Text(path) = &mut node.kind
            && !path.contains("${")
        {
            *path = join(directory, path);
        }
        return;
    };
    let (step, rest) = pattern.split_once('.').map_or((pattern, None), |(step, rest)| (step, Some(rest)));
    let Kind::Mapping(entries) = &mut node.kind else { return };
    for (_, child) in entries.iter_mut().filter(|(key, _)| step == "*" || *key == step) {
        descend(child, rest, directory);
    }
}
