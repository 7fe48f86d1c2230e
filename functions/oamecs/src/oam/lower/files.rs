//! Files that are there when a container starts.

use std::collections::BTreeMap;

use super::{Lowering, secrets};
use crate::diagnostic::{Located, Origin};
use crate::oam::model::container::FileContent;
use crate::program::secret::{Content, File};

/// The permissions of files that come from outside: whoever the container runs as reads them.
const MODE: u32 = 0o644;

/// The files of `config`, by absolute path. Kubernetes mounts a directory for them, and so hides what the image has in it.
pub(super) fn lower(files: BTreeMap<String, Located<FileContent>>, lowering: &mut Lowering<'_>) -> Vec<File> {
    let lowered = files.into_iter().map(|(path, Located { origin, value })| {
        let directory = path.rsplit_once('/').map(|(directory, _)| directory.to_owned());
        file(path, directory, value, origin, lowering)
    });
    lowered.flatten().collect()
}

/// A file, in a directory that holds nothing but files like it.
pub(super) fn file(
    path: String,
    directory: Option<String>,
    content: FileContent,
    origin: Origin,
    lowering: &mut Lowering<'_>,
) -> Option<File> {
    let content = match content {
        FileContent::Text(text) => Content::Text(text),
        FileContent::Secret { name, key } => Content::Secret(secrets::part(&name, key, origin, lowering)?),
    };
    let replaces = directory.filter(|directory| !directory.is_empty());
    Some(File { origin, content, path, user: None, group: None, mode: MODE, replaces })
}
