//! Which module serves which type.

use std::collections::BTreeMap;
use std::time::Duration;

use oamecs::cloudformation::resource::custom;
use oamecs::cloudformation::template::Properties;

use crate::answer::{is_marker, is_unfinished};
use crate::clock::time;
use crate::dns_record::DnsRecord;
use crate::driver::{Aim, Limits, Verdict, drive};
use crate::ledger::Hold;
use crate::namespace::{self, Namespace};
use crate::network::Network;
use crate::properties;
use crate::request::Request;
use crate::rollout::{self, Rollout};
use crate::secret::{self, Secret};
use crate::stack::is_replaced;
use crate::task::{self, Task};
use crate::watchdog::Watchdog;
use crate::work::{Change, Event, Failure, Outcome, Site, Work};

/// Works on a request that began then, in seconds since 1970.
pub async fn serve(request: &Request, started: u64, aim: Aim, run: (&Site, &Hold, Limits)) -> Verdict {
    match request.resource_type.as_str() {
        <custom::DnsRecord as Properties>::TYPE => of_type(&DnsRecord, request, started, aim, run).await,
        <custom::Namespace as Properties>::TYPE => of_type(&Namespace, request, started, aim, run).await,
        <custom::Network as Properties>::TYPE => of_type(&Network, request, started, aim, run).await,
        <custom::Rollout as Properties>::TYPE => of_type(&Rollout, request, started, aim, run).await,
        <custom::Secret as Properties>::TYPE => of_type(&Secret, request, started, aim, run).await,
        <custom::Task as Properties>::TYPE => of_type(&Task, request, started, aim, run).await,
        <custom::Watchdog as Properties>::TYPE => of_type(&Watchdog, request, started, aim, run).await,
        other => Verdict::Ended(unknown(request, other)),
    }
}

/// Whether the attributes of a type say what was found, which cannot be found again while its service fails.
pub fn is_found(name: &str) -> bool {
    let found = [
        <custom::Namespace as Properties>::TYPE,
        <custom::Network as Properties>::TYPE,
        <custom::Secret as Properties>::TYPE,
    ];
    found.contains(&name)
}

/// The attributes of a resource that is left as it is, as far as they are known without asking anybody.
pub fn attributes(name: &str, physical_id: &str, stack_id: &str) -> BTreeMap<String, String> {
    match name {
        <custom::Namespace as Properties>::TYPE => namespace::attributes(physical_id, stack_id),
        <custom::Rollout as Properties>::TYPE => rollout::attributes("Restored", None, None),
        <custom::Secret as Properties>::TYPE => secret::attributes(physical_id),
        <custom::Task as Properties>::TYPE => task::attributes(),
        // Others have none, or they are remembered.
        _ => BTreeMap::new(),
    }
}

fn unknown(request: &Request, name: &str) -> Result<Outcome, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    match (&request.physical_resource_id, request.request_type.as_str()) {
        (Some(physical_id), "Delete") => Ok(Outcome::new(physical_id)),
        _ => Err(Failure::new(format!(
            "OamEcs {version} does not serve `{name}`: update the installation, or correct the type"
        ))),
    }
}

async fn of_type<W: Work>(work: &W, request: &Request, started: u64, aim: Aim, run: (&Site, &Hold, Limits)) -> Verdict {
    let change = match change(request, |id| work.is_name(id)) {
        Ok(Asked::Change(change)) => change,
        Ok(Asked::Nothing(outcome)) => return Verdict::Ended(Ok(outcome)),
        Err(failure) => return Verdict::Ended(Err(failure)),
    };
    let (patience, margin) = (request.patience(), request.margin());
    let event = Event {
        change,
        stack_id: request.stack_id.clone(),
        logical_id: request.logical_resource_id.clone(),
        request_id: request.request_id.clone(),
        started: time(started),
        deadline: time(started) + Duration::from_secs(patience - margin),
        margin: Duration::from_secs(margin),
    };
    if let Change::Delete { physical_id, is_made_up: true, .. } = &event.change
        && is_replaced(&event, run.0).await
    {
        return Verdict::Ended(Ok(Outcome::new(physical_id)));
    }
    Box::pin(drive(work, &event, aim, run)).await
}

/// What a request asks for.
enum Asked<P> {
    Change(Change<P>),
    /// It is answered without any work.
    Nothing(Outcome),
}

fn change<P: serde::de::DeserializeOwned>(
    request: &Request,
    is_name: impl Fn(&str) -> bool,
) -> Result<Asked<P>, Failure> {
    let properties = || {
        properties::read(&request.resource_properties).map_err(|error| {
            Failure::new(format!("the properties of `{}` are not what they must be: {error}", request.resource_type))
        })
    };
    let physical_id = request.physical_resource_id.clone().unwrap_or_default();
    Ok(Asked::Change(match request.request_type.as_str() {
        "Create" => Change::Create { properties: properties()? },
        // It was never made, and is now.
        "Update" if is_marker(&physical_id) || is_unfinished(&physical_id) => {
            Change::Create { properties: properties()? }
        }
        "Update" => Change::Update {
            properties: properties()?,
            old: properties::read(&request.old_resource_properties).ok(),
            physical_id,
        },
        "Delete" if is_marker(&physical_id) => return Ok(Asked::Nothing(Outcome::new(physical_id))),
        "Delete" => {
            let is_made_up = is_unfinished(&physical_id) || !is_name(&physical_id);
            Change::Delete { properties: properties().ok(), physical_id, is_made_up }
        }
        other => return Err(Failure::new(format!("CloudFormation asks for `{other}`, which OamEcs does not know"))),
    }))
}
