//! Types of [policies](https://kubevela.io/docs/end-user/policies/references/) and of
//! [steps](https://kubevela.io/docs/end-user/workflow/built-in-workflow-defs/).

use super::super::super::v1beta1::names;
use super::{Inside, Table, mapped, nested, note, refused};

const ONE_PLACE: &str = "a stack is deployed to its own account and region";
const DRIFT: &str = "CloudFormation changes a resource only when its template does, and leaves it alone in between";
const NOT_RUN: &str = "the steps of a workflow are not run: a stack makes all that the document describes, or nothing";
const NO_WAIT: &str = "an update of a stack does not stop half-way; review its change set before it is executed";
const NO_VALUES: &str = "the steps of a workflow are not run, and nothing takes a value of one";
const NO_CLUSTER: &str = "there is no cluster to apply it to";
const TERRAFORM: &str = "there is no Terraform controller";

/// Policies.
pub(super) static POLICIES: &Table = &[
    note("apply-once", DRIFT),
    nested(names::ENV_BINDING, Inside::Map(ENV_BINDING)),
    note(
        "garbage-collect",
        "what a new version of the template no longer has goes with the update, what others depend on last, and with `keepLegacyResource` too; file systems and secrets stay",
    ),
    note(
        "health",
        "ECS waits for the tasks of a service to become healthy, and goes back to the former version if they do not",
    ),
    nested(names::OVERRIDE, Inside::Map(OVERRIDE)),
    note("read-only", DRIFT),
    refused("replication", "a component is deployed once", "write a component of its own for each copy"),
    note("resource-update", "CloudFormation knows which changes replace a resource"),
    note("shared-resource", "a resource belongs to one stack"),
    note("take-over", "a stack makes its resources itself; to adopt those that exist, import them into it"),
    note("topology", ONE_PLACE),
];

static OVERRIDE: &Table = &[nested("components", Inside::List(PATCH)), mapped("selector")];

static PATCH: &Table = &[
    note("externalRevision", "a template has no revisions of its components"),
    mapped("name"),
    mapped("properties"),
    nested("traits", Inside::List(PATCHED_TRAIT)),
    mapped("type"),
];

static PATCHED_TRAIT: &Table = &[mapped("disable"), mapped("properties"), mapped("type")];

static ENV_BINDING: &Table =
    &[note("created", "it is a cluster's own book-keeping"), nested("envs", Inside::List(ENV))];

static ENV: &Table = &[
    mapped("name"),
    nested("patch", Inside::Map(ENV_PATCH)),
    note("placement", ONE_PLACE),
    nested("selector", Inside::Map(SELECTOR)),
];

static ENV_PATCH: &Table = &[nested("components", Inside::List(PATCH))];

static SELECTOR: &Table = &[mapped("components")];

/// Steps.
pub(super) static STEPS: &Table = &[
    note("addon-operation", NO_CLUSTER),
    mapped(names::APPLY_APPLICATION),
    mapped(names::APPLY_APPLICATION_IN_PARALLEL),
    nested(names::APPLY_COMPONENT, Inside::Map(APPLY_COMPONENT)),
    refused(
        "apply-deployment",
        "a step that makes a workload of its own is hidden from the application",
        "write it as a component of the type `webservice`",
    ),
    nested(names::APPLY_OBJECT, Inside::Map(APPLY_OBJECT)),
    mapped(names::APPLY_REMAINING),
    refused("apply-terraform-config", TERRAFORM, "write what it makes as resources of the template"),
    refused("apply-terraform-provider", TERRAFORM, "write what it makes as resources of the template"),
    refused("build-push-image", "a template builds nothing", "build the image before, and name it in the component"),
    note("check-metrics", NOT_RUN),
    note("clean-jobs", NOT_RUN),
    note("collect-service-endpoints", NO_VALUES),
    note("create-config", NO_CLUSTER),
    note("delete-config", NO_CLUSTER),
    note(
        "depends-on-app",
        "the order of declarations in a template is said by `DependsOn`, and that of stacks by their exports",
    ),
    nested(names::DEPLOY, Inside::Map(DEPLOY)),
    nested(names::DEPLOY_TO_ENV, Inside::Map(DEPLOY_TO_ENV)),
    note("deploy2runtime", ONE_PLACE),
    note("export-data", NO_VALUES),
    note("export-service", NO_VALUES),
    note("export2config", NO_VALUES),
    note("export2secret", NO_VALUES),
    note("generate-jdbc-connection", NO_VALUES),
    note("list-config", NO_VALUES),
    nested(names::MULTI_ENV, Inside::Map(DEPLOY_TO_ENV)),
    note("notification", NOT_RUN),
    note("print-message-in-status", NOT_RUN),
    note("read-app", NO_VALUES),
    note("read-config", NO_VALUES),
    note("read-object", NO_VALUES),
    note("request", NOT_RUN),
    nested(names::ROLLOUT_WAIT, Inside::Map(ROLLOUT_WAIT)),
    note("share-cloud-resource", ONE_PLACE),
    mapped(names::STEP_GROUP),
    note("suspend", NO_WAIT),
    note("vela-cli", NO_CLUSTER),
    note("webhook", NOT_RUN),
];

static APPLY_COMPONENT: &Table = &[note("cluster", ONE_PLACE), mapped("component"), note("namespace", ONE_PLACE)];

static APPLY_OBJECT: &Table = &[note("cluster", ONE_PLACE), mapped("value")];

static DEPLOY: &Table = &[
    note("auto", NO_WAIT),
    note("ignoreTerraformComponent", "there is no Terraform controller"),
    refused(
        "inlinePolicies",
        "policies are read where the application has them",
        "write them under `policies` of the application, and name them under `policies` of the step",
    ),
    note("parallelism", ONE_PLACE),
    mapped("policies"),
];

static DEPLOY_TO_ENV: &Table = &[mapped("env"), note("parallel", ONE_PLACE), mapped("policy")];

static ROLLOUT_WAIT: &Table = &[note("appName", "a stack has one application of a name"), mapped("component")];
