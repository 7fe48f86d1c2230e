//! Containers of a pod.

use super::pod::{RESTARTS, Restart};
use super::resources::Resources;
use crate::diagnostic::Located;
use crate::document::{Fields, Node};
use crate::oam::Loader;
use crate::oam::model::container::{Port, Resources as Needs, Security};
use crate::oam::model::{Container, Mount, Pod, Volume};
use crate::oam::names;

/// Another name of graphics processors than `nvidia.com/gpu`, by what it ends with.
const GPU: &str = ".com/gpu";

/// A container, and what becomes of it when it ends, where it says so itself.
pub(super) struct Read {
    pub(super) container: Container,
    pub(super) restart: Option<Located<Restart>>,
    /// Seconds that it is to sleep before it stops.
    pub(super) sleep: Option<Located<u32>>,
}

impl Loader<'_, '_, '_> {
    /// A container of `pod`, whose volumes are known. `None` where it has no name, which was reported.
    pub(super) fn pod_container(
        &mut self,
        node: Node,
        is_given: bool,
        pod: &Pod,
        resources: &Resources,
    ) -> Option<Read> {
        let origin = node.origin;
        let mut fields = self.reader.fields(node, "a map with `name` and `image`")?;
        let name = names::required(&mut fields, "name", "a container", self)?;
        let mut container = Container::new(origin, name);
        container.image = self.image(&mut fields, is_given || !self.settings.is_complete);
        container.command = self.words(fields.take("command"));
        container.args = self.words(fields.take("args"));
        container.working_directory = fields.take("workingDir").and_then(|node| self.reader.text(&node));
        container.env = self.variables_from(fields.take("envFrom"), resources);
        container.env.extend(self.variables(fields.take("env"), resources));
        container.ports = self.pod_ports(fields.take("ports"));
        container.resources = self.requests(fields.take("resources"));
        container.mounts = self.pod_mounts(fields.take("volumeMounts"), pod);
        let ports = &container.ports;
        container.liveness = fields.take("livenessProbe").and_then(|node| self.probe(node, ports));
        container.readiness = fields.take("readinessProbe").and_then(|node| self.probe(node, ports));
        container.startup = fields.take("startupProbe").and_then(|node| self.probe(node, ports));
        container.security = self.security(fields.take("securityContext"));
        let sleep = self.life(fields.take("lifecycle"));
        let restart = fields.take("restartPolicy").and_then(|node| self.reader.choice(&node, &RESTARTS));
        Some(Read { container, restart, sleep })
    }

    fn pod_ports(&mut self, node: Option<Node>) -> Vec<Port> {
        let mut ports: Vec<Port> = Vec::new();
        for node in self.list(node, "a list of maps with `containerPort`") {
            let Some(mut fields) = self.reader.fields(node, "a map with `containerPort`") else { continue };
            let origin = fields.origin;
            let name = fields.take("name").and_then(|node| self.reader.known_text(&node));
            let number = self.needed(&mut fields, "containerPort", "containerPort: 8080");
            let Some(number) = number.and_then(|node| self.port(&node)) else { continue };
            let Some(transport) = self.transport(fields.take("protocol")) else { continue };
            let is_same = |port: &Port| port.number == number.value;
            if ports.iter().any(|port| is_same(port) && port.transport != transport) {
                self.reader
                    .diagnostics
                    .error(
                        number.origin,
                        format!(
                            "the port `{}` is there already, with another protocol: ECS knows a port once",
                            number.value
                        ),
                    )
                    .fix("use another port for one of the two");
            } else if ports.iter().any(is_same) {
                self.reader.diagnostics.note(number.origin, format!("port {} is declared twice", number.value));
            } else {
                ports.push(Port { origin, name: name.map(|name| name.value), number: number.value, transport });
            }
        }
        ports
    }

    /// `resources`: what is requested is set aside, and what is not requested is what the limit says.
    fn requests(&mut self, node: Option<Node>) -> Needs {
        let Some(mut fields) = self.map(node, "a map with `requests` and `limits`") else { return Needs::default() };
        let requests = self.quantities(fields.take("requests"));
        let limits = self.quantities(fields.take("limits"));
        Needs {
            cpu: requests.cpu.or_else(|| limits.cpu.clone()),
            memory: requests.memory.or_else(|| limits.memory.clone()),
            cpu_limit: limits.cpu,
            memory_limit: limits.memory,
            gpu: limits.gpu.or(requests.gpu),
        }
    }

    fn quantities(&mut self, node: Option<Node>) -> Needs {
        let mut needs = Needs::default();
        for (key, node) in self.map(node, "a map with `cpu` and `memory`").map(Fields::rest).unwrap_or_default() {
            match key.as_str() {
                _ if node.is_null() => {}
                "cpu" => needs.cpu = self.processors(&node),
                "memory" => needs.memory = self.memory(&node),
                "ephemeral-storage" => {
                    let message = "`ephemeral-storage` has no effect: a task has 20 GiB of disk, or as much as is said beside `Document`";
                    self.reader.diagnostics.note(node.origin, message);
                }
                gpu if gpu.ends_with(GPU) => needs.gpu = self.number(&node),
                other => {
                    let message = format!("`{other}` is not available on ECS: tasks have processors and memory");
                    self.reader.diagnostics.error(node.origin, message).fix("remove it, if the program can do without");
                }
            }
        }
        needs
    }

    fn pod_mounts(&mut self, node: Option<Node>, pod: &Pod) -> Vec<Mount> {
        let mut mounts = Vec::new();
        for node in self.list(node, "a list of maps with `name` and `mountPath`") {
            let Some(mut fields) = self.reader.fields(node, "a map with `name` and `mountPath`") else { continue };
            let origin = fields.origin;
            let name = self.required(&mut fields, "name", "name: data");
            let path = self.needed(&mut fields, "mountPath", "mountPath: /data").and_then(|node| self.absolute(&node));
            let sub_path = fields.take("subPath").and_then(|node| self.sub_path(&node));
            let read_only =
                fields.take("readOnly").and_then(|node| self.reader.any_bool(&node)).is_some_and(|only| only.value);
            let Some((name, path)) = name.zip(path) else { continue };
            let volume = pod.volumes.get(&name.value);
            let read_only = read_only || volume.is_some_and(|volume| matches!(volume.value, Volume::Files(_)));
            mounts.push(Mount { origin, volume: name.value, path, sub_path, read_only });
        }
        mounts
    }

    fn security(&mut self, node: Option<Node>) -> Security {
        let Some(mut fields) = self.map(node, "a map with `runAsUser`") else { return Security::default() };
        let (user, group) = (fields.take("runAsUser"), fields.take("runAsGroup"));
        let user = self.user(user, group);
        let mut flag = |key: &str| fields.take(key).and_then(|node| self.reader.any_bool(&node));
        let (read_only, privileged) = (flag("readOnlyRootFilesystem"), flag("privileged"));
        let mut security = Security { user, read_only, privileged, ..Security::default() };
        if let Some(mut capabilities) = self.map(fields.take("capabilities"), "a map with `add` and `drop`") {
            security.added = self.names(capabilities.take("add"), "a list of capabilities");
            security.dropped = self.names(capabilities.take("drop"), "a list of capabilities");
        }
        security
    }

    /// What is to happen before a container stops: the seconds that it sleeps.
    fn life(&mut self, node: Option<Node>) -> Option<Located<u32>> {
        let mut fields = self.map(node, "a map with `preStop`")?;
        let hook = fields.take("preStop")?;
        let called = ["httpGet", "tcpSocket"].iter().find_map(|kind| Some((*kind, hook.get(kind)?.origin)));
        if let Some((kind, asked)) = called {
            let message =
                format!("`preStop` with `{kind}` is not available on ECS: it calls no container that is to stop");
            self.reader.diagnostics.error(asked, message).fix("do it in the program, when it gets `SIGTERM`");
            None
        } else if let Some(sleep) = hook.get("sleep") {
            let seconds = sleep.get("seconds").cloned()?;
            self.number(&seconds)
        } else {
            fields.put("preStop", hook);
            self.lifecycle(fields)
        }
    }
}
