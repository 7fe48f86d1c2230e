//! [`ports`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports): `[HOST_IP:][HOST:]CONTAINER[/PROTOCOL]`
//! becomes one map a port, ranges included.

use super::super::Loader;
use super::map;
use crate::diagnostic::Origin;
use crate::document::{Form, Kind, Node};

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let Kind::Sequence(items) = kind else { return Node::new(origin, kind) };
    let mut ports = Vec::new();
    for item in items {
        match item.kind {
            Kind::Mapping(_) => ports.push(item),
            _ if is_damaged(&item, loader) => {}
            _ => {
                if let Some(text) = loader.reader.known_text(&item) {
                    match short(&text.value) {
                        Ok(short) => expand(&short, item.origin, loader, &mut ports),
                        Err(ShortError) => {
                            loader
                                .reader
                                .diagnostics
                                .error(item.origin, format!("`{}` is not a port of the container, alone or after a published port; a range has at most {RANGE_LIMIT} ports", text.value))
                                .fix("write `\"PUBLISHED:CONTAINER\"`, for example `\"80:8080\"`");
                        }
                    }
                }
            }
        }
    }
    Node::new(origin, Kind::Sequence(ports))
}

/// Whether a number is what YAML 1.1 makes of two ports: `22:22` is 22 * 60 + 22 there. It is reported then.
pub(super) fn is_damaged(item: &Node, loader: &mut Loader<'_, '_, '_>) -> bool {
    let (Form::Map, Kind::Number(number)) = (loader.form, &item.kind) else { return false };
    let Some(number) = number.as_i64() else { return false };
    let same = number / 61;
    if number % 61 == 0 && (1..60).contains(&same) {
        loader
            .reader
            .diagnostics
            .error(item.origin, format!("`{number}` is what CloudFormation makes of an unquoted `{same}:{same}`"))
            .fix(format!("write it in quotes, `\"{same}:{same}\"`; or `\"{number}\"` if that port is meant"));
        return true;
    }
    if number > 65535 {
        loader
            .reader
            .diagnostics
            .error(
                item.origin,
                format!("`{number}` is not a port; CloudFormation makes such a number of unquoted text like `1:22:22`"),
            )
            .fix("write the ports in quotes, for example `\"22:22\"`");
        return true;
    }
    false
}

/// A short form taken apart; what the parts mean is not looked at yet.
#[derive(Debug, PartialEq, Eq)]
struct Short<'a> {
    host_ip: Option<&'a str>,
    published: Option<(u16, u16)>,
    target: (u16, u16),
    protocol: Option<&'a str>,
}

/// The text is no port.
#[derive(Debug, PartialEq, Eq)]
struct ShortError;

fn short(text: &str) -> Result<Short<'_>, ShortError> {
    let text = text.trim();
    let (text, protocol) = match text.rsplit_once('/') {
        Some((text, protocol)) => (text, Some(protocol)),
        None => (text, None),
    };
    let (rest, target) = match text.rsplit_once(':') {
        Some((rest, target)) => (Some(rest), target),
        None => (None, text),
    };
    let (host_ip, published) = match rest.map(|rest| (rest, rest.rsplit_once(':'))) {
        None => (None, None),
        Some((published, None)) => (None, Some(published)),
        Some((_, Some((host_ip, published)))) => {
            (Some(host_ip.trim_start_matches('[').trim_end_matches(']')), Some(published))
        }
    };
    let published = match published {
        None | Some("") => None,
        Some(published) => Some(range(published).ok_or(ShortError)?),
    };
    Ok(Short { host_ip, published, target: range(target).ok_or(ShortError)?, protocol })
}

/// Longer ranges are no ports that a workload has: a load balancer has 50 listeners.
const RANGE_LIMIT: u16 = 100;

/// `80`, or `8000-8010`: the first and the last port.
pub(super) fn range(text: &str) -> Option<(u16, u16)> {
    let port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    match text.split_once('-') {
        Some((first, last)) => {
            Some((port(first)?, port(last)?)).filter(|(first, last)| first <= last && last - first < RANGE_LIMIT)
        }
        None => port(text).map(|port| (port, port)),
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
                error.fix("write two ranges of the same length");
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

fn noun(count: u16) -> &'static str {
    if count == 1 { "port" } else { "ports" }
}

fn number(origin: Origin, port: u16) -> Node {
    Node::new(origin, Kind::Number(port.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_short_forms_apart() {
        let cases = [
            ("80", Some((None, None, (80, 80), None))),
            ("8080:80", Some((None, Some((8080, 8080)), (80, 80), None))),
            ("53:53/udp", Some((None, Some((53, 53)), (53, 53), Some("udp")))),
            ("127.0.0.1:8080:80", Some((Some("127.0.0.1"), Some((8080, 8080)), (80, 80), None))),
            ("127.0.0.1::80", Some((Some("127.0.0.1"), None, (80, 80), None))),
            ("[::1]:8080:80", Some((Some("::1"), Some((8080, 8080)), (80, 80), None))),
            ("8000-8002:9000-9002", Some((None, Some((8000, 8002)), (9000, 9002), None))),
            ("3000-3001", Some((None, None, (3000, 3001), None))),
            (":80", Some((None, None, (80, 80), None))),
            ("", None),
            ("http", None),
            ("80:", None),
            ("70000", None),
            ("9-8", None),
            ("1-65535", None),
            ("+80", None),
        ];
        for (text, expected) in cases {
            let expected = expected
                .map(|(host_ip, published, target, protocol)| Short { host_ip, published, target, protocol })
                .ok_or(ShortError);
            assert_eq!(short(text), expected, "{text}");
        }
    }
}
