//! [`volumes`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes) of a service:
//! `[SOURCE:]TARGET[:MODE]` becomes a map.

use super::super::Loader;
use super::map;
use crate::diagnostic::Origin;
use crate::document::{Kind, Node};

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let Kind::Sequence(items) = kind else { return Node::new(origin, kind) };
    let mut mounts = Vec::new();
    for item in items {
        if matches!(item.kind, Kind::Mapping(_)) {
            mounts.push(item);
        } else if let Some(text) = loader.reader.known_text(&item) {
            mounts.extend(short(&text.value, item.origin, loader));
        }
    }
    Node::new(origin, Kind::Sequence(mounts))
}

fn short(text: &str, origin: Origin, loader: &mut Loader<'_, '_, '_>) -> Option<Node> {
    let parts = split(text);
    let (source, target, modes) = match parts.as_slice() {
        [target] => (None, *target, None),
        [source, target] => (Some(*source), *target, None),
        [source, target, modes] => (Some(*source), *target, Some(*modes)),
        _ => {
            loader
                .reader
                .diagnostics
                .error(origin, format!("`{text}` has more than a source, a target and a mode"))
                .fix("write `VOLUME:/path` or `VOLUME:/path:ro`");
            return None;
        }
    };
    let is_path = source.is_some_and(is_path);
    let mut entries = vec![
        ("type", Node::text(origin, if is_path { "bind" } else { "volume" })),
        ("target", Node::text(origin, target)),
    ];
    if let Some(source) = source {
        entries.push(("source", Node::text(origin, source)));
    }
    for mode in modes.into_iter().flat_map(|modes| modes.split(',')) {
        match mode.trim() {
            "ro" => entries.push(("read_only", Node::new(origin, Kind::Bool(true)))),
            "nocopy" => entries.push(("volume", map(origin, [("nocopy", Node::new(origin, Kind::Bool(true)))]))),
            "rw" => {}
            mode @ ("z" | "Z" | "U" | "cached" | "delegated" | "consistent" | "shared" | "rshared" | "slave"
            | "rslave" | "private" | "rprivate") => {
                loader.reader.diagnostics.note(
                    origin,
                    format!(
                        "`{mode}` has no effect: it is about mounts of the host's directories, which tasks do not have"
                    ),
                );
            }
            other => {
                loader
                    .reader
                    .diagnostics
                    .error(origin, format!("`{other}` is not a mode of a mount"))
                    .fix("write `ro` for a mount that refuses writes, or nothing");
            }
        }
    }
    Some(map(origin, entries))
}

/// The parts between colons; the one of a Windows drive (`C:\`) is none.
fn split(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = text.split(':').collect();
    let is_drive = matches!(parts.as_slice(), [drive, path, ..] if drive.len() == 1 && drive.starts_with(|c: char| c.is_ascii_alphabetic()) && path.starts_with('\\'));
    if is_drive {
        // The pieces of the text are kept whole by taking it up to the second colon.
        let end = text.match_indices(':').nth(1).map_or(text.len(), |(index, _)| index);
        let (source, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        parts = vec![source];
        parts.extend(rest.strip_prefix(':').into_iter().flat_map(|rest| rest.split(':')));
    }
    parts
}

/// Whether a source is a path on the host, not a volume's name.
fn is_path(source: &str) -> bool {
    // `${…}` is left of a path whose variable has no value: `interpolation/host_paths.rs`.
    source.starts_with(['.', '/', '~', '\\']) || source.contains(":\\") || source.contains("${")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_colons() {
        let cases: [(&str, &[&str]); 5] = [
            ("/data", &["/data"]),
            ("db:/data:ro", &["db", "/data", "ro"]),
            ("./a:/b", &["./a", "/b"]),
            (r"C:\a:/b:ro", &[r"C:\a", "/b", "ro"]),
            (r"C:\a", &[r"C:\a"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text), expected, "{text}");
        }
        assert!(is_path("./a") && is_path("~/a") && is_path(r"C:\a") && !is_path("a"));
    }
}
