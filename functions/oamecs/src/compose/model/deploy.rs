//! [`deploy`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md).

use indexmap::IndexMap;

use super::super::Loader;
use super::restart::Restart;
use super::service::{memory, processors};
use super::{DeviceRequest, GenericResource, Labels, Placement, labels};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::expression::Expr;
use crate::options::{self, Given};
use crate::program::container::{Bytes, MilliCpu};
use crate::program::scaling::Scaling;
use crate::program::workload::{OnFailure, Order};

/// How a service is deployed.
#[derive(Clone, Debug)]
pub struct Deploy {
    /// Its place.
    pub origin: Origin,
    /// [`labels`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#labels) of the service, not its containers.
    pub labels: Labels,
    /// [`mode`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#mode).
    pub mode: Option<Located<Mode>>,
    /// [`replicas`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#replicas).
    pub replicas: Option<Located<Expr<u32>>>,
    /// [`resources`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#resources): `limits`.
    pub limits: Amounts,
    /// [`resources`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#resources): `reservations`.
    pub reservations: Amounts,
    /// [`devices`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#devices) among the reservations.
    pub devices: Vec<DeviceRequest>,
    /// `generic_resources` among the reservations.
    pub generic_resources: Vec<GenericResource>,
    /// [`placement`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#placement).
    pub placement: Placement,
    /// [`update_config`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#update_config).
    pub update_config: UpdateConfig,
    /// `x-aws-autoscaling`.
    pub autoscaling: Option<Located<Scaling>>,
    /// [`endpoint_mode`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#endpoint_mode).
    pub endpoint_mode: Option<Located<EndpointMode>>,
    /// [`restart_policy`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#restart_policy).
    pub restart_policy: Option<RestartPolicy>,
}

/// What a service's name resolves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointMode {
    /// `dnsrr`: the addresses of its containers.
    RoundRobin,
    /// `vip`: an address of the service itself.
    Virtual,
}

/// When a container that ended is started again.
#[derive(Clone, Debug)]
pub struct RestartPolicy {
    /// Its place.
    pub origin: Origin,
    /// `condition`.
    pub condition: Option<Located<Restart>>,
    /// `max_attempts`.
    pub max_attempts: Option<Located<u32>>,
    /// `window`, in seconds.
    pub window: Option<Located<u32>>,
}

/// How many containers a service has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `replicated`: so many.
    Replicated,
    /// `global`: one a machine.
    Global,
    /// `replicated-job`: so many, which run to their end.
    ReplicatedJob,
    /// `global-job`: one a machine, which runs to its end.
    GlobalJob,
}

/// What a container may use of a machine.
#[derive(Clone, Debug, Default)]
pub struct Amounts {
    /// `cpus`.
    pub cpus: Option<Located<MilliCpu>>,
    /// `memory`.
    pub memory: Option<Located<Bytes>>,
}

/// How a new version takes the place of the old one.
#[derive(Clone, Debug, Default)]
pub struct UpdateConfig {
    /// `failure_action`.
    pub failure_action: Option<Located<OnFailure>>,
    /// `order`.
    pub order: Option<Located<Order>>,
    /// `parallelism`.
    pub parallelism: Option<Located<u32>>,
    /// `x-aws-max_percent`.
    pub max_percent: Option<Located<u32>>,
    /// `x-aws-min_percent`.
    pub min_percent: Option<Located<u32>>,
}

impl Deploy {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        let mut fields = loader.fields(
            node,
            "a map with `replicas`, `resources` and the like",
            "for example `deploy: { replicas: 2 }`",
        )?;
        let mut resources = map(
            &mut fields,
            "resources",
            "`limits` and `reservations`",
            "for example `resources: { limits: { memory: 512m } }`",
            loader,
        );
        let limits = resources.as_mut().and_then(|resources| part(resources, "limits", loader));
        let mut reservations = resources.as_mut().and_then(|resources| part(resources, "reservations", loader));
        Some(Self {
            origin,
            labels: fields.take("labels").map(|node| labels::read(node, "labels", loader)).unwrap_or_default(),
            mode: fields.take("mode").and_then(|node| mode(&node, loader)),
            replicas: fields.take("replicas").and_then(|node| loader.count(&node, COUNT)),
            limits: limits.map(|mut fields| Amounts::read(&mut fields, loader)).unwrap_or_default(),
            reservations: reservations.as_mut().map(|fields| Amounts::read(fields, loader)).unwrap_or_default(),
            devices: reservations
                .as_mut()
                .map(|fields| DeviceRequest::read_all(fields, "devices", loader))
                .unwrap_or_default(),
            generic_resources: reservations
                .as_mut()
                .map(|fields| GenericResource::read_all(fields, loader))
                .unwrap_or_default(),
            placement: Placement::read(&mut fields, loader),
            update_config: UpdateConfig::read(&mut fields, loader),
            autoscaling: autoscaling(&mut fields, loader),
            endpoint_mode: fields.take("endpoint_mode").and_then(|node| {
                loader.choice(&node, &[("dnsrr", EndpointMode::RoundRobin), ("vip", EndpointMode::Virtual)])
            }),
            restart_policy: RestartPolicy::read(&mut fields, loader),
        })
    }
}

/// The option of the platform, where the predecessor had it.
fn autoscaling(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Scaling>> {
    let node = fields.take("x-aws-autoscaling")?;
    let entries = IndexMap::from([("autoscaling".to_owned(), node)]);
    let mut given = Given::within(fields.origin, entries, super::service::PREFIX);
    options::autoscaling::read(&mut given, "Autoscaling", loader.reader)
}

fn mode(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Mode>> {
    loader.choice(
        node,
        &[
            ("replicated", Mode::Replicated),
            ("global", Mode::Global),
            ("replicated-job", Mode::ReplicatedJob),
            ("global-job", Mode::GlobalJob),
        ],
    )
}

/// What is written for a number of containers.
pub(super) const COUNT: &str = "write a whole number, 0 or more";

fn map(fields: &mut Fields, key: &str, what: &str, example: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Fields> {
    fields.take(key).and_then(|node| loader.fields(node, &format!("a map with {what}"), example))
}

/// `limits` or `reservations`, which `key` is.
fn part(resources: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Fields> {
    map(resources, key, "`cpus` and `memory`", &format!("for example `{key}: {{ memory: 512m }}`"), loader)
}

impl Amounts {
    fn read(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Self {
        Self {
            cpus: fields.take("cpus").and_then(|node| processors(&node, loader)),
            memory: fields.take("memory").and_then(|node| memory(&node, loader)),
        }
    }
}

impl RestartPolicy {
    fn read(deploy: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let mut fields = map(
            deploy,
            "restart_policy",
            "`condition` and the like",
            "for example `restart_policy: { condition: on-failure }`",
            loader,
        )?;
        let conditions = [("any", Restart::Always), ("none", Restart::No), ("on-failure", Restart::OnFailure(None))];
        Some(Self {
            origin: fields.origin,
            condition: fields.take("condition").and_then(|node| loader.choice(&node, &conditions)),
            max_attempts: fields.take("max_attempts").and_then(|node| loader.known_count(&node, COUNT)),
            window: fields.take("window").and_then(|node| loader.seconds(&node)),
        })
    }
}

impl UpdateConfig {
    fn read(deploy: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Self {
        let Some(mut fields) = map(
            deploy,
            "update_config",
            "`parallelism`, `order` and the like",
            "for example `update_config: { order: start-first }`",
            loader,
        ) else {
            return Self::default();
        };
        let actions =
            [("rollback", OnFailure::RollBack), ("pause", OnFailure::Pause), ("continue", OnFailure::Continue)];
        let orders = [("start-first", Order::StartFirst), ("stop-first", Order::StopFirst)];
        Self {
            failure_action: fields.take("failure_action").and_then(|node| loader.choice(&node, &actions)),
            order: fields.take("order").and_then(|node| loader.choice(&node, &orders)),
            parallelism: fields.take("parallelism").and_then(|node| loader.known_count(&node, COUNT)),
            max_percent: fields
                .take("x-aws-max_percent")
                .and_then(|node| loader.known_count(&node, "write a percentage without its sign, for example `200`")),
            min_percent: fields
                .take("x-aws-min_percent")
                .and_then(|node| loader.known_count(&node, "write a percentage without its sign, for example `50`")),
        }
    }
}
