//! [Workload types](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#core-workload-types), in all spellings.

use super::names::kind_of;
use crate::diagnostic::Located;
use crate::document::{Node, list, suggestion};
use crate::oam::Loader;
use crate::oam::model::Workload;
use crate::oam::support::v1alpha1::WORKLOADS;

/// The groups and versions that core types are written with: the one that they have, and the one that examples have.
const GROUPS: [&str; 2] = ["core.oam.dev/v1alpha1", "core.oam.dev/v1"];

/// The workload that a type names: `core.oam.dev/v1alpha1.Server`, `Server`, or one that `Aliases` has.
pub(super) fn read(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Workload>> {
    let written = loader.reader.known_text(node)?;
    let settings = loader.settings;
    let alias = settings.own.aliases.get(&written.value);
    let (origin, reference) = alias.map_or((written.origin, &written.value), |alias| (alias.origin, &alias.value));
    if let Some(workload) = workload(reference) {
        return Some(Located::new(written.origin, workload));
    }
    let names: Vec<&str> = WORKLOADS.table.iter().map(|attribute| attribute.name).collect();
    let is_core = !reference.contains('/') || reference.starts_with("core.oam.dev/");
    let near = suggestion(kind_of(reference), names.iter().copied()).filter(|_| is_core);
    if is_core {
        let error = loader.reader.diagnostics.error(origin, format!("there is no workload type `{reference}`"));
        match near {
            Some(near) => error.fix(format!("did you mean `core.oam.dev/v1alpha1.{near}`?")),
            None => error.fix(format!("the types are {}, each after `core.oam.dev/v1alpha1.`", list(&names))),
        }
    } else {
        let id = settings.id;
        let message = format!(
            "`{reference}` is a workload type of another platform's own: it is not available, and what it runs is not known"
        );
        loader.reader.diagnostics.error(origin, message).fix(format!(
            "describe what runs as one of {}; if it has containers like them, write `Aliases: {{ \"{reference}\": Server }}` in `{id}`",
            list(&names)
        ));
    }
    None
}

fn workload(reference: &str) -> Option<Workload> {
    let (group, kind) = match reference.rsplit_once('.') {
        Some((group, kind)) if reference.contains('/') => (Some(group), kind),
        _ => (None, reference),
    };
    if group.is_some_and(|group| !GROUPS.contains(&group)) {
        return None;
    }
    Some(match kind {
        "Server" => Workload::Server,
        // What one of the specification's examples calls it.
        "SingletonServer" | "Singleton" => Workload::SingletonServer,
        "Worker" => Workload::Worker,
        "SingletonWorker" => Workload::SingletonWorker,
        "Task" => Workload::Task,
        "SingletonTask" => Workload::SingletonTask,
        _ => return None,
    })
}
