//! [Pods](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/), which are what tasks are on ECS.

use std::collections::BTreeSet;

use super::resources::Resources;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::oam::Loader;
use crate::oam::containers::{self, platform};
use crate::oam::model::Pod;
use crate::oam::names::twice;
use crate::program::platform::Processor;

/// Whose pod it is.
#[derive(Clone, Copy)]
pub(in crate::oam) struct Owner<'a> {
    /// The instance.
    pub(in crate::oam) instance: &'a str,
    /// The component that it is an instance of.
    pub(in crate::oam) component: &'a str,
}

/// What becomes of a container that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Restart {
    Always,
    Never,
    OnFailure,
}

pub(super) const RESTARTS: [(&str, Restart); 3] =
    [("Always", Restart::Always), ("Never", Restart::Never), ("OnFailure", Restart::OnFailure)];

/// Labels of nodes that say for which platform images are.
const ARCH: [&str; 2] = ["kubernetes.io/arch", "beta.kubernetes.io/arch"];
const SYSTEM: [&str; 2] = ["kubernetes.io/os", "beta.kubernetes.io/os"];

/// A pod, and what becomes of its containers when they end.
pub(super) struct Read {
    pub(super) pod: Pod,
    pub(super) restart: Option<Located<Restart>>,
}

/// Where an affinity says what nodes must be, in the words of KubeVela and of Kubernetes.
const REQUIRED: [&str; 2] = ["required", "requiredDuringSchedulingIgnoredDuringExecution"];

impl Loader<'_, '_, '_> {
    /// `spec` of a pod at `place`. `None` where it has no containers, which was reported.
    pub(super) fn pod(
        &mut self,
        spec: Option<Node>,
        place: Origin,
        owner: Owner<'_>,
        resources: &Resources,
    ) -> Option<Read> {
        let Some(spec) = spec else {
            self.reader
                .diagnostics
                .error(place, format!("`{}` does not say what runs", owner.component))
                .fix("write the `spec` of a pod with its `containers`");
            return None;
        };
        let mut fields = self.reader.fields(spec, "a map with `containers`")?;
        let origin = fields.origin;
        let mut pod = Pod {
            processor: self.node_selector(fields.take("nodeSelector")),
            termination_grace: fields.take("terminationGracePeriodSeconds").and_then(|node| self.number(&node)),
            deadline: fields.take("activeDeadlineSeconds").and_then(|node| self.number(&node)),
            ..Pod::default()
        };
        self.system(fields.take("os"));
        if let Some(affinity) = fields.take("affinity") {
            let at = affinity.origin;
            let affinity = self.map(Some(affinity), "a map with `nodeAffinity`");
            let processor = affinity.and_then(|affinity| self.affinity(at, &affinity));
            pod.processor = pod.processor.or(processor);
        }
        let (account, older) = (fields.take("serviceAccountName"), fields.take("serviceAccount"));
        pod.role =
            account.or(older).and_then(|node| self.reader.text(&node)).and_then(|name| self.account(name, resources));
        self.pod_volumes(fields.take("volumes"), &mut pod, resources);
        self.pod_containers(&mut fields, owner, &mut pod, resources);
        let user = self.map(fields.take("securityContext"), "a map with `runAsUser`").and_then(|mut security| {
            let (user, group) = (security.take("runAsUser"), security.take("runAsGroup"));
            self.user(user, group)
        });
        let secrets = self.list(fields.take("imagePullSecrets"), "a list of maps with `name`");
        let mut names = Vec::new();
        for node in secrets {
            let secret = self.reader.fields(node, "a map with `name`").and_then(|mut fields| fields.take("name"));
            names.extend(secret);
        }
        let place = names.first().map_or(origin, |node| node.origin);
        let secret =
            if names.is_empty() { None } else { self.pull_secret(Some(Node::new(place, Kind::Sequence(names)))) };
        for container in pod.containers.iter_mut().chain(&mut pod.init_containers) {
            if let Some(user) = &user {
                container.security.user.get_or_insert_with(|| user.clone());
            }
            container.pull_secret.clone_from(&secret);
        }
        if pod.containers.is_empty() {
            containers::report_none(origin, owner.component, self);
            return None;
        }
        let restart = fields.take("restartPolicy").and_then(|node| self.reader.choice(&node, &RESTARTS));
        Some(Read { pod, restart })
    }

    fn pod_containers(&mut self, fields: &mut Fields, owner: Owner<'_>, pod: &mut Pod, resources: &Resources) {
        let is_given = self.given_image(owner.instance, owner.component).is_some();
        let mut names = BTreeSet::new();
        let what = "a list of maps with `name` and `image`";
        for (index, node) in self.list(fields.take("containers"), what).into_iter().enumerate() {
            let Some(read) = self.pod_container(node, is_given && index == 0, pod, resources) else { continue };
            if let Some(seconds) = read.sleep {
                self.sleep(&seconds, pod);
            }
            if names.insert(read.container.name.value.clone()) {
                pod.containers.push(read.container);
            } else {
                twice(&read.container.name, "container", self);
            }
        }
        self.give_image(owner.instance, owner.component, pod);
        for node in self.list(fields.take("initContainers"), what) {
            let Some(read) = self.pod_container(node, false, pod, resources) else { continue };
            if !names.insert(read.container.name.value.clone()) {
                twice(&read.container.name, "container", self);
            } else if let Some(Located { origin, value: Restart::Always }) = read.restart {
                let message = format!(
                    "`{}` starts together with the other containers, not before them: it is there as long as they are",
                    read.container.name.value
                );
                self.reader.diagnostics.note(origin, message);
                pod.containers.push(read.container);
            } else {
                pod.init_containers.push(read.container);
            }
        }
    }

    /// The instruction set that `nodeSelector` asks for.
    fn node_selector(&mut self, node: Option<Node>) -> Option<Located<Processor>> {
        let mut fields = self.map(node, "a map of labels")?;
        let arch = ARCH.iter().find_map(|label| fields.take(label));
        for system in SYSTEM.iter().filter_map(|label| fields.take(label)) {
            self.is_linux(&system);
        }
        if let Some(other) = fields.rest().values().next() {
            let message =
                "`nodeSelector` has no effect beyond the platform of images: there are no nodes to choose from";
            self.reader.diagnostics.note(other.origin, message);
        }
        let arch = self.reader.known_text(&arch?)?;
        platform::processor(&arch, self)
    }

    /// The instruction set that an affinity to nodes requires. The rest of it has no effect.
    pub(in crate::oam) fn affinity(&mut self, origin: Origin, fields: &Fields) -> Option<Located<Processor>> {
        let required = fields.get("nodeAffinity").and_then(|node| REQUIRED.iter().find_map(|key| node.get(key)));
        let terms = items(required.and_then(|required| required.get("nodeSelectorTerms")));
        let expressions: Vec<&Node> = terms.iter().flat_map(|term| items(term.get("matchExpressions"))).collect();
        let mut archs = Vec::new();
        for expression in &expressions {
            let text = |key: &str| match expression.get(key).map(|node| &node.kind) {
                Some(Kind::Text(text)) => text.as_str(),
                _ => "",
            };
            if let (true, "In", [value]) =
                (ARCH.contains(&text("key")), text("operator"), items(expression.get("values")))
            {
                archs.push(value.clone());
            }
        }
        let is_all = archs.len() == expressions.len() && fields.iter().count() == 1;
        if archs.is_empty() || !is_all {
            let message = "affinity has no effect beyond the platform of images: there are no nodes to choose from, and tasks are spread over zones";
            self.reader.diagnostics.note(origin, message);
        }
        let arch = self.reader.known_text(archs.first()?)?;
        platform::processor(&arch, self)
    }

    fn system(&mut self, node: Option<Node>) {
        let name = self.map(node, "a map with `name`").and_then(|mut fields| fields.take("name"));
        if let Some(name) = name {
            self.is_linux(&name);
        }
    }

    fn is_linux(&mut self, node: &Node) {
        if let Some(system) = self.reader.known_text(node) {
            platform::system(&system, self);
        }
    }
}

/// What a node holds as a list.
fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.kind) {
        Some(Kind::Sequence(items)) => items,
        _ => &[],
    }
}
