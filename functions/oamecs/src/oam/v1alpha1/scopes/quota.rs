//! [Resource quotas](https://github.com/oam-dev/spec/blob/4af9e65/4.application_scopes.md#extended-scopes): how much components
//! may ask for together. They are held while the template is expanded, and nothing of them is left on AWS.

use std::collections::BTreeMap;

use super::Members;
use crate::diagnostic::{Located, Origin};
use crate::document::Fields;
use crate::oam::Loader;
use crate::oam::model::Component;
use crate::program::container::{Bytes, MilliCpu};

/// Checks that the members of a scope ask for no more than it allows.
pub(super) fn check(
    scope: &str,
    mut properties: Fields,
    members: &Members,
    components: &BTreeMap<String, Component>,
    loader: &mut Loader<'_, '_, '_>,
) {
    let processors = properties.take("CPU").and_then(|node| loader.processors(&node));
    let memory = properties.take("Memory").and_then(|node| loader.memory(&node));
    let mut asked = Asked { processors: 0, memory: 0 };
    for name in members.keys() {
        let Some(component) = components.get(name) else { continue };
        let Ok(replicas) = replicas(component) else {
            loader
                .reader
                .diagnostics
                .note(component.origin, format!("it is not checked what `{name}` takes of the quota `{scope}`: how many replicas it has is known only when the stack is made"));
            continue;
        };
        let containers = &component.pod.containers;
        let processors = containers.iter().filter_map(|each| Some(each.resources.cpu.as_ref()?.value.0));
        let memory = containers.iter().filter_map(|each| Some(each.resources.memory.as_ref()?.value.0));
        asked.processors += replicas * processors.map(u128::from).sum::<u128>();
        asked.memory += replicas * memory.map(u128::from).sum::<u128>();
    }
    if let Some(Located { origin, value: MilliCpu(allowed) }) = processors {
        let text = |milli: u128| format!("{}.{:03}", milli / 1000, milli % 1000);
        let (allowed, asked) = (u128::from(allowed), asked.processors);
        exceeded(origin, scope, "processors", (allowed, asked), text, loader);
    }
    if let Some(Located { origin, value: Bytes(allowed) }) = memory {
        let text = |bytes: u128| format!("{} MiB", bytes.div_ceil(1 << 20));
        let (allowed, asked) = (u128::from(allowed), asked.memory);
        exceeded(origin, scope, "memory", (allowed, asked), text, loader);
    }
}

struct Asked {
    processors: u128,
    memory: u128,
}

fn exceeded(
    origin: Origin,
    scope: &str,
    what: &str,
    (allowed, asked): (u128, u128),
    text: impl Fn(u128) -> String,
    loader: &mut Loader<'_, '_, '_>,
) {
    if asked > allowed {
        let (allowed, asked) = (text(allowed), text(asked));
        let message = format!("all replicas in `{scope}` ask for {asked} of {what}, and it allows {allowed}");
        loader.reader.diagnostics.error(origin, message).fix("allow more, or ask for less");
    }
}

/// The most replicas that there may be; an error where that is known late.
fn replicas(component: &Component) -> Result<u128, ()> {
    let count = match (&component.autoscaling, &component.replicas) {
        (Some(scaling), _) => &scaling.value.maximum.value,
        (None, Some(replicas)) => &replicas.value,
        (None, None) => return Ok(1),
    };
    count.known().map(|count| u128::from(*count)).ok_or(())
}
