//! What containers mount: claims, config maps, secrets, empty directories, directories of the machine.
//!
//! In: `volumeMounts`, the older `volumes`, and the lists of a trait of the type `storage`. Out: volumes of the pod, mounts of its
//! first container, and variables.

use std::collections::BTreeMap;

use super::super::Loader;
use super::super::kubernetes::resources::Resources;
use super::super::model::component::Pod;
use super::super::model::container::{FileContent, VariableValue};
use super::super::model::{Container, Mount, Variable, Volume, VolumeFile};
use crate::diagnostic::{Located, Origin};
use crate::document::{self, Fields, Node};

/// A list of volumes, by the keys of its items.
struct Source {
    /// The key of the list.
    key: &'static str,
    kind: Kind,
    /// The key of what is mounted, beside the volume's own `name`.
    named_by: &'static str,
    /// What the trait puts before the names of its volumes.
    prefix: &'static str,
}

/// A key of a config map or a secret, and its file.
struct Pick {
    key: Located<String>,
    path: String,
    mode: Option<u32>,
}

/// The kinds of volumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Claim,
    ConfigMap,
    Secret,
    Empty,
    Host,
}

/// The lists of `volumeMounts`.
const MOUNTS: [Source; 5] = [
    Source { key: "pvc", kind: Kind::Claim, named_by: "claimName", prefix: "" },
    Source { key: "configMap", kind: Kind::ConfigMap, named_by: "cmName", prefix: "" },
    Source { key: "secret", kind: Kind::Secret, named_by: "secretName", prefix: "" },
    Source { key: "emptyDir", kind: Kind::Empty, named_by: "name", prefix: "" },
    Source { key: "hostPath", kind: Kind::Host, named_by: "path", prefix: "" },
];

/// The lists of a trait of the type `storage`, which mounts things by their own names.
const STORAGE: [Source; 5] = [
    Source { key: "pvc", kind: Kind::Claim, named_by: "name", prefix: "pvc-" },
    Source { key: "configMap", kind: Kind::ConfigMap, named_by: "name", prefix: "configmap-" },
    Source { key: "secret", kind: Kind::Secret, named_by: "name", prefix: "secret-" },
    Source { key: "emptyDir", kind: Kind::Empty, named_by: "name", prefix: "emptydir-" },
    Source { key: "hostPath", kind: Kind::Host, named_by: "path", prefix: "hostpath-" },
];

/// The types of the older `volumes`.
const OLDER: [(&str, Kind); 4] =
    [("configMap", Kind::ConfigMap), ("emptyDir", Kind::Empty), ("pvc", Kind::Claim), ("secret", Kind::Secret)];

/// How many may write a claim at once.
const ACCESS_MODES: [(&str, bool); 4] =
    [("ReadOnlyMany", true), ("ReadWriteMany", true), ("ReadWriteOnce", false), ("ReadWriteOncePod", false)];

/// The permissions of files that are picked, as KubeVela has them where nothing is said.
const PICKED_MODE: u32 = 0o777;

const MEDIA: [(&str, bool); 2] = [("", false), ("Memory", true)];

impl Loader<'_, '_, '_> {
    /// `volumeMounts`, or else `volumes`.
    pub(super) fn mounts(
        &mut self,
        fields: &mut Fields,
        container: &mut Container,
        pod: &mut Pod,
        resources: &Resources,
    ) {
        let (mounts, older) = (fields.take("volumeMounts"), fields.take("volumes"));
        if let (Some(_), Some(older)) = (&mounts, &older) {
            let message = "`volumes` has no effect: `volumeMounts` says what is mounted";
            self.reader.diagnostics.note(older.origin, message);
        } else {
            for node in self.list(older, "a list of volumes") {
                let Some(mut item) = self.reader.fields(node, "a volume, a map with `name` and `mountPath`") else {
                    continue;
                };
                let kind = item
                    .take("type")
                    .map_or(Some(Kind::Empty), |node| self.reader.choice(&node, &OLDER).map(|kind| kind.value));
                let source = MOUNTS.iter().find(|source| Some(source.kind) == kind);
                if let Some(source) = source {
                    self.mount(source, item, container, pod, resources);
                }
            }
        }
        if let Some(mut lists) = self.map(mounts, "a map with `pvc`, `configMap`, `secret` or `emptyDir`") {
            self.lists(&MOUNTS, &mut lists, container, pod, resources);
        }
    }

    /// The lists of a trait of the type `storage`.
    pub(super) fn storage_lists(
        &mut self,
        lists: &mut Fields,
        container: &mut Container,
        pod: &mut Pod,
        resources: &Resources,
    ) {
        self.lists(&STORAGE, lists, container, pod, resources);
    }

    fn lists(
        &mut self,
        sources: &[Source],
        lists: &mut Fields,
        container: &mut Container,
        pod: &mut Pod,
        resources: &Resources,
    ) {
        for source in sources {
            for node in self.list(lists.take(source.key), "a list of volumes") {
                if let Some(item) = self.reader.fields(node, "a volume, a map with `name` and `mountPath`") {
                    self.mount(source, item, container, pod, resources);
                }
            }
        }
    }

    /// A volume and its mount, and the variables that come from it.
    fn mount(
        &mut self,
        source: &Source,
        mut item: Fields,
        container: &mut Container,
        pod: &mut Pod,
        resources: &Resources,
    ) -> Option<()> {
        let origin = item.origin;
        let name = self.required(&mut item, "name", "name: data")?;
        let named = match source.named_by {
            "name" => name.clone(),
            key => self.required(&mut item, key, &format!("{key}: data"))?,
        };
        self.mounted_variables(source, &mut item, &named, container, resources);
        let path = item.take("mountPath");
        if path.is_none() && matches!(source.kind, Kind::ConfigMap | Kind::Secret) && !source.prefix.is_empty() {
            // It is for variables only.
            return None;
        }
        let Some(path) = path else {
            self.needed(&mut item, "mountPath", "mountPath: /data");
            return None;
        };
        let path = self.absolute(&path)?;
        let sub_path = item.take("subPath").and_then(|node| self.sub_path(&node));
        let read_only =
            item.take("readOnly").and_then(|node| self.reader.any_bool(&node)).is_some_and(|only| only.value);
        let volume = self.volume(source, origin, &named, &mut item, resources)?;
        let key = format!("{}{}", source.prefix, name.value);
        match pod.volumes.get(&key) {
            Some(other) if !is_same(&other.value, &volume) => {
                let message = format!("there is a volume `{}` already, which is another", name.value);
                self.reader.diagnostics.error(name.origin, message).fix("give one of them another name");
                return None;
            }
            Some(_) => {}
            None => {
                pod.volumes.insert(key.clone(), Located::new(origin, volume));
            }
        }
        container.mounts.push(Mount { origin, volume: key, path, sub_path, read_only });
        Some(())
    }

    fn volume(
        &mut self,
        source: &Source,
        origin: Origin,
        named: &Located<String>,
        item: &mut Fields,
        resources: &Resources,
    ) -> Option<Volume> {
        Some(match source.kind {
            Kind::Claim => self.claim(source, named, item, resources),
            Kind::ConfigMap => {
                let texts = self.config_texts(named.origin, &named.value, resources)?;
                let mode = item.take("defaultMode").and_then(|node| self.permissions(&node));
                let mut files = BTreeMap::new();
                for (key, text) in texts {
                    let content = FileContent::Text(text.value.clone());
                    files.insert(key.clone(), Located::new(text.origin, VolumeFile { content, mode }));
                }
                self.items(origin, item.take("items"), files, &named.value, Some(PICKED_MODE))?
            }
            Kind::Secret => {
                let mode = item.take("defaultMode").and_then(|node| self.permissions(&node));
                self.secret_files(origin, named, item.take("items"), mode, Some(PICKED_MODE), resources)?
            }
            Kind::Empty => {
                let medium = item.take("medium").and_then(|node| self.reader.choice(&node, &MEDIA));
                Volume::Empty { size: None, in_memory: medium.is_some_and(|medium| medium.value) }
            }
            Kind::Host => Volume::Host(named.value.clone()),
        })
    }

    fn claim(&mut self, source: &Source, named: &Located<String>, item: &mut Fields, resources: &Resources) -> Volume {
        let said = item.has("accessModes");
        let is_shared = self.access(item);
        let only_mounts =
            item.take("mountOnly").and_then(|node| self.reader.any_bool(&node)).is_some_and(|only| only.value);
        // KubeVela makes the claim of the trait, for one at a time where nothing is said.
        let makes = !source.prefix.is_empty() && !only_mounts;
        let is_shared = is_shared.or_else(|| (makes && !said).then(|| Located::new(named.origin, false)));
        let claim = named.value.clone();
        Volume::Claim { exists: !resources.makes_claim(&claim), claim, is_shared }
    }

    /// Whether several replicas may write a claim at once, where it says so.
    pub(in crate::oam) fn access(&mut self, item: &mut Fields) -> Option<Located<bool>> {
        let mode = item.take("volumeMode").and_then(|node| self.reader.known_text(&node));
        if let Some(mode) = mode.filter(|mode| mode.value != "Filesystem") {
            let message = format!("`{}` is not available on ECS: a volume is a file system", mode.value);
            self.reader.diagnostics.error(mode.origin, message).fix("write `volumeMode: Filesystem`");
            return None;
        }
        let mut is_shared: Option<Located<bool>> = None;
        for node in self.list(item.take("accessModes"), "a list of access modes") {
            let mode = self.reader.choice(&node, &ACCESS_MODES)?;
            let before = is_shared.as_ref().is_some_and(|is_shared| is_shared.value);
            is_shared = Some(mode.map(|mode| mode || before));
        }
        is_shared
    }

    /// The files of a config map: those that are picked, under the names that they are given; or all.
    pub(in crate::oam) fn items(
        &mut self,
        origin: Origin,
        items: Option<Node>,
        files: BTreeMap<String, Located<VolumeFile>>,
        named: &str,
        otherwise: Option<u32>,
    ) -> Option<Volume> {
        let Some(items) = items else { return Some(Volume::Files(files)) };
        let mut picked = BTreeMap::new();
        for Pick { key, path, mode } in self.picks(items, otherwise)? {
            let Some(file) = files.get(&key.value) else {
                let message = format!("`{named}` has no key `{}`", key.value);
                self.reader.diagnostics.error(key.origin, message).fix("correct it, or add it to the data");
                continue;
            };
            let content = file.value.content.clone();
            picked.insert(path, Located::new(origin, VolumeFile { content, mode }));
        }
        Some(Volume::Files(picked))
    }

    /// The files of a secret: those that are picked, or all whose keys are known.
    pub(in crate::oam) fn secret_files(
        &mut self,
        origin: Origin,
        named: &Located<String>,
        items: Option<Node>,
        mode: Option<u32>,
        picked: Option<u32>,
        resources: &Resources,
    ) -> Option<Volume> {
        let file = |key: &str, mode: Option<u32>| {
            let content = FileContent::Secret { name: named.value.clone(), key: Some(key.to_owned()) };
            Located::new(origin, VolumeFile { content, mode })
        };
        let mut files = BTreeMap::new();
        if let Some(items) = items {
            for Pick { key, path, mode } in self.picks(items, picked)? {
                files.insert(path, file(&key.value, mode));
            }
        } else if let Some(keys) = resources.keys_of_secret(&named.value) {
            files.extend(keys.iter().map(|key| (key.clone(), file(key, mode))));
        } else {
            let message = format!("which files `{}` has is not known: it is no secret of the documents", named.value);
            self.reader
                .diagnostics
                .error(named.origin, message)
                .fix("list its keys, `items: [{ key: password, path: password }]`");
            return None;
        }
        Some(Volume::Files(files))
    }

    /// Keys, the paths of their files, and the permissions of these; `otherwise` where nothing is said.
    fn picks(&mut self, items: Node, otherwise: Option<u32>) -> Option<Vec<Pick>> {
        let mut picks = Vec::new();
        for node in self.list(Some(items), "a list of keys with their paths") {
            let mut fields = self.reader.fields(node, "a map with `key` and `path`")?;
            let key = self.required(&mut fields, "key", "key: app.conf");
            let path = self.required(&mut fields, "path", "path: app.conf");
            let (key, path) = key.zip(path)?;
            let mode = fields.take("mode").and_then(|node| self.permissions(&node)).or(otherwise);
            picks.push(Pick { key, path: path.value.trim_start_matches('/').to_owned(), mode });
        }
        Some(picks)
    }

    /// Permissions: text is octal, and a number is what YAML made of it, which is octal where it began with 0.
    pub(in crate::oam) fn permissions(&mut self, node: &Node) -> Option<u32> {
        let text = self.reader.known_text(node)?.value;
        let digits = text.trim().trim_start_matches("0o");
        let mode = match node.kind {
            document::Kind::Number(_) => digits.parse().ok(),
            _ => u32::from_str_radix(digits, 8).ok(),
        };
        let mode = mode.filter(|mode| *mode <= 0o7777);
        if mode.is_none() {
            self.reader
                .diagnostics
                .error(node.origin, format!("`{text}` is no permissions of a file"))
                .fix("write them in octal digits, for example `0644`");
        }
        mode
    }

    /// `mountToEnv` and `mountToEnvs`.
    fn mounted_variables(
        &mut self,
        source: &Source,
        item: &mut Fields,
        named: &Located<String>,
        container: &mut Container,
        resources: &Resources,
    ) {
        let key = match source.kind {
            Kind::ConfigMap => "configMapKey",
            Kind::Secret => "secretKey",
            Kind::Claim | Kind::Empty | Kind::Host => return,
        };
        let mut nodes: Vec<Node> = item.take("mountToEnv").into_iter().collect();
        nodes.extend(self.list(item.take("mountToEnvs"), "a list of variables"));
        for node in nodes {
            let Some(mut fields) = self.reader.fields(node, "a map with `envName` and a key") else { continue };
            let name = self.required(&mut fields, "envName", "envName: PASSWORD");
            let key = self.required(&mut fields, key, &format!("{key}: password"));
            let Some((name, key)) = name.zip(key) else { continue };
            let value = if source.kind == Kind::ConfigMap {
                let text = self.config_text(key.origin, &named.value, &key.value, resources);
                text.map(|text| VariableValue::Text(text.value))
            } else {
                Some(VariableValue::Secret { name: named.value.clone(), key: Some(key.value) })
            };
            if let Some(value) = value {
                container.env.retain(|variable| variable.name.value != name.value);
                container.env.push(Variable { name, value });
            }
        }
    }

    /// The absolute path of a mount.
    pub(in crate::oam) fn absolute(&mut self, node: &Node) -> Option<String> {
        let path = self.reader.known_text(node)?;
        if !path.value.starts_with('/') {
            let message = format!("`{}` is no absolute path in the container", path.value);
            self.reader.diagnostics.error(path.origin, message).fix(format!("write `/{}`", path.value));
            return None;
        }
        Some(path.value)
    }

    pub(in crate::oam) fn sub_path(&mut self, node: &Node) -> Option<String> {
        let path = self.reader.known_text(node)?;
        let plain = path.value.trim_matches('/');
        if plain.split('/').any(|part| part == "..") {
            let message = format!("`{}` leads out of the volume", path.value);
            self.reader.diagnostics.error(path.origin, message).fix("write a path inside it");
            return None;
        }
        (!plain.is_empty()).then(|| plain.to_owned())
    }
}

/// Whether two volumes are one.
fn is_same(one: &Volume, other: &Volume) -> bool {
    match (one, other) {
        (Volume::Claim { claim, .. }, Volume::Claim { claim: other, .. }) => claim == other,
        (Volume::Host(path), Volume::Host(other)) => path == other,
        (Volume::Files(files), Volume::Files(other)) => files.keys().eq(other.keys()),
        (Volume::Empty { in_memory, .. }, Volume::Empty { in_memory: other, .. }) => in_memory == other,
        _ => false,
    }
}
