//! [`manual-scaler`](https://github.com/oam-dev/spec/blob/4af9e65/5.traits.md#manual-scaler): how many replicas there are.

use crate::diagnostic::Origin;
use crate::document::Fields;
use crate::oam::Loader;
use crate::oam::model::Component;
use crate::oam::traits::scaler;

pub(super) fn apply(origin: Origin, mut fields: Fields, component: &mut Component, loader: &mut Loader<'_, '_, '_>) {
    let Some(node) = fields.take("replicaCount") else {
        loader
            .reader
            .diagnostics
            .error(origin, "the trait does not say how many replicas there are")
            .fix("write `properties: { replicaCount: 2 }`");
        return;
    };
    if let Some(replicas) = loader.count(&node) {
        scaler::scale(component, replicas, loader.reader.diagnostics);
    }
}
