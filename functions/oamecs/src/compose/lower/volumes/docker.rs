//! The options of Docker's own volume driver: `type`, `o` and `device`, as for `mount`.

use super::{Known, Place as Other};
use crate::compose::model::{DriverOpts, tmpfs};
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;

/// What these options make of a volume.
pub(super) enum Place {
    /// A file system of EFS, reached by NFS.
    Known(Known),
    /// Something else.
    Other(Other),
}

/// What a volume is; `None` where none of these options is given.
pub(super) fn place(key: &str, options: &DriverOpts, diagnostics: &mut Diagnostics) -> Option<Place> {
    let (type_, o, device) = (&options.type_, &options.o, &options.device);
    let origin = [type_, o, device].into_iter().flatten().next()?.origin;
    // What Docker mounts was read as text that is known.
    let text = |given: &Option<Located<Expr<String>>>| {
        given.as_ref().and_then(|given| given.value.known()).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    let (kind, o, device) = (text(type_), text(o), text(device));
    let flags: Vec<&str> = o.split(',').map(str::trim).collect();
    match kind.as_str() {
        "tmpfs" => {
            let memory = tmpfs::memory(&o, origin, diagnostics);
            Some(Place::Other(memory.map_or(Other::Faulty, Other::Memory)))
        }
        "" | "none" | "bind" if flags.iter().any(|flag| matches!(*flag, "bind" | "rbind")) && !device.is_empty() => {
            Some(Place::Other(Other::Directory(device)))
        }
        "nfs" | "nfs4" | "efs" => {
            let address = flags.iter().find_map(|flag| flag.strip_prefix("addr="));
            let (host, path) = match device.rsplit_once(':') {
                Some((host, path)) => (host, path),
                None => ("", device.as_str()),
            };
            let address = address.unwrap_or(host);
            let id = address.split('.').find(|part| part.starts_with("fs-"));
            if let Some(id) = id.filter(|_| address.contains(".efs.") || address == host) {
                let id = Located::new(origin, Expr::from(id));
                let directory = Some(path).filter(|path| path.starts_with('/') && *path != "/");
                let directory = directory.map(|path| Located::new(origin, Expr::from(path)));
                return Some(Place::Known(Known { id, directory }));
            }
            diagnostics
                .error(origin, format!("ECS mounts no NFS server but Amazon EFS, so `{key}` cannot be `{address}`"))
                .fix("give a file system of EFS as `x-aws-filesystem: fs-…`, or remove `driver_opts` to have one made, which starts empty");
            Some(Place::Other(Other::Faulty))
        }
        _ => {
            let what = if kind.is_empty() { "these options".to_owned() } else { format!("`type: {kind}`") };
            diagnostics.error(origin, format!("ECS cannot mount what {what} of Docker's volume driver means")).fix(
                "remove `driver_opts`; the volume is then an encrypted file system of its own, which starts empty",
            );
            Some(Place::Other(Other::Faulty))
        }
    }
}
