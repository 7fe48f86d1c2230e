//! [Containers](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#container) of a schematic.

use std::collections::BTreeMap;

use super::parameters::Parameters;
use super::resources::{self, Claims};
use super::variables::note_literal;
use super::{names, ports, probe};
use crate::diagnostic::Located;
use crate::document::{Kind, Node};
use crate::expression::Expr;
use crate::oam::Loader;
use crate::oam::model::container::FileContent;
use crate::oam::model::{Container, Pod, Variable, VariableValue};
use crate::path;

/// A container of `instance`, and its volumes in `pod`. `None` where it has no name, which was reported.
pub(super) fn read(
    node: Node,
    parameters: &mut Parameters<'_>,
    instance: &str,
    claims: &mut Claims,
    pod: &mut Pod,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Container> {
    let origin = node.origin;
    let mut fields = loader.reader.fields(node, "a map with `name` and `image`")?;
    let name = names::required(&mut fields, "name", "a container", loader)?;
    let mut container = Container::new(origin, name);
    container.image = fields.take("image").and_then(|node| image(node, loader));
    container.command = loader.words(fields.take("cmd"));
    container.args = loader.words(fields.take("args"));
    for node in loader.list(fields.take("env"), "a list of maps with `name`, and `value` or `fromParam`") {
        container.env.extend(variable(node, parameters, loader));
    }
    container.files = files(fields.take("config"), parameters, loader);
    container.ports = ports::read(fields.take("ports"), loader);
    container.liveness = fields.take("livenessProbe").and_then(|node| probe::read(node, loader));
    container.readiness = fields.take("readinessProbe").and_then(|node| probe::read(node, loader));
    container.pull_secret = fields.take("imagePullSecret").and_then(|node| loader.reader.text(&node));
    resources::read(fields.take("resources"), instance, claims, &mut container, pod, loader);
    if container.image.is_none() && loader.settings.is_complete && !is_given(instance, parameters, pod, loader) {
        loader
            .reader
            .diagnostics
            .error(origin, format!("the container `{}` has no `image`", container.name.value))
            .fix("add one, for example `image: nginx:1.27`");
    }
    Some(container)
}

/// Whether `Images` has the image of the next container.
fn is_given(instance: &str, parameters: &Parameters<'_>, pod: &Pod, loader: &Loader<'_, '_, '_>) -> bool {
    let images = &loader.settings.images;
    pod.containers.is_empty() && (images.contains_key(instance) || images.contains_key(parameters.schematic()))
}

/// An image; one of the specification's examples has it as a map with its name.
fn image(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Expr<String>>> {
    let node = match node.kind {
        Kind::Mapping(mut entries) if entries.len() == 1 && entries.contains_key("name") => {
            entries.shift_remove("name")?
        }
        kind => Node::new(node.origin, kind),
    };
    note_literal(&node, loader);
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

fn variable(node: Node, parameters: &mut Parameters<'_>, loader: &mut Loader<'_, '_, '_>) -> Option<Variable> {
    let mut fields = loader.reader.fields(node, "a map with `name`, and `value` or `fromParam`")?;
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
    let value = parameters.value(&mut fields, loader)?;
    Some(Variable { name, value: VariableValue::Text(value.value) })
}

/// `config`: files by absolute path.
fn files(
    node: Option<Node>,
    parameters: &mut Parameters<'_>,
    loader: &mut Loader<'_, '_, '_>,
) -> BTreeMap<String, Located<FileContent>> {
    let mut files = BTreeMap::new();
    for node in loader.list(node, "a list of maps with `path`, and `value` or `fromParam`") {
        let Some(mut fields) = loader.reader.fields(node, "a map with `path`, and `value` or `fromParam`") else {
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
        let Some(content) = parameters.value(&mut fields, loader) else { continue };
        let file = Located::new(origin, FileContent::Text(content.value));
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
