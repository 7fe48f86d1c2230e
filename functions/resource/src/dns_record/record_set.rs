//! Record sets: as they are asked, as they are compared, as they are remembered.
//!
//! In: properties, or what Route 53 lists. Out: record sets that Route 53 takes. Two of them are compared by what they mean: names
//! come back in lower case, with a dot at their end, and `dualstack.` before a load balancer's is the same load balancer.

use aws_sdk_route53::types::{
    AliasTarget, GeoLocation, ResourceRecord, ResourceRecordSet, ResourceRecordSetFailover, ResourceRecordSetRegion,
    RrType,
};
use oamecs::cloudformation::resource::{custom, route53};
use oamecs::cloudformation::value::Resolved;
use serde::{Deserialize, Serialize};

use super::key::canonical;
use crate::work::Failure;

/// What is asked, as Route 53 takes it.
pub(super) fn wanted(properties: &custom::DnsRecord<Resolved>) -> Result<ResourceRecordSet, Failure> {
    let custom::DnsRecord {
        hosted_zone_id: _,
        name,
        kind,
        alias_target,
        resource_records,
        ttl,
        set_identifier,
        weight,
        region,
        overwrite: _,
        assume_role_arn: _,
    } = properties;
    let wrong = |what: &str| Err(Failure::new(format!("the record `{}`: {what}", name.as_str())));
    let kind = match kind {
        route53::RecordType::A => RrType::A,
        route53::RecordType::Aaaa => RrType::Aaaa,
        route53::RecordType::Cname => RrType::Cname,
        route53::RecordType::Txt => RrType::Txt,
    };
    match (alias_target, resource_records.is_empty(), ttl) {
        (Some(_), true, None) if matches!(kind, RrType::A | RrType::Aaaa) => {}
        (Some(_), true, None) => return wrong("only A and AAAA follow a load balancer: use one of these types"),
        (Some(_), ..) => return wrong("AliasTarget excludes ResourceRecords and TTL: give one or the others"),
        (None, true, _) => return wrong("it has no values: give ResourceRecords, or an AliasTarget"),
        (None, false, None) => return wrong("TTL is missing: say for how many seconds resolvers may keep it"),
        (None, false, Some(_)) => {}
    }
    match (set_identifier, weight, region) {
        (None, None, None) | (Some(_), Some(_), None) | (Some(_), None, Some(_)) => {}
        (None, ..) => {
            return wrong("Weight and Region need a SetIdentifier, which tells it from the others of its name");
        }
        (Some(_), ..) => return wrong("a SetIdentifier needs a Weight or a Region, and not both"),
    }
    let values = resource_records.iter().map(|value| ResourceRecord::builder().value(value.as_str()).build());
    let values: Result<Vec<ResourceRecord>, _> = values.collect();
    let alias = alias_target.as_ref().map(|alias| {
        let route53::AliasTarget { dns_name, hosted_zone_id, evaluate_target_health } = alias;
        alias_of(dns_name.as_str(), hosted_zone_id.as_str(), evaluate_target_health.unwrap_or_default())
    });
    ResourceRecordSet::builder()
        .name(canonical(name.as_str()))
        .r#type(kind)
        .set_set_identifier(set_identifier.as_ref().map(|id| id.as_str().to_owned()))
        .set_weight(weight.map(i64::from))
        .set_region(region.as_ref().map(|region| ResourceRecordSetRegion::from(region.as_str())))
        .set_ttl(ttl.map(i64::from))
        .set_resource_records(values.ok().filter(|values| !values.is_empty()))
        .set_alias_target(alias.transpose()?)
        .build()
        .map_err(|error| Failure::new(error.to_string()))
}

fn alias_of(name: &str, zone: &str, evaluates: bool) -> Result<AliasTarget, Failure> {
    let alias = AliasTarget::builder().dns_name(name).hosted_zone_id(zone).evaluate_target_health(evaluates);
    alias.build().map_err(|error| Failure::new(error.to_string()))
}

/// Whether two records of a key answer the same, however long it may be kept.
pub(super) fn answers_alike(left: &ResourceRecordSet, right: &ResourceRecordSet) -> bool {
    values(left) == values(right)
        && left.alias_target().map(followed) == right.alias_target().map(followed)
        && left.r#type() == right.r#type()
}

/// Whether two records of a key are the same in all.
pub(super) fn is_same(left: &ResourceRecordSet, right: &ResourceRecordSet) -> bool {
    let rest = |record: &ResourceRecordSet| {
        let alias = record.alias_target();
        (record.ttl(), record.weight(), record.region().cloned(), alias.map(AliasTarget::evaluate_target_health))
    };
    let health = |record: &ResourceRecordSet| record.health_check_id().map(str::to_owned);
    answers_alike(left, right) && rest(left) == rest(right) && health(left) == health(right)
}

/// What a load balancer's name is, however it is written.
pub(super) fn balancer_name(name: &str) -> String {
    let name = canonical(name);
    name.strip_prefix("dualstack.").map(str::to_owned).unwrap_or(name)
}

/// The names that a record leads to.
pub(super) fn leads_to(record: &ResourceRecordSet) -> Vec<String> {
    let alias = record.alias_target().map(|alias| balancer_name(alias.dns_name()));
    let names = record.resource_records().iter().filter(|_| *record.r#type() == RrType::Cname);
    alias.into_iter().chain(names.map(|record| balancer_name(record.value()))).collect()
}

fn followed(alias: &AliasTarget) -> (String, String) {
    (balancer_name(alias.dns_name()), alias.hosted_zone_id().to_owned())
}

fn values(record: &ResourceRecordSet) -> Vec<String> {
    let values = record.resource_records().iter().map(ResourceRecord::value);
    let mut values: Vec<String> = match record.r#type() {
        RrType::Cname => values.map(canonical).collect(),
        RrType::A | RrType::Aaaa => values.map(str::to_ascii_lowercase).collect(),
        _ => values.map(str::to_owned).collect(),
    };
    values.sort();
    values
}

/// A record set as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Saved {
    name: String,
    kind: String,
    set_identifier: Option<String>,
    weight: Option<i64>,
    region: Option<String>,
    failover: Option<String>,
    multi_value_answer: Option<bool>,
    continent: Option<String>,
    country: Option<String>,
    subdivision: Option<String>,
    ttl: Option<i64>,
    values: Vec<String>,
    /// Name, zone, and whether its health is evaluated.
    alias: Option<(String, String, bool)>,
    health_check: Option<String>,
    /// The load balancer that it leads to, by its ARN, where it is known.
    #[serde(default)]
    balancer: Option<String>,
}

impl Saved {
    /// A record set, and the load balancer that it leads to; `None` for one that could not be put back.
    pub(super) fn of(record: &ResourceRecordSet, balancer: Option<String>) -> Option<Self> {
        let is_whole = record.traffic_policy_instance_id().is_none()
            && record.cidr_routing_config().is_none()
            && record.geo_proximity_location().is_none();
        let place = record.geo_location();
        is_whole.then(|| Self {
            name: record.name().to_owned(),
            kind: record.r#type().as_str().to_owned(),
            set_identifier: record.set_identifier().map(str::to_owned),
            weight: record.weight(),
            region: record.region().map(|region| region.as_str().to_owned()),
            failover: record.failover().map(|failover| failover.as_str().to_owned()),
            multi_value_answer: record.multi_value_answer(),
            continent: place.and_then(GeoLocation::continent_code).map(str::to_owned),
            country: place.and_then(GeoLocation::country_code).map(str::to_owned),
            subdivision: place.and_then(GeoLocation::subdivision_code).map(str::to_owned),
            ttl: record.ttl(),
            values: record.resource_records().iter().map(|record| record.value().to_owned()).collect(),
            alias: record.alias_target().map(|alias| {
                (alias.dns_name().to_owned(), alias.hosted_zone_id().to_owned(), alias.evaluate_target_health())
            }),
            health_check: record.health_check_id().map(str::to_owned),
            balancer,
        })
    }

    /// Whether it is this record set.
    pub(super) fn is(&self, record: &ResourceRecordSet) -> bool {
        Self::of(record, self.balancer.clone()).as_ref() == Some(self)
    }

    /// Whether it led to a load balancer that was known.
    pub(super) fn has_balancer(&self) -> bool {
        self.balancer.is_some()
    }

    /// The record set that it was.
    pub(super) fn record(&self) -> Option<ResourceRecordSet> {
        let Self {
            name,
            kind,
            set_identifier,
            weight,
            region,
            failover,
            multi_value_answer,
            continent,
            country,
            subdivision,
            ttl,
            values,
            alias,
            health_check,
            balancer: _,
        } = self;
        let values = values.iter().map(|value| ResourceRecord::builder().value(value).build());
        let values: Vec<ResourceRecord> = values.collect::<Result<_, _>>().ok()?;
        let alias = alias.as_ref().map(|(name, zone, evaluates)| alias_of(name, zone, *evaluates));
        let place = GeoLocation::builder()
            .set_continent_code(continent.clone())
            .set_country_code(country.clone())
            .set_subdivision_code(subdivision.clone())
            .build();
        let has_place = continent.is_some() || country.is_some();
        ResourceRecordSet::builder()
            .name(name)
            .r#type(RrType::from(kind.as_str()))
            .set_set_identifier(set_identifier.clone())
            .set_weight(*weight)
            .set_region(region.as_deref().map(ResourceRecordSetRegion::from))
            .set_failover(failover.as_deref().map(ResourceRecordSetFailover::from))
            .set_multi_value_answer(*multi_value_answer)
            .set_geo_location(has_place.then_some(place))
            .set_ttl(*ttl)
            .set_resource_records((!values.is_empty()).then_some(values))
            .set_alias_target(alias.transpose().ok()?)
            .set_health_check_id(health_check.clone())
            .build()
            .ok()
    }
}
