//! What a declaration says beside its documents of things that these do not have.

use super::Lowering;
use crate::document::suggestion;

/// Notes file systems for claims that nothing mounts.
pub(super) fn report(lowering: &mut Lowering<'_>) {
    for (name, volume) in &lowering.settings.own.volumes {
        if lowering.volumes.contains_key(name) {
            continue;
        }
        let near = suggestion(name, lowering.volumes.keys().map(String::as_str));
        let message = format!("the file system has no effect: nothing mounts a claim `{name}`");
        let entry = lowering.diagnostics.note(volume.origin, message);
        if let Some(near) = near {
            entry.fix(format!("did you mean `{near}`?"));
        }
    }
}
