//! Compose's own canonical model: long forms only, variables replaced, every value typed.
//!
//! In: the tree after [`support`](super::support), which holds nothing but mapped attributes. Out: a [`Project`]. What
//! is read here has the right shape; whether it makes sense together is for [`lower`](super::lower) to say.

mod bytes;
mod cpus;
pub mod dependency;
pub mod deploy;
mod duration;
pub mod healthcheck;
pub mod labels;
pub mod logging;
pub mod mount;
pub mod network;
pub mod port;
pub mod restart;
pub mod service;
pub mod ulimit;
pub mod volume;

pub use dependency::{Condition, Dependency};
pub use deploy::Deploy;
pub use healthcheck::Healthcheck;
pub use labels::Labels;
pub use logging::Logging;
pub use mount::Mount;
pub use network::{Membership, Network};
pub use port::Port;
pub use service::Service;
pub use volume::Volume;

use std::collections::BTreeMap;

use super::Loader;
use super::profiles::Inactive;
pub use super::unused::Unused;
use crate::diagnostic::{Located, Origin};
use crate::document::{Form, Kind, Node, suggestion};
use crate::expression::Expr;

/// A Compose document.
#[derive(Clone, Debug)]
pub struct Project {
    /// The document.
    pub origin: Origin,
    /// Its [name](https://github.com/compose-spec/compose-spec/blob/main/04-version-and-name.md).
    pub name: Located<String>,
    /// Its [services](https://github.com/compose-spec/compose-spec/blob/main/05-services.md), by name.
    pub services: BTreeMap<String, Service>,
    /// The services that are in the document but not in `services`, and why.
    pub absent: BTreeMap<String, Absence>,
    /// Its [networks](https://github.com/compose-spec/compose-spec/blob/main/06-networks.md), by key.
    pub networks: BTreeMap<String, Network>,
    /// Its [volumes](https://github.com/compose-spec/compose-spec/blob/main/07-volumes.md), by key.
    pub volumes: BTreeMap<String, Volume>,
    /// Those of the document's networks and volumes that no service uses.
    pub unused: Unused,
}

/// What was in the document and is no longer in the tree.
pub(super) struct Missing {
    pub(super) inactive: Inactive,
    pub(super) unused: Unused,
}

/// Why a service of the document is not in the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// None of these profiles is active.
    Profiles(Vec<String>),
    /// It could not be read, which was reported.
    Faulty,
}

impl Project {
    pub(super) fn read(
        node: Node,
        name: Located<String>,
        missing: Missing,
        loader: &mut Loader<'_, '_, '_>,
    ) -> Option<Self> {
        let origin = node.origin;
        let mut fields = loader.reader.fields(node, "a Compose document, a map with `services`")?;
        let Missing { inactive, unused } = missing;
        let mut absent: BTreeMap<_, _> =
            inactive.into_iter().map(|(name, profiles)| (name, Absence::Profiles(profiles))).collect();
        let mut services = BTreeMap::new();
        match fields.take("services") {
            None => {
                loader
                    .reader
                    .diagnostics
                    .error(origin, "the document has no `services`")
                    .fix("write `services: { web: { image: nginx, ports: [\"80:80\"] } }`");
            }
            Some(node) => {
                let place = node.origin;
                for (name, node) in loader.reader.fields(node, "a map of services by name")?.rest() {
                    loader.check_name(&name, "service", node.origin);
                    match Service::read(node, &name, loader) {
                        Some(service) => services.insert(name, service).map(|_| ()),
                        None => absent.insert(name, Absence::Faulty).map(|_| ()),
                    };
                }
                if services.is_empty() && absent.values().all(|absence| *absence != Absence::Faulty) {
                    let message = if absent.is_empty() {
                        "the document has no service"
                    } else {
                        "no service is left, as no profile is active"
                    };
                    loader
                        .reader
                        .diagnostics
                        .error(place, message)
                        .fix("write at least one service without `profiles`");
                }
            }
        }
        let networks = named(fields.take("networks"), "network", loader, Network::read);
        let volumes = named(fields.take("volumes"), "volume", loader, Volume::read);
        Some(Self { origin, name, services, absent, networks, volumes, unused })
    }
}

fn named<T>(
    node: Option<Node>,
    what: &str,
    loader: &mut Loader<'_, '_, '_>,
    read: fn(Node, &mut Loader<'_, '_, '_>) -> Option<T>,
) -> BTreeMap<String, T> {
    let mut found = BTreeMap::new();
    let entries = node.and_then(|node| loader.reader.fields(node, &format!("a map of {what}s by name")));
    for (name, node) in entries.into_iter().flat_map(crate::document::Fields::rest) {
        loader.check_name(&name, what, node.origin);
        if let Some(value) = read(node, loader) {
            found.insert(name, value);
        }
    }
    found
}

impl Loader<'_, '_, '_> {
    /// Checks a key of `services`, `networks` or `volumes`.
    fn check_name(&mut self, name: &str, what: &str, origin: Origin) {
        let is_allowed = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
        if name.is_empty() || !name.chars().all(is_allowed) {
            self.reader
                .diagnostics
                .error(origin, format!("`{name}` is no name for a {what}"))
                .fix("use letters, digits, `.`, `_` and `-`");
        }
    }

    /// Text as Compose would print it, which may be known late.
    fn text(&mut self, node: &Node) -> Option<Located<Expr<String>>> {
        match &node.kind {
            Kind::Number(number) if number.is_f64() => {
                let printed = number.as_f64().unwrap_or_default().to_string();
                self.reader
                    .diagnostics
                    .note(
                        node.origin,
                        format!("an unquoted number with a point loses its last zeros; the value is `{printed}`"),
                    )
                    .fix("write it in quotes, to have it as it is written");
                Some(Located::new(node.origin, Expr::Known(printed)))
            }
            Kind::Bool(value) if self.form == Form::Map => {
                let also = if *value { "`yes` and `on`" } else { "`no` and `off`" };
                self.reader
                    .diagnostics
                    .note(
                        node.origin,
                        format!("the value is `{value}`; CloudFormation turns unquoted {also} into `{value}` too"),
                    )
                    .fix("write it in quotes, to have it as it is written");
                Some(Located::new(node.origin, Expr::Known(value.to_string())))
            }
            _ => self.reader.text(node),
        }
    }

    /// The words of a command.
    fn words(&mut self, node: Node, what: &str) -> Option<Vec<Expr<String>>> {
        let items = self.reader.items(node, what)?;
        Some(items.iter().filter_map(|item| self.text(item)).map(|word| word.value).collect())
    }

    /// A boolean in any of the spellings that Compose takes.
    fn bool(&mut self, node: &Node) -> Option<Located<bool>> {
        let text = self.reader.known_text(node)?;
        let value = match text.value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "on" => true,
            "false" | "no" | "n" | "off" => false,
            _ => {
                self.reader
                    .diagnostics
                    .error(node.origin, format!("`{}` is not a boolean", text.value))
                    .fix("write `true` or `false`");
                return None;
            }
        };
        Some(Located::new(node.origin, value))
    }

    /// A value that `parse` finds in known text; `what` names it, and `fix` says how it is written.
    fn parsed<T>(
        &mut self,
        node: &Node,
        parse: impl FnOnce(&str) -> Option<T>,
        what: &str,
        fix: &str,
    ) -> Option<Located<T>> {
        let text = self.reader.known_text(node)?;
        if let Some(value) = parse(&text.value) {
            return Some(Located::new(node.origin, value));
        }
        self.reader.diagnostics.error(node.origin, format!("`{}` is not {what}", text.value)).fix(fix);
        None
    }

    /// One of the values that an attribute takes.
    fn choice<T: Copy>(&mut self, node: &Node, choices: &[(&str, T)]) -> Option<Located<T>> {
        let text = self.reader.known_text(node)?;
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text.value) {
            return Some(Located::new(node.origin, *value));
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let error = self
            .reader
            .diagnostics
            .error(node.origin, format!("`{}` is not one of {}", text.value, crate::document::list(&names)));
        if let Some(near) = suggestion(&text.value, names) {
            error.fix(format!("did you mean `{near}`?"));
        } else {
            error.fix("write one of these");
        }
        None
    }

    /// Seconds, rounded up.
    fn seconds(&mut self, node: &Node) -> Option<Located<u32>> {
        let fix = "write a number with its unit, for example `30s` or `1m30s`";
        let seconds = self.parsed(node, duration::seconds, "a duration", fix)?;
        if seconds.value.rounded {
            self.reader.diagnostics.note(
                node.origin,
                format!("ECS counts in whole seconds, so that this becomes `{}s`", seconds.value.whole),
            );
        }
        Some(seconds.map(|seconds| seconds.whole))
    }
}
