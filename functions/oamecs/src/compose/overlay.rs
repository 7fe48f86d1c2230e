//! `x-aws-cloudformation`: what a document lays over the template that it becomes. The one place where a Compose document
//! speaks CloudFormation.
//!
//! In: the value of the key, after interpolation. Out: an [`Overlay`]. The logical ids are those of Docker's ECS integration,
//! which had a rule of its own for them; here each is another name of the resources that may be meant.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Loader;
use super::model::{Port, Project};
use crate::cloudformation::{Meant, Overlay};
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

/// Of the project: the predecessor's id, and the roles that it may mean.
const OF_PROJECTS: [(&str, &[&str]); 6] = [
    ("CloudMap", &["Namespace"]),
    ("Cluster", &["Cluster"]),
    ("EC2InstanceProfile", &["InstanceProfile"]),
    ("EC2InstanceRole", &["InstanceRole"]),
    (
        "LoadBalancer",
        &[
            "LoadBalancer",
            "NetworkLoadBalancer",
            "InternalLoadBalancer",
            "InternalNetworkLoadBalancer",
            "PublicLoadBalancer",
            "PublicNetworkLoadBalancer",
        ],
    ),
    ("LogGroup", &["LogGroup"]),
];

/// Of instances, of which there was one kind: the predecessor's id, and the role.
const OF_INSTANCES: [(&str, &str); 2] = [("AutoscalingGroup", "Instances"), ("CapacityProvider", "CapacityProvider")];

/// Of a service: the end of the predecessor's id, and the role.
const OF_SERVICES: [(&str, &str); 8] = [
    ("ScalableTarget", "ScalableTarget"),
    ("ScalingPolicy", "CpuScaling"),
    ("ScalingPolicy", "MemoryScaling"),
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

/// Of a secret.
const OF_SECRETS: [(&str, &str); 1] = [("Secret", "Secret")];

/// The roles of target groups, whichever load balancer they are of, and of the listeners that lead to them.
const OF_PORTS: [(Transport, &str, &str); 14] = [
    (Transport::Tcp, "HttpTargetGroup", "Listener"),
    (Transport::Tcp, "InternalHttpTargets", "Listener"),
    (Transport::Tcp, "InsideHttpTargets", "InternalListener"),
    (Transport::Tcp, "OutsideHttpTargets", "PublicListener"),
    (Transport::Tcp, "SharedTargetGroup", "Listener"),
    (Transport::Tcp, "InternalSharedTargets", "Listener"),
    (Transport::Tcp, "TcpTargetGroup", "NetworkListener"),
    (Transport::Tcp, "InternalTcpTargets", "NetworkListener"),
    (Transport::Tcp, "InsideTcpTargets", "InternalNetworkListener"),
    (Transport::Tcp, "OutsideTcpTargets", "PublicNetworkListener"),
    (Transport::Udp, "UdpTargetGroup", "NetworkListener"),
    (Transport::Udp, "InternalUdpTargets", "NetworkListener"),
    (Transport::Udp, "InsideUdpTargets", "InternalNetworkListener"),
    (Transport::Udp, "OutsideUdpTargets", "PublicNetworkListener"),
];

/// The role of target groups behind a listener that exists; something that tells the listener from others follows the name.
const OF_LISTENERS: &str = "ListenerTargets";

/// The predecessor's logical ids of everything that a project has.
pub(super) fn aliases(project: &Project) -> BTreeMap<String, Vec<Meant>> {
    let mut aliases: BTreeMap<String, Vec<Meant>> = BTreeMap::new();
    let mut add = |id: String, meant: Meant| aliases.entry(id).or_default().push(meant);
    for (id, roles) in OF_PROJECTS {
        for role in roles {
            add(id.to_owned(), Meant::role(*role));
        }
    }
    for (id, role) in OF_INSTANCES {
        add(id.to_owned(), Meant::role(format!("*.{role}")));
    }
    let mut of = |id: &str, name: &str, ends: &[(&str, &str)]| {
        for (end, role) in ends {
            add(format!("{}{end}", id_of(id)), Meant::role(format!("{name}.{role}")));
        }
    };
    project.services.keys().for_each(|name| of(name, name, &OF_SERVICES));
    // The default network is there without a word in the document.
    project.networks.keys().map(String::as_str).chain(["default"]).for_each(|name| of(name, name, &OF_NETWORKS));
    project.volumes.keys().for_each(|name| of(name, name, &OF_VOLUMES));
    for (key, secret) in &project.secrets {
        let named = secret.text.name.as_ref().and_then(|name| name.value.known());
        let default = || format!("{}_{key}", project.name.value);
        of(&named.cloned().unwrap_or_else(default), key, &OF_SECRETS);
    }
    for (name, service) in &project.services {
        service.ports.iter().for_each(|port| add_port(name, port, &mut add));
    }
    aliases
}

/// The target group of a published port, and the listener that leads to it.
fn add_port(name: &str, port: &Port, add: &mut impl FnMut(String, Meant)) {
    let published = port.published.unwrap_or(port.target);
    // A port in the long form had no protocol unless it was said.
    let protocols: &[&str] = if port.protocol == Transport::Udp { &["UDP"] } else { &["TCP", ""] };
    // With a certificate, what is published at 80 is reached at 443.
    let ports: &[u16] = if published == 80 { &[80, 443] } else { &[published] };
    for protocol in protocols {
        let group_id = format!("{}{protocol}{published}TargetGroup", id_of(name));
        let listener_id = format!("{}{protocol}{}Listener", id_of(name), port.target);
        for at in ports {
            for (_, group, listener) in OF_PORTS.iter().filter(|(transport, ..)| *transport == port.protocol) {
                let group = Meant::role(format!("{name}.{group}{at}"));
                for number in ports {
                    let beside = Some(group.role.clone());
                    add(listener_id.clone(), Meant { beside, ..Meant::role(format!("{listener}{number}")) });
                }
                add(group_id.clone(), group);
            }
        }
        if port.protocol == Transport::Tcp {
            add(group_id, Meant::role(format!("{name} *.{OF_LISTENERS}{published}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecs::roles;

    /// The roles of the tables, with 1 for their number, and whether a name stands before each.
    fn named() -> Vec<(String, bool)> {
        let alone = OF_PROJECTS.iter().flat_map(|(_, roles)| roles.iter());
        let after = [&OF_INSTANCES[..], &OF_SERVICES, &OF_NETWORKS, &OF_VOLUMES, &OF_SECRETS].into_iter().flatten();
        let groups = OF_PORTS.iter().map(|(_, group, _)| *group).chain([OF_LISTENERS]);
        let listeners = OF_PORTS.iter().map(|(.., listener)| *listener);
        alone
            .map(|role| ((*role).to_owned(), false))
            .chain(after.map(|(_, role)| ((*role).to_owned(), true)))
            .chain(groups.map(|role| (format!("{role}1"), true)))
            .chain(listeners.map(|role| (format!("{role}1"), false)))
            .collect()
    }

    #[test]
    fn every_role_exists() {
        let roles = roles();
        for named in named() {
            assert!(roles.contains(&named), "no resource has the role {named:?}");
        }
    }

    #[test]
    fn every_load_balancer_listener_and_target_group_has_a_former_name() {
        let named = named();
        for role in roles() {
            let is_old =
                ["LoadBalancer", "Listener1", "TargetGroup1", "Targets1"].iter().any(|end| role.0.ends_with(end));
            // No document of Compose has a load balancer for one service.
            let is_apart = role.0.starts_with("Own");
            assert!(!is_old || is_apart || named.contains(&role), "{role:?} has no former name");
        }
    }
}
