//! [`tmpfs`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#tmpfs) of a service, and the options of a
//! mount of that type.

use super::super::Loader;
use super::bytes::bytes;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Form, Kind, Node, list_some, suggestion};
use crate::program::container::Bytes;
use crate::program::storage::Memory;

/// A directory in memory.
#[derive(Clone, Debug)]
pub struct Tmpfs {
    /// Its place.
    pub origin: Origin,
    /// The path in the container.
    pub target: Located<String>,
    /// Whether it refuses writes.
    pub read_only: bool,
    /// What it is like.
    pub memory: Memory,
}

/// The options without a value that ECS hands on
/// ([API](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html)), sorted.
const FLAGS: [&str; 33] = [
    "async",
    "atime",
    "bind",
    "defaults",
    "dev",
    "diratime",
    "dirsync",
    "exec",
    "mand",
    "noatime",
    "nodev",
    "nodiratime",
    "noexec",
    "nomand",
    "norelatime",
    "nostrictatime",
    "nosuid",
    "private",
    "rbind",
    "relatime",
    "remount",
    "ro",
    "rprivate",
    "rshared",
    "rslave",
    "runbindable",
    "rw",
    "shared",
    "slave",
    "strictatime",
    "suid",
    "sync",
    "unbindable",
];

/// Those with one, besides `size`, `mode`, `uid` and `gid`.
const VALUED: [&str; 3] = ["mpol", "nr_blocks", "nr_inodes"];

const SIZE: &str = "write a number with its unit, for example `size=64m`";

impl Tmpfs {
    /// Reads a path with its options (`/run:size=64m,mode=755`), or a list of such.
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Vec<Self> {
        let items = match node.kind {
            Kind::Sequence(items) => items,
            _ => vec![node],
        };
        items.iter().filter_map(|item| Self::one(item, loader)).collect()
    }

    fn one(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let text = loader.reader.known_text(node)?;
        let (target, options) = text.value.split_once(':').unwrap_or((&text.value, ""));
        let mut read = Self {
            origin: node.origin,
            target: Located::new(node.origin, target.to_owned()),
            read_only: false,
            memory: Memory::default(),
        };
        read.memory = memory(options, node.origin, loader.reader.diagnostics)?;
        read.memory.flags.retain(|flag| {
            read.read_only |= flag == "ro";
            flag != "ro" && flag != "rw" && flag != "defaults"
        });
        Some(read)
    }
}

/// The options of `mount`: `size=64m,mode=1777,noexec`.
pub(in super::super) fn memory(options: &str, origin: Origin, diagnostics: &mut Diagnostics) -> Option<Memory> {
    let mut memory = Memory::default();
    for option in options.split(',').map(str::trim).filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let is_read = match name {
            "size" => {
                memory.size = bytes(value).filter(|size| *size != Bytes(0));
                if memory.size.is_none() && value != "0" {
                    diagnostics.error(origin, format!("`{value}` is no size of a directory in memory")).fix(SIZE);
                    return None;
                }
                true
            }
            "mode" => {
                memory.mode = octal(value);
                memory.mode.is_some()
            }
            "uid" => {
                memory.user = value.parse().ok();
                memory.user.is_some()
            }
            "gid" => {
                memory.group = value.parse().ok();
                memory.group.is_some()
            }
            _ if FLAGS.binary_search(&option).is_ok() || VALUED.contains(&name) => {
                memory.flags.push(option.to_owned());
                true
            }
            _ => false,
        };
        if !is_read {
            let known: Vec<&str> = ["gid", "mode", "size", "uid"].into_iter().chain(FLAGS).chain(VALUED).collect();
            let error = diagnostics.error(origin, format!("`{option}` is no option of a directory in memory"));
            error.fix(match suggestion(name, known.iter().copied()).filter(|near| *near != name) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the options are {}", list_some(&known)),
            });
            return None;
        }
    }
    Some(memory)
}

/// Permissions, as in `1777` or `0o755`.
fn octal(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0o").unwrap_or(text);
    u32::from_str_radix(digits, 8).ok().filter(|mode| *mode <= 0o7777 && !digits.starts_with('+'))
}

/// `tmpfs` of a mount: a map with `size` and `mode`.
pub(super) fn options(node: Node, loader: &mut Loader<'_, '_, '_>) -> Memory {
    let example = "for example `tmpfs: { size: 64m }`";
    let Some(mut fields) = loader.fields(node, "a map of options", example) else { return Memory::default() };
    let size = fields
        .take("size")
        .and_then(|node| loader.parsed(&node, bytes, "a size", "write a number with its unit, for example `64m`"));
    let mode = fields.take("mode").and_then(|node| mode(&node, loader));
    Memory { size: size.map(|size| size.value).filter(|size| *size != Bytes(0)), mode, ..Memory::default() }
}

/// A number is the permissions themselves, as YAML 1.1 reads `01777` (and CloudFormation with it); text is octal.
fn mode(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<u32> {
    let is_number = matches!(node.kind, Kind::Number(_)) && loader.scope.form == Form::Map;
    let parse = |text: &str| if is_number { text.parse().ok().filter(|mode| *mode <= 0o7777) } else { octal(text) };
    let fix = "write octal digits in quotes, for example `\"1777\"`";
    loader.parsed(node, parse, "a file mode", fix).map(|mode| mode.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_sorted_for_the_search() {
        assert!(FLAGS.is_sorted());
    }

    #[test]
    fn modes_are_octal() {
        for (text, mode) in [
            ("1777", Some(0o1777)),
            ("0755", Some(0o755)),
            ("0o700", Some(0o700)),
            ("888", None),
            ("", None),
            ("17777", None),
        ] {
            assert_eq!(octal(text), mode, "{text}");
        }
    }
}
