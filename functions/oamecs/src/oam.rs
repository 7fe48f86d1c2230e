//! `OamEcs::Application`: documents of the [Open Application Model](https://github.com/oam-dev/spec), of any of its versions.
//!
//! In: [`Document`]s, with what their declaration says beside them. Out: [`load`] makes an [`Application`](model::Application) of
//! them, OAM's own canonical model, and [`lower`] makes an [`Application`](crate::program::Application) of that.
//!
//! | version | documents | module |
//! |---|---|---|
//! | `core.oam.dev/v1alpha1` | `ComponentSchematic`, `ApplicationConfiguration` | [`v1alpha1`] |
//! | `core.oam.dev/v1alpha2` | `Component`, `ApplicationConfiguration`, `Application` | [`v1alpha2`] |
//! | `core.oam.dev/v1beta1` | `Application`, and KubeVela's `vela.yaml` | [`v1beta1`] |
//!
//! A document is an [`object`] first: what version and kind it is says who reads it. Definitions of types, of which a platform
//! makes use and an application does not, are noted and left. Each version reads its components, has its traits do what they do
//! ([`traits`]), and ends in the one model; loading knows shapes and references, lowering knows meaning.

mod containers;
mod exposure;
mod image;
mod kubernetes;
mod lower;
pub mod model;
mod names;
mod object;
mod probe;
mod properties;
mod read;
mod scopes;
pub mod settings;
pub mod support;
#[cfg(test)]
mod tests;
mod traits;
mod v1alpha1;
mod v1alpha2;
mod v1beta1;

use crate::document::{Document, Reader};
pub use lower::lower;
pub use settings::Settings;

/// What the steps of loading share.
struct Loader<'s, 'r, 'd> {
    settings: &'s Settings<'s>,
    reader: &'r mut Reader<'d>,
}

/// The canonical model of documents. `None` where there is no application to go on with; what is wrong is in the reader's
/// diagnostics in any case.
pub fn load(documents: Vec<Document>, settings: &Settings<'_>, reader: &mut Reader<'_>) -> Option<model::Application> {
    let mut loader = Loader { settings, reader };
    let objects = loader.objects(documents);
    loader.application(objects)
}
