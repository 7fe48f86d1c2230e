//! Where a document says that it runs: keys of ours at its top, each of which is one of `Environment` beside it.

use indexmap::IndexMap;

use super::super::Loader;
use crate::document::{Fields, Kind, Node};

/// The keys, and what they are called in an `OamEcs::Environment`.
pub(in super::super) const KEYS: [(&str, &str); 12] = [
    ("x-aws-certificate", "CertificateArn"),
    ("x-aws-cluster", "Cluster"),
    ("x-aws-hosted_zone", "HostedZoneId"),
    ("x-aws-loadbalancer", "LoadBalancerArn"),
    ("x-aws-loadbalancer_security_group", "LoadBalancerSecurityGroupId"),
    ("x-aws-namespace", "Namespace"),
    ("x-aws-nat_gateways", "NatGateways"),
    ("x-aws-private_subnets", "PrivateSubnetIds"),
    ("x-aws-public_subnets", "PublicSubnetIds"),
    ("x-aws-scheme", "LoadBalancer"),
    ("x-aws-vpc", "VpcId"),
    ("x-aws-zones", "Zones"),
];

/// What the document says, by the keys of an environment. `x-aws-subnets: { public: …, private: … }` is both kinds at once.
pub(super) fn read(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> IndexMap<String, Node> {
    let mut found = IndexMap::new();
    for (key, name) in KEYS {
        if let Some(node) = fields.take(key) {
            found.insert(name.to_owned(), node);
        }
    }
    let Some(node) = fields.take("x-aws-subnets") else { return found };
    let example = "`x-aws-subnets: { public: [subnet-1, subnet-2], private: [subnet-3, subnet-4] }`";
    if let Kind::Sequence(_) | Kind::Text(_) = node.kind {
        loader
            .reader
            .diagnostics
            .error(node.origin, "this must say which of the subnets are public and which are private")
            .fix(format!("write {example}, one of the two if there are no others"));
        return found;
    }
    let Some(mut subnets) = loader.fields(node, "a map with `public` and `private`", example) else { return found };
    for (key, name) in [("private", "PrivateSubnetIds"), ("public", "PublicSubnetIds")] {
        if let Some(node) = subnets.take(key) {
            found.insert(name.to_owned(), node);
        }
    }
    subnets.finish(&["private", "public"], loader.reader.diagnostics);
    found
}
