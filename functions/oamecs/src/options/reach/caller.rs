//! `AllowFrom`: who may reach a port.

use ipnet::IpNet;
use serde_json::Value as Json;

use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node, Reader};
use crate::expression::Expr;
use crate::options::Given;
use crate::program::reach::Caller;

/// What a caller can be, by the key that says so where it does not show.
const KEYS: [&str; 4] = ["Cidr", "Ipv6Cidr", "PrefixList", "SecurityGroup"];

/// Reads a caller or a list of them.
pub(super) fn read(node: Node, given: &Given, reader: &mut Reader<'_>) -> Option<Located<Vec<Located<Caller>>>> {
    let origin = node.origin;
    let nodes = super::several(node);
    let is_empty = nodes.is_empty();
    let callers: Vec<_> = nodes.into_iter().filter_map(|node| one(node, given, reader)).collect();
    if is_empty {
        reader
            .diagnostics
            .error(origin, "nobody may reach the port, so that nothing is gained by a load balancer")
            .fix("name somebody, such as `10.0.0.0/8`; or keep the port off the load balancer");
    }
    (!callers.is_empty()).then(|| Located::new(origin, callers))
}

fn one(node: Node, given: &Given, reader: &mut Reader<'_>) -> Option<Located<Caller>> {
    let origin = node.origin;
    match &node.kind {
        Kind::Mapping(_) => {
            let mut fields = given.map(node, "a map with one key", reader)?;
            let caller = named(&mut fields, reader);
            fields.finish(&KEYS, reader.diagnostics);
            if caller.is_none() {
                reader.diagnostics.error(origin, "this does not say who may reach the port").fix(EXAMPLE);
            }
            Some(Located::new(origin, caller?))
        }
        // The group of somebody else in the template needs no key that says so.
        Kind::Deferred(deferred) if deferred.alone().is_some_and(is_group) => {
            Some(Located::new(origin, Caller::Group(Expr::Deferred(deferred.clone()))))
        }
        _ => {
            let text = reader.known_text(&node)?;
            let caller = plain(&text.value, origin, reader)?;
            let caller = match node.kind {
                Kind::Deferred(late) => passed_on(caller, &text.value, Expr::Deferred(late)),
                _ => caller,
            };
            Some(Located::new(origin, caller))
        }
    }
}

/// A caller as the function that gives it: only what it is had to be known, and where that is said as AWS says it, the value
/// may change with the stack.
fn passed_on(caller: Caller, text: &str, late: Expr<String>) -> Caller {
    match caller {
        Caller::Block(block) if block.known().is_some_and(|block| block == text) => Caller::Block(late),
        Caller::Block6(block) if block.known().is_some_and(|block| block == text) => Caller::Block6(late),
        Caller::List(_) => Caller::List(late),
        Caller::Group(_) => Caller::Group(late),
        caller => caller,
    }
}

const EXAMPLE: &str = "write `10.0.0.0/8`, `2001:db8::/32`, `pl-…`, `sg-…`, or a function under one of `Cidr`, `Ipv6Cidr`, `PrefixList` and `SecurityGroup`";

fn is_group(function: &Json) -> bool {
    match function.get("Fn::GetAtt") {
        Some(Json::String(attribute)) => attribute.ends_with("GroupId"),
        Some(Json::Array(parts)) => {
            parts.last().and_then(Json::as_str).is_some_and(|attribute| attribute.ends_with("GroupId"))
        }
        _ => false,
    }
}

fn named(fields: &mut Given, reader: &mut Reader<'_>) -> Option<Caller> {
    let mut found = None;
    for key in KEYS {
        let Some(text) = fields.text(key, reader) else { continue };
        let caller = match (key, text.value) {
            (_, Expr::Known(known)) => plain(&known, text.origin, reader)?,
            ("Cidr", late) => Caller::Block(late),
            ("Ipv6Cidr", late) => Caller::Block6(late),
            ("PrefixList", late) => Caller::List(late),
            (_, late) => Caller::Group(late),
        };
        found = Some(caller);
    }
    found
}

/// Somebody who may reach a port, as a text names him; `None` where it names nobody, which was reported.
pub(crate) fn plain(text: &str, origin: Origin, reader: &mut Reader<'_>) -> Option<Caller> {
    let known = |text: &str| Expr::Known(text.to_owned());
    if text.starts_with("pl-") {
        return Some(Caller::List(known(text)));
    }
    if text.starts_with("sg-") {
        return Some(Caller::Group(known(text)));
    }
    let block = text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
    let Some(block) = block else {
        reader.diagnostics.error(origin, format!("`{text}` is nobody who could be let in")).fix(EXAMPLE);
        return None;
    };
    if block.trunc() != block {
        reader.diagnostics.error(origin, format!("`{text}` is not the start of a block of that size")).fix(format!(
            "write `{}`, or `{}` for the one address",
            block.trunc(),
            IpNet::from(block.addr())
        ));
        return None;
    }
    Some(match block {
        IpNet::V4(block) => Caller::Block(known(&block.to_string())),
        IpNet::V6(block) => Caller::Block6(known(&block.to_string())),
    })
}
