//! Volumes without a name: directories that go with their task.
//!
//! Docker fills such a volume from the image; a task's own is empty, and would hide what the image has there. Mostly the
//! volume is there to keep a path of the image (`node_modules`) out of a bind mount: where nothing is mounted above it and the
//! container can write to its own file system, the container without a mount is the same.

use super::{Given, Own};
use crate::diagnostic::Diagnostics;
use crate::path::below;
use crate::program::Mount;
use crate::program::storage::Source;

/// What is mounted for a volume without a name at `path`, if anything has to be.
pub(super) fn lower(
    given: &Given,
    path: String,
    own: &Own,
    mounts: &[Mount],
    diagnostics: &mut Diagnostics,
) -> Option<Mount> {
    let is_below = |mount: &Mount| below(&path, &mount.path).is_some_and(|rest| !rest.is_empty());
    let parent = mounts.iter().find(|mount| is_below(mount));
    if !own.is_read_only && parent.is_none() {
        diagnostics.note(
            given.origin,
            format!("the volume at `{path}` has no name, so that nothing is mounted: the container has there what its image has, can write there, and what it writes goes with its task"),
        );
        return None;
    }
    let why = match parent {
        Some(parent) => format!("it keeps what is mounted at `{}` out", parent.path),
        None => "the container cannot write anywhere else".to_owned(),
    };
    diagnostics.note(
        given.origin,
        format!("the volume at `{path}` has no name: it is an empty directory that goes with its task, as {why}; unlike with Docker, what the image has there is not copied into it"),
    );
    Some(Mount { origin: given.origin, source: Source::Scratch(path.clone()), path, read_only: given.read_only })
}
