//! A component as a workload: when it runs, how a new version takes over, and what it is made of.

use std::collections::BTreeSet;

use super::{Lowering, NETWORK, container, probe, reach, rules, volumes};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::oam::model::component::{CronTask, Share, Strategy};
use crate::oam::model::{self, Pod};
use crate::program::container::{Container, Restart};
use crate::program::placement::Placement;
use crate::program::platform::{Options, Role};
use crate::program::reach::{Reach, Records};
use crate::program::schedule::Schedule;
use crate::program::workload::{Dependency, Found, Order, Processor, Run, Until, Update};
use crate::program::{Tags, Workload};

/// What containers of a component have in common.
pub(super) struct Context<'a> {
    /// The component's name.
    pub(super) component: &'a str,
    /// The containers that load balancers reach.
    pub(super) balanced: BTreeSet<String>,
    /// Seconds from the request to stop to the end by force.
    pub(super) grace: Option<Located<u32>>,
}

/// The workload that a component is; `None` where a container lacks something that was reported.
pub(super) fn lower(name: &str, component: model::Component, lowering: &mut Lowering<'_>) -> Option<Workload> {
    let model::Component {
        origin,
        workload: kind,
        replicas,
        autoscaling,
        pod,
        aliases,
        ports,
        rules,
        depends_on,
        strategy,
        labels,
    } = component;
    let Pod { mut containers, init_containers, volumes, processor, role, termination_grace, retries, deadline } = pod;
    let is_daemonized = kind.value.is_daemonized();
    let mut exposures = rules::lower(rules, &mut containers, lowering);
    exposures.extend(reach::lower(&ports, &containers));
    let addresses = reach::addresses(name, &ports, &containers);
    let context = Context {
        component: name,
        balanced: exposures.iter().map(|exposure| exposure.container.clone()).gather(),
        grace: termination_grace,
    };
    for exposure in &mut exposures {
        let container = containers.iter().find(|container| container.name.value == exposure.container);
        if let Some(container) = container {
            probe::of_balancer(container, exposure, lowering.diagnostics);
        }
    }
    let volumes = volumes::lower(name, &kind.value, replicas.as_ref(), volumes, &containers, lowering);
    let update = update(&kind, strategy, replicas.as_ref(), lowering.diagnostics);
    let run = run(origin, kind, replicas, lowering.diagnostics);
    note_retries(retries, lowering.diagnostics);
    let first_lasting = containers.len();
    let all = init_containers.into_iter().chain(containers);
    let lowered: Vec<Option<Container>> =
        all.map(|each| container::lower(each, &volumes, &context, lowering)).collect();
    let mut lowered: Vec<Container> = lowered.into_iter().collect::<Option<_>>()?;
    let split = lowered.len().checked_sub(first_lasting)?;
    let mut lasting = lowered.split_off(split).into_iter();
    let mut main = lasting.next()?;
    let mut beside: Vec<Container> = lasting.collect();
    for container in &mut beside {
        // Where something runs to its end, that is the end of the first container.
        container.essential = is_daemonized;
        if is_daemonized {
            container.restart = Some(Located::new(container.origin, Restart::default()));
        }
    }
    let mut before: Option<(String, Origin)> = None;
    for init in &mut lowered {
        init.essential = false;
        wait_for(init, before.as_ref());
        before = Some((init.name.clone(), init.origin));
    }
    for container in std::iter::once(&mut main).chain(&mut beside) {
        wait_for(container, before.as_ref());
    }
    beside.extend(lowered);
    beside.sort_by(|one, other| one.name.cmp(&other.name));
    let mut tags: Tags = labels.into_iter().map(|(key, value)| (key, value.value)).gather();
    tags.insert("oam-ecs-component".to_owned(), name.into());
    Some(Workload {
        origin,
        run,
        main,
        beside,
        networks: BTreeSet::from([NETWORK.to_owned()]),
        found: Found::ByName,
        aliases,
        addresses,
        exposures,
        after: depends_on
            .into_iter()
            .map(|(first, origin)| (first, Dependency { origin, until: Until::Started }))
            .gather(),
        update,
        processor: processor.unwrap_or(Located::new(origin, Processor::default())),
        placement: Placement::default(),
        processes: None,
        shared_memory: None,
        platform: Options {
            autoscaling,
            role: role.map(|role| role.map(Role::Given)),
            timeout: deadline,
            ephemeral_storage: volumes.disk,
            // A cluster makes no records: a document may name a host that is nobody's.
            reach: Reach { records: Some(Located::new(origin, Records::InKnownZone)), ..Reach::default() },
            ..Options::default()
        },
        tags,
    })
}

/// A container that runs to its end first.
fn wait_for(container: &mut Container, before: Option<&(String, Origin)>) {
    if let Some((name, origin)) = before {
        container.after.insert(name.clone(), Dependency { origin: *origin, until: Until::Completed });
    }
}

fn run(
    origin: Origin,
    kind: Located<model::Workload>,
    replicas: Option<Located<Expr<u32>>>,
    diagnostics: &mut Diagnostics,
) -> Run {
    let replicas = replicas.unwrap_or(Located::new(origin, Expr::Known(1)));
    match kind.value {
        model::Workload::Server
        | model::Workload::SingletonServer
        | model::Workload::Worker
        | model::Workload::SingletonWorker
        | model::Workload::Stateful => Run::Replicas(replicas),
        model::Workload::Task | model::Workload::SingletonTask => Run::Once { origin: kind.origin, replicas },
        model::Workload::CronTask(CronTask { schedule, starting_deadline }) => {
            let deadline = starting_deadline.map(|deadline| scheduler_deadline(&deadline, diagnostics));
            let schedule = schedule.map(|schedule| Schedule { deadline: deadline.or(schedule.deadline), ..schedule });
            Run::Scheduled { schedule, replicas }
        }
        model::Workload::Daemon => Run::EachMachine(kind.origin),
    }
}

/// Seconds by which a start may be late, as `EventBridge` Scheduler takes them.
fn scheduler_deadline(deadline: &Located<u32>, diagnostics: &mut Diagnostics) -> u32 {
    let fitting = deadline.value.clamp(60, 86_400);
    if fitting != deadline.value {
        let message = format!("a start may be late by 60 to 86400 seconds: `{}` becomes `{fitting}`", deadline.value);
        diagnostics.note(deadline.origin, message);
    }
    fitting
}

/// Nothing runs a task again that has failed: the deployment has failed then.
fn note_retries(retries: Option<Located<u32>>, diagnostics: &mut Diagnostics) {
    if let Some(retries) = retries.filter(|retries| retries.value > 0) {
        diagnostics.note(
            retries.origin,
            "a task that fails is not tried again: the deployment fails with it, and the next one runs it anew",
        );
    }
}

/// How a new version takes the place of the old one.
fn update(
    kind: &Located<model::Workload>,
    strategy: Strategy,
    replicas: Option<&Located<Expr<u32>>>,
    diagnostics: &mut Diagnostics,
) -> Update {
    let Strategy { recreate, max_surge, max_unavailable } = strategy;
    if kind.value.is_daemonized() && !kind.value.is_replicable() {
        // At most one at a time.
        return stop_first(kind.origin);
    }
    if let Some(recreate) = recreate.filter(|recreate| recreate.value) {
        return stop_first(recreate.origin);
    }
    let known = replicas.map_or(Some(1), |replicas| replicas.value.known().copied()).filter(|count| *count > 0);
    let mut percent = |share: Option<Located<Share>>| percent_of(&share?, known, diagnostics);
    Update {
        maximum_percent: percent(max_surge).map(|surge| surge.map(|percent| percent.saturating_add(100))),
        minimum_percent: percent(max_unavailable).map(|missing| missing.map(|percent| 100_u32.saturating_sub(percent))),
        ..Update::default()
    }
}

/// A share in percent, rounded up as Kubernetes does with replicas, so that an update goes on in any case.
fn percent_of(share: &Located<Share>, replicas: Option<u32>, diagnostics: &mut Diagnostics) -> Option<Located<u32>> {
    let Located { origin, value } = share;
    let percent = match (*value, replicas) {
        (Share::Percent(percent), _) => percent,
        (Share::Count(count), Some(replicas)) => {
            let percent = (u64::from(count) * 100).div_ceil(u64::from(replicas));
            u32::try_from(percent).unwrap_or(u32::MAX)
        }
        (Share::Count(_), None) => {
            diagnostics
                .error(
                    *origin,
                    "a number of replicas is a share of all of them for ECS, and it is not known how many there are",
                )
                .fix("write a share, for example `25%`");
            return None;
        }
    };
    Some(Located::new(*origin, percent))
}

/// All of the old replicas stop before new ones start.
fn stop_first(origin: Origin) -> Update {
    let (order, batch) = (Located::new(origin, Order::StopFirst), Located::new(origin, 0));
    Update { order: Some(order), batch: Some(batch), ..Update::default() }
}
