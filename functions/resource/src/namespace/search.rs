//! Which namespace there is.
//!
//! In: a name and a VPC, or an id. Out: the namespace. Cloud Map says nothing of VPCs: the namespace's private zone in Route 53 does.

use aws_sdk_servicediscovery::types::{
    FilterCondition, NamespaceFilter, NamespaceFilterName, NamespaceProperties, NamespaceType,
};

use crate::aws::{code, explained};
use crate::work::{Failure, Site};

/// A namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) description: String,
    /// `None` while it is being made.
    pub(super) hosted_zone_id: Option<String>,
}

impl Found {
    /// Whether it has this name; case and a dot at the end do not matter.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name.trim_end_matches('.').eq_ignore_ascii_case(name.trim_end_matches('.'))
    }
}

/// The private DNS namespace of a name that a VPC uses: the first of all pages, whatever else has the name.
pub(super) async fn find(name: &str, vpc: &str, site: &Site) -> Result<Option<Found>, Failure> {
    let unlisted = |error: &dyn std::fmt::Display| {
        Failure::new(format!("the namespaces of the account cannot be listed: {error}"))
    };
    let filter = |filter, value: &str| {
        NamespaceFilter::builder().name(filter).values(value).condition(FilterCondition::Eq).build()
    };
    let kind = filter(NamespaceFilterName::Type, NamespaceType::DnsPrivate.as_str());
    let named = filter(NamespaceFilterName::Name, name.trim_end_matches('.'));
    let mut pages = site
        .aws
        .service_discovery()
        .list_namespaces()
        .filters(kind.map_err(|error| unlisted(&error))?)
        .filters(named.map_err(|error| unlisted(&error))?)
        .into_paginator()
        .send();
    let mut candidates = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unlisted(&explained(&error)))?;
        let private =
            page.namespaces().iter().filter(|namespace| namespace.r#type() == Some(&NamespaceType::DnsPrivate));
        candidates.extend(private.map(|namespace| Found {
            id: namespace.id().unwrap_or_default().to_owned(),
            arn: namespace.arn().unwrap_or_default().to_owned(),
            name: namespace.name().unwrap_or_default().to_owned(),
            description: namespace.description().unwrap_or_default().to_owned(),
            hosted_zone_id: zone(namespace.properties()),
        }));
    }
    // The same every time, whatever the order of the list.
    candidates.sort_by(|left, right| left.id.cmp(&right.id));
    for candidate in candidates {
        if candidate.is_called(name) && is_of_vpc(&candidate, vpc, site).await? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// The namespace of this id, if there is one.
pub(super) async fn by_id(id: &str, site: &Site) -> Result<Option<Found>, Failure> {
    let asked = site.aws.service_discovery().get_namespace().id(id).send().await;
    let known = match asked {
        Ok(known) => known,
        Err(error) if matches!(code(&error), Some("NamespaceNotFound" | "InvalidInput")) => return Ok(None),
        Err(error) => {
            return Err(Failure::new(format!("the namespace `{id}` cannot be read: {}", explained(&error))));
        }
    };
    Ok(known.namespace().map(|namespace| Found {
        id: id.to_owned(),
        arn: namespace.arn().unwrap_or_default().to_owned(),
        name: namespace.name().unwrap_or_default().to_owned(),
        description: namespace.description().unwrap_or_default().to_owned(),
        hosted_zone_id: zone(namespace.properties()),
    }))
}

/// Whether its zone is one that the VPC uses.
pub(super) async fn is_of_vpc(found: &Found, vpc: &str, site: &Site) -> Result<bool, Failure> {
    let Some(zone) = &found.hosted_zone_id else { return Ok(false) };
    let asked = site.aws.route53().get_hosted_zone().id(zone).send().await;
    match asked {
        Ok(zone) => Ok(zone.vpcs().iter().any(|used| used.vpc_id() == Some(vpc))),
        Err(error) if code(&error) == Some("NoSuchHostedZone") => Ok(false),
        Err(error) => {
            Err(Failure::new(format!("the zone `{zone}` of the namespace cannot be read: {}", explained(&error))))
        }
    }
}

fn zone(properties: Option<&NamespaceProperties>) -> Option<String> {
    let zone = properties?.dns_properties()?.hosted_zone_id()?;
    (!zone.is_empty()).then(|| zone.to_owned())
}
