//! Files of the author's machine whose content is given under `Files`.

use super::Mounts;
use crate::diagnostic::{Diagnostics, Origin};
use crate::expression::{Expr, Piece};
use crate::program::secret::{Content, File};
use crate::settings::FileEntry;

/// What the owner may do with a file, and all others may read: a script is run, anything else is read.
const SCRIPT: u32 = 0o755;
const TEXT: u32 = 0o644;

/// What of it is left where the mount refuses writes.
const READ_ONLY: u32 = 0o555;

/// Where a file is to be.
pub(super) struct Target {
    /// What asks for it.
    pub(super) origin: Origin,
    /// Its path in the container.
    pub(super) path: String,
    /// The directory that is mounted with it, and holds nothing else.
    pub(super) replaces: Option<String>,
    /// Whether it refuses writes.
    pub(super) read_only: bool,
}

/// Puts a file where it is to be. Its permissions are what they mostly are: a template has none of the author's disk.
pub(super) fn add(mounts: &mut Mounts, entry: &FileEntry, target: Target, diagnostics: &mut Diagnostics) {
    let Target { origin, path, replaces, read_only } = target;
    let Some(text) = entry.text(diagnostics) else { return };
    let mode = if is_script(text) { SCRIPT } else { TEXT };
    mounts.files.push(File {
        origin,
        content: Content::Text(text.clone()),
        path,
        user: None,
        group: None,
        mode: if read_only { mode & READ_ONLY } else { mode },
        replaces,
    });
}

/// Whether a text begins with the program that runs it.
fn is_script(text: &Expr<String>) -> bool {
    match text {
        Expr::Known(text) => text.starts_with("#!"),
        Expr::Deferred(deferred) => {
            matches!(deferred.pieces(), [Piece::Literal(first), ..] if first.starts_with("#!"))
        }
    }
}
