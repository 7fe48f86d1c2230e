//! From OAM's canonical model to the model of what runs.

use super::{Settings, model};
use crate::diagnostic::Diagnostics;
use crate::program::Application;

/// The application that OAM documents describe. `None` where nothing of it can run; what is wrong is in `diagnostics` in any
/// case.
pub fn lower(
    _application: model::Application,
    _settings: &Settings<'_>,
    _environment: String,
    _diagnostics: &mut Diagnostics,
) -> Option<Application> {
    None
}
