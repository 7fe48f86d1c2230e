//! Components by their types: `webservice`, `worker`, `task`, `cron-task`, `statefulset`, `daemon`.
//!
//! In: a [`Draft`]. Out: the [`Component`], with what its traits make of it. The types differ in when a component runs; what is in it
//! is read in one way.

use super::super::Loader;
use super::super::kubernetes::resources::Resources;
use super::super::model::{Component, Container, Pod, Workload};
use super::super::support::v1beta1::COMPONENTS;
use super::draft::Draft;
use super::names;
use crate::diagnostic::Located;
use crate::document::{Fields, Node};

/// How often a task is tried that is to be started again when it fails, as on Kubernetes.
const RETRIES: u32 = 6;

/// What becomes of a task that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Restart {
    Never,
    OnFailure,
}

const RESTARTS: [(&str, Restart); 2] = [("Never", Restart::Never), ("OnFailure", Restart::OnFailure)];

/// The annotation by which a cluster on AWS gives a component a role.
const ROLE_ANNOTATION: &str = "eks.amazonaws.com/role-arn";

impl Loader<'_, '_, '_> {
    /// A component. `None` where its type is none, which was reported.
    pub(super) fn component(&mut self, draft: Draft, resources: &Resources) -> Option<Component> {
        let Draft { origin, name, kind, properties, traits, depends_on: _ } = draft;
        let machine = self.machine(&name.value);
        let typed = self.typed(COMPONENTS, &kind, properties, machine)?;
        let mut fields = typed.fields;
        // Where the properties as a whole are missing, so is the component's image.
        fields.origin = if fields.origin == kind.origin { origin } else { fields.origin };
        let mut container = self.container(origin, name.clone(), &mut fields, resources);
        let workload = Located::new(kind.origin, self.workload(typed.name, &mut fields)?);
        let mut component = Component::new(origin, workload, Pod::default());
        component.replicas = fields.take("count").and_then(|node| self.count(&node));
        self.ports(&mut fields, &mut container, &mut component.ports);
        component.pod.retries = self.retries(&mut fields, &component.workload.value);
        self.mounts(&mut fields, &mut container, &mut component.pod, resources);
        component.pod.containers.push(container);
        if let Some(labels) = fields.take("labels") {
            self.change_labels(&mut component, labels);
        }
        if let Some(annotations) = fields.take("annotations") {
            self.annotations(&mut component, annotations);
        }
        for each in traits {
            self.apply_trait(each, &mut component, machine, resources);
        }
        if matches!(component.workload.value, Workload::Server) && component.ports.is_empty() {
            self.reader
                .diagnostics
                .note(
                    component.workload.origin,
                    "the component has no ports: it runs as a worker does, and nobody is told where to call it",
                )
                .fix("add the ports that it listens on, or write `type: worker`");
        }
        self.give_image(&name.value, &name.value, &mut component.pod);
        Some(component)
    }

    fn workload(&mut self, kind: &str, fields: &mut Fields) -> Option<Workload> {
        Some(match kind {
            names::CRON_TASK => Workload::CronTask(self.cron_task(fields)?),
            names::DAEMON => Workload::Daemon,
            names::STATEFUL_SET => Workload::Stateful,
            names::TASK => Workload::Task,
            names::WORKER => Workload::Worker,
            _ => Workload::Server,
        })
    }

    fn retries(&mut self, fields: &mut Fields, workload: &Workload) -> Option<Located<u32>> {
        let restart = fields.take("restart").and_then(|node| self.reader.choice(&node, &RESTARTS))?;
        if restart.value == Restart::Never {
            return None;
        }
        if let Workload::CronTask(_) = workload {
            let message = "`OnFailure` has no effect: a task that fails is not tried again, it runs at the next time";
            self.reader.diagnostics.note(restart.origin, message);
            return None;
        }
        Some(Located::new(restart.origin, RETRIES))
    }

    /// Adds labels; one that is null is taken away.
    pub(super) fn change_labels(&mut self, component: &mut Component, node: Node) {
        let entries = self.map(Some(node), "a map of texts").map(Fields::rest).unwrap_or_default();
        for (key, node) in entries {
            if node.is_null() {
                component.labels.remove(&key);
            } else if let Some(value) = self.reader.text(&node) {
                component.labels.insert(key, value);
            }
        }
    }

    /// Annotations are for controllers of a cluster. One of them gives a role, which a task has as well.
    pub(in crate::oam) fn annotations(&mut self, component: &mut Component, node: Node) {
        let origin = node.origin;
        let mut fields = self.map(Some(node), "a map of texts");
        if let Some(role) = fields.as_mut().and_then(|fields| fields.take(ROLE_ANNOTATION)) {
            component.pod.role = self.reader.text(&role);
        }
        let rest = fields.map(Fields::rest).unwrap_or_default();
        if rest.values().any(|node| !node.is_null()) {
            let message = "annotations have no effect: they are for the controllers of a cluster";
            self.reader.diagnostics.note(origin, message).fix("write what a tag is to say under `labels`");
        }
    }

    /// Takes the whole of a container over another of the same name.
    pub(super) fn overlay_container(under: &mut Container, over: Container) {
        under.image = over.image.or(under.image.take());
        under.command = over.command.or(under.command.take());
        under.args = over.args.or(under.args.take());
        under.liveness = over.liveness.or(under.liveness.take());
        under.readiness = over.readiness.or(under.readiness.take());
        under.env.extend(over.env);
        under.mounts.extend(over.mounts);
    }
}
