//! `ingress`, of the reference implementation: requests over HTTP from outside.

use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::oam::Loader;
use crate::oam::model::{Component, Rule};
use crate::oam::traits::ingress::{self, PathType};
use crate::program::reach::Reach;

pub(super) fn apply(origin: Origin, mut fields: Fields, component: &mut Component, loader: &mut Loader<'_, '_, '_>) {
    let host = fields.take("hostname").and_then(|node| loader.reader.text(&node));
    let path = fields.take("path").and_then(|node| loader.reader.known_text(&node));
    let port = fields.take("servicePort").and_then(|node| loader.port(&node));
    let hosts = fields.take("tlsHosts").map(|node| hosts(node, loader));
    let secret = fields.take("tlsSecretName").and_then(|node| loader.reader.known_text(&node));
    let secret = secret.filter(|secret| !secret.value.is_empty());
    if let (Some(hosts), None) = (&hosts, &secret) {
        loader
            .reader
            .diagnostics
            .error(hosts.origin, "hosts are to be reached over TLS, and no certificate is named for them")
            .fix("write `tlsSecretName: …`, and beside `Document` the certificate that it stands for, `Certificates: { …: <ARN> }`");
        return;
    }
    let diagnostics = &mut *loader.reader.diagnostics;
    let host = host.and_then(|host| ingress::host(host, diagnostics));
    let path = path.and_then(|path| ingress::path(path, PathType::Prefix, diagnostics));
    let known = host.as_ref().and_then(|host| host.value.known());
    let is_listed = match (&hosts, known) {
        (Some(hosts), Some(host)) => hosts.value.is_empty() || hosts.value.iter().any(|listed| listed == host),
        _ => true,
    };
    if let (false, Some(hosts), Some(host)) = (is_listed, &hosts, known) {
        let message = format!("`{host}` is reached without TLS, as it is not among the hosts that are reached by it");
        diagnostics.note(hosts.origin, message).fix(format!("write `{host}`, or remove `tlsSecretName`"));
    }
    let tls_secret = secret.filter(|_| is_listed);
    let rule = Rule { origin, host, path, port, tls_secret, protocol: None, reach: Reach::default() };
    ingress::route(component, rule, diagnostics);
}

/// Hosts between commas, or a list of them.
fn hosts(node: Node, loader: &mut Loader<'_, '_, '_>) -> Located<Vec<String>> {
    let origin = node.origin;
    let items = match node.kind {
        Kind::Sequence(items) => items,
        kind => vec![Node::new(origin, kind)],
    };
    let texts = items.iter().filter_map(|item| loader.reader.known_text(item));
    let mut hosts = Vec::new();
    for text in texts {
        let each = text.value.split(',').map(|host| host.trim().to_ascii_lowercase());
        hosts.extend(each.filter(|host| !host.is_empty()));
    }
    Located::new(origin, hosts)
}
