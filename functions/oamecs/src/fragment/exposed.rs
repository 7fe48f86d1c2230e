//! Which parameters the author hides, and anybody reads nonetheless.
//!
//! In: the finished template. Out: advice for each `NoEcho` parameter that task definitions hold the value of:
//! CloudFormation shows it to nobody, ECS to whoever may describe them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Spliced;
use super::early::is_hidden;
use super::spliced::Entry;
use crate::cloudformation::Reference;
use crate::diagnostic::{Diagnostics, Origin};

/// What ECS shows.
const SHOWN: &str = "AWS::ECS::TaskDefinition";

/// Says which hidden parameters are shown.
pub(super) fn advise(spliced: &Spliced, diagnostics: &mut Diagnostics) {
    let parameters = spliced.fragment.get("Parameters").and_then(Json::as_object);
    let hidden = |name: &str| parameters.and_then(|all| all.get(name)).is_some_and(is_hidden);
    let mut shown: BTreeMap<&str, Origin> = BTreeMap::new();
    for entry in spliced.resources.values() {
        let Entry::Generated(resource) = entry else { continue };
        if resource.kind != SHOWN {
            continue;
        }
        for (reference, _) in resource.properties.survey().references() {
            if let Reference::Ref(name) = reference
                && hidden(name)
            {
                shown.entry(name).or_insert(resource.origin);
            }
        }
    }
    for (name, origin) in shown {
        diagnostics
            .advice(
                origin,
                format!("the value of `{name}` is not hidden: ECS shows it to whoever may describe task definitions"),
            )
            .fix("give it to the container as a secret");
    }
}
