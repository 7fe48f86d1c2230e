//! `OamEcs::Compose`: documents of the [Compose Specification](https://github.com/compose-spec/compose-spec/blob/main/spec.md).
//!
//! In: [`Document`]s, with the `Variables`, `Images`, `Files` and `Secrets` that their declaration gives. Out: [`load`] makes a
//! [`Project`] of them, Compose's own canonical model, and [`lower`] makes an [`Application`](crate::program::Application) of that.
//!
//! A document is a tree first and typed last: what stands at the wrong level is put right ([`outline`]), services of inactive
//! profiles go ([`profiles`]), variables are replaced ([`interpolation`]), short forms become long ones ([`canonical`]),
//! services get what they extend ([`extends`]), what is included is put beside them ([`include`]), one document is laid over
//! the other ([`merge`]), env files are read ([`mod@env_file`]), what no service uses goes ([`unused`]), what ECS cannot do is
//! reported ([`support`]), and the rest is read into types ([`model`]). Loading knows shapes; lowering knows meaning.

mod assemble;
mod canonical;
mod env_file;
mod extends;
mod include;
mod interpolation;
mod lower;
mod machine;
mod merge;
pub mod model;
mod outline;
mod overlay;
mod paths;
mod profiles;
pub mod support;
#[cfg(test)]
mod tests;
mod unused;

use std::collections::BTreeMap;

use crate::diagnostic::{Located, Origin, Origins};
use crate::document::{Document, Kind, Node, Reader};
use crate::expression::Expr;
use crate::settings::{BindMounts, Files, Machines, Secrets};

use assemble::{Assembled, Scope};
use interpolation::Variables;
pub use interpolation::needed_variables;
pub use lower::lower;
pub use model::Project;

/// The properties of a declaration that no other format has.
pub const KEYS: [&str; 2] = ["BindMounts", "Files"];

/// What a declaration says beside its document.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// Its place.
    pub origin: Origin,
    /// `Variables`: what `${NAME}` in the document becomes.
    pub variables: BTreeMap<String, Located<Expr<String>>>,
    /// `Images`: the image of a service, by the service's name; wins over the document.
    pub images: BTreeMap<String, Located<Expr<String>>>,
    /// `Files`: what is in the files that the document names, by path.
    pub files: Files,
    /// On what services run, as `Defaults` and `Workloads` say.
    pub machines: Machines,
    /// `BindMounts`: what becomes of mounts of a host's directories.
    pub bind_mounts: BindMounts,
    /// `Secrets`: where the values of secrets come from.
    pub secrets: Secrets,
    /// Whether `Variables`, `Images`, `Files` and `Secrets` could be read: else what they lack is no error of the document.
    pub is_complete: bool,
}

/// What the steps of loading share.
struct Loader<'s, 'r, 'd> {
    settings: &'s Settings<'s>,
    reader: &'r mut Reader<'d>,
    origins: &'r mut Origins,
    /// What holds for the document that is being looked at.
    scope: Scope,
    variables: Variables<'s>,
}

/// The canonical model of documents, each laid over those before it. `None` where there is nothing to go on with; what is
/// wrong is in the reader's diagnostics in any case.
pub fn load(
    mut documents: Vec<Document>,
    settings: &Settings<'_>,
    origins: &mut Origins,
    reader: &mut Reader<'_>,
) -> Option<Project> {
    let scope = Scope::of(documents.first()?.form);
    let variables = Variables::new(settings.id, &settings.variables, settings.is_complete);
    let mut loader = Loader { settings, reader, origins, scope, variables };
    let name = loader.project_name(&mut documents);
    loader.variables.set_project(&name.value);
    let Assembled { mut node, inactive, strays } = assemble::assemble(documents, &mut loader)?;
    env_file::read(&mut node, &mut loader);
    let unused = unused::remove(&mut node, loader.reader.diagnostics);
    let machines = machine::all(&node, &settings.machines, &mut *loader.reader.early);
    let node = support::check(node, &machines, loader.reader.diagnostics);
    let project = model::Project::read(node, name, model::Missing { inactive, strays, unused }, &mut loader);
    for (name, origin) in loader.variables.unused() {
        loader.reader.diagnostics.note(origin, format!("the document does not use the variable `{name}`"));
    }
    project
}

impl Loader<'_, '_, '_> {
    fn interpolate(&mut self, node: Node) -> Node {
        self.variables.interpolate(node, self.reader)
    }

    /// The [name](https://github.com/compose-spec/compose-spec/blob/main/04-version-and-name.md) of the project: as the last
    /// document that has one says, or the declaration's logical id. It is read first, as documents may refer to it.
    fn project_name(&mut self, documents: &mut [Document]) -> Located<String> {
        let default = Located::new(self.settings.origin, self.settings.id.to_ascii_lowercase());
        let mut last = None;
        for document in documents {
            if let Kind::Mapping(entries) = &mut document.node.kind {
                last = entries.shift_remove("name").and_then(merge::settle).filter(|node| !node.is_null()).or(last);
            }
        }
        let Some(node) = last else { return default };
        let node = self.interpolate(node);
        let Some(name) = self.reader.known_text(&node) else { return default };
        let is_allowed = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
        let is_valid = name.value.starts_with(is_allowed)
            && name.value.chars().all(|character| is_allowed(character) || character == '-' || character == '_')
            && name.value.len() <= 63;
        if is_valid {
            return name;
        }
        self.reader
            .diagnostics
            .error(
                name.origin,
                format!("`{}` is no name for a project: services are found at `<service>.<name>.local`", name.value),
            )
            .fix("write at most 63 lower-case letters, digits, hyphens and underscores, with a letter or digit first");
        default
    }
}
