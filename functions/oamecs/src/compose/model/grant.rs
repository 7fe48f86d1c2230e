//! [`secrets`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#secrets) and
//! [`configs`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#configs) of a service.

use super::super::Loader;
use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node};

/// What a service gets as a file.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its place.
    pub origin: Origin,
    /// `source`: the key of the secret or config.
    pub source: Located<String>,
    /// `target`: where the file is.
    pub target: Option<Located<String>>,
    /// `uid`: who owns it.
    pub uid: Option<Located<u32>>,
    /// `gid`: the group that owns it.
    pub gid: Option<Located<u32>>,
    /// `mode`: its permissions.
    pub mode: Option<Located<u32>>,
}

impl Grant {
    pub(super) fn read(node: Node, what: &str, loader: &mut Loader<'_, '_, '_>) -> Vec<Self> {
        let items = loader.items(node, &format!("a list of {what}"), &format!("for example `{what}: [name]`"));
        items.into_iter().flatten().filter_map(|item| Self::one(item, loader)).collect()
    }

    fn one(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        let mut fields = loader.fields(node, "a name, or a map", "its name, or a map with `source` and `target`")?;
        let Some(source) = fields.take("source") else {
            loader
                .reader
                .diagnostics
                .error(origin, "this has no `source`")
                .fix("write the name that it has at the top of the document as `source`");
            return None;
        };
        let number = "write a number, as ECS knows the users of no image by name";
        let id = |text: &str| text.trim().parse().ok();
        Some(Self {
            origin,
            source: loader.reader.known_text(&source)?,
            target: fields
                .take("target")
                .and_then(|node| loader.reader.known_text(&node))
                .filter(|target| !target.value.is_empty()),
            uid: fields.take("uid").and_then(|node| loader.parsed(&node, id, "the number of a user", number)),
            gid: fields.take("gid").and_then(|node| loader.parsed(&node, id, "the number of a group", number)),
            mode: fields.take("mode").and_then(|node| mode(&node, loader)),
        })
    }
}

/// Permissions: text is octal. A number is what YAML made of it, which is octal where it began with 0.
fn mode(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<u32>> {
    let is_number = matches!(node.kind, Kind::Number(_));
    let parse = |text: &str| {
        let text = text.trim();
        let mode = if is_number { text.parse() } else { u32::from_str_radix(text.trim_start_matches("0o"), 8) };
        mode.ok().filter(|mode| *mode <= 0o7777)
    };
    let mode = loader.parsed(node, parse, "permissions in octal", "write for example `\"0440\"`")?;
    if is_number && looks_octal(node) {
        let written = node.clone().into_json().to_string();
        loader
            .reader
            .diagnostics
            .note(mode.origin, format!("the permissions are {:04o}, as `{written}` does not begin with 0", mode.value))
            .fix(format!("write `0{written}`, if the digits are octal"));
    }
    Some(mode)
}

/// Whether a decimal number has the digits of usual permissions: `440`, `644`.
fn looks_octal(node: &Node) -> bool {
    let Kind::Number(number) = &node.kind else { return false };
    let digits = number.to_string();
    digits.len() == 3 && digits.starts_with(['4', '5', '6', '7']) && digits.chars().all(|digit| "04567".contains(digit))
}
