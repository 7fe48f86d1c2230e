//! The documents that are in files, which `Files` has.
//!
//! In: a path of a document. Out: the documents in that file. What is not there is reported, with how to give it.

use super::super::Loader;
use super::super::include::is_remote;
use super::{Assembly, LayerId, Scope};
use crate::diagnostic::Located;
use crate::document::{Form, Kind, Node, Source, from_yaml, suggestion};
use crate::expression::Expr;
use crate::path;
use crate::settings::Content;

impl Assembly<'_, '_, '_, '_> {
    /// The documents of a file under `Files`. `None` where it is not there, which is reported.
    pub(in super::super) fn documents(&mut self, path: &Located<String>) -> Option<Vec<(Node, Form)>> {
        let Some(entry) = self.loader.settings.files.get(&path.value) else {
            self.loader.report_missing(path, "services: …");
            return None;
        };
        let text = match &entry.content {
            Content::Map(entries) => {
                return Some(vec![(Node::new(entry.origin, Kind::Mapping(entries.clone())), Form::Map)]);
            }
            Content::Text(Expr::Known(text)) => text.clone(),
            Content::Text(Expr::Deferred(deferred)) => self.loader.reader.resolve(entry.origin, deferred)?,
        };
        let source = Source { origin: entry.origin };
        let nodes = from_yaml(&text, source, self.loader.origins, self.loader.reader.diagnostics);
        Some(nodes.into_iter().map(|node| (node, Form::Text)).collect())
    }

    /// The layers of a file that a service of `layer` extends. `None` where it is not there, which is reported once.
    pub(in super::super) fn file(&mut self, layer: LayerId, file: &Located<String>) -> Option<Vec<LayerId>> {
        let scope = self.layers.get(layer)?.scope.clone();
        let path = if is_remote(&file.value) { file.value.clone() } else { path::join(&scope.directory, &file.value) };
        let name = path::normal(&path);
        if scope.files.last() == Some(&name) {
            return Some(vec![layer]);
        }
        let key = (name.clone(), layer);
        if let Some(known) = self.files.get(&key) {
            return known.clone();
        }
        let documents = self.documents(&Located::new(file.origin, path));
        let layers = documents.map(|documents| {
            let mut inner = Scope { directory: path::directory(&name), ..scope };
            inner.files.push(name);
            let each = documents.into_iter();
            each.filter_map(|(node, form)| self.add(node, Scope { form, ..inner.clone() }, false)).collect()
        });
        self.files.insert(key, layers.clone());
        layers
    }
}

impl Loader<'_, '_, '_> {
    /// Reports a file that is not under `Files`; `content` is how what is in it could start.
    pub(in super::super) fn report_missing(&mut self, path: &Located<String>, content: &str) {
        if !self.settings.is_complete {
            return;
        }
        let id = self.settings.id;
        let text = &path.value;
        if is_remote(text) {
            self.reader
                .diagnostics
                .error(path.origin, format!("`{text}` is not fetched: a template is expanded without a network"))
                .fix(format!("give its content under `Files` of `{id}`, `Files: {{ ./other.yaml: \"{content}\" }}`, and write that path here"));
            return;
        }
        let error = self
            .reader
            .diagnostics
            .error(path.origin, format!("there is no file `{text}`: a template has no files beside it"));
        let give = format!("give its content under `Files` of `{id}`: `Files: {{ {text}: \"{content}\" }}`");
        match near(text, self.settings.files.paths()) {
            Some(near) => error.fix(format!("did you mean `{near}`? Otherwise {give}")),
            None => error.fix(give),
        }
    }
}

/// The path that was most likely meant: another file of the same directory, or the same file of another.
fn near<'a>(text: &str, paths: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let parts = |path: &str| {
        let name = path::normal(path);
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        (path::directory(path), name)
    };
    let (directory, name) = parts(text);
    paths.into_iter().find(|path| {
        let (other_directory, other_name) = parts(path);
        other_directory == directory && suggestion(&name, [other_name.as_str()]).is_some()
            || other_name == name && suggestion(&directory, [other_directory.as_str()]).is_some()
    })
}
