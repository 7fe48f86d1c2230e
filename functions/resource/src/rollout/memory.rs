//! What is remembered of a rollout: how the service was before, and whose it is.
//!
//! CloudFormation hands nothing of an answer back when it rolls a stack back, so it is in the ledger.

use oamecs::cloudformation::resource::custom;
use oamecs::cloudformation::value::Resolved;
use serde::{Deserialize, Serialize};

use crate::work::{Event, Failure, Site};

/// What the last request did to a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Memory {
    /// The task definition before the first rollout, by its ARN.
    pub(super) first: String,
    /// That before the last.
    pub(super) previous: String,
    /// That of the last.
    pub(super) target: String,
    /// The request that asked for the last: its repeat finds itself here.
    pub(super) request: String,
    /// What was asked, as text: when the stack goes back, the failed update's properties are found here again. Empty when the
    /// service has gone back.
    pub(super) asked: String,
    /// What was asked before that, as text; empty where nothing was.
    #[serde(default)]
    pub(super) before: String,
    /// Whether it failed.
    pub(super) failed: bool,
}

/// What is known of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// This.
    Memory(Memory),
    /// Nothing was ever done to it.
    Nothing,
    /// Nobody knows: there is no ledger, or it does not answer.
    Unknown,
}

impl Known {
    pub(super) async fn of(physical_id: &str, site: &Site) -> Self {
        if !site.ledger.is_kept() {
            return Self::Unknown;
        }
        match site.ledger.recall(physical_id).await {
            Ok(Some(text)) => serde_json::from_str(&text).map_or(Self::Unknown, Self::Memory),
            Ok(None) => Self::Nothing,
            Err(error) => {
                tracing::warn!(%error, "what a service ran before is not known");
                Self::Unknown
            }
        }
    }

    pub(super) fn memory(&self) -> Option<&Memory> {
        match self {
            Self::Memory(memory) => Some(memory),
            Self::Nothing | Self::Unknown => None,
        }
    }
}

impl Memory {
    /// # Errors
    /// It cannot be remembered, so the service must not be touched.
    pub(super) async fn keep(&self, physical_id: &str, site: &Site) -> Result<(), Failure> {
        if !site.ledger.is_kept() {
            tracing::warn!("without a ledger nobody remembers what the service ran before");
            return Ok(());
        }
        let text = serde_json::to_string(self).unwrap_or_default();
        site.ledger.remember(physical_id, &text).await.map_err(|error| {
            Failure::new(format!(
                "the service was left alone, as what it runs cannot be remembered for a rollback: {error}"
            ))
        })
    }
}

/// Properties as text: the same for the same, however they were written.
pub(super) fn asked(properties: &custom::Rollout<Resolved>) -> String {
    serde_json::to_string(properties).unwrap_or_default()
}

fn owner_key(service: &str) -> String {
    format!("owner of {service}")
}

/// Makes the stack the one that rolls the service out.
///
/// # Errors
/// Another stack does, which is there, and may not be taken over.
pub(super) async fn own<P: Sync>(event: &Event<P>, service: &str, take_over: bool, site: &Site) -> Result<(), Failure> {
    if !site.ledger.is_kept() {
        return Ok(());
    }
    let key = owner_key(service);
    let owner = site.ledger.recall(&key).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "whether another stack rolls the service out is not known");
        None
    });
    match owner {
        Some(owner) if owner == event.stack_id => return Ok(()),
        Some(owner) if !take_over && is_there(&owner, site).await => {
            return Err(Failure::new(format!(
                "the service {service} is rolled out by another stack, {owner}: take it out of that one, or say that this one \
                 takes it over"
            )));
        }
        Some(_) | None => {}
    }
    let remembered = site.ledger.remember(&key, &event.stack_id).await;
    remembered.map_err(|error| Failure::new(format!("the service was left alone, as the ledger fails: {error}")))
}

/// Whether a stack has not been deleted.
async fn is_there(stack: &str, site: &Site) -> bool {
    match site.aws.stack_status(stack).await {
        Ok(status) => status != "DELETE_COMPLETE",
        Err(error) => error.code != "ValidationError",
    }
}

/// Lets the service go.
pub(super) async fn disown<P: Sync>(event: &Event<P>, service: &str, site: &Site) {
    let key = owner_key(service);
    if let Ok(Some(owner)) = site.ledger.recall(&key).await
        && owner == event.stack_id
    {
        site.ledger.forget(&key).await;
    }
}
