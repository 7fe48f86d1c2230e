//! `volumes`: directories of the host, `NAME:HOST:CONTAINER[:ro]`.

use super::Loader;
use super::model::Volume;
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::Node;

const EXAMPLE: &str = "write `name:/path/of/the/host:/path/in/the/container`, with `:ro` after it to read only";

/// What Docker knows besides of a directory of the host: labels of `SELinux`, and how soon each side sees the other's writes.
const OF_DOCKER: [&str; 5] = ["Z", "cached", "consistent", "delegated", "z"];

impl Loader<'_, '_, '_> {
    /// The directories that a container has of its host.
    pub(super) fn volumes(&mut self, node: Option<Node>) -> Vec<Volume> {
        let mut volumes: Vec<Volume> = Vec::new();
        let items = node.and_then(|node| self.reader.items(node, "a list of volumes, `[name:/host:/container]`"));
        for item in items.unwrap_or_default() {
            let Some(text) = self.reader.known_text(&item) else { continue };
            let Some(volume) = volume(&text.value, item.origin, self.reader.diagnostics) else { continue };
            if volumes.iter().any(|other| other.container == volume.container) {
                let message = format!("two volumes would be at `{}`", volume.container);
                self.reader.diagnostics.error(volume.origin, message).fix("remove one of them");
            } else if volumes.iter().any(|other| other.name == volume.name && other.host != volume.host) {
                let message = format!("`{}` is another directory of the host before", volume.name);
                self.reader.diagnostics.error(volume.origin, message).fix("give one of them another name");
            } else {
                volumes.push(volume);
            }
        }
        volumes
    }
}

fn volume(text: &str, origin: Origin, diagnostics: &mut Diagnostics) -> Option<Volume> {
    let mut parts: Vec<&str> = text.split(':').map(str::trim).collect();
    let mode = parts.last().copied().filter(|last| !last.starts_with('/') && parts.len() > 2);
    let mut read_only = false;
    for flag in mode.into_iter().flat_map(|mode| mode.split(',')) {
        match flag {
            "ro" => read_only = true,
            "rw" => {}
            _ if OF_DOCKER.contains(&flag) => {
                diagnostics.note(origin, format!("`{flag}` has no effect: ECS knows `ro` and `rw` of a volume"));
            }
            _ => {
                let message = format!("`{flag}` is neither a path nor a mode of a volume");
                diagnostics.error(origin, message).fix(EXAMPLE);
                return None;
            }
        }
    }
    if mode.is_some() {
        parts.pop();
    }
    match parts.as_slice() {
        [name, host, container] if !name.is_empty() && host.starts_with('/') && container.starts_with('/') => {
            Some(Volume {
                origin,
                name: (*name).to_owned(),
                host: (*host).to_owned(),
                container: (*container).to_owned(),
                read_only,
            })
        }
        _ => {
            diagnostics.error(origin, format!("`{text}` is no volume")).fix(EXAMPLE);
            None
        }
    }
}
