//! What a declaration says beside its document: what the tool's command line said, and what nobody could say.
//!
//! In: the properties of an `OamEcs::Rollout`. Out: [`Settings`].

use std::collections::BTreeMap;

use super::tag;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, Reader};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::program::release::{OnFailure, OnMissing, OnRemoval, Verdict, WaitFor, WhileBusy};
use crate::settings;

/// The properties of a declaration.
pub const KEYS: [&str; 12] = [
    "Defaults",
    "Document",
    "Environment",
    "ImageTag",
    "Patches",
    "SkipPostTasks",
    "SkipPreTasks",
    "SkipTasks",
    "Strict",
    "Tags",
    "Unknown",
    "Workloads",
];

/// What `Defaults` and each entry of `Workloads` may say.
pub const OPTIONS: [&str; 13] = [
    "Containers",
    "ExitPolicy",
    "Exclusive",
    "Force",
    "ImageTag",
    "OnDelete",
    "OnFailure",
    "OnMissing",
    "Run",
    "TakeOver",
    "Timeout",
    "WaitFor",
    "WhileBusy",
];

const VERDICTS: [(&str, Verdict); 3] =
    [("essential", Verdict::Essential), ("strict", Verdict::Strict), ("subject", Verdict::Subject)];
const FAILURES: [(&str, OnFailure); 2] = [("ignore", OnFailure::Ignore), ("rollback", OnFailure::RollBack)];
const MISSING: [(&str, OnMissing); 2] = [("fail", OnMissing::Fail), ("skip", OnMissing::Skip)];
const REMOVALS: [(&str, OnRemoval); 2] = [("leave", OnRemoval::Leave), ("restore", OnRemoval::Restore)];
const WAITS: [(&str, WaitFor); 2] = [("drained", WaitFor::Drained), ("stable", WaitFor::Stable)];
const BUSY: [(&str, WhileBusy); 2] = [("proceed", WhileBusy::Proceed), ("wait", WhileBusy::Wait)];
const RUNS: [(&str, bool); 2] = [("always", true), ("on-change", false)];

/// What a declaration says beside its document.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `SkipPreTasks` and `SkipTasks`: texts of which each may say that there are no tasks before.
    pub skip_pre: Vec<Expr<String>>,
    /// `SkipPostTasks` and `SkipTasks`.
    pub skip_post: Vec<Expr<String>>,
    /// `ImageTag`, and what stands under `Defaults`.
    pub defaults: Options,
    /// What stands under `Workloads`, by name.
    pub workloads: BTreeMap<String, Located<Options>>,
}

/// What is said of tasks and services.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `ImageTag`.
    pub image_tag: Option<Located<Expr<String>>>,
    /// `Containers`: tags of single ones.
    pub containers: BTreeMap<String, Located<Expr<String>>>,
    /// `ExitPolicy`, of tasks.
    pub exit_policy: Option<Located<Verdict>>,
    /// `Exclusive`, of tasks.
    pub exclusive: Option<Located<bool>>,
    /// `Force`, of services.
    pub force: Option<Located<bool>>,
    /// `OnDelete`, of services.
    pub on_delete: Option<Located<OnRemoval>>,
    /// `OnFailure`.
    pub on_failure: Option<Located<OnFailure>>,
    /// `OnMissing`, of services.
    pub on_missing: Option<Located<OnMissing>>,
    /// `Run`, of tasks: whether on every deployment.
    pub run: Option<Located<bool>>,
    /// `TakeOver`, of services.
    pub take_over: Option<Located<bool>>,
    /// `Timeout`, of tasks: seconds.
    pub timeout: Option<Located<u32>>,
    /// `WaitFor`, of services.
    pub wait_for: Option<Located<WaitFor>>,
    /// `WhileBusy`, of services.
    pub while_busy: Option<Located<WhileBusy>>,
}

impl Options {
    /// What is said that tasks make use of and services do not, by name and place.
    pub(super) fn of_tasks(&self) -> Vec<(&'static str, Origin)> {
        given([
            ("ExitPolicy", self.exit_policy.as_ref().map(|value| value.origin)),
            ("Exclusive", self.exclusive.as_ref().map(|value| value.origin)),
            ("Run", self.run.as_ref().map(|value| value.origin)),
            ("Timeout", self.timeout.as_ref().map(|value| value.origin)),
        ])
    }

    /// What is said that services make use of and tasks do not.
    pub(super) fn of_services(&self) -> Vec<(&'static str, Origin)> {
        given([
            ("Force", self.force.as_ref().map(|value| value.origin)),
            ("OnDelete", self.on_delete.as_ref().map(|value| value.origin)),
            ("OnMissing", self.on_missing.as_ref().map(|value| value.origin)),
            ("TakeOver", self.take_over.as_ref().map(|value| value.origin)),
            ("WaitFor", self.wait_for.as_ref().map(|value| value.origin)),
            ("WhileBusy", self.while_busy.as_ref().map(|value| value.origin)),
        ])
    }
}

fn given<const N: usize>(all: [(&'static str, Option<Origin>); N]) -> Vec<(&'static str, Origin)> {
    all.into_iter().filter_map(|(name, origin)| Some((name, origin?))).collect()
}

/// Reads the properties of a declaration.
pub fn read(mut fields: Fields, reader: &mut Reader<'_>) -> Settings {
    if let Some(environment) = fields.take("Environment") {
        reader
            .diagnostics
            .note(environment.origin, "`Environment` has no effect: what is released is in the document's `cluster`")
            .fix("leave it out, and write `cluster: !GetAtt Env.Cluster` where it is one's of this template");
    }
    let origin = fields.origin;
    if !settings::tags(&mut fields, reader).is_empty() {
        reader.diagnostics.note(origin, "`Tags` have no effect: nothing is made here that has any");
    }
    let [all, pre, post] =
        ["SkipTasks", "SkipPreTasks", "SkipPostTasks"].map(|key| fields.take(key).and_then(|node| skip(&node, reader)));
    let mut defaults = fields.take("Defaults").and_then(|node| options(node, reader)).unwrap_or_default();
    let image_tag = fields.take("ImageTag").and_then(|node| tag::read(&node, reader));
    defaults.image_tag = defaults.image_tag.or(image_tag);
    let workloads = entries(fields.take("Workloads"), "Workloads: { web: { ImageTag: … } }", reader);
    let workloads = workloads.into_iter().filter_map(|(name, node)| {
        let origin = node.origin;
        Some((name, Located::new(origin, options(node, reader)?)))
    });
    let workloads = workloads.gather();
    fields.finish(&KEYS, reader.diagnostics);
    Settings { skip_pre: skips(all.clone(), pre), skip_post: skips(all, post), defaults, workloads }
}

/// A switch that may be a parameter. `None`: it is off for good.
fn skip(node: &Node, reader: &mut Reader<'_>) -> Option<Expr<String>> {
    if let Kind::Deferred(_) = &node.kind {
        return reader.text(node).map(|text| text.value);
    }
    reader.any_bool(node)?.value.then(|| "true".into())
}

/// What two switches say together: one that is on for good is enough.
fn skips(all: Option<Expr<String>>, stage: Option<Expr<String>>) -> Vec<Expr<String>> {
    let both: Vec<Expr<String>> = all.into_iter().chain(stage).collect();
    match both.iter().find(|each| each.known().is_some()) {
        Some(on) => vec![on.clone()],
        None if both.len() == 2 && both.first() == both.last() => both.into_iter().take(1).collect(),
        None => both,
    }
}

/// The entries of a map; `example` shows one.
fn entries(node: Option<Node>, example: &str, reader: &mut Reader<'_>) -> Vec<(String, Node)> {
    let Some(node) = node else { return Vec::new() };
    if let Kind::Mapping(entries) = node.kind {
        return entries.into_iter().collect();
    }
    let message = format!("this must be a map, not {}", node.description());
    reader.diagnostics.error(node.origin, message).fix(format!("write a map, `{example}`"));
    Vec::new()
}

fn options(node: Node, reader: &mut Reader<'_>) -> Option<Options> {
    let mut fields = reader.fields(node, "a map, such as `{ ImageTag: … }`")?;
    let containers = entries(fields.take("Containers"), "Containers: { app: … }", reader);
    let containers = containers.into_iter().filter_map(|(name, node)| Some((name, tag::read(&node, reader)?)));
    let containers = containers.gather();
    let options = Options {
        image_tag: fields.take("ImageTag").and_then(|node| tag::read(&node, reader)),
        containers,
        exit_policy: fields.take("ExitPolicy").and_then(|node| reader.choice(&node, &VERDICTS)),
        exclusive: fields.take("Exclusive").and_then(|node| reader.any_bool(&node)),
        force: fields.take("Force").and_then(|node| reader.any_bool(&node)),
        on_delete: fields.take("OnDelete").and_then(|node| reader.choice(&node, &REMOVALS)),
        on_failure: fields.take("OnFailure").and_then(|node| reader.choice(&node, &FAILURES)),
        on_missing: fields.take("OnMissing").and_then(|node| reader.choice(&node, &MISSING)),
        run: fields.take("Run").and_then(|node| reader.choice(&node, &RUNS)),
        take_over: fields.take("TakeOver").and_then(|node| reader.any_bool(&node)),
        timeout: fields
            .take("Timeout")
            .and_then(|node| reader.known_like(&node, "a number of seconds", Some("Timeout: 1800"))),
        wait_for: fields.take("WaitFor").and_then(|node| reader.choice(&node, &WAITS)),
        while_busy: fields.take("WhileBusy").and_then(|node| reader.choice(&node, &BUSY)),
    };
    fields.finish(&OPTIONS, reader.diagnostics);
    Some(options)
}
