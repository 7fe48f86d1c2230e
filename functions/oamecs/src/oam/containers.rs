//! [Containers](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#container) as the specification has them: of a
//! schematic of v1alpha1, and of a
//! [`ContainerizedWorkload`](https://github.com/oam-dev/spec/blob/v0.2.0/core/workloads/containerized_workload/containerized_workload.md)
//! of v1alpha2.
//!
//! In: a list of containers, whose unknown keys were reported by the table of the version. Out: a [`Pod`]. Where values come from
//! that a container does not have itself is the version's own affair ([`Values`]).

pub(super) mod platform;
pub(super) mod ports;
pub(super) mod resources;

use std::collections::{BTreeMap, BTreeSet};

use super::Loader;
use super::model::container::FileContent;
use super::model::{Container, Pod, Variable, VariableValue};
use super::names::{self, twice};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::expression::Expr;
use crate::path;
use resources::Claims;

/// Where values come from that a container does not have itself.
pub(super) trait Values {
    /// The value of a variable or a file, whose keys are `fields`. `None` where there is none: that was told.
    fn value(&mut self, fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Value>;

    /// Looks at a value that stands where nothing else can.
    fn look_at(&self, _node: &Node, _loader: &mut Loader<'_, '_, '_>) {}
}

/// The value of a variable or a file.
pub(super) enum Value {
    /// Text.
    Text(Expr<String>),
    /// A key of a secret.
    Secret {
        /// The secret's name.
        name: String,
        /// The key.
        key: String,
    },
}

/// Whose containers they are.
pub(super) struct Owner<'a> {
    /// The instance.
    pub(super) instance: &'a str,
    /// The component that it is an instance of.
    pub(super) component: &'a str,
    /// The volumes that stay, of all instances.
    pub(super) claims: &'a mut Claims,
    /// Where values come from.
    pub(super) values: &'a mut dyn Values,
}

/// Reads `containers` into `pod`; `place` is where they should be. `None` where there are none, which was reported.
pub(super) fn read(
    containers: Option<Node>,
    place: Origin,
    owner: &mut Owner<'_>,
    pod: &mut Pod,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<()> {
    let mut seen = BTreeSet::new();
    let place = containers.as_ref().map_or(place, |node| node.origin);
    for node in loader.list(containers, "a list of maps with `name` and `image`") {
        let Some(read) = container(node, owner, pod, loader) else { continue };
        if !seen.insert(read.name.value.clone()) {
            twice(&read.name, "container", loader);
            continue;
        }
        pod.containers.push(read);
    }
    if pod.containers.is_empty() {
        report_none(place, owner.component, loader);
        return None;
    }
    loader.give_image(owner.instance, owner.component, pod);
    Some(())
}

/// Reports at `place` that a component has no containers.
pub(super) fn report_none(place: Origin, component: &str, loader: &mut Loader<'_, '_, '_>) {
    loader
        .reader
        .diagnostics
        .error(place, format!("`{component}` has no containers"))
        .fix("add one, for example `containers: [{ name: web, image: nginx:1.27 }]`");
}

/// A container, and its volumes in `pod`. `None` where it has no name, which was reported.
fn container(node: Node, owner: &mut Owner<'_>, pod: &mut Pod, loader: &mut Loader<'_, '_, '_>) -> Option<Container> {
    let origin = node.origin;
    let mut fields = loader.reader.fields(node, "a map with `name` and `image`")?;
    let name = names::required(&mut fields, "name", "a container", loader)?;
    let mut container = Container::new(origin, name);
    container.image = fields.take("image").and_then(|node| image(node, owner.values, loader));
    // What the first version calls `cmd` is `command` later.
    let (command, cmd) = (fields.take("command"), fields.take("cmd"));
    container.command = loader.words(command.or(cmd));
    container.args = loader.words(fields.take("args"));
    for node in loader.list(fields.take("env"), "a list of maps with `name` and `value`") {
        container.env.extend(variable(node, owner.values, loader));
    }
    container.files = files(fields.take("config"), owner.values, loader);
    container.ports = ports::read(fields.take("ports"), loader);
    let ports = &container.ports;
    container.liveness = fields.take("livenessProbe").and_then(|node| loader.probe(node, ports));
    container.readiness = fields.take("readinessProbe").and_then(|node| loader.probe(node, ports));
    container.pull_secret = fields.take("imagePullSecret").and_then(|node| loader.reader.text(&node));
    resources::read(fields.take("resources"), owner.instance, owner.claims, &mut container, pod, loader);
    let is_given = pod.containers.is_empty() && loader.given_image(owner.instance, owner.component).is_some();
    if container.image.is_none() && loader.settings.is_complete && !is_given {
        loader
            .reader
            .diagnostics
            .error(origin, format!("the container `{}` has no `image`", container.name.value))
            .fix("add one, for example `image: nginx:1.27`");
    }
    Some(container)
}

/// An image; one of the specification's examples has it as a map with its name.
fn image(node: Node, values: &dyn Values, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Expr<String>>> {
    let node = match node.kind {
        Kind::Mapping(mut entries) if entries.len() == 1 && entries.contains_key("name") => {
            entries.shift_remove("name")?
        }
        kind => Node::new(node.origin, kind),
    };
    values.look_at(&node, loader);
    let image = loader.reader.text(&node)?;
    let Some(text) = image.value.known() else { return Some(image) };
    if text.trim().is_empty() {
        return None;
    }
    if text.contains(char::is_whitespace) || text.contains(['<', '>', '{', '}']) {
        loader
            .reader
            .diagnostics
            .error(image.origin, format!("`{text}` is no image"))
            .fix("write its address in a registry, such as `nginx:1.27`");
    }
    Some(image)
}

fn variable(node: Node, values: &mut dyn Values, loader: &mut Loader<'_, '_, '_>) -> Option<Variable> {
    let mut fields = loader.reader.fields(node, "a map with `name` and its value")?;
    let Some(name) = fields.take("name") else {
        loader.reader.diagnostics.error(fields.origin, "the variable has no `name`").fix("write `name: …`");
        return None;
    };
    let name = loader.reader.known_text(&name)?;
    if name.value.is_empty() || name.value.contains('=') {
        let message = format!("`{}` is no name of an environment variable", name.value);
        loader.reader.diagnostics.error(name.origin, message).fix("write letters, digits, `_` and `-`");
        return None;
    }
    let value = values.value(&mut fields, loader)?;
    let value = match value {
        Value::Text(text) => VariableValue::Text(text),
        Value::Secret { name, key } => VariableValue::Secret { name, key: Some(key) },
    };
    Some(Variable { name, value })
}

/// `config`: files by absolute path.
fn files(
    node: Option<Node>,
    values: &mut dyn Values,
    loader: &mut Loader<'_, '_, '_>,
) -> BTreeMap<String, Located<FileContent>> {
    let mut files = BTreeMap::new();
    for node in loader.list(node, "a list of maps with `path` and its value") {
        let Some(mut fields) = loader.reader.fields(node, "a map with `path` and its value") else {
            continue;
        };
        let origin = fields.origin;
        let Some(written) = fields.take("path").and_then(|node| loader.reader.known_text(&node)) else {
            loader.reader.diagnostics.error(origin, "the file has no `path`").fix("write `path: /etc/app/app.conf`");
            continue;
        };
        let path = path::normal(&format!("/{}", written.value));
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        if directory.is_empty() {
            loader
                .reader
                .diagnostics
                .error(
                    written.origin,
                    format!(
                        "`{path}` would hide all of the image: files are mounted with the directory that they are in"
                    ),
                )
                .fix("write a path in a directory of its own, such as `/etc/app/app.conf`");
            continue;
        }
        let Some(content) = values.value(&mut fields, loader) else { continue };
        let content = match content {
            Value::Text(text) => FileContent::Text(text),
            Value::Secret { name, key } => FileContent::Secret { name, key: Some(key) },
        };
        let file = Located::new(origin, content);
        if files.insert(path.clone(), file).is_some() {
            loader
                .reader
                .diagnostics
                .error(written.origin, format!("there is a file `{path}` already"))
                .fix("write another path, or remove one of the two");
        }
    }
    files
}
