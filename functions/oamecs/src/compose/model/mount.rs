//! [`volumes`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes) of a service.

use super::super::Loader;
use super::tmpfs;
use crate::diagnostic::{Located, Origin};
use crate::document::{Kind as NodeKind, Node};
use crate::program::storage::Memory;

/// A directory of a container that comes from elsewhere.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Its place.
    pub origin: Origin,
    /// `type`.
    pub kind: Located<Kind>,
    /// `source`: a volume's key, or a path on the host.
    pub source: Option<Located<String>>,
    /// `target`: the path in the container.
    pub target: Located<String>,
    /// `read_only`.
    pub read_only: bool,
    /// `volume.nocopy`: whether the volume stays as empty as it is made.
    pub nocopy: Option<Located<bool>>,
    /// `volume.subpath`: the directory of the volume that is mounted.
    pub subpath: Option<Located<String>>,
    /// `tmpfs`: what a directory in memory is like.
    pub memory: Memory,
}

/// What is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A directory or file of the host.
    Bind,
    /// A cluster volume.
    Cluster,
    /// The content of an image.
    Image,
    /// A named pipe.
    Npipe,
    /// Memory.
    Tmpfs,
    /// A volume.
    Volume,
}

const KINDS: &[(&str, Kind)] = &[
    ("bind", Kind::Bind),
    ("cluster", Kind::Cluster),
    ("image", Kind::Image),
    ("npipe", Kind::Npipe),
    ("tmpfs", Kind::Tmpfs),
    ("volume", Kind::Volume),
];

impl Mount {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Vec<Self> {
        let example = match &node.kind {
            NodeKind::Text(text) => format!("`volumes: [\"{text}\"]`"),
            _ => "for example `volumes: [\"data:/var/lib/data\"]`".to_owned(),
        };
        let Some(items) = loader.items(node, "a list of mounts", &example) else {
            return Vec::new();
        };
        items.into_iter().filter_map(|item| Self::one(item, loader)).collect()
    }

    /// Whether it is the socket by which a container reaches Docker.
    pub(in super::super) fn is_docker_socket(&self) -> bool {
        matches!(self.kind.value, Kind::Bind | Kind::Npipe)
            && self
                .source
                .as_ref()
                .is_some_and(|source| source.value.ends_with("docker.sock") || source.value.ends_with("docker_engine"))
    }

    fn one(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        let mut fields =
            loader.fields(node, "a mount", "`VOLUME:/path`, or a map with `type`, `source` and `target`")?;
        let Some(kind) = fields.take("type") else {
            loader.reader.diagnostics.error(origin, "the mount has no `type`").fix("write `type: volume`");
            return None;
        };
        let kind = loader.choice(&kind, KINDS)?;
        let Some(target) = fields.take("target") else {
            loader
                .reader
                .diagnostics
                .error(origin, "the mount has no `target`")
                .fix("write the path in the container as `target`");
            return None;
        };
        let target = loader.reader.known_text(&target)?;
        let source = fields
            .take("source")
            .and_then(|node| loader.reader.known_text(&node))
            .filter(|source| !source.value.is_empty());
        let read_only = fields
            .take("read_only")
            .and_then(|node| loader.reader.any_bool(&node))
            .is_some_and(|read_only| read_only.value);
        for (options, own) in
            [("bind", Kind::Bind), ("image", Kind::Image), ("tmpfs", Kind::Tmpfs), ("volume", Kind::Volume)]
        {
            if kind.value != own
                && let Some(node) = fields.take(options)
            {
                let name = KINDS.iter().find(|(_, other)| *other == kind.value).map_or("", |(name, _)| name);
                let message = format!("`{options}` has no effect on a mount of type `{name}`");
                loader.reader.diagnostics.note(node.origin, message);
            }
        }
        let memory = fields.take("tmpfs").map(|node| tmpfs::options(node, loader)).unwrap_or_default();
        let mut volume = fields
            .take("volume")
            .and_then(|node| loader.fields(node, "a map of options", "for example `volume: { nocopy: true }`"));
        let mut option = |key| volume.as_mut().and_then(|volume| volume.take(key));
        let (nocopy, subpath) = (option("nocopy"), option("subpath"));
        let nocopy = nocopy.and_then(|node| loader.reader.any_bool(&node));
        let subpath = subpath.and_then(|node| loader.reader.known_text(&node));
        Some(Self { origin, kind, source, target, read_only, nocopy, subpath, memory })
    }
}
