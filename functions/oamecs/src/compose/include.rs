//! [`include`](https://github.com/compose-spec/compose-spec/blob/main/14-include.md): other documents whose resources are
//! used as if they stood in this one.
//!
//! In: `include` as a document has it. Out: the layers of what it names, which `Files` has; and their resources put beside
//! those of the document.

use std::rc::Rc;

use indexmap::IndexMap;

use super::assemble::{Assembly, LayerId, Scope};
use super::env_file;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::path;

/// The sections whose entries are resources.
const SECTIONS: [&str; 6] = ["configs", "models", "networks", "secrets", "services", "volumes"];

/// Several documents that are one of those that `include` names, and its place there.
#[derive(Clone, Debug)]
pub(super) struct Included {
    pub(super) layers: Vec<LayerId>,
}

impl Assembly<'_, '_, '_, '_> {
    /// Reads what `include` names, for a document in `scope`.
    pub(super) fn included(&mut self, include: Node, scope: &Scope) -> Vec<Included> {
        let node = self.loader.interpolate(include);
        let items = match node.kind {
            Kind::Sequence(items) => items,
            Kind::Null => Vec::new(),
            _ => {
                self.loader.reader.shape(&node, "a list of paths");
                Vec::new()
            }
        };
        items.into_iter().filter_map(|item| self.include(item, scope)).collect()
    }

    fn include(&mut self, item: Node, scope: &Scope) -> Option<Included> {
        let origin = item.origin;
        let mut fields = match item.kind {
            Kind::Mapping(entries) => Fields::new(origin, entries),
            kind => Fields::new(origin, IndexMap::from([("path".to_owned(), Node::new(origin, kind))])),
        };
        let Some(paths) = fields.take("path").map(|node| self.paths(node, scope)) else {
            self.loader.reader.diagnostics.error(origin, "`path` is missing").fix("write `path: ./other.yaml`");
            return None;
        };
        let directory = fields.take("project_directory").and_then(|node| self.loader.reader.known_text(&node));
        let env_files = fields.take("env_file").map(|node| self.paths(node, scope));
        fields.finish(&["env_file", "path", "project_directory"], self.loader.reader.diagnostics);
        let first = paths.first()?;
        let directory = match directory {
            Some(directory) => path::normal(&path::join(&scope.directory, &directory.value)),
            None => path::directory(&first.value),
        };
        let env_files = env_files.unwrap_or_else(|| self.default_env_file(&directory, origin));
        let env_files: Vec<_> = env_files.into_iter().filter(|path| path.value != "/dev/null").collect();
        let defaults = if env_files.is_empty() {
            Rc::clone(&scope.defaults)
        } else {
            env_file::defaults(&env_files, &scope.defaults, self.loader)
        };
        let mut layers = Vec::new();
        for path in paths {
            let name = path::normal(&path.value);
            if scope.files.contains(&name) {
                let way: Vec<_> = scope.files.iter().chain([&name]).map(|file| format!("`{file}`")).collect();
                self.loader
                    .reader
                    .diagnostics
                    .error(path.origin, format!("a document cannot include itself: {}", way.join(" includes ")))
                    .fix("remove one `include` of these");
                continue;
            }
            let mut inner = scope.clone();
            inner.directory.clone_from(&directory);
            inner.defaults = Rc::clone(&defaults);
            inner.files.push(name);
            for (node, form) in self.documents(&path).unwrap_or_default() {
                layers.extend(self.add(node, Scope { form, ..inner.clone() }, true));
            }
        }
        Some(Included { layers })
    }

    /// `.env` beside an included document, where there is one.
    pub(super) fn default_env_file(&self, directory: &str, origin: Origin) -> Vec<Located<String>> {
        let path = path::join(directory, ".env");
        if self.loader.settings.files.has(&path) { vec![Located::new(origin, path)] } else { Vec::new() }
    }

    /// A path, or a list of paths, seen from the directory of the project.
    fn paths(&mut self, node: Node, scope: &Scope) -> Vec<Located<String>> {
        let items = match node.kind {
            Kind::Sequence(items) => items,
            _ => vec![node],
        };
        let texts = items.iter().filter_map(|item| self.loader.reader.known_text(item));
        texts
            .map(|path| path.map(|path| if is_remote(&path) { path } else { path::join(&scope.directory, &path) }))
            .collect()
    }

    /// Puts the resources of an included tree into the document that includes it. Two of one name must be the same.
    pub(super) fn import(&mut self, whole: &mut IndexMap<String, Node>, included: Node) {
        let Kind::Mapping(sections) = included.kind else { return };
        for (key, section) in sections {
            if matches!(key.as_str(), "name" | "version") {
                continue;
            }
            let origin = section.origin;
            let Some(there) = whole.get_mut(&key).filter(|there| !there.is_null()) else {
                whole.insert(key, section);
                continue;
            };
            let Kind::Mapping(entries) = section.kind else {
                self.loader.reader.shape(&section, "a map");
                continue;
            };
            let Kind::Mapping(there) = &mut there.kind else { continue };
            if !SECTIONS.contains(&key.as_str()) {
                self.loader
                    .reader
                    .diagnostics
                    .note(origin, format!("`{key}` has no effect: the document that includes this one has its own"));
                continue;
            }
            for (name, node) in entries {
                match there.get(&name) {
                    Some(other) if other.is_same(&node) => {}
                    Some(_) => {
                        self.loader
                            .reader
                            .diagnostics
                            .error(node.origin, format!("the document that includes this one has another `{name}` under `{key}`"))
                            .fix("give one of them another name; to change what is included, write the change into a further document of the list under `Document`");
                    }
                    None => {
                        there.insert(name, node);
                    }
                }
            }
        }
    }
}

/// Whether a path is an address of something that Compose would fetch.
pub(super) fn is_remote(path: &str) -> bool {
    let path = path.trim();
    path.contains("://") || path.starts_with("git@") || path.starts_with("github.com/") || path.starts_with("oci:")
}
