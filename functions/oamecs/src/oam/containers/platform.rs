//! The platform that the images of a workload are for.

use crate::diagnostic::Located;
use crate::document::Fields;
use crate::oam::Loader;
use crate::program::workload::Processor;

/// `osType` and `arch`.
pub(in crate::oam) fn read(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Processor>> {
    if let Some(system) = fields.take("osType").and_then(|node| loader.reader.known_text(&node)) {
        if !system.value.eq_ignore_ascii_case("linux") {
            loader
                .reader
                .diagnostics
                .error(system.origin, format!("`{}` is no operating system that OamEcs runs containers on", system.value))
                .fix("remove it, and use images for Linux");
        }
    }
    let arch = fields.take("arch").and_then(|node| loader.reader.known_text(&node))?;
    let processor = match arch.value.to_ascii_lowercase().as_str() {
        "amd64" | "x86_64" => Processor::Amd64,
        "arm64" | "aarch64" => Processor::Arm64,
        _ => {
            loader
                .reader
                .diagnostics
                .error(arch.origin, format!("ECS runs nothing on `{}`", arch.value))
                .fix("write `amd64` or `arm64`, and use images for that");
            return None;
        }
    };
    Some(Located::new(arch.origin, processor))
}
