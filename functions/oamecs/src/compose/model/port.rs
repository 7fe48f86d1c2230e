//! [`ports`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports) and
//! [`expose`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#expose).

use std::net::IpAddr;

use super::super::Loader;
use super::service::PREFIX;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::options::{Given, reach};
use crate::program::Reach;
use crate::program::exposure::{Protocol, Transport};

/// A published port.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its place.
    pub origin: Origin,
    /// `target`: the port that the container listens on.
    pub target: u16,
    /// `published`: the port that the world sees; `None`: any.
    pub published: Option<u16>,
    /// `host_ip`: the address of the host that the world sees it at.
    pub host_ip: Option<Located<IpAddr>>,
    /// `protocol`.
    pub protocol: Transport,
    /// `app_protocol` or `x-aws-protocol`: what is spoken over it.
    pub app_protocol: Option<Protocol>,
    /// `x-aws-public`: whether it goes on a load balancer.
    pub public: Option<Located<bool>>,
    /// `x-aws-…`: how it is reached.
    pub reach: Reach,
}

/// A port that the container listens on.
#[derive(Clone, Debug)]
pub struct Exposed {
    /// Its place.
    pub origin: Origin,
    /// The port.
    pub target: u16,
    /// Its protocol.
    pub protocol: Transport,
}

const APP_PROTOCOLS: &[(&str, Protocol)] = &[
    ("http", Protocol::Http),
    ("https", Protocol::Https),
    ("http2", Protocol::Http2),
    ("grpc", Protocol::Grpc),
    ("tcp", Protocol::Opaque),
    ("udp", Protocol::Opaque),
    ("tls", Protocol::Tls),
];

impl Port {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Vec<Self> {
        let example = example(&node);
        let Some(items) = loader.items(node, "a list of ports", &example) else {
            return Vec::new();
        };
        items.into_iter().filter_map(|item| Self::one(item, loader)).collect()
    }

    fn one(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        let mut fields = loader.fields(node, "a port", "`\"80:8080\"`, or a map with `target` and `published`")?;
        let target = target(&mut fields, origin, loader)?;
        let published = match fields.take("published") {
            Some(node) if leaves_open(&node) => None,
            Some(node) => Some(published(&node, loader)?),
            None => None,
        };
        let host_ip = fields.take("host_ip").and_then(|node| host_ip(&node, loader));
        let protocol = transport(&mut fields, loader)?;
        let app_protocol = fields.take("app_protocol").and_then(|node| app_protocol(&node, loader));
        let reach = reach(&mut fields, loader);
        let public = fields.take("x-aws-public").and_then(|node| loader.reader.any_bool(&node));
        let ours = fields.take("x-aws-protocol");
        // `none`: nothing that a load balancer would speak.
        let (ours, public) = match ours {
            Some(node) if says_none(&node) => (None, public.or(Some(Located::new(node.origin, false)))),
            Some(node) => (loader.choice(&node, APP_PROTOCOLS).map(|protocol| protocol.value), public),
            None => (None, public),
        };
        Some(Self { origin, target, published, host_ip, protocol, app_protocol: ours.or(app_protocol), public, reach })
    }
}

/// The options of the platform among the attributes of a port.
fn reach(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Reach {
    let mut given = Given::among(fields, &reach::KEYS, PREFIX);
    reach::read(&mut given, loader.reader)
}

fn says_none(node: &Node) -> bool {
    match &node.kind {
        Kind::Bool(on) => !on,
        Kind::Text(text) => text.eq_ignore_ascii_case("none"),
        _ => false,
    }
}

impl Exposed {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Vec<Self> {
        let Some(items) = loader.items(node, "a list of ports", "for example `expose: [\"8080\"]`") else {
            return Vec::new();
        };
        let mut exposed = Vec::new();
        for item in items {
            let origin = item.origin;
            let Some(mut fields) = loader.fields(item, "a port", "`\"8080\"`") else { continue };
            if let Some(target) = target(&mut fields, origin, loader)
                && let Some(protocol) = transport(&mut fields, loader)
            {
                exposed.push(Self { origin, target, protocol });
            }
        }
        exposed
    }
}

/// How ports are written that are no list, as far as it can be told.
fn example(node: &Node) -> String {
    let ports = match &node.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Number(number) => Some(format!("{number}:{number}")),
        Kind::Mapping(entries) => entries.iter().find_map(|(published, target)| match &target.kind {
            Kind::Text(target) => Some(format!("{published}:{target}")),
            Kind::Number(target) => Some(format!("{published}:{target}")),
            _ => None,
        }),
        Kind::Deferred(_) => return "the list itself; each of its items may be a function".to_owned(),
        _ => None,
    };
    let ports =
        ports.filter(|ports| ports.chars().all(|character| character.is_ascii_digit() || ":./-".contains(character)));
    match ports {
        Some(ports) => format!("`ports: [\"{ports}\"]`"),
        None => "for example `ports: [\"80:8080\"]`".to_owned(),
    }
}

fn target(fields: &mut Fields, origin: Origin, loader: &mut Loader<'_, '_, '_>) -> Option<u16> {
    let Some(node) = fields.take("target") else {
        loader
            .reader
            .diagnostics
            .error(origin, "the port has no `target`")
            .fix("write the container's port as `target`");
        return None;
    };
    loader.parsed(&node, port, NOT_A_PORT, "write the port that the container listens on").map(|port| port.value)
}

const NOT_A_PORT: &str = "a port: ports are 1 to 65535";

fn port(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|port| *port > 0)
}

/// Whether a published port is one that says: any.
fn leaves_open(node: &Node) -> bool {
    match &node.kind {
        Kind::Text(text) => text.is_empty() || text == "0",
        Kind::Number(number) => number.as_u64() == Some(0),
        _ => false,
    }
}

fn published(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<u16> {
    let text = loader.reader.known_text(node)?.value;
    if text.contains('-') {
        loader
            .reader
            .diagnostics
            .error(
                node.origin,
                format!("`{text}` leaves open which port is published; Docker would take any that is free"),
            )
            .fix("write one port");
        return None;
    }
    loader.parsed(node, port, NOT_A_PORT, "write the port that is to be published").map(|port| port.value)
}

fn host_ip(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<IpAddr>> {
    let text = loader.reader.known_text(node)?;
    if text.value.is_empty() {
        return None;
    }
    let parse = |text: &str| match text {
        "localhost" => "127.0.0.1".parse().ok(),
        text => text.parse().ok(),
    };
    loader.parsed(node, parse, "an IP address", "write `127.0.0.1` to keep the port private, or remove the address")
}

fn transport(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Transport> {
    let Some(node) = fields.take("protocol") else { return Some(Transport::Tcp) };
    let text = loader.reader.known_text(&node)?.value.to_ascii_lowercase();
    match text.as_str() {
        "" | "tcp" => Some(Transport::Tcp),
        "udp" => Some(Transport::Udp),
        "sctp" => {
            loader
                .reader
                .diagnostics
                .error(node.origin, "SCTP is not available on ECS: neither tasks nor load balancers speak it")
                .fix("use `tcp` or `udp`");
            None
        }
        "http" | "https" | "http2" | "grpc" => {
            loader
                .reader
                .diagnostics
                .error(node.origin, format!("`{text}` is spoken over `tcp`, and a port's protocol is that"))
                .fix(format!("write `tcp`, and to say more the port as a map, with `app_protocol: {text}`"));
            None
        }
        _ => {
            loader
                .reader
                .diagnostics
                .error(node.origin, format!("`{text}` is not a protocol of ports"))
                .fix("write `tcp` or `udp`");
            None
        }
    }
}

/// Any protocol may be named here; those that a load balancer does not speak are passed on as they are.
fn app_protocol(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Protocol> {
    let text = loader.reader.known_text(node)?.value.to_ascii_lowercase();
    match text.as_str() {
        "" => None,
        "http" | "ws" => Some(Protocol::Http),
        "https" | "wss" => Some(Protocol::Https),
        "http2" | "h2c" => Some(Protocol::Http2),
        "grpc" => Some(Protocol::Grpc),
        _ => Some(Protocol::Opaque),
    }
}
