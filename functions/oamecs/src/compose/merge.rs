//! [Merging](https://github.com/compose-spec/compose-spec/blob/main/13-merge.md): one tree laid over another.
//!
//! In: two trees with long forms, the later of which wins. Out: one tree. Maps are merged, lists appended, other values
//! replaced; the table below says where it is otherwise. `!reset` and `!override` are dealt with here, so that no tree that
//! was merged, or [`settled`](settle), holds any.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostics;
use crate::document::{Kind, Node, Tag};

/// How two values become one, where it is not as their kinds say.
#[derive(Clone, Copy)]
enum Rule {
    /// The later one stays alone.
    Replace,
    /// Maps are merged if they are of one driver; else the later one stays alone.
    Driver,
    /// A text is the short form of a map with this key.
    Text(&'static str),
    /// A list of `KEY=value` and a map are the same.
    Pairs,
    /// A single value is a list of one.
    List,
    /// Of two items with the same key, the later one takes the place of the earlier.
    Unique(fn(&Node) -> Option<String>),
}

/// The values that are not merged as their kinds say, by path; `*` stands for any name. What has a canonical form has
/// it here, and needs no line for its short form.
const RULES: &[(&str, Rule)] = &[
    ("networks.*.ipam.config", Rule::Unique(subnet)),
    ("services.*.annotations", Rule::Pairs),
    ("services.*.build", Rule::Text("context")),
    ("services.*.build.additional_contexts", Rule::Pairs),
    ("services.*.build.args", Rule::Pairs),
    ("services.*.build.extra_hosts", Rule::Pairs),
    ("services.*.build.labels", Rule::Pairs),
    ("services.*.command", Rule::Replace),
    ("services.*.configs", Rule::Unique(config)),
    ("services.*.devices", Rule::Unique(device)),
    ("services.*.dns", Rule::List),
    ("services.*.dns_opt", Rule::List),
    ("services.*.dns_search", Rule::List),
    ("services.*.entrypoint", Rule::Replace),
    ("services.*.env_file", Rule::Unique(path)),
    ("services.*.extra_hosts", Rule::Pairs),
    ("services.*.healthcheck.test", Rule::Replace),
    ("services.*.label_file", Rule::List),
    ("services.*.logging", Rule::Driver),
    ("services.*.models", Rule::Pairs),
    ("services.*.ports", Rule::Unique(port)),
    ("services.*.secrets", Rule::Unique(secret)),
    ("services.*.sysctls", Rule::Pairs),
    ("services.*.tmpfs", Rule::List),
    ("services.*.volumes", Rule::Unique(target)),
];

/// A document laid over another.
pub(super) fn documents(base: Node, over: Node, diagnostics: &mut Diagnostics) -> Option<Node> {
    Merger { diagnostics, path: Vec::new() }.merge(base, over)
}

/// A service laid over the one that it extends.
pub(super) fn services(base: Node, over: Node, diagnostics: &mut Diagnostics) -> Option<Node> {
    Merger { diagnostics, path: vec!["services".to_owned(), String::new()] }.merge(base, over)
}

/// A tree that is laid over nothing. `None` where it says itself that it should not be there.
pub(super) fn settle(node: Node) -> Option<Node> {
    let Node { origin, kind } = node;
    let kind = match kind {
        Kind::Tagged(Tag::Reset, _) => return None,
        Kind::Tagged(Tag::Override, value) => return settle(*value),
        Kind::Sequence(items) => Kind::Sequence(items.into_iter().filter_map(settle).collect()),
        Kind::Mapping(entries) => {
            Kind::Mapping(entries.into_iter().filter_map(|(key, value)| Some((key, settle(value)?))).collect())
        }
        kind => kind,
    };
    Some(Node::new(origin, kind))
}

struct Merger<'a> {
    diagnostics: &'a mut Diagnostics,
    path: Vec<String>,
}

impl Merger<'_> {
    fn merge(&mut self, base: Node, over: Node) -> Option<Node> {
        match (&base.kind, &over.kind) {
            (_, Kind::Tagged(..)) => return settle(over),
            (Kind::Faulty, _) | (_, Kind::Faulty) => return Some(Node::faulty(over.origin)),
            _ => {}
        }
        match self.rule() {
            Some(Rule::Replace) => settle(over),
            _ if over.is_null() => Some(base),
            _ if base.is_null() => settle(over),
            Some(Rule::Driver) if is_of_another_driver(&base, &over) => settle(over),
            Some(Rule::Text(key)) => self.by_kind(as_map(base, key), as_map(over, key)),
            Some(Rule::Pairs) if !is_alike(&base, &over) => self.by_kind(pairs(base), pairs(over)),
            Some(Rule::Pairs) if matches!(over.kind, Kind::Sequence(_)) => Some(unique(base, over, name)),
            Some(Rule::List) => self.by_kind(as_list(base), as_list(over)),
            Some(Rule::Unique(key)) if matches!((&base.kind, &over.kind), (Kind::Sequence(_), Kind::Sequence(_))) => {
                Some(unique(base, over, key))
            }
            _ => self.by_kind(base, over),
        }
    }

    fn by_kind(&mut self, base: Node, over: Node) -> Option<Node> {
        let Node { origin, kind } = base;
        match (kind, over) {
            (Kind::Mapping(base), Node { kind: Kind::Mapping(over), .. }) => {
                Some(Node::new(origin, Kind::Mapping(self.maps(base, over))))
            }
            (Kind::Sequence(mut items), Node { kind: Kind::Sequence(more), .. }) => {
                for item in more.into_iter().filter_map(settle) {
                    if !items.iter().any(|there| there.is_same(&item)) {
                        items.push(item);
                    }
                }
                Some(Node::new(origin, Kind::Sequence(items)))
            }
            (kind @ (Kind::Mapping(_) | Kind::Sequence(_)), over) => {
                let was = Node::new(origin, kind).description();
                self.diagnostics
                    .error(
                        over.origin,
                        format!(
                            "this is {}, and what it is laid over, in another document, is {was}",
                            over.description()
                        ),
                    )
                    .fix(format!("write {was}; in text, `!override` before it makes it take the other's place"));
                Some(Node::faulty(over.origin))
            }
            (_, over) => settle(over),
        }
    }

    fn maps(&mut self, mut base: IndexMap<String, Node>, over: IndexMap<String, Node>) -> IndexMap<String, Node> {
        for (key, value) in over {
            let Some(earlier) = base.get_mut(&key) else {
                if let Some(value) = settle(value) {
                    base.insert(key, value);
                }
                continue;
            };
            let earlier = std::mem::replace(earlier, Node::faulty(value.origin));
            self.path.push(key);
            let merged = self.merge(earlier, value);
            let Some(key) = self.path.pop() else { continue };
            match merged {
                Some(merged) => base.insert(key, merged),
                None => base.shift_remove(&key),
            };
        }
        base
    }

    fn rule(&self) -> Option<Rule> {
        let fits = |pattern: &str| {
            let mut steps = pattern.split('.');
            self.path.iter().all(|name| steps.next().is_some_and(|step| step == "*" || step == name))
                && steps.next().is_none()
        };
        RULES.iter().find(|(pattern, _)| fits(pattern)).map(|(_, rule)| *rule)
    }
}

/// Whether both name a driver, and not the same.
fn is_of_another_driver(base: &Node, over: &Node) -> bool {
    match (base.get("driver"), over.get("driver")) {
        (Some(base), Some(over)) => !base.is_same(over),
        _ => false,
    }
}

fn is_alike(one: &Node, two: &Node) -> bool {
    matches!((&one.kind, &two.kind), (Kind::Mapping(_), Kind::Mapping(_)) | (Kind::Sequence(_), Kind::Sequence(_)))
}

fn as_map(node: Node, key: &str) -> Node {
    let origin = node.origin;
    match node.kind {
        Kind::Text(_) | Kind::Deferred(_) => Node::new(origin, Kind::Mapping(IndexMap::from([(key.to_owned(), node)]))),
        _ => node,
    }
}

fn as_list(node: Node) -> Node {
    let origin = node.origin;
    match node.kind {
        Kind::Sequence(_) | Kind::Mapping(_) => node,
        Kind::Null => Node::new(origin, Kind::Sequence(Vec::new())),
        _ => Node::new(origin, Kind::Sequence(vec![node])),
    }
}

/// A list of `KEY=value` as a map.
fn pairs(node: Node) -> Node {
    let Node { origin, kind } = node;
    let Kind::Sequence(items) = kind else { return Node::new(origin, kind) };
    let entry = |item: Node| match &item.kind {
        Kind::Text(text) => match text.split_once(['=', ':']) {
            Some((key, value)) => Some((key.to_owned(), Node::text(item.origin, value))),
            None => Some((text.clone(), Node::new(item.origin, Kind::Null))),
        },
        _ => None,
    };
    Node::new(origin, Kind::Mapping(items.into_iter().filter_map(entry).collect()))
}

/// Two lists as one in which no key stands twice.
fn unique(base: Node, over: Node, key: fn(&Node) -> Option<String>) -> Node {
    let origin = base.origin;
    let (Kind::Sequence(mut items), Kind::Sequence(more)) = (base.kind, over.kind) else { return Node::faulty(origin) };
    for item in more.into_iter().filter_map(settle) {
        let name = key(&item);
        let same = |there: &&mut Node| there.is_same(&item) || name.is_some() && key(there) == name;
        match items.iter_mut().find(same) {
            Some(there) => *there = item,
            None => items.push(item),
        }
    }
    Node::new(origin, Kind::Sequence(items))
}

/// The scalar under a key as it is compared: `80` and `"80"` are one.
fn scalar(node: &Node, key: &str) -> Option<String> {
    text(node.get(key)?)
}

fn text(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Number(number) => Some(number.to_string()),
        Kind::Deferred(_) => Some(node.clone().into_json().to_string()),
        _ => None,
    }
}

fn name(item: &Node) -> Option<String> {
    text(item).map(|text| text.split_once('=').map_or(text.as_str(), |(name, _)| name).to_owned())
}

fn path(item: &Node) -> Option<String> {
    scalar(item, "path")
}

fn subnet(item: &Node) -> Option<String> {
    scalar(item, "subnet")
}

fn target(item: &Node) -> Option<String> {
    scalar(item, "target").map(|target| target.trim_end_matches('/').to_owned())
}

fn port(item: &Node) -> Option<String> {
    let or = |key: &str, default: &str| scalar(item, key).unwrap_or_else(|| default.to_owned());
    let target = scalar(item, "target")?;
    Some(format!("{}:{}:{target}/{}", or("host_ip", "0.0.0.0"), or("published", ""), or("protocol", "tcp")))
}

fn device(item: &Node) -> Option<String> {
    match text(item) {
        Some(device) => device.split(':').nth(1).or(Some(device.as_str())).map(str::to_owned),
        None => scalar(item, "target"),
    }
}

fn secret(item: &Node) -> Option<String> {
    mounted(item, "/run/secrets/")
}

fn config(item: &Node) -> Option<String> {
    mounted(item, "/")
}

/// Where a secret or a config is put: at its target, or by its name below a directory.
fn mounted(item: &Node, directory: &str) -> Option<String> {
    let target = text(item).or_else(|| scalar(item, "target")).or_else(|| scalar(item, "source"))?;
    Some(if target.starts_with('/') { target } else { format!("{directory}{target}") })
}
