//! `auto-scaler`, of the reference implementation: replicas that follow what there is to do.

use crate::diagnostic::{Located, Origin};
use crate::document::Fields;
use crate::expression::Expr;
use crate::oam::Loader;
use crate::oam::model::Component;
use crate::oam::traits::autoscaler;
use crate::program::scaling::{Measure, Scaling};

/// The bounds where none are given, as the documentation of the reference implementation has them.
const MINIMUM: u32 = 1;
const MAXIMUM: u32 = 10;

pub(super) fn apply(origin: Origin, mut fields: Fields, component: &mut Component, loader: &mut Loader<'_, '_, '_>) {
    let count = |key: &str, default: u32, fields: &mut Fields, loader: &mut Loader<'_, '_, '_>| {
        fields.take(key).map_or(Some(Located::new(origin, Expr::Known(default))), |node| loader.count(&node))
    };
    let minimum = count("minimum", MINIMUM, &mut fields, loader);
    let maximum = count("maximum", MAXIMUM, &mut fields, loader);
    let mut goals = Vec::new();
    let mut is_read = true;
    for (key, measure) in [("cpu", Measure::Processor), ("memory", Measure::Memory)] {
        let Some(node) = fields.take(key) else { continue };
        let target = loader.reader.value::<f64>(&node, "a percentage");
        let goal = target.and_then(|target| autoscaler::percent(measure, target, loader.reader.diagnostics));
        is_read &= goal.is_some();
        goals.extend(goal);
    }
    let (Some(minimum), Some(maximum), true) = (minimum, maximum, is_read) else { return };
    let scaling = Scaling {
        minimum: Some(minimum),
        maximum,
        goals,
        schedule: Vec::new(),
        pause_after_removal: None,
        pause_after_addition: None,
    };
    autoscaler::autoscale(component, Located::new(origin, scaling), loader.reader.diagnostics);
}
