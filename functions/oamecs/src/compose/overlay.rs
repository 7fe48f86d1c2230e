//! `x-aws-cloudformation`: what a document lays over the template that it becomes. The one place where a Compose document
//! speaks CloudFormation.
//!
//! In: the value of the key, after interpolation. Out: an [`Overlay`]. The logical ids are those of Docker's ECS integration,
//! which had a rule of its own for them; here each is another name of the resources that may be meant.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Loader;
use super::model::{Network, Service, Volume};
use crate::cloudformation::Overlay;
use crate::diagnostic::Located;
use crate::document::{Kind, Node, list, suggestion};
use crate::program::exposure::Transport;

/// The sections that a document may add to.
const SECTIONS: [&str; 4] = ["Conditions", "Mappings", "Outputs", "Resources"];

/// Sections that say nothing.
const VERSION: &str = "AWSTemplateFormatVersion";

/// Reads the value of the key.
pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Overlay {
    let mut overlay = Overlay::default();
    let Some(fields) = loader.reader.fields(node, "a template, a map with `Resources`") else { return overlay };
    for (section, node) in fields.rest() {
        let Some(name) = SECTIONS.into_iter().find(|name| *name == section) else {
            if section != VERSION {
                report_section(&section, &node, loader);
            }
            continue;
        };
        let what = format!("the section `{name}`, a map");
        let Some(entries) = loader.reader.fields(node, &what) else { continue };
        let entries = entries.rest().into_iter().map(|(key, node)| {
            let place = Located::new(node.origin, key);
            let mut value = json(node);
            unescape(&mut value);
            (place, value)
        });
        overlay.sections.insert(name, entries.collect());
    }
    overlay
}

fn report_section(section: &str, node: &Node, loader: &mut Loader<'_, '_, '_>) {
    let error = loader.reader.diagnostics.error(node.origin, format!("a document adds no `{section}` to its template"));
    error.fix(match suggestion(section, SECTIONS) {
        Some(near) => format!("did you mean `{near}`?"),
        None if matches!(section, "Description" | "Metadata" | "Parameters" | "Rules" | "Transform") => {
            format!("write `{section}` in the template itself")
        }
        None => format!("the sections here are {}", list(&SECTIONS)),
    });
}

/// The value with functions in their long form; null stays, as it deletes.
fn json(node: Node) -> Json {
    match node.kind {
        Kind::Sequence(items) => Json::Array(items.into_iter().map(json).collect()),
        Kind::Mapping(entries) => Json::Object(entries.into_iter().map(|(key, node)| (key, json(node))).collect()),
        _ => node.into_json(),
    }
}

/// Interpolation leaves functions alone, but the predecessor did not know them: there `$${AWS::Region}` was how to write
/// `${AWS::Region}`.
fn unescape(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(unescape),
        Json::Object(entries) => {
            for (key, value) in entries.iter_mut() {
                match value {
                    Json::String(text) if key == "Fn::Sub" => *text = text.replace("$${", "${"),
                    Json::Array(items) if key == "Fn::Sub" => {
                        if let Some(Json::String(text)) = items.first_mut() {
                            *text = text.replace("$${", "${");
                        }
                    }
                    value => unescape(value),
                }
            }
        }
        _ => {}
    }
}

/// How the predecessor made logical ids: letters and digits of the name, the first of them upper case.
fn id_of(name: &str) -> String {
    let mut letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The roles of what the predecessor called otherwise.
const OF_PROJECTS: [(&str, &[&str]); 8] = [
    ("AutoscalingGroup", &["InstanceGroup"]),
    ("CapacityProvider", &["CapacityProvider"]),
    ("CloudMap", &["Namespace"]),
    ("Cluster", &["Cluster"]),
    ("EC2InstanceProfile", &["InstanceProfile"]),
    ("EC2InstanceRole", &["InstanceRole"]),
    ("LoadBalancer", &["LoadBalancer", "NetworkLoadBalancer"]),
    ("LogGroup", &["LogGroup"]),
];

/// Of a service: the end of the predecessor's id, and the role.
const OF_SERVICES: [(&str, &str); 7] = [
    ("ScalableTarget", "ScalableTarget"),
    ("ScalingPolicy", "CpuScaling"),
    ("Service", "Service"),
    ("ServiceDiscoveryEntry", "Discovery"),
    ("TaskDefinition", "TaskDefinition"),
    ("TaskExecutionRole", "ExecutionRole"),
    ("TaskRole", "TaskRole"),
];

/// Of a network.
const OF_NETWORKS: [(&str, &str); 2] = [("Network", "Network"), ("NetworkIngress", "MemberIngress")];

/// Of a volume.
const OF_VOLUMES: [(&str, &str); 2] = [("AccessPoint", "AccessPoint"), ("Filesystem", "FileSystem")];

/// The roles of target groups, by published port, whichever load balancer they are of.
const TARGET_GROUPS: [(Transport, &[&str]); 2] = [
    (
        Transport::Tcp,
        &[
            "HttpTargetGroup",
            "InternalHttpTargets",
            "SharedTargetGroup",
            "InternalSharedTargets",
            "TcpTargetGroup",
            "InternalTcpTargets",
        ],
    ),
    (Transport::Udp, &["UdpTargetGroup", "InternalUdpTargets"]),
];

/// The predecessor's logical ids of everything that a project has.
pub(super) fn aliases(
    services: &BTreeMap<String, Service>,
    networks: &BTreeMap<String, Network>,
    volumes: &BTreeMap<String, Volume>,
) -> BTreeMap<String, Vec<String>> {
    let mut aliases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |id: String, roles: Vec<String>| aliases.entry(id).or_default().extend(roles);
    for (id, roles) in OF_PROJECTS {
        add(id.to_owned(), roles.iter().map(|role| (*role).to_owned()).collect());
    }
    // The default network is there without a word in the document.
    let networks = networks.keys().map(String::as_str).chain(["default"]);
    let services_named = services.keys().map(|name| (name.as_str(), OF_SERVICES.as_slice()));
    let networks_named = networks.map(|name| (name, OF_NETWORKS.as_slice()));
    let volumes_named = volumes.keys().map(|name| (name.as_str(), OF_VOLUMES.as_slice()));
    for (name, ends) in services_named.chain(networks_named).chain(volumes_named) {
        for (end, role) in ends {
            add(format!("{}{end}", id_of(name)), vec![format!("{name}.{role}")]);
        }
    }
    for (name, service) in services {
        for port in &service.ports {
            let published = port.published.unwrap_or(port.target);
            // With a certificate, what is published at 80 is reached at 443.
            let ports = if published == 80 { vec![80, 443] } else { vec![published] };
            let protocol = if port.protocol == Transport::Udp { "UDP" } else { "TCP" };
            let groups = TARGET_GROUPS.iter().filter(|(transport, _)| *transport == port.protocol);
            let groups: Vec<String> = groups
                .flat_map(|(_, roles)| roles.iter())
                .flat_map(|role| ports.iter().map(move |port| format!("{name}.{role}{port}")))
                .collect();
            let listeners = ["Listener", "NetworkListener"].iter();
            let listeners: Vec<String> =
                listeners.flat_map(|role| ports.iter().map(move |port| format!("{role}{port}"))).collect();
            let id = id_of(name);
            add(format!("{id}{protocol}{published}TargetGroup"), groups);
            add(format!("{id}{protocol}{}Listener", port.target), listeners);
        }
    }
    aliases
}
