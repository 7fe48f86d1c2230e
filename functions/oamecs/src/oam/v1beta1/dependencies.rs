//! `dependsOn`: which components are there before which.

use std::collections::BTreeMap;

use super::super::Loader;
use super::super::model::Component;
use super::draft::Draft;
use crate::diagnostic::{Located, Origin};
use crate::document::suggestion;

impl Loader<'_, '_, '_> {
    /// What a draft depends on, of the components that are deployed.
    pub(super) fn dependencies(
        &mut self,
        draft: &Draft,
        deployed: &[String],
        all: &[String],
    ) -> BTreeMap<String, Origin> {
        let mut found = BTreeMap::new();
        for Located { origin, value: name } in &draft.depends_on {
            if deployed.contains(name) {
                found.entry(name.clone()).or_insert(*origin);
                continue;
            }
            let near = suggestion(name, deployed.iter().map(String::as_str));
            if all.contains(name) {
                let message = format!("`{}` depends on `{name}`, which is not deployed", draft.name.value);
                self.reader.diagnostics.error(*origin, message).fix("deploy it too, or remove it here");
                continue;
            }
            let entry = self.reader.diagnostics.error(*origin, format!("the application has no component `{name}`"));
            match near {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry.fix("correct its name, or remove it here"),
            }
        }
        found
    }

    /// Reports components that would wait for themselves, and has the last of each circle wait no more.
    pub(super) fn report_cycles(&mut self, components: &mut BTreeMap<String, Component>) {
        for (name, first) in self.cycles(components) {
            if let Some(component) = components.get_mut(&name) {
                component.depends_on.remove(&first);
            }
        }
    }

    /// What closes each circle: a component, and the one that it waits for.
    fn cycles(&mut self, components: &BTreeMap<String, Component>) -> Vec<(String, String)> {
        // What is known to lead to no cycle, or to one that was reported.
        let mut done: Vec<&str> = Vec::new();
        let mut closing = Vec::new();
        for name in components.keys() {
            let mut way: Vec<&str> = Vec::new();
            self.follow(name, components, &mut way, &mut done, &mut closing);
        }
        closing
    }

    fn follow<'c>(
        &mut self,
        name: &'c str,
        components: &'c BTreeMap<String, Component>,
        way: &mut Vec<&'c str>,
        done: &mut Vec<&'c str>,
        closing: &mut Vec<(String, String)>,
    ) {
        if done.contains(&name) {
            return;
        }
        let Some(component) = components.get(name) else { return };
        way.push(name);
        for (other, origin) in &component.depends_on {
            if let Some(start) = way.iter().position(|each| each == other) {
                let circle: Vec<String> =
                    way.iter().skip(start).chain([&other.as_str()]).map(|name| format!("`{name}`")).collect();
                self.reader
                    .diagnostics
                    .error(*origin, format!("components wait for each other: {}", circle.join(" → ")))
                    .fix("let one of them start without the next");
                closing.push((name.to_owned(), other.clone()));
            } else {
                self.follow(other, components, way, done, closing);
            }
        }
        way.pop();
        done.push(name);
    }
}
