//! The workflow: which components are deployed, in which order, and with which policies.
//!
//! In: `spec.workflow`. Out: a [`Plan`], and what it makes of the components: those that no step deploys are left out, and those of
//! a step start after those of the steps before it. A stack has no steps, so that what else they do has no effect.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::Loader;
use super::super::object::{Object, Objects};
use super::super::support::v1beta1::STEPS;
use super::draft::Draft;
use super::names;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, list, suggestion};
use crate::program::platform::Machine;
use crate::support::find;

/// What a workflow does with components.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Its place; `None`: there is no workflow, or an empty one.
    origin: Option<Origin>,
    steps: Vec<Step>,
    /// The steps that deploy with policies, always.
    pub(super) deployments: Vec<Deployment>,
    /// Objects that steps apply.
    pub(super) objects: Vec<Object>,
}

/// A step that deploys the application.
#[derive(Debug)]
pub(super) struct Deployment {
    /// Its place.
    pub(super) origin: Origin,
    /// The policies that it names.
    pub(super) policies: Vec<Located<String>>,
}

/// A step that is no group.
#[derive(Debug)]
struct Step {
    origin: Origin,
    target: Target,
    /// The places of the steps before it.
    after: Vec<usize>,
}

/// What a step deploys.
#[derive(Debug)]
enum Target {
    Nothing,
    Component(Located<String>),
    /// All that no step before has deployed.
    Remaining,
}

/// How steps follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// As they stand.
    StepByStep,
    /// As they say by `dependsOn`.
    Graph,
}

const MODES: [(&str, Mode); 2] = [("DAG", Mode::Graph), ("StepByStep", Mode::StepByStep)];

/// Steps on their way into a plan.
struct Steps<'a> {
    plan: &'a mut Plan,
    /// Each named step, and the place of its end.
    ends: Vec<(String, usize)>,
    /// Places of a step and of those that it is a group of, and the name of one that they say they come after.
    links: Vec<(Range<usize>, Located<String>)>,
    sub_mode: Mode,
}

impl Loader<'_, '_, '_> {
    /// What a workflow does.
    pub(super) fn plan(&mut self, workflow: Option<Node>) -> Plan {
        let mut plan = Plan::default();
        let Some(mut fields) = self.map(workflow, "a map with `steps`") else { return plan };
        let origin = fields.origin;
        let (mode, sub_mode) = self.modes(fields.take("mode"));
        let steps = self.list(fields.take("steps"), "a list of steps");
        if steps.is_empty() {
            return plan;
        }
        plan.origin = Some(origin);
        let mut reading = Steps { plan: &mut plan, ends: Vec::new(), links: Vec::new(), sub_mode };
        self.steps(steps, mode, None, &mut reading);
        let Steps { ends, links, .. } = reading;
        for (steps, name) in links {
            let Some((_, end)) = ends.iter().find(|(other, _)| *other == name.value) else {
                let near = suggestion(&name.value, ends.iter().map(|(name, _)| name.as_str()));
                let message = format!("the workflow has no step `{}`", name.value);
                let entry = self.reader.diagnostics.error(name.origin, message);
                entry.fix(near.map_or_else(|| "correct its name".to_owned(), |near| format!("did you mean `{near}`?")));
                continue;
            };
            for step in plan.steps.get_mut(steps).unwrap_or_default() {
                step.after.push(*end);
            }
        }
        plan
    }

    /// How steps, and those of a group, follow each other.
    fn modes(&mut self, node: Option<Node>) -> (Mode, Mode) {
        let (mut mode, mut sub_mode) = (Mode::StepByStep, Mode::Graph);
        match node {
            None => {}
            Some(node @ Node { kind: Kind::Mapping(_), .. }) => {
                if let Some(mut fields) = self.reader.fields(node, "a map with `steps` and `subSteps`") {
                    let mut read = |key: &str| {
                        let node = fields.take(key)?;
                        self.reader.choice(&node, &MODES)
                    };
                    mode = read("steps").map_or(mode, |mode| mode.value);
                    sub_mode = read("subSteps").map_or(sub_mode, |mode| mode.value);
                    fields.finish(&["steps", "subSteps"], self.reader.diagnostics);
                }
            }
            Some(node) => mode = self.reader.choice(&node, &MODES).map_or(mode, |mode| mode.value),
        }
        (mode, sub_mode)
    }

    /// Reads steps that follow each other by a mode, all of them after another; gives the place of their end.
    fn steps(&mut self, nodes: Vec<Node>, mode: Mode, after: Option<usize>, reading: &mut Steps<'_>) -> Option<usize> {
        let mut ends = Vec::new();
        let mut before = after;
        for node in nodes {
            let end = self.step(node, before, reading);
            if mode == Mode::StepByStep {
                before = end.or(before);
                ends.clear();
            }
            ends.extend(end);
        }
        match ends.as_slice() {
            [] => after,
            [end] => Some(*end),
            [first, ..] => {
                // One place for the end of all.
                let origin = reading.plan.steps.get(*first)?.origin;
                reading.plan.steps.push(Step { origin, target: Target::Nothing, after: ends });
                Some(reading.plan.steps.len() - 1)
            }
        }
    }

    /// Reads a step; gives the place of its end.
    fn step(&mut self, node: Node, after: Option<usize>, reading: &mut Steps<'_>) -> Option<usize> {
        let mut fields = self.reader.fields(node, "a step, a map with `type` and `properties`")?;
        let origin = fields.origin;
        let name = fields.take("name").and_then(|node| self.reader.known_text(&node));
        let kind = self.required(&mut fields, "type", "type: deploy")?;
        let depends_on = self.names(fields.take("dependsOn"), "a list of names of steps");
        let is_conditional = self.is_conditional(fields.take("if"));
        let mode = fields.take("mode").and_then(|node| self.reader.choice(&node, &MODES));
        let sub_mode = mode.map_or(reading.sub_mode, |mode| mode.value);
        let sub_steps = self.list(fields.take("subSteps"), "a list of steps");
        let properties = fields.take("properties");
        let start = reading.plan.steps.len();
        let end = if self.type_name(&kind).value == names::STEP_GROUP {
            self.steps(sub_steps, sub_mode, after, reading)
        } else {
            let target = self.target(origin, &kind, properties, is_conditional, reading.plan);
            reading.plan.steps.push(Step { origin, target, after: after.into_iter().collect() });
            Some(start)
        };
        for other in depends_on {
            reading.links.push((start..reading.plan.steps.len(), other));
        }
        if let Some((name, end)) = name.zip(end) {
            reading.ends.push((name.value, end));
        }
        end
    }

    fn is_conditional(&mut self, node: Option<Node>) -> bool {
        let Some(node) = node else { return false };
        let is_always = matches!(&node.kind, Kind::Text(text) if text == "always") || node.kind == Kind::Bool(true);
        if !is_always {
            let message =
                "`if` has no effect: the steps of a workflow are not run, and what this one deploys is deployed";
            self.reader.diagnostics.note(node.origin, message);
        }
        !is_always
    }

    /// What a step deploys.
    fn target(
        &mut self,
        origin: Origin,
        kind: &Located<String>,
        properties: Option<Node>,
        is_conditional: bool,
        plan: &mut Plan,
    ) -> Target {
        let name = self.type_name(kind);
        let near = || suggestion(&name.value, STEPS.table.iter().map(|step| step.name));
        if find(STEPS.table, &name.value).is_none() && near().is_none() {
            let message = format!(
                "the step `{}` has no effect: it is of a platform's own, and the steps of a workflow are not run",
                name.value
            );
            self.reader
                .diagnostics
                .note(name.origin, message)
                .fix(format!("where it deploys, say of which type it is: `Aliases: {{ {}: deploy }}`", name.value));
            return Target::Nothing;
        }
        let Some(typed) = self.typed(STEPS, kind, properties, Machine::default()) else { return Target::Nothing };
        let mut properties = typed.fields;
        match typed.name {
            names::APPLY_COMPONENT | names::ROLLOUT_WAIT => self
                .required(&mut properties, "component", "component: frontend")
                .map_or(Target::Nothing, Target::Component),
            names::APPLY_OBJECT => {
                self.applied(&mut properties, plan);
                Target::Nothing
            }
            names::DEPLOY | names::DEPLOY_TO_ENV | names::MULTI_ENV => {
                let policies = self.names(properties.take("policies"), "a list of names of policies");
                if !is_conditional {
                    plan.deployments.push(Deployment { origin, policies });
                }
                Target::Remaining
            }
            _ => Target::Remaining,
        }
    }

    /// An object that a step applies, as if it were a document.
    fn applied(&mut self, properties: &mut Fields, plan: &mut Plan) {
        let Some(value) = self.needed(properties, "value", "value: { apiVersion: v1, kind: ConfigMap, … }") else {
            return;
        };
        let Some(object) = self.object(value) else { return };
        let (origin, kind) = (object.kind.origin, object.kind.value.clone());
        let mut objects = Objects::default();
        self.sort(object, &mut objects);
        let Objects { applications, components, scopes, resources, types } = objects;
        plan.objects.extend(resources);
        if !(applications.is_empty() && components.is_empty() && scopes.is_empty() && types.is_empty()) {
            let message = format!("a step applies no `{kind}`");
            self.reader.diagnostics.error(origin, message).fix("write it as a document of its own");
        }
    }

    /// Leaves out what no step deploys, and has components start in the order of the steps.
    pub(super) fn apply_plan(&mut self, plan: &Plan, drafts: &mut Vec<Draft>) {
        let Some(origin) = plan.origin else { return };
        let deployed = self.deployed(plan, drafts);
        if deployed.iter().all(Vec::is_empty) {
            if plan.steps.iter().all(|step| matches!(step.target, Target::Nothing)) && !drafts.is_empty() {
                let message = "no step of the workflow deploys a component: all of them are deployed";
                self.reader.diagnostics.note(origin, message);
            }
            return;
        }
        let diagnostics = &mut *self.reader.diagnostics;
        drafts.retain(|draft| {
            let is_deployed = deployed.iter().any(|names| names.contains(&draft.name.value));
            if !is_deployed {
                let message = format!("`{}` is not deployed: no step of the workflow names it", draft.name.value);
                diagnostics.note(draft.name.origin, message);
            }
            is_deployed
        });
        for (index, names) in deployed.iter().enumerate() {
            let Some(step) = plan.steps.get(index) else { continue };
            let mut before = BTreeSet::new();
            collect_before(index, plan, &deployed, &mut BTreeSet::new(), &mut before);
            for draft in drafts.iter_mut().filter(|draft| names.contains(&draft.name.value)) {
                for other in &before {
                    if *other != draft.name.value && !draft.depends_on.iter().any(|name| name.value == *other) {
                        draft.depends_on.push(Located::new(step.origin, other.clone()));
                    }
                }
            }
        }
    }

    /// The components that each step deploys first.
    fn deployed(&mut self, plan: &Plan, drafts: &[Draft]) -> Vec<Vec<String>> {
        let names: Vec<&str> = drafts.iter().map(|draft| draft.name.value.as_str()).collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut deployed = vec![Vec::new(); plan.steps.len()];
        for index in self.in_order(plan) {
            let (Some(step), Some(own)) = (plan.steps.get(index), deployed.get_mut(index)) else { continue };
            match &step.target {
                Target::Nothing => {}
                Target::Component(name) if names.contains(&name.value.as_str()) => {
                    if seen.insert(name.value.clone()) {
                        own.push(name.value.clone());
                    }
                }
                Target::Component(name) => {
                    let message = format!("the application has no component `{}`", name.value);
                    let near = suggestion(&name.value, names.iter().copied());
                    let entry = self.reader.diagnostics.error(name.origin, message);
                    match near {
                        Some(near) => entry.fix(format!("did you mean `{near}`?")),
                        None => entry.fix(format!("its components are {}", list(&names))),
                    }
                    // What it would have been is not known: nothing is left out for it.
                    seen.extend(names.iter().map(|name| (*name).to_owned()));
                    own.extend(names.iter().map(|name| (*name).to_owned()));
                }
                Target::Remaining => {
                    own.extend(names.iter().filter(|name| !seen.contains(**name)).map(|name| (*name).to_owned()));
                    seen.extend(own.iter().cloned());
                }
            }
        }
        deployed
    }

    /// The places of steps, each after those that it comes after.
    fn in_order(&mut self, plan: &Plan) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::new();
        let mut is_done = vec![false; plan.steps.len()];
        let mut has_circle = false;
        while order.len() < plan.steps.len() {
            let before = order.len();
            for (index, step) in plan.steps.iter().enumerate() {
                let is_free = step.after.iter().all(|other| is_done.get(*other).is_none_or(|is_done| *is_done));
                if let (Some(is_done @ false), true) = (is_done.get_mut(index), is_free || has_circle) {
                    *is_done = true;
                    order.push(index);
                }
            }
            if order.len() == before {
                has_circle = true;
                let left = plan.steps.iter().zip(&is_done).find(|(_, is_done)| !**is_done);
                if let Some((step, _)) = left {
                    self.reader
                        .diagnostics
                        .error(step.origin, "steps wait for each other, by `dependsOn`")
                        .fix("let one of them start without the next");
                }
            }
        }
        order
    }
}

/// The components of the nearest steps before one that deploy any.
fn collect_before(
    index: usize,
    plan: &Plan,
    deployed: &[Vec<String>],
    seen: &mut BTreeSet<usize>,
    before: &mut BTreeSet<String>,
) {
    let Some(step) = plan.steps.get(index) else { return };
    for other in &step.after {
        if !seen.insert(*other) {
            continue;
        }
        match deployed.get(*other) {
            Some(names) if !names.is_empty() => before.extend(names.iter().cloned()),
            _ => collect_before(*other, plan, deployed, seen, before),
        }
    }
}
