//! Objects: what all OAM documents have in common, and who reads which.
//!
//! In: documents. Out: [`Object`]s by what they are, and of these the [`Application`](super::model::Application), by the module of
//! the version that it is written in.

use std::collections::BTreeMap;

use super::model::{Application, Labels};
use super::{Loader, support, v1alpha1, v1alpha2, v1beta1};
use crate::diagnostic::{Located, Origin};
use crate::document::{Document, Fields, Kind, Node, list, suggestion};
use crate::gather::Gather;
use crate::program::platform::Machine;
use crate::support::Table;

/// The group of OAM's own documents.
const GROUP: &str = "core.oam.dev";

/// A document that says what it is.
#[derive(Debug)]
pub(super) struct Object {
    /// Its place.
    pub(super) origin: Origin,
    /// `apiVersion`: `core.oam.dev/v1beta1`.
    pub(super) api_version: Located<String>,
    /// `kind`: `Application`.
    pub(super) kind: Located<String>,
    /// `metadata`.
    pub(super) metadata: Metadata,
    /// Whatever else there is: `spec`, as a rule.
    pub(super) fields: Fields,
}

/// [`metadata`](https://github.com/oam-dev/spec/blob/4af9e65/2.overview_and_terminology.md#metadata).
#[derive(Debug)]
pub(super) struct Metadata {
    /// `name`; the declaration's logical id where an application has none.
    pub(super) name: Option<Located<String>>,
    /// `namespace`.
    pub(super) namespace: Option<Located<String>>,
    /// `labels`.
    pub(super) labels: Labels,
    /// `annotations`.
    pub(super) annotations: Annotations,
}

/// Annotations by key, each of which is a text: what that is to say is for whoever knows the key.
pub(super) type Annotations = BTreeMap<String, Node>;

/// The documents of a declaration, by what they are. Those that are read by nobody were reported.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// `ApplicationConfiguration` and `Application`, of which there must be one.
    pub(super) applications: Vec<Object>,
    /// `ComponentSchematic` and `Component`.
    pub(super) components: Vec<Object>,
    /// Scopes as documents of their own.
    pub(super) scopes: Vec<Object>,
    /// `ConfigMap`, `Secret`, and other objects of Kubernetes that some version has a use for.
    pub(super) resources: Vec<Object>,
    /// Definitions of types of workloads and traits, which components and traits of v1alpha2 name.
    pub(super) types: Vec<Object>,
}

/// How a text begins that takes parameters for variables.
const PARAMETER: &str = "[fromParam(";

/// The keys of `metadata`: those that are read here, and a cluster's own book-keeping.
const METADATA: [&str; 11] = [
    "name",
    "namespace",
    "labels",
    "annotations",
    "creationTimestamp",
    "generateName",
    "generation",
    "resourceVersion",
    "uid",
    "ownerReferences",
    "finalizers",
];

/// What becomes of a kind of document.
#[derive(Clone, Copy)]
enum Role {
    Application,
    Component,
    Scope,
    Resource,
    /// A definition of a type that a component or a trait may name.
    Type,
    /// A definition of a type: nothing is made of it.
    Definition,
    /// Rights in a cluster, and the like.
    NoEffect(&'static str),
}

/// The kinds of documents, by the beginning of their `apiVersion`.
const KINDS: [(&str, &str, Role); 31] = [
    ("core.oam.dev/v1alpha1", "ApplicationConfiguration", Role::Application),
    ("core.oam.dev/v1alpha1", "ApplicationScope", Role::Definition),
    ("core.oam.dev/v1alpha1", "ComponentSchematic", Role::Component),
    ("core.oam.dev/v1alpha1", "Trait", Role::Definition),
    ("core.oam.dev/v1alpha1", "WorkloadType", Role::Definition),
    ("core.oam.dev/v1alpha2", "Application", Role::Application),
    ("core.oam.dev/v1alpha2", "ApplicationConfiguration", Role::Application),
    ("core.oam.dev/v1alpha2", "Component", Role::Component),
    ("core.oam.dev/v1alpha2", "HealthScope", Role::Scope),
    ("core.oam.dev/v1alpha2", "NetworkScope", Role::Scope),
    ("core.oam.dev/v1alpha2", "ScopeDefinition", Role::Definition),
    ("core.oam.dev/v1alpha2", "TraitDefinition", Role::Type),
    ("core.oam.dev/v1alpha2", "WorkloadDefinition", Role::Type),
    ("core.oam.dev/v1beta1", "Application", Role::Application),
    ("core.oam.dev/v1beta1", "ComponentDefinition", Role::Definition),
    ("core.oam.dev/v1beta1", "PolicyDefinition", Role::Definition),
    ("core.oam.dev/v1beta1", "ScopeDefinition", Role::Definition),
    ("core.oam.dev/v1beta1", "TraitDefinition", Role::Definition),
    ("core.oam.dev/v1beta1", "WorkflowStepDefinition", Role::Definition),
    ("core.oam.dev/v1beta1", "WorkloadDefinition", Role::Definition),
    ("v1", "ConfigMap", Role::Resource),
    ("v1", "Namespace", Role::NoEffect("an application has a name space of its own")),
    ("v1", "PersistentVolumeClaim", Role::Resource),
    ("v1", "Secret", Role::Resource),
    ("v1", "Service", Role::Resource),
    ("v1", "ServiceAccount", Role::Resource),
    ("rbac.authorization.k8s.io/", "", Role::NoEffect("it gives rights in a cluster, and tasks have roles instead")),
    ("autoscaling/", "HorizontalPodAutoscaler", Role::Resource),
    ("apiextensions.k8s.io/", "CustomResourceDefinition", Role::Definition),
    ("networking.k8s.io/", "Ingress", Role::Resource),
    ("extensions/", "Ingress", Role::Resource),
];

fn role(api_version: &str, kind: &str) -> Option<Role> {
    let is_meant = |(version, name, _): &&(&str, &str, Role)| {
        let is_version =
            if version.ends_with('/') { api_version.starts_with(version) } else { api_version == *version };
        is_version && (name.is_empty() || *name == kind)
    };
    KINDS.iter().find(is_meant).map(|(_, _, role)| *role)
}

impl Loader<'_, '_, '_> {
    /// The documents by what they are.
    pub(super) fn objects(&mut self, documents: Vec<Document>) -> Objects {
        let mut objects = Objects::default();
        for document in documents {
            // `---` at the end of a file, or a document of nothing but comments.
            if document.node.is_null() {
                continue;
            }
            if v1beta1::is_appfile(&document.node) {
                objects.applications.extend(self.appfile(document.node));
                continue;
            }
            let Some(object) = self.object(document.node) else { continue };
            self.sort(object, &mut objects);
        }
        objects
    }

    /// Puts an object where those are that read it; what is made of one that nobody reads is told.
    pub(super) fn sort(&mut self, object: Object, objects: &mut Objects) {
        let (api_version, kind) = (object.api_version.value.clone(), object.kind.value.clone());
        let role = role(&api_version, &kind);
        if matches!(role, Some(Role::Application | Role::Component | Role::Scope)) {
            object.fields.iter().for_each(|(key, node)| self.report_parameters(key, node));
        }
        match role {
            Some(Role::Application) => objects.applications.push(object),
            Some(Role::Component) => objects.components.push(object),
            Some(Role::Scope) => objects.scopes.push(object),
            Some(Role::Resource) => objects.resources.push(object),
            Some(Role::Type) => objects.types.push(object),
            Some(Role::Definition) => self.note_definition(&object),
            Some(Role::NoEffect(why)) => {
                self.reader.diagnostics.note(object.kind.origin, format!("`{kind}` has no effect: {why}"));
            }
            None => self.unknown_object(&object),
        }
    }

    /// Reports texts with `[fromParam(…)]`, which looks like `[fromVariable(…)]` and is none: no version of OAM replaces it.
    fn report_parameters(&mut self, key: &str, node: &Node) {
        match &node.kind {
            Kind::Text(text) if text.contains(PARAMETER) => {
                let message =
                    format!("`{PARAMETER}…)]` is no value: a parameter stands for a whole value, not in a text");
                self.reader.diagnostics.error(node.origin, message).fix(
                    "write the value, or a CloudFormation function; in v1alpha1 `fromParam: <name>` instead of `value`, where there is one",
                );
            }
            // Nothing is read of these.
            Kind::Mapping(_) | Kind::Sequence(_) if key == "workloadSettings" => {}
            Kind::Mapping(entries) => entries.iter().for_each(|(key, node)| self.report_parameters(key, node)),
            Kind::Sequence(items) => items.iter().for_each(|node| self.report_parameters(key, node)),
            _ => {}
        }
    }

    /// Notes a definition of a type, of which nothing is made.
    pub(super) fn note_definition(&mut self, object: &Object) {
        let kind = &object.kind.value;
        let message = format!(
            "the definition has no effect: what `{kind}` documents define is known to OamEcs, or is not available"
        );
        self.reader.diagnostics.note(object.kind.origin, message);
    }

    /// What a document is.
    pub(super) fn object(&mut self, node: Node) -> Option<Object> {
        let origin = node.origin;
        let mut fields = self.reader.fields(node, "an OAM document, a map with `apiVersion` and `kind`")?;
        let api_version = self.needed(&mut fields, "apiVersion", "apiVersion: core.oam.dev/v1beta1");
        let api_version = api_version.and_then(|node| self.reader.known_text(&node));
        let kind = self.needed(&mut fields, "kind", "kind: Application");
        let kind = kind.and_then(|node| self.reader.known_text(&node));
        let metadata = fields.take("metadata");
        let metadata = self.metadata(metadata);
        Some(Object { origin, api_version: api_version?, kind: kind?, metadata, fields })
    }

    /// What an object says of itself.
    pub(super) fn metadata(&mut self, node: Option<Node>) -> Metadata {
        let mut metadata =
            Metadata { name: None, namespace: None, labels: Labels::new(), annotations: Annotations::new() };
        let Some(mut fields) = node.and_then(|node| self.reader.fields(node, "a map with `name`")) else {
            return metadata;
        };
        metadata.name = fields.take("name").and_then(|node| self.reader.known_text(&node));
        metadata.namespace = fields.take("namespace").and_then(|node| self.reader.known_text(&node));
        metadata.labels = fields.take("labels").map(|node| self.labels(node)).unwrap_or_default();
        metadata.annotations = self.texts(fields.take("annotations"));
        fields.finish(&METADATA, self.reader.diagnostics);
        metadata
    }

    /// Annotations; one that is null is not there.
    pub(super) fn texts(&mut self, node: Option<Node>) -> Annotations {
        let entries = self.map(node, "a map of texts").map(Fields::rest).unwrap_or_default().into_iter();
        entries.filter(|(_, node)| !node.is_null() && self.reader.text(node).is_some()).gather()
    }

    /// Labels; one that is null is not there.
    pub(super) fn labels(&mut self, node: Node) -> Labels {
        let Some(fields) = self.reader.fields(node, "a map of texts") else { return Labels::new() };
        let entries = fields.rest().into_iter().filter(|(_, node)| !node.is_null());
        entries.filter_map(|(key, node)| Some((key, self.reader.text(&node)?))).gather()
    }

    fn unknown_object(&mut self, object: &Object) {
        let (version, kind) = (&object.api_version.value, &object.kind.value);
        let kinds = || KINDS.iter().filter(|(of, _, _)| of == version).map(|(_, kind, _)| *kind);
        let error = if version.starts_with(GROUP) && kinds().next().is_some() {
            let error = self
                .reader
                .diagnostics
                .error(object.kind.origin, format!("`{version}` has no documents of the kind `{kind}`"));
            (error, suggestion(kind, kinds()))
        } else if version.starts_with(GROUP)
            || version.ends_with(".oam.dev")
            || KINDS.iter().any(|(_, name, _)| name == kind && !matches!(*name, "Secret" | "Service"))
        {
            let versions: Vec<&str> =
                ["core.oam.dev/v1alpha1", "core.oam.dev/v1alpha2", "core.oam.dev/v1beta1"].to_vec();
            let message =
                format!("there is no version `{version}` of OAM documents: the versions are {}", list(&versions));
            // The kind tells the version better than what is written for it.
            let near = KINDS.iter().find(|(of, name, _)| *name == kind && versions.contains(of)).map(|(of, _, _)| *of);
            let near = near.or_else(|| suggestion(version, versions));
            (self.reader.diagnostics.error(object.api_version.origin, message), near)
        } else {
            let message = format!("`{kind}` of `{version}` is an object of a Kubernetes cluster, and there is none");
            let error = self.reader.diagnostics.error(object.kind.origin, message);
            error.fix(
                "remove it, and describe what runs as a component; what is of AWS goes into the template's `Resources`",
            );
            return;
        };
        match error {
            (error, Some(near)) => error.fix(format!("did you mean `{near}`?")),
            (error, None) => error.fix("write a document of OAM, or remove it"),
        }
    }

    /// The one application among the documents.
    pub(super) fn application(&mut self, mut objects: Objects) -> Option<Application> {
        let applications = std::mem::take(&mut objects.applications);
        let mut applications = applications.into_iter();
        let Some(object) = applications.next() else {
            // What could have been one was reported.
            if self.reader.diagnostics.errors() == 0 {
                self.reader
                    .diagnostics
                    .error(self.settings.origin, "there is no application among the documents")
                    .fix("add an `Application`, or an `ApplicationConfiguration` of the components");
            }
            // They are wrong whatever is added.
            v1alpha1::check_types(objects.components, self);
            return None;
        };
        for other in applications {
            self.reader
                .diagnostics
                .error(other.kind.origin, "there is an application already: a declaration has one")
                .fix("write a declaration of the type `OamEcs::Application` for each");
        }
        let kind = (object.api_version.value.as_str(), object.kind.value.as_str());
        if kind != ("core.oam.dev/v1alpha2", "ApplicationConfiguration") {
            for definition in std::mem::take(&mut objects.types) {
                self.note_definition(&definition);
            }
        }
        match kind {
            ("core.oam.dev/v1alpha1", _) => v1alpha1::load(object, objects, self),
            ("core.oam.dev/v1alpha2", "ApplicationConfiguration") => v1alpha2::load(object, objects, self),
            _ => v1beta1::load(object, objects, self),
        }
    }

    /// The name of an application: its document's, or else the declaration's logical id.
    pub(super) fn application_name(&self, metadata: &Metadata) -> Located<String> {
        metadata
            .name
            .clone()
            .unwrap_or_else(|| Located::new(self.settings.origin, self.settings.id.to_ascii_lowercase()))
    }
}

/// What a document says in `spec`, without what is not in `table`, or has no effect or no place there: that was reported.
pub(super) fn spec(
    origin: Origin,
    fields: Fields,
    table: &'static Table,
    what: &str,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Fields> {
    let document = Node::new(origin, Kind::Mapping(fields.rest()));
    let document = support::check(document, table, Machine::Fargate, loader.reader.diagnostics);
    let mut document = loader.reader.fields(document, "a map")?;
    match document.take("spec") {
        Some(node) => loader.reader.fields(node, what),
        None => Some(Fields::new(origin, indexmap::IndexMap::new())),
    }
}

/// The annotation that says what something is for.
pub(super) const DESCRIPTION: &str = "description";

/// Annotations that the specification has for readers: nothing is expected of them.
const FOR_READERS: [&str; 2] = [DESCRIPTION, "version"];

/// The labels of an application, and its description with them, which a tag can tell as well.
pub(super) fn labels_of(metadata: &Metadata, loader: &mut Loader<'_, '_, '_>) -> Labels {
    let mut labels = metadata.labels.clone();
    let description = metadata.annotations.get(DESCRIPTION).and_then(|node| loader.reader.text(node));
    let Some(description) = description else { return labels };
    let is_allowed = |letter: char| letter.is_alphanumeric() || letter == ' ' || "_.:/=+-@".contains(letter);
    let is_tag =
        description.value.known().is_none_or(|text| text.chars().count() <= 256 && text.chars().all(is_allowed));
    if is_tag {
        labels.entry(DESCRIPTION.to_owned()).or_insert(description);
    } else {
        let message = "the description is no tag: that has at most 256 letters, digits, spaces and `_.:/=+-@`";
        loader.reader.diagnostics.note(description.origin, message);
    }
    labels
}

/// Reports what is said of an object and has no effect.
pub(super) fn note_metadata(metadata: &Metadata, loader: &mut Loader<'_, '_, '_>) {
    let Metadata { name: _, namespace, labels: _, annotations } = metadata;
    if let Some(namespace) = namespace {
        let message = "`namespace` has no effect: the stack that an application is in keeps it apart from others";
        loader.reader.diagnostics.note(namespace.origin, message);
    }
    for (key, value) in annotations {
        if !FOR_READERS.contains(&key.as_str()) {
            let message = format!("the annotation `{key}` has no effect: there is nothing on ECS that it could tell");
            loader.reader.diagnostics.note(value.origin, message).fix("write it as a label to have it as a tag");
        }
    }
}
