//! How many replicas there are: `scaler`, `rollout`, `cpuscaler`, `hpa`.

use super::super::super::Loader;
use super::super::super::model::Component;
use super::super::super::traits::{autoscaler, scaler};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::expression::Expr;
use crate::program::scaling::{Goal, Measure, Scaling};

/// What KubeVela takes where nothing is said.
const MINIMUM: u32 = 1;
const MAXIMUM: u32 = 10;
const PERCENT: f64 = 50.0;

/// What a goal of `hpa` is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GoalType {
    Utilization,
    AverageValue,
}

const GOAL_TYPES: [(&str, GoalType); 2] =
    [("AverageValue", GoalType::AverageValue), ("Utilization", GoalType::Utilization)];

impl Loader<'_, '_, '_> {
    /// Sets the number of replicas.
    pub(super) fn scale(&mut self, replicas: Option<Node>, component: &mut Component) {
        if let Some(replicas) = replicas.and_then(|node| self.count(&node)) {
            scaler::scale(component, replicas, self.reader.diagnostics);
        }
    }

    /// Follows the use of processors.
    pub(super) fn cpu_scaler(&mut self, mut fields: Fields, component: &mut Component) {
        let origin = fields.origin;
        let (percent, alias) = (fields.take("cpuUtil"), fields.take("cpuPercent"));
        if let Some(alias) = &alias {
            self.reader
                .diagnostics
                .note(alias.origin, "`cpuPercent` is read as `cpuUtil`, which is its name")
                .fix("write `cpuUtil`");
        }
        let percent = self.percent(percent.or(alias), origin);
        let goals = percent
            .and_then(|percent| autoscaler::percent(Measure::Processor, percent, self.reader.diagnostics))
            .into_iter()
            .collect();
        self.autoscale(fields, goals, component);
    }

    /// Follows the use of processors, and of memory where that is said.
    pub(super) fn hpa(&mut self, mut fields: Fields, component: &mut Component) {
        let origin = fields.origin;
        let cpu = self.map(fields.take("cpu"), "a map with `type` and `value`");
        let memory = self.map(fields.take("mem"), "a map with `type` and `value`");
        let mut goals = Vec::new();
        goals.extend(match cpu {
            Some(cpu) => self.goal(Measure::Processor, cpu, component),
            None => autoscaler::percent(
                Measure::Processor,
                Located::new(origin, Expr::Known(PERCENT)),
                self.reader.diagnostics,
            ),
        });
        goals.extend(memory.and_then(|memory| self.goal(Measure::Memory, memory, component)));
        self.autoscale(fields, goals, component);
    }

    fn autoscale(&mut self, mut fields: Fields, goals: Vec<Goal>, component: &mut Component) {
        let origin = fields.origin;
        // A goal that is none was reported.
        if goals.is_empty() {
            return;
        }
        let mut bound = |key: &str, otherwise: u32| {
            let bound = fields.take(key).and_then(|node| self.count(&node));
            bound.unwrap_or(Located::new(origin, Expr::Known(otherwise)))
        };
        let scaling = Scaling {
            minimum: Some(bound("min", MINIMUM)),
            maximum: bound("max", MAXIMUM),
            goals,
            schedule: Vec::new(),
            pause_after_removal: None,
            pause_after_addition: None,
        };
        autoscaler::autoscale(component, Located::new(origin, scaling), self.reader.diagnostics);
    }

    fn percent(&mut self, node: Option<Node>, origin: Origin) -> Option<Located<Expr<f64>>> {
        match node {
            Some(node) => self.reader.value(&node, "a number"),
            None => Some(Located::new(origin, Expr::Known(PERCENT))),
        }
    }

    /// A goal of `hpa`.
    fn goal(&mut self, measure: Measure, mut fields: Fields, component: &Component) -> Option<Goal> {
        let kind = fields.take("type").and_then(|node| self.reader.choice(&node, &GOAL_TYPES));
        let value = fields.take("value");
        if kind.is_some_and(|kind| kind.value == GoalType::AverageValue) {
            let amount = self.reader.known_text(&value?)?;
            return autoscaler::amount(measure, &amount, component, self.reader.diagnostics);
        }
        let percent = self.percent(value, fields.origin)?;
        autoscaler::percent(measure, percent, self.reader.diagnostics)
    }
}
