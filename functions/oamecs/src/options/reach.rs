//! Options of how published ports are reached.
//!
//! In: keys of a workload, or of a single port. Out: [`Reach`].

mod caller;
mod health;

pub(crate) use caller::plain as caller;

use std::ops::RangeInclusive;

use super::Given;
use super::arn::Arn;
use crate::diagnostic::Located;
use crate::document::{Kind, Node, Reader};
use crate::expression::Expr;
use crate::program::environment::Scheme;
use crate::program::reach::{Certificates, Host, Listener, Path, Reach, Records, Stickiness};

/// Every one of these options, sorted.
pub const KEYS: [&str; 16] = [
    "AllowFrom",
    "Certificate",
    "DeregistrationDelay",
    "DnsNames",
    "DnsRecords",
    "Domain",
    "HealthCheck",
    "HostedZone",
    "Listener",
    "LoadBalancer",
    "LoadBalancerGroups",
    "Path",
    "Priority",
    "Scheme",
    "SlowStart",
    "Stickiness",
];

/// The most seconds of a stickiness, which is a week.
const LONGEST_STICKINESS: u32 = 604_800;

/// Reads them of a map; what else is in it is left there.
pub fn read(given: &mut Given, reader: &mut Reader<'_>) -> Reach {
    let (balanced, apart) = given.take("LoadBalancer").map(|node| balanced(&node, reader)).unwrap_or_default();
    Reach {
        balanced,
        apart,
        groups: given.take("LoadBalancerGroups").and_then(|node| groups(node, given, reader)),
        names: given.take("DnsNames").and_then(|node| names(node, reader)),
        zone: given.text("HostedZone", reader),
        scheme: given.take("Scheme").and_then(|node| {
            reader.choice(&node, &[("internal", Scheme::Internal), ("internet-facing", Scheme::InternetFacing)])
        }),
        listener: given.take("Listener").and_then(|node| listener(node, given, reader)),
        certificates: given.take("Certificate").and_then(|node| certificates(node, reader)),
        domains: given.take("Domain").and_then(|node| domains(node, reader)),
        paths: given.take("Path").and_then(|node| paths(node, reader)),
        priority: number(given, "Priority", 1..=50_000, "100", reader),
        records: given.take("DnsRecords").and_then(|node| {
            let choices = [
                ("create", Records::Create),
                ("overwrite", Records::Overwrite),
                ("none", Records::None),
                ("false", Records::None),
            ];
            reader.choice(&node, &choices)
        }),
        callers: given.take("AllowFrom").and_then(|node| caller::read(node, given, reader)),
        health: given.take("HealthCheck").map(|node| health::read(node, given, reader)).unwrap_or_default(),
        stickiness: given.take("Stickiness").and_then(|node| stickiness(&node, given, reader)),
        drain: number(given, "DeregistrationDelay", 0..=3600, "60", reader),
        slow_start: given.take("SlowStart").and_then(|node| slow_start(&node, given, reader)),
    }
}

/// A number within bounds; `example` is one.
fn number(
    given: &mut Given,
    name: &str,
    bounds: RangeInclusive<u32>,
    example: &str,
    reader: &mut Reader<'_>,
) -> Option<Located<u32>> {
    let node = given.take(name)?;
    within(&node, bounds, &format!("{}: {example}", given.spelled(name)), reader)
}

fn within(node: &Node, bounds: RangeInclusive<u32>, example: &str, reader: &mut Reader<'_>) -> Option<Located<u32>> {
    let what = format!("a number from {} to {}", bounds.start(), bounds.end());
    let number = reader.known_like::<u32>(node, &what, Some(example))?;
    if bounds.contains(&number.value) {
        return Some(number);
    }
    reader
        .diagnostics
        .error(number.origin, format!("this must be {what}, not {}", number.value))
        .fix(format!("write `{example}`"));
    None
}

/// One value, or a list of them.
fn several(node: Node) -> Vec<Node> {
    match node.kind {
        Kind::Sequence(items) => items,
        _ => vec![node],
    }
}

fn is_off(node: &Node) -> bool {
    match &node.kind {
        Kind::Bool(on) => !on,
        Kind::Text(text) => text.eq_ignore_ascii_case("none") || text.eq_ignore_ascii_case("false"),
        _ => false,
    }
}

/// Whether published ports go on a load balancer, and whether on one of the workload's own.
fn balanced(node: &Node, reader: &mut Reader<'_>) -> (Option<Located<bool>>, Option<Located<bool>>) {
    let said = |value| Some(Located::new(node.origin, value));
    if is_off(node) {
        return (said(false), None);
    }
    match &node.kind {
        Kind::Text(text) if text.eq_ignore_ascii_case("own") => return (None, said(true)),
        Kind::Text(text) if text.eq_ignore_ascii_case("shared") => return (None, said(false)),
        _ => {}
    }
    reader
        .diagnostics
        .error(node.origin, "here it can only be said that published ports go on no load balancer, or on one of their own")
        .fix("write `none`, `own` or `shared`; a load balancer that exists is named under `Environment`, and who reaches it by `Scheme`");
    (None, None)
}

fn groups(node: Node, given: &Given, reader: &mut Reader<'_>) -> Option<Located<Vec<Located<Expr<String>>>>> {
    let origin = node.origin;
    let mut groups = Vec::new();
    for node in several(node) {
        let group = reader.text(&node)?;
        if let Some(known) = group.value.known().filter(|known| !known.starts_with("sg-")) {
            reader.diagnostics.error(group.origin, format!("`{known}` is no id of a security group")).fix(format!(
                "write `{}: sg-0123456789abcdef0`, or a function that gives an id",
                given.spelled("LoadBalancerGroups")
            ));
            return None;
        }
        groups.push(group);
    }
    (!groups.is_empty()).then(|| Located::new(origin, groups))
}

/// Names in DNS. What only requests are compared with is none.
fn names(node: Node, reader: &mut Reader<'_>) -> Option<Located<Vec<Host>>> {
    let names = domains(node, reader)?;
    let is_pattern = |host: &&Host| {
        host.value.known().is_some_and(|name| name.strip_prefix("*.").unwrap_or(name).contains(['*', '?']))
    };
    if let Some(pattern) = names.value.iter().find(is_pattern) {
        reader
            .diagnostics
            .error(pattern.origin, "a pattern is no name in DNS")
            .fix("write the name; `*.example.com` is for all one below `example.com`");
        return None;
    }
    Some(names)
}

fn listener(node: Node, given: &Given, reader: &mut Reader<'_>) -> Option<Located<Listener>> {
    let origin = node.origin;
    let (arn, security_group) = if let Kind::Mapping(_) = node.kind {
        let mut inner = given.map(node, "a map with `Arn` and `SecurityGroupId`", reader)?;
        let arn = inner.text("Arn", reader);
        let group = inner.text("SecurityGroupId", reader);
        let (name, group_name) = (inner.spelled("Arn"), inner.spelled("SecurityGroupId"));
        inner.finish(&["Arn", "SecurityGroupId"], reader.diagnostics);
        let Some(arn) = arn else {
            reader
                .diagnostics
                .error(origin, format!("the listener has no `{name}`"))
                .fix(format!("write `{name}`, and with `{group_name}` the security group of its load balancer"));
            return None;
        };
        (arn, group)
    } else {
        (reader.text(&node)?, None)
    };
    Arn::Listener
        .check(&arn, reader.diagnostics)
        .then(|| Located::new(origin, Listener { arn: arn.value, security_group }))
}

fn certificates(node: Node, reader: &mut Reader<'_>) -> Option<Located<Certificates>> {
    let origin = node.origin;
    if is_off(&node) {
        return Some(Located::new(origin, Certificates::None));
    }
    let mut given = Vec::new();
    for node in several(node) {
        let arn = reader.text(&node)?;
        if !Arn::Certificate.check(&arn, reader.diagnostics) {
            return None;
        }
        given.push(arn);
    }
    (!given.is_empty()).then(|| Located::new(origin, Certificates::Given(given)))
}

fn domains(node: Node, reader: &mut Reader<'_>) -> Option<Located<Vec<Host>>> {
    let origin = node.origin;
    let hosts: Vec<Host> = several(node).iter().filter_map(|node| host(node, reader)).collect();
    (!hosts.is_empty()).then(|| Located::new(origin, hosts))
}

fn host(node: &Node, reader: &mut Reader<'_>) -> Option<Host> {
    let mut host = reader.text(node)?;
    if let Expr::Known(text) = &mut host.value {
        text.make_ascii_lowercase();
        if let Some(plain) = text.strip_suffix('.') {
            *text = plain.to_owned();
        }
        if !is_host(text) {
            let message = format!("`{text}` is no host name that a load balancer could look for");
            let start = text.trim_start_matches("https://").trim_start_matches("http://");
            let bare = start.split(['/', ':']).next().unwrap_or_default();
            let fix = if bare != text.as_str() && bare.contains('.') {
                format!("write `{bare}`; a path goes under `Path`")
            } else {
                "write letters, digits and hyphens with dots between them, such as `shop.example.com`".to_owned()
            };
            reader.diagnostics.error(host.origin, message).fix(fix);
            return None;
        }
    }
    Some(host)
}

/// Whether a load balancer could look for a text as the name of a host.
pub(crate) fn is_host(text: &str) -> bool {
    (4..=128).contains(&text.len())
        && text.contains('.')
        && text.split('.').all(|label| !label.is_empty())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.*?".contains(letter))
}

fn paths(node: Node, reader: &mut Reader<'_>) -> Option<Located<Vec<Path>>> {
    let origin = node.origin;
    let paths: Vec<Path> = several(node).iter().filter_map(|node| path(node, reader)).collect();
    (!paths.is_empty()).then(|| Located::new(origin, paths))
}

fn path(node: &Node, reader: &mut Reader<'_>) -> Option<Path> {
    let text = reader.known_text(node)?;
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "_-.$/~\"'@:+&*?".contains(letter);
    if !text.value.starts_with(['/', '*']) || text.value.len() > 128 || !text.value.chars().all(is_allowed) {
        let entry = reader
            .diagnostics
            .error(text.origin, format!("`{}` is no path that a load balancer could look for", text.value));
        if text.value.len() <= 127 && !text.value.starts_with('/') && text.value.chars().all(is_allowed) {
            entry.fix(format!("write `/{}`", text.value));
        } else {
            entry.fix("write at most 128 letters, digits and `_-.$/~\"'@:+&`, with a `/` at the start; `*` and `?` stand for characters");
        }
        return None;
    }
    if text.value.contains(['*', '?']) {
        return Some(Path::Pattern(text.value));
    }
    // `/api/` is `/api` too: whoever writes the slash does not mean to leave out the page itself.
    let plain = text.value.trim_end_matches('/');
    Some(Path::Prefix(if plain.is_empty() { "/".to_owned() } else { plain.to_owned() }))
}

fn stickiness(node: &Node, given: &Given, reader: &mut Reader<'_>) -> Option<Located<Stickiness>> {
    let value = match &node.kind {
        _ if is_off(node) => Stickiness::Off,
        Kind::Bool(true) => Stickiness::On { seconds: None },
        Kind::Text(text) if text.eq_ignore_ascii_case("true") => Stickiness::On { seconds: None },
        _ => {
            let example = format!("{}: 3600", given.spelled("Stickiness"));
            let seconds = within(node, 1..=LONGEST_STICKINESS, &example, reader)?;
            Stickiness::On { seconds: Some(seconds.value) }
        }
    };
    Some(Located::new(node.origin, value))
}

fn slow_start(node: &Node, given: &Given, reader: &mut Reader<'_>) -> Option<Located<u32>> {
    if is_off(node) {
        return Some(Located::new(node.origin, 0));
    }
    let example = format!("{}: 60", given.spelled("SlowStart"));
    let seconds = within(node, 0..=900, &example, reader)?;
    if (1..30).contains(&seconds.value) {
        reader
            .diagnostics
            .error(seconds.origin, format!("a slow start takes 30 to 900 seconds, not {}", seconds.value))
            .fix("write `30`, or `0` for none");
        return None;
    }
    Some(seconds)
}
