//! Capabilities of the kernel, as ECS takes them.

use std::collections::BTreeSet;

use super::fargate;
use crate::cloudformation::resource::ecs::KernelCapabilities;
use crate::diagnostic::{Diagnostics, Located};
use crate::document::suggestion;
use crate::gather::Gather;
use crate::program::platform::Machine;

/// Those that a container has by itself
/// ([Docker](https://docs.docker.com/engine/security/#linux-kernel-capabilities)).
const DEFAULT: [&str; 14] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Those besides that [ECS knows](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html).
const FURTHER: [&str; 23] = [
    "AUDIT_CONTROL",
    "BLOCK_SUSPEND",
    "DAC_READ_SEARCH",
    "IPC_LOCK",
    "IPC_OWNER",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "NET_ADMIN",
    "NET_BROADCAST",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "SYSLOG",
    "WAKE_ALARM",
];

/// All of them.
const ALL: &str = "ALL";

/// What a container has more and less than by itself; `None` where it is neither.
pub(super) fn lower(
    added: &[Located<String>],
    dropped: &[Located<String>],
    machine: Machine,
    diagnostics: &mut Diagnostics,
) -> Option<KernelCapabilities> {
    for capability in added.iter().chain(dropped) {
        check_name(capability, diagnostics);
    }
    let add: BTreeSet<&str> = added.iter().map(|capability| capability.value.as_str()).gather();
    let drop: BTreeSet<&str> = dropped.iter().map(|capability| capability.value.as_str()).gather();
    let (add, drop) = match machine {
        Machine::Instance => (add, drop),
        Machine::Fargate => {
            check_fargate(added, diagnostics);
            on_fargate(&add, &drop)
        }
    };
    let owned = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
    (!add.is_empty() || !drop.is_empty()).then(|| KernelCapabilities { add: owned(add), drop: owned(drop) })
}

/// Fargate adds next to nothing. But what a container has by itself can be kept where all others are dropped: by dropping
/// each of the others.
fn on_fargate<'a>(add: &BTreeSet<&'a str>, drop: &BTreeSet<&'a str>) -> (BTreeSet<&'a str>, BTreeSet<&'a str>) {
    let (kept, added): (BTreeSet<&str>, BTreeSet<&str>) = add.iter().partition(|name| DEFAULT.contains(name));
    let drop = if drop.contains(ALL) && !kept.is_empty() {
        DEFAULT.into_iter().filter(|name| !kept.contains(name)).gather()
    } else {
        drop.iter().filter(|name| !kept.contains(*name)).copied().gather()
    };
    (added, drop)
}

fn check_fargate(added: &[Located<String>], diagnostics: &mut Diagnostics) {
    let has = |name: &str| DEFAULT.contains(&name) || fargate::CAPABILITIES.contains(&name);
    for capability in added.iter().filter(|capability| !has(&capability.value) && is_known(&capability.value)) {
        let message = format!(
            "Fargate gives no container the capability `{}`: of those that Docker does not give by itself it has `SYS_PTRACE` only",
            capability.value
        );
        diagnostics
            .error(capability.origin, message)
            .fix("remove it, if the program can do without, or run the service on instances, with the capacity `EC2`");
    }
}

fn known() -> impl Iterator<Item = &'static str> {
    DEFAULT.into_iter().chain(FURTHER).chain([ALL])
}

fn is_known(name: &str) -> bool {
    known().any(|known| known == name)
}

fn check_name(capability: &Located<String>, diagnostics: &mut Diagnostics) {
    let Located { origin, value } = capability;
    if is_known(value) {
        return;
    }
    let error = diagnostics.error(*origin, format!("`{value}` is no capability that ECS knows"));
    match suggestion(value, known()) {
        Some(near) => error.fix(format!("did you mean `{near}`?")),
        None => error.fix("remove it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fargate_keeps_what_it_cannot_add() {
        let of = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
        let (add, drop) = on_fargate(&of(&["NET_BIND_SERVICE", "SYS_PTRACE"]), &of(&["ALL"]));
        assert_eq!(add, of(&["SYS_PTRACE"]));
        assert!(drop.len() == 13 && !drop.contains("NET_BIND_SERVICE") && !drop.contains("ALL"));
        assert_eq!(on_fargate(&of(&[]), &of(&["ALL"])), (of(&[]), of(&["ALL"])));
        assert_eq!(on_fargate(&of(&["CHOWN"]), &of(&["CHOWN", "KILL"])), (of(&[]), of(&["KILL"])));
    }
}
