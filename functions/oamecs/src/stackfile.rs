//! `OamEcs::Stackfile`: stackfiles of [ecs-compose](https://github.com/fernandosure/ecs-compose), as they are.
//!
//! In: [`Document`]s, with what their declaration says beside them. Out: [`load`] makes a [`Stack`](model::Stack) of them, the
//! format's own canonical model, and [`lower`] makes an [`Application`](crate::program::Application) of that. What depends on the
//! cluster comes last, when all environments are known: [`place`].
//!
//! Several documents are laid over each other ([`merge`]), what they say is checked against the [`support`] matrix, and what holds
//! for all services goes into each of them; loading knows shapes, lowering knows meaning.

mod elb;
mod environment;
mod healthcheck;
mod load;
mod logging;
mod lower;
mod merge;
pub mod model;
mod place;
mod ports;
mod read;
mod service;
pub mod settings;
pub mod support;
#[cfg(test)]
mod tests;
mod variables;
mod volumes;
mod vpc;

use crate::document::{Document, Reader};
pub use lower::lower;
pub use place::place;
pub use settings::Settings;

/// What the steps of loading share.
struct Loader<'s, 'r, 'd> {
    settings: &'s Settings<'s>,
    /// The variables and parameters that environments ask for.
    variables: variables::Variables<'s>,
    reader: &'r mut Reader<'d>,
}

/// The canonical model of documents. `None` where there is nothing to go on with; what is wrong is in the reader's diagnostics in
/// any case.
pub fn load(documents: Vec<Document>, settings: &Settings<'_>, reader: &mut Reader<'_>) -> Option<model::Stack> {
    let variables = variables::Variables::new(settings);
    let mut loader = Loader { settings, variables, reader };
    let document = merge::merge(documents, loader.reader)?;
    let stack = load::stack(document, &mut loader);
    loader.variables.report_unused(loader.reader.diagnostics);
    stack
}
