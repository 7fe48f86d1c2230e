//! `Custom::OamEcsDnsRecord`: makes a DNS record, or changes the one that there is.
//!
//! In: a name, what it stands for, and where its zone is. Out: a record that answers so on all servers. What was there before is
//! remembered *before* it is changed, and put back when the resource goes, so that a stack whose creation fails leaves the name as it
//! was. Where it cannot be remembered it is not changed. A record that somebody else has taken over meanwhile is left to them.
//!
//! The resource is called `zone|name|type|identifier`: with another of these it is another record, and CloudFormation deletes the
//! old one after the new one is there. Where both have one name, the new one takes over what the old one remembers.
//!
//! ## To it from `AWS::Route53::RecordSet`, and back
//!
//! Both ways take two deployments. CloudFormation makes what is new before it deletes what is old, so that in one
//! deployment the old resource would delete the record that the new one has just taken over; and the native resource does not
//! take a record that there is.
//!
//! 1. Give the old resource `DeletionPolicy: Retain`, and deploy.
//! 2. Take it out of the template and put the new one in, under another logical id, and deploy. The native one is imported.
//!
//! Taken over from the stack itself, a record that leads to one of its own load balancers goes with the stack: there is nothing to
//! put back.
//!
//! ## What is not put back
//!
//! A record that led to a load balancer which is gone since. Whether it is can be known only of the application and network load
//! balancers of this account in this region: one that was listed when its record made way, and is not any more, is gone. Of all else
//! (another account's or region's, a classic load balancer, a distribution, addresses) nobody can say, and it is put back as it was,
//! as it is where the list cannot be read.

mod balancer;
mod change;
mod key;
mod plan;
mod record_set;
mod removal;
mod zone;

use std::time::Duration;

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{ChangeStatus, ResourceRecordSet, RrType};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use oamecs::cloudformation::resource::custom::{self, Overwrite};
use oamecs::cloudformation::value::{Resolved, Text};
use serde::{Deserialize, Serialize};

use crate::answer::unfinished;
use crate::aws::{causes, code, explained};
use crate::clock::{seconds, time};
use crate::stack::turned;
use crate::work::{self, Event, Failure, Outcome, Progress, Site, Step, Work};
use balancer::{balancer, is_of_stack};
use change::{Changed, change, records};
use key::Key;
use plan::{Plan, plan};
use record_set::{Saved, answers_alike, is_same, wanted};
use removal::{delete, undo};

/// The contract.
type Properties = custom::DnsRecord<Resolved>;

/// For how long a change is waited for until all servers have it. It has been accepted then, and is not undone.
const IN_SYNC: Duration = Duration::from_mins(5);

/// Between two looks whether they have it.
const LOOK: Duration = Duration::from_secs(10);

/// Until it is tried again while Route 53 has too much to do.
const BUSY: Duration = Duration::from_secs(20);

/// How often records are read again that are changed by others at the same time.
const ATTEMPTS: u32 = 4;

/// The type of resource.
#[derive(Clone, Copy, Debug)]
pub struct DnsRecord;

/// What it waits for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Waiting {
    /// Route 53 has too much to do: all is tried again.
    Again {
        /// Whether the stack went back, or went, when it was tried first: what is asked later in another one is not wanted any more.
        is_back: bool,
    },
    /// Servers do not have a change yet.
    Spreading {
        /// The change.
        change: String,
        /// What the resource is called.
        physical_id: String,
        /// Until when, in seconds since 1970.
        until: u64,
    },
}

/// Why a step ends early.
#[derive(Debug)]
enum Stop {
    /// It may go well in a while.
    Busy,
    /// The zone is gone.
    NoZone(Failure),
    /// It does not go.
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Stop {
    /// What Route 53 answered to something.
    fn of<E, R>(error: &SdkError<E, R>, what: &str) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
        R: std::fmt::Debug,
    {
        let failure = Failure::new(format!("{what}: {}", explained(error)));
        match code(error) {
            Some("PriorRequestNotComplete" | "Throttling" | "ThrottlingException") => {
                tracing::warn!(reason = failure.reason, "it is tried again");
                Self::Busy
            }
            Some("NoSuchHostedZone") => Self::NoZone(failure),
            _ => Self::Failed(failure),
        }
    }
}

impl Work for DnsRecord {
    type Properties = Properties;
    type State = Waiting;

    fn is_name(&self, physical_id: &str) -> bool {
        Key::read(physical_id).is_some()
    }

    async fn start(&self, event: &Event<Properties>, site: &Site) -> Progress<Waiting> {
        // What is asked of a stack that has turned already is part of that.
        let is_back = match &event.change {
            work::Change::Create { .. } => false,
            work::Change::Update { .. } => turned(event, site).await.is_some(),
            work::Change::Delete { .. } => true,
        };
        let taken = match &event.change {
            work::Change::Create { properties } => set(event, properties, site).await,
            work::Change::Update { properties, old, physical_id } => {
                undo(event, old.as_ref(), physical_id, site).await;
                set(event, properties, site).await
            }
            work::Change::Delete { properties, physical_id, .. } => {
                match delete(event, properties.as_ref(), physical_id, site).await {
                    // With its zone the record is gone.
                    Err(Stop::NoZone(_)) => Ok(Outcome::new(physical_id).into()),
                    taken => taken,
                }
            }
        };
        match taken {
            Ok(step) => Ok(step),
            Err(Stop::Busy) => Ok(Step::Wait(Waiting::Again { is_back }, BUSY)),
            Err(Stop::NoZone(failure) | Stop::Failed(failure)) => Err(failure),
        }
    }

    async fn poll(&self, event: &Event<Properties>, state: Waiting, site: &Site) -> Progress<Waiting> {
        let (change, physical_id, until) = match state {
            Waiting::Again { is_back } => {
                if !is_back && let Some(status) = turned(event, site).await {
                    let failure = Failure::new(format!("nothing was changed, as the stack is {status}"));
                    return Err(failure.leaving(unfinished(&event.request_id)));
                }
                return self.start(event, site).await;
            }
            Waiting::Spreading { change, physical_id, until } => (change, physical_id, until),
        };
        let is_over = site.clock.now() >= time(until) || site.clock.now() + LOOK >= event.deadline;
        if is_over || is_in_sync(event, &change, site).await {
            return Ok(Outcome::new(physical_id).into());
        }
        Ok(Step::Wait(Waiting::Spreading { change, physical_id, until }, LOOK))
    }

    async fn give_up(&self, event: &Event<Properties>, state: Waiting, _: &Site) -> Result<Outcome, Failure> {
        match state {
            Waiting::Again { .. } => {
                let name = event.properties().map_or("", |properties| properties.name.as_str());
                Err(Failure::new(format!("Route 53 had no time for the record `{name}`: try again")))
            }
            // It was accepted, and is not undone.
            Waiting::Spreading { physical_id, .. } => Ok(Outcome::new(physical_id)),
        }
    }
}

/// Whether all servers have a change. Not known is not yet.
async fn is_in_sync(event: &Event<Properties>, change: &str, site: &Site) -> bool {
    let Some(properties) = event.properties() else { return true };
    let Ok(client) = client(properties, site).await else { return false };
    match client.get_change().id(change).send().await {
        Ok(known) => known.change_info().is_none_or(|change| *change.status() == ChangeStatus::Insync),
        Err(error) => {
            tracing::warn!(change, error = explained(&error), "whether all servers have the change is not known");
            code(&error) == Some("NoSuchChange")
        }
    }
}

/// Route 53, in the account where the zone is.
async fn client(properties: &Properties, site: &Site) -> Result<Client, Failure> {
    let Some(role) = &properties.assume_role_arn else { return Ok(site.aws.route53().clone()) };
    site.aws.route53_as(role.as_str()).await.map_err(|error| {
        let causes = causes(&error);
        Failure::new(format!("the role `{}` of AssumeRoleArn cannot be assumed: {causes}", role.as_str()))
    })
}

/// What is remembered of a record is of the resource and a key: one that replaces it has another.
fn memory(event: &Event<Properties>, key: &Key) -> String {
    format!("{}/{key}", event.resource())
}

async fn recall(event: &Event<Properties>, key: &Key, site: &Site) -> Result<Option<Vec<Saved>>, Failure> {
    let text = site.ledger.recall(&memory(event, key)).await.map_err(|error| {
        Failure::new(format!("what the record `{}` was before cannot be read from the ledger: {error}", key.name))
    })?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// What the resource was before an update.
struct Before {
    key: Key,
    record: Option<ResourceRecordSet>,
}

impl Before {
    fn of(event: &Event<Properties>) -> Option<Self> {
        let work::Change::Update { old, physical_id, .. } = &event.change else { return None };
        let record = old.as_ref().and_then(|old| wanted(old).ok());
        Key::read(physical_id).map(|key| Self { key, record })
    }

    /// Whether a record is the one that it was, and not somebody else's by now.
    fn is(&self, record: &ResourceRecordSet) -> bool {
        Key::of(&self.key.zone, record) == self.key
            && self.record.as_ref().is_some_and(|own| answers_alike(own, record))
    }
}

/// Makes the record what it has to be.
async fn set(event: &Event<Properties>, properties: &Properties, site: &Site) -> Result<Step<Waiting>, Stop> {
    let wanted = wanted(properties)?;
    let client = client(properties, site).await?;
    let given = properties.hosted_zone_id.as_ref().map(Text::as_str);
    let zone = zone::find(&client, given, wanted.name()).await?;
    let key = Key::of(&zone.id, &wanted);
    if key.kind == RrType::Cname && key.name == zone.name {
        let message =
            format!("`{}` is the top of its zone, where no CNAME can be: use A with an AliasTarget", key.name);
        return Err(Failure::new(message).into());
    }
    let before = Before::of(event);
    let remembered = recall(event, &key, site).await?;
    for attempt in 1.. {
        let current = records(&client, &zone.id, &key.name).await?;
        let plan = plan(&key, before.as_ref().map(|before| &before.key), &current)?;
        let task = Task { event, properties, site, key: &key, wanted: &wanted, before: before.as_ref() };
        let is_own = before.as_ref().is_some_and(|before| before.key == key);
        let is_there = plan.others.is_empty() && plan.own.as_ref().is_some_and(|own| is_same(own, &wanted));
        // It was made by a change whose answer was lost, and is not what was there before.
        let was_made = attempt > 1 && is_there;
        if !was_made {
            task.check(&plan, remembered.as_deref()).await?;
        }
        if remembered.is_none() && !is_own && !was_made {
            task.remember(&plan).await?;
        }
        if is_there {
            return Ok(Outcome::new(key.to_string()).into());
        }
        let changed = change(&client, &zone.id, &plan.others, std::slice::from_ref(&wanted)).await;
        match changed.map_err(|stop| leaving(stop, &key))? {
            Changed::Accepted(change) => {
                let until = seconds(site.clock.now() + IN_SYNC);
                return Ok(Step::Wait(Waiting::Spreading { change, physical_id: key.to_string(), until }, LOOK));
            }
            Changed::Refused(why) if attempt >= ATTEMPTS => {
                let message = format!("Route 53 does not take the record `{}`: {why}", key.name);
                return Err(Failure::new(message).leaving(key.to_string()).into());
            }
            // Somebody else changes the name at the same time.
            Changed::Refused(_) => tokio::time::sleep(Duration::from_secs(2)).await,
        }
    }
    Err(Stop::Busy)
}

/// A change whose answer was lost may have been made all the same: it is undone by a deletion.
fn leaving(stop: Stop, key: &Key) -> Stop {
    match stop {
        Stop::Failed(failure) => Stop::Failed(failure.leaving(key.to_string())),
        other => other,
    }
}

/// A record that is to be made.
struct Task<'a> {
    event: &'a Event<Properties>,
    properties: &'a Properties,
    site: &'a Site,
    key: &'a Key,
    wanted: &'a ResourceRecordSet,
    before: Option<&'a Before>,
}

impl Task<'_> {
    /// Whether what makes way may do so.
    async fn check(&self, plan: &Plan, remembered: Option<&[Saved]>) -> Result<(), Failure> {
        let overwrite = self.properties.overwrite.unwrap_or(Overwrite::Any);
        let name = &self.key.name;
        for record in plan.displaced() {
            let is_ours = self.before.is_some_and(|before| before.is(record))
                // A step that is taken twice.
                || remembered.is_some_and(|remembered| {
                    (is_same(record, self.wanted) && Key::of(&self.key.zone, record) == *self.key)
                        || remembered.iter().any(|saved| saved.is(record))
                });
            let may = match overwrite {
                _ if is_ours => true,
                Overwrite::Any => true,
                Overwrite::Never => false,
                Overwrite::Ours => self.is_of_stack(record).await?,
            };
            if !may {
                let kind = record.r#type().as_str();
                return Err(Failure::new(match overwrite {
                    Overwrite::Ours => format!(
                        "`{name}` has a record of type {kind} already, which does not lead to a load balancer of this stack: delete \
                         it, or let it be overwritten"
                    ),
                    Overwrite::Any | Overwrite::Never => {
                        format!("`{name}` has a record of type {kind} already: delete it, or let it be overwritten")
                    }
                }));
            }
        }
        Ok(())
    }

    /// Whether a record leads to a load balancer of this stack.
    async fn is_of_stack(&self, record: &ResourceRecordSet) -> Result<bool, Failure> {
        is_of_stack(self.event, record, self.site).await
    }

    /// Remembers what makes way, but for what the resource itself was, of which is remembered what it had made way for.
    async fn remember(&self, plan: &Plan) -> Result<(), Failure> {
        let Self { event, site, key, before, .. } = *self;
        let name = &key.name;
        let mut saved = Vec::new();
        for record in plan.displaced() {
            if let Some(before) = before.filter(|before| before.is(record)) {
                saved.extend(recall(event, &before.key, site).await?.unwrap_or_default());
                continue;
            }
            let balancer = balancer(record, site).await.unwrap_or_default();
            saved.push(Saved::of(record, balancer).ok_or_else(|| {
                Failure::new(format!(
                    "`{name}` has a record that could not be put back, as it belongs to a traffic policy or a routing by place: \
                     delete it first"
                ))
            })?);
        }
        let text = serde_json::to_string(&saved).map_err(|error| Failure::new(error.to_string()))?;
        match site.ledger.remember(&memory(event, key), &text).await {
            Ok(()) => Ok(()),
            Err(error) if saved.is_empty() => {
                tracing::warn!(%error, "it is not remembered that there was no record, which is what is supposed anyway");
                Ok(())
            }
            Err(error) => Err(Failure::new(format!(
                "`{name}` has a record, which is not changed, as the installation's ledger cannot remember it: {error}"
            ))),
        }
    }
}
