//! Names in the domain name system: records, certificates, and what they must agree on.
//!
//! Sources: Route 53 API Reference, `AliasTarget`, `ChangeResourceRecordSets`; Route 53 Developer Guide, "DNS domain name
//! format"; CloudFormation, `AWS::CertificateManager::Certificate` (a certificate that nobody validates is waited for).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::forwarding::LOAD_BALANCER;
use crate::verifier::reading::group::ingress;
use crate::verifier::reading::reference::references;
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{absent, elements, objects, part, shape, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("alias-zone", alias_zone),
    Rule::new("record-in-zone", record_in_zone),
    Rule::new("record-unique", record_unique),
    Rule::new("record-value", record_value),
    Rule::new("domain-name", domain_name),
    Rule::new("certificate-validated", certificate_validated),
    Rule::new("address-block", address_block),
];

const RECORD: &str = "AWS::Route53::RecordSet";
/// Made, or changed where it is there already, by the function of ours.
const OUR_RECORD: &str = "Custom::OamEcsDnsRecord";
const CERTIFICATE: &str = "AWS::CertificateManager::Certificate";

fn records<'a>(template: &Template<'a>) -> impl Iterator<Item = Resource<'a>> {
    template.of(RECORD).chain(template.of(OUR_RECORD))
}

/// What a record's alias leads to is in the zone of that load balancer, which is not the zone of the record.
fn alias_zone(template: &Template<'_>, report: &mut Report) {
    for record in records(template) {
        let alias = part(record.properties, "AliasTarget");
        for name in references(part(alias, "DNSName")) {
            let Some(balancer) = template.get(name.id).filter(|found| found.kind == LOAD_BALANCER) else {
                continue;
            };
            if name.attribute != Some("DNSName") {
                report.add(record.id, format!("leads to {}, which is no name", balancer.id));
            }
            let zone = part(alias, "HostedZoneId");
            if shape(zone) != format!("${{{}.CanonicalHostedZoneID}}", balancer.id) {
                report.add(record.id, format!("{} is not in zone {}", balancer.id, shape(zone)));
            }
        }
    }
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

/// The name of the zone that a record is in, when it is a literal.
fn zone_name<'a>(template: &Template<'a>, record: Resource<'a>) -> Option<&'a str> {
    text(record.properties, "HostedZoneName").or_else(|| {
        let zone = template.named(part(record.properties, "HostedZoneId"), "AWS::Route53::HostedZone")?;
        text(zone.properties, "Name")
    })
}

/// A record is in its zone by its name.
fn record_in_zone(template: &Template<'_>, report: &mut Report) {
    for record in records(template) {
        if let (Some(name), Some(zone)) = (text(record.properties, "Name"), zone_name(template, record)) {
            let (name, zone) = (plain(name), plain(zone));
            if name != zone && !name.ends_with(&format!(".{zone}")) {
                report.add(record.id, format!("{name} is not in {zone}"));
            }
        }
    }
}

/// A zone has a name once with a type, and beside a `CNAME` no other type.
fn record_unique(template: &Template<'_>, report: &mut Report) {
    let mut seen: BTreeMap<[String; 2], Vec<(Resource<'_>, &str, String)>> = BTreeMap::new();
    for record in records(template) {
        let zone = [part(record.properties, "HostedZoneId"), part(record.properties, "HostedZoneName")].map(shape);
        let name = plain(&shape(part(record.properties, "Name")));
        let Some(kind) = text(record.properties, "Type") else {
            continue;
        };
        let set = shape(part(record.properties, "SetIdentifier"));
        let others = seen.entry([zone.concat(), name]).or_default();
        let twice = others.iter().find(|(_, other, other_set)| {
            (*other == kind && *other_set == set) || ((*other == "CNAME") != (kind == "CNAME"))
        });
        if let Some((other, ..)) = twice {
            report.add(record.id, format!("{} has its name", other.id));
        }
        others.push((record, kind, set));
    }
}

/// A record leads somewhere, by an alias or by values with their time to live; a `CNAME` does not stand for a whole zone.
fn record_value(template: &Template<'_>, report: &mut Report) {
    for record in records(template) {
        let has = |property: &str| !absent(record.properties, property);
        if has("AliasTarget") == has("ResourceRecords") {
            report.add(record.id, "leads either to an alias or to values");
        } else if has("AliasTarget") == has("TTL") {
            report.add(record.id, "a time to live belongs to values, not to an alias");
        }
        let whole = text(record.properties, "Name")
            .is_some_and(|name| zone_name(template, record).is_some_and(|zone| plain(name) == plain(zone)));
        if whole && text(record.properties, "Type") == Some("CNAME") {
            report.add(record.id, "a zone itself has no CNAME");
        }
    }
}

/// Names have labels of up to 63 letters, digits and hyphens, and 255 characters at most.
fn domain_name(template: &Template<'_>, report: &mut Report) {
    let mut check = |id: &str, name: &Value| {
        if let Some(name) = name.as_str()
            && !is_name(name)
        {
            report.add(id, format!("{name} is no domain name"));
        }
    };
    for resource in template.resources() {
        let properties = resource.properties;
        match resource.kind {
            RECORD | OUR_RECORD | "AWS::Route53::HostedZone" | "AWS::ServiceDiscovery::PrivateDnsNamespace" => {
                check(resource.id, part(properties, "Name"));
            }
            CERTIFICATE => {
                check(resource.id, part(properties, "DomainName"));
                let others = elements(properties, "SubjectAlternativeNames").known;
                for name in others {
                    check(resource.id, name);
                }
            }
            _ => {}
        }
    }
}

fn is_name(name: &str) -> bool {
    let labels: Vec<_> = name.trim_end_matches('.').split('.').collect();
    let label = |(index, label): (usize, &&str)| {
        let letters = label.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'));
        let wildcard = index == 0 && *label == "*";
        wildcard || (letters && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-'))
    };
    name.len() <= 255 && labels.iter().enumerate().all(label)
}

/// A certificate that a stack makes is validated by records in a zone that is given for each of its names: without one the
/// stack waits for somebody to make the record, or to read a mail.
fn certificate_validated(template: &Template<'_>, report: &mut Report) {
    for certificate in template.of(CERTIFICATE).filter(|found| found.ours()) {
        let properties = certificate.properties;
        let method = part(properties, "ValidationMethod");
        if method.is_null() || method == "EMAIL" {
            report.add(certificate.id, "waits for somebody who reads a mail");
            continue;
        }
        let options = objects(properties, "DomainValidationOptions");
        let validated: BTreeSet<_> = options
            .known
            .iter()
            .filter(|option| !absent(option, "HostedZoneId"))
            .map(|option| shape(part(option, "DomainName")))
            .collect();
        let others = elements(properties, "SubjectAlternativeNames").known.into_iter();
        for name in [part(properties, "DomainName")].into_iter().chain(others).map(shape) {
            // A wildcard is validated by the record of what it stands before.
            let record = name.trim_start_matches("*.");
            let covered = validated.iter().any(|found| *found == name || found.trim_start_matches("*.") == record);
            if options.complete && !covered {
                report.add(certificate.id, format!("nobody makes the record that validates {name}"));
            }
        }
    }
}

/// Blocks of addresses are written as such.
fn address_block(template: &Template<'_>, report: &mut Report) {
    for rule in ingress(template) {
        if let Some(block) = rule.addresses().filter(|block| !is_block(block)) {
            report.add(rule.holder.id, format!("{block} is no block of addresses"));
        }
    }
}

/// Whether a text is a block of addresses, such as `10.0.0.0/16`, with nothing beyond its prefix.
pub(super) fn is_block(text: &str) -> bool {
    let Some((address, prefix)) = text.split_once('/') else {
        return false;
    };
    let (Ok(address), Ok(prefix)) = (address.parse::<std::net::IpAddr>(), prefix.parse::<u32>()) else {
        return false;
    };
    let (bits, width) = match address {
        std::net::IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        std::net::IpAddr::V6(address) => (address.to_bits(), 128),
    };
    prefix <= width && (prefix == width || bits.trailing_zeros() >= width - prefix || bits == 0)
}
