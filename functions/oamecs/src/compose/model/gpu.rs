//! What a service asks of GPUs: [`gpus`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#gpus), and
//! [`devices`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#devices) and `generic_resources` among its
//! reservations.

use super::super::Loader;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::program::container::Gpus;

/// Devices of one kind that a service asks for.
#[derive(Clone, Debug)]
pub struct DeviceRequest {
    /// Its place.
    pub origin: Origin,
    /// `capabilities`: what they must be able to do.
    pub capabilities: Vec<Located<String>>,
    /// `count`.
    pub count: Option<Located<Gpus>>,
    /// `device_ids`: which.
    pub device_ids: Vec<Located<String>>,
    /// `driver`.
    pub driver: Option<Located<String>>,
}

/// A resource that machines say they have.
#[derive(Clone, Debug)]
pub struct GenericResource {
    /// `kind`.
    pub kind: Located<String>,
    /// `value`: how many.
    pub value: Option<Located<u32>>,
}

impl DeviceRequest {
    pub(super) fn read_all(fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Vec<Self> {
        let example = format!("for example `{key}: [{{ capabilities: [gpu], count: 1 }}]`");
        let Some(items) = fields.take(key).and_then(|node| loader.items(node, "a list of devices", &example)) else {
            return Vec::new();
        };
        items.into_iter().filter_map(|item| Self::read(item, loader)).collect()
    }

    fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        let mut fields =
            loader.fields(node, "a map with `count` and `capabilities`", "`{ capabilities: [gpu], count: 1 }`")?;
        Some(Self {
            origin,
            capabilities: texts(&mut fields, "capabilities", loader),
            count: fields
                .take("count")
                .and_then(|node| loader.parsed(&node, count, "a number of GPUs", "write a number, or `all`")),
            device_ids: texts(&mut fields, "device_ids", loader),
            driver: fields.take("driver").and_then(|node| loader.reader.known_text(&node)),
        })
    }
}

fn count(text: &str) -> Option<Gpus> {
    match text.trim() {
        "all" | "-1" => Some(Gpus::All),
        text => text.parse().ok().map(Gpus::Count),
    }
}

/// A list of known texts; a list within it is one too, as Docker's own notation of capabilities is.
pub(super) fn texts(fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Vec<Located<String>> {
    let example = format!("for example `{key}: [\"…\"]`");
    let Some(items) = fields.take(key).and_then(|node| loader.items(node, "a list", &example)) else {
        return Vec::new();
    };
    let items = items.into_iter().flat_map(|item| match item.kind {
        Kind::Sequence(items) => items,
        kind => vec![Node::new(item.origin, kind)],
    });
    items.filter_map(|item| loader.reader.known_text(&item)).collect()
}

impl GenericResource {
    pub(super) fn read_all(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Vec<Self> {
        let example = "for example `generic_resources: [{ discrete_resource_spec: { kind: gpu, value: 1 } }]`";
        let Some(items) =
            fields.take("generic_resources").and_then(|node| loader.items(node, "a list of resources", example))
        else {
            return Vec::new();
        };
        let mut resources = Vec::new();
        for item in items {
            let origin = item.origin;
            let Some(mut outer) = loader.fields(item, "a map with `discrete_resource_spec`", example) else { continue };
            let inner = outer
                .take("discrete_resource_spec")
                .and_then(|node| loader.fields(node, "a map with `kind` and `value`", "`{ kind: gpu, value: 1 }`"));
            let Some(mut inner) = inner else {
                loader
                    .reader
                    .diagnostics
                    .error(origin, "the resource has no `discrete_resource_spec`")
                    .fix("add `discrete_resource_spec: { kind: gpu, value: 1 }`");
                continue;
            };
            let kind = inner.take("kind").and_then(|node| loader.reader.known_text(&node));
            let value = inner.take("value").and_then(|node| loader.known_count(&node, "write a number"));
            match kind {
                Some(kind) => resources.push(Self { kind, value }),
                None => {
                    loader.reader.diagnostics.error(origin, "the resource has no `kind`").fix("add `kind: gpu`");
                }
            }
        }
        resources
    }
}
