//! What a type of resource is to the rest of the function: work that starts, and is polled until it is done.
//!
//! In: an [`Event`]. Out: [`Step`]s, the last of which is an [`Outcome`], or a [`Failure`]. Between two steps there may be a wait,
//! and another run of the function: what the next step needs to know is in a state, which can be written down. A step may be
//! taken twice, by a run that is cut off and by the one that comes after it: its effects must be the same as if it were taken once.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::aws::Aws;
use crate::clock::Clock;
use crate::ledger::Ledger;

/// A type of resource.
pub trait Work: Send + Sync {
    /// Its part of the contract.
    type Properties: DeserializeOwned + Send + Sync;

    /// What is remembered between two steps: no secret, and a few kB at most.
    type State: Serialize + DeserializeOwned + Send + Sync;

    /// Whether answers call resources of the type so. CloudFormation makes a name up for one of which it had no answer.
    fn is_name(&self, physical_id: &str) -> bool;

    /// The first step.
    fn start(&self, event: &Event<Self::Properties>, site: &Site)
    -> impl Future<Output = Progress<Self::State>> + Send;

    /// Each other step.
    fn poll(
        &self,
        event: &Event<Self::Properties>,
        state: Self::State,
        site: &Site,
    ) -> impl Future<Output = Progress<Self::State>> + Send;

    /// What is left when CloudFormation's patience is at its end: what runs is stopped, and the failure says what it waited
    /// for. What is forgiven anyway, as the stack goes back, may be a failure too.
    fn give_up(
        &self,
        event: &Event<Self::Properties>,
        state: Self::State,
        site: &Site,
    ) -> impl Future<Output = Result<Outcome, Failure>> + Send;
}

/// The world of a run: what the work of all types uses.
#[derive(Clone, Debug)]
pub struct Site {
    /// AWS.
    pub aws: Aws,
    /// What is remembered from one request to others.
    pub ledger: Ledger,
    /// The time.
    pub clock: Clock,
}

/// What CloudFormation asks.
#[derive(Clone, Debug)]
pub struct Event<P> {
    /// What is to be done.
    pub change: Change<P>,
    /// The stack's ARN.
    pub stack_id: String,
    /// The resource, in its template.
    pub logical_id: String,
    /// The same when it is delivered again.
    pub request_id: String,
    /// When the first run for this request began.
    pub started: SystemTime,
    /// When the work must be done: somewhat before CloudFormation stops waiting.
    pub deadline: SystemTime,
    /// How much before.
    pub margin: Duration,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Change<P> {
    /// The resource is made.
    Create {
        /// What is asked.
        properties: P,
    },
    /// A property changed, or the stack goes back to what it was, which looks alike.
    Update {
        /// What is asked.
        properties: P,
        /// What was asked before, where it can be read: an earlier version may have written it.
        old: Option<P>,
        /// What an earlier answer called the resource. An answer with another one replaces it.
        physical_id: String,
    },
    /// The resource goes.
    Delete {
        /// What was asked, where it can be read.
        properties: Option<P>,
        /// What an earlier answer called the resource, or CloudFormation, where it had none.
        physical_id: String,
        /// Whether it had none: the resource is still being made, or its making ended nobody knows where. What there is of it is
        /// found by its properties, and by what is remembered.
        is_made_up: bool,
    },
}

impl<P> Event<P> {
    /// What is asked; `None` where it cannot be read, and the resource goes.
    pub fn properties(&self) -> Option<&P> {
        match &self.change {
            Change::Create { properties } | Change::Update { properties, .. } => Some(properties),
            Change::Delete { properties, .. } => properties.as_ref(),
        }
    }

    /// What an earlier answer called the resource; `None` when it is made.
    pub fn physical_id(&self) -> Option<&str> {
        match &self.change {
            Change::Create { .. } => None,
            Change::Update { physical_id, .. } | Change::Delete { physical_id, .. } => Some(physical_id),
        }
    }

    /// A name of the resource that nothing else has, and that stays: `<stack>/<logical id>`.
    pub fn resource(&self) -> String {
        format!("{}/{}", self.stack_id, self.logical_id)
    }
}

/// How far a step came.
pub type Progress<S> = Result<Step<S>, Failure>;

/// A step that went well.
#[derive(Clone, Debug)]
pub enum Step<S> {
    /// It was the last.
    Done(Outcome),
    /// There is another one after a while.
    Wait(S, Duration),
}

/// Work that is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What the resource is called: 1 to 1,024 bytes. Another one than before replaces it.
    pub physical_id: String,
    /// Its attributes. Whoever may describe the stack reads them.
    pub attributes: BTreeMap<String, String>,
}

impl Outcome {
    /// Work that is done, on this resource.
    pub fn new(physical_id: impl Into<String>) -> Self {
        Self { physical_id: physical_id.into(), attributes: BTreeMap::new() }
    }

    /// With this attribute.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }
}

/// Work that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    /// What the author reads in the stack's events: what is wrong, and what to do. No value that could be secret.
    pub reason: String,
    /// What there is nevertheless: CloudFormation deletes it, where the resource was being made.
    pub physical_id: Option<String>,
}

impl Failure {
    /// Nothing came of it.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), physical_id: None }
    }

    /// It failed, and this is there.
    #[must_use]
    pub fn leaving(mut self, physical_id: impl Into<String>) -> Self {
        self.physical_id = Some(physical_id.into());
        self
    }
}

impl<S> From<Outcome> for Step<S> {
    fn from(outcome: Outcome) -> Self {
        Self::Done(outcome)
    }
}

/// The state of work that is done in its first step: there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, Serialize)]
pub enum AtOnce {}
