//! Task definitions and their containers.

use serde_json::Value;

use super::template::{Resource, Template};
use super::value::{Elements, elements, number, objects, text, truth};

/// The type of a task definition.
pub(crate) const KIND: &str = "AWS::ECS::TaskDefinition";

/// A task definition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task<'a> {
    /// Its resource.
    pub(crate) resource: Resource<'a>,
}

/// All task definitions of a template.
pub(crate) fn tasks<'a>(template: &Template<'a>) -> impl Iterator<Item = Task<'a>> {
    template.of(KIND).map(|resource| Task { resource })
}

impl<'a> Task<'a> {
    /// Its containers.
    pub(crate) fn containers(self) -> Containers<'a> {
        let Elements { known, complete } = objects(self.resource.properties, "ContainerDefinitions");
        Containers { known: known.into_iter().map(Container).collect(), complete }
    }

    /// Whether it may run on Fargate, and so has to obey its limits.
    pub(crate) fn on_fargate(self) -> bool {
        elements(self.resource.properties, "RequiresCompatibilities")
            .known
            .into_iter()
            .any(|launch| launch == "FARGATE")
    }

    /// Whether each task is in the network of its machine.
    pub(crate) fn on_machine(self) -> bool {
        text(self.resource.properties, "NetworkMode") == Some("host")
    }

    /// Whether each task has a network interface of its own.
    pub(crate) fn awsvpc(self) -> bool {
        text(self.resource.properties, "NetworkMode") == Some("awsvpc")
    }

    /// Its volumes.
    pub(crate) fn volumes(self) -> Elements<'a> {
        objects(self.resource.properties, "Volumes")
    }
}

/// The containers of a task, as far as they are known.
pub(crate) struct Containers<'a> {
    /// Those written down.
    pub(crate) known: Vec<Container<'a>>,
    /// Whether there can be no others.
    pub(crate) complete: bool,
}

impl<'a> Containers<'a> {
    /// The container of this name.
    pub(crate) fn named(&self, name: &str) -> Option<Container<'a>> {
        self.known.iter().copied().find(|container| container.name() == Some(name))
    }

    /// Whether some container may have a name that is not known.
    pub(crate) fn nameless(&self) -> bool {
        !self.complete || self.known.iter().any(|container| container.name().is_none())
    }
}

/// A container definition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Container<'a>(pub(crate) &'a Value);

impl<'a> Container<'a> {
    /// Its name, when it is a literal.
    pub(crate) fn name(self) -> Option<&'a str> {
        text(self.0, "Name")
    }

    /// Its name for a message.
    pub(crate) fn label(self) -> &'a str {
        self.name().unwrap_or("with an unknown name")
    }

    /// Whether the task ends with it; it does unless the definition says otherwise.
    pub(crate) fn essential(self) -> Option<bool> {
        if super::value::absent(self.0, "Essential") { Some(true) } else { truth(self.0, "Essential") }
    }

    /// Its ports with their protocols, and whether these are all.
    pub(crate) fn ports(self) -> (Vec<(i64, &'a str)>, bool) {
        let mappings = objects(self.0, "PortMappings");
        let known: Vec<_> = mappings
            .known
            .iter()
            .filter_map(|mapping| Some((number(mapping, "ContainerPort")?, text(mapping, "Protocol").unwrap_or("tcp"))))
            .collect();
        let complete = mappings.complete && known.len() == mappings.known.len();
        (known, complete)
    }
}
