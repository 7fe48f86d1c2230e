//! [Workloads](https://kubernetes.io/docs/concepts/workloads/): what keeps pods there, or runs them to their end.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::pod::{Owner, Read, Restart};
use super::resources::Resources;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::oam::Loader;
use crate::oam::model::component::Strategy;
use crate::oam::model::service::Callers;
use crate::oam::model::{Component, Labels, Pod, ServicePort, Volume, Workload};
use crate::oam::support::Typed;

/// How often a job is tried that is to be started again when it fails, as on Kubernetes.
const RETRIES: u32 = 6;

/// How a new version takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    OnDelete,
    Recreate,
    RollingUpdate,
}

const WAYS: [(&str, Way); 3] =
    [("OnDelete", Way::OnDelete), ("Recreate", Way::Recreate), ("RollingUpdate", Way::RollingUpdate)];

/// Whether the pods of a job are alike.
const COMPLETION_MODES: [(&str, bool); 2] = [("Indexed", false), ("NonIndexed", true)];

/// The parts of a workload that its kind says, beside its pod.
struct Parts {
    workload: Workload,
    replicas: Option<Node>,
    strategy: Strategy,
    template: Option<Node>,
    spec: Option<Node>,
    claims: Option<Node>,
    retries: Option<Located<u32>>,
    deadline: Option<Located<u32>>,
}

impl Loader<'_, '_, '_> {
    /// The component that a workload is; `kind` is where its kind is named, `origin` where the application names the component.
    pub(in crate::oam) fn running(
        &mut self,
        typed: Typed,
        kind: Origin,
        origin: Origin,
        owner: Owner<'_>,
        resources: &Resources,
    ) -> Option<Component> {
        let Typed { name, mut fields } = typed;
        let place = fields.origin;
        let spec = fields.take("spec");
        let spec_origin = spec.as_ref().map_or(place, |node| node.origin);
        let fields = match spec {
            Some(node) => self.reader.fields(node, "a map")?,
            None => Fields::new(place, IndexMap::new()),
        };
        let parts = self.parts(name, fields)?;
        let mut labels = Labels::new();
        let mut annotations = None;
        let spec = match parts.template {
            Some(template) => {
                let mut template = self.reader.fields(template, "a map with `spec`")?;
                if let Some(mut metadata) = self.map(template.take("metadata"), "a map with `labels`") {
                    labels = metadata.take("labels").map(|node| self.labels(node)).unwrap_or_default();
                    annotations = metadata.take("annotations");
                }
                template.take("spec")
            }
            None => parts.spec,
        };
        let Read { mut pod, restart } = self.pod(spec, spec_origin, owner, resources)?;
        self.claim_templates(parts.claims, owner, &mut pod.volumes);
        pod.deadline = parts.deadline.or(pod.deadline);
        let ends = |restart: &Located<Restart>| restart.value != Restart::Always;
        let is_task = !parts.workload.is_daemonized() || name == "Pod" && restart.as_ref().is_some_and(ends);
        if let (false, Some(restart)) = (is_task, restart.as_ref().filter(|restart| ends(restart))) {
            self.reader
                .diagnostics
                .error(restart.origin, format!("a `{name}` is there for good: what ends in it is started again"))
                .fix("remove `restartPolicy`, or embed a `Job`");
        }
        let on_failure = restart.filter(|restart| restart.value == Restart::OnFailure);
        let on_failure = on_failure.map(|restart| Located::new(restart.origin, RETRIES));
        pod.retries = if is_task { parts.retries.or(on_failure) } else { None };
        let services = self.services(&pod, is_task);
        let workload = match parts.workload {
            Workload::Server if is_task => Workload::SingletonTask,
            Workload::Server if services.is_empty() => Workload::Worker,
            workload => workload,
        };
        let mut component = Component {
            replicas: parts.replicas.and_then(|node| self.count(&node)),
            ports: services,
            strategy: parts.strategy,
            labels,
            ..Component::new(origin, Located::new(kind, workload), pod)
        };
        if let Some(annotations) = annotations {
            self.annotations(&mut component, annotations);
        }
        Some(component)
    }

    fn parts(&mut self, kind: &str, mut fields: Fields) -> Option<Parts> {
        let mut parts = Parts {
            workload: Workload::Server,
            replicas: None,
            strategy: Strategy::default(),
            template: None,
            spec: None,
            claims: None,
            retries: None,
            deadline: None,
        };
        match kind {
            "CronJob" => {
                let mut job = self.map(fields.take("jobTemplate"), "a map with `spec`");
                let job = job.as_mut().and_then(|job| job.take("spec"));
                let times = self.cron_task(&mut fields);
                let place = fields.origin;
                let job = match job {
                    Some(node) => self.reader.fields(node, "a map with `template`")?,
                    None => Fields::new(place, IndexMap::new()),
                };
                return Some(self.job(job, parts, Workload::CronTask(times?)));
            }
            "Job" => return Some(self.job(fields, parts, Workload::Task)),
            "Pod" => {
                let origin = fields.origin;
                parts.spec = Some(Node::new(origin, Kind::Mapping(fields.rest())));
                return Some(parts);
            }
            "PodSpecWorkload" => {
                parts.replicas = fields.take("replicas");
                parts.spec = fields.take("podSpec");
                return Some(parts);
            }
            "DaemonSet" => parts.workload = Workload::Daemon,
            "StatefulSet" => {
                parts.workload = Workload::Stateful;
                parts.claims = fields.take("volumeClaimTemplates");
                parts.strategy = self.way(fields.take("updateStrategy"));
            }
            _ => parts.strategy = self.way(fields.take("strategy")),
        }
        parts.replicas = fields.take("replicas");
        parts.template = fields.take("template");
        Some(parts)
    }

    /// A job, or one that runs at times.
    fn job(&mut self, mut fields: Fields, mut parts: Parts, workload: Workload) -> Parts {
        let mode = fields.take("completionMode").and_then(|node| self.reader.choice(&node, &COMPLETION_MODES));
        if let Some(mode) = mode.filter(|mode| !mode.value) {
            self.reader
                .diagnostics
                .error(
                    mode.origin,
                    "`Indexed` is not available on ECS: the tasks of a job are all alike, and none has a number",
                )
                .fix("write a component for each part of the work, which tells its task by a variable");
        }
        let (completions, parallelism) = (fields.take("completions"), fields.take("parallelism"));
        if let (Some(completions), Some(parallelism)) = (&completions, &parallelism)
            && !completions.is_same(parallelism)
        {
            let message = "`parallelism` has no effect: all tasks of a job run at once, as many as `completions` says";
            self.reader.diagnostics.note(parallelism.origin, message);
        }
        parts.workload = workload;
        parts.replicas = completions.or(parallelism);
        parts.retries = fields.take("backoffLimit").and_then(|node| self.number(&node));
        parts.deadline = fields.take("activeDeadlineSeconds").and_then(|node| self.number(&node));
        parts.template = fields.take("template");
        parts
    }

    fn way(&mut self, node: Option<Node>) -> Strategy {
        let mut strategy = Strategy::default();
        let Some(mut fields) = self.map(node, "a map with `type`") else { return strategy };
        let way = fields.take("type").and_then(|node| self.reader.choice(&node, &WAYS));
        let rolling = self.map(fields.take("rollingUpdate"), "a map with `maxSurge` and `maxUnavailable`");
        match way {
            Some(Located { origin, value: Way::Recreate }) => strategy.recreate = Some(Located::new(origin, true)),
            Some(Located { origin, value: Way::OnDelete }) => {
                let message = "`OnDelete` has no effect: tasks get a new version by themselves";
                self.reader.diagnostics.note(origin, message);
            }
            Some(Located { value: Way::RollingUpdate, .. }) | None => {
                if let Some(mut rolling) = rolling {
                    strategy.max_surge = rolling.take("maxSurge").and_then(|node| self.share(&node));
                    strategy.max_unavailable = rolling.take("maxUnavailable").and_then(|node| self.share(&node));
                }
            }
        }
        strategy
    }

    /// `volumeClaimTemplates`: a claim of its own for each replica.
    fn claim_templates(
        &mut self,
        node: Option<Node>,
        owner: Owner<'_>,
        volumes: &mut BTreeMap<String, Located<Volume>>,
    ) {
        for node in self.list(node, "a list of maps with `metadata` and `spec`") {
            let Some(mut fields) = self.reader.fields(node, "a map with `metadata` and `spec`") else { continue };
            let origin = fields.origin;
            let metadata = self.needed(&mut fields, "metadata", "metadata: { name: data }");
            let Some(mut metadata) = self.map(metadata, "a map with `name`") else { continue };
            let Some(name) = self.required(&mut metadata, "name", "name: data") else { continue };
            let mut spec =
                self.map(fields.take("spec"), "a map").unwrap_or_else(|| Fields::new(origin, IndexMap::new()));
            let is_shared = self.access(&mut spec);
            let claim = format!("{}-{}", owner.instance, name.value);
            let is_shared = is_shared.or(Some(Located::new(origin, false)));
            volumes.insert(name.value, Located::new(origin, Volume::Claim { claim, exists: false, is_shared }));
        }
    }

    /// The ports at which a component is called where nothing else is said: all those that its containers declare.
    fn services(&mut self, pod: &Pod, is_task: bool) -> Vec<ServicePort> {
        let mut services = Vec::new();
        for container in &pod.containers {
            for port in &container.ports {
                let number = port.number;
                if is_task {
                    let message = "the port has no effect: nobody calls what runs to its end";
                    self.reader.diagnostics.note(port.origin, message);
                } else if services.iter().any(|known: &ServicePort| known.target == number) {
                    self.reader
                        .diagnostics
                        .error(
                            port.origin,
                            format!(
                                "another container of the component listens on port {number}, and they share a network"
                            ),
                        )
                        .fix("have one of the two listen on another port");
                } else {
                    services.push(ServicePort {
                        origin: port.origin,
                        name: None,
                        port: number,
                        target: number,
                        transport: port.transport,
                        reach: Callers::Inside,
                        allowed: None,
                    });
                }
            }
        }
        services
    }
}
