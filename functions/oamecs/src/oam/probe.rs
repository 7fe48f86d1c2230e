//! [Health probes](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#healthprobe), in the words of the specification and
//! of Kubernetes, which says more: which of it a version has is in its table.
//!
//! In: a map, and the ports of its container, which Kubernetes lets a probe name. Out: a [`Probe`].

use crate::diagnostic::Located;
use crate::document::{Fields, Kind, Node};
use crate::expression::Expr;
use crate::oam::Loader;
use crate::oam::model::Probe;
use crate::oam::model::container::Port;
use crate::oam::model::probe::Check;

/// The ways to ask.
const CHECKS: [&str; 4] = ["exec", "grpc", "httpGet", "tcpSocket"];

const SCHEMES: [(&str, bool); 2] = [("HTTP", false), ("HTTPS", true)];

impl Loader<'_, '_, '_> {
    /// A probe of a container with `ports`; `None` where it asks nothing, which was reported.
    pub(super) fn probe(&mut self, node: Node, ports: &[Port]) -> Option<Probe> {
        let fields = self.reader.fields(node, "a probe, a map with `exec`, `httpGet` or `tcpSocket`")?;
        self.probe_of(fields, ports)
    }

    /// The same, of a map that may say other things besides.
    pub(super) fn probe_of(&mut self, mut fields: Fields, ports: &[Port]) -> Option<Probe> {
        let origin = fields.origin;
        let checks: Vec<(&str, Node)> = CHECKS.into_iter().filter_map(|key| Some((key, fields.take(key)?))).collect();
        let mut seconds = |key: &str| fields.take(key).and_then(|node| self.number(&node));
        let initial_delay = seconds("initialDelaySeconds");
        let period = seconds("periodSeconds");
        let timeout = seconds("timeoutSeconds");
        let success_threshold = seconds("successThreshold");
        let failure_threshold = seconds("failureThreshold");
        let mut checks = checks.into_iter();
        let Some((key, check)) = checks.next() else {
            self.reader
                .diagnostics
                .error(origin, "the probe asks nothing")
                .fix("write one of `exec`, `httpGet` and `tcpSocket`");
            return None;
        };
        if let Some((other, node)) = checks.next() {
            let message = format!("the probe asks by `{key}` already, and not by `{other}` too");
            self.reader.diagnostics.error(node.origin, message).fix("remove one of the two");
        }
        let check = match key {
            "exec" => exec(check, self),
            "grpc" => Some(Check::Grpc { port: port_of(check, ports, self)? }),
            "httpGet" => http(check, ports, self),
            _ => Some(Check::TcpSocket { port: port_of(check, ports, self)? }),
        };
        Some(Probe { origin, check: check?, initial_delay, period, timeout, success_threshold, failure_threshold })
    }
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

fn http(node: Node, ports: &[Port], loader: &mut Loader<'_, '_, '_>) -> Option<Check> {
    let mut fields = loader.reader.fields(node, "a map with `path` and `port`")?;
    let path = match fields.take("path") {
        Some(node) => loader.reader.text(&node)?,
        None => Located::new(fields.origin, Expr::from("/")),
    };
    let port = port(&mut fields, ports, loader);
    let scheme = fields.take("scheme").and_then(|node| loader.reader.choice(&node, &SCHEMES));
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
    Some(Check::HttpGet { path, port: port?, headers, is_https: scheme.is_some_and(|scheme| scheme.value) })
}

fn port_of(node: Node, ports: &[Port], loader: &mut Loader<'_, '_, '_>) -> Option<Located<u16>> {
    let mut fields = loader.reader.fields(node, "a map with `port`")?;
    port(&mut fields, ports, loader)
}

/// A port by its number, or by the name that it has in the container.
fn port(fields: &mut Fields, ports: &[Port], loader: &mut Loader<'_, '_, '_>) -> Option<Located<u16>> {
    let Some(node) = fields.take("port") else {
        loader.reader.diagnostics.error(fields.origin, "the probe has no `port`").fix("write `port: 8080`");
        return None;
    };
    if let Kind::Text(name) = &node.kind {
        let named = ports.iter().find(|port| port.name.as_deref() == Some(name));
        if let Some(port) = named {
            return Some(Located::new(node.origin, port.number));
        }
    }
    loader.port(&node)
}
