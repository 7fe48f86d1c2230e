//! Traits of a component, which are objects: `ManualScalerTrait`, and those of Kubernetes.
//!
//! In: an item of `traits`. Out: the component with it, or an object that waits until all components are there.

use std::collections::BTreeSet;

use super::objects::Pending;
use super::workload::{Kinded, kinded};
use super::{Context, tables};
use crate::document::{Kind, Node};
use crate::oam::Loader;
use crate::oam::model::Component;
use crate::oam::object;
use crate::oam::support::Typed;
use crate::oam::traits::scaler;

/// Applies a trait to the component `instance`, which is `None` where it could not be read. `applied` are the kinds of those before it
/// of which a component has one.
pub(super) fn apply(
    node: Node,
    instance: &str,
    component: Option<&mut Component>,
    applied: &mut BTreeSet<&'static str>,
    context: &mut Context<'_>,
    loader: &mut Loader<'_, '_, '_>,
) {
    let Some(mut fields) = loader.reader.fields(node, "a map with `trait`") else { return };
    let origin = fields.origin;
    let Some(embedded) =
        loader.needed(&mut fields, "trait", "trait: { apiVersion: core.oam.dev/v1alpha2, kind: ManualScalerTrait, … }")
    else {
        return;
    };
    let Some(mut fields) = loader.reader.fields(embedded, "an object with `apiVersion`, `kind` and `spec`") else {
        return;
    };
    let metadata = fields.take("metadata");
    let mut metadata = loader.metadata(metadata);
    let Some(Kinded { kind, mut fields }) = kinded(fields, "name", "trait", context, loader) else { return };
    if loader.settings.own.ignored_traits.has(&kind.value) {
        let message = format!("the trait `{}` is left out, as `IgnoreTraits` says", kind.value);
        loader.reader.diagnostics.note(kind.origin, message);
        return;
    }
    // What an early form of the specification has beside `name`.
    fields.take("version");
    let place = kind.origin;
    let node = Node::new(fields.origin, Kind::Mapping(fields.rest()));
    let Some(Typed { name, mut fields }) = loader.typed(tables::TRAITS, &kind, Some(node), loader.machine(instance))
    else {
        return;
    };
    if name != "ManualScalerTrait" {
        let annotations = std::mem::take(&mut metadata.annotations);
        object::note_metadata(&metadata, loader);
        let owner = Some(instance.to_owned());
        context.pending.push(Pending { origin: place, owner, kind: name, name: metadata.name, fields, annotations });
        return;
    }
    object::note_metadata(&metadata, loader);
    if !applied.insert(name) {
        loader
            .reader
            .diagnostics
            .error(place, format!("the component has a trait `{name}` already: there is one of each kind"))
            .fix("remove one of the two");
        return;
    }
    let mut spec = loader.map(fields.take("spec"), "a map with `replicaCount`");
    // What an example of the specification has.
    let replicas = spec.as_mut().and_then(|spec| spec.take("replicaCount").or_else(|| spec.take("replica")));
    let Some(replicas) = replicas else {
        loader
            .reader
            .diagnostics
            .error(origin, "the trait does not say how many replicas there are")
            .fix("write `spec: { replicaCount: 2 }`");
        return;
    };
    if let (Some(replicas), Some(component)) = (loader.count(&replicas), component) {
        scaler::scale(component, replicas, loader.reader.diagnostics);
    }
}
