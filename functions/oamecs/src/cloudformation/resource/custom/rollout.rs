//! `Custom::OamEcsRollout`: gives a service that somebody else made another image, and waits.

use serde::{Deserialize, Serialize};

use super::{CloneContainer, OnFailure};
use crate::cloudformation::Function;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// Rolls out a service of another owner: a copy of the task definition that it runs, with other images, or the same once more.
/// Nothing else of the service is touched: neither its count nor its network. When the stack goes back to what it was, so
/// does the service, to the task definition that it ran before.
///
/// Its attributes: `Status` (`Completed`, `NoChange`, `Missing`, `Skipped`, `Failed`, `Restored`), `TaskDefinitionArn`,
/// `DeploymentId`.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Rollout<F = Function> {
    /// Name or ARN. Another cluster is another rollout.
    pub cluster: Text<F>,
    /// Name or ARN. Another service is another rollout.
    pub service: Text<F>,
    /// The containers that get another image. One that the task definition has not is an error.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<CloneContainer<F>>,
    /// The tag, or the digest with `@`, of all images of the copy that name no other.
    pub image_tag: Option<Text<F>>,
    /// Whether tasks are replaced although nothing changed; not when absent.
    pub force: Option<bool>,
    /// Seconds, up to 3,480, after which the deployment is stopped and goes back: 900 when absent.
    pub max_wait: Option<u32>,
    /// What it waits for; [`WaitFor::Stable`] when absent.
    pub wait_for: Option<WaitFor>,
    /// What it does about a deployment that is under way; [`WhileBusy::Proceed`] when absent.
    pub while_busy: Option<WhileBusy>,
    /// What follows when there is no such service; [`OnMissing::Fail`] when absent.
    pub on_missing: Option<OnMissing>,
    /// What follows from a failure; [`OnFailure::Rollback`] when absent.
    pub on_failure: Option<OnFailure>,
    /// What becomes of the service when the resource goes; [`OnRemoval::Leave`] when absent.
    pub on_delete: Option<OnRemoval>,
    /// Whether a service that another stack rolls out is taken over; refused when absent.
    pub take_over: Option<bool>,
    /// Whether nothing is rolled out, `true` or `false`, so that a parameter can say so.
    pub skip: Option<Text<F>>,
    /// The id of the macro's request: with it there is a rollout on every deployment. Without, only when something changed.
    pub nonce: Option<String>,
}

impl Properties for Rollout {
    const TYPE: &'static str = "Custom::OamEcsRollout";
}

/// What a rollout waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitFor {
    /// The new tasks run, and are healthy.
    Stable,
    /// The old ones have ended besides.
    Drained,
}

/// What a rollout does about a deployment that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WhileBusy {
    /// It begins, and takes the other's place.
    Proceed,
    /// It waits until the other has ended.
    Wait,
}

/// What follows when there is no service of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnMissing {
    /// An error.
    Fail,
    /// Nothing; the attribute `Status` says so.
    Skip,
}

/// What becomes of a service when nobody rolls it out any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnRemoval {
    /// It runs on.
    Leave,
    /// It goes back to the task definition that it ran before the first rollout.
    Restore,
}
