//! Amazon EC2: the parts of a network, in pages of two.

use std::collections::BTreeMap;

use serde_json::Value;

/// A VPC.
#[derive(Clone, Debug, Default)]
pub struct Vpc {
    /// Whether it is the region's default one.
    pub is_default: bool,
    /// Its subnets, by id.
    pub subnets: BTreeMap<String, Subnet>,
}

/// A subnet.
#[derive(Clone, Debug, Default)]
pub struct Subnet {
    /// `eu-west-1a`.
    pub zone: String,
    /// Where the default route of its own route table leads; `None` for one without, which uses the main one, that has no such
    /// route.
    pub default_route: Option<String>,
}

/// The networks of a region.
#[derive(Debug, Default)]
pub struct Networks {
    /// The VPCs, by id.
    pub vpcs: BTreeMap<String, Vpc>,
}

impl Networks {
    pub(super) fn call(&mut self, operation: &str, input: &Value) -> Value {
        let name = input["Filter.1.Name"].as_str().unwrap_or_default();
        let value = input["Filter.1.Value.1"].as_str().unwrap_or_default();
        let (set, items) = match (operation, name) {
            ("DescribeVpcs", "is-default") => ("vpcSet", self.vpcs(|_, vpc| vpc.is_default)),
            ("DescribeVpcs", "vpc-id") => ("vpcSet", self.vpcs(|id, _| id == value)),
            ("DescribeSubnets", "vpc-id") => ("subnetSet", self.subnets(value)),
            ("DescribeRouteTables", "vpc-id") => ("routeTableSet", self.route_tables(value)),
            _ => panic!("no stand-in for ec2 {operation} by {name}"),
        };
        let start = input["NextToken"].as_str().map_or(0, |token| token.parse().unwrap_or(usize::MAX));
        let page: String = items.iter().skip(start).take(2).map(|item| format!("<item>{item}</item>")).collect();
        let next =
            if items.len() > start + 2 { format!("<nextToken>{}</nextToken>", start + 2) } else { String::new() };
        let xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/";
        let answer = format!("<requestId>1</requestId><{set}>{page}</{set}>{next}");
        format!("<{operation}Response xmlns=\"{xmlns}\">{answer}</{operation}Response>").into()
    }

    fn vpcs(&self, is_asked: impl Fn(&str, &Vpc) -> bool) -> Vec<String> {
        let found = self.vpcs.iter().filter(|(id, vpc)| is_asked(id, vpc));
        found
            .map(|(id, vpc)| {
                format!("<vpcId>{id}</vpcId><state>available</state><isDefault>{}</isDefault>", vpc.is_default)
            })
            .collect()
    }

    fn subnets(&self, vpc: &str) -> Vec<String> {
        let subnets = self.vpcs.get(vpc).into_iter().flat_map(|vpc| &vpc.subnets);
        subnets
            .map(|(id, Subnet { zone, default_route: _ })| {
                format!(
                    "<subnetId>{id}</subnetId><state>available</state><vpcId>{vpc}</vpcId>\
                     <availabilityZone>{zone}</availabilityZone><ipv6Native>false</ipv6Native>"
                )
            })
            .collect()
    }

    fn route_tables(&self, vpc: &str) -> Vec<String> {
        let local = "<item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId>\
                     <state>active</state></item>";
        let main = "<item><routeTableAssociationId>rtbassoc-main</routeTableAssociationId><main>true</main></item>";
        let table = |routes: &str, association: &str| {
            format!(
                "<vpcId>{vpc}</vpcId><routeSet>{local}{routes}</routeSet>\
                 <associationSet>{association}</associationSet>"
            )
        };
        let subnets = self.vpcs.get(vpc).into_iter().flat_map(|vpc| &vpc.subnets);
        let own = subnets.filter_map(|(id, subnet)| {
            let target = subnet.default_route.as_ref()?;
            let kind = if target.starts_with("nat-") { "natGatewayId" } else { "gatewayId" };
            Some(table(
                &format!(
                    "<item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><{kind}>{target}</{kind}>\
                     <state>active</state></item>"
                ),
                &format!("<item><subnetId>{id}</subnetId><main>false</main></item>"),
            ))
        });
        std::iter::once(table("", main)).chain(own).collect()
    }
}
