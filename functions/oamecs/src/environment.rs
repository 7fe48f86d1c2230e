//! `OamEcs::Environment`, and the `Environment` property of the other types.
//!
//! In: the fields of a declaration or of a property. Out: a [`program::Environment`](Environment), made where nothing else
//! is said. Both places take the same keys, so that what an application needs for itself can be written in place.

use ipnet::Ipv4Net;

use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, Reader, suggestion};
use crate::expression::{Deferred, Expr};
use crate::program::Tags;
use crate::program::environment::{
    Cluster, Environment, Gateways, Insights, LoadBalancer, Namespace, Network, Scheme, Subnets,
};

/// The addresses of a network for which none are given.
const DEFAULT_ADDRESSES: &str = "10.0.0.0/16";
/// The zones of a network for which no number is given: what a load balancer needs.
const DEFAULT_ZONES: u8 = 2;
/// The most zones that a network is divided for.
const MOST_ZONES: u8 = 6;

/// Every key of an environment.
const KEYS: [&str; 18] = [
    "CertificateArn",
    "Cluster",
    "ContainerInsights",
    "ExportPrefix",
    "HostedZoneId",
    "ImportPrefix",
    "LoadBalancer",
    "LoadBalancerArn",
    "LoadBalancerSecurityGroupId",
    "Namespace",
    "NamespaceId",
    "NamespaceName",
    "NatGateways",
    "PrivateSubnetIds",
    "PublicSubnetIds",
    "VpcCidr",
    "VpcId",
    "Zones",
];

/// The environment that applications share where a template declares none.
pub fn implicit(origin: Origin) -> Environment {
    Environment {
        origin,
        network: made_by_default(),
        cluster: Cluster::Made { insights: Insights::default() },
        load_balancer: None,
        namespace: None,
        certificate: None,
        hosted_zone: None,
        export_prefix: None,
        tags: Tags::new(),
    }
}

/// Reads an environment. Where `declared`, it is exported under the stack's name unless `ExportPrefix` says otherwise.
pub fn load(mut fields: Fields, declared: bool, tags: Tags, reader: &mut Reader<'_>) -> Environment {
    let origin = fields.origin;
    let export_prefix = match fields.take("ExportPrefix") {
        Some(node) if matches!(node.kind, Kind::Bool(false)) => None,
        Some(node) => reader.text(&node).map(|prefix| prefix.value),
        None => declared.then(stack_name),
    };
    if let Some(node) = fields.take("Default") {
        reader.diagnostics.error(node.origin, "the default VPC is not looked up by this version").fix(
            "give `VpcId` with `PublicSubnetIds` and `PrivateSubnetIds`, or leave them out for a network that is made",
        );
    }
    let import_prefix = text(&mut fields, "ImportPrefix", reader);
    let zones = zones(&mut fields, reader);
    let network = network(&mut fields, import_prefix.as_ref(), zones, reader);
    let cluster = cluster(&mut fields, import_prefix.as_ref(), reader);
    if let Some(prefix) = &import_prefix {
        note_imports(prefix.origin, &network, &cluster, reader);
    }
    let load_balancer = load_balancer(&mut fields, reader);
    let namespace = namespace(&mut fields, reader);
    let certificate = arn(&mut fields, "CertificateArn", "acm:<region>:<account>:certificate/<id>", reader);
    let hosted_zone = text(&mut fields, "HostedZoneId", reader);
    fields.finish(&KEYS, reader.diagnostics);
    Environment { origin, network, cluster, load_balancer, namespace, certificate, hosted_zone, export_prefix, tags }
}

fn stack_name() -> Expr<String> {
    Expr::Deferred(Deferred::function(serde_json::json!({ "Ref": "AWS::StackName" })))
}

fn made_by_default() -> Network {
    let addresses = DEFAULT_ADDRESSES.parse().unwrap_or_default();
    Network::Made { addresses, zones: DEFAULT_ZONES, gateways: Gateways::default() }
}

fn text(fields: &mut Fields, key: &str, reader: &mut Reader<'_>) -> Option<Located<Expr<String>>> {
    let node = fields.take(key)?;
    reader.text(&node)
}

/// An ARN; `resource` shows what comes after its partition.
fn arn(fields: &mut Fields, key: &str, resource: &str, reader: &mut Reader<'_>) -> Option<Located<Expr<String>>> {
    let arn = text(fields, key, reader)?;
    // A dynamic reference is text until the stack is made.
    let fault = arn.value.known().filter(|text| !text.starts_with("arn:") && !text.contains("{{resolve:"));
    if let Some(text) = fault {
        reader
            .diagnostics
            .error(arn.origin, format!("`{text}` is no ARN"))
            .fix(format!("write the whole ARN, `arn:<partition>:{resource}`, or a function that gives it"));
    }
    Some(arn)
}

fn zones(fields: &mut Fields, reader: &mut Reader<'_>) -> Option<u8> {
    let node = fields.take("Zones")?;
    if let Kind::Sequence(_) = node.kind {
        let message =
            format!("this must be a number, 2 to {MOST_ZONES}, not a list: the zones are chosen by the Region");
        reader.diagnostics.error(node.origin, message).fix("write `Zones: 2`");
        return None;
    }
    let zones = reader.known_like::<u8>(&node, "a number of availability zones", Some("Zones: 2"))?;
    if (2..=MOST_ZONES).contains(&zones.value) {
        return Some(zones.value);
    }
    reader
        .diagnostics
        .error(zones.origin, format!("a network has 2 to {MOST_ZONES} availability zones, not {}", zones.value))
        .fix("write 2, what load balancers need, or 3");
    None
}

fn network(
    fields: &mut Fields,
    import_prefix: Option<&Located<Expr<String>>>,
    zones: Option<u8>,
    reader: &mut Reader<'_>,
) -> Network {
    let origin = fields.origin;
    let vpc = text(fields, "VpcId", reader);
    let count = zones.unwrap_or(DEFAULT_ZONES);
    let public = fields.take("PublicSubnetIds").and_then(|node| subnets(node, count, reader));
    let private = fields.take("PrivateSubnetIds").and_then(|node| subnets(node, count, reader));
    let addresses = fields.take("VpcCidr");
    let gateways = fields.take("NatGateways");
    if vpc.is_some() || public.is_some() || private.is_some() {
        for (key, node) in [("VpcCidr", &addresses), ("NatGateways", &gateways)] {
            if let Some(node) = node {
                reader
                    .diagnostics
                    .error(node.origin, format!("`{key}` is for a network that is made, and here one is given"))
                    .fix(format!("remove `{key}`, or remove `VpcId` and the subnets"));
            }
        }
        return given(origin, vpc, public, private, import_prefix.is_some(), reader);
    }
    if let Some(prefix) = import_prefix {
        return Network::Imported { prefix: prefix.value.clone(), zones: count };
    }
    let Network::Made { addresses: default, .. } = made_by_default() else { return made_by_default() };
    Network::Made {
        addresses: addresses.and_then(|node| block(&node, reader)).unwrap_or(default),
        zones: count,
        gateways: gateways.and_then(|node| choice(&node, &GATEWAYS, reader)).unwrap_or_default(),
    }
}

const GATEWAYS: [(&str, Gateways); 3] =
    [("one", Gateways::One), ("per-zone", Gateways::PerZone), ("none", Gateways::None)];
const INSIGHTS: [(&str, Insights); 3] =
    [("enabled", Insights::Enabled), ("enhanced", Insights::Enhanced), ("disabled", Insights::Disabled)];
const SCHEMES: [(&str, Option<Scheme>); 4] = [
    ("internet-facing", Some(Scheme::InternetFacing)),
    ("internal", Some(Scheme::Internal)),
    ("true", Some(Scheme::InternetFacing)),
    ("false", None),
];

/// Ids win over `ImportPrefix`: says what is left of it where some are given.
fn note_imports(origin: Origin, network: &Network, cluster: &Cluster, reader: &mut Reader<'_>) {
    let imports_network = matches!(network, Network::Imported { .. });
    let imports_cluster = matches!(cluster, Cluster::Imported { .. });
    let message = match (imports_network, imports_cluster) {
        (true, true) => return,
        (true, false) => "only the network is imported, as `Cluster` is given",
        (false, true) => "only the cluster is imported, as the VPC and its subnets are given",
        (false, false) => "nothing is imported, as the VPC, its subnets and the cluster are given",
    };
    reader.diagnostics.advice(origin, message);
}

fn given(
    origin: Origin,
    vpc: Option<Located<Expr<String>>>,
    public: Option<Subnets>,
    private: Option<Subnets>,
    is_imported: bool,
    reader: &mut Reader<'_>,
) -> Network {
    let Some(id) = vpc else {
        let entry = reader.diagnostics.error(origin, "subnets are given, but not the VPC that they are in");
        entry.fix(if is_imported { "add `VpcId`, or remove the subnets to import them" } else { "add `VpcId`" });
        return made_by_default();
    };
    if public.is_none() && private.is_none() {
        let message = "a VPC is given, but not which of its subnets to use; they are not looked up by this version";
        let fix = "add `PrivateSubnetIds` for the tasks and `PublicSubnetIds` for load balancers, or one of the two";
        reader.diagnostics.error(id.origin, message).fix(if is_imported {
            format!("remove `VpcId`, which `ImportPrefix` imports with the subnets; or {fix}")
        } else {
            fix.to_owned()
        });
    }
    Network::Given { id, public, private }
}

fn subnets(node: Node, zones: u8, reader: &mut Reader<'_>) -> Option<Subnets> {
    match node.kind {
        Kind::Deferred(list) => Some(Subnets::List { list, length: zones }),
        Kind::Text(text) => {
            Some(Subnets::Each(text.split(',').map(|subnet| Expr::Known(subnet.trim().to_owned())).collect()))
        }
        _ => {
            let items = reader.items(node, "a list of subnet ids")?;
            let subnets: Vec<_> = items.iter().filter_map(|item| reader.text(item)).map(|item| item.value).collect();
            (!subnets.is_empty()).then_some(Subnets::Each(subnets))
        }
    }
}

fn block(node: &Node, reader: &mut Reader<'_>) -> Option<Ipv4Net> {
    let block = reader.known_like::<Ipv4Net>(node, "a block of IPv4 addresses", Some("VpcCidr: 10.0.0.0/16"))?;
    let Located { origin, value } = block;
    if value.trunc() != value {
        reader
            .diagnostics
            .error(origin, format!("`{value}` is not the start of a block of that size"))
            .fix(format!("write `{}`", value.trunc()));
        return None;
    }
    if !(16..=24).contains(&value.prefix_len()) {
        reader
            .diagnostics
            .error(origin, format!("`{value}` is divided into sixteen subnets, so it must be from /16 to /24"))
            .fix(format!("write `{}/16`", value.network()));
        return None;
    }
    Some(value)
}

fn choice<T: Copy>(node: &Node, choices: &[(&str, T)], reader: &mut Reader<'_>) -> Option<T> {
    let text = reader.known_text(node)?;
    let found = choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text.value));
    if found.is_none() {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let near = suggestion(&text.value, names.iter().copied());
        let entry = reader.diagnostics.error(text.origin, format!("`{}` is none of the choices", text.value));
        match near {
            Some(near) => entry.fix(format!("did you mean `{near}`?")),
            None => entry.fix(format!("write one of {}", crate::document::list(&names))),
        }
    }
    found.map(|(_, value)| *value)
}

fn cluster(fields: &mut Fields, import_prefix: Option<&Located<Expr<String>>>, reader: &mut Reader<'_>) -> Cluster {
    let insights = fields.take("ContainerInsights");
    if let Some(cluster) = text(fields, "Cluster", reader) {
        if let Some(node) = insights {
            reader
                .diagnostics
                .error(node.origin, "`ContainerInsights` is for a cluster that is made, and here one is given")
                .fix("remove `ContainerInsights` or `Cluster`");
        }
        return Cluster::Given(cluster);
    }
    if let Some(prefix) = import_prefix {
        return Cluster::Imported { prefix: prefix.value.clone() };
    }
    Cluster::Made { insights: insights.and_then(|node| choice(&node, &INSIGHTS, reader)).unwrap_or_default() }
}

fn load_balancer(fields: &mut Fields, reader: &mut Reader<'_>) -> Option<LoadBalancer> {
    let resource = "elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>";
    let arn = arn(fields, "LoadBalancerArn", resource, reader);
    let group = text(fields, "LoadBalancerSecurityGroupId", reader);
    let made = fields.take("LoadBalancer");
    match (arn, group, made) {
        (Some(arn), Some(security_group), None) => Some(LoadBalancer::Given { arn, security_group }),
        (Some(arn), None, _) => {
            reader
                .diagnostics
                .error(arn.origin, "tasks must admit the load balancer, and its security group is not known")
                .fix("add `LoadBalancerSecurityGroupId`");
            None
        }
        (None, Some(group), _) => {
            reader
                .diagnostics
                .error(group.origin, "the security group of a load balancer is given, but not the load balancer")
                .fix("add `LoadBalancerArn`");
            None
        }
        (Some(arn), Some(_), Some(_)) => {
            reader
                .diagnostics
                .error(arn.origin, "a load balancer is given, and another is to be made")
                .fix("remove `LoadBalancer` or `LoadBalancerArn`");
            None
        }
        (None, None, Some(node)) => {
            choice(&node, &SCHEMES, reader).flatten().map(|scheme| LoadBalancer::Made { scheme })
        }
        (None, None, None) => None,
    }
}

/// A domain name: labels of letters, digits, hyphens and underscores with dots between them
/// ([RFC 1035](https://www.rfc-editor.org/rfc/rfc1035#section-2.3.1), and the underscores of Cloud Map).
fn domain_name(node: &Node, reader: &mut Reader<'_>) -> Option<Located<String>> {
    let name = reader.known_text(node)?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
    };
    if name.value.len() <= 253 && name.value.split('.').all(is_label) {
        return Some(name);
    }
    reader
        .diagnostics
        .error(name.origin, format!("`{}` is not a domain name", name.value))
        .fix("write letters, digits and hyphens with dots between them, such as `company.internal`");
    None
}

fn namespace(fields: &mut Fields, reader: &mut Reader<'_>) -> Option<Namespace> {
    let made = fields.take("Namespace").and_then(|node| domain_name(&node, reader));
    let id = text(fields, "NamespaceId", reader);
    let name = fields.take("NamespaceName").and_then(|node| domain_name(&node, reader));
    match (made, id, name) {
        (Some(name), None, None) => Some(Namespace::Made(name)),
        (None, Some(id), Some(name)) => Some(Namespace::Given { id, name }),
        (None, None, None) => None,
        (None, Some(id), None) => {
            reader
                .diagnostics
                .error(id.origin, "names end in the name of the namespace, which is not known from its id")
                .fix("add `NamespaceName`");
            None
        }
        (_, _, Some(name)) => {
            reader
                .diagnostics
                .error(name.origin, "`NamespaceName` is the name of the namespace with `NamespaceId`")
                .fix("add `NamespaceId`, or write `Namespace` for a namespace that is made");
            None
        }
        (Some(made), Some(_), None) => {
            reader
                .diagnostics
                .error(made.origin, "a namespace is given, and another is to be made")
                .fix("remove `Namespace`, or `NamespaceId` and `NamespaceName`");
            None
        }
    }
}
