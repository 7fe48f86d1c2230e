//! Requests over HTTP from outside: `ingress`, `gateway`, `Ingress` objects.

use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::oam::model::{Component, Rule, Workload};
use crate::options::reach::is_host;
use crate::program::reach::Path;

/// How a path is compared with those of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::oam) enum PathType {
    /// It is the beginning, up to a `/`.
    Prefix,
    /// It is all.
    Exact,
}

/// How paths are compared. What an implementation does where it may choose is what most of them do.
pub(in crate::oam) const PATH_TYPES: [(&str, PathType); 3] =
    [("Exact", PathType::Exact), ("ImplementationSpecific", PathType::Prefix), ("Prefix", PathType::Prefix)];

/// Leads requests to a component.
pub(in crate::oam) fn route(component: &mut Component, rule: Rule, diagnostics: &mut Diagnostics) {
    let why = match &component.workload.value {
        Workload::Server | Workload::SingletonServer | Workload::Stateful | Workload::Daemon => None,
        // A trait before this one may have given it ports.
        Workload::Worker | Workload::SingletonWorker => {
            component.ports.is_empty().then_some("nobody calls a worker, as it has no ports")
        }
        Workload::Task | Workload::SingletonTask | Workload::CronTask(_) => Some("a task runs to its end"),
    };
    if let Some(why) = why {
        diagnostics
            .error(rule.origin, format!("the component takes no trait that leads requests to it: {why}"))
            .fix("remove the trait, or use a type of workload that is a server");
        return;
    }
    component.rules.push(rule);
}

/// The host that requests are for, as a document names it. `None`: any, or one that was reported to be none.
pub(in crate::oam) fn host(
    host: Located<Expr<String>>,
    diagnostics: &mut Diagnostics,
) -> Option<Located<Expr<String>>> {
    let Expr::Known(text) = &host.value else { return Some(host) };
    let text = text.trim().to_ascii_lowercase();
    // `localhost` is what samples have that are tried on the author's machine.
    if matches!(text.as_str(), "" | "*" | "localhost") {
        return None;
    }
    let name = text.strip_suffix('.').unwrap_or(&text);
    if !is_host(name) {
        let start = name.trim_start_matches("https://").trim_start_matches("http://");
        let bare = start.split(['/', ':']).next().unwrap_or_default();
        let fix = if bare != name && is_host(bare) { bare } else { "shop.example.com" };
        let message = format!("`{name}` is no host name that a load balancer could look for");
        diagnostics.error(host.origin, message).fix(format!("write a name such as `{fix}`"));
        return None;
    }
    Some(Located::new(host.origin, Expr::Known(name.to_owned())))
}

/// The path that requests are for, as a document writes it. `None`: any, or one that was reported to be none.
pub(in crate::oam) fn path(
    path: Located<String>,
    path_type: PathType,
    diagnostics: &mut Diagnostics,
) -> Option<Located<Path>> {
    let Located { origin, value: text } = path;
    let text = text.trim();
    // `/shop/*` is what some controllers have for `/shop` and all below.
    let text = text.strip_suffix("/*").unwrap_or(text);
    let plain = text.trim_end_matches('/');
    if plain.is_empty() && path_type == PathType::Prefix {
        return None;
    }
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "_-.~\"'@:+&/*".contains(letter);
    if !text.starts_with('/') || text.len() > 126 || !text.chars().all(is_allowed) {
        let rewritten = format!("/{plain}");
        let fix = if !text.starts_with('/') && rewritten.chars().all(is_allowed) {
            format!("write `{rewritten}`")
        } else {
            "write a path such as `/api`, which is for all below it too; regular expressions are not available"
                .to_owned()
        };
        diagnostics.error(origin, format!("`{text}` is no path that a load balancer could look for")).fix(fix);
        return None;
    }
    let path = match path_type {
        _ if text.contains('*') => Path::Pattern(text.to_owned()),
        PathType::Prefix => Path::Prefix(plain.to_owned()),
        PathType::Exact => Path::Exact(text.to_owned()),
    };
    Some(Located::new(origin, path))
}
