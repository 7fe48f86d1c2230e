//! [Ports](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#port): where containers listen, and where others
//! call the component.

use std::collections::BTreeSet;

use crate::diagnostic::Located;
use crate::document::Node;
use crate::oam::Loader;
use crate::oam::model::container::Port;
use crate::oam::model::service::Callers;
use crate::oam::model::{Pod, ServicePort, Workload};
use crate::oam::names::twice;
use crate::program::exposure::Transport;

const TRANSPORTS: [(&str, Transport); 2] = [("TCP", Transport::Tcp), ("UDP", Transport::Udp)];

/// The ports of a container.
pub(in crate::oam) fn read(node: Option<Node>, loader: &mut Loader<'_, '_, '_>) -> Vec<Port> {
    let mut ports: Vec<Port> = Vec::new();
    let mut names = BTreeSet::new();
    for node in loader.list(node, "a list of maps with `name` and `containerPort`") {
        let Some(mut fields) = loader.reader.fields(node, "a map with `name` and `containerPort`") else { continue };
        let origin = fields.origin;
        let name = fields.take("name").and_then(|node| loader.reader.known_text(&node));
        // The specification's own examples have `value` and `type`.
        let (number, value) = (fields.take("containerPort"), fields.take("value"));
        let (protocol, kind) = (fields.take("protocol"), fields.take("type"));
        let Some(number) = number.or(value) else {
            loader.reader.diagnostics.error(origin, "the port has no number").fix("write `containerPort: 8080`");
            continue;
        };
        let Some(number) = loader.port(&number) else { continue };
        let transport = match protocol.or(kind) {
            Some(node) => match loader.reader.choice(&node, &TRANSPORTS) {
                Some(transport) => transport.value,
                None => continue,
            },
            None => Transport::Tcp,
        };
        if let Some(name) = name.as_ref().filter(|name| !names.insert(name.value.clone())) {
            twice(name, "port", loader);
        }
        let twin = ports.iter().find(|port| port.number == number.value);
        if let Some(twin) = twin {
            let (message, fix) = if twin.transport == transport {
                ("is there already", "remove one of the two")
            } else {
                (
                    "is there already, with another protocol: ECS knows a port once",
                    "use another port for one of the two",
                )
            };
            loader.reader.diagnostics.error(number.origin, format!("the port `{}` {message}", number.value)).fix(fix);
            continue;
        }
        ports.push(Port { origin, name: name.map(|name| name.value), number: number.value, transport });
    }
    ports
}

/// The ports at which a component is called: all of its containers', if it is a server. Containers of a component share a
/// network, so that no two of them listen on one port.
pub(in crate::oam) fn of_component(
    workload: &Located<Workload>,
    pod: &Pod,
    loader: &mut Loader<'_, '_, '_>,
) -> Vec<ServicePort> {
    let is_server = matches!(workload.value, Workload::Server | Workload::SingletonServer);
    let mut ports: Vec<ServicePort> = Vec::new();
    for container in &pod.containers {
        for Port { origin, name: _, number, transport } in &container.ports {
            if !is_server {
                let what = if workload.value.is_daemonized() { "a worker" } else { "a task" };
                loader
                    .reader
                    .diagnostics
                    .error(*origin, format!("{what} has no ports: nobody calls it"))
                    .fix("remove the port, or write `workloadType: core.oam.dev/v1alpha1.Server`");
                continue;
            }
            if ports.iter().any(|port| port.target == *number) {
                loader
                    .reader
                    .diagnostics
                    .error(
                        *origin,
                        format!(
                            "another container of the component listens on port {number}, and they share a network"
                        ),
                    )
                    .fix("have one of the two listen on another port");
                continue;
            }
            ports.push(ServicePort {
                origin: *origin,
                name: None,
                port: *number,
                target: *number,
                transport: *transport,
                reach: Callers::Inside,
                allowed: None,
            });
        }
    }
    if is_server && pod.containers.iter().all(|container| container.ports.is_empty()) {
        loader
            .reader
            .diagnostics
            .note(
                workload.origin,
                "the server has no ports: it runs as a worker does, and nobody is told where to call it",
            )
            .fix("add the ports that it listens on, or write `Worker` for `Server`");
    }
    ports
}
