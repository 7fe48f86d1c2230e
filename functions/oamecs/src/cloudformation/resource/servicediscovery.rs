//! [AWS Cloud Map](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ServiceDiscovery.html): the
//! names by which services reach each other.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ServiceDiscovery::PrivateDnsNamespace`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-privatednsnamespace.html):
/// a domain that only one VPC sees. `Ref` is its id.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrivateDnsNamespace {
    /// A domain, once in a VPC. Changing it replaces the namespace.
    pub name: Text,
    /// The VPC's id. Changing it replaces the namespace.
    pub vpc: Text,
    /// Up to 1,024 characters.
    pub description: Option<Text>,
    /// What is set for the zone that it makes.
    pub properties: Option<NamespaceProperties>,
}

impl Properties for PrivateDnsNamespace {
    const TYPE: &'static str = "AWS::ServiceDiscovery::PrivateDnsNamespace";
}

/// [`AWS::ServiceDiscovery::Service`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-service.html):
/// a name in a namespace, whose records are its instances. `Ref` is its id, its attribute `Arn` the ARN.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Service {
    /// What comes before the namespace's name. Changing it replaces the service, which needs it to be without instances.
    pub name: Text,
    /// Changing it replaces the service. `DnsConfig` can name the namespace too; here is the place that AWS recommends.
    pub namespace_id: Text,
    /// Up to 1,024 characters.
    pub description: Option<Text>,
    /// What is registered in DNS; without it only Cloud Map's own API finds the instances.
    pub dns_config: Option<DnsConfig>,
    /// Whether ECS tells which instances are healthy. Changing it replaces the service.
    pub health_check_custom_config: Option<HealthCheckCustomConfig>,
}

impl Properties for Service {
    const TYPE: &'static str = "AWS::ServiceDiscovery::Service";
}

/// The records that each instance of a service has.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DnsConfig {
    /// A and AAAA may be together; a CNAME is alone.
    pub dns_records: Vec<DnsRecord>,
    /// `MULTIVALUE` when absent.
    pub routing_policy: Option<RoutingPolicy>,
    /// Deprecated in favour of [`Service::namespace_id`]; only for what was made with it, as its change replaces.
    pub namespace_id: Option<Text>,
}

/// A record that each instance of a service has.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DnsRecord {
    /// Its values come from the instance's attributes, which ECS sets.
    #[serde(rename = "Type")]
    pub kind: DnsRecordType,
    /// Seconds that resolvers may keep it.
    #[serde(rename = "TTL")]
    pub ttl: u32,
}

/// The kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DnsRecordType {
    /// An IPv4 address: `AWS_INSTANCE_IPV4`.
    A,
    /// An IPv6 address: `AWS_INSTANCE_IPV6`.
    Aaaa,
    /// Another name: `AWS_INSTANCE_CNAME`; with [`RoutingPolicy::Weighted`] only.
    Cname,
    /// An address and a port: `AWS_INSTANCE_PORT`.
    Srv,
}

/// What a query is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RoutingPolicy {
    /// Up to eight healthy instances.
    Multivalue,
    /// One instance, any.
    Weighted,
}

/// That somebody outside Cloud Map, ECS here, tells which instances are healthy.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthCheckCustomConfig {
    /// AWS no longer looks at it: it is always 1.
    pub failure_threshold: Option<u32>,
}

/// [`AWS::ServiceDiscovery::Instance`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-instance.html):
/// an instance that ECS does not register: an alias.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Instance {
    /// Changing it replaces the instance.
    pub service_id: Text,
    /// Up to 64 characters; generated when absent. Changing it replaces the instance.
    pub instance_id: Option<Text>,
    /// `AWS_INSTANCE_CNAME` and the like, as the service's records require.
    pub instance_attributes: BTreeMap<String, Text>,
}

impl Properties for Instance {
    const TYPE: &'static str = "AWS::ServiceDiscovery::Instance";
}

/// What is set for the zone of a namespace.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamespaceProperties {
    /// What is set for its DNS.
    pub dns_properties: DnsProperties,
}

/// What is set for the DNS of a zone.
#[derive(Clone, Debug, Serialize)]
pub struct DnsProperties {
    /// Its start of authority.
    #[serde(rename = "SOA")]
    pub soa: Soa,
}

/// The start of authority of a zone.
#[derive(Clone, Debug, Serialize)]
pub struct Soa {
    /// The seconds for which it is remembered that a name does not exist.
    #[serde(rename = "TTL")]
    pub ttl: u32,
}
