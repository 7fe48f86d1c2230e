//! [Profiles](https://github.com/compose-spec/compose-spec/blob/main/15-profiles.md): services that run only when asked
//! for.
//!
//! In: the tree as written. Out: the tree without the services whose profiles are not active, before anything else looks
//! at them: a debugging tool that could not run on ECS is no reason to refuse the application. As with Compose,
//! `COMPOSE_PROFILES` says which profiles are active; it is given under `Variables`.

use std::collections::{BTreeMap, BTreeSet};

use super::Loader;
use crate::diagnostic::Origin;
use crate::document::{Kind, Node};
use crate::expression::Expr;

/// The services that are left out, with the profiles that would bring them in.
pub(crate) type Inactive = BTreeMap<String, Vec<String>>;

/// Takes the services out whose profiles are not active.
pub(crate) fn select(document: &mut Node, loader: &mut Loader<'_, '_, '_>) -> Inactive {
    let mut inactive = Inactive::new();
    let Kind::Mapping(top) = &mut document.kind else { return inactive };
    let Some(Node { kind: Kind::Mapping(services), .. }) = top.get_mut("services") else { return inactive };
    let mut active: Option<BTreeSet<String>> = None;
    services.retain(|name, service| {
        let Kind::Mapping(attributes) = &mut service.kind else { return true };
        let Some(node) = attributes.shift_remove("profiles").filter(|node| !node.is_null()) else { return true };
        let origin = node.origin;
        let node = loader.interpolate(node);
        let profiles = read(node, loader);
        let active = active.get_or_insert_with(|| active_profiles(origin, loader));
        if profiles.is_empty() || active.contains("*") || profiles.iter().any(|profile| active.contains(profile)) {
            return true;
        }
        let listed: Vec<&str> = profiles.iter().map(String::as_str).collect();
        let listed = crate::document::list(&listed);
        loader
            .reader
            .diagnostics
            .note(origin, format!("the service `{name}` is left out, as none of its profiles ({listed}) is active"))
            .fix("to deploy it, give `COMPOSE_PROFILES` under `Variables`, or remove `profiles`");
        inactive.insert(name.clone(), profiles);
        false
    });
    inactive
}

fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Vec<String> {
    let Some(items) = loader.reader.items(node, "a list of profiles") else { return Vec::new() };
    items.iter().filter_map(|item| loader.reader.known_text(item)).map(|profile| profile.value).collect()
}

fn active_profiles(origin: Origin, loader: &mut Loader<'_, '_, '_>) -> BTreeSet<String> {
    let text = match loader.variables.get("COMPOSE_PROFILES") {
        None => return BTreeSet::new(),
        Some(Expr::Known(text)) => text,
        Some(Expr::Deferred(deferred)) => loader.reader.resolve(origin, &deferred).unwrap_or_default(),
    };
    text.split(',').map(str::trim).filter(|profile| !profile.is_empty()).map(str::to_owned).collect()
}
