//! [Profiles](https://github.com/compose-spec/compose-spec/blob/main/15-profiles.md): services that run only when asked
//! for.
//!
//! In: the services as written. Out: those whose profiles are not active, before anything else looks at them: a debugging
//! tool that could not run on ECS is no reason to refuse the application. As with Compose, `COMPOSE_PROFILES` says which
//! profiles are active; it is given under `Variables`.

use std::collections::{BTreeMap, BTreeSet};

use super::Loader;
use super::assemble::{Assembly, Layer, LayerId};
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::{Kind, Node, Tag, list};
use crate::expression::Expr;
use crate::gather::Gather;

/// The services that are left out, with the profiles that would bring them in.
pub(crate) type Inactive = BTreeMap<String, Vec<String>>;

/// The profiles that a document gives a service.
#[derive(Clone, Debug)]
pub(super) struct Profiles {
    origin: Origin,
    names: Vec<String>,
    /// Whether those of other documents, and of what the service extends, do not count.
    is_alone: bool,
}

impl Profiles {
    /// Those of two documents.
    fn merged(base: Option<Self>, over: Option<Self>) -> Option<Self> {
        match (base, over) {
            (Some(mut base), Some(over)) if !over.is_alone => {
                for name in over.names {
                    if !base.names.contains(&name) {
                        base.names.push(name);
                    }
                }
                Some(base)
            }
            (base, None) => base,
            (_, over) => over,
        }
    }
}

/// Takes the profiles out of a service.
pub(super) fn take(service: &mut Node, loader: &mut Loader<'_, '_, '_>) -> Option<Profiles> {
    let Kind::Mapping(attributes) = &mut service.untagged_mut().kind else { return None };
    let node = attributes.shift_remove("profiles").filter(|node| !node.is_null())?;
    let origin = node.origin;
    let (tag, node) = match node.kind {
        Kind::Tagged(tag, value) => (Some(tag), *value),
        kind => (None, Node::new(origin, kind)),
    };
    if tag == Some(Tag::Reset) {
        return Some(Profiles { origin, names: Vec::new(), is_alone: true });
    }
    let node = loader.interpolate(node);
    let items = loader.reader.items(node, "a list of profiles").unwrap_or_default();
    let names = items.iter().filter_map(|item| loader.reader.known_text(item)).map(|profile| profile.value);
    Some(Profiles { origin, names: names.collect(), is_alone: tag.is_some() })
}

/// The names of a service's profiles, if none of them is active, which is noted.
fn inactive(
    service: &str,
    profiles: &Profiles,
    active: &BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<String>> {
    if active.contains("*") || profiles.names.iter().any(|profile| active.contains(profile)) {
        return None;
    }
    let listed: Vec<&str> = profiles.names.iter().map(String::as_str).collect();
    let listed = list(&listed);
    diagnostics
        .note(
            profiles.origin,
            format!("the service `{service}` is left out, as none of its profiles ({listed}) is active"),
        )
        .fix("to deploy it, give `COMPOSE_PROFILES` under `Variables`, or remove `profiles`");
    Some(profiles.names.clone())
}

/// The profiles that are active.
fn active(origin: Origin, loader: &mut Loader<'_, '_, '_>) -> BTreeSet<String> {
    let text = match loader.variables.get("COMPOSE_PROFILES") {
        None => return BTreeSet::new(),
        Some(Expr::Known(text)) => text,
        Some(Expr::Deferred(deferred)) => loader.reader.resolve(origin, &deferred).unwrap_or_default(),
    };
    text.split(',').map(str::trim).filter(|profile| !profile.is_empty()).map(str::to_owned).gather()
}

impl Assembly<'_, '_, '_, '_> {
    /// Finds the services whose profiles are not active.
    pub(super) fn select(&mut self, ids: &[LayerId]) {
        let mut names = BTreeSet::new();
        self.collect_names(ids, &mut names);
        let is_bare = |layer: &Layer| layer.profiles.is_empty() && layer.extends.is_empty();
        if self.layers.iter().all(is_bare) {
            return;
        }
        let mut actives: Option<BTreeSet<String>> = None;
        for name in names {
            let Some(found) = self.profiles(ids, &name).filter(|found| !found.names.is_empty()) else { continue };
            let active = actives.get_or_insert_with(|| active(found.origin, self.loader));
            if let Some(names) = inactive(&name, &found, active, self.loader.reader.diagnostics) {
                self.inactive.insert(name, names);
            }
        }
    }

    fn collect_names(&self, ids: &[LayerId], names: &mut BTreeSet<String>) {
        for layer in ids.iter().filter_map(|id| self.layers.get(*id)) {
            names.extend(layer.services.keys().cloned());
            for included in &layer.included {
                self.collect_names(&included.layers, names);
            }
        }
    }

    /// The profiles of a service over all documents.
    fn profiles(&mut self, ids: &[LayerId], name: &str) -> Option<Profiles> {
        let mut found: Option<Profiles> = None;
        for id in ids {
            let layer = self.layers.get(*id)?;
            let included: Vec<_> = layer.included.iter().map(|included| included.layers.clone()).collect();
            let tag = layer.services.get(name).map(|service| match service.kind {
                Kind::Tagged(tag, _) => Some(tag),
                _ => None,
            });
            for layers in included {
                found = Profiles::merged(found, self.profiles(&layers, name));
            }
            if let Some(tag) = tag {
                let own = self.profiles_of(*id, name, &mut Vec::new());
                found = if tag.is_some() { own } else { Profiles::merged(found, own) };
            }
        }
        found
    }

    /// The profiles of a service in one document, with those of what it extends.
    fn profiles_of(&mut self, id: LayerId, name: &str, trail: &mut Vec<(LayerId, String)>) -> Option<Profiles> {
        let step = (id, name.to_owned());
        if trail.contains(&step) {
            return None;
        }
        let layer = self.layers.get(id)?;
        let own = layer.profiles.get(name).cloned();
        let Some(Ok(extends)) = layer.extends.get(name).cloned() else { return own };
        trail.push(step);
        let mut found = None;
        for base in self.bases(id, &extends) {
            found = Profiles::merged(found, self.profiles_of(base, &extends.service.value, trail));
        }
        trail.pop();
        Profiles::merged(found, own)
    }
}
