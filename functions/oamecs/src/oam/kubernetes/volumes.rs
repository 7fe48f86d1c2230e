//! Volumes of a pod.

use std::collections::BTreeMap;

use super::resources::Resources;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::oam::Loader;
use crate::oam::model::container::FileContent;
use crate::oam::model::{Pod, Volume, VolumeFile};
use crate::oam::names::twice;

/// What a volume may be.
const KINDS: [&str; 6] = ["configMap", "emptyDir", "hostPath", "persistentVolumeClaim", "projected", "secret"];

const MEDIA: [(&str, bool); 2] = [("", false), ("Memory", true)];

impl Loader<'_, '_, '_> {
    /// `volumes` of a pod, by name.
    pub(super) fn pod_volumes(&mut self, node: Option<Node>, pod: &mut Pod, resources: &Resources) {
        for node in self.list(node, "a list of maps with `name`") {
            let Some(mut fields) = self.reader.fields(node, "a map with `name`") else { continue };
            let Some(name) = self.required(&mut fields, "name", "name: data") else { continue };
            if pod.volumes.contains_key(&name.value) {
                twice(&name, "volume", self);
                continue;
            }
            let origin = fields.origin;
            if let Some(volume) = self.pod_volume(fields, resources) {
                pod.volumes.insert(name.value, Located::new(origin, volume));
            }
        }
    }

    fn pod_volume(&mut self, mut fields: Fields, resources: &Resources) -> Option<Volume> {
        let empty = Volume::Empty { size: None, in_memory: false };
        let Some((kind, node)) = KINDS.iter().find_map(|kind| Some((*kind, fields.take(kind)?))) else {
            // What is not available was reported, and one of which nothing is said is empty, as on Kubernetes.
            return Some(empty);
        };
        let mut fields = self.reader.fields(node, "a map")?;
        let origin = fields.origin;
        Some(match kind {
            "configMap" => {
                let mode = self.mode(&mut fields);
                Volume::Files(self.config_files(&mut fields, mode, resources)?)
            }
            "secret" => {
                let named = self.required(&mut fields, "secretName", "secretName: tls")?;
                let mode = self.mode(&mut fields);
                self.secret_files(origin, &named, fields.take("items"), mode, mode, resources)?
            }
            "projected" => Volume::Files(self.projected(&mut fields, origin, resources)),
            "persistentVolumeClaim" => {
                let claim = self.required(&mut fields, "claimName", "claimName: data")?.value;
                if let Some(only) =
                    fields.take("readOnly").and_then(|node| self.reader.any_bool(&node)).filter(|only| only.value)
                {
                    let message = "`readOnly` has no effect for a volume as a whole";
                    self.reader.diagnostics.note(only.origin, message).fix("write it for each of `volumeMounts`");
                }
                Volume::Claim { exists: !resources.makes_claim(&claim), claim, is_shared: None }
            }
            "hostPath" => Volume::Host(self.required(&mut fields, "path", "path: /var/run")?.value),
            _ => {
                let medium = fields.take("medium").and_then(|node| self.reader.choice(&node, &MEDIA));
                let size = fields.take("sizeLimit").and_then(|node| self.disk(&node));
                Volume::Empty { size, in_memory: medium.is_some_and(|medium| medium.value) }
            }
        })
    }

    /// The permissions of files where they say none themselves.
    fn mode(&mut self, fields: &mut Fields) -> Option<u32> {
        let node = fields.take("defaultMode")?;
        self.permissions(&node)
    }

    /// The files of a config map.
    fn config_files(
        &mut self,
        fields: &mut Fields,
        mode: Option<u32>,
        resources: &Resources,
    ) -> Option<BTreeMap<String, Located<VolumeFile>>> {
        let named = self.required(fields, "name", "name: settings")?;
        let texts = self.config_texts(named.origin, &named.value, resources)?;
        let file = |text: &Located<Expr<String>>| {
            let content = FileContent::Text(text.value.clone());
            Located::new(text.origin, VolumeFile { content, mode })
        };
        let files = texts.iter().map(|(key, text)| (key.clone(), file(text))).gather();
        match self.items(fields.origin, fields.take("items"), files, &named.value, mode)? {
            Volume::Files(files) => Some(files),
            _ => None,
        }
    }

    /// The files of several sources in one directory; of two of a name the later counts.
    fn projected(
        &mut self,
        fields: &mut Fields,
        origin: Origin,
        resources: &Resources,
    ) -> BTreeMap<String, Located<VolumeFile>> {
        let mode = self.mode(fields);
        let mut files = BTreeMap::new();
        for node in self.list(fields.take("sources"), "a list of maps with `configMap` or `secret`") {
            let Some(mut source) = self.reader.fields(node, "a map with `configMap` or `secret`") else { continue };
            if let Some(mut config) = self.map(source.take("configMap"), "a map with `name`") {
                files.extend(self.config_files(&mut config, mode, resources).unwrap_or_default());
            }
            if let Some(mut secret) = self.map(source.take("secret"), "a map with `name`") {
                let Some(named) = self.required(&mut secret, "name", "name: tls") else { continue };
                if let Some(Volume::Files(more)) =
                    self.secret_files(origin, &named, secret.take("items"), mode, mode, resources)
                {
                    files.extend(more);
                }
            }
        }
        files
    }
}
