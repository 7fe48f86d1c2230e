//! [`image`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#image) and
//! [`build`](https://github.com/compose-spec/compose-spec/blob/main/build.md): what a service runs.

use super::super::model::image::fault;
use super::Lowering;
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// The image of `service`: as `Images` has it, or as the document.
pub(super) fn lower(
    service: &str,
    origin: Origin,
    image: Option<Located<Expr<String>>>,
    build: Option<Origin>,
    lowering: &mut Lowering<'_>,
) -> Option<Located<Expr<String>>> {
    if let Some(given) = lowering.settings.images.get(service) {
        return Some(chosen(service, given, image, build, lowering));
    }
    let id = lowering.settings.id;
    match (image, build) {
        (Some(image), None) => Some(image),
        (Some(image), Some(build)) => {
            lowering
                .diagnostics
                .note(build, "nothing is built from a template: `image` is pulled from its registry as it is")
                .fix(format!("build and push it, or give another image under `Images` of `{id}`"));
            Some(image)
        }
        (None, Some(_)) if !lowering.settings.is_complete => None,
        (None, Some(build)) => {
            lowering
                .diagnostics
                .error(build, format!("a template cannot build the image of `{service}`"))
                .fix(format!("push it to a registry, and give its address under `Images` of `{id}`: `{service}: …`"));
            None
        }
        (None, None) => {
            lowering
                .diagnostics
                .error(origin, format!("the service `{service}` has no `image`"))
                .fix("add one, for example `image: nginx:1.27`");
            None
        }
    }
}

/// The image that `Images` gives.
fn chosen(
    service: &str,
    given: &Located<Expr<String>>,
    image: Option<Located<Expr<String>>>,
    build: Option<Origin>,
    lowering: &mut Lowering<'_>,
) -> Located<Expr<String>> {
    if let Some(fault) = given.value.known().and_then(|text| fault(text)) {
        lowering.diagnostics.error(given.origin, fault.message).fix(fault.fix);
    }
    // Where something is built, `image` is the name that it gets; `Images` is there for that.
    let is_other = |image: &Located<Expr<String>>| image.value != given.value && image.value != Expr::from("");
    if let Some(image) = image.filter(|image| build.is_none() && is_other(image)) {
        let id = lowering.settings.id;
        lowering
            .diagnostics
            .advice(image.origin, format!("`{service}` runs the image that `Images` of `{id}` gives, not this one"));
    }
    given.clone()
}
