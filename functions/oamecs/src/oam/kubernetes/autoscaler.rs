//! [`HorizontalPodAutoscaler`](https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/): replicas that follow what
//! there is to do.

use indexmap::IndexMap;

use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::expression::Expr;
use crate::oam::Loader;
use crate::oam::model::Component;
use crate::oam::traits::autoscaler;
use crate::program::scaling::{Goal, Measure, Scaling};

const MEASURES: [(&str, bool); 2] = [("cpu", true), ("memory", false)];

impl Loader<'_, '_, '_> {
    /// The name of what an autoscaler scales, where it says so.
    pub(in crate::oam) fn scaled(&mut self, spec: &mut Fields) -> Option<Located<String>> {
        let mut target = self.map(spec.take("scaleTargetRef"), "a map with `kind` and `name`")?;
        let name = target.take("name")?;
        self.reader.known_text(&name)
    }

    /// Has a component scale as `spec` of an autoscaler at `origin` says.
    pub(in crate::oam) fn autoscale_as(&mut self, origin: Origin, mut spec: Fields, component: &mut Component) {
        let before = self.reader.diagnostics.errors();
        let minimum = spec.take("minReplicas").and_then(|node| self.count(&node));
        let maximum = self.needed(&mut spec, "maxReplicas", "maxReplicas: 10").and_then(|node| self.count(&node));
        let mut goals = Vec::new();
        if let Some(node) = spec.take("targetCPUUtilizationPercentage") {
            goals.extend(self.share_of(Measure::Processor, &node));
        }
        for node in self.list(spec.take("metrics"), "a list of maps with `type` and `resource`") {
            let metric = self.reader.fields(node, "a map with `type` and `resource`");
            let resource = metric.and_then(|mut metric| self.map(metric.take("resource"), "a map with `name`"));
            if let Some(resource) = resource {
                goals.extend(self.resource_metric(resource, component));
            }
        }
        let Some(maximum) = maximum.filter(|_| self.reader.diagnostics.errors() == before) else { return };
        let scaling = Scaling {
            minimum: Some(minimum.unwrap_or(Located::new(origin, Expr::Known(1)))),
            maximum,
            goals,
            schedule: Vec::new(),
            pause_after_removal: None,
            pause_after_addition: None,
        };
        autoscaler::autoscale(component, Located::new(origin, scaling), self.reader.diagnostics);
    }

    fn share_of(&mut self, measure: Measure, node: &Node) -> Option<Goal> {
        let percent = self.reader.value(node, "a percentage")?;
        autoscaler::percent(measure, percent, self.reader.diagnostics)
    }

    /// A metric of what replicas use, in the words of any version.
    fn resource_metric(&mut self, mut fields: Fields, component: &Component) -> Option<Goal> {
        let name = self.needed(&mut fields, "name", "name: cpu")?;
        let is_processor = self.reader.choice(&name, &MEASURES)?.value;
        let measure = if is_processor { Measure::Processor } else { Measure::Memory };
        let (share, amount) = (fields.take("targetAverageUtilization"), fields.take("targetAverageValue"));
        let target = self.map(fields.take("target"), "a map with `averageUtilization`");
        let mut target = target.unwrap_or_else(|| Fields::new(fields.origin, IndexMap::new()));
        let share = target.take("averageUtilization").or(share);
        let amount = target.take("averageValue").or(amount);
        if let Some(share) = share {
            return self.share_of(measure, &share);
        }
        let Some(amount) = amount else {
            self.reader
                .diagnostics
                .error(fields.origin, "the metric has no target")
                .fix("write `target: { type: Utilization, averageUtilization: 70 }`");
            return None;
        };
        let amount = self.reader.known_text(&amount)?;
        autoscaler::amount(measure, &amount, component, self.reader.diagnostics)
    }
}
