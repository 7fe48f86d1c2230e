//! `Custom::OamEcsNamespace`: takes a Cloud Map namespace that there is, or makes it.
//!
//! In: a name and a VPC. Out: the private DNS namespace of that name whose zone the VPC uses, made where there is none. What it made
//! carries two tags, the stack and the resource, and is deleted by that resource only, and only when nobody has services in it
//! any more: others may have taken it meanwhile. What it leaves behind for them keeps the tags, so that it can be found.

mod operation;
mod removal;
mod search;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_servicediscovery::operation::create_private_dns_namespace::CreatePrivateDnsNamespaceError;
use aws_sdk_servicediscovery::operation::update_private_dns_namespace::UpdatePrivateDnsNamespaceError;
use aws_sdk_servicediscovery::types::{PrivateDnsNamespaceChange, Tag};
use oamecs::cloudformation::resource::custom;
use oamecs::cloudformation::value::{Resolved, Text};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::aws::{code, explained};
use crate::clock::{seconds, time};
use crate::work::{Change, Event, Failure, Outcome, Progress, Site, Step, Work};
use operation::{Ended, ended, is_conflict};
use removal::{delete, delete_begun, delete_found, is_ours};
use search::{Found, find, is_of_vpc};

/// The contract.
type Properties = custom::Namespace<Resolved>;

/// The tag of what was made here: the stack's ARN.
const OWNER: &str = "oamecs:owner";

/// The tag of what was made here: the resource, in its template.
const RESOURCE: &str = "oamecs:resource";

/// What a resource is called whose namespace was still being made when time ended: with the operation's id.
const PENDING: &str = "operation/";

/// For how long another stack's namespace is waited for that is being made.
const APPEARS: Duration = Duration::from_mins(3);

/// For how long a namespace is made, or deleted.
const OPERATION: Duration = Duration::from_mins(10);

/// For how long services are waited for that are going: Amazon ECS takes its instances away some time after its service.
const EMPTIES: Duration = Duration::from_mins(2);

/// The type of resource.
#[derive(Clone, Copy, Debug)]
pub struct Namespace;

/// What it waits for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Waiting {
    /// For what.
    what: What,
    /// Until when, in seconds since 1970.
    until: u64,
    /// How often it has been looked at.
    looks: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
enum What {
    /// Another stack's namespace is there, but not whole.
    Appears(String),
    /// This operation makes a namespace.
    Made(String),
    /// This operation changes the namespace.
    Changed(String, String),
    /// The namespace has services.
    Empties(String),
    /// This operation makes a namespace that is not wanted any more.
    Undone(String),
    /// This operation deletes the namespace.
    Deleted(String),
}

impl Waiting {
    fn new(what: What, patience: Duration, site: &Site) -> Self {
        Self { what, until: seconds(site.clock.now() + patience), looks: 0 }
    }

    fn is_over(&self, site: &Site) -> bool {
        site.clock.now() >= time(self.until)
    }

    /// Looks again, at longer and longer intervals.
    fn again(mut self) -> Step<Self> {
        let pause = Duration::from_secs(2 << self.looks.min(2)).min(Duration::from_secs(10));
        self.looks += 1;
        Step::Wait(self, pause)
    }
}

impl Work for Namespace {
    type Properties = Properties;
    type State = Waiting;

    fn is_name(&self, physical_id: &str) -> bool {
        physical_id.starts_with("ns-") || physical_id.starts_with(PENDING)
    }

    async fn start(&self, event: &Event<Properties>, site: &Site) -> Progress<Waiting> {
        match &event.change {
            Change::Create { properties } => get_or_make(event, properties, site).await,
            Change::Update { properties, old, physical_id } => {
                match update(event, properties, old.as_ref(), physical_id, site).await? {
                    Some(step) => Ok(step),
                    None => get_or_make(event, properties, site).await,
                }
            }
            Change::Delete { is_made_up: true, .. } => delete_begun(event, site).await,
            Change::Delete { physical_id, .. } => match physical_id.strip_prefix(PENDING) {
                Some(operation) => Ok(undoing(operation, site)),
                None => delete(event, physical_id, None, site).await,
            },
        }
    }

    async fn poll(&self, event: &Event<Properties>, state: Waiting, site: &Site) -> Progress<Waiting> {
        poll(event, state, site).await
    }

    async fn give_up(&self, event: &Event<Properties>, state: Waiting, _: &Site) -> Result<Outcome, Failure> {
        let name = event.properties().map_or("", |properties| properties.name.as_str());
        let failure = |what: &str| Failure::new(format!("AWS Cloud Map {what}: try again"));
        Err(match state.what {
            // What comes of it is deleted with the resource.
            What::Made(operation) => failure(&format!("has not made the namespace `{name}` in time"))
                .leaving(format!("{PENDING}{operation}")),
            What::Appears(_) => failure(&format!("has not made another stack's namespace `{name}` in time")),
            What::Changed(..) => failure(&format!("has not changed the namespace `{name}` in time")),
            What::Empties(_) | What::Undone(_) | What::Deleted(_) => {
                failure(&format!("has not deleted the namespace `{name}` in time"))
            }
        })
    }
}

async fn get_or_make(event: &Event<Properties>, properties: &Properties, site: &Site) -> Progress<Waiting> {
    let Properties { name, vpc_id, description } = properties;
    match find(name.as_str(), vpc_id.as_str(), site).await? {
        Some(found) => Ok(outcome(found).into()),
        None => make(event, name.as_str(), vpc_id.as_str(), description.as_ref().map(Text::as_str), site).await,
    }
}

/// The attributes, as far as the id says them.
pub fn attributes(id: &str, stack_id: &str) -> BTreeMap<String, String> {
    // arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id>
    let parts: Vec<&str> = stack_id.split(':').collect();
    let [_, partition, _, region, account, ..] = parts.as_slice() else { return BTreeMap::new() };
    let arn = format!("arn:{partition}:servicediscovery:{region}:{account}:namespace/{id}");
    BTreeMap::from([
        (custom::Namespace::ARN.to_owned(), arn),
        (custom::Namespace::HOSTED_ZONE_ID.to_owned(), String::new()),
    ])
}

fn outcome(found: Found) -> Outcome {
    let Found { id, arn, hosted_zone_id, .. } = found;
    Outcome::new(id)
        .with(custom::Namespace::ARN, arn)
        .with(custom::Namespace::HOSTED_ZONE_ID, hosted_zone_id.unwrap_or_default())
}

async fn make(
    event: &Event<Properties>,
    name: &str,
    vpc: &str,
    description: Option<&str>,
    site: &Site,
) -> Progress<Waiting> {
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let tags = [tag(OWNER, &event.stack_id), tag(RESOURCE, &event.logical_id)];
    let tags: Result<Vec<Tag>, _> = tags.into_iter().collect();
    let asked = site
        .aws
        .service_discovery()
        .create_private_dns_namespace()
        .name(name)
        .vpc(vpc)
        .set_description(description.map(str::to_owned))
        .creator_request_id(creator(event))
        .set_tags(tags.ok())
        .send()
        .await;
    let error = match asked {
        Ok(made) => return Ok(making(event, made.operation_id().unwrap_or_default(), site).await),
        Err(error) => error,
    };
    match error.as_service_error() {
        Some(CreatePrivateDnsNamespaceError::DuplicateRequest(known)) => {
            Ok(making(event, known.duplicate_operation_id().unwrap_or_default(), site).await)
        }
        Some(CreatePrivateDnsNamespaceError::NamespaceAlreadyExists(known)) => {
            let id = known.namespace_id.clone().unwrap_or_default();
            Ok(Waiting::new(What::Appears(id), APPEARS, site).again())
        }
        // The same as an operation says that fails.
        _ if code(&error) == Some("ConflictingDomainExists") => {
            Ok(Waiting::new(What::Appears(String::new()), APPEARS, site).again())
        }
        _ => Err(Failure::new(format!("the namespace `{name}` cannot be made: {}", explained(&error)))),
    }
}

async fn making(event: &Event<Properties>, operation: &str, site: &Site) -> Step<Waiting> {
    if site.ledger.is_kept()
        && let Err(error) = site.ledger.remember(&pending(event), operation).await
    {
        tracing::warn!(%error, "who deletes the resource before it is made does not know what makes it");
    }
    Waiting::new(What::Made(operation.to_owned()), OPERATION, site).again()
}

fn undoing(operation: &str, site: &Site) -> Step<Waiting> {
    Waiting::new(What::Undone(operation.to_owned()), OPERATION, site).again()
}

/// What the operation that makes the namespace is remembered by, as long as it goes on.
fn pending(event: &Event<Properties>) -> String {
    format!("{}/operation", event.resource())
}

/// What AWS knows a repeated call by. Of the request as well as the resource: a name that was given up and is taken again is
/// another namespace.
fn creator(event: &Event<Properties>) -> String {
    let digest = Sha256::digest(format!("{}\n{}", event.resource(), event.request_id));
    digest.iter().take(24).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// The namespace of an update that keeps it; `None` for another one.
async fn update(
    event: &Event<Properties>,
    properties: &Properties,
    old: Option<&Properties>,
    id: &str,
    site: &Site,
) -> Result<Option<Step<Waiting>>, Failure> {
    let Properties { name, vpc_id, description } = properties;
    let Some(found) = search::by_id(id, site).await? else { return Ok(None) };
    let had = |old: &Properties| old.vpc_id == *vpc_id;
    if !found.is_called(name.as_str()) || !(old.is_some_and(had) || is_of_vpc(&found, vpc_id.as_str(), site).await?) {
        return Ok(None);
    }
    let wanted = description.as_ref().map_or("", Text::as_str);
    if found.description == wanted || !is_ours(event, &found.arn, site).await? {
        return Ok(Some(outcome(found).into()));
    }
    let change = PrivateDnsNamespaceChange::builder().description(wanted).build();
    let asked = site.aws.service_discovery().update_private_dns_namespace().id(id).namespace(change).send().await;
    let operation = match &asked {
        Ok(asked) => asked.operation_id(),
        Err(error) => match error.as_service_error() {
            Some(UpdatePrivateDnsNamespaceError::DuplicateRequest(known)) => known.duplicate_operation_id(),
            _ => return Err(Failure::new(format!("the namespace `{id}` cannot be changed: {}", explained(error)))),
        },
    };
    let what = What::Changed(operation.unwrap_or_default().to_owned(), id.to_owned());
    Ok(Some(Waiting::new(what, OPERATION, site).again()))
}

async fn poll(event: &Event<Properties>, state: Waiting, site: &Site) -> Progress<Waiting> {
    match state.what.clone() {
        What::Appears(id) => appears(event, &id, state, site).await,
        What::Made(operation) => made(event, &operation, state, site).await,
        What::Changed(operation, id) => match ended(&operation, state.is_over(site), site).await? {
            None => Ok(state.again()),
            Some(Ended::Failed(message)) => {
                Err(Failure::new(format!("the namespace `{id}` cannot be changed: {message}")))
            }
            Some(Ended::Done(_)) => there(&id, site).await,
        },
        What::Empties(id) => delete(event, &id, Some(state), site).await,
        What::Undone(operation) => {
            let Some(end) = ended(&operation, state.is_over(site), site).await? else { return Ok(state.again()) };
            site.ledger.forget(&pending(event)).await;
            match end {
                Ended::Done(Some(id)) => delete(event, &id, None, site).await,
                Ended::Done(None) => delete_found(event, site).await,
                Ended::Failed(_) => Ok(gone(event)),
            }
        }
        What::Deleted(operation) => match ended(&operation, state.is_over(site), site).await? {
            None => Ok(state.again()),
            Some(Ended::Done(_)) => Ok(gone(event)),
            Some(Ended::Failed(message)) => {
                Err(Failure::new(format!("the namespace cannot be deleted: {message}. Delete the stack once more")))
            }
        },
    }
}

/// The answer to a deletion.
fn gone(event: &Event<Properties>) -> Step<Waiting> {
    Outcome::new(event.physical_id().unwrap_or_default()).into()
}

async fn there(id: &str, site: &Site) -> Progress<Waiting> {
    match search::by_id(id, site).await? {
        Some(found) => Ok(outcome(found).into()),
        None => Err(Failure::new(format!("the namespace `{id}` was made, and deleted at once by somebody else"))),
    }
}

/// Looks for the namespace that somebody else makes at the same time.
async fn appears(event: &Event<Properties>, id: &str, state: Waiting, site: &Site) -> Progress<Waiting> {
    let Some(Properties { name, vpc_id, description: _ }) = event.properties() else { return Ok(gone(event)) };
    let (name, vpc) = (name.as_str(), vpc_id.as_str());
    if let Some(found) = find(name, vpc, site).await? {
        return Ok(outcome(found).into());
    }
    if !state.is_over(site) {
        return Ok(state.again());
    }
    Err(Failure::new(if id.is_empty() {
        format!(
            "{vpc} has a private zone `{name}` already, which AWS Cloud Map does not manage, and cannot have two: \
             take the zone from the VPC, or give the namespace another name"
        )
    } else {
        format!(
            "there is a namespace `{name}` ({id}) already, which is of another kind or not of {vpc}: delete it, or give this one \
             another name"
        )
    }))
}

async fn made(event: &Event<Properties>, operation: &str, state: Waiting, site: &Site) -> Progress<Waiting> {
    let Some(end) = ended(operation, state.is_over(site), site).await? else { return Ok(state.again()) };
    site.ledger.forget(&pending(event)).await;
    match end {
        Ended::Done(Some(id)) => there(&id, site).await,
        Ended::Done(None) => get(event, site).await,
        // Another stack has made it meanwhile, and the VPC has one zone of a name.
        Ended::Failed(message) if is_conflict(&message) => {
            Ok(Waiting::new(What::Appears(String::new()), APPEARS, site).again())
        }
        // It may only take longer.
        Ended::Failed(message) => {
            let failure = Failure::new(format!("AWS Cloud Map cannot make the namespace: {message}"));
            Err(failure.leaving(format!("{PENDING}{operation}")))
        }
    }
}

async fn get(event: &Event<Properties>, site: &Site) -> Progress<Waiting> {
    match &event.change {
        Change::Create { properties } | Change::Update { properties, .. } => get_or_make(event, properties, site).await,
        Change::Delete { .. } => Ok(gone(event)),
    }
}
