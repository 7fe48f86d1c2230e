//! Which zone a record is in.
//!
//! In: a name, and a zone's id where one is given. Out: the zone. `ListHostedZonesByName` begins at a name and has the zones of that
//! name first, so that one page for each label of the name says which of them are zones, from the longest on; a list of all zones
//! would be read whole, in an account that may have thousands of them, at five requests a second.

use aws_sdk_route53::Client;
use aws_sdk_route53::types::HostedZoneConfig;

use super::Stop;
use super::key::{canonical, is_in};
use crate::work::Failure;

/// A zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    pub(super) id: String,
    /// Canonical.
    pub(super) name: String,
}

/// The zone of a name, which is canonical.
pub(super) async fn find(client: &Client, given: Option<&str>, name: &str) -> Result<Zone, Stop> {
    match given {
        Some(id) => by_id(client, id, name).await,
        None => longest(client, name).await,
    }
}

async fn by_id(client: &Client, id: &str, name: &str) -> Result<Zone, Stop> {
    let asked = client.get_hosted_zone().id(id).send().await;
    let found = asked.map_err(|error| Stop::of(&error, &format!("the zone `{id}` cannot be read")))?;
    let zone = found.hosted_zone().map(|zone| Zone { id: short(zone.id()), name: canonical(zone.name()) });
    let Some(zone) = zone else { return Err(Failure::new(format!("the zone `{id}` cannot be read")).into()) };
    if is_in(name, &zone.name) {
        return Ok(zone);
    }
    let message = format!(
        "`{name}` is not in the zone `{id}`, which is `{}`: correct HostedZoneId, or leave it out, so that the zone is found by \
         the name",
        zone.name
    );
    Err(Failure::new(message).into())
}

/// The account's public zone with the longest suffix of a name.
async fn longest(client: &Client, name: &str) -> Result<Zone, Stop> {
    let mut suffix = name;
    while !suffix.is_empty() && suffix != "." {
        let zones = if suffix.starts_with('*') { Vec::new() } else { named(client, suffix).await? };
        match zones.as_slice() {
            [] => {}
            [id] => return Ok(Zone { id: id.clone(), name: suffix.to_owned() }),
            several => {
                let message = format!(
                    "there are {} public zones `{suffix}`, {}: say in HostedZoneId which of them answers for the domain",
                    several.len(),
                    several.join(" and ")
                );
                return Err(Failure::new(message).into());
            }
        }
        suffix = suffix.split_once('.').map(|(_, rest)| rest).unwrap_or_default();
    }
    Err(Failure::new(format!(
        "the account has no public zone for `{name}`: make one, or give HostedZoneId, or, for a zone of another account, \
         AssumeRoleArn"
    ))
    .into())
}

/// The ids of the public zones of exactly this name.
async fn named(client: &Client, name: &str) -> Result<Vec<String>, Stop> {
    let mut found = Vec::new();
    let mut start = (name.to_owned(), None);
    loop {
        let (from, id) = start;
        let asked = client.list_hosted_zones_by_name().dns_name(from).set_hosted_zone_id(id).send().await;
        let page = asked.map_err(|error| Stop::of(&error, "the zones of the account cannot be listed"))?;
        for zone in page.hosted_zones() {
            if canonical(zone.name()) != name {
                return Ok(found);
            }
            if !zone.config().is_some_and(HostedZoneConfig::private_zone) {
                found.push(short(zone.id()));
            }
        }
        match (page.is_truncated(), page.next_dns_name()) {
            (true, Some(next)) => start = (next.to_owned(), page.next_hosted_zone_id().map(str::to_owned)),
            _ => return Ok(found),
        }
    }
}

/// `Z123` of `/hostedzone/Z123`.
fn short(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).to_owned()
}
