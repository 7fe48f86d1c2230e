//! `HealthCheck`: how a load balancer finds out whether a task is healthy, within the bounds of
//! [target groups](https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).

use super::{number, path};
use crate::diagnostic::Located;
use crate::document::{Kind, Node, Reader};
use crate::expression::Expr;
use crate::options::Given;
use crate::program::reach::{Health, HealthProtocol};

const KEYS: [&str; 9] =
    ["Codes", "GracePeriod", "Healthy", "Interval", "Path", "Port", "Protocol", "Timeout", "Unhealthy"];

const PROTOCOLS: [(&str, HealthProtocol); 3] =
    [("http", HealthProtocol::Http), ("https", HealthProtocol::Https), ("tcp", HealthProtocol::Tcp)];

/// Reads a path, or a map of all that can be said.
pub(super) fn read(node: Node, given: &Given, reader: &mut Reader<'_>) -> Health {
    if !matches!(node.kind, Kind::Mapping(_)) {
        let path = request(&node, reader);
        return Health { path, ..Health::default() };
    }
    let Some(mut given) = given.map(node, "a path, or a map with `Path`", reader) else { return Health::default() };
    let health = Health {
        path: given.take("Path").and_then(|node| request(&node, reader)),
        codes: given.take("Codes").and_then(|node| codes(&node, reader)),
        interval: number(&mut given, "Interval", 5..=300, "10", reader),
        timeout: number(&mut given, "Timeout", 2..=120, "5", reader),
        healthy: number(&mut given, "Healthy", 2..=10, "2", reader),
        unhealthy: number(&mut given, "Unhealthy", 2..=10, "3", reader),
        port: given.known("Port", "a port", "8080", reader),
        protocol: given.take("Protocol").and_then(|node| reader.choice(&node, &PROTOCOLS)),
        grace: number(&mut given, "GracePeriod", 0..=2_147_483_647, "300", reader),
    };
    given.finish(&KEYS, reader.diagnostics);
    if let (Some(timeout), interval) = (&health.timeout, health.interval.as_ref().map_or(u32::MAX, |it| it.value))
        && timeout.value >= interval
    {
        reader
            .diagnostics
            .error(timeout.origin, format!("a check that may take {} seconds is made every {interval}", timeout.value))
            .fix("let the timeout be less than the interval");
    }
    health
}

fn request(node: &Node, reader: &mut Reader<'_>) -> Option<Located<Expr<String>>> {
    let text = reader.text(node)?;
    match text.value.known() {
        // What is requested may have a query, unlike what requests are told apart by.
        Some(known) if !known.starts_with('/') || known.len() > 1024 || known.contains(char::is_whitespace) => {
            path(node, reader)?;
            reader
                .diagnostics
                .error(text.origin, format!("`{known}` is no path that could be requested"))
                .fix("write it with a `/` at the start, such as `/health`");
            None
        }
        _ => Some(text),
    }
}

/// Codes and ranges of codes with commas between them.
fn codes(node: &Node, reader: &mut Reader<'_>) -> Option<Located<String>> {
    let text = reader.known_text(node)?;
    let plain: String = text.value.chars().filter(|letter| !letter.is_whitespace()).collect();
    let code = |text: &str| text.parse::<u16>().ok().filter(|code| *code < 600 && text.len() <= 3);
    let is_range = |part: &str| match part.split_once('-') {
        Some((first, last)) => code(first).zip(code(last)).is_some_and(|(first, last)| first < last),
        None => code(part).is_some(),
    };
    if plain.split(',').all(is_range) {
        return Some(Located::new(text.origin, plain));
    }
    reader
        .diagnostics
        .error(text.origin, format!("`{}` are no codes of answers", text.value))
        .fix("write a code, a range or several with commas between them, such as `200-299,302`");
    None
}
