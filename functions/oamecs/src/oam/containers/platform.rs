//! The platform that the images of a workload are for.

use crate::diagnostic::Located;
use crate::document::Fields;
use crate::oam::Loader;
use crate::program::platform::Processor;

/// `osType` and `arch`.
pub(in crate::oam) fn read(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Processor>> {
    if let Some(name) = fields.take("osType").and_then(|node| loader.reader.known_text(&node)) {
        system(&name, loader);
    }
    let arch = fields.take("arch").and_then(|node| loader.reader.known_text(&node))?;
    processor(&arch, loader)
}

/// Reports an operating system that containers do not run on here.
pub(in crate::oam) fn system(name: &Located<String>, loader: &mut Loader<'_, '_, '_>) {
    if !name.value.eq_ignore_ascii_case("linux") {
        loader
            .reader
            .diagnostics
            .error(name.origin, format!("`{}` is no operating system that OamEcs runs containers on", name.value))
            .fix("remove it, and use images for Linux");
    }
}

/// An instruction set by its name. `None` where ECS has none such, which was reported.
pub(in crate::oam) fn processor(name: &Located<String>, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Processor>> {
    let processor = match name.value.to_ascii_lowercase().as_str() {
        "amd64" | "x86_64" => Processor::Amd64,
        "arm64" | "aarch64" => Processor::Arm64,
        _ => {
            loader
                .reader
                .diagnostics
                .error(name.origin, format!("ECS runs nothing on `{}`", name.value))
                .fix("write `amd64` or `arm64`, and use images for that");
            return None;
        }
    };
    Some(Located::new(name.origin, processor))
}
