//! Attributes of [v1beta1 `Application`](https://github.com/oam-dev/spec/blob/master/7.application.md) documents, and of the types
//! that [KubeVela](https://kubevela.io/docs/end-user/components/references/) has for what is in them.

mod component;
mod trait_;
mod workflow;

use super::{Section, Types};
use crate::support::{Inside, Outcome, Table, mapped, nested, note, refused};

/// The types of components.
pub(in crate::oam) const COMPONENTS: Types = Types { what: "component", table: component::TYPES };
/// The types of traits.
pub(in crate::oam) const TRAITS: Types = Types { what: "trait", table: trait_::TYPES };
/// The types of policies.
pub(in crate::oam) const POLICIES: Types = Types { what: "policy", table: workflow::POLICIES };
/// The types of steps of a workflow.
pub(in crate::oam) const STEPS: Types = Types { what: "step", table: workflow::STEPS };

/// All of them, as the documentation has them.
pub(super) static SECTIONS: &[Section] = &[
    Section { title: "`Application`", table: APPLICATION },
    Section { title: "Types of components", table: component::TYPES },
    Section { title: "Types of traits", table: trait_::TYPES },
    Section { title: "Types of policies", table: workflow::POLICIES },
    Section { title: "Types of workflow steps", table: workflow::STEPS },
    Section { title: "`ConfigMap`", table: CONFIG_MAP },
    Section { title: "`PersistentVolumeClaim`", table: CLAIM },
    Section { title: "`Secret`", table: SECRET },
];

/// The top of a document; `apiVersion`, `kind` and `metadata` are those of all OAM documents.
pub(in crate::oam) static APPLICATION: &Table =
    &[nested("spec", Inside::Map(SPEC)), note("status", "it is what a cluster says of an application")];

static SPEC: &Table = &[
    nested("components", Inside::List(COMPONENT)),
    nested("policies", Inside::List(POLICY)),
    note("rolloutPlan", "ECS replaces the tasks of a service by itself, and goes back if the new ones fail"),
    nested("workflow", Inside::Map(WORKFLOW)),
];

static COMPONENT: &Table = &[
    mapped("dependsOn"),
    note("externalRevision", "a template has no revisions of its components"),
    refused(
        "inputs",
        "values of a running component would have to be known when the stack is planned",
        "write the value itself, or a CloudFormation function that gives it, into `properties`",
    ),
    mapped("name"),
    note("outputs", "nothing takes them: a component with `inputs` would be an error"),
    mapped("properties"),
    refused("replicaKey", "a component is deployed once", "write a component of its own for each copy"),
    note("scopes", "scopes of v1beta1 only group components for a dashboard"),
    nested("traits", Inside::List(TRAIT)),
    mapped("type"),
];

static TRAIT: &Table = &[note("name", "a trait is known by its type"), mapped("properties"), mapped("type")];

static POLICY: &Table = &[mapped("name"), mapped("properties"), mapped("type")];

static WORKFLOW: &Table = &[
    mapped("mode"),
    note(
        "ref",
        "a workflow that is kept in a cluster is not run: all components are deployed, each after those that it depends on",
    ),
    nested("steps", Inside::List(STEP)),
];

static STEP: &Table = &[
    mapped("dependsOn"),
    mapped("if"),
    refused(
        "inputs",
        "the steps of a workflow are not run: a stack makes all components at once, and no step has a value for another",
        "remove the steps that pass values, and write the value itself, or a CloudFormation function that gives it, where it is needed",
    ),
    note("meta", "it is for a dashboard"),
    mapped("mode"),
    mapped("name"),
    note("outputs", "the steps of a workflow are not run"),
    mapped("properties"),
    nested("subSteps", Inside::List(SUB_STEP)),
    note("timeout", "the steps of a workflow are not run"),
    mapped("type"),
];

static SUB_STEP: &Table = &[
    mapped("dependsOn"),
    mapped("if"),
    refused(
        "inputs",
        "the steps of a workflow are not run: a stack makes all components at once, and no step has a value for another",
        "remove the steps that pass values, and write the value itself, or a CloudFormation function that gives it, where it is needed",
    ),
    note("meta", "it is for a dashboard"),
    mapped("name"),
    note("outputs", "the steps of a workflow are not run"),
    mapped("properties"),
    note("timeout", "the steps of a workflow are not run"),
    mapped("type"),
];

/// A `ConfigMap` among the documents.
pub(in crate::oam) static CONFIG_MAP: &Table = &[
    refused(
        "binaryData",
        "files that are written into a task are texts",
        "put the file into the image, or on a volume",
    ),
    mapped("data"),
    note("immutable", IMMUTABLE),
];

/// A `Secret` among the documents.
pub(in crate::oam) static SECRET: &Table = &[
    mapped("data"),
    note("immutable", IMMUTABLE),
    mapped("stringData"),
    note("type", "a secret is a text, or a text for each of its keys"),
];

/// A `PersistentVolumeClaim` among the documents.
pub(in crate::oam) static CLAIM: &Table = &[
    note(
        "spec",
        "a volume is an Amazon EFS file system, which grows with what is in it, and which all tasks write that mount it",
    ),
    note("status", "it is what a cluster says of a claim"),
];

const IMMUTABLE: &str = "tasks see a new value when their service gets a new version";
