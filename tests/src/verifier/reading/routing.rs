//! How traffic leaves a subnet.

use super::template::{Resource, Template};
use super::value::{part, shape, text};

/// What the route table of a subnet says about the internet.
#[derive(Debug, Default)]
pub(crate) struct Routing<'a> {
    /// Whether the subnet's table and all that is in it are known.
    pub(crate) known: bool,
    /// Whether addresses of its own reach the internet, through an internet gateway.
    pub(crate) public: bool,
    /// Whether private addresses reach the internet, through a NAT gateway.
    pub(crate) translated: bool,
    /// The association and the default routes, which must be there before anything can be fetched.
    pub(crate) needed: Vec<&'a str>,
}

/// The routing of a subnet.
pub(crate) fn routing<'a>(template: &Template<'a>, subnet: Resource<'a>) -> Routing<'a> {
    let mut routing = Routing::default();
    for association in template.of("AWS::EC2::SubnetRouteTableAssociation") {
        let of_subnet = template
            .named(part(association.properties, "SubnetId"), subnet.kind)
            .is_some_and(|named| named.id == subnet.id);
        let table = part(association.properties, "RouteTableId");
        if !of_subnet {
            continue;
        }
        routing.known = template.named(table, "AWS::EC2::RouteTable").is_some();
        routing.needed.push(association.id);
        let table = shape(table);
        for route in template.of("AWS::EC2::Route") {
            if shape(part(route.properties, "RouteTableId")) == table {
                add(template, route, &mut routing);
            }
        }
    }
    routing
}

fn add<'a>(template: &Template<'a>, route: Resource<'a>, routing: &mut Routing<'a>) {
    if text(route.properties, "DestinationCidrBlock") != Some("0.0.0.0/0") {
        return;
    }
    routing.needed.push(route.id);
    let has = |property: &str| !part(route.properties, property).is_null();
    if has("NatGatewayId") {
        routing.translated = true;
    } else if template.named(part(route.properties, "GatewayId"), "AWS::EC2::InternetGateway").is_some() {
        routing.public = true;
    } else {
        // A transit gateway, a firewall, or a gateway from elsewhere: either kind of address may get out.
        routing.known = false;
    }
}

/// The text of a subnet's zone, to compare with that of another.
pub(crate) fn zone(subnet: Resource<'_>) -> Option<String> {
    let zone = part(subnet.properties, "AvailabilityZone");
    (!zone.is_null()).then(|| shape(zone))
}
