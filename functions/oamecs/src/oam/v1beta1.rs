//! `core.oam.dev/v1beta1`.
use super::Loader;
use super::model::Application;
use super::object::{Object, Objects};
use crate::document::Node;
pub(super) fn load(_application: Object, _objects: Objects, _loader: &mut Loader<'_, '_, '_>) -> Option<Application> {
    None
}
pub(super) fn is_appfile(_node: &Node) -> bool {
    false
}
impl Loader<'_, '_, '_> {
    pub(super) fn appfile(&mut self, _node: Node) -> Option<Object> {
        None
    }
}
