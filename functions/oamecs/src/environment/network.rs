//! The network of an environment: one that is made, imported, given, or found when the stack is made.

use ipnet::Ipv4Net;

use super::text;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, Reader};
use crate::expression::Expr;
use crate::program::environment::{Gateways, Network, Subnets};

/// The addresses of a network for which none are given.
const DEFAULT_ADDRESSES: &str = "10.0.0.0/16";
/// The zones of a network for which no number is given: what a load balancer needs.
const DEFAULT_ZONES: u8 = 2;
/// The most zones that a network is divided for.
const MOST_ZONES: u8 = 6;

const GATEWAYS: [(&str, Gateways); 3] =
    [("one", Gateways::One), ("per-zone", Gateways::PerZone), ("none", Gateways::None)];

/// The network of an environment that says nothing.
pub(super) fn made_by_default() -> Network {
    let addresses = DEFAULT_ADDRESSES.parse().unwrap_or_default();
    Network::Made { addresses, zones: DEFAULT_ZONES, gateways: Gateways::default() }
}

/// How many availability zones the network has.
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

/// Reads what is said of the network. Subnets that are not given are found when the stack is made.
pub(super) fn read(
    fields: &mut Fields,
    import_prefix: Option<&Located<Expr<String>>>,
    reader: &mut Reader<'_>,
) -> Network {
    let origin = fields.origin;
    let zones = zones(fields, reader).unwrap_or(DEFAULT_ZONES);
    let vpc = text(fields, "VpcId", reader).map(|id| id.map(without_arn));
    let public = fields.take("PublicSubnetIds").and_then(|node| subnets(node, zones, reader));
    let private = fields.take("PrivateSubnetIds").and_then(|node| subnets(node, zones, reader));
    let default = default_vpc(fields, reader);
    let addresses = fields.take("VpcCidr");
    let gateways = fields.take("NatGateways");
    let exists = vpc.is_some() || public.is_some() || private.is_some() || default.is_some();
    if !exists {
        if let Some(prefix) = import_prefix {
            return Network::Imported { prefix: prefix.value.clone(), zones };
        }
        let default: Ipv4Net = DEFAULT_ADDRESSES.parse().unwrap_or_default();
        return Network::Made {
            addresses: addresses.and_then(|node| block(&node, reader)).unwrap_or(default),
            zones,
            gateways: gateways
                .and_then(|node| reader.choice(&node, &GATEWAYS))
                .map(|gateways| gateways.value)
                .unwrap_or_default(),
        };
    }
    for (key, node) in [("VpcCidr", &addresses), ("NatGateways", &gateways)] {
        if let Some(node) = node {
            reader
                .diagnostics
                .error(node.origin, format!("`{key}` is for a network that is made, and here one exists"))
                .fix(format!("remove `{key}`, or what names the network that exists"));
        }
    }
    match (vpc, default, public.is_some() || private.is_some()) {
        (Some(vpc), Some(default), _) => {
            reader
                .diagnostics
                .error(default, "the default VPC is asked for, and another VPC is given")
                .fix("remove `Default` or `VpcId`");
            Network::Found { id: Some(vpc), zones }
        }
        (Some(id), None, true) => Network::Given { id, public, private },
        (id, _, false) => Network::Found { id, zones },
        (None, _, true) => {
            let entry = reader.diagnostics.error(origin, "subnets are given, but not the VPC that they are in");
            entry.fix(if import_prefix.is_some() {
                "add `VpcId`, or remove the subnets to import them"
            } else {
                "add `VpcId`"
            });
            made_by_default()
        }
    }
}

/// The place of `Default: true`.
fn default_vpc(fields: &mut Fields, reader: &mut Reader<'_>) -> Option<Origin> {
    let node = fields.take("Default")?;
    let default = reader.known_like::<bool>(&node, "`true` or `false`", Some("Default: true"))?;
    default.value.then_some(default.origin)
}

/// The id of a VPC that may be given as an ARN: `arn:<partition>:ec2:<region>:<account>:vpc/vpc-123`.
fn without_arn(id: Expr<String>) -> Expr<String> {
    match id {
        Expr::Known(text) if text.starts_with("arn:") => {
            Expr::Known(text.rsplit('/').next().unwrap_or_default().to_owned())
        }
        id => id,
    }
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
