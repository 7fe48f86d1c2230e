//! What a [service](https://github.com/compose-spec/compose-spec/blob/main/05-services.md) asks of the kernel and of its
//! machine.

use std::collections::BTreeMap;

use super::super::Loader;
use super::bytes::bytes;
use super::gpu::texts;
use super::{DeviceRequest, labels};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::expression::Expr;
use crate::program::container::Bytes;

/// What a service asks of the kernel. Each field is the attribute of its name.
#[derive(Clone, Debug, Default)]
pub struct Runtime {
    /// [`cap_add`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#cap_add).
    pub cap_add: Vec<Located<String>>,
    /// [`cap_drop`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#cap_drop).
    pub cap_drop: Vec<Located<String>>,
    /// [`cpu_period`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#cpu_period), in microseconds.
    pub cpu_period: Option<Located<u64>>,
    /// [`cpu_quota`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#cpu_quota), in microseconds.
    pub cpu_quota: Option<Located<u64>>,
    /// [`devices`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#devices).
    pub devices: Vec<DeviceMapping>,
    /// [`gpus`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#gpus).
    pub gpus: Vec<DeviceRequest>,
    /// [`ipc`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ipc).
    pub ipc: Option<Located<String>>,
    /// [`pid`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#pid).
    pub pid: Option<Located<String>>,
    /// [`privileged`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#privileged).
    pub privileged: Option<Located<bool>>,
    /// [`runtime`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#runtime).
    pub runtime: Option<Located<String>>,
    /// [`security_opt`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#security_opt).
    pub security_opt: Vec<Located<String>>,
    /// [`shm_size`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#shm_size).
    pub shm_size: Option<Located<Bytes>>,
    /// [`sysctls`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#sysctls), by name.
    pub sysctls: BTreeMap<String, Located<Expr<String>>>,
}

/// A device of the machine in the container.
#[derive(Clone, Debug)]
pub struct DeviceMapping {
    /// Its place.
    pub origin: Origin,
    /// `source`: its path on the machine.
    pub source: String,
    /// `target`: its path in the container.
    pub target: Option<String>,
    /// `permissions`: of `r`, `w` and `m`.
    pub permissions: String,
}

impl Runtime {
    pub(super) fn read(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Self {
        Self {
            cap_add: texts(fields, "cap_add", loader),
            cap_drop: texts(fields, "cap_drop", loader),
            cpu_period: microseconds(fields, "cpu_period", loader),
            cpu_quota: microseconds(fields, "cpu_quota", loader),
            devices: devices(fields, loader),
            gpus: DeviceRequest::read_all(fields, "gpus", loader),
            ipc: word(fields, "ipc", loader),
            pid: word(fields, "pid", loader),
            privileged: fields.take("privileged").and_then(|node| loader.reader.any_bool(&node)),
            runtime: word(fields, "runtime", loader),
            security_opt: texts(fields, "security_opt", loader),
            shm_size: fields.take("shm_size").and_then(|node| size(&node, loader)),
            sysctls: fields.take("sysctls").map(|node| labels::read(node, "parameters", loader)).unwrap_or_default(),
        }
    }
}

fn word(fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Located<String>> {
    fields.take(key).and_then(|node| loader.reader.known_text(&node)).filter(|text| !text.value.is_empty())
}

/// A number of microseconds; 0 and -1 are none.
fn microseconds(fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Located<u64>> {
    let node = fields.take(key)?;
    let parse = |text: &str| text.trim().parse::<i64>().ok();
    let number =
        loader.parsed(&node, parse, "a number of microseconds", "write a whole number, for example `100000`")?;
    u64::try_from(number.value).ok().filter(|number| *number > 0).map(|value| Located::new(number.origin, value))
}

fn size(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Bytes>> {
    let fix = "write a number with its unit, for example `256m`";
    loader.parsed(node, bytes, "an amount of memory", fix).filter(|size| size.value.0 > 0)
}

fn devices(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Vec<DeviceMapping> {
    let example = "for example `devices: [\"/dev/fuse\"]`";
    let items = fields.take("devices").and_then(|node| loader.items(node, "a list of devices", example));
    items.unwrap_or_default().into_iter().filter_map(|item| device(item, loader)).collect()
}

fn device(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<DeviceMapping> {
    let origin = node.origin;
    let mut fields = loader.fields(node, "a map with `source`", "`{ source: /dev/fuse }`")?;
    let text = |fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>| {
        fields.take(key).and_then(|node| loader.reader.known_text(&node)).map(|text| text.value)
    };
    let source = text(&mut fields, "source", loader);
    let target = text(&mut fields, "target", loader);
    let permissions = text(&mut fields, "permissions", loader).unwrap_or_else(|| "rwm".to_owned());
    let diagnostics = &mut *loader.reader.diagnostics;
    let Some(source) = source.filter(|source| !source.is_empty()) else {
        diagnostics.error(origin, "the device has no `source`").fix("add its path on the machine: `source: /dev/…`");
        return None;
    };
    let fault = if !source.starts_with('/') {
        Some((
            format!("`{source}` is no path of a device"),
            "write a path such as `/dev/fuse`; GPUs are asked for with `gpus`",
        ))
    } else if permissions.is_empty() || permissions.chars().any(|letter| !"rwm".contains(letter)) {
        Some((format!("`{permissions}` are no permissions"), "write some of `r`, `w` and `m`, for example `rw`"))
    } else {
        None
    };
    if let Some((message, fix)) = fault {
        diagnostics.error(origin, message).fix(fix);
        return None;
    }
    Some(DeviceMapping { origin, target: target.filter(|target| *target != source), source, permissions })
}
