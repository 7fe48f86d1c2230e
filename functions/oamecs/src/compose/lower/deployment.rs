//! [`deploy`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md): how a service is deployed.
//!
//! In: the attribute. Out: its parts in the model's words where they have any, and as they are where other attributes of the
//! service have a say.

use super::super::model::deploy::{Amounts, EndpointMode, Mode, RestartPolicy, UpdateConfig};
use super::super::model::{Deploy, DeviceRequest, GenericResource, Labels};
use super::placement;
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::program::placement::Placement;
use crate::program::scaling::Scaling;
use crate::program::workload::Update;

/// What `deploy` says of a service.
#[derive(Default)]
pub(super) struct Deployment {
    pub(super) labels: Labels,
    pub(super) mode: Option<Located<Mode>>,
    pub(super) replicas: Option<Located<Expr<u32>>>,
    pub(super) limits: Amounts,
    pub(super) reservations: Amounts,
    pub(super) devices: Vec<DeviceRequest>,
    pub(super) generic_resources: Vec<GenericResource>,
    pub(super) placement: Placement,
    pub(super) update: Update,
    pub(super) autoscaling: Option<Located<Scaling>>,
    pub(super) restart_policy: Option<RestartPolicy>,
}

/// Takes `deploy` of a service apart.
pub(super) fn lower(deploy: Option<Deploy>, diagnostics: &mut Diagnostics) -> Deployment {
    let Some(deploy) = deploy else { return Deployment::default() };
    let Deploy {
        origin: _,
        labels,
        mode,
        replicas,
        limits,
        reservations,
        devices,
        generic_resources,
        placement,
        update_config,
        autoscaling,
        endpoint_mode,
        restart_policy,
    } = deploy;
    if let Some(endpoint_mode) = endpoint_mode.filter(|mode| mode.value == EndpointMode::Virtual) {
        diagnostics.note(
            endpoint_mode.origin,
            "`endpoint_mode: vip` has no effect: a service's name resolves to the addresses of its tasks",
        );
    }
    let UpdateConfig { failure_action, order, parallelism, max_percent, min_percent } = update_config;
    let update = Update {
        order,
        batch: parallelism,
        on_failure: failure_action.map(|action| action.value).unwrap_or_default(),
        minimum_percent: min_percent,
        maximum_percent: max_percent,
    };
    let placement = placement::lower(placement, diagnostics);
    Deployment {
        labels,
        mode,
        replicas,
        limits,
        reservations,
        devices,
        generic_resources,
        placement,
        update,
        autoscaling,
        restart_policy,
    }
}
