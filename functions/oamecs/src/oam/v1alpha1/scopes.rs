//! [Application scopes](https://github.com/oam-dev/spec/blob/4af9e65/4.application_scopes.md): groups of components that have
//! something in common.
//!
//! In: `spec.scopes`, and the scopes that components name. Out: what the scopes do to their members ([`Effects`]). A component that
//! names none is in the default scope of each kind: the network of the application, in which all components reach each other, and no
//! limits.

mod identity;
mod quota;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::names::{self, folded, kind_of, twice};
use super::properties::{self, Aliases};
use super::tables::SCOPES;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node, list_some, suggestion};
use crate::oam::Loader;
use crate::oam::model::{Component, HealthScope, NetworkScope};
use crate::oam::scopes::{Members, health, network};
use crate::oam::support::Typed;
use crate::program::platform::Machine;

/// Other names of properties, folded.
const ALIASES: &Aliases = &[("subnetid", "subnet-ids")];

/// The scopes of a configuration, by name.
pub(super) struct Scopes {
    scopes: BTreeMap<String, Scope>,
}

struct Scope {
    origin: Origin,
    kind: &'static str,
    properties: Fields,
    members: Members,
}

/// What scopes do beyond their members.
#[derive(Default)]
pub(super) struct Effects {
    /// The network of the application.
    pub(super) network: NetworkScope,
    /// What is watched together, by the scope's name.
    pub(super) health: BTreeMap<String, HealthScope>,
}

impl Scopes {
    /// The scopes that a configuration declares.
    pub(super) fn read(node: Option<Node>, loader: &mut Loader<'_, '_, '_>) -> Self {
        let mut scopes: BTreeMap<String, Scope> = BTreeMap::new();
        for node in loader.list(node, "a list of maps with `name`, `type` and `properties`") {
            let Some((name, scope)) = scope(node, loader) else { continue };
            match scopes.entry(name.value.clone()) {
                Entry::Vacant(vacant) => {
                    vacant.insert(scope);
                }
                Entry::Occupied(_) => twice(&name, "scope", loader),
            }
        }
        Self { scopes }
    }

    /// Puts `component` into the scope that it names.
    pub(super) fn join(&mut self, scope: &Located<String>, component: &str, loader: &mut Loader<'_, '_, '_>) {
        if let Some(scope_of) = self.scopes.get_mut(&scope.value) {
            scope_of.members.insert(component.to_owned(), scope.origin);
            return;
        }
        let known: Vec<&str> = self.scopes.keys().map(String::as_str).collect();
        let near = suggestion(&scope.value, known.iter().copied());
        let message = format!("nothing is known of the scope `{}`: the configuration does not declare it", scope.value);
        if let Some(near) = near {
            loader.reader.diagnostics.error(scope.origin, message).fix(format!("did you mean `{near}`?"));
        } else if known.is_empty() {
            // With the reference implementation a scope could be of a configuration that was applied before.
            loader
                .reader
                .diagnostics
                .note(scope.origin, message)
                .fix("add it to `spec.scopes`, if it is a network or says how much may be used");
        } else {
            let fix = format!("add it to `spec.scopes`, or name one of these: {}", list_some(&known));
            loader.reader.diagnostics.error(scope.origin, message).fix(fix);
        }
    }

    /// Does to components what their scopes do.
    pub(super) fn apply(
        self,
        components: &mut BTreeMap<String, Component>,
        loader: &mut Loader<'_, '_, '_>,
    ) -> Effects {
        let mut effects = Effects::default();
        let mut network = None;
        for (name, Scope { origin, kind, properties, members }) in self.scopes {
            // Those that could not be read were reported.
            let is_whole = members.keys().all(|member| components.contains_key(member));
            if members.is_empty() || !is_whole {
                if members.is_empty() && !components.is_empty() {
                    let message =
                        format!("the scope has no effect: no component names `{name}` under `applicationScopes`");
                    loader.reader.diagnostics.note(origin, message);
                }
                continue;
            }
            match kind {
                "HealthScope" => {
                    effects.health.insert(name, health::read(origin, properties, members, loader));
                }
                "IdentityScope" => identity::apply(origin, properties, &members, components, loader),
                "NetworkScope" => {
                    if let Some(before) = network.replace(name.clone()) {
                        loader
                            .reader
                            .diagnostics
                            .error(
                                origin,
                                format!(
                                    "components are in the network `{before}` already, and an application is in one"
                                ),
                            )
                            .fix("remove one of the two, or write a declaration for the components of each");
                        continue;
                    }
                    effects.network = network::read(origin, properties, &members, components, loader);
                }
                _ => quota::check(&name, properties, &members, components, loader),
            }
        }
        effects
    }
}

fn scope(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<(Located<String>, Scope)> {
    let mut fields = loader.reader.fields(node, "a map with `name`, `type` and `properties`")?;
    let origin = fields.origin;
    let name = names::required(&mut fields, "name", "a scope", loader);
    let Some(kind) = fields.take("type") else {
        loader
            .reader
            .diagnostics
            .error(origin, "the scope has no `type`")
            .fix("write `type: core.oam.dev/v1alpha1.NetworkScope`, or another");
        return None;
    };
    let kind = loader.reader.known_text(&kind)?;
    let alias = loader.settings.own.aliases.get(&kind.value).map(|alias| alias.value.as_str());
    let written = folded(kind_of(alias.unwrap_or(&kind.value)));
    let is_meant = |known: &str| folded(known) == written || folded(known) == format!("{written}scope");
    let known = SCOPES.table.iter().find(|attribute| is_meant(attribute.name));
    let values = fields.take("parameterValues");
    let properties = fields.take("properties").or(values);
    let (kind, properties) = match (known, properties) {
        (Some(attribute), Some(node)) => {
            let node = properties::canonical(node, properties::table_of(attribute), ALIASES, loader)?;
            (Located::new(kind.origin, attribute.name.to_owned()), Some(node))
        }
        (Some(attribute), None) => (Located::new(kind.origin, attribute.name.to_owned()), None),
        (None, _) => (kind, None),
    };
    let Typed { name: kind, fields: properties } = loader.typed(SCOPES, &kind, properties, Machine::Fargate)?;
    let name = name?;
    Some((name, Scope { origin, kind, properties, members: Members::new() }))
}
