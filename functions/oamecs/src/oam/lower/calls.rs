//! Who calls whom, as far as texts tell: `redis:6379` in a variable of one component is the name of another.
//!
//! In: the workloads of an application. Out: the same, each of which starts after those that it calls, as ECS gives a program only a
//! few tries to find them; and published ones that nobody calls at an address of their own without it.

use std::collections::{BTreeMap, BTreeSet};

use super::{domains, texts};
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::list_some;
use crate::program::Workload;
use crate::program::workload::{Dependency, Run, Until};

/// Calls, by who calls and who is called, with where a text says so.
type Calls = BTreeMap<String, BTreeMap<String, Origin>>;

/// Settles what follows from who calls whom.
pub(super) fn settle(origin: Origin, workloads: &mut BTreeMap<String, Workload>, diagnostics: &mut Diagnostics) {
    let calls = calls(workloads);
    withdraw(workloads, &calls, diagnostics);
    order(origin, workloads, &calls, diagnostics);
}

fn calls(workloads: &BTreeMap<String, Workload>) -> Calls {
    let mut calls = Calls::new();
    for (caller, workload) in workloads {
        let texts = texts::of(workload);
        for (called, other) in workloads.iter().filter(|(called, other)| *called != caller && other.serves()) {
            let addresses = other.addresses.iter().map(|address| &address.name);
            let names: BTreeSet<&String> =
                std::iter::once(called).chain(other.aliases.keys()).chain(addresses).collect();
            let call = texts.iter().find(|(_, text)| names.iter().any(|name| is_called(text, name)));
            if let Some((origin, _)) = call {
                calls.entry(caller.clone()).or_default().insert(called.clone(), *origin);
            }
        }
    }
    calls
}

/// Whether a text calls something by a name: it is the name, or has it before a port, in an address, or in a cluster's domain.
fn is_called(text: &str, name: &str) -> bool {
    if text.trim() == name {
        return true;
    }
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + name.len()..).unwrap_or_default();
        if before.bytes().last().is_some_and(is_of_name) {
            return false;
        }
        let port = after.strip_prefix(':').and_then(|port| port.bytes().next());
        let is_address = before.ends_with("//") || before.ends_with('@');
        port.is_some_and(|digit| digit.is_ascii_digit())
            || is_address && !after.bytes().next().is_some_and(is_of_name)
            || domains::after(after).is_some()
    })
}

/// Takes the addresses of published workloads back that nobody calls: outside, a load balancer has their ports, and inside nothing
/// needs a proxy for them.
fn withdraw(workloads: &mut BTreeMap<String, Workload>, calls: &Calls, diagnostics: &mut Diagnostics) {
    for (name, workload) in workloads {
        let is_called = calls.values().any(|called| called.contains_key(name));
        if is_called || !workload.exposures.iter().any(|exposure| exposure.public) {
            continue;
        }
        let addresses = std::mem::take(&mut workload.addresses);
        if let Some(address) = addresses.iter().find(|address| address.port != address.target || address.name != *name)
        {
            let message = format!(
                "no component calls `{}:{}` in a variable, a command or a file: by its name, `{name}` is reached at the ports that its containers listen on, such as {}",
                address.name, address.port, address.target
            );
            let fix =
                format!("to have it called so, write `http://{}:{}` where it is called", address.name, address.port);
            diagnostics.note(address.origin, message).fix(fix);
        }
    }
}

/// Has workloads start after those that they call, where the author has not said the contrary. Of those that call each other,
/// the published ones come last.
fn order(origin: Origin, workloads: &mut BTreeMap<String, Workload>, calls: &Calls, diagnostics: &mut Diagnostics) {
    let is_published = |name: &String| {
        workloads.get(name).is_some_and(|workload| workload.exposures.iter().any(|exposure| exposure.public))
    };
    let (mut callers, others): (Vec<_>, Vec<_>) = calls.iter().partition(|(caller, _)| is_published(caller));
    callers.extend(others);
    let mut told = Vec::new();
    for (caller, called) in callers {
        if workloads.get(caller).is_none_or(|workload| matches!(workload.run, Run::Scheduled { .. })) {
            continue;
        }
        let mut first = Vec::new();
        for (name, place) in called {
            if waits(workloads, name, caller) {
                continue;
            }
            let Some(workload) = workloads.get_mut(caller) else { continue };
            if !workload.after.contains_key(name) {
                workload.after.insert(name.clone(), Dependency { origin: *place, until: Until::Started });
                first.push(name.as_str());
            }
        }
        if !first.is_empty() {
            told.push(format!("{caller} after {}", first.join(", ")));
        }
    }
    if !told.is_empty() {
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        diagnostics.advice(origin, format!("components start after those that they call: {}", list_some(&told)));
    }
}

/// Whether a workload waits for another, be it by way of others.
fn waits(workloads: &BTreeMap<String, Workload>, name: &str, other: &str) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![name]);
    while let Some(at) = next.pop() {
        if at == other {
            return true;
        }
        if seen.insert(at) {
            next.extend(workloads.get(at).into_iter().flat_map(|workload| workload.after.keys().map(String::as_str)));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_called;

    #[test]
    fn a_name_is_called_in_an_address_or_before_a_port() {
        for text in [
            "db",
            "db:5432",
            "postgres://shop:pw@db/shop",
            "http://db",
            "http://db/x",
            "proxy_pass http://db:80;",
            "cache:1 db:2",
            "db.default.svc.cluster.local",
        ] {
            assert!(is_called(text, "db"), "{text}");
        }
        for text in [
            "my-db:5432",
            "db-1:5432",
            "db_name",
            "http://example.com/db",
            "http://db.example.com",
            "the db",
            "db: x",
            "",
        ] {
            assert!(!is_called(text, "db"), "{text}");
        }
    }
}
