//! `AWS::ECS::Cluster`, and how tasks are spread over its capacity.

use serde::{Deserialize, Serialize};

use crate::cloudformation::Function;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ECS::Cluster`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-cluster.html):
/// what services and tasks run in. `Ref` is its name.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cluster {
    /// `FARGATE`, `FARGATE_SPOT` or names of the author's own; a strategy can only use what is here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capacity_providers: Vec<Text>,
    /// For services and tasks that say nothing of launch type or strategy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
    /// Container Insights; the account's own setting where absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cluster_settings: Vec<ClusterSettings>,
}

impl Properties for Cluster {
    const TYPE: &'static str = "AWS::ECS::Cluster";
}

/// A setting of a cluster.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClusterSettings {
    /// `containerInsights` is the only one that AWS has.
    pub name: &'static str,
    /// `enabled`, `enhanced` or `disabled`.
    pub value: &'static str,
}

/// A capacity provider's part in a strategy, which has up to 20 of them. The bases are filled first, then the weights
/// share the rest.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CapacityProviderStrategyItem<F = Function> {
    /// One of the cluster's [capacity providers](Cluster::capacity_providers).
    pub capacity_provider: Text<F>,
    /// Tasks, 0 to 100,000, 0 when absent; only one item of a strategy may have it.
    pub base: Option<u32>,
    /// A share, 0 to 1,000, 0 when absent, which is no share at all; not all items may be 0.
    pub weight: Option<u32>,
}
