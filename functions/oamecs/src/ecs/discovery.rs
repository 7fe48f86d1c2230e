//! How workloads find each other: `<workload>.<application>.local` in Cloud Map, other names as aliases of it, and the
//! short name by a search domain. Names in other domains are aliases too.
//!
//! A task in a VPC cannot be given a search domain, so a container that runs before the others writes it to the
//! `resolv.conf` that all containers of the task share.

use std::collections::BTreeMap;

use super::role::Role;
use super::scope::Scope;
use super::site::{Domain, Site};
use super::{custom_resource, service_connect};
use crate::cloudformation::resource::custom;
use crate::cloudformation::resource::ecs::{ContainerDefinition, LogConfiguration};
use crate::cloudformation::resource::servicediscovery::{
    DnsConfig, DnsProperties, DnsRecord, DnsRecordType, HealthCheckCustomConfig, Instance, NamespaceProperties,
    PrivateDnsNamespace, RoutingPolicy, Service, Soa,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, LogicalId};
use crate::diagnostic::{Diagnostics, Origin};
use crate::installation::Installation;
use crate::program::platform::{Answer, Discovery};
use crate::program::workload::Found;
use crate::program::{Application, Workload};

/// Seconds for which a name's addresses are kept: tasks come and go.
const TTL: u32 = 10;

/// The container that writes the search domain.
pub(super) const SEARCH_DOMAIN_CONTAINER: &str = "oamecs-search-domain";

/// Adds its first argument to the domains in which short names are looked for. The last `search` line counts, so that it must
/// repeat what the VPC has set.
pub(super) const SEARCH_SCRIPT: &str =
    r#"printf '\nsearch %s %s\n' "$1" "$(sed -n 's/^search //p' /etc/resolv.conf | tail -n 1)" >> /etc/resolv.conf"#;

/// Seconds in which a name space is found or made: Cloud Map takes a minute or two, as it makes a zone.
const SHARED_TIMEOUT: u32 = 720;

/// The name space of an application.
#[derive(Clone, Debug)]
pub(super) struct Namespace {
    id: Text,
    arn: Text,
    /// Its domain name: `shop.local`.
    domain: String,
    /// Whether there is anybody to be found by a short name.
    has_neighbours: bool,
}

impl Namespace {
    /// Its ARN.
    pub(super) fn arn(&self) -> &Text {
        &self.arn
    }

    /// Its domain name.
    pub(super) fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether tasks have a container that lets them find neighbours by short names.
    pub(super) fn prepares_tasks(&self) -> bool {
        self.has_neighbours
    }

    /// The domain in which tasks look for short names, where they have neighbours.
    pub(super) fn search_domain(&self) -> Option<&str> {
        self.has_neighbours.then_some(self.domain.as_str())
    }
}

/// Whether anything of an application is in its name space.
pub(super) fn has_names(application: &Application) -> bool {
    is_found(application) || service_connect::is_needed(application)
}

/// Whether DNS knows anything of an application.
fn is_found(application: &Application) -> bool {
    application.workloads.iter().any(|(name, workload)| workload.found_as(name).is_some())
}

/// The environment's name space, or one of the application's own; `None`: it has none, as nobody would be in it.
pub(super) fn namespace(
    scope: &mut Scope<'_>,
    application: &Application,
    site: &Site,
    installation: &Installation,
    attributes: &mut Attributes,
) -> Option<Namespace> {
    check_names(application, scope.diagnostics);
    let is_shared = site.namespace.is_some() || site.domain.as_ref().is_some_and(|domain| domain.shared.is_some());
    // Others may be in one that is shared.
    if !has_names(application) && site.namespace.is_none() && !(is_shared && application.short_names) {
        return None;
    }
    let has_neighbours =
        application.short_names && (is_shared || is_found(application) && application.workloads.len() > 1);
    let namespace = if let Some(shared) = &site.namespace {
        Namespace { id: shared.id.clone(), arn: shared.arn.clone(), domain: shared.name.clone(), has_neighbours }
    } else if let Some(Domain { name, shared: Some(origin) }) = &site.domain {
        let id = shared_namespace(scope, *origin, name, &site.vpc, installation);
        let arn = Function::GetAtt(id.clone(), custom::Namespace::ARN).into();
        Namespace { id: Function::reference(&id).into(), arn, domain: name.clone(), has_neighbours }
    } else {
        let own = || format!("{}.local", application.name.value);
        let domain = site.domain.as_ref().map_or_else(own, |domain| domain.name.clone());
        let properties = private_namespace(&domain, &site.vpc);
        let id = scope.add(Role::Namespace, application.name.origin, &properties).id();
        let arn = Function::GetAtt(id.clone(), "Arn").into();
        Namespace { id: Function::GetAtt(id, "Id").into(), arn, domain, has_neighbours }
    };
    attributes.insert("Namespace.Id".to_owned(), namespace.id.clone());
    attributes.insert("Namespace.Name".to_owned(), namespace.domain.clone().into());
    Some(namespace)
}

/// Reports names that are given to one workload and are another's. Those that a document has by itself are its format's matter.
fn check_names(application: &Application, diagnostics: &mut Diagnostics) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for (name, workload) in &application.workloads {
        let own = workload.found_as(name).filter(|_| workload.found == Found::ByName);
        for taken in own.into_iter().chain(workload.aliases.keys().map(String::as_str)) {
            known.insert(taken.to_ascii_lowercase(), name);
        }
    }
    for (name, workload) in application.workloads.iter().filter(|(_, workload)| workload.serves()) {
        let Found::As(given) = &workload.found else { continue };
        if let Some(other) = known.insert(given.value.to_ascii_lowercase(), name) {
            diagnostics
                .error(given.origin, format!("`{name}` cannot be found as `{}`, as `{other}` is", given.value))
                .fix("give one of them another name; case does not count in one");
        }
    }
}

/// A private name space that the network has already, or gets.
pub(super) fn shared_namespace(
    scope: &mut Scope<'_>,
    origin: Origin,
    domain: &str,
    vpc: &Text,
    installation: &Installation,
) -> LogicalId {
    let properties = found_namespace(domain, vpc, installation);
    scope.add(Role::SharedNamespace, origin, &properties).id()
}

fn found_namespace(domain: &str, vpc: &Text, installation: &Installation) -> custom::Served<custom::Namespace> {
    let properties = custom::Namespace { name: domain.to_owned().into(), vpc_id: vpc.clone(), description: None };
    custom_resource::served(installation, SHARED_TIMEOUT, properties)
}

/// The ARN of a name space of this account that is known by its id.
pub(super) fn namespace_arn(id: &Text) -> Text {
    let start = "arn:${AWS::Partition}:servicediscovery:${AWS::Region}:${AWS::AccountId}:namespace/";
    Function::Join("", vec![Function::Sub(start.into()).into(), id.clone()]).into()
}

/// A private name space. That a name does not exist is forgotten as soon as its addresses are: neighbours start in turn.
pub(super) fn private_namespace(domain: &str, vpc: &Text) -> PrivateDnsNamespace {
    PrivateDnsNamespace {
        name: domain.to_owned().into(),
        vpc: vpc.clone(),
        description: None,
        properties: Some(NamespaceProperties { dns_properties: DnsProperties { soa: Soa { ttl: TTL } } }),
    }
}

/// The name of a workload, if it has one.
///
/// Another name is another service of Cloud Map: it is there before ECS moves the tasks to it, and the former goes when none is left
/// in it. Another policy is so too, and fails while the name stays, as the former has it.
pub(super) fn workload(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    namespace: &Namespace,
) -> Option<LogicalId> {
    let found_as = workload.found_as(name)?;
    let discovery = workload.platform.discovery.as_ref().map(|discovery| discovery.value);
    let Discovery { ttl, answer } = discovery.unwrap_or_default();
    let properties = Service {
        name: found_as.to_owned().into(),
        namespace_id: namespace.id.clone(),
        description: None,
        dns_config: Some(DnsConfig {
            dns_records: vec![DnsRecord { kind: DnsRecordType::A, ttl: ttl.unwrap_or(TTL) }],
            routing_policy: Some(match answer {
                Some(Answer::One) => RoutingPolicy::Weighted,
                Some(Answer::Several) | None => RoutingPolicy::Multivalue,
            }),
            namespace_id: None,
        }),
        health_check_custom_config: Some(HealthCheckCustomConfig { failure_threshold: Some(1) }),
    };
    Some(scope.add_for(name, Role::Discovery, workload.origin, &properties).id())
}

/// Reports what is said of how a workload is found that is not.
pub(super) fn check(name: &str, workload: &Workload, diagnostics: &mut Diagnostics) {
    if workload.found_as(name).is_some() {
        return;
    }
    for (alias, origin) in &workload.aliases {
        diagnostics.note(*origin, format!("nobody finds `{name}` as `{alias}`, as it is to have no name in DNS"));
    }
    if let Some(discovery) = &workload.platform.discovery {
        diagnostics.note(discovery.origin, format!("it has no effect: `{name}` has no name in DNS"));
    }
}

/// The names that workloads have besides their own, by workload. Several workloads may share one: callers get any of them.
pub(super) fn aliases(
    scope: &mut Scope<'_>,
    application: &Application,
    namespace: &Namespace,
    names: &BTreeMap<String, LogicalId>,
) -> BTreeMap<String, Vec<LogicalId>> {
    let mut made: BTreeMap<&str, LogicalId> = BTreeMap::new();
    let mut targets: BTreeMap<String, Vec<LogicalId>> = BTreeMap::new();
    for (workload_name, workload) in &application.workloads {
        let Some(found_as) = workload.found_as(workload_name) else { continue };
        for (alias, origin) in &workload.aliases {
            let service = made.entry(alias).or_insert_with(|| {
                scope.add_for(alias, Role::Alias, *origin, &alias_service(alias, namespace.id.clone())).id()
            });
            let properties = alias_instance(service, (workload_name, found_as), namespace);
            // The dot is in no name of either, so that the pair has an id of its own.
            let pair = format!("{alias}.{workload_name}");
            let target = scope.add_for(&pair, Role::AliasTarget, *origin, &properties).after(names.get(workload_name));
            targets.entry(workload_name.clone()).or_default().push(target.id());
        }
    }
    targets
}

/// The names of workloads in other domains, added to `targets`: each is an alias of the name that the workload has here. Others may
/// have the domain too.
pub(super) fn domains(
    scope: &mut Scope<'_>,
    application: &Application,
    (namespace, site): (&Namespace, &Site),
    installation: &Installation,
    names: &BTreeMap<String, LogicalId>,
    targets: &mut BTreeMap<String, Vec<LogicalId>>,
) {
    for (domain, origin) in application.domains.iter().filter(|(domain, _)| **domain != namespace.domain) {
        let properties = found_namespace(domain, &site.vpc, installation);
        let space = scope.add_for(domain, Role::DomainNamespace, *origin, &properties).id();
        let mut made: BTreeMap<&str, LogicalId> = BTreeMap::new();
        for (name, own) in names {
            let Some(workload) = application.workloads.get(name) else { continue };
            let Some(found_as) = workload.found_as(name) else { continue };
            let (called, aliases) = (name, workload.aliases.keys().map(String::as_str));
            for name in std::iter::once(found_as).chain(aliases) {
                let whole = format!("{name}.{domain}");
                let service = made.entry(name).or_insert_with(|| {
                    let service = alias_service(name, Function::reference(&space).into());
                    scope.add_for(&whole, Role::DomainName, *origin, &service).id()
                });
                let instance = alias_instance(service, (called, found_as), namespace);
                let pair = if name == found_as { whole } else { format!("{whole}.{called}") };
                let target = scope.add_for(&pair, Role::DomainTarget, *origin, &instance).after([own]).id();
                targets.entry(called.clone()).or_default().push(target);
            }
        }
    }
}

/// A name that stands for others.
fn alias_service(name: &str, namespace_id: Text) -> Service {
    Service {
        name: name.to_owned().into(),
        namespace_id,
        description: None,
        dns_config: Some(DnsConfig {
            dns_records: vec![DnsRecord { kind: DnsRecordType::Cname, ttl: TTL }],
            routing_policy: Some(RoutingPolicy::Weighted),
            namespace_id: None,
        }),
        health_check_custom_config: None,
    }
}

/// That a name stands for a workload, by what it is called here and in DNS.
fn alias_instance(service: &LogicalId, (workload, found_as): (&str, &str), namespace: &Namespace) -> Instance {
    let target = format!("{found_as}.{}", namespace.domain);
    Instance {
        service_id: Function::reference(service).into(),
        instance_id: Some(workload.to_owned().into()),
        instance_attributes: BTreeMap::from([("AWS_INSTANCE_CNAME".to_owned(), target.into())]),
    }
}

/// The container that lets the others of its task find neighbours by their short names; none where there are no neighbours.
pub(super) fn search_domain(namespace: &Namespace, image: &str, log: LogConfiguration) -> Option<ContainerDefinition> {
    if !namespace.prepares_tasks() {
        return None;
    }
    let mut container = ContainerDefinition::new(SEARCH_DOMAIN_CONTAINER, image.to_owned());
    container.essential = false;
    // Whatever user the image has: only root writes the file.
    container.user = Some("0".into());
    container.entry_point = vec!["sh".into(), "-c".into()];
    container.command = vec![SEARCH_SCRIPT.into(), "search".into(), namespace.domain.clone().into()];
    container.log_configuration = Some(log);
    Some(container)
}
