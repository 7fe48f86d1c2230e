//! [`ulimits`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ulimits).

use std::collections::BTreeMap;

use super::super::Loader;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node, suggestion};
use crate::program::container::Limit;

/// The limits that Linux has.
const NAMES: &[&str] = &[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> BTreeMap<String, Located<Limit>> {
    let mut limits = BTreeMap::new();
    let Some(entries) = loader.fields(node, "a map of limits by name", "for example `ulimits: { nofile: 65536 }`")
    else {
        return limits;
    };
    for (name, node) in entries.rest() {
        let origin = node.origin;
        if !NAMES.contains(&name.as_str()) {
            let error = loader.reader.diagnostics.error(origin, format!("Linux has no limit `{name}`"));
            match suggestion(&name, NAMES.iter().copied()) {
                Some(near) => error.fix(format!("did you mean `{near}`?")),
                None => error.fix(format!("write one of {}", crate::document::list(NAMES))),
            }
            continue;
        }
        let Some(mut fields) =
            loader.fields(node, "a number, or a map with `soft` and `hard`", "for example `nofile: 65536`")
        else {
            continue;
        };
        let (Some(soft), Some(hard)) =
            (limit(&mut fields, "soft", origin, loader), limit(&mut fields, "hard", origin, loader))
        else {
            continue;
        };
        if hard != -1 && (soft > hard || soft == -1) {
            loader
                .reader
                .diagnostics
                .error(origin, format!("the soft limit of `{name}` ({soft}) is above the hard one ({hard})"))
                .fix("write a soft limit that is at most the hard one");
            continue;
        }
        limits.insert(name, Located::new(origin, Limit { soft, hard }));
    }
    limits
}

fn limit(fields: &mut Fields, key: &str, origin: Origin, loader: &mut Loader<'_, '_, '_>) -> Option<i64> {
    let Some(node) = fields.take(key) else {
        loader
            .reader
            .diagnostics
            .error(origin, format!("the limit has no `{key}`"))
            .fix("write both `soft` and `hard`, or one number for both");
        return None;
    };
    let parse = |text: &str| text.trim().parse().ok().filter(|limit| *limit >= -1);
    loader.parsed(&node, parse, "a limit", "write a number, or `-1` for no limit").map(|limit| limit.value)
}
