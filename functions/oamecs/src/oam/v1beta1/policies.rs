//! Policies: what is laid over the components before anything else is read of them.
//!
//! In: `spec.policies`, which of them the workflow deploys with, and which the declaration chooses by `Policies`. Out: the
//! components with those that count. A document may hold what differs from one environment to the next, and a stack is one of them:
//! where it is not clear which, it must be said.

use super::super::Loader;
use super::super::support::plain;
use super::super::support::v1beta1::POLICIES;
use super::draft::{Draft, DraftTrait, lay_properties_over};
use super::names;
use super::workflow::Plan;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node, list, suggestion};
use crate::program::platform::Machine;

/// Something that is laid over components: an `override` policy, or an environment of `env-binding`.
#[derive(Clone, Debug)]
pub(super) struct Overlay {
    origin: Origin,
    /// The name by which it is chosen.
    name: String,
    /// Other names of it: an environment's own, without that of its policy.
    alias: Option<String>,
    /// Whether it counts only where it is chosen.
    is_optional: bool,
    patches: Vec<Patch>,
    /// The components that are deployed; `None`: all.
    selector: Option<Vec<Located<String>>>,
}

/// What is laid over some components.
#[derive(Clone, Debug)]
struct Patch {
    /// The name, in which `*` stands for characters; `None`: any.
    name: Option<Located<String>>,
    /// The type; `None`: any.
    kind: Option<Located<String>>,
    properties: Option<Node>,
    traits: Vec<(DraftTrait, bool)>,
}

impl Loader<'_, '_, '_> {
    /// What policies could be laid over the components.
    pub(super) fn overlays(&mut self, policies: Option<Node>) -> Vec<Overlay> {
        let mut overlays = Vec::new();
        for node in self.list(policies, "a list of policies") {
            let Some(mut fields) = self.reader.fields(node, "a policy, a map with `name`, `type` and `properties`")
            else {
                continue;
            };
            let origin = fields.origin;
            let name = fields.take("name").and_then(|node| self.reader.known_text(&node));
            let Some(kind) = self.required(&mut fields, "type", "type: override") else { continue };
            let name = name.map_or_else(|| kind.value.clone(), |name| name.value);
            let Some(typed) = self.typed(POLICIES, &kind, fields.take("properties"), Machine::default()) else {
                continue;
            };
            if typed.name == names::OVERRIDE {
                overlays.push(self.overlay(origin, name, typed.fields));
            } else {
                self.environments(origin, &name, typed.fields, &mut overlays);
            }
        }
        overlays
    }

    fn overlay(&mut self, origin: Origin, name: String, mut properties: Fields) -> Overlay {
        let patches = self.patches(properties.take("components"));
        let selector = properties.take("selector").map(|node| self.names(Some(node), "a list of names of components"));
        Overlay { origin, name, alias: None, is_optional: false, patches, selector }
    }

    fn environments(&mut self, origin: Origin, policy: &str, mut properties: Fields, overlays: &mut Vec<Overlay>) {
        let first = overlays.len();
        for node in self.list(properties.take("envs"), "a list of environments") {
            let Some(mut fields) = self.reader.fields(node, "an environment, a map with `name`") else { continue };
            let Some(name) = self.required(&mut fields, "name", "name: production") else { continue };
            let mut patch = fields.take("patch").and_then(|node| self.reader.fields(node, "a map with `components`"));
            let mut selector =
                fields.take("selector").and_then(|node| self.reader.fields(node, "a map with `components`"));
            let selected = selector.as_mut().and_then(|fields| fields.take("components"));
            overlays.push(Overlay {
                origin: fields.origin,
                name: format!("{policy}/{}", name.value),
                alias: Some(name.value),
                is_optional: true,
                patches: self.patches(patch.as_mut().and_then(|fields| fields.take("components"))),
                selector: selected.map(|node| self.names(Some(node), "a list of names of components")),
            });
        }
        let names: Vec<&str> = overlays.iter().skip(first).filter_map(|overlay| overlay.alias.as_deref()).collect();
        if let (None, Some(last)) = (&self.settings.own.policies, names.last()) {
            let message = format!(
                "a stack is one environment, and it is not said which: nothing of {} has an effect",
                list(&names)
            );
            self.reader
                .diagnostics
                .note(origin, message)
                .fix(format!("write `Policies: [{last}]` beside `Document` for that of `{last}`"));
        }
    }

    fn patches(&mut self, node: Option<Node>) -> Vec<Patch> {
        let mut patches = Vec::new();
        for node in self.list(node, "a list of components") {
            let Some(mut fields) = self.reader.fields(node, "a map with `name`, `type`, `properties` or `traits`")
            else {
                continue;
            };
            let mut traits = Vec::new();
            for node in self.list(fields.take("traits"), "a list of traits") {
                let Some(mut fields) = self.reader.fields(node, "a trait, a map with `type` and `properties`") else {
                    continue;
                };
                let origin = fields.origin;
                let disable = fields.take("disable").and_then(|node| self.reader.any_bool(&node));
                let Some(kind) = self.required(&mut fields, "type", "type: scaler") else { continue };
                let draft = DraftTrait { origin, kind, properties: fields.take("properties") };
                traits.push((draft, disable.is_some_and(|disable| disable.value)));
            }
            patches.push(Patch {
                name: fields.take("name").and_then(|node| self.reader.known_text(&node)),
                kind: fields.take("type").and_then(|node| self.reader.known_text(&node)),
                properties: fields.take("properties"),
                traits,
            });
        }
        patches
    }

    /// Lays those over the components that count.
    pub(super) fn apply_policies(&mut self, overlays: Vec<Overlay>, plan: &Plan, drafts: &mut Vec<Draft>) {
        for overlay in self.choose_policies(overlays, plan) {
            for patch in overlay.patches {
                self.apply_patch(patch, overlay.origin, drafts);
            }
            let Some(selector) = overlay.selector.filter(|selector| !selector.is_empty()) else { continue };
            self.drop_but(&selector, &overlay.name, drafts);
        }
    }

    /// Those that count: the chosen ones, or those of the workflow, or all where it says nothing.
    fn choose_policies(&mut self, overlays: Vec<Overlay>, plan: &Plan) -> Vec<Overlay> {
        let is_named = |overlay: &Overlay, name: &str| overlay.name == name || overlay.alias.as_deref() == Some(name);
        if let Some(chosen) = &self.settings.own.policies {
            let mut found = Vec::new();
            for name in &chosen.value {
                match overlays.iter().find(|overlay| is_named(overlay, &name.value)) {
                    Some(overlay) => found.push(overlay.clone()),
                    None => self.unknown_policy(name, &overlays),
                }
            }
            return found;
        }
        if plan.deployments.is_empty() {
            return overlays.into_iter().filter(|overlay| !overlay.is_optional).collect();
        }
        // Of each deployment, what it lays over the components.
        let mut sets: Vec<(Origin, Vec<Overlay>)> = Vec::new();
        for deployment in &plan.deployments {
            let named = deployment.policies.iter();
            let set: Vec<Overlay> = named
                .filter_map(|name| overlays.iter().find(|overlay| overlay.name == name.value && !overlay.is_optional))
                .cloned()
                .collect();
            let is_same = |other: &[Overlay]| {
                other.len() == set.len() && other.iter().zip(&set).all(|(one, two)| one.name == two.name)
            };
            if !set.is_empty() && !sets.iter().any(|(_, other)| is_same(other)) {
                sets.push((deployment.origin, set));
            }
        }
        let names = |set: &[Overlay]| {
            let names: Vec<&str> = set.iter().map(|overlay| overlay.name.as_str()).collect();
            names.join(", ")
        };
        match sets.as_slice() {
            [] => Vec::new(),
            [(origin, set)] => {
                if plan.deployments.len() > 1 {
                    let message = format!(
                        "the workflow deploys several times, and a stack is deployed once: `{}` counts",
                        names(set)
                    );
                    self.reader
                        .diagnostics
                        .note(*origin, message)
                        .fix("write `Policies: []` beside `Document` for the deployment without it");
                }
                set.clone()
            }
            [(_, first), (origin, second), ..] => {
                let message = format!(
                    "a stack is deployed once, and the workflow lays `{}` over the components and then `{}`",
                    names(first),
                    names(second)
                );
                self.reader
                    .diagnostics
                    .error(*origin, message)
                    .fix(format!("choose with `Policies: [{}]` beside `Document`", names(second)));
                Vec::new()
            }
        }
    }

    fn unknown_policy(&mut self, name: &Located<String>, overlays: &[Overlay]) {
        let known = || overlays.iter().map(|overlay| overlay.alias.as_deref().unwrap_or(&overlay.name));
        let message = format!("the document has no policy `{}` that changes components", name.value);
        let near = suggestion(&name.value, known());
        let entry = self.reader.diagnostics.error(name.origin, message);
        match near {
            Some(near) => entry.fix(format!("did you mean `{near}`?")),
            None => entry.fix(format!("those that there are: {}", list(&known().collect::<Vec<_>>()))),
        }
    }

    fn apply_patch(&mut self, patch: Patch, overlay: Origin, drafts: &mut Vec<Draft>) {
        let Patch { name, kind, properties, traits } = patch;
        let mut is_found = false;
        for draft in drafts.iter_mut() {
            if name.as_ref().is_some_and(|name| !matches(&name.value, &draft.name.value)) {
                continue;
            }
            let is_same_kind = kind.as_ref().is_none_or(|kind| plain(&kind.value) == plain(&draft.kind.value));
            match (&name, &kind) {
                // Of a name and another type: it takes the component's place.
                (Some(_), Some(kind)) if !is_same_kind => {
                    is_found = true;
                    draft.kind = kind.clone();
                    draft.properties.clone_from(&properties);
                    draft.traits =
                        traits.iter().filter(|(_, disable)| !disable).map(|(each, _)| each.clone()).collect();
                }
                _ if !is_same_kind => {}
                _ => {
                    is_found = true;
                    lay_properties_over(&mut draft.properties, properties.clone());
                    merge_traits(&mut draft.traits, &traits);
                }
            }
        }
        if is_found {
            return;
        }
        match (name, kind) {
            (Some(name), Some(kind)) if !name.value.contains('*') => drafts.push(Draft {
                origin: name.origin,
                name,
                kind,
                properties,
                traits: traits.into_iter().filter(|(_, disable)| !disable).map(|(each, _)| each).collect(),
                depends_on: Vec::new(),
            }),
            (Some(name), _) => {
                let near = suggestion(&name.value, drafts.iter().map(|draft| draft.name.value.as_str()));
                let message = format!("the application has no component `{}`", name.value);
                let entry = self.reader.diagnostics.error(name.origin, message);
                match near {
                    Some(near) => entry.fix(format!("did you mean `{near}`?")),
                    None => entry.fix("name a component, or give the new one a `type`"),
                }
            }
            (None, Some(kind)) => {
                let message =
                    format!("nothing is changed: the application has no component of the type `{}`", kind.value);
                self.reader.diagnostics.note(kind.origin, message);
            }
            (None, None) => {
                self.reader.diagnostics.note(overlay, "nothing is changed: the application has no components");
            }
        }
    }

    /// Leaves only the components that are named.
    fn drop_but(&mut self, selector: &[Located<String>], policy: &str, drafts: &mut Vec<Draft>) {
        for name in selector {
            if !drafts.iter().any(|draft| draft.name.value == name.value) {
                let message = format!("the application has no component `{}`", name.value);
                self.reader.diagnostics.error(name.origin, message).fix("correct its name, or remove it");
            }
        }
        let diagnostics = &mut *self.reader.diagnostics;
        drafts.retain(|draft| {
            let is_named = selector.iter().any(|name| name.value == draft.name.value);
            if !is_named {
                let message =
                    format!("`{}` is not deployed: the `selector` of `{policy}` does not name it", draft.name.value);
                diagnostics.note(draft.name.origin, message);
            }
            is_named
        });
    }
}

/// Lays traits over those of a component: of a type that it has already, over that one.
fn merge_traits(traits: &mut Vec<DraftTrait>, patches: &[(DraftTrait, bool)]) {
    for (patch, disable) in patches {
        let is_meant = |each: &DraftTrait| each.kind.value == patch.kind.value;
        if *disable {
            traits.retain(|each| !is_meant(each));
            continue;
        }
        match traits.iter_mut().find(|each| is_meant(each)) {
            Some(each) => lay_properties_over(&mut each.properties, patch.properties.clone()),
            None => traits.push(patch.clone()),
        }
    }
}

/// Whether a name is as a pattern has it, in which `*` stands for any characters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_names() {
        for (pattern, name, expected) in [
            ("web", "web", true),
            ("web", "website", false),
            ("web*", "website", true),
            ("*", "anything", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("*-api", "shop-api", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
