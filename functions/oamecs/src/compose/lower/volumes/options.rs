//! `driver_opts` as Docker's integration with ECS had them: how a file system is made, and who uses it.

use crate::compose::model::DriverOpts;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{list, suggestion};
use crate::expression::Expr;
use crate::program::platform::file_system::{Performance, Throughput, Tuning};
use crate::program::storage::Owner;

type Given = Option<Located<Expr<String>>>;

/// Who uses a volume, and which directory it is.
pub(super) struct Access {
    pub(super) directory: Given,
    pub(super) owner: Option<Owner>,
    pub(super) permissions: Given,
}

/// When files move to cheaper storage.
const LIFECYCLE: [&str; 9] = [
    "AFTER_1_DAY",
    "AFTER_7_DAYS",
    "AFTER_14_DAYS",
    "AFTER_30_DAYS",
    "AFTER_60_DAYS",
    "AFTER_90_DAYS",
    "AFTER_180_DAYS",
    "AFTER_270_DAYS",
    "AFTER_365_DAYS",
];

/// The options of a file system that is made.
pub(super) fn made(options: DriverOpts, diagnostics: &mut Diagnostics) -> (Tuning, Access) {
    let (tuning, access) = split(options);
    let access = access.read(true, diagnostics);
    let Tuned {
        backup_policy,
        kms_key_id,
        lifecycle_policy,
        performance_mode,
        provisioned_throughput,
        throughput_mode,
    } = tuning;
    let performance = performance_mode.and_then(|mode| {
        let choices = [("generalPurpose", Performance::GeneralPurpose), ("maxIO", Performance::MaxIo)];
        choice("performance_mode", &mode, &choices, diagnostics)
    });
    let tuning = Tuning {
        backup: backup_policy.and_then(|policy| backup(policy, diagnostics)),
        infrequent_access: lifecycle_policy.and_then(|policy| lifecycle(policy, diagnostics)),
        throughput: throughput(throughput_mode, provisioned_throughput, performance.as_ref(), diagnostics),
        performance,
        key: kms_key_id,
    };
    (tuning, access)
}

/// The options of a file system that exists.
pub(super) fn given(options: DriverOpts, has_access_point: bool, diagnostics: &mut Diagnostics) -> Access {
    let (tuning, access) = split(options);
    let Tuned {
        backup_policy,
        kms_key_id,
        lifecycle_policy,
        performance_mode,
        provisioned_throughput,
        throughput_mode,
    } = tuning;
    for (name, option) in [
        ("backup_policy", backup_policy),
        ("kms_key_id", kms_key_id),
        ("lifecycle_policy", lifecycle_policy),
        ("performance_mode", performance_mode),
        ("provisioned_throughput", provisioned_throughput),
        ("throughput_mode", throughput_mode),
    ] {
        if let Some(option) = option {
            diagnostics
                .error(option.origin, format!("`{name}` says how a file system is made, and this one exists"))
                .fix("remove it, and set it where the file system is made");
        }
    }
    if has_access_point {
        let Used { gid, permissions, root_directory, uid } = access;
        for (name, option) in
            [("gid", gid), ("permissions", permissions), ("root_directory", root_directory), ("uid", uid)]
        {
            if let Some(option) = option {
                diagnostics
                    .error(option.origin, format!("the access point that is given has a `{name}` of its own"))
                    .fix("remove it, or remove `x-aws-access_point` to have an access point made");
            }
        }
        return Access { directory: None, owner: None, permissions: None };
    }
    access.read(false, diagnostics)
}

/// How a file system is made.
struct Tuned {
    backup_policy: Given,
    kms_key_id: Given,
    lifecycle_policy: Given,
    performance_mode: Given,
    provisioned_throughput: Given,
    throughput_mode: Given,
}

/// How it is used.
struct Used {
    gid: Given,
    permissions: Given,
    root_directory: Given,
    uid: Given,
}

fn split(options: DriverOpts) -> (Tuned, Used) {
    let DriverOpts {
        backup_policy,
        device: _,
        gid,
        kms_key_id,
        lifecycle_policy,
        o: _,
        performance_mode,
        permissions,
        provisioned_throughput,
        root_directory,
        throughput_mode,
        type_: _,
        uid,
    } = options;
    let tuned = Tuned {
        backup_policy,
        kms_key_id,
        lifecycle_policy,
        performance_mode,
        provisioned_throughput,
        throughput_mode,
    };
    (tuned, Used { gid, permissions, root_directory, uid })
}

impl Used {
    fn read(self, is_made: bool, diagnostics: &mut Diagnostics) -> Access {
        let Self { gid, permissions, root_directory, uid } = self;
        for (name, id) in [("gid", &gid), ("uid", &uid)] {
            if let Some(id) = id
                && id.value.known().is_some_and(|id| id.parse::<u32>().is_err())
            {
                let example = format!("write a number, for example `{name}: 1000`");
                diagnostics.error(id.origin, format!("`{name}` must be a number, as EFS knows no names")).fix(example);
            }
        }
        if let Some(permissions) = &permissions
            && let Some(text) = permissions.value.known()
            && (!(3..=4).contains(&text.len()) || !text.chars().all(|digit| ('0'..='7').contains(&digit)))
        {
            diagnostics
                .error(permissions.origin, format!("`{text}` are no permissions of a directory"))
                .fix("write three or four octal digits in quotes, for example `\"0750\"`");
        }
        let directory = root_directory.and_then(|directory| absolute(directory, diagnostics));
        // One of the two is both.
        let owner = match (uid, gid) {
            (None, None) => None,
            (Some(user), None) => Some(Owner { group: user.clone(), user }),
            (None, Some(group)) => Some(Owner { user: group.clone(), group }),
            (Some(user), Some(group)) => Some(Owner { user, group }),
        };
        let access = Access { directory, owner, permissions };
        access.check(is_made, diagnostics);
        access
    }
}

impl Access {
    /// The root of a file system is there from the start and belongs to root; every other directory is made when it is first
    /// mounted.
    fn check(&self, is_made: bool, diagnostics: &mut Diagnostics) {
        let is_root = match &self.directory {
            None => !is_made,
            Some(directory) => directory.value.known().is_some_and(|path| path == "/"),
        };
        if !is_root {
            if let Some(directory) = &self.directory {
                diagnostics.advice(directory.origin, "with another `root_directory` the volume would be another directory of the file system, which starts empty");
            }
            return;
        }
        if let Some(permissions) = &self.permissions {
            no_root(
                permissions.origin,
                "`permissions` hold for a directory that is made, and the root of a file system is there from the start",
                diagnostics,
            );
        }
        if let Some(owner) = &self.owner
            && is_made
            && owner.user.value.known().is_none_or(|user| user != "0")
        {
            no_root(
                owner.user.origin,
                "the root of a new file system belongs to user 0, so that no other could write there",
                diagnostics,
            );
        }
    }
}

fn no_root(origin: Origin, message: &str, diagnostics: &mut Diagnostics) {
    diagnostics.error(origin, message).fix("name a directory, for example `root_directory: /data`");
}

fn absolute(directory: Located<Expr<String>>, diagnostics: &mut Diagnostics) -> Given {
    let Some(path) = directory.value.known() else { return Some(directory) };
    if !path.starts_with('/') {
        diagnostics
            .error(directory.origin, format!("`{path}` is not an absolute path in the file system"))
            .fix(format!("write `/{}`", path.trim_start_matches("./")));
        return None;
    }
    let trimmed = path.trim_end_matches('/');
    let path = if trimmed.is_empty() { "/" } else { trimmed };
    Some(Located::new(directory.origin, path.into()))
}

fn backup(policy: Located<Expr<String>>, diagnostics: &mut Diagnostics) -> Option<Located<Expr<bool>>> {
    let Located { origin, value } = policy;
    let Expr::Known(text) = value else { return Some(Located::new(origin, value.map(|_| true))) };
    match text.to_ascii_lowercase().as_str() {
        "enabled" | "true" => Some(Located::new(origin, Expr::Known(true))),
        "disabled" | "false" => Some(Located::new(origin, Expr::Known(false))),
        _ => {
            diagnostics
                .error(origin, format!("`{text}` is no policy for backups"))
                .fix("write `ENABLED` or `DISABLED`");
            None
        }
    }
}

fn lifecycle(policy: Located<Expr<String>>, diagnostics: &mut Diagnostics) -> Given {
    let Expr::Known(text) = &policy.value else { return Some(policy) };
    let trimmed = text.trim().trim_matches(['"', '\'']);
    if LIFECYCLE.contains(&trimmed) {
        return Some(Located::new(policy.origin, trimmed.into()));
    }
    let near = suggestion(trimmed, LIFECYCLE);
    diagnostics.error(policy.origin, format!("EFS has no lifecycle policy `{trimmed}`")).fix(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}", list(&LIFECYCLE)),
    });
    None
}

fn throughput(
    mode: Given,
    amount: Given,
    performance: Option<&Located<Performance>>,
    diagnostics: &mut Diagnostics,
) -> Option<Located<Throughput>> {
    let amount = amount.and_then(|amount| mebibytes(amount, diagnostics));
    let Some(mode) = mode else {
        // Whoever names an amount wants to have it.
        return amount.map(|amount| amount.map(Throughput::Provisioned));
    };
    let choices = [("bursting", Mode::Bursting), ("elastic", Mode::Elastic), ("provisioned", Mode::Provisioned)];
    let mode = choice("throughput_mode", &mode, &choices, diagnostics)?;
    if mode.value == Mode::Elastic && performance.is_some_and(|mode| mode.value == Performance::MaxIo) {
        diagnostics
            .error(mode.origin, "EFS has no elastic throughput with `performance_mode: maxIO`")
            .fix("write `throughput_mode: bursting`, or remove `performance_mode`");
        return None;
    }
    match (mode.value, amount) {
        (Mode::Provisioned, Some(amount)) => Some(mode.map(|_| Throughput::Provisioned(amount.value))),
        (Mode::Provisioned, None) => {
            diagnostics
                .error(mode.origin, "`throughput_mode: provisioned` needs to know how much")
                .fix("add `provisioned_throughput`, in MiB a second, for example `provisioned_throughput: 100`");
            None
        }
        (_, Some(amount)) => {
            diagnostics
                .error(amount.origin, "an amount of throughput is had with `throughput_mode: provisioned` only")
                .fix("write that mode, or remove the amount");
            None
        }
        (Mode::Bursting, None) => Some(mode.map(|_| Throughput::Bursting)),
        (Mode::Elastic, None) => Some(mode.map(|_| Throughput::Elastic)),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Bursting,
    Elastic,
    Provisioned,
}

fn mebibytes(amount: Located<Expr<String>>, diagnostics: &mut Diagnostics) -> Option<Located<Expr<f64>>> {
    let Located { origin, value } = amount;
    let text = match value {
        Expr::Deferred(deferred) => return Some(Located::new(origin, Expr::Deferred(deferred))),
        Expr::Known(text) => text,
    };
    if let Some(amount) = text.trim().parse::<f64>().ok().filter(|amount| amount.is_finite() && *amount >= 1.0) {
        return Some(Located::new(origin, Expr::Known(amount)));
    }
    diagnostics
        .error(origin, format!("`{text}` is no throughput, a number of MiB a second from 1"))
        .fix("write a number, for example `provisioned_throughput: 100`");
    None
}

/// One of the values of an option, which must be known.
fn choice<T: Copy>(
    name: &str,
    given: &Located<Expr<String>>,
    choices: &[(&str, T)],
    diagnostics: &mut Diagnostics,
) -> Option<Located<T>> {
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    let Some(text) = given.value.known() else {
        diagnostics
            .error(
                given.origin,
                format!("`{name}` must be known when the template is expanded, as it decides what else is possible"),
            )
            .fix(format!("write one of {}", list(&names)));
        return None;
    };
    if let Some((_, value)) = choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(text.trim())) {
        return Some(Located::new(given.origin, *value));
    }
    let error = diagnostics.error(given.origin, format!("`{text}` is not one of {}", list(&names)));
    match suggestion(text, names.iter().copied()) {
        Some(near) => error.fix(format!("did you mean `{near}`?")),
        None => error.fix("write one of these"),
    }
    None
}
