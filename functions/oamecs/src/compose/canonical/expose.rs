//! [`expose`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#expose): `PORT[/PROTOCOL]`, a range too,
//! becomes one map a port.

use super::super::Loader;
use super::map;
use crate::document::{Kind, Node};
use crate::port_notation::range;

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let Kind::Sequence(items) = kind else { return Node::new(origin, kind) };
    let mut ports = Vec::new();
    for item in items {
        let Some(text) = loader.reader.known_text(&item) else { continue };
        let (numbers, protocol) = match text.value.trim().split_once('/') {
            Some((numbers, protocol)) => (numbers, Some(protocol)),
            None => (text.value.trim(), None),
        };
        let (first, last) = match range(numbers) {
            Ok(range) => range,
            Err(error) => {
                let fix =
                    error.fix("write its number, for example `\"8080\"`; ports for the world stand under `ports`");
                loader.reader.diagnostics.error(item.origin, error.to_string()).fix(fix);
                continue;
            }
        };
        for port in first..=last {
            let mut entries = vec![("target", Node::new(item.origin, Kind::Number(port.into())))];
            if let Some(protocol) = protocol {
                entries.push(("protocol", Node::text(item.origin, protocol)));
            }
            ports.push(map(item.origin, entries));
        }
    }
    Node::new(origin, Kind::Sequence(ports))
}
