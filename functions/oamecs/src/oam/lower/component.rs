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
use crate::program::scaling::Scaling;
use crate::program::schedule::Schedule;
use crate::program::workload::{Dependency, Found, Order, Run, Until, Update};
use crate::program::{Tags, Workload};

/// Tasks that one request to ECS starts at most.
const MOST_TASKS: u32 = 10;

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
        scaled: _,
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
    let range = range(replicas.as_ref(), autoscaling.as_ref());
    let most = range.map(|(_, most)| {
        let said = replicas.as_ref().map(|replicas| replicas.origin);
        let scaled = autoscaling.as_ref().map(|scaling| scaling.value.maximum.origin);
        Located::new(scaled.or(said).unwrap_or(origin), most)
    });
    let mut exposures = rules::lower(rules, &ports, &mut containers, lowering);
    exposures.extend(reach::lower(&ports, &containers, lowering.diagnostics));
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
    let volumes = volumes::lower(name, &kind.value, most.as_ref(), volumes, &containers, lowering);
    let update = update(&kind, strategy, range, lowering.diagnostics);
    note_retries(&kind.value, retries, lowering.diagnostics);
    let run = run(origin, kind, replicas, lowering.diagnostics);
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
        placement: Placement::default(),
        processes: None,
        shared_memory: None,
        platform: Options {
            autoscaling,
            cpu_architecture: processor,
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

/// How many replicas there are at the least and at the most, each at least 1; `None`: that is known only when the stack is made.
fn range(replicas: Option<&Located<Expr<u32>>>, autoscaling: Option<&Located<Scaling>>) -> Option<(u32, u32)> {
    let (least, most) = match (autoscaling, replicas) {
        (Some(scaling), _) => {
            let least = scaling.value.minimum.as_ref().map_or(Some(1), |minimum| minimum.value.known().copied());
            (least?, *scaling.value.maximum.value.known()?)
        }
        (None, Some(replicas)) => {
            let count = *replicas.value.known()?;
            (count, count)
        }
        (None, None) => (1, 1),
    };
    Some((least.max(1), most.max(least).max(1)))
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
    if !kind.value.is_daemonized() && replicas.value.known().is_some_and(|count| *count > MOST_TASKS) {
        diagnostics
            .error(replicas.origin, format!("ECS starts at most {MOST_TASKS} tasks of a kind at a time"))
            .fix(format!("write {MOST_TASKS} or less, or share the work out among several components"));
    }
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

/// Nothing runs a task again that has failed: the deployment has failed then, or it has its next time.
fn note_retries(kind: &model::Workload, retries: Option<Located<u32>>, diagnostics: &mut Diagnostics) {
    let then = match kind {
        model::Workload::CronTask(_) => "it runs anew at its next time",
        _ => "the deployment fails with it, and the next one runs it anew",
    };
    if let Some(retries) = retries.filter(|retries| retries.value > 0) {
        diagnostics.note(retries.origin, format!("a task that fails is not tried again: {then}"));
    }
}

/// How a new version takes the place of the old one.
fn update(
    kind: &Located<model::Workload>,
    strategy: Strategy,
    range: Option<(u32, u32)>,
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
    if max_surge.is_none() && max_unavailable.is_none() {
        return Update::default();
    }
    let origin = max_surge.as_ref().or(max_unavailable.as_ref()).map_or(kind.origin, |share| share.origin);
    // A `StatefulSet` knows no surge: its replicas have names.
    let surge_otherwise = if matches!(kind.value, model::Workload::Stateful) { Share::Count(0) } else { SHARE };
    let surge = max_surge.unwrap_or(Located::new(origin, surge_otherwise));
    let missing = max_unavailable.unwrap_or(Located::new(origin, SHARE));
    let counts = [&surge, &missing].into_iter().find(|share| matches!(share.value, Share::Count(1..)));
    if let (None, Some(count)) = (range, counts) {
        diagnostics
            .error(
                count.origin,
                "a number of replicas is a share of all of them for ECS, and it is not known how many there are",
            )
            .fix("write a share, for example `25%`");
        return Update::default();
    }
    let (more, fewer) = room(surge.value, missing.value, range);
    Update {
        maximum_percent: Some(Located::new(surge.origin, more.saturating_add(100))),
        minimum_percent: Some(Located::new(missing.origin, 100_u32.saturating_sub(fewer))),
        ..Update::default()
    }
}

/// What Kubernetes takes for each of the two where nothing is said.
const SHARE: Share = Share::Percent(25);

/// How many percent of the replicas may be there beyond those wanted, and how many may be missing, where there are from the one
/// to the other of `range`.
///
/// As on Kubernetes a surge is rounded up and what is missing down, and one is missing where both are none. So an update goes on
/// with the fewest replicas, and with the most not more than what is said are missing.
fn room(surge: Share, missing: Share, range: Option<(u32, u32)>) -> (u32, u32) {
    let share = |count: u64, of: u64| u32::try_from((count * 100).div_ceil(of)).unwrap_or(u32::MAX);
    let surging = |of: u64| match surge {
        Share::Count(count) => u64::from(count),
        Share::Percent(percent) => (u64::from(percent) * of).div_ceil(100),
    };
    let lacking = |of: u64| match missing {
        Share::Count(count) => u64::from(count).min(of),
        Share::Percent(percent) => u64::from(percent) * of / 100,
    };
    let Some((least, most)) = range.map(|(least, most)| (u64::from(least), u64::from(most))) else {
        // At the worst there is one.
        return match missing {
            Share::Percent(percent) if surging(1) == 0 => (0, percent),
            Share::Percent(percent) => (share(surging(1), 1), percent),
            Share::Count(_) => (share(surging(1), 1), 0),
        };
    };
    match (surging(least), lacking(least)) {
        (0, 0) => (0, share(1, least)),
        (0, fewer) => (0, share(fewer, least)),
        (more, _) => (share(more, least), share(lacking(most), most)),
    }
}

/// All of the old replicas stop before new ones start.
fn stop_first(origin: Origin) -> Update {
    let (order, batch) = (Located::new(origin, Order::StopFirst), Located::new(origin, 0));
    Update { order: Some(order), batch: Some(batch), ..Update::default() }
}
