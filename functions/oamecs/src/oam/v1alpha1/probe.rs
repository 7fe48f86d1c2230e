//! [Health probes](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#healthprobe).

use crate::diagnostic::Located;
use crate::document::{Fields, Node};
use crate::expression::Expr;
use crate::oam::Loader;
use crate::oam::model::Probe;
use crate::oam::model::probe::Check;

/// A probe; `None` where it asks nothing, which was reported.
pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Probe> {
    let origin = node.origin;
    let mut fields = loader.reader.fields(node, "a map with `exec`, `httpGet` or `tcpSocket`")?;
    let checks: Vec<(&str, Node)> =
        ["exec", "httpGet", "tcpSocket"].into_iter().filter_map(|key| Some((key, fields.take(key)?))).collect();
    let seconds = |key: &str, fields: &mut Fields, loader: &mut Loader<'_, '_, '_>| {
        fields.take(key).and_then(|node| loader.number(&node))
    };
    let initial_delay = seconds("initialDelaySeconds", &mut fields, loader);
    let period = seconds("periodSeconds", &mut fields, loader);
    let timeout = seconds("timeoutSeconds", &mut fields, loader);
    let success_threshold = seconds("successThreshold", &mut fields, loader);
    let failure_threshold = seconds("failureThreshold", &mut fields, loader);
    let mut checks = checks.into_iter();
    let Some((key, check)) = checks.next() else {
        loader
            .reader
            .diagnostics
            .error(origin, "the probe asks nothing")
            .fix("write one of `exec`, `httpGet` and `tcpSocket`");
        return None;
    };
    if let Some((other, node)) = checks.next() {
        loader
            .reader
            .diagnostics
            .error(node.origin, format!("the probe asks by `{key}` already, and not by `{other}` too"))
            .fix("remove one of the two");
    }
    let check = match key {
        "exec" => exec(check, loader),
        "httpGet" => http(check, loader),
        _ => tcp(check, loader),
    };
    Some(Probe { origin, check: check?, initial_delay, period, timeout, success_threshold, failure_threshold })
}

fn exec(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Check> {
    let mut fields = loader.reader.fields(node, "a map with `command`")?;
    let origin = fields.origin;
    let command = loader.words(fields.take("command"));
    if command.as_ref().is_none_or(|command| command.value.is_empty()) {
        loader.reader.diagnostics.error(origin, "nothing is run").fix("write `command`, a list of words");
        return None;
    }
    command.map(|command| Check::Exec(command.value))
}

fn http(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Check> {
    let mut fields = loader.reader.fields(node, "a map with `path` and `port`")?;
    let path = match fields.take("path") {
        Some(node) => loader.reader.text(&node)?,
        None => Located::new(fields.origin, Expr::from("/")),
    };
    let port = port(&mut fields, loader);
    let mut headers = Vec::new();
    for node in loader.list(fields.take("httpHeaders"), "a list of maps with `name` and `value`") {
        let Some(mut header) = loader.reader.fields(node, "a map with `name` and `value`") else { continue };
        let name = header.take("name").and_then(|node| loader.reader.known_text(&node));
        let value = header.take("value").and_then(|node| loader.reader.text(&node));
        match (name, value) {
            (Some(name), Some(value)) => headers.push((name, value.value)),
            _ => loader
                .reader
                .diagnostics
                .error(header.origin, "the header has no `name`, or no `value`")
                .fix("write both, or remove the header"),
        }
    }
    Some(Check::HttpGet { path, port: port?, headers, is_https: false })
}

fn tcp(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Check> {
    let mut fields = loader.reader.fields(node, "a map with `port`")?;
    Some(Check::TcpSocket { port: port(&mut fields, loader)? })
}

fn port(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Located<u16>> {
    let Some(port) = fields.take("port") else {
        loader.reader.diagnostics.error(fields.origin, "the probe has no `port`").fix("write `port: 8080`");
        return None;
    };
    loader.port(&port)
}
