//! [`driver_opts`](https://github.com/compose-spec/compose-spec/blob/main/07-volumes.md#driver_opts) of a volume: those of
//! Docker's integration with ECS, in both of the spellings that its documentation had, and those of Docker's own driver.

use super::super::Loader;
use crate::diagnostic::Located;
use crate::document::{Form, Kind, Node, list, suggestion};
use crate::expression::Expr;

/// An option as it is written, which may be known late.
type Given = Option<Located<Expr<String>>>;

macro_rules! options {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Options of a volume. Those with a hyphen in their names are read with an underscore too.
        #[derive(Clone, Debug, Default)]
        pub struct DriverOpts {
            $($(#[$doc])* pub $name: Given,)*
        }

        impl DriverOpts {
            const KEYS: &[&str] = &[$(stringify!($name)),*];

            fn slot(&mut self, name: &str) -> Option<&mut Given> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }
        }
    };
}

options! {
    /// Whether the file system is backed up: `ENABLED`.
    backup_policy,
    /// What Docker's own driver mounts.
    device,
    /// The group of every access.
    gid,
    /// The key that encrypts the file system.
    kms_key_id,
    /// When files move to cheaper storage: `AFTER_30_DAYS`.
    lifecycle_policy,
    /// The options with which Docker's own driver mounts.
    o,
    /// What the file system is tuned for.
    performance_mode,
    /// The permissions of the directory.
    permissions,
    /// MiB a second.
    provisioned_throughput,
    /// The directory of the file system.
    root_directory,
    /// What the throughput depends on.
    throughput_mode,
    /// The type of what Docker's own driver mounts.
    type_,
    /// The user of every access.
    uid,
}

/// Those that decide which others are possible, or what is made.
const DECISIVE: [&str; 5] = ["device", "o", "performance_mode", "throughput_mode", "type_"];

impl DriverOpts {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Self {
        let mut read = Self::default();
        let example = "for example `driver_opts: { uid: 1000 }`";
        let Some(fields) = loader.fields(node, "a map of options", example) else { return read };
        for (key, node) in fields.rest() {
            if node.is_null() {
                continue;
            }
            let name = if key == "type" { "type_".to_owned() } else { key.replace('-', "_") };
            if read.slot(&name).is_none() || key == "type_" {
                report_unknown(&key, &node, loader);
                continue;
            }
            if name == "permissions" && loader.scope.form == Form::Map && matches!(node.kind, Kind::Number(_)) {
                loader
                    .reader
                    .diagnostics
                    .error(node.origin, "CloudFormation reads a number that begins with 0 as octal, so that nobody knows what was written here")
                    .fix("write the permissions in quotes, for example `\"0750\"`");
                continue;
            }
            let value = if DECISIVE.contains(&name.as_str()) {
                loader.reader.known_text(&node).map(|text| text.map(Expr::Known))
            } else {
                loader.reader.text(&node)
            };
            let Some(value) = value else { continue };
            let origin = value.origin;
            let former = read.slot(&name).and_then(|slot| slot.replace(value));
            if former.is_some() {
                let name = name.replace('_', "-");
                let message = format!("`{name}` is given twice, once with an underscore");
                loader.reader.diagnostics.error(origin, message).fix("keep one of the two");
            }
        }
        read
    }
}

fn report_unknown(key: &str, node: &Node, loader: &mut Loader<'_, '_, '_>) {
    let known: Vec<&str> = DriverOpts::KEYS.iter().map(|key| key.trim_end_matches('_')).collect();
    let name = key.replace('-', "_");
    let entry = loader.reader.diagnostics.unknown(node.origin, format!("unknown option `{key}` of a volume"));
    entry.fix(match suggestion(&name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the options are {}", list(&known)),
    });
}
