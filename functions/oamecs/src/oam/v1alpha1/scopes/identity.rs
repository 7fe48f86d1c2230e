//! [Identity scopes](https://github.com/oam-dev/spec/blob/4af9e65/4.application_scopes.md#extended-scopes): on whose behalf
//! components act, which on AWS is a role.

use std::collections::BTreeMap;

use super::Members;
use crate::diagnostic::Origin;
use crate::document::Fields;
use crate::oam::Loader;
use crate::oam::model::Component;

/// Gives the members of a scope the role that it names.
pub(super) fn apply(
    origin: Origin,
    mut properties: Fields,
    members: &Members,
    components: &mut BTreeMap<String, Component>,
    loader: &mut Loader<'_, '_, '_>,
) {
    let provider = properties.take("IdentityProvider");
    let place = provider.as_ref().map_or(origin, |node| node.origin);
    let role = provider.and_then(|node| loader.reader.text(&node));
    let is_role = |text: &String| text.starts_with("arn:") && text.contains(":role/");
    let Some(role) = role.filter(|role| role.value.known().is_none_or(is_role)) else {
        loader
            .reader
            .diagnostics
            .error(place, "an identity on AWS is a role, and none is given")
            .fix("write the ARN of a role that `ecs-tasks.amazonaws.com` may assume, `IdentityProvider: arn:…:role/…`");
        return;
    };
    for (name, member) in members {
        let Some(component) = components.get_mut(name) else { continue };
        if component.pod.role.is_some() {
            loader
                .reader
                .diagnostics
                .error(*member, format!("`{name}` has an identity already, and acts on behalf of one"))
                .fix("remove it from one of the two scopes");
        } else {
            component.pod.role = Some(role.clone());
        }
    }
}
