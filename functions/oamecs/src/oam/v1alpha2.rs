//! `core.oam.dev/v1alpha2`.
use super::Loader;
use super::model::Application;
use super::object::{Object, Objects};
pub(super) fn load(_application: Object, _objects: Objects, _loader: &mut Loader<'_, '_, '_>) -> Option<Application> {
    None
}
