//! [`extends`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#extends): a service laid over another.
//!
//! In: the layers of a project. Out: a service of one of them with all that it extends, as a canonical tree. What it extends
//! is in the same document, or in a file that `Files` has.

use super::Loader;
use super::assemble::{Assembly, LayerId};
use super::merge;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, list_some, suggestion};
use crate::gather::Gather;

/// What a service extends.
#[derive(Clone, Debug)]
pub(super) struct Extends {
    pub(super) service: Located<String>,
    /// The file that it is in, seen from the directory of the document.
    pub(super) file: Option<Located<String>>,
}

/// Takes `extends` out of a service. An `Err` is the place of one that could not be read, which is reported.
pub(super) fn take(service: &mut Node, loader: &mut Loader<'_, '_, '_>) -> Option<Result<Extends, Origin>> {
    let Kind::Mapping(attributes) = &mut service.untagged_mut().kind else { return None };
    let node = attributes.shift_remove("extends").filter(|node| !node.is_null())?;
    let origin = node.origin;
    let node = loader.interpolate(node);
    Some(read(node, loader).ok_or(origin))
}

fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Extends> {
    let origin = node.origin;
    let mut fields = match node.kind {
        Kind::Mapping(entries) => Fields::new(origin, entries),
        Kind::Sequence(_) => {
            loader.reader.shape(&node, "a map with `service`");
            return None;
        }
        _ => return loader.reader.known_text(&node).map(|service| Extends { service, file: None }),
    };
    let service = fields.take("service");
    let file = fields.take("file");
    fields.finish(&["file", "service"], loader.reader.diagnostics);
    let Some(service) = service else {
        loader
            .reader
            .diagnostics
            .error(origin, "`service` is missing")
            .fix("write `service:` and the name of a service");
        return None;
    };
    let file = match file {
        Some(file) => Some(loader.reader.known_text(&file)?),
        None => None,
    };
    Some(Extends { service: loader.reader.known_text(&service)?, file })
}

impl Assembly<'_, '_, '_, '_> {
    /// The service `name` of a layer, with all that it extends; faulty where that is not there, which is reported.
    pub(super) fn extended(&mut self, layer: LayerId, name: &str, trail: &mut Vec<(LayerId, String)>) -> Option<Node> {
        let step = (layer, name.to_owned());
        if let Some(done) = self.extended.get(&step) {
            return Some(done.clone());
        }
        let own = self.own(layer, name)?;
        let Some(extends) = self.layer(layer)?.extends.get(name).cloned() else { return Some(own) };
        let merged = match extends {
            Err(origin) => Node::faulty(origin),
            Ok(extends) => {
                trail.push(step.clone());
                let merged = self.over_base(layer, own, &extends, trail);
                trail.pop();
                merged
            }
        };
        self.extended.insert(step, merged.clone());
        Some(merged)
    }

    fn over_base(&mut self, layer: LayerId, own: Node, extends: &Extends, trail: &mut Vec<(LayerId, String)>) -> Node {
        let name = &extends.service.value;
        let mut base: Option<Node> = None;
        for id in self.bases(layer, extends) {
            let start = trail.iter().position(|(of, service)| *of == id && service == name);
            if let Some(circle) = start.and_then(|start| trail.get(start..)) {
                self.report_circle(extends.service.origin, circle, name);
                return Node::faulty(own.origin);
            }
            let Some(more) = self.extended(id, name, trail) else { continue };
            base = match base {
                Some(before) => merge::services(before, more, self.loader.reader.diagnostics),
                None => merge::settle(more),
            };
        }
        let origin = own.origin;
        let Some(base) = base else {
            self.report_no_base(layer, extends);
            return Node::faulty(origin);
        };
        let merged = merge::services(base, own, self.loader.reader.diagnostics);
        // What is told of a service as a whole is told where it is used, not where its base is.
        merged.map_or_else(|| Node::faulty(origin), |merged| Node { origin, ..merged })
    }

    /// The layers that may hold what is extended, those that do so only.
    pub(super) fn bases(&mut self, layer: LayerId, extends: &Extends) -> Vec<LayerId> {
        let ids = match &extends.file {
            None => vec![layer],
            Some(file) => self.file(layer, file).unwrap_or_default(),
        };
        let name = &extends.service.value;
        ids.into_iter().filter(|id| self.layer(*id).is_some_and(|layer| layer.services.contains_key(name))).collect()
    }

    fn report_circle(&mut self, origin: Origin, circle: &[(LayerId, String)], name: &str) {
        let way: Vec<String> =
            circle.iter().map(|(_, name)| name.as_str()).chain([name]).map(|name| format!("`{name}`")).collect();
        let names = circle.iter().map(|(_, name)| name.clone()).gather::<std::collections::BTreeSet<_>>();
        // Each service of the circle would find it once more.
        if self.circles.insert(names) {
            self.loader
                .reader
                .diagnostics
                .error(origin, format!("a service cannot extend itself: {}", way.join(" extends ")))
                .fix("remove one `extends` of these");
        }
    }

    fn report_no_base(&mut self, layer: LayerId, extends: &Extends) {
        let ids = match &extends.file {
            None => vec![layer],
            // That there is no such file was reported.
            Some(file) => match self.file(layer, file) {
                Some(ids) => ids,
                None => return,
            },
        };
        let name = &extends.service.value;
        let known: Vec<&str> = ids
            .iter()
            .filter_map(|id| self.layers.get(*id))
            .flat_map(|layer| layer.services.keys())
            .map(String::as_str)
            .collect();
        let elsewhere = self.layers.iter().any(|layer| layer.services.contains_key(name));
        let place =
            extends.file.as_ref().map_or_else(|| "this document".to_owned(), |file| format!("`{}`", file.value));
        let error = self
            .loader
            .reader
            .diagnostics
            .error(extends.service.origin, format!("there is no service `{name}` in {place} that could be extended"));
        match suggestion(name, known.iter().copied()) {
            _ if elsewhere && extends.file.is_none() => error.fix(format!(
                "`extends` looks in its own document only: write `{name}` there, or leave `extends` out, as documents are merged by the names of services"
            )),
            Some(near) => error.fix(format!("did you mean `{near}`?")),
            None if known.is_empty() => error.fix("write it below `services` there"),
            None => error.fix(format!("the services there are {}", list_some(&known))),
        }
    }
}
