//! Environments: a network, a cluster, and what applications share of both.
//!
//! In: a [`program::Environment`](crate::program::Environment). Out: its resources, if it is made here; its attributes
//! and exports; and the [`Site`] that applications are put on.

use std::collections::{BTreeMap, BTreeSet};

use super::capacity::Wanted;
use super::facts::{Facts, import};
use super::instances;
use super::network::{self, Network};
use super::role::Role;
use super::scope::Scope;
use super::site::{SharedLoadBalancer, SharedNamespace, Site};
use crate::cloudformation::resource::custom;
use crate::cloudformation::resource::ecs::{self as resource, ClusterSettings};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, Lowered};
use crate::diagnostic::Diagnostics;
use crate::installation::Installation;
use crate::program::Application;
use crate::program::environment::{Cluster, Environment, Insights, LoadBalancer, Namespace, Scheme};

/// Lowers the environment with the key `id`. Resources go to `lowered`, as do attributes and exports if the environment is
/// a declaration's own.
pub(super) fn lower(
    id: &str,
    environment: &Environment,
    declared: bool,
    wanted: &Wanted,
    installation: &Installation,
    lowered: &mut Lowered,
    diagnostics: &mut crate::diagnostic::Diagnostics,
) -> Site {
    let Environment {
        origin,
        network,
        cluster,
        load_balancer,
        namespace,
        certificate,
        hosted_zone,
        export_prefix,
        tags,
    } = environment;
    let tags = super::tags::fit(tags, *origin, diagnostics);
    let mut scope = Scope { owner: id, tags, name: None, resources: &mut lowered.resources, diagnostics };
    let mut facts = Facts::default();
    let before = scope.resources.len();
    let network = network::lower(&mut scope, *origin, network, installation);
    if !declared {
        scope.on_demand(before);
    }
    network.facts(&mut facts);
    let owns_cluster = matches!(cluster, Cluster::Made { .. });
    let is_measured = matches!(cluster, Cluster::Made { insights: Insights::Enabled | Insights::Enhanced });
    let cluster = lower_cluster(&mut scope, *origin, cluster);
    facts.add("Cluster", "ECSCluster", &cluster);
    let (mut made, mut providers) = (BTreeMap::new(), None);
    if owns_cluster {
        let cluster = Role::Cluster.id(id, None);
        made = instances::lower(&mut scope, *origin, wanted, &cluster, &network);
        providers = Some(instances::associate(&mut scope, *origin, &cluster, wanted, &made));
    }
    let load_balancer = load_balancer
        .as_ref()
        .and_then(|load_balancer| lower_load_balancer(&mut scope, *origin, load_balancer, &network, &mut facts));
    let namespace =
        namespace.as_ref().map(|namespace| lower_namespace(&mut scope, namespace, &network, installation, &mut facts));
    let certificate = certificate.as_ref().map(|certificate| Text::from(&certificate.value));
    if let Some(certificate) = &certificate {
        facts.add("CertificateArn", "CertificateArn", certificate);
    }
    if let Some(zone) = hosted_zone {
        facts.add("HostedZoneId", "HostedZoneId", &Text::from(&zone.value));
    }
    if let Some(prefix) = export_prefix {
        let outputs = facts.exports(prefix).map(|(name, output)| (format!("{id}{name}"), (id.to_owned(), output)));
        lowered.outputs.extend(outputs);
    }
    if declared {
        lowered.attributes.insert(id.to_owned(), facts.into_attributes());
    }
    Site {
        vpc: network.vpc,
        cluster,
        public_subnets: network.public.map(|list| list.subnets),
        private_subnets: network.private.map(|list| list.subnets),
        task_subnets: network.tasks.subnets,
        public_addresses: network.public_addresses,
        zone_subnets: network.zone_subnets,
        balancer_subnets: network.balancers.subnets,
        faces_internet: network.faces_internet,
        way_out: network.way_out,
        way_in: network.way_in,
        load_balancer,
        namespace,
        domain: None,
        is_measured,
        owns_cluster,
        providers,
        instance_group: (!made.is_empty())
            .then(|| Function::GetAtt(Role::InstanceGroup.id(id, None), "GroupId").into()),
        instances: made,
        certificate,
        hosted_zone: hosted_zone.as_ref().map(|zone| Text::from(&zone.value)),
    }
}

/// Lowers what the environment's load balancer has for its applications.
pub(super) fn lower_listeners(
    id: &str,
    environment: &Environment,
    site: &Site,
    applications: &[&Application],
    installation: &Installation,
    lowered: &mut Lowered,
    diagnostics: &mut Diagnostics,
) {
    // What is wrong with the tags has been said.
    let tags = super::tags::fit(&environment.tags, environment.origin, &mut Diagnostics::default());
    let mut scope = Scope { owner: id, tags, name: None, resources: &mut lowered.resources, diagnostics };
    let attributes = lowered.attributes.get_mut(id);
    super::load_balancer::lower_shared(&mut scope, site, applications, installation, attributes);
}

fn lower_cluster(scope: &mut Scope<'_>, origin: crate::diagnostic::Origin, cluster: &Cluster) -> Text {
    match cluster {
        Cluster::Made { insights } => {
            let value = match insights {
                Insights::Enabled => "enabled",
                Insights::Enhanced => "enhanced",
                Insights::Disabled => "disabled",
            };
            let properties = resource::Cluster {
                // They are a resource of their own: here they could never be joined by instances, which know the cluster.
                capacity_providers: Vec::new(),
                default_capacity_provider_strategy: Vec::new(),
                cluster_settings: vec![ClusterSettings { name: "containerInsights", value }],
            };
            Function::reference(&scope.add(Role::Cluster, origin, &properties).id()).into()
        }
        Cluster::Imported { prefix } => import(prefix, "ECSCluster").into(),
        Cluster::Given(cluster) => Text::from(&cluster.value),
    }
}

fn lower_load_balancer(
    scope: &mut Scope<'_>,
    origin: crate::diagnostic::Origin,
    load_balancer: &LoadBalancer,
    network: &Network,
    facts: &mut Facts,
) -> Option<SharedLoadBalancer> {
    match load_balancer {
        LoadBalancer::Made { scheme } => {
            let faces_internet = *scheme == Scheme::InternetFacing;
            if faces_internet && !network.faces_internet {
                scope
                    .diagnostics
                    .error(origin, "a load balancer that faces the internet needs public subnets, and there are none")
                    .fix("give `PublicSubnetIds`, or write `LoadBalancer: internal`");
                return None;
            }
            let subnets = if faces_internet { &network.balancers.subnets } else { &network.tasks.subnets };
            let group = super::load_balancer::group(scope, Role::LoadBalancerGroup, origin, &network.vpc);
            let properties = super::load_balancer::application_load_balancer(
                faces_internet,
                subnets.clone(),
                vec![Function::GetAtt(group.clone(), "GroupId").into()],
            );
            let made = scope.add(Role::LoadBalancer, origin, &properties).after(&network.way_in).id();
            let attribute = |name| Text::from(Function::GetAtt(made.clone(), name));
            let shared = SharedLoadBalancer {
                arn: Function::reference(&made).into(),
                security_group: Function::GetAtt(group, "GroupId").into(),
                dns_name: Some(attribute("DNSName")),
                zone: Some(attribute("CanonicalHostedZoneID")),
                owner: Some(scope.owner.to_owned()),
                secure_ports: BTreeSet::new(),
                ours: true,
                faces_internet: Some(faces_internet),
            };
            facts.add("LoadBalancer.Arn", "LoadBalancerArn", &shared.arn);
            facts.add("LoadBalancer.DNSName", "LoadBalancerDNSName", &attribute("DNSName"));
            facts.add(
                "LoadBalancer.CanonicalHostedZoneID",
                "LoadBalancerCanonicalHostedZoneID",
                &attribute("CanonicalHostedZoneID"),
            );
            facts.add("LoadBalancer.SecurityGroupId", "LoadBalancerSecurityGroupId", &shared.security_group);
            Some(shared)
        }
        LoadBalancer::Given { arn, security_group } => Some(SharedLoadBalancer {
            arn: Text::from(&arn.value),
            security_group: Text::from(&security_group.value),
            dns_name: None,
            zone: None,
            owner: Some(scope.owner.to_owned()),
            secure_ports: BTreeSet::new(),
            ours: false,
            faces_internet: None,
        }),
    }
}

fn lower_namespace(
    scope: &mut Scope<'_>,
    namespace: &Namespace,
    network: &Network,
    installation: &Installation,
    facts: &mut Facts,
) -> SharedNamespace {
    let shared = match namespace {
        Namespace::Made(name) => {
            let properties = super::discovery::private_namespace(&name.value, &network.vpc);
            let id = scope.add(Role::Namespace, name.origin, &properties).id();
            let arn = Function::GetAtt(id.clone(), "Arn").into();
            SharedNamespace { id: Function::GetAtt(id, "Id").into(), arn, name: name.value.clone() }
        }
        Namespace::Shared(name) => {
            let id = super::discovery::shared_namespace(scope, name.origin, &name.value, &network.vpc, installation);
            let arn = Function::GetAtt(id.clone(), custom::Namespace::ARN).into();
            SharedNamespace { id: Function::reference(&id).into(), arn, name: name.value.clone() }
        }
        Namespace::Given { id, name } => {
            let id = Text::from(&id.value);
            SharedNamespace { arn: super::discovery::namespace_arn(&id), id, name: name.value.clone() }
        }
    };
    facts.add("NamespaceId", "NamespaceId", &shared.id);
    facts.add("NamespaceName", "NamespaceName", &shared.name.clone().into());
    shared
}
