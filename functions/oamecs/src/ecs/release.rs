//! Releases: tasks, services that somebody else made, and tasks again, each a resource of our own.
//!
//! The steps of a stage depend on those of the stage before, and not on each other. A service of this template, ours or the
//! author's, is no resource of a release: it takes its place between the others.

mod report;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use super::job;
use super::role::Role;
use super::scope::Scope;
use super::site::Site;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, LogicalId, Lowered, Reference, Resources, Survey};
use crate::diagnostic::{Diagnostics, Origin};
use crate::expression::{Deferred, Expr, Piece};
use crate::installation::Installation;
use crate::program::release::{Owner, Phase, Run, Step};
use crate::program::{Program, Release, Tags};
use report::Report;

/// What `Fn::GetAtt` of a service gives.
const ATTRIBUTES: [&str; 3] = ["DeploymentId", "Status", "TaskDefinitionArn"];

/// What releases need of the rest of the program.
pub(super) struct Context<'a> {
    pub(super) program: &'a Program,
    /// The environments, lowered.
    pub(super) sites: &'a BTreeMap<&'a str, Site>,
    pub(super) installation: &'a Installation,
    /// Another one for every request.
    pub(super) nonce: &'a str,
}

/// Lowers the release of the declaration `id`.
pub(super) fn lower(
    id: &str,
    release: &Release,
    context: &Context<'_>,
    lowered: &mut Lowered,
    diagnostics: &mut Diagnostics,
) {
    let Release { origin: _, cluster, stages } = release;
    let mut attributes = Attributes::new();
    let mut report = Report::default();
    let mut before: Vec<LogicalId> = Vec::new();
    for stage in stages {
        let mut done = Vec::new();
        for (name, step) in &stage.steps {
            let after = match step {
                Step::Run(run) => ready(cluster, run, context, &lowered.resources),
                Step::Roll(_) => Vec::new(),
            };
            let after: Vec<LogicalId> = after.into_iter().chain(before.iter().cloned()).collect();
            let mut scope =
                Scope { owner: id, tags: Tags::new(), name: None, resources: &mut lowered.resources, diagnostics };
            match step {
                Step::Run(run) => {
                    let (role, group) = match stage.phase {
                        Phase::Before => (Role::PreTask, "PreTasks"),
                        Phase::Services | Phase::After => (Role::PostTask, "PostTasks"),
                    };
                    let made = step::run(&mut scope, (name, role), (run, cluster), &after, context);
                    report.task(stage.phase, name, &made);
                    publish(group, name, &made, &job::ATTRIBUTES, &mut attributes);
                    // A family that runs both before and after is told apart by the other names alone.
                    if stages.iter().filter(|stage| matches!(stage.steps.get(name), Some(Step::Run(_)))).count() == 1 {
                        publish("Tasks", name, &made, &job::ATTRIBUTES, &mut attributes);
                    }
                    done.push(made);
                }
                Step::Roll(roll) => match &roll.owner {
                    Owner::Foreign(service) => {
                        let made = step::roll(&mut scope, name, (roll, cluster, service), &after, context);
                        report.service(name, Some(&made));
                        publish("Services", name, &made, &ATTRIBUTES, &mut attributes);
                        done.push(made);
                    }
                    Owner::Declared { declaration, workload } => {
                        report.service(name, None);
                        done.extend(join(declaration, workload, &before, lowered));
                    }
                    Owner::Author(service) => {
                        report.service(name, None);
                        wait(service, roll.origin, &before, lowered, diagnostics);
                        done.push(LogicalId::of_author(service));
                    }
                },
            }
        }
        // After an empty stage, the next one waits for what is before it.
        if !done.is_empty() {
            before = done;
        }
    }
    if let Some(output) = report.output() {
        lowered.outputs.insert(format!("{id}Report"), (id.to_owned(), output));
    }
    lowered.attributes.insert(id.to_owned(), attributes);
}

/// Lets `Fn::GetAtt` of the declaration lead to what a resource gives.
fn publish(group: &str, name: &str, id: &LogicalId, names: &[&'static str], attributes: &mut Attributes) {
    for attribute in names {
        let value = Text::from(Function::GetAtt(id.clone(), attribute));
        attributes.insert(format!("{group}.{name}.{attribute}"), value);
    }
}

/// What must be there before a task starts, and no reference leads to: of the environments that it refers to the capacity
/// providers and the way to its image, of the applications the rules of the networks that it is in.
fn ready(cluster: &Expr<String>, run: &Run, context: &Context<'_>, resources: &Resources) -> Vec<LogicalId> {
    let mut ids = BTreeSet::new();
    let mut groups = BTreeSet::new();
    let network = run.network.as_ref();
    let subnets = network.map(|network| &network.subnets);
    if let Some(Expr::Deferred(deferred)) = subnets {
        refer(deferred, &mut ids);
    }
    let each = subnets.and_then(Expr::known).into_iter().flatten();
    for text in [cluster, &run.definition].into_iter().chain(each) {
        if let Expr::Deferred(deferred) = text {
            refer(deferred, &mut ids);
        }
    }
    for group in network.into_iter().flat_map(|network| &network.groups) {
        if let Expr::Deferred(deferred) = group {
            refer(deferred, &mut groups);
        }
    }
    let applications = &context.program.applications;
    let sites = ids.iter().filter_map(|id| {
        let environment = applications.get(id).map_or(id, |application| &application.environment);
        context.sites.get(environment.as_str())
    });
    let mut ready: Vec<LogicalId> =
        sites.flat_map(|site| site.way_out.iter().chain(&site.providers)).cloned().collect();
    for id in &groups {
        let networks = applications.get(id).into_iter().flat_map(|application| application.networks.keys());
        let rules = networks.map(|network| Role::MemberIngress.id(id, Some(network)));
        ready.extend(rules.filter(|rule| resources.contains_key(rule)));
    }
    ready
}

/// Collects what a function refers to.
fn refer(deferred: &Deferred, ids: &mut BTreeSet<String>) {
    for piece in deferred.pieces() {
        let Piece::Function(function) = piece else { continue };
        for (reference, _) in Survey::of(function).references() {
            if let Reference::Ref(id) | Reference::Attribute(id) = reference {
                ids.insert(id.to_owned());
            }
        }
    }
}

/// Has the service of a declaration, and what watches it, wait for the tasks before it.
fn join(declaration: &str, workload: &str, before: &[LogicalId], lowered: &mut Lowered) -> Option<LogicalId> {
    let roles = [Role::Service, Role::ServiceOnMachine, Role::Watchdog];
    let made = roles.map(|role| role.id(declaration, Some(workload)));
    for id in &made {
        if let Some(resource) = lowered.resources.get_mut(id) {
            resource.depends_on.extend(before.iter().cloned());
        }
    }
    let [service, on_machine, _] = made;
    [service, on_machine].into_iter().find(|id| lowered.resources.contains_key(id))
}

/// Has a service of the author's wait for the tasks before it: the one thing that is changed of what the author wrote.
fn wait(service: &str, origin: Origin, before: &[LogicalId], lowered: &mut Lowered, diagnostics: &mut Diagnostics) {
    if before.is_empty() {
        return;
    }
    lowered.awaited_by.entry(service.to_owned()).or_default().extend(before.iter().cloned());
    let names: Vec<&str> = before.iter().map(LogicalId::as_str).collect();
    diagnostics.advice(
        origin,
        format!(
            "`{service}` waits for the tasks before it: its `DependsOn` gets {}",
            crate::document::list_some(&names)
        ),
    );
}
