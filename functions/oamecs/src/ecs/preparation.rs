//! What runs before the containers of a task: it lets them find neighbours by short names, and writes their files.
//!
//! In: a workload and its secrets. Out: [`Preparation`], the containers that come first, the volumes that they write, and
//! where the others mount these. One container does all that the installation's image can do; another from a service's own image
//! comes before it where a file joins what that image has in its directory.
//!
//! No content is in a command or a log: scripts get it as environment variables, secrets as ECS fetches them.

use std::collections::BTreeMap;

use super::discovery::{self, Namespace};
use super::ecs_name::ecs_name;
use super::files::{Directory, directories};
use super::secret::Secrets;
use crate::cloudformation::resource::ecs::{
    self, ContainerCondition, ContainerDefinition, ContainerDependency, KeyValuePair, LogConfiguration, MountPoint,
};
use crate::cloudformation::value::Text;
use crate::diagnostic::Diagnostics;
use crate::program::secret::{Content, File, Part};
use crate::program::{Container, Workload};

/// The container that writes files, and the search domain where there is one.
const CONTAINER: &str = "oamecs-prepare";

/// Writes files, and after the word `keys` a directory of files for each key of a JSON object.
const FILES: &str = include_str!("preparation/files.sh");
const KEYS: &str = include_str!("preparation/keys.sh");

/// Copies what an image has in directories.
const COPY: &str = include_str!("preparation/copy.sh");

/// Where the volumes are mounted while they are filled.
const WORKPLACE: &str = "/oamecs";

/// What comes before the containers of a task.
#[derive(Default)]
pub(super) struct Preparation {
    /// The containers that come first, in their order.
    pub(super) containers: Vec<ContainerDefinition>,
    /// The volumes that they fill.
    pub(super) volumes: Vec<ecs::Volume>,
    /// Where these are mounted, by container.
    mounts: BTreeMap<String, Vec<MountPoint>>,
}

/// Whether the tasks of a workload have anything to prepare with the installation's image.
pub(super) fn is_needed(workload: &Workload, namespace: Option<&Namespace>) -> bool {
    searches(workload, namespace).is_some() || workload.containers().any(|container| !container.files.is_empty())
}

/// The name space in which a container lets the others of its task find neighbours by short names. In the network of a machine each
/// container has a `resolv.conf` of its own, for which ECS has a setting.
fn searches<'a>(workload: &Workload, namespace: Option<&'a Namespace>) -> Option<&'a Namespace> {
    namespace.filter(|namespace| namespace.prepares_tasks() && !workload.on_machine_network())
}

/// What comes before the containers of a workload; `image` is that of the installation.
pub(super) fn preparation(
    workload: &Workload,
    namespace: Option<&Namespace>,
    secrets: &Secrets,
    image: &str,
    log: &LogConfiguration,
    diagnostics: &mut Diagnostics,
) -> Preparation {
    let mut preparation = Preparation::default();
    let mut contents = Contents::default();
    let (mut files, mut keys) = (Vec::new(), Vec::new());
    let mut places = Vec::new();
    for container in workload.containers() {
        let directories = directories(container, diagnostics);
        preparation.copy(container, &directories, secrets, log);
        for directory in directories {
            let volume = ecs_name(&format!("{}:{}", container.name, directory.path));
            preparation.volumes.push(scratch(&volume));
            places.push(mount(&workplace(&volume), &volume, false));
            for file in &directory.files {
                let words = match &file.content {
                    Content::Keys(_) => &mut keys,
                    Content::Text(_) | Content::Secret(_) => &mut files,
                };
                let below = file.path.strip_prefix(directory.path.as_str()).unwrap_or_default();
                words.extend([contents.variable(file), format!("{}{below}", workplace(&volume))]);
                words.extend([owner(file), format!("{:04o}", file.mode)]);
            }
            let mounts = preparation.mounts.entry(container.name.clone()).or_default();
            mounts.push(mount(&directory.path, &volume, directory.is_read_only()));
        }
    }
    let searched = searches(workload, namespace);
    if places.is_empty() {
        let search = searched.and_then(|namespace| discovery::search_domain(namespace, image, log.clone()));
        preparation.containers.extend(search);
        return preparation;
    }
    let mut script = String::new();
    let mut words = Vec::new();
    if let Some(domain) = searched.and_then(Namespace::search_domain) {
        script = format!("{} || exit\nshift\n", discovery::SEARCH_SCRIPT);
        words.push(domain.to_owned());
    }
    script.push_str(FILES);
    words.extend(files);
    if !keys.is_empty() {
        script.push_str(KEYS);
        words.push("keys".to_owned());
        words.extend(keys);
    }
    let mut container = prepare(CONTAINER, image.to_owned(), script, log);
    container.command.extend(words.into_iter().map(Text::from));
    (container.environment, container.secrets) = contents.lower(secrets);
    container.mount_points = places;
    container.depends_on = after(&preparation.containers);
    preparation.containers.push(container);
    preparation
}

/// What every other container of a task waits for, after the containers that come first.
pub(super) fn done(first: &[ContainerDefinition]) -> Vec<ContainerDependency> {
    first.last().map(std::slice::from_ref).map(after).unwrap_or_default()
}

impl Preparation {
    /// Adds the mounts of a container to those it has. Mounts within others come after them.
    pub(super) fn mount(&self, container: &Container, mounts: &mut Vec<MountPoint>) {
        if let Some(ours) = self.mounts.get(&container.name) {
            mounts.extend(ours.iter().cloned());
            mounts.sort_by_key(|mount| mount.container_path.matches('/').count());
        }
    }

    /// Adds the container that copies what the image of `container` has in directories that files join.
    fn copy(
        &mut self,
        container: &Container,
        directories: &[Directory<'_>],
        secrets: &Secrets,
        log: &LogConfiguration,
    ) {
        let copied: Vec<&Directory<'_>> = directories.iter().filter(|directory| directory.joins_image()).collect();
        if copied.is_empty() {
            return;
        }
        let name = ecs_name(&format!("oamecs-copy-{}", container.name));
        let mut copy = prepare(name, &container.image.value, COPY.to_owned(), log);
        copy.repository_credentials = secrets.credentials(container);
        for directory in copied {
            let volume = ecs_name(&format!("{}:{}", container.name, directory.path));
            copy.command.extend([directory.path.clone().into(), workplace(&volume).into()]);
            copy.mount_points.push(mount(&workplace(&volume), &volume, false));
        }
        self.containers.push(copy);
    }
}

/// What is in files, each content once.
#[derive(Default)]
struct Contents<'a>(Vec<(String, &'a Content)>);

impl<'a> Contents<'a> {
    /// The variable that holds what is in a file.
    fn variable(&mut self, file: &'a File) -> String {
        let is_same = |content: &Content| match (content, &file.content) {
            (Content::Text(one), Content::Text(other)) => one == other,
            (one, other) => part(one).is_some_and(|one| part(other) == Some(one)),
        };
        if let Some((variable, _)) = self.0.iter().find(|(_, content)| is_same(content)) {
            return variable.clone();
        }
        let variable = format!("OAMECS_{}", self.0.len() + 1);
        self.0.push((variable.clone(), &file.content));
        variable
    }

    fn lower(self, secrets: &Secrets) -> (Vec<KeyValuePair>, Vec<ecs::Secret>) {
        let (mut texts, mut parts) = (Vec::new(), Vec::new());
        for (name, content) in self.0 {
            match content {
                Content::Text(text) => texts.push(KeyValuePair { name, value: text.into() }),
                content => {
                    let value_from = part(content).and_then(|part| secrets.value_from(&part));
                    parts.extend(value_from.map(|value_from| ecs::Secret { name, value_from }));
                }
            }
        }
        (texts, parts)
    }
}

/// The secret that is in a file, or whose keys are.
pub(super) fn part(content: &Content) -> Option<Part> {
    match content {
        Content::Text(_) => None,
        Content::Secret(part) => Some(part.clone()),
        Content::Keys(secret) => Some(Part { secret: secret.clone(), key: None }),
    }
}

/// A container that runs a script to its end as root, whatever user its image has.
fn prepare(
    name: impl Into<String>,
    image: impl Into<Text>,
    script: String,
    log: &LogConfiguration,
) -> ContainerDefinition {
    let mut container = ContainerDefinition::new(name, image);
    container.essential = false;
    container.user = Some("0".into());
    container.entry_point = vec!["sh".into(), "-c".into()];
    container.command = vec![script.into(), "oamecs".into()];
    container.log_configuration = Some(log.clone());
    container
}

fn after(containers: &[ContainerDefinition]) -> Vec<ContainerDependency> {
    let success = |container: &ContainerDefinition| ContainerDependency {
        container_name: container.name.clone(),
        condition: ContainerCondition::Success,
    };
    containers.iter().map(success).collect()
}

fn owner(file: &File) -> String {
    format!("{}:{}", file.user.unwrap_or_default(), file.group.unwrap_or_default())
}

fn workplace(volume: &str) -> String {
    format!("{WORKPLACE}/{volume}")
}

fn scratch(volume: &str) -> ecs::Volume {
    ecs::Volume {
        name: volume.to_owned(),
        host: None,
        docker_volume_configuration: None,
        efs_volume_configuration: None,
    }
}

fn mount(path: &str, volume: &str, read_only: bool) -> MountPoint {
    MountPoint { container_path: path.to_owned(), source_volume: volume.to_owned(), read_only: Some(read_only) }
}

#[cfg(test)]
mod tests;
