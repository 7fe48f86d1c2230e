//! What the component's container needs: `resource`.

use super::super::super::Loader;
use super::super::super::model::Component;
use super::super::super::model::container::Resources;
use crate::document::{Fields, Node};

impl Loader<'_, '_, '_> {
    /// Sets what is set aside, and what limits: of both where neither `requests` nor `limits` says it.
    pub(super) fn resource_trait(&mut self, mut fields: Fields, component: &mut Component) {
        let mut needs = Resources {
            cpu: fields.take("cpu").and_then(|node| self.processors(&node)),
            memory: fields.take("memory").and_then(|node| self.memory(&node)),
            ..Resources::default()
        };
        let (requests, limits) = (self.amounts(fields.take("requests")), self.amounts(fields.take("limits")));
        if let Some(Resources { cpu, memory, .. }) = requests {
            (needs.cpu, needs.memory) = (cpu.or(needs.cpu), memory.or(needs.memory));
        }
        if let Some(Resources { cpu, memory, .. }) = limits {
            (needs.cpu_limit, needs.memory_limit) = (cpu, memory);
        }
        let Some(container) = component.pod.containers.first_mut() else { return };
        let Resources { cpu, memory, cpu_limit, memory_limit, gpu: _ } = needs;
        let own = &mut container.resources;
        own.cpu = cpu.or(own.cpu.take());
        own.memory = memory.or(own.memory.take());
        own.cpu_limit = cpu_limit.or(own.cpu_limit.take());
        own.memory_limit = memory_limit.or(own.memory_limit.take());
    }

    fn amounts(&mut self, node: Option<Node>) -> Option<Resources> {
        let mut fields = self.map(node, "a map with `cpu` and `memory`")?;
        Some(Resources {
            cpu: fields.take("cpu").and_then(|node| self.processors(&node)),
            memory: fields.take("memory").and_then(|node| self.memory(&node)),
            ..Resources::default()
        })
    }
}
