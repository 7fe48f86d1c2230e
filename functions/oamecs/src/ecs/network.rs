//! The network of an environment: a VPC that is made, imported or given.

use ipnet::Ipv4Net;

use super::custom_resource::served;
use super::facts::{Facts, import};
use super::role::Role;
use super::scope::Scope;
use super::site::{Zone, ZoneSubnet};
use crate::cloudformation::resource::{Switch, custom, ec2};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value};
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;
use crate::installation::Installation;
use crate::program::environment::{self, Gateways, Subnets};

/// A network, lowered.
pub(super) struct Network {
    pub(super) vpc: Text,
    pub(super) tasks: SubnetList,
    pub(super) balancers: SubnetList,
    /// Whether tasks have public addresses.
    pub(super) public_addresses: Value<Switch>,
    pub(super) faces_internet: bool,
    pub(super) way_out: Vec<LogicalId>,
    pub(super) way_in: Vec<LogicalId>,
    pub(super) zone_subnets: Vec<ZoneSubnet>,
    pub(super) public: Option<SubnetList>,
    pub(super) private: Option<SubnetList>,
}

/// Subnets as a whole, and one by one.
#[derive(Clone)]
pub(super) struct SubnetList {
    pub(super) subnets: Value<Vec<Text>>,
    pub(super) each: Vec<Text>,
}

impl Network {
    /// Puts private subnets, where there are any, under the tasks, and public ones under the load balancers.
    fn new(vpc: Text, public: Option<SubnetList>, private: Option<SubnetList>) -> Self {
        let zone_subnets =
            private.as_ref().or(public.as_ref()).map(|list| ZoneSubnet::numbered(&list.each)).unwrap_or_default();
        let none = || SubnetList { subnets: Value::Literal(Vec::new()), each: Vec::new() };
        Self {
            vpc,
            tasks: private.clone().or_else(|| public.clone()).unwrap_or_else(none),
            balancers: public.clone().or_else(|| private.clone()).unwrap_or_else(none),
            public_addresses: Value::Literal(Switch::from(private.is_none())),
            faces_internet: public.is_some(),
            way_out: Vec::new(),
            way_in: Vec::new(),
            zone_subnets,
            public,
            private,
        }
    }

    /// What is to be known of the network from outside, with the names of oam-ecs's exports.
    pub(super) fn facts(&self, facts: &mut Facts) {
        facts.add("VpcId", "VpcId", &self.vpc);
        for (kind, list) in [("Public", &self.public), ("Private", &self.private)] {
            let Some(list) = list else { continue };
            let joined = match &list.subnets {
                Value::Literal(subnets) => Function::Join(",", subnets.clone()),
                Value::Function(function) => Function::JoinList(",", Box::new(function.clone())),
            };
            facts.add(&format!("{kind}Subnets"), &format!("{kind}Subnets"), &joined.into());
            for (index, subnet) in list.each.iter().enumerate() {
                facts.attribute(&format!("{kind}Subnet{}", index + 1), subnet);
            }
        }
    }
}

/// Lowers the network of an environment.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    origin: Origin,
    network: &environment::Network,
    installation: &Installation,
) -> Network {
    match network {
        environment::Network::Made { addresses, zones, gateways } => made(scope, origin, *addresses, *zones, *gateways),
        environment::Network::Imported { prefix, zones } => {
            let list = |name| {
                let joined = Box::new(import(prefix, name).into());
                late_list(&Function::Split(",", joined), *zones)
            };
            Network::new(import(prefix, "VpcId").into(), Some(list("PublicSubnets")), Some(list("PrivateSubnets")))
        }
        environment::Network::Found { id, zones } => found(scope, origin, id.as_ref(), *zones, installation),
        environment::Network::Given { id, public, private } => {
            let list = |subnets: &Subnets| match subnets {
                Subnets::Each(subnets) => early_list(subnets.iter().map(Text::from).collect()),
                Subnets::List { list, length } => late_list(&Function::from(list), *length),
            };
            let mut network =
                Network::new(Text::from(&id.value), public.as_ref().map(list), private.as_ref().map(list));
            if let Some(Subnets::Each(subnets)) = private.as_ref().or(public.as_ref()) {
                network.zone_subnets = subnets.iter().map(by_id).collect();
            }
            network
        }
    }
}

/// Seconds in which the subnets of a VPC are found.
const LOOKUP_TIMEOUT: u32 = 120;

/// A network whose subnets are found when the stack is made: tasks are in the private ones, or in the public ones, with
/// addresses, where there are no others.
fn found(
    scope: &mut Scope<'_>,
    origin: Origin,
    id: Option<&Located<Expr<String>>>,
    zones: u8,
    installation: &Installation,
) -> Network {
    let properties = custom::Network { vpc_id: id.map(|id| Text::from(&id.value)), zones: zones.into() };
    let properties = served(installation, LOOKUP_TIMEOUT, properties);
    let lookup = scope.add(Role::NetworkLookup, id.map_or(origin, |id| id.origin), &properties).id();
    let attribute = |name| Text::from(Function::GetAtt(lookup.clone(), name));
    let list = |name: fn(usize) -> Option<&'static str>| {
        early_list((0..usize::from(zones)).filter_map(name).map(attribute).collect())
    };
    let vpc = id.map_or_else(|| attribute(custom::Network::VPC_ID), |id| Text::from(&id.value));
    let public = list(custom::Network::public_subnet);
    let tasks = list(custom::Network::task_subnet);
    let mut network = Network::new(vpc, Some(public), None);
    network.zone_subnets = ZoneSubnet::numbered(&tasks.each);
    network.tasks = tasks;
    network.public_addresses = Function::GetAtt(lookup, custom::Network::TASK_ADDRESSES).into();
    network
}

/// A subnet that is called by what its author wrote, so that another order of the list moves nothing.
fn by_id(subnet: &Expr<String>) -> ZoneSubnet {
    let key = match subnet {
        Expr::Known(id) => id.clone(),
        Expr::Deferred(_) => serde_json::json!(Text::from(subnet)).to_string(),
    };
    ZoneSubnet { zone: Zone::Subnet(key), subnet: Text::from(subnet) }
}

fn early_list(subnets: Vec<Text>) -> SubnetList {
    SubnetList { subnets: Value::Literal(subnets.clone()), each: subnets }
}

fn late_list(list: &Function, length: u8) -> SubnetList {
    let select = |index: u8| Function::Select(index.into(), Box::new(list.clone())).into();
    SubnetList { subnets: Value::Function(list.clone()), each: (0..length).map(select).collect() }
}

/// Every address of version 4.
const EVERYWHERE: &str = "0.0.0.0/0";

/// How many equal blocks the addresses are divided into: public subnets take the first half, private ones the second, so
/// that a zone more moves no subnet.
const BLOCK_BITS: u8 = 4;

fn made(scope: &mut Scope<'_>, origin: Origin, addresses: Ipv4Net, zones: u8, gateways: Gateways) -> Network {
    let blocks: Vec<Ipv4Net> =
        addresses.subnets(addresses.prefix_len() + BLOCK_BITS).map(Iterator::collect).unwrap_or_default();
    let (public_blocks, private_blocks) = blocks.split_at(blocks.len() / 2);
    let vpc = ec2::Vpc {
        cidr_block: addresses.trunc().to_string().into(),
        enable_dns_hostnames: true,
        enable_dns_support: true,
    };
    let vpc = scope.named(&Role::Vpc.name()).add(Role::Vpc, origin, &vpc).id();
    let vpc_id = || Text::from(Function::reference(&vpc));
    let gateway = scope.add(Role::InternetGateway, origin, &ec2::InternetGateway {}).id();
    let attachment =
        ec2::VpcGatewayAttachment { vpc_id: vpc_id(), internet_gateway_id: Function::reference(&gateway).into() };
    let attachment = scope.add(Role::GatewayAttachment, origin, &attachment).id();

    let table = scope
        .named(&Role::PublicRouteTable.name())
        .add(Role::PublicRouteTable, origin, &ec2::RouteTable { vpc_id: vpc_id() })
        .id();
    let route = ec2::Route {
        route_table_id: Function::reference(&table).into(),
        destination_cidr_block: EVERYWHERE.into(),
        target: ec2::RouteTarget::GatewayId(Function::reference(&gateway).into()),
    };
    let public_route = scope.add(Role::PublicRoute, origin, &route).after([&attachment]).id();

    let mut public = Vec::new();
    let mut private = Vec::new();
    let mut public_associations = Vec::new();
    let mut way_out = Vec::new();
    let mut nat_gateway = None;
    for (zone, (public_block, private_block)) in (1..=zones).zip(public_blocks.iter().zip(private_blocks)) {
        let subnet = add_subnet(scope, Role::PublicSubnet(zone), origin, &vpc, *public_block, zone);
        let association = associate(scope, Role::PublicAssociation(zone), origin, &subnet, &table);
        public.push(Text::from(Function::reference(&subnet)));
        public_associations.push(association);
        if gateways == Gateways::None {
            continue;
        }
        if gateways == Gateways::PerZone || zone == 1 {
            let address = ec2::Eip { domain: "vpc" };
            let address = scope.add(Role::NatAddress(zone), origin, &address).after([&attachment]).id();
            let properties = ec2::NatGateway {
                allocation_id: Function::GetAtt(address, "AllocationId").into(),
                subnet_id: Function::reference(&subnet).into(),
            };
            // Without the route there is no way out for the gateway itself.
            let way = public_associations.last().into_iter().chain([&public_route]);
            nat_gateway = Some(scope.add(Role::NatGateway(zone), origin, &properties).after(way).id());
        }
        let subnet = add_subnet(scope, Role::PrivateSubnet(zone), origin, &vpc, *private_block, zone);
        let table = scope
            .named(&Role::PrivateRouteTable(zone).name())
            .add(Role::PrivateRouteTable(zone), origin, &ec2::RouteTable { vpc_id: vpc_id() })
            .id();
        if let Some(gateway) = &nat_gateway {
            let route = ec2::Route {
                route_table_id: Function::reference(&table).into(),
                destination_cidr_block: EVERYWHERE.into(),
                target: ec2::RouteTarget::NatGatewayId(Function::reference(gateway).into()),
            };
            way_out.push(scope.add(Role::PrivateRoute(zone), origin, &route).id());
        }
        way_out.push(associate(scope, Role::PrivateAssociation(zone), origin, &subnet, &table));
        private.push(Text::from(Function::reference(&subnet)));
    }
    let way_in: Vec<LogicalId> = std::iter::once(public_route).chain(public_associations).collect();
    let private = (gateways != Gateways::None).then(|| early_list(private));
    let mut network = Network::new(vpc_id(), Some(early_list(public.clone())), private);
    // In the public subnets, as these are there whatever becomes of `NatGateways`: a mount target cannot move within its
    // zone. It has no public address all the same.
    network.zone_subnets = ZoneSubnet::numbered(&public);
    network.way_out = if gateways == Gateways::None { way_in.clone() } else { way_out };
    network.way_in = way_in;
    network
}

fn add_subnet(
    scope: &mut Scope<'_>,
    role: Role,
    origin: Origin,
    vpc: &LogicalId,
    block: Ipv4Net,
    zone: u8,
) -> LogicalId {
    let index = usize::from(zone - 1);
    let subnet = ec2::Subnet {
        vpc_id: Function::reference(vpc).into(),
        cidr_block: block.to_string().into(),
        availability_zone: Function::Select(index, Box::new(Function::AvailabilityZones)).into(),
        // Tasks ask for their addresses themselves.
        map_public_ip_on_launch: Some(false),
    };
    scope.named(&role.name()).add(role, origin, &subnet).id()
}

fn associate(scope: &mut Scope<'_>, role: Role, origin: Origin, subnet: &LogicalId, table: &LogicalId) -> LogicalId {
    let association = ec2::SubnetRouteTableAssociation {
        subnet_id: Function::reference(subnet).into(),
        route_table_id: Function::reference(table).into(),
    };
    scope.add(role, origin, &association).id()
}
