//! [Profiles](https://github.com/compose-spec/compose-spec/blob/main/15-profiles.md): services that run only when asked
//! for.
//!
//! In: the services as written. Out: those whose profiles are not active, before anything else looks at them: a debugging
//! tool that could not run on ECS is no reason to refuse the application. As with Compose, `COMPOSE_PROFILES` says which
//! profiles are active; it is given under `Variables`.

use std::collections::{BTreeMap, BTreeSet};

use super::Loader;
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::{Kind, Node, Tag, list};
use crate::expression::Expr;

/// The services that are left out, with the profiles that would bring them in.
pub(crate) type Inactive = BTreeMap<String, Vec<String>>;

/// The profiles that a document gives a service.
#[derive(Clone, Debug)]
pub(super) struct Profiles {
    pub(super) origin: Origin,
    pub(super) names: Vec<String>,
    /// Whether those of other documents, and of what the service extends, do not count.
    is_alone: bool,
}

impl Profiles {
    /// Those of two documents.
    pub(super) fn merged(base: Option<Self>, over: Option<Self>) -> Option<Self> {
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
pub(super) fn inactive(
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
pub(super) fn active(origin: Origin, loader: &mut Loader<'_, '_, '_>) -> BTreeSet<String> {
    let text = match loader.variables.get("COMPOSE_PROFILES") {
        None => return BTreeSet::new(),
        Some(Expr::Known(text)) => text,
        Some(Expr::Deferred(deferred)) => loader.reader.resolve(origin, &deferred).unwrap_or_default(),
    };
    text.split(',').map(str::trim).filter(|profile| !profile.is_empty()).map(str::to_owned).collect()
}
