//! `Custom::OamEcsNetwork`: finds the subnets of a VPC.
//!
//! In: a VPC's id, or nothing for the default VPC, and a number of zones. Out: a public and a private subnet of each zone, and which
//! of them are for tasks, in an order that stays for the life of the resource: what was answered is remembered, and subnets that
//! are added to the VPC later change nothing. Without a ledger the order is that of the names of the zones, then of the subnets' ids.

mod choice;

use oamecs::cloudformation::resource::custom;
use oamecs::cloudformation::value::{Resolved, Text};

use crate::aws::api::ApiError;
use crate::work::{AtOnce, Change, Event, Failure, Outcome, Progress, Site, Work};
use choice::{Answer, Place, TasksIn, choose, places};

/// The contract.
type Properties = custom::Network<Resolved>;

/// The type of resource.
#[derive(Clone, Copy, Debug)]
pub struct Network;

impl Work for Network {
    type Properties = Properties;
    type State = AtOnce;

    fn is_name(&self, physical_id: &str) -> bool {
        physical_id.starts_with("vpc-")
    }

    async fn start(&self, event: &Event<Properties>, site: &Site) -> Progress<AtOnce> {
        match &event.change {
            Change::Create { properties } => Ok(find(event, properties, None, site).await?.into()),
            Change::Update { properties, old, physical_id } => {
                // The default VPC that it has stays, whichever is the default one meanwhile.
                let had_default = properties.vpc_id.is_none() && old.as_ref().is_some_and(|old| old.vpc_id.is_none());
                Ok(find(event, properties, had_default.then_some(physical_id), site).await?.into())
            }
            // It was only found.
            Change::Delete { properties, physical_id, is_made_up } => {
                let asked = properties.as_ref().and_then(|properties| properties.vpc_id.as_ref()).map(Text::as_str);
                let vpc = if *is_made_up { asked } else { Some(physical_id.as_str()) };
                if let Some(vpc) = vpc {
                    site.ledger.forget(&memory(event, vpc)).await;
                }
                Ok(Outcome::new(physical_id).into())
            }
        }
    }

    async fn poll(&self, _: &Event<Properties>, state: AtOnce, _: &Site) -> Progress<AtOnce> {
        match state {}
    }

    async fn give_up(&self, _: &Event<Properties>, state: AtOnce, _: &Site) -> Result<Outcome, Failure> {
        match state {}
    }
}

/// What is remembered is of the resource and a VPC: one that replaces it has another.
fn memory(event: &Event<Properties>, vpc: &str) -> String {
    format!("{}/{vpc}", event.resource())
}

async fn find(
    event: &Event<Properties>,
    properties: &Properties,
    earlier: Option<&String>,
    site: &Site,
) -> Result<Outcome, Failure> {
    let Properties { vpc_id, zones } = properties;
    if !(1..=custom::Network::MAX_ZONES).contains(zones) {
        return Err(Failure::new(format!("Zones is {zones}, and must be 1 to {}", custom::Network::MAX_ZONES)));
    }
    let vpc = vpc(vpc_id.as_ref().map(Text::as_str), earlier, site).await?;
    let listed = |error: ApiError| Failure::new(format!("the subnets of {vpc} cannot be listed: {error}"));
    let subnets = site.aws.subnets(&vpc).await.map_err(listed)?;
    let routes = site.aws.route_tables(&vpc).await.map_err(listed)?;
    let places = places(site.aws.region(), &subnets, &routes);

    let memory = memory(event, &vpc);
    let recalled = match event.change {
        Change::Create { .. } => None,
        Change::Update { .. } | Change::Delete { .. } => site.ledger.recall(&memory).await.map_err(|error| {
            Failure::new(format!("what was found earlier must not change, and cannot be read from the ledger: {error}"))
        })?,
    };
    let known = recalled.as_deref().and_then(|text| serde_json::from_str::<Answer>(text).ok());
    let answer = choose(&places, known.as_ref(), *zones).map_err(|lack| Failure::new(format!("{vpc} {lack}")))?;
    if known.as_ref() != Some(&answer)
        && let Ok(text) = serde_json::to_string(&answer)
        && let Err(error) = site.ledger.remember(&memory, &text).await
    {
        tracing::warn!(%error, "what was found is not remembered: another subnet in the VPC may change it");
    }
    Ok(outcome(&vpc, &answer, *zones))
}

/// The id of the VPC, which is there.
async fn vpc(given: Option<&str>, earlier: Option<&String>, site: &Site) -> Result<String, Failure> {
    let find = async |id: Option<&str>| {
        site.aws.vpc(id).await.map_err(|error| {
            let what = id.map_or_else(|| "default VPC".to_owned(), |id| format!("VPC `{id}`"));
            Failure::new(format!("the {what} cannot be found: {error}"))
        })
    };
    if let Some(vpc) = earlier
        && let Some(vpc) = find(Some(vpc)).await?
    {
        return Ok(vpc);
    }
    let region = site.aws.region();
    find(given).await?.ok_or_else(|| {
        Failure::new(match given {
            Some(id) => format!("there is no VPC `{id}` in {region}: correct its id, or deploy to its region"),
            None => format!(
                "{region} has no default VPC: make one with `aws ec2 create-default-vpc`, or name a VPC by its id, or leave \
                 the network to OamEcs"
            ),
        })
    })
}

fn outcome(vpc: &str, answer: &Answer, zones: usize) -> Outcome {
    let Answer { tasks, places } = answer;
    let mut outcome = Outcome::new(vpc).with(custom::Network::VPC_ID, vpc);
    for (zone, place) in places.iter().take(zones).enumerate() {
        let Place { zone: _, public, private } = place;
        let for_tasks = match tasks {
            TasksIn::Public => public,
            TasksIn::Private => private,
        };
        let attributes = [
            (custom::Network::public_subnet(zone), public),
            (custom::Network::private_subnet(zone), private),
            (custom::Network::task_subnet(zone), for_tasks),
        ];
        for (name, subnet) in attributes {
            if let (Some(name), Some(subnet)) = (name, subnet) {
                outcome = outcome.with(name, subnet);
            }
        }
    }
    let addresses = match tasks {
        TasksIn::Public => "ENABLED",
        TasksIn::Private => "DISABLED",
    };
    outcome.with(custom::Network::TASK_ADDRESSES, addresses)
}
