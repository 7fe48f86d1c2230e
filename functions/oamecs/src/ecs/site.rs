//! Where an application's tasks and load balancers go: what of an environment the rest of the lowering needs.

use std::collections::{BTreeMap, BTreeSet};

use super::discovery::namespace_arn;
use crate::cloudformation::resource::Switch;
use crate::cloudformation::value::Text;
use crate::cloudformation::{LogicalId, Value};
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::application::Surroundings;
use crate::program::environment::{LoadBalancer, Namespace, Scheme};

/// An environment, lowered.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The id of the VPC.
    pub(crate) vpc: Text,
    /// The cluster's name or ARN.
    pub(crate) cluster: Text,
    /// The subnets with a route to an internet gateway, where they are known.
    pub(crate) public_subnets: Option<Value<Vec<Text>>>,
    /// Those without, where they are known.
    pub(crate) private_subnets: Option<Value<Vec<Text>>>,
    /// The subnets of tasks.
    pub(crate) task_subnets: Value<Vec<Text>>,
    /// Whether tasks have public addresses, as their subnets give no other way out.
    pub(crate) public_addresses: Value<Switch>,
    /// One subnet of each zone that tasks are in, for mount targets.
    pub(crate) zone_subnets: Vec<ZoneSubnet>,
    /// The subnets of load balancers.
    pub(crate) balancer_subnets: Value<Vec<Text>>,
    /// Whether load balancers face the internet; else there are only private subnets.
    pub(crate) faces_internet: bool,
    /// What must be there before a task can reach its image.
    pub(crate) way_out: Vec<LogicalId>,
    /// What must be there before a load balancer can face the internet.
    pub(crate) way_in: Vec<LogicalId>,
    /// The load balancer for HTTP that applications share.
    pub(crate) load_balancer: Option<SharedLoadBalancer>,
    /// The name space that applications share.
    pub(crate) namespace: Option<SharedNamespace>,
    /// The domain name of an application's own name space, where it is not to follow from the application's name.
    pub(crate) domain: Option<Domain>,
    /// Whether the cluster is known to count the tasks of its services.
    pub(crate) is_measured: bool,
    /// Whether the cluster is ours, and so has Fargate and Fargate Spot as capacity providers.
    pub(crate) owns_cluster: bool,
    /// The list of the capacity providers of a cluster of ours, which must be there before a task.
    pub(crate) providers: Option<LogicalId>,
    /// The capacity providers of instances that are made here, by what tells the instances from others.
    pub(crate) instances: BTreeMap<String, LogicalId>,
    /// The group of these instances, where there are any.
    pub(crate) instance_group: Option<Text>,
    /// The certificate with which load balancers terminate TLS.
    pub(crate) certificate: Option<Text>,
    /// The zone of domain names.
    pub(crate) hosted_zone: Option<Text>,
}

/// A subnet of a zone.
#[derive(Clone, Debug)]
pub(crate) struct ZoneSubnet {
    pub(crate) zone: Zone,
    pub(crate) subnet: Text,
}

/// What tells a zone's subnet from those of other zones, for life: a mount target cannot move to another subnet, so its
/// logical id follows from this.
#[derive(Clone, Debug)]
pub(crate) enum Zone {
    /// A number from 1, where the order of subnets is ours or never changes.
    Number(u8),
    /// The subnet, as the author wrote it.
    Subnet(String),
}

impl ZoneSubnet {
    /// Subnets by their position.
    pub(crate) fn numbered(subnets: &[Text]) -> Vec<Self> {
        let numbers = 1_u8..;
        numbers
            .zip(subnets)
            .map(|(number, subnet)| Self { zone: Zone::Number(number), subnet: subnet.clone() })
            .collect()
    }
}

impl Site {
    /// The same place for an application that uses something else than what the environment has.
    pub(crate) fn with(&self, surroundings: &Surroundings, origin: Origin, diagnostics: &mut Diagnostics) -> Self {
        let Surroundings { load_balancer, namespace, certificate, hosted_zone } = surroundings;
        let mut site = self.clone();
        match load_balancer {
            Some(LoadBalancer::Given { arn, security_group }) => {
                site.load_balancer = Some(SharedLoadBalancer {
                    arn: Text::from(&arn.value),
                    security_group: Text::from(&security_group.value),
                    dns_name: None,
                    zone: None,
                    owner: None,
                    secure_ports: BTreeSet::new(),
                    ours: false,
                    faces_internet: None,
                });
            }
            Some(LoadBalancer::Made { scheme: Scheme::Internal }) => {
                site.faces_internet = false;
                site.balancer_subnets = site.task_subnets.clone();
            }
            Some(LoadBalancer::Made { scheme: Scheme::InternetFacing }) if !site.faces_internet => {
                diagnostics
                    .error(origin, "a load balancer that faces the internet needs public subnets, and there are none")
                    .fix("give `PublicSubnetIds`, or write `LoadBalancer: internal`");
            }
            Some(LoadBalancer::Made { scheme: Scheme::InternetFacing }) | None => {}
        }
        match namespace {
            Some(Namespace::Given { id, name }) => {
                let id = Text::from(&id.value);
                site.namespace = Some(SharedNamespace { arn: namespace_arn(&id), id, name: name.value.clone() });
            }
            Some(Namespace::Made(name)) => site.domain = Some(Domain { name: name.value.clone(), shared: None }),
            Some(Namespace::Shared(name)) => {
                site.domain = Some(Domain { name: name.value.clone(), shared: Some(name.origin) });
            }
            None => {}
        }
        if let Some(certificate) = certificate {
            site.certificate = Some(Text::from(&certificate.value));
        }
        if let Some(zone) = hosted_zone {
            site.hosted_zone = Some(Text::from(&zone.value));
        }
        site
    }
}

/// A load balancer that belongs to no single application.
#[derive(Clone, Debug)]
pub(crate) struct SharedLoadBalancer {
    pub(crate) arn: Text,
    /// The group that it sends from.
    pub(crate) security_group: Text,
    /// Its domain name, where it is made here.
    pub(crate) dns_name: Option<Text>,
    /// The zone of its domain name, where it is made here.
    pub(crate) zone: Option<Text>,
    /// The environment that its listeners belong to; `None`: they belong to the application that asks for them.
    pub(crate) owner: Option<String>,
    /// The published ports that speak TLS as an application asks for it: such a port does so for all of them.
    pub(crate) secure_ports: BTreeSet<u16>,
    /// Whether its group is ours to add rules to.
    pub(crate) ours: bool,
    /// Whether it faces the internet, where it is made here.
    pub(crate) faces_internet: Option<bool>,
}

/// What the name space of an application is called.
#[derive(Clone, Debug)]
pub(crate) struct Domain {
    pub(crate) name: String,
    /// Where it is said that others may have it too.
    pub(crate) shared: Option<Origin>,
}

/// A name space that belongs to no single application.
#[derive(Clone, Debug)]
pub(crate) struct SharedNamespace {
    pub(crate) id: Text,
    pub(crate) arn: Text,
    /// Its domain name.
    pub(crate) name: String,
}
