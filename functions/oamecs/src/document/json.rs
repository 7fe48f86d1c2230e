//! A tree from what CloudFormation parsed.

use serde_json::Value as Json;

use super::node::{function, is_function};
use super::{Kind, Node};
use crate::diagnostic::{Origin, Origins};

/// The tree of a JSON value at `origin`. A map whose single key is `Ref` or `Fn::…` is a function.
pub fn from_json(value: Json, origin: Origin, origins: &mut Origins) -> Node {
    let kind = match value {
        Json::Null => Kind::Null,
        Json::Bool(value) => Kind::Bool(value),
        Json::Number(value) => Kind::Number(value),
        Json::String(value) => Kind::Text(value),
        Json::Array(items) => Kind::Sequence(
            items
                .into_iter()
                .enumerate()
                .map(|(index, item)| {
                    let place = origins.index(origin, index);
                    from_json(item, place, origins)
                })
                .collect(),
        ),
        Json::Object(mut entries) => {
            let single = if entries.len() == 1 { entries.keys().next().filter(|key| is_function(key)).cloned() } else { None };
            if let Some(name) = single {
                let argument = entries.remove(&name).unwrap_or_default();
                return Node::new(origin, function(&name, argument));
            }
            Kind::Mapping(
                entries
                    .into_iter()
                    .map(|(key, value)| {
                        let place = origins.key(origin, &key);
                        let node = from_json(value, place, origins);
                        (key, node)
                    })
                    .collect(),
            )
        }
    };
    Node::new(origin, kind)
}
