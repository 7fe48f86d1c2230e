//! `volume-mounter`, of the reference implementation: a disk for a volume that stays. It needs none here, as each such volume
//! is kept; what is left is to say where the trait and the schematic do not fit.

use crate::diagnostic::Origin;
use crate::document::{Fields, list_some, suggestion};
use crate::oam::Loader;
use crate::oam::model::{Component, Volume};

pub(super) fn apply(origin: Origin, mut fields: Fields, component: &mut Component, loader: &mut Loader<'_, '_, '_>) {
    let Some(name) = fields.take("volumeName") else {
        loader
            .reader
            .diagnostics
            .error(origin, "the trait does not say which volume it is for")
            .fix("write `properties: { volumeName: … }`");
        return;
    };
    let Some(name) = loader.reader.known_text(&name) else { return };
    let volumes = &component.pod.volumes;
    match volumes.get(&name.value).map(|volume| &volume.value) {
        Some(Volume::Claim { .. }) => {}
        Some(_) => {
            let message = format!(
                "the trait has no effect: the volume `{}` is empty when a task starts, and goes with it",
                name.value
            );
            let fix = "to keep what is in it, write `disk: { required: 1G, ephemeral: false }` in the schematic";
            loader.reader.diagnostics.note(name.origin, message).fix(fix);
        }
        None => {
            let known: Vec<&str> = volumes.keys().map(String::as_str).collect();
            let message = format!("no container of the component has a volume `{}`", name.value);
            let error = loader.reader.diagnostics.error(name.origin, message);
            match suggestion(&name.value, known.iter().copied()) {
                Some(near) => error.fix(format!("did you mean `{near}`?")),
                None if known.is_empty() => {
                    error.fix("add it to `resources.volumes` of a container, or remove the trait");
                }
                None => error.fix(format!("the volumes are {}", list_some(&known))),
            }
        }
    }
}
