//! [Resources](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#resources) of a container: processors, memory,
//! and volumes. What cannot be had is an error, as the specification has it.

use std::collections::BTreeMap;

use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::oam::Loader;
use crate::oam::model::{Container, Mount, Pod, Volume};
use crate::oam::names;
use crate::program::container::Bytes;

/// Volumes that stay, by name, and the instance and volume that each is for; of several instances where they share it.
pub(in crate::oam) type Claims = BTreeMap<String, Owner>;

/// Whose volume it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::oam) enum Owner {
    /// That of all that name it and say that it is shared.
    All,
    /// The instance's own, with the name that it has there.
    Instance(String, String),
}

const ACCESS: [(&str, bool); 2] = [("RO", true), ("RW", false)];
const SHARING: [(&str, bool); 2] = [("Exclusive", false), ("Shared", true)];

/// Reads what `container` needs; its volumes go into `pod`.
pub(in crate::oam) fn read(
    node: Option<Node>,
    instance: &str,
    claims: &mut Claims,
    container: &mut Container,
    pod: &mut Pod,
    loader: &mut Loader<'_, '_, '_>,
) {
    let Some(mut fields) = loader.map(node, "a map with `cpu` and `memory`") else { return };
    container.resources.cpu = required(&mut fields, "cpu", loader).and_then(|node| loader.processors(&node));
    container.resources.memory = required(&mut fields, "memory", loader).and_then(|node| loader.memory(&node));
    container.resources.gpu = required(&mut fields, "gpu", loader).and_then(|node| gpus(&node, loader));
    for node in loader.list(fields.take("volumes"), "a list of maps with `name` and `mountPath`") {
        container.mounts.extend(volume(node, instance, claims, pod, loader));
    }
}

/// The value of `required` under `key`.
fn required(fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Node> {
    let node = fields.take(key)?;
    let origin = node.origin;
    let mut fields = loader.reader.fields(node, "a map with `required`")?;
    let required = fields.take("required");
    if required.is_none() {
        loader
            .reader
            .diagnostics
            .error(origin, format!("`{key}` does not say how much"))
            .fix(format!("write `{key}: {{ required: … }}`"));
    }
    required
}

/// Graphics processors: a number that may have a fraction, which nobody can have.
fn gpus(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<u32>> {
    let number = loader.reader.known::<f64>(node, "a number of graphics processors")?;
    if number.value == 0.0 {
        return None;
    }
    let whole = number.value.to_string().parse::<u32>().ok();
    if whole.is_none() {
        loader
            .reader
            .diagnostics
            .error(
                node.origin,
                format!("`{}` is no whole number of graphics processors, and there are no parts of them", number.value),
            )
            .fix("write a whole number");
    }
    whole.map(|whole| Located::new(node.origin, whole))
}

/// A volume of a container, which is one with those of the same name in other containers.
fn volume(
    node: Node,
    instance: &str,
    claims: &mut Claims,
    pod: &mut Pod,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Mount> {
    let origin = node.origin;
    let mut fields = loader.reader.fields(node, "a map with `name` and `mountPath`")?;
    let name = names::required(&mut fields, "name", "a volume", loader);
    let path = fields.take("mountPath").and_then(|node| loader.reader.known_text(&node));
    let access = fields.take("accessMode").and_then(|node| loader.reader.choice(&node, &ACCESS));
    let sharing = fields.take("sharingPolicy").and_then(|node| loader.reader.choice(&node, &SHARING));
    let disk = fields.take("disk").and_then(|node| disk(node, loader));
    let name = name?;
    let Some(path) = path else {
        loader
            .reader
            .diagnostics
            .error(origin, format!("the volume `{}` has no `mountPath`", name.value))
            .fix("write the directory where the container has it, such as `mountPath: /data`");
        return None;
    };
    if !path.value.starts_with('/') || path.value == "/" {
        loader
            .reader
            .diagnostics
            .error(path.origin, format!("`{}` is no directory that a volume could be mounted at", path.value))
            .fix("write an absolute path, such as `/data`");
        return None;
    }
    let volume = match disk {
        Some(Disk { is_ephemeral: false, size }) => {
            if let Some(size) = size {
                let message = "the size has no effect: a file system grows with what is in it";
                loader.reader.diagnostics.note(size.origin, message);
            }
            let claim = claim(instance, &name, sharing.as_ref(), claims, loader);
            // It is exclusive where nothing is said; whoever only reads it is in nobody's way.
            let is_shared = sharing.or(Some(Located::new(origin, false)));
            let is_written = access.as_ref().is_none_or(|is_read_only| !is_read_only.value);
            Volume::Claim { claim, exists: false, is_shared: is_shared.filter(|_| is_written) }
        }
        Some(Disk { is_ephemeral: true, size }) => Volume::Empty { size, in_memory: false },
        None => Volume::Empty { size: None, in_memory: false },
    };
    let known = pod.volumes.remove(&name.value).map(|known| known.value);
    pod.volumes.insert(name.value.clone(), Located::new(origin, together(known, volume)));
    Some(Mount {
        origin,
        volume: name.value,
        path: path.value,
        sub_path: None,
        read_only: access.is_some_and(|access| access.value),
    })
}

/// One volume of what two containers say of it: it stays if one of them relies on that, and holds what both need.
fn together(known: Option<Volume>, volume: Volume) -> Volume {
    match (known, volume) {
        (Some(Volume::Empty { size: one, in_memory }), Volume::Empty { size: other, .. }) => {
            let is_less = |one: &Located<Bytes>, other: &Located<Bytes>| one.value < other.value;
            let size = match (one, other) {
                (Some(one), Some(other)) => Some(if is_less(&one, &other) { other } else { one }),
                (one, other) => one.or(other),
            };
            Volume::Empty { size, in_memory }
        }
        (Some(claim @ Volume::Claim { .. }), _) => claim,
        (_, volume) => volume,
    }
}

/// `disk`.
struct Disk {
    size: Option<Located<Bytes>>,
    is_ephemeral: bool,
}

fn disk(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Disk> {
    let mut fields = loader.reader.fields(node, "a map with `required` and `ephemeral`")?;
    let size = fields.take("required").and_then(|node| loader.disk(&node));
    let is_ephemeral =
        fields.take("ephemeral").and_then(|node| loader.reader.any_bool(&node)).is_some_and(|it| it.value);
    Some(Disk { size, is_ephemeral })
}

/// What a volume that stays is called among those of the application.
fn claim(
    instance: &str,
    volume: &Located<String>,
    sharing: Option<&Located<bool>>,
    claims: &mut Claims,
    loader: &mut Loader<'_, '_, '_>,
) -> String {
    let (claim, owner) = if sharing.is_some_and(|sharing| sharing.value) {
        (volume.value.clone(), Owner::All)
    } else {
        (format!("{instance}-{}", volume.value), Owner::Instance(instance.to_owned(), volume.value.clone()))
    };
    let known = claims.entry(claim.clone()).or_insert_with(|| owner.clone());
    if *known != owner {
        meets(volume.origin, &claim, loader);
    }
    claim
}

fn meets(origin: Origin, claim: &str, loader: &mut Loader<'_, '_, '_>) {
    loader
        .reader
        .diagnostics
        .error(origin, format!("two volumes that are not one would both be kept as `{claim}`"))
        .fix("give the volume another name");
}
