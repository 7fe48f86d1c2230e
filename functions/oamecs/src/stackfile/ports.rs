//! `ports` of a container: `HOST:CONTAINER`, in all of Docker's notation.

use super::Loader;
use super::model::Port;
use crate::diagnostic::Origin;
use crate::document::{Kind, Node};
use crate::port_notation::{self, Short, short};
use crate::program::exposure::Transport;
use crate::program::port_table;

const EXAMPLE: &str = "write `\"HOST:CONTAINER\"`, for example `\"8080:8080\"`";

impl Loader<'_, '_, '_> {
    /// The ports that a container listens on.
    pub(super) fn ports(&mut self, node: Option<Node>) -> Vec<Port> {
        let mut ports: Vec<Port> = Vec::new();
        for item in
            node.and_then(|node| self.reader.items(node, "a list of ports, `[\"8080:8080\"]`")).unwrap_or_default()
        {
            let Some(text) = self.port_text(&item) else { continue };
            let found = match short(&text) {
                Ok(short) => self.ports_of(&short, item.origin),
                Err(error) => {
                    self.reader.diagnostics.error(item.origin, error.to_string()).fix(error.fix(EXAMPLE));
                    continue;
                }
            };
            for port in found {
                let is_there = |other: &Port| other.container == port.container && other.transport == port.transport;
                if ports.iter().any(is_there) {
                    self.reader.diagnostics.note(port.origin, format!("port {} is there twice", port.container));
                } else {
                    ports.push(port);
                }
            }
        }
        ports
    }

    /// A port as text. CloudFormation reads an unquoted `22:22` as a number, 1342, which no stackfile could have for another reason:
    /// ecs-compose broke on it.
    fn port_text(&mut self, item: &Node) -> Option<String> {
        let number = match &item.kind {
            Kind::Number(number) => number.as_u64(),
            _ => None,
        };
        let Some(number) = number else { return self.reader.known_text(item).map(|text| text.value) };
        let port = u16::try_from(number).ok();
        match (port_notation::sexagesimal(number), port) {
            (None, _) => Some(number.to_string()),
            (Some(_), Some(port)) if port_table::is_known(port) => Some(number.to_string()),
            (Some((host, container)), port) if host == container || port.is_none() => {
                let text = format!("{host}:{container}");
                self.reader
                    .diagnostics
                    .note(
                        item.origin,
                        format!("`{number}` is read as `{text}`: CloudFormation makes that number of it"),
                    )
                    .fix(format!("write it in quotes, `\"{text}\"`"));
                Some(text)
            }
            (Some((host, container)), _) => {
                let text = format!("{host}:{container}");
                self.reader
                    .diagnostics
                    .error(
                        item.origin,
                        format!("`{number}` is a port, or what CloudFormation makes of an unquoted `{text}`"),
                    )
                    .fix(format!("write `\"{text}\"` or `\"{number}:{number}\"`, in quotes"));
                None
            }
        }
    }

    fn ports_of(&mut self, short: &Short<'_>, origin: Origin) -> Vec<Port> {
        let Short { host_ip, published, target, protocol } = short;
        let diagnostics = &mut *self.reader.diagnostics;
        let transport = match protocol.map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "tcp") => Transport::Tcp,
            Some("udp") => Transport::Udp,
            Some(other) => {
                diagnostics
                    .error(origin, format!("`{other}` is no protocol of ports on ECS"))
                    .fix("write `tcp` or `udp`");
                return Vec::new();
            }
        };
        if host_ip.is_some_and(|address| !address.is_empty() && address != "0.0.0.0" && address != "::") {
            diagnostics.note(origin, "the address has no effect: who reaches a port is said by security groups, and where it listens by the program");
        }
        let length = target.1 - target.0;
        if let Some((first, last)) = published
            && last - first != length
        {
            let message = format!("{} ports of the host for {} of the container", last - first + 1, length + 1);
            diagnostics.error(origin, message).fix("write two ranges of the same length");
            return Vec::new();
        }
        let port = |offset| Port {
            origin,
            host: published.map(|(first, _)| first + offset),
            container: target.0 + offset,
            transport,
        };
        (0..=length).map(port).collect()
    }
}
