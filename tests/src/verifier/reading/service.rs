//! ECS services, and what else starts tasks: their task, network and load balancers.

use serde_json::Value;

use super::reference::target;
use super::task::{self, Task};
use super::template::{Resource, Template};
use super::value::{Elements, elements, objects, part};

/// The type of a service.
pub(crate) const KIND: &str = "AWS::ECS::Service";
/// The type of a custom resource of ours that runs a task and waits for its end.
pub(crate) const RUN: &str = "Custom::OamEcsTask";
/// The type of a schedule.
pub(crate) const SCHEDULE: &str = "AWS::Scheduler::Schedule";

/// A service, or something else that starts tasks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service<'a> {
    /// Its resource.
    pub(crate) resource: Resource<'a>,
    /// How its tasks are started: its properties, or the part of them that says so.
    pub(crate) start: &'a Value,
}

fn of<'a>(template: &Template<'a>, kind: &str, start: &'static str) -> impl Iterator<Item = Service<'a>> {
    template.of(kind).map(move |resource| {
        let properties = resource.properties;
        Service { resource, start: if start.is_empty() { properties } else { part(properties, start) } }
    })
}

/// All services of a template.
pub(crate) fn services<'a>(template: &Template<'a>) -> impl Iterator<Item = Service<'a>> {
    of(template, KIND, "")
}

/// What starts tasks while the stack is made, and fails with them: services, and tasks that are run once.
pub(crate) fn starting<'a>(template: &Template<'a>) -> impl Iterator<Item = Service<'a>> {
    services(template).chain(of(template, RUN, ""))
}

/// What starts tasks at some time later.
pub(crate) fn schedules<'a>(template: &Template<'a>) -> impl Iterator<Item = Service<'a>> {
    of(template, SCHEDULE, "Target.EcsParameters")
}

/// Everything that starts tasks.
pub(crate) fn starters<'a>(template: &Template<'a>) -> impl Iterator<Item = Service<'a>> {
    starting(template).chain(schedules(template))
}

impl<'a> Service<'a> {
    /// Its task definition, when the template has it.
    pub(crate) fn task(self, template: &Template<'a>) -> Option<Task<'a>> {
        let property = if self.resource.kind == SCHEDULE { "TaskDefinitionArn" } else { "TaskDefinition" };
        template.named(part(self.start, property), task::KIND).map(|resource| Task { resource })
    }

    /// Its subnets that the template has, and whether these are all.
    pub(crate) fn subnets(self, template: &Template<'a>) -> (Vec<Resource<'a>>, bool) {
        self.network(template, "Subnets", "AWS::EC2::Subnet")
    }

    /// Its security groups that the template has, and whether these are all.
    pub(crate) fn groups(self, template: &Template<'a>) -> (Vec<Resource<'a>>, bool) {
        self.network(template, "SecurityGroups", super::group::KIND)
    }

    fn network(self, template: &Template<'a>, property: &str, kind: &str) -> (Vec<Resource<'a>>, bool) {
        let path = format!("NetworkConfiguration.AwsvpcConfiguration.{property}");
        let Elements { known, complete } = elements(self.start, &path);
        let found: Vec<_> = known.iter().filter_map(|value| template.named(value, kind)).collect();
        let complete = complete && found.len() == known.len();
        (found, complete)
    }

    /// The load balancers that it registers with.
    pub(crate) fn load_balancers(self) -> Elements<'a> {
        objects(self.resource.properties, "LoadBalancers")
    }

    /// The ids of the file systems that its task mounts.
    pub(crate) fn file_systems(self, template: &Template<'a>) -> Vec<&'a str> {
        let Some(task) = self.task(template) else {
            return Vec::new();
        };
        let volumes = task.volumes().known.into_iter();
        let mut ids: Vec<_> = volumes
            .filter_map(|volume| target(part(volume, "EFSVolumeConfiguration.FilesystemId")))
            .map(|target| target.id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
