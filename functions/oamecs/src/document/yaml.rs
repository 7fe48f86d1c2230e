//! A tree from text: YAML 1.2 as Compose and OAM read it, with bounds.
//!
//! `serde_yaml` here is `yaml_serde`. Its guards are in this file: a byte order mark is dropped, text goes to a `Value`
//! first (which refuses duplicate keys), merge keys are ours, and sizes are bounded.

use std::rc::Rc;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Number;
use serde_yaml::Value as Yaml;
use thiserror::Error;

use super::fault::Fault;
use super::node::{function, is_function};
use super::tag::{function_of_tag, merge_tag};
use super::{Kind, Node};
use crate::diagnostic::{Diagnostics, Origin, Origins, Root};

/// Nesting beyond this is no document that a person wrote; libyaml takes quadratic time for it.
const DEPTH_LIMIT: usize = 64;
/// Values of a document after aliases are expanded.
const NODE_LIMIT: usize = 100_000;

/// Why text is no document.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum YamlError {
    /// Not YAML.
    #[error("{0}")]
    Syntax(Fault),
    /// Nested too deep.
    #[error("the document is nested more than {DEPTH_LIMIT} levels deep")]
    Depth,
    /// `<<` on something else than a map or a list of maps.
    #[error("a merge key `<<` takes a map or a list of maps")]
    Merge,
    /// Too many values, aliases expanded.
    #[error("the document has more than {NODE_LIMIT} values, aliases expanded")]
    Nodes,
}

/// Where a text stands in the template.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The property that holds the text.
    pub origin: Origin,
}

/// The documents of a text, as trees; empty ones are left out.
pub fn from_yaml(text: &str, source: Source, origins: &mut Origins, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let values = match parse(text) {
        Ok(values) => values,
        Err(error) => {
            report(error, source.origin, origins, diagnostics);
            return Vec::new();
        }
    };
    let shared: Rc<str> = Rc::from(text);
    let mut nodes = Vec::new();
    for (index, value) in values.into_iter().enumerate() {
        if value.is_null() {
            continue;
        }
        let root = origins.root(source.origin, Root::Document { text: Some(Rc::clone(&shared)), index });
        let mut converter = Converter { origins, diagnostics, nodes: 0 };
        let node = converter.node(value, root);
        if converter.nodes > NODE_LIMIT {
            diagnostics.error(source.origin, YamlError::Nodes.to_string());
        } else {
            nodes.push(node);
        }
    }
    nodes
}

fn report(error: YamlError, origin: Origin, origins: &mut Origins, diagnostics: &mut Diagnostics) {
    match error {
        YamlError::Syntax(Fault { message, fix, position }) => {
            let place = position.map_or(origin, |position| origins.mark(origin, position));
            diagnostics.error(place, message).fix = fix;
        }
        YamlError::Merge => {
            diagnostics.error(origin, error.to_string()).fix("write `<<: *name`, or `<<: [*one, *two]`");
        }
        YamlError::Depth | YamlError::Nodes => {
            diagnostics.error(origin, error.to_string());
        }
    }
}

/// The documents of a text, merge keys resolved, empty documents included.
///
/// # Errors
/// Where the text is not YAML, is nested too deep, or merges something that is no map.
pub fn parse(text: &str) -> Result<Vec<Yaml>, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if flow_depth(text) > DEPTH_LIMIT {
        return Err(YamlError::Depth);
    }
    let mut values = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let value = Yaml::deserialize(document).map_err(|error| YamlError::Syntax(Fault::of(&error, text)))?;
        values.push(merge(value, 0)?);
    }
    Ok(values)
}

/// Resolves merge keys, innermost first, so that a source's own merge is done before it is merged.
/// (`Value::apply_merge` works outermost first and leaves `<<` in chains.) Own keys win over merged ones, earlier
/// sources over later ones: [YAML merge](https://yaml.org/type/merge.html).
///
/// # Errors
/// Where `<<` holds something else than a map or a list of maps, or the value is nested too deep.
pub fn merge(value: Yaml, depth: usize) -> Result<Yaml, YamlError> {
    if depth > DEPTH_LIMIT {
        return Err(YamlError::Depth);
    }
    match value {
        Yaml::Mapping(mapping) => {
            let mut merged = serde_yaml::Mapping::with_capacity(mapping.len());
            let mut sources = Vec::new();
            for (key, value) in mapping {
                let value = merge(value, depth + 1)?;
                if key.as_str() == Some("<<") {
                    match value {
                        Yaml::Null => {}
                        Yaml::Mapping(source) => sources.push(source),
                        Yaml::Sequence(items) => {
                            for item in items {
                                match item {
                                    Yaml::Mapping(source) => sources.push(source),
                                    _ => return Err(YamlError::Merge),
                                }
                            }
                        }
                        _ => return Err(YamlError::Merge),
                    }
                } else {
                    merged.insert(key, value);
                }
            }
            for source in sources {
                for (key, value) in source {
                    merged.entry(key).or_insert(value);
                }
            }
            Ok(Yaml::Mapping(merged))
        }
        Yaml::Sequence(items) => {
            let items: Result<_, _> = items.into_iter().map(|item| merge(item, depth + 1)).collect();
            Ok(Yaml::Sequence(items?))
        }
        Yaml::Tagged(mut tagged) => {
            tagged.value = merge(tagged.value, depth + 1)?;
            Ok(Yaml::Tagged(tagged))
        }
        other => Ok(other),
    }
}

/// How deep `{` and `[` nest, those in quotes and comments counted too: a bound, no parser. Stray brackets in prose are
/// forgotten at the end of their line.
fn flow_depth(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'\n' if depth <= 4 => depth = 0,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

struct Converter<'a> {
    origins: &'a mut Origins,
    diagnostics: &'a mut Diagnostics,
    nodes: usize,
}

impl Converter<'_> {
    fn node(&mut self, value: Yaml, origin: Origin) -> Node {
        self.nodes += 1;
        if self.nodes > NODE_LIMIT {
            return Node::new(origin, Kind::Null);
        }
        let kind = match value {
            Yaml::Null => Kind::Null,
            Yaml::Bool(value) => Kind::Bool(value),
            Yaml::Number(value) => number(&value),
            Yaml::String(value) => Kind::Text(value),
            Yaml::Sequence(items) => {
                let mut nodes = Vec::with_capacity(items.len());
                for (index, item) in items.into_iter().enumerate() {
                    let place = self.origins.index(origin, index);
                    nodes.push(self.node(item, place));
                }
                Kind::Sequence(nodes)
            }
            Yaml::Mapping(mapping) => return self.mapping(mapping, origin),
            Yaml::Tagged(tagged) => {
                let tag = tagged.tag.to_string();
                if let Some(tag) = merge_tag(&tag) {
                    let value = self.node(tagged.value, origin);
                    return Node::new(origin, Kind::Tagged(tag, Box::new(value)));
                }
                let argument = self.node(tagged.value, origin).into_json();
                if let Some((name, argument)) = function_of_tag(&tag, argument) {
                    function(&name, argument)
                } else {
                    self.diagnostics
                        .error(origin, format!("the tag `{tag}` is not supported"))
                        .fix("remove the tag, or use one of CloudFormation's functions (`!Ref`, `!Sub`, …)");
                    Kind::Faulty
                }
            }
        };
        Node::new(origin, kind)
    }

    fn mapping(&mut self, mapping: serde_yaml::Mapping, origin: Origin) -> Node {
        let mut entries: IndexMap<String, Node> = IndexMap::with_capacity(mapping.len());
        for (key, value) in mapping {
            let key = match key {
                Yaml::String(key) => key,
                Yaml::Number(key) => key.to_string(),
                Yaml::Bool(key) => key.to_string(),
                _ => {
                    self.diagnostics.error(origin, "a key of a map must be text").fix("quote the key");
                    continue;
                }
            };
            let place = self.origins.key(origin, &key);
            let node = self.node(value, place);
            entries.insert(key, node);
        }
        if entries.len() == 1
            && let Some(name) = entries.keys().next().filter(|key| is_function(key)).cloned()
            && let Some(argument) = entries.shift_remove(&name)
        {
            return Node::new(origin, function(&name, argument.into_json()));
        }
        Node::new(origin, Kind::Mapping(entries))
    }
}

fn number(value: &serde_yaml::Number) -> Kind {
    let number = value
        .as_i64()
        .map(Number::from)
        .or_else(|| value.as_u64().map(Number::from))
        .or_else(|| value.as_f64().and_then(Number::from_f64));
    // `.inf` and `.nan` have no JSON number: they stay the text they were.
    number.map_or_else(|| Kind::Text(value.to_string()), Kind::Number)
}
