//! Amazon EC2: the parts of a network.

use roxmltree::{Document, Node};

use super::api::{ApiError, Call};
use super::{Aws, xml};

/// The version of EC2's interface.
const VERSION: &str = "2016-11-15";

/// A subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subnet {
    /// `subnet-…`.
    pub id: String,
    /// The name of its zone: `eu-west-1a`; `us-west-2-lax-1a` for a local zone.
    pub zone: String,
    /// `available`, or `pending`.
    pub state: String,
    /// Whether it is on hardware of the account's own premises.
    pub is_on_outpost: bool,
    /// Whether it has no IPv4 addresses.
    pub is_ipv6_only: bool,
}

/// A route table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteTable {
    /// Whether subnets use it that have none of their own.
    pub is_main: bool,
    /// The subnets that use it.
    pub subnets: Vec<String>,
    /// Where IPv4 addresses are that no other route leads to: `igw-…`, `nat-…`; `None` where they cannot be reached.
    pub default_route: Option<String>,
}

impl Aws {
    /// The id of a VPC, if there is one of this id; that of the default one where none is given.
    ///
    /// # Errors
    /// What EC2 answered, or why it did not.
    pub async fn vpc(&self, id: Option<&str>) -> Result<Option<String>, ApiError> {
        let filter = id.map_or(("is-default", "true"), |id| ("vpc-id", id));
        let found = self.described("DescribeVpcs", "vpcSet", filter, |item| text(item, "vpcId"));
        Ok(found.await?.into_iter().next())
    }

    /// The subnets of a VPC.
    ///
    /// # Errors
    /// What EC2 answered, or why it did not.
    pub async fn subnets(&self, vpc: &str) -> Result<Vec<Subnet>, ApiError> {
        let found = self.described("DescribeSubnets", "subnetSet", ("vpc-id", vpc), |item| Subnet {
            id: text(item, "subnetId"),
            zone: text(item, "availabilityZone"),
            state: text(item, "state"),
            is_on_outpost: xml::child_text(item, "outpostArn").is_some(),
            is_ipv6_only: text(item, "ipv6Native") == "true",
        });
        found.await
    }

    /// The route tables of a VPC.
    ///
    /// # Errors
    /// What EC2 answered, or why it did not.
    pub async fn route_tables(&self, vpc: &str) -> Result<Vec<RouteTable>, ApiError> {
        self.described("DescribeRouteTables", "routeTableSet", ("vpc-id", vpc), |item| RouteTable {
            is_main: items(item, "associationSet").any(|association| text(association, "main") == "true"),
            subnets: items(item, "associationSet")
                .filter_map(|association| xml::child_text(association, "subnetId").map(str::to_owned))
                .collect(),
            default_route: items(item, "routeSet").find_map(default_route),
        })
        .await
    }

    /// All that an operation lists, of all pages.
    async fn described<T>(
        &self,
        operation: &'static str,
        set: &str,
        (name, value): (&str, &str),
        read: impl Fn(Node<'_, '_>) -> T,
    ) -> Result<Vec<T>, ApiError> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut parameters = vec![
                ("Filter.1.Name".to_owned(), name.to_owned()),
                ("Filter.1.Value.1".to_owned(), value.to_owned()),
                ("MaxResults".to_owned(), "100".to_owned()),
            ];
            parameters.extend(next.take().map(|token| ("NextToken".to_owned(), token)));
            let body = self.call(Call::query("ec2", VERSION, operation, &parameters)).await?;
            let document = Document::parse(&body).map_err(|error| ApiError::unread(&error))?;
            let root = document.root_element();
            found.extend(items(root, set).map(&read));
            match xml::child_text(root, "nextToken") {
                Some(token) if !token.is_empty() => next = Some(token.to_owned()),
                _ => return Ok(found),
            }
        }
    }
}

/// Where a route leads, if it is the one for all that has no other, and leads somewhere.
fn default_route(route: Node<'_, '_>) -> Option<String> {
    // The route of a gateway that was deleted stays, as a black hole.
    if text(route, "destinationCidrBlock") != "0.0.0.0/0" || text(route, "state") == "blackhole" {
        return None;
    }
    let targets = [
        "gatewayId",
        "natGatewayId",
        "transitGatewayId",
        "networkInterfaceId",
        "instanceId",
        "vpcPeeringConnectionId",
        "localGatewayId",
        "carrierGatewayId",
        "coreNetworkArn",
    ];
    targets.iter().find_map(|name| xml::child_text(route, name)).map(str::to_owned)
}

fn items<'a, 'i: 'a>(node: Node<'a, 'i>, set: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    xml::child(node, set).into_iter().flat_map(|set| set.children().filter(Node::is_element))
}

fn text(node: Node<'_, '_>, name: &str) -> String {
    xml::child_text(node, name).unwrap_or_default().to_owned()
}
