//! Images of containers: what `Images` of the declaration has counts before what a document writes.

use super::Loader;
use super::model::Pod;
use crate::diagnostic::Located;
use crate::document::Fields;
use crate::expression::Expr;

impl<'s> Loader<'s, '_, '_> {
    /// The image that `Images` has for the first container of an instance, by its name or by that of its component.
    pub(super) fn given_image(&self, instance: &str, component: &str) -> Option<&'s Located<Expr<String>>> {
        let images = &self.settings.images;
        images.get(instance).or_else(|| images.get(component))
    }

    /// Gives the first container of an instance the image that `Images` has for it.
    pub(super) fn give_image(&self, instance: &str, component: &str, pod: &mut Pod) {
        if let (Some(image), Some(first)) = (self.given_image(instance, component), pod.containers.first_mut()) {
            first.image = Some(image.clone());
        }
    }

    /// The `image` of a container, which must be there unless it is given elsewhere.
    pub(super) fn image(&mut self, fields: &mut Fields, is_given: bool) -> Option<Located<Expr<String>>> {
        let node = if is_given { fields.take("image")? } else { self.needed(fields, "image", "image: nginx:1.27")? };
        let image = self.reader.text(&node)?;
        let Some(text) = image.value.known() else { return Some(image) };
        let is_placeholder = text.contains(['<', '>', '{', '}']) || text.contains(char::is_whitespace);
        if text.is_empty() || is_placeholder {
            let message = format!("`{text}` is no image");
            self.reader.diagnostics.error(image.origin, message).fix("write its name, for example `nginx:1.27`");
            return None;
        }
        Some(image)
    }
}
