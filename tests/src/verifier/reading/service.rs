//! ECS services: their task, network and load balancers.

use super::reference::target;
use super::task::{self, Task};
use super::template::{Resource, Template};
use super::value::{Elements, elements, objects, part};

/// The type of a service.
pub(crate) const KIND: &str = "AWS::ECS::Service";

/// A service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service<'a> {
    /// Its resource.
    pub(crate) resource: Resource<'a>,
}

/// All services of a template.
pub(crate) fn services<'a>(template: &Template<'a>) -> impl Iterator<Item = Service<'a>> {
    template.of(KIND).map(|resource| Service { resource })
}

impl<'a> Service<'a> {
    /// Its task definition, when the template has it.
    pub(crate) fn task(self, template: &Template<'a>) -> Option<Task<'a>> {
        template.named(part(self.resource.properties, "TaskDefinition"), task::KIND).map(|resource| Task { resource })
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
        let Elements { known, complete } = elements(self.resource.properties, &path);
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
