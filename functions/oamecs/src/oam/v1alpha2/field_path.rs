//! [Field paths](https://github.com/oam-dev/spec/blob/v0.2.0/4.component.md): where in a workload the value of a parameter goes.
//!
//! In: `spec.containers[0].image`, with or without a dot before it, and a value. Out: the workload with the value there. What is on
//! the way and is not there is made, as the reference implementation does.

use indexmap::IndexMap;

use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node};

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item of a list.
    Item(usize),
}

/// Where a value goes.
#[derive(Clone, Debug)]
pub(super) struct FieldPath {
    origin: Origin,
    steps: Vec<Step>,
}

/// Why a value cannot go where a path leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// What is wrong.
    pub(super) message: String,
    /// What to do about it.
    pub(super) fix: String,
}

impl FieldPath {
    /// The path that a text is.
    pub(super) fn parse(text: &Located<String>) -> Result<Self, Fault> {
        let fault = |why: &str| Fault {
            message: format!("`{}` is no path into a workload: {why}", text.value),
            fix: "write keys with dots between them and items in brackets, for example `spec.containers[0].image`"
                .to_owned(),
        };
        let mut rest = text.value.trim();
        rest = rest.strip_prefix('$').unwrap_or(rest);
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('[') {
                let (inner, after) = after.split_once(']').ok_or_else(|| fault("a bracket has no end"))?;
                let plain = inner.trim_matches(['\'', '"']);
                steps.push(match inner.parse() {
                    Ok(index) => Step::Item(index),
                    Err(_) if plain == "*" => return Err(fault("it leads to one place, not to all items")),
                    Err(_) if plain.is_empty() => return Err(fault("there is nothing in the brackets")),
                    Err(_) => Step::Key(plain.to_owned()),
                });
                rest = after;
                continue;
            }
            let after = rest.strip_prefix('.').unwrap_or(rest);
            if after.starts_with('[') && after.len() < rest.len() {
                rest = after;
                continue;
            }
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (key, after) = after.split_at(end);
            if key.is_empty() {
                return Err(fault("a key is missing"));
            }
            steps.push(Step::Key(key.to_owned()));
            rest = after;
        }
        if steps.is_empty() { Err(fault("it is empty")) } else { Ok(Self { origin: text.origin, steps }) }
    }

    /// Whether it leads to the name of the workload.
    pub(super) fn is_name(&self) -> bool {
        let key = |step: Option<&Step>, name: &str| matches!(step, Some(Step::Key(key)) if key == name);
        self.steps.len() == 2 && key(self.steps.first(), "metadata") && key(self.steps.get(1), "name")
    }

    /// Puts a value where the path leads.
    pub(super) fn set(&self, workload: &mut Node, value: Node) -> Result<(), Fault> {
        let mut node = workload;
        for (index, step) in self.steps.iter().enumerate() {
            node = match (step, &mut node.kind) {
                (Step::Key(_), kind @ Kind::Null) => {
                    *kind = Kind::Mapping(IndexMap::new());
                    self.step(node, step)
                }
                (Step::Item(_), kind @ Kind::Null) => {
                    *kind = Kind::Sequence(Vec::new());
                    self.step(node, step)
                }
                (Step::Key(_), Kind::Mapping(_)) | (Step::Item(_), Kind::Sequence(_)) => self.step(node, step),
                (_, Kind::Faulty) => return Ok(()),
                (Step::Key(key), _) => {
                    let why = format!("has no `{key}`, as it is {}", node.description());
                    return Err(self.ends(index, &why));
                }
                (Step::Item(_), _) => {
                    let why = format!("has no items, as it is {}", node.description());
                    return Err(self.ends(index, &why));
                }
            }
            .ok_or_else(|| self.ends(index, "has fewer items"))?;
        }
        match node.kind {
            Kind::Faulty => {}
            Kind::Mapping(_) | Kind::Sequence(_) => {
                return Err(Fault {
                    message: format!(
                        "`{}` is {}, and a parameter is a single value",
                        self.text(self.steps.len()),
                        node.description()
                    ),
                    fix: "have the path lead to a text, a number or a boolean".to_owned(),
                });
            }
            _ => *node = value,
        }
        Ok(())
    }

    /// One step on, making what is not there; `None` where that would leave a gap in a list.
    fn step<'n>(&self, node: &'n mut Node, step: &Step) -> Option<&'n mut Node> {
        match (step, &mut node.kind) {
            (Step::Key(key), Kind::Mapping(entries)) => {
                if !entries.contains_key(key) {
                    entries.insert(key.clone(), Node::new(self.origin, Kind::Null));
                }
                entries.get_mut(key)
            }
            (Step::Item(index), Kind::Sequence(items)) => {
                if *index == items.len() {
                    items.push(Node::new(self.origin, Kind::Null));
                }
                items.get_mut(*index)
            }
            _ => None,
        }
    }

    /// The path ends after some steps.
    fn ends(&self, steps: usize, why: &str) -> Fault {
        let whole = self.text(self.steps.len());
        let place = if steps == 0 { "the workload".to_owned() } else { format!("`{}`", self.text(steps)) };
        Fault {
            message: format!("`{whole}` leads nowhere: {place} {why}"),
            fix: "correct the path, or add what it leads to to the workload".to_owned(),
        }
    }

    /// The first steps as text.
    fn text(&self, steps: usize) -> String {
        let mut text = String::new();
        for step in self.steps.iter().take(steps) {
            match step {
                Step::Item(index) => text.push_str(&format!("[{index}]")),
                Step::Key(key) if key.contains('.') => text.push_str(&format!("[{key}]")),
                Step::Key(key) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(key);
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Origins;
    use crate::document::from_json;

    fn path(text: &str) -> Result<FieldPath, Fault> {
        FieldPath::parse(&Located::new(Origin::TEMPLATE, text.to_owned()))
    }

    #[test]
    fn paths_are_read_in_all_spellings() {
        let cases = [
            ("spec.containers[0].image", "spec.containers[0].image"),
            (".spec.containers[0].image", "spec.containers[0].image"),
            ("$.spec.containers[0].image", "spec.containers[0].image"),
            ("spec.containers.[0].image", "spec.containers[0].image"),
            ("metadata.labels['app.io/name']", "metadata.labels[app.io/name]"),
            ("metadata.labels[app]", "metadata.labels.app"),
        ];
        for (text, expected) in cases {
            let path = path(text).unwrap();
            assert_eq!(path.text(path.steps.len()), expected, "{text}");
        }
        for text in ["", ".", "spec..image", "spec.containers[0", "spec.containers[*].image", "spec.containers[]"] {
            assert!(path(text).is_err(), "{text}");
        }
    }

    #[test]
    fn values_go_where_paths_lead() {
        let cases = [
            ("spec.image", r#"{"spec":{"image":"old","tags":["a"]}}"#, Ok(r#"{"spec":{"image":"new","tags":["a"]}}"#)),
            ("spec.size.cpu", r#"{"spec":{"image":"old"}}"#, Ok(r#"{"spec":{"image":"old","size":{"cpu":"new"}}}"#)),
            ("spec.tags[1]", r#"{"spec":{"tags":["a"]}}"#, Ok(r#"{"spec":{"tags":["a","new"]}}"#)),
            ("spec.env[0].value", r#"{"spec":{}}"#, Ok(r#"{"spec":{"env":[{"value":"new"}]}}"#)),
            (
                "spec.tags[2]",
                r#"{"spec":{"tags":["a"]}}"#,
                Err("`spec.tags[2]` leads nowhere: `spec.tags` has fewer items"),
            ),
            (
                "spec.image.tag",
                r#"{"spec":{"image":"old"}}"#,
                Err("`spec.image.tag` leads nowhere: `spec.image` has no `tag`, as it is text"),
            ),
            (
                "spec.tags",
                r#"{"spec":{"tags":["a"]}}"#,
                Err("`spec.tags` is a list, and a parameter is a single value"),
            ),
        ];
        for (text, workload, expected) in cases {
            let mut origins = Origins::default();
            let mut node = from_json(serde_json::from_str(workload).unwrap(), Origin::TEMPLATE, &mut origins);
            let value = Node::text(Origin::TEMPLATE, "new");
            let result = path(text).unwrap().set(&mut node, value);
            let result = result.map(|()| node.into_json().to_string()).map_err(|fault| fault.message);
            assert_eq!(result.as_deref().map_err(String::as_str), expected, "{text}");
        }
    }
}
