//! Rules: which requests of a listener are for a workload, and in which order they are asked.
//!
//! The order follows from how much a rule says. Each kind of rule has a band of priorities, and within it a rule has a slot
//! that follows from its logical id alone: it moves for no other rule, so that rules may come and go in any update.

use crate::cloudformation::logical_id::hash;
use crate::cloudformation::resource::elbv2::Condition;
use crate::cloudformation::value::Text;
use crate::cloudformation::{LogicalId, Value};
use crate::ecs::role::Role;
use crate::expression::Expr;
use crate::program::reach::{Path, Route};

/// The values that the conditions of a rule may have altogether.
const VALUES: usize = 5;

/// Priorities below and above are left to those who pin them.
const FIRST: u32 = 1_000;
/// How many segments of a path are told apart.
const DEPTH: usize = 4;
/// How many slots a rule has, by its host (one host, a pattern, none) and the segments of its path, most first.
const SLOTS: [[u32; DEPTH + 1]; 3] =
    [[1_000, 2_000, 3_000, 6_000, 11_000], [500, 500, 1_000, 1_500, 1_500], [1_000, 2_000, 4_000, 13_000, 0]];
/// Slots of rules that only say who asks, and the priority of one that says nothing.
const ANYTHING: (u32, u32) = (49_001, 999);
const LAST: u32 = 50_000;

/// The conditions of a rule, and its place among others.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// What tells it from the other rules of its port; `None`: it is the only one.
    pub(super) key: Option<String>,
    /// Its place on the listener.
    pub(super) priority: u32,
    hosts: Vec<Expr<String>>,
    paths: Vec<Path>,
    sources: Vec<Expr<String>>,
}

impl Rule {
    /// The conditions as a listener takes them.
    pub(super) fn conditions(&self) -> Vec<Condition> {
        let texts = |values: &[Expr<String>]| values.iter().map(Text::from).collect::<Vec<_>>();
        let mut conditions = Vec::new();
        if !self.hosts.is_empty() {
            conditions.push(Condition::hosts(texts(&self.hosts)));
        }
        let paths: Vec<Text> = self.paths.iter().flat_map(patterns).map(Text::from).collect();
        if !paths.is_empty() {
            conditions.push(Condition::paths(paths));
        }
        if !self.sources.is_empty() {
            conditions.push(Condition::sources(texts(&self.sources)));
        }
        if conditions.is_empty() {
            conditions.push(Condition::paths(vec!["/*".into()]));
        }
        conditions
    }

    /// Every pair of a host and a path that it takes, as text: two rules with one in common contradict each other.
    pub(super) fn requests(&self) -> Vec<String> {
        let sources: Vec<String> = self.sources.iter().map(text).collect();
        let hosts: Vec<String> =
            if self.hosts.is_empty() { vec!["*".to_owned()] } else { self.hosts.iter().map(text).collect() };
        let paths: Vec<String> = match self.paths.as_slice() {
            [] => vec!["/*".to_owned()],
            paths => paths.iter().flat_map(patterns).collect(),
        };
        let pairs = hosts.iter().flat_map(|host| paths.iter().map(move |path| format!("{host}{path}")));
        pairs.map(|pair| format!("{pair} {}", sources.join(" ")).trim_end().to_owned()).collect()
    }

    /// The name before its role in its logical id.
    pub(super) fn name(&self, workload: &str) -> String {
        match &self.key {
            Some(key) => format!("{workload} {key}"),
            None => workload.to_owned(),
        }
    }

    /// The next priority of its kind that `is_free`.
    pub(super) fn free(&self, is_free: impl Fn(u32) -> bool) -> Option<u32> {
        let (start, slots) = band(&self.hosts, &self.paths, &self.sources);
        let offset = self.priority.saturating_sub(start).min(slots);
        (1..slots).map(|step| start + (offset + step) % slots).find(|priority| is_free(*priority))
    }
}

/// Whether a route takes every request.
pub(super) fn is_everything(route: &Route) -> bool {
    route.hosts.is_empty() && takes_every_path(&route.paths)
}

/// The rules of a port of a workload, of which `owner` and `published` are part of the logical ids. Without routes it is one
/// for every request. `sources` are the blocks that requests must come from.
pub(super) fn rules(
    owner: &str,
    workload: &str,
    published: u16,
    routes: &[Route],
    sources: &[Expr<String>],
) -> Vec<Rule> {
    let mut rules: Vec<(Option<u32>, Rule)> = Vec::new();
    if routes.iter().all(is_everything) {
        let pinned = routes.iter().find_map(|route| route.priority.as_ref()).map(|priority| priority.value);
        rules.extend(divide(&[], &[], sources).into_iter().map(|rule| (pinned, rule)));
    } else {
        for route in routes {
            let pinned = route.priority.as_ref().map(|priority| priority.value);
            rules.extend(of_route(route, sources).into_iter().map(|rule| (pinned, rule)));
        }
    }
    let is_alone = rules.len() == 1;
    let mut taken: Vec<u32> = Vec::new();
    let mut finished = Vec::new();
    for (index, (pinned, mut rule)) in rules.into_iter().enumerate() {
        if let Some(first) = pinned {
            // A pinned rule is named for its priority: what is in its place later is the same rule with other conditions.
            let mut free = (first..=LAST).filter(|priority| !taken.contains(priority));
            rule.priority = free.next().unwrap_or(first);
            rule.key = (index > 0).then(|| rule.priority.to_string());
        } else {
            rule.key = (!is_alone).then(|| rule.text());
            let id = Role::Rule(published).id(owner, Some(&rule.name(workload)));
            rule.priority = slot(&id, &rule);
        }
        taken.push(rule.priority);
        finished.push(rule);
    }
    finished
}

/// The rules of a route: hosts and paths of one kind each, in as many as their values need.
fn of_route(route: &Route, sources: &[Expr<String>]) -> Vec<Rule> {
    let hosts: Vec<Expr<String>> = route.hosts.iter().map(|host| host.value.clone()).collect();
    let paths: Vec<Path> = if takes_every_path(&route.paths) { Vec::new() } else { route.paths.clone() };
    let mut rules = Vec::new();
    for (_, hosts) in kinds(hosts, host_rank) {
        for (_, paths) in kinds(paths.clone(), |path| DEPTH - depth(path)) {
            rules.extend(divide(&hosts, &paths, sources));
        }
    }
    rules
}

/// Values by kind, the first kind first; one kind without values where there are none.
fn kinds<T: Clone>(values: Vec<T>, rank: impl Fn(&T) -> usize) -> Vec<(usize, Vec<T>)> {
    let mut kinds: std::collections::BTreeMap<usize, Vec<T>> = std::collections::BTreeMap::new();
    for value in values {
        kinds.entry(rank(&value)).or_default().push(value);
    }
    if kinds.is_empty() { vec![(0, Vec::new())] } else { kinds.into_iter().collect() }
}

/// Rules that take the same requests together, none of which has too many values.
fn divide(hosts: &[Expr<String>], paths: &[Path], sources: &[Expr<String>]) -> Vec<Rule> {
    // A path and all below it are two values.
    let least = usize::from(!hosts.is_empty()) + if paths.is_empty() { 0 } else { 2 };
    let for_sources = sources.len().min(VALUES - least);
    let rest = VALUES - for_sources;
    let weight: usize = paths.iter().map(|path| patterns(path).len()).sum();
    let for_hosts = if hosts.is_empty() { 0 } else { hosts.len().min(rest.saturating_sub(weight).max(1)) };
    let for_paths = rest - for_hosts;
    let mut rules = Vec::new();
    for hosts in chunks(hosts, for_hosts, |_| 1) {
        for paths in chunks(paths, for_paths, |path| patterns(path).len()) {
            for sources in chunks(sources, for_sources, |_| 1) {
                let (hosts, paths) = (hosts.clone(), paths.clone());
                rules.push(Rule { key: None, priority: 0, hosts, paths, sources });
            }
        }
    }
    rules
}

fn chunks<T: Clone>(values: &[T], most: usize, weight: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut chunks = vec![Vec::new()];
    let mut filled = 0;
    for value in values {
        if filled + weight(value) > most && filled > 0 {
            chunks.push(Vec::new());
            filled = 0;
        }
        filled += weight(value);
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(value.clone());
        }
    }
    chunks
}

impl Rule {
    /// The values of its conditions; cut where they are long, with what tells them apart.
    fn text(&self) -> String {
        let paths = self.paths.iter().flat_map(patterns);
        let values: Vec<String> =
            self.hosts.iter().map(text).chain(paths).chain(self.sources.iter().map(text)).collect();
        let all = values.join(" ");
        if all.len() <= 60 && all.is_ascii() {
            return all;
        }
        let start: String = all.chars().filter(char::is_ascii).take(40).collect();
        format!("{start} {}", hash(&all))
    }
}

/// What a path is for a listener.
fn patterns(path: &Path) -> Vec<String> {
    match path {
        Path::Prefix(path) if path == "/" => vec!["/*".to_owned()],
        Path::Prefix(path) => vec![path.clone(), format!("{path}/*")],
        Path::Exact(path) | Path::Pattern(path) => vec![path.clone()],
    }
}

fn takes_every_path(paths: &[Path]) -> bool {
    paths.is_empty()
        || paths.iter().any(|path| match path {
            Path::Prefix(path) => path == "/",
            Path::Pattern(path) => path == "/*" || path == "*",
            Path::Exact(_) => false,
        })
}

/// How many segments say something of a path; one that leaves nothing open says one more.
fn depth(path: &Path) -> usize {
    let (text, exact) = match path {
        Path::Exact(path) => (path, 1),
        Path::Prefix(path) | Path::Pattern(path) => (path, 0),
    };
    let says = |segment: &&str| segment.chars().any(|letter| !matches!(letter, '*' | '?'));
    (text.split('/').filter(says).count() + exact).min(DEPTH)
}

fn host_rank(host: &Expr<String>) -> usize {
    usize::from(host.known().is_some_and(|host| host.contains(['*', '?'])))
}

fn band(hosts: &[Expr<String>], paths: &[Path], sources: &[Expr<String>]) -> (u32, u32) {
    let host = hosts.iter().map(host_rank).max().unwrap_or(2);
    let path = DEPTH - paths.iter().map(depth).min().unwrap_or(0);
    let mut start = FIRST;
    for (rank, row) in SLOTS.iter().enumerate() {
        for (deep, slots) in row.iter().enumerate() {
            if (rank, deep) == (host, path) && *slots > 0 {
                return (start, *slots);
            }
            start += slots;
        }
    }
    if sources.is_empty() { (LAST, 1) } else { ANYTHING }
}

fn slot(id: &LogicalId, rule: &Rule) -> u32 {
    let (start, slots) = band(&rule.hosts, &rule.paths, &rule.sources);
    start + u32::from_str_radix(&hash(id.as_str()), 16).unwrap_or_default() % slots
}

fn text(value: &Expr<String>) -> String {
    match Text::from(value) {
        Value::Literal(text) => text.into_owned(),
        Value::Function(function) => serde_json::to_string(&function).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Located, Origin};

    fn route(hosts: &[&str], paths: &[&str]) -> Route {
        let paths = paths.iter().map(|path| match path {
            path if path.contains('*') => Path::Pattern((*path).to_owned()),
            path => Path::Prefix((*path).to_owned()),
        });
        Route {
            origin: Origin::TEMPLATE,
            hosts: hosts.iter().map(|host| Located::new(Origin::TEMPLATE, Expr::from(*host))).collect(),
            paths: paths.collect(),
            priority: None,
        }
    }

    fn priorities(hosts: &[&str], paths: &[&str]) -> Vec<u32> {
        rules("Shop", "web", 80, &[route(hosts, paths)], &[]).iter().map(|rule| rule.priority).collect()
    }

    #[test]
    fn what_says_more_comes_first() {
        let ordered = [
            (["shop.example.com"].as_slice(), ["/api/v1/orders"].as_slice()),
            (&["shop.example.com"], &["/api"]),
            (&["shop.example.com"], &[]),
            (&["*.example.com"], &["/api"]),
            (&["*.example.com"], &[]),
            (&[], &["/api/v1"]),
            (&[], &["/api"]),
            (&[], &[]),
        ];
        let priorities: Vec<u32> = ordered.iter().flat_map(|(hosts, paths)| priorities(hosts, paths)).collect();
        assert!(priorities.is_sorted_by(|before, after| before < after), "{priorities:?}");
        assert_eq!(priorities.last(), Some(&LAST));
    }

    #[test]
    fn no_rule_has_more_than_five_values_and_together_they_take_the_same() {
        let hosts = ["a.example.com", "b.example.com", "c.example.com"];
        let paths = ["/one", "/two", "/three"];
        let sources: Vec<Expr<String>> = (0..4).map(|net| Expr::Known(format!("10.{net}.0.0/16"))).collect();
        for (hosts, paths, sources) in [
            (&hosts[..], &paths[..], &sources[..0]),
            (&hosts, &[], &sources),
            (&[], &paths, &sources),
            (&[], &[], &sources),
        ] {
            let rules = rules("Shop", "web", 80, &[route(hosts, paths)], sources);
            let mut pairs = Vec::new();
            for rule in &rules {
                let weight = rule.hosts.len() + rule.paths.len() * 2 + rule.sources.len();
                assert!(weight <= VALUES, "{rule:?}");
                pairs.extend(rule.requests());
            }
            let ids: std::collections::BTreeSet<String> = rules.iter().map(|rule| rule.name("web")).collect();
            assert_eq!(ids.len(), rules.len());
            assert!(!pairs.is_empty());
        }
    }

    #[test]
    fn bands_fill_what_is_left_to_them() {
        let slots: u32 = SLOTS.iter().flatten().sum();
        assert!(FIRST + slots <= ANYTHING.0, "{slots}");
    }
}
