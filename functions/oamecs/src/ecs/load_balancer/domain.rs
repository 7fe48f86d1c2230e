//! Domain names: their certificates, and their records in DNS.

use std::collections::{BTreeMap, BTreeSet};

use super::balancer::Balancer;
use super::plan::{Plan, Secured, Share, Target};
use crate::cloudformation::logical_id::hash;
use crate::cloudformation::resource::certificatemanager::{self, DomainValidationOption, ValidationMethod};
use crate::cloudformation::resource::custom;
use crate::cloudformation::resource::elbv2;
use crate::cloudformation::resource::route53::{AliasTarget, RecordSet, RecordType};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value};
use crate::diagnostic::Diagnostics;
use crate::ecs::custom_resource;
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::site::Site;
use crate::expression::Expr;
use crate::installation::Installation;
use crate::program::reach::{Host, Reach, Records};

/// Seconds that CloudFormation waits for a record: it is there when all name servers have it.
const RECORD_TIMEOUT: u32 = 600;
/// The most characters of a certificate's first name.
const FIRST_NAME_LENGTH: usize = 64;

/// The names that a target has in DNS, or would have: those that select requests first.
pub(super) fn hosts<'a>(target: &'a Target<'_>) -> impl Iterator<Item = &'a Host> {
    let Reach { domains, names, .. } = &target.reach;
    domains.iter().chain(names).flat_map(|hosts| &hosts.value)
}

/// The zone of a target's names, where it is known.
pub(super) fn zone(target: &Target<'_>, site: &Site) -> Option<Text> {
    let own = target.reach.zone.as_ref().map(|zone| Text::from(&zone.value));
    own.or_else(|| site.hosted_zone.clone())
}

/// Reports names that would lead to two load balancers. A name leads to the ports of a workload that speak HTTP, if there are
/// any, and else to the others.
pub(super) fn check_once(plan: &Plan<'_>, diagnostics: &mut Diagnostics) {
    let http = plan.http.iter().flat_map(|((share, _), listener)| listener.targets.iter().map(|at| (*share, true, at)));
    let network = plan.network.iter().map(|((share, _), target)| (*share, false, target));
    let mut first: BTreeMap<String, (Share<'_>, bool, &str)> = BTreeMap::new();
    for (share, speaks_http, target) in http.chain(network) {
        for host in hosts(target) {
            let here = (share, speaks_http, target.workload);
            let other = *first.entry(key(&host.value)).or_insert(here);
            let is_same_balancer = (other.0, other.1) == (share, speaks_http);
            let is_beside = other.2 == target.workload && !speaks_http;
            if is_same_balancer || is_beside {
                continue;
            }
            let name = host.value.known().map_or("this name", String::as_str);
            diagnostics
                .error(
                    host.origin,
                    format!("`{name}` leads to `{}` already, which is on another load balancer", other.2),
                )
                .fix("give one of the two another name, or put both on one load balancer");
        }
    }
}

/// Whether a host is a name in DNS, not just a pattern that requests are compared with.
fn is_name(host: &Expr<String>) -> bool {
    let name = host.known().map(|host| host.strip_prefix("*.").unwrap_or(host));
    name.is_none_or(|name| !name.contains(['*', '?']))
}

/// The certificates of a listener, the default one first: for each, what stands before its role in its logical id. One that
/// is made belongs to the workload of `owner`.
pub(super) fn certificates(owner: &str, targets: &[&Target<'_>], site: &Site) -> Vec<(String, Text)> {
    let mut found = given_certificates(targets, site);
    for target in targets.iter().filter(|target| target.certificates == Secured::Made) {
        let arn = Text::from(Function::Ref(Role::Certificate.id(owner, Some(target.workload))));
        found.push((target.workload.to_owned(), arn));
    }
    found.dedup();
    found
}

/// The certificates of a listener that are given, each once.
pub(super) fn given_certificates(targets: &[&Target<'_>], site: &Site) -> Vec<(String, Text)> {
    let mut found: Vec<(String, Text)> = Vec::new();
    for target in targets {
        let Secured::Given(given) = &target.certificates else { continue };
        for arn in given.iter().filter(|arn| site.certificate.as_ref() != Some(arn)) {
            if !found.iter().any(|(_, other)| other == arn) {
                let hash = hash(&serde_json::to_string(arn).unwrap_or_default());
                found.push((format!("{} {hash}", target.workload), arn.clone()));
            }
        }
    }
    // What all have in common comes first: it changes least.
    let uses = |shared: &Text| {
        targets.iter().any(|target| matches!(&target.certificates, Secured::Given(given) if given.contains(shared)))
    };
    if let Some(shared) = site.certificate.as_ref().filter(|shared| uses(shared)) {
        found.insert(0, (String::new(), shared.clone()));
    }
    found
}

/// Adds the certificates of a listener besides its first.
pub(super) fn more_certificates(
    scope: &mut Scope<'_>,
    listener: &Text,
    port: u16,
    more: &[(String, Text)],
    origin: crate::diagnostic::Origin,
) {
    for (name, arn) in more {
        let properties = elbv2::ListenerCertificate {
            listener_arn: listener.clone(),
            certificates: vec![elbv2::Certificate { certificate_arn: arn.clone() }],
        };
        scope.add_for(name, Role::ListenerCertificate(port), origin, &properties);
    }
}

/// Makes the certificates of workloads that have domain names in a zone that is known, and none.
pub(super) fn make_certificates<'a>(scope: &mut Scope<'_>, targets: impl Iterator<Item = &'a Target<'a>>, site: &Site) {
    let mut names: BTreeMap<&str, Vec<(&Host, Text)>> = BTreeMap::new();
    for target in targets.filter(|target| target.certificates == Secured::Made) {
        let Some(zone) = zone(target, site) else { continue };
        names.entry(target.workload).or_default().extend(hosts(target).map(|host| (host, zone.clone())));
    }
    for (workload, hosts) in names {
        make_certificate(scope, workload, hosts);
    }
}

/// Makes a certificate for names, each with its zone; `name` stands before its role in its logical id.
pub(super) fn make_certificate(scope: &mut Scope<'_>, name: &str, mut hosts: Vec<(&Host, Text)>) {
    // Order means nothing to a certificate, but a changed one is another. Its first name has a limit of its own.
    let is_long = |host: &Host| host.value.known().is_some_and(|host| host.len() > FIRST_NAME_LENGTH);
    hosts.sort_by_key(|(host, _)| (is_long(host), key(&host.value)));
    hosts.dedup_by_key(|(host, _)| key(&host.value));
    let Some((first, _)) = hosts.first() else { return };
    let origin = first.origin;
    for (host, _) in hosts.iter().filter(|(host, _)| !is_name(&host.value)) {
        scope
            .diagnostics
            .error(host.origin, "no certificate is made for a pattern of names")
            .fix("give a `Certificate`, or write the names; `*.example.com` is for all one below `example.com`");
    }
    if is_long(first) {
        scope
            .diagnostics
            .error(origin, format!("a certificate's first name has {FIRST_NAME_LENGTH} characters at most"))
            .fix("add a shorter name, or give a `Certificate`");
    }
    scope.diagnostics.advice(
        origin,
        "a certificate is made for it: the first deployment waits some minutes, and for days if the zone `HostedZoneId` is not the one that the world asks",
    );
    let properties = certificatemanager::Certificate {
        domain_name: Text::from(&first.value),
        subject_alternative_names: hosts.iter().skip(1).map(|(host, _)| Text::from(&host.value)).collect(),
        validation_method: Some(ValidationMethod::Dns),
        domain_validation_options: hosts
            .iter()
            .map(|(host, zone)| DomainValidationOption {
                domain_name: Text::from(&host.value),
                hosted_zone_id: zone.clone(),
            })
            .collect(),
    };
    scope.add_for(name, Role::Certificate, origin, &properties);
}

/// A name, and what is said of its record.
struct Named {
    host: Host,
    wish: Option<Records>,
    zone: Option<Text>,
}

/// Names that lead to a load balancer, and what is said of each; the first one to say something is heard.
#[derive(Default)]
pub(super) struct Names {
    seen: BTreeSet<String>,
    records: Vec<Named>,
}

impl Names {
    /// Adds the names of a target.
    pub(super) fn add(&mut self, target: &Target<'_>, site: &Site) {
        for host in hosts(target) {
            if self.seen.insert(key(&host.value)) {
                let wish = target.reach.records.as_ref().map(|wish| wish.value);
                self.records.push(Named { host: host.clone(), wish, zone: zone(target, site) });
            }
        }
    }

    /// Makes the records.
    pub(super) fn lower(self, scope: &mut Scope<'_>, balancer: &Balancer, installation: &Installation) {
        for Named { host, wish, zone: of_name } in self.records {
            if wish == Some(Records::None) {
                continue;
            }
            let (Some(dns_name), Some(zone)) = (&balancer.dns_name, &balancer.zone) else {
                unknown_balancer(&host, scope.diagnostics);
                continue;
            };
            if wish == Some(Records::InKnownZone) && of_name.is_none() {
                let message =
                    "no record is made in DNS, as the zone is not known: the load balancer answers to requests for it";
                scope
                    .diagnostics
                    .note(host.origin, message)
                    .fix("give `HostedZoneId` in `Environment`, or write `DnsRecords: overwrite` for the workload to have the zone found");
                continue;
            }
            // What leads to two load balancers was reported.
            let id = Role::DnsRecord.id(scope.owner, Some(&key(&host.value)));
            if scope.resources.contains_key(&id) {
                continue;
            }
            if !is_name(&host.value) {
                scope.diagnostics.note(host.origin, "a pattern is no name, so that no record is made in DNS");
                continue;
            }
            let alias = AliasTarget {
                dns_name: dns_name.clone(),
                hosted_zone_id: zone.clone(),
                evaluate_target_health: Some(false),
            };
            record(scope, &host, alias, wish, of_name, installation);
        }
    }
}

/// Says that a name is left to the author.
pub(super) fn unknown_balancer(host: &Host, diagnostics: &mut Diagnostics) {
    diagnostics
        .note(host.origin, "no record is made in DNS, as the name of a load balancer that exists is not known here")
        .fix("make one that leads to the load balancer, and write `DnsRecords: none`");
}

fn record(
    scope: &mut Scope<'_>,
    host: &Host,
    alias: AliasTarget,
    wish: Option<Records>,
    zone: Option<Text>,
    installation: &Installation,
) -> LogicalId {
    let name = key(&host.value);
    match (wish, zone) {
        (None | Some(Records::Create | Records::InKnownZone), Some(zone)) => {
            let properties = RecordSet {
                hosted_zone_id: zone,
                name: Text::from(&host.value),
                kind: RecordType::A,
                alias_target: Some(alias),
                resource_records: Vec::new(),
                ttl: None,
            };
            scope.add_for(&name, Role::DnsRecord, host.origin, &properties).id()
        }
        (wish, zone) => {
            let properties = custom::DnsRecord {
                hosted_zone_id: zone,
                name: Text::from(&host.value),
                kind: RecordType::A,
                alias_target: Some(alias),
                resource_records: Vec::new(),
                ttl: None,
                set_identifier: None,
                weight: None,
                region: None,
                overwrite: (wish == Some(Records::Create)).then_some(custom::Overwrite::Never),
                assume_role_arn: None,
            };
            let properties = custom_resource::served(installation, RECORD_TIMEOUT, properties);
            scope.add_for(&name, Role::DnsRecord, host.origin, &properties).id()
        }
    }
}

/// A host as text that tells it from others.
pub(super) fn key(host: &Expr<String>) -> String {
    match Text::from(host) {
        Value::Literal(text) => text.into_owned(),
        Value::Function(function) => format!("late {}", hash(&serde_json::to_string(&function).unwrap_or_default())),
    }
}
