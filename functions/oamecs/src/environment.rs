//! `OamEcs::Environment`, and the `Environment` property of the other types.
//!
//! In: the fields of a declaration or of a property. Out: a [`program::Environment`](Environment), made where nothing else
//! is said. Both places take the same keys, so that what an application needs for itself can be written in place.

mod load_balancer;
mod namespace;
mod network;

use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Reader};
use crate::expression::{Deferred, Expr};
use crate::options::arn::Arn;
use crate::program::Tags;
use crate::program::environment::{Cluster, Environment, Insights, Network};
pub(crate) use namespace::domain_name;

/// Every key of an environment.
pub const KEYS: [&str; 20] = [
    "CertificateArn",
    "Cluster",
    "ContainerInsights",
    "Default",
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
    "SharedNamespace",
    "VpcCidr",
    "VpcId",
    "Zones",
];

/// The environment that applications share where a template declares none.
pub fn implicit(origin: Origin) -> Environment {
    Environment {
        origin,
        network: network::made_by_default(),
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
    let import_prefix = text(&mut fields, "ImportPrefix", reader);
    let network = network::read(&mut fields, import_prefix.as_ref(), reader);
    let cluster = cluster(&mut fields, import_prefix.as_ref(), reader);
    if let Some(prefix) = &import_prefix {
        note_imports(prefix.origin, &network, &cluster, reader);
    }
    let load_balancer = load_balancer::read(&mut fields, &network, reader);
    let namespace = namespace::read(&mut fields, reader);
    let certificate = arn(&mut fields, "CertificateArn", Arn::Certificate, reader);
    let hosted_zone = text(&mut fields, "HostedZoneId", reader);
    fields.finish(&KEYS, reader.diagnostics);
    Environment { origin, network, cluster, load_balancer, namespace, certificate, hosted_zone, export_prefix, tags }
}

fn stack_name() -> Expr<String> {
    Expr::Deferred(Deferred::function(serde_json::json!({ "Ref": "AWS::StackName" })))
}

fn text(fields: &mut Fields, key: &str, reader: &mut Reader<'_>) -> Option<Located<Expr<String>>> {
    let node = fields.take(key)?;
    reader.text(&node)
}

/// An ARN, which must be `of` this.
fn arn(fields: &mut Fields, key: &str, of: Arn, reader: &mut Reader<'_>) -> Option<Located<Expr<String>>> {
    let arn = text(fields, key, reader)?;
    of.check(&arn, reader.diagnostics);
    Some(arn)
}

const INSIGHTS: [(&str, Insights); 3] =
    [("enabled", Insights::Enabled), ("enhanced", Insights::Enhanced), ("disabled", Insights::Disabled)];

/// Ids win over `ImportPrefix`: says what is left of it where some are given.
fn note_imports(origin: Origin, network: &Network, cluster: &Cluster, reader: &mut Reader<'_>) {
    let imports_network = matches!(network, Network::Imported { .. });
    let imports_cluster = matches!(cluster, Cluster::Imported { .. });
    let message = match (imports_network, imports_cluster) {
        (true, true) => return,
        (true, false) => "only the network is imported, as `Cluster` is given",
        (false, true) => "only the cluster is imported, as the VPC is given",
        (false, false) => "nothing is imported, as the VPC and the cluster are given",
    };
    reader.diagnostics.advice(origin, message);
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
    Cluster::Made {
        insights: insights
            .and_then(|node| reader.choice(&node, &INSIGHTS))
            .map(|insights| insights.value)
            .unwrap_or_default(),
    }
}
