//! [`ports`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports): `[HOST_IP:][HOST:]CONTAINER[/PROTOCOL]`
//! becomes one map a port, ranges included.

mod sexagesimal;

use super::super::Loader;
use super::map;
use crate::diagnostic::Origin;
use crate::document::{Kind, Node};
use crate::port_notation::{Short, short};
use sexagesimal::Number;

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let Kind::Sequence(items) = kind else { return Node::new(origin, kind) };
    let mut ports = Vec::new();
    for item in items {
        if matches!(item.kind, Kind::Mapping(_)) {
            ports.push(item);
            continue;
        }
        match sexagesimal::read(&item, loader) {
            Number::Damaged => {}
            Number::Port(port) => {
                ports.push(map(
                    item.origin,
                    [("target", number(item.origin, port)), ("published", number(item.origin, port))],
                ));
            }
            Number::Plain => text(&item, loader, &mut ports),
        }
    }
    Node::new(origin, Kind::Sequence(ports))
}

fn text(item: &Node, loader: &mut Loader<'_, '_, '_>, ports: &mut Vec<Node>) {
    let Some(text) = loader.reader.known_text(item) else { return };
    match short(&text.value) {
        Ok(short) => expand(&short, item.origin, loader, ports),
        Err(error) => {
            let fix = error.fix("write `\"PUBLISHED:CONTAINER\"`, for example `\"80:8080\"`");
            loader.reader.diagnostics.error(item.origin, error.to_string()).fix(fix);
        }
    }
}

fn expand(short: &Short<'_>, origin: Origin, loader: &mut Loader<'_, '_, '_>, ports: &mut Vec<Node>) {
    let Short { host_ip, published, target, protocol } = short;
    let length = target.1 - target.0 + 1;
    if let Some((first, last)) = published {
        let published_length = last - first + 1;
        if published_length != length {
            let error = loader.reader.diagnostics.error(
                origin,
                format!(
                    "{published_length} published {} for {length} {} of the container",
                    noun(published_length),
                    noun(length)
                ),
            );
            if length == 1 {
                error.fix(format!("name one port, `\"{first}:{}\"`; Docker would take any that is free", target.0));
            } else {
                let more = length.min(published_length) - 1;
                error.fix(format!(
                    "write two ranges of the same length, for example `\"{}:{}\"`",
                    range_text(*first, more),
                    range_text(target.0, more)
                ));
            }
            return;
        }
    }
    for offset in 0..length {
        let mut entries = vec![("target", number(origin, target.0 + offset))];
        if let Some((first, _)) = published {
            entries.push(("published", number(origin, first + offset)));
        }
        if let Some(host_ip) = host_ip {
            entries.push(("host_ip", Node::text(origin, *host_ip)));
        }
        if let Some(protocol) = protocol {
            entries.push(("protocol", Node::text(origin, *protocol)));
        }
        ports.push(map(origin, entries));
    }
}

fn range_text(first: u16, more: u16) -> String {
    if more == 0 { first.to_string() } else { format!("{first}-{}", first + more) }
}

fn noun(count: u16) -> &'static str {
    if count == 1 { "port" } else { "ports" }
}

fn number(origin: Origin, port: u16) -> Node {
    Node::new(origin, Kind::Number(port.into()))
}
