//! What a service asks of the kernel and of its machine.

use super::super::model::runtime::{DeviceMapping, Runtime};
use super::super::model::{DeviceRequest, GenericResource};
use crate::diagnostic::{Diagnostics, Located};
use crate::program::container::{Device, Gpus, MilliCpu, Privileges};
use crate::program::workload::Sharing;

/// The time that `cpu_quota` is a part of, where nothing is said: that of Linux, in microseconds.
const PERIOD: u64 = 100_000;

/// What a container may do beyond, and what less than, others.
pub(super) fn privileges(
    all: Option<Located<bool>>,
    added: Vec<Located<String>>,
    dropped: Vec<Located<String>>,
    options: Vec<Located<String>>,
) -> Privileges {
    let capability = |text: Located<String>| {
        text.map(|text| {
            let text = text.trim().to_ascii_uppercase();
            text.strip_prefix("CAP_").map(str::to_owned).unwrap_or(text)
        })
    };
    Privileges {
        all,
        added: added.into_iter().map(capability).collect(),
        dropped: dropped.into_iter().map(capability).collect(),
        // `label=disable` is the older spelling of `label:disable`.
        labels: options.into_iter().map(|option| option.map(|text| text.replacen('=', ":", 1))).collect(),
    }
}

/// The share of processors that `cpu_quota` and `cpu_period` say, rounded up.
pub(super) fn quota(runtime: &Runtime, diagnostics: &mut Diagnostics) -> Option<Located<MilliCpu>> {
    match (&runtime.cpu_quota, &runtime.cpu_period) {
        (Some(quota), period) => {
            let period = period.as_ref().map_or(PERIOD, |period| period.value);
            let share = (u128::from(quota.value) * 1000).div_ceil(u128::from(period));
            Some(Located::new(quota.origin, MilliCpu(u64::try_from(share).unwrap_or(u64::MAX))))
        }
        (None, Some(period)) => {
            diagnostics.note(period.origin, "`cpu_period` has no effect without `cpu_quota`");
            None
        }
        (None, None) => None,
    }
}

/// Devices of the machine.
pub(super) fn devices(devices: Vec<DeviceMapping>) -> Vec<Located<Device>> {
    let device = |DeviceMapping { origin, source, target, permissions }| {
        Located::new(origin, Device { host: source, container: target, permissions })
    };
    devices.into_iter().map(device).collect()
}

/// The GPUs of a container: those of all requests together.
pub(super) fn gpus(
    requests: Vec<DeviceRequest>,
    generic: Vec<GenericResource>,
    diagnostics: &mut Diagnostics,
) -> Option<Located<Gpus>> {
    let mut gpus: Option<Located<Gpus>> = None;
    let mut add = |located: Located<Gpus>| {
        let before = gpus.as_ref().map_or(Gpus::Count(0), |before| before.value);
        let sum = match (before, located.value) {
            (Gpus::Count(before), Gpus::Count(more)) => Gpus::Count(before.saturating_add(more)),
            _ => Gpus::All,
        };
        gpus = Some(Located::new(located.origin, sum));
    };
    for request in requests {
        if let Some(located) = requested(request, diagnostics) {
            add(located);
        }
    }
    for GenericResource { kind, value } in generic {
        let is_gpu = ["gpu", "gpus", "nvidia-gpu"].contains(&kind.value.to_ascii_lowercase().as_str());
        if is_gpu {
            let (origin, count) = value.map_or((kind.origin, 1), |value| (value.origin, value.value));
            add(Located::new(origin, Gpus::Count(count)));
        } else {
            diagnostics
                .error(kind.origin, format!("ECS knows no resource `{}`", kind.value))
                .fix("remove it; a machine that has something is chosen by `deploy.placement.constraints`");
        }
    }
    gpus.filter(|gpus| gpus.value != Gpus::Count(0))
}

fn requested(request: DeviceRequest, diagnostics: &mut Diagnostics) -> Option<Located<Gpus>> {
    let DeviceRequest { origin, capabilities, count, device_ids, driver } = request;
    let is_of_gpu = |capability: &str| {
        ["gpu", "nvidia", "compute", "compute32", "graphics", "utility", "video", "display", "ngx"]
            .contains(&capability)
    };
    if let Some(other) = capabilities.iter().find(|capability| !is_of_gpu(&capability.value)) {
        diagnostics
            .error(other.origin, format!("ECS has no devices with the capability `{}`", other.value))
            .fix("write `gpu`, the only kind of device that ECS reserves");
        return None;
    }
    if let Some(driver) = driver.filter(|driver| !["", "nvidia", "cdi"].contains(&driver.value.as_str())) {
        diagnostics
            .error(driver.origin, format!("ECS has no driver `{}` for GPUs", driver.value))
            .fix("write `nvidia`, or remove it");
        return None;
    }
    let Some(first) = device_ids.first() else {
        // All that there are, as with Compose.
        return Some(count.unwrap_or(Located::new(origin, Gpus::All)));
    };
    if let Some(count) = count {
        diagnostics.error(count.origin, "`count` and `device_ids` exclude each other").fix("remove `device_ids`");
        return None;
    }
    diagnostics.note(first.origin, "ECS chooses which GPUs a container has; it has as many as `device_ids` names");
    Some(Located::new(first.origin, Gpus::Count(u32::try_from(device_ids.len()).unwrap_or(u32::MAX))))
}

/// With whom a service shares its processes (`pid`) or its memory (`ipc`), which `key` is. `partner` is the `network_mode` with
/// which it joins the task of another.
pub(super) fn sharing(
    key: &str,
    mode: Option<Located<String>>,
    partner: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Option<Located<Sharing>> {
    let Located { origin, value } = mode?;
    match value.as_str() {
        "host" => return Some(Located::new(origin, Sharing::Machine)),
        "shareable" if key == "ipc" => return Some(Located::new(origin, Sharing::Replica)),
        "private" | "none" => {}
        other if Some(other) == partner => return Some(Located::new(origin, Sharing::Replica)),
        other if other.starts_with("service:") || other.starts_with("container:") => {
            diagnostics
                .error(
                    origin,
                    format!("`{key}: {other}` is not available: services are tasks of their own, and share nothing"),
                )
                .fix(format!("remove `{key}`, or put both into one task with `network_mode: {other}`"));
        }
        other => {
            diagnostics
                .error(origin, format!("`{other}` is not a mode of `{key}`"))
                .fix(format!("write `{key}: host`, or remove it"));
        }
    }
    None
}

/// A container runtime: instances and Fargate have one, which also finds GPUs.
pub(super) fn check_runtime(runtime: Option<Located<String>>, has_gpus: bool, diagnostics: &mut Diagnostics) {
    let Some(Located { origin, value }) = runtime else { return };
    match value.as_str() {
        "runc" | "io.containerd.runc.v2" => {}
        "nvidia" if has_gpus => {}
        "nvidia" => {
            diagnostics
                .error(
                    origin,
                    "ECS chooses the runtime `nvidia` for containers that have GPUs, and this one asks for none",
                )
                .fix("write `gpus: all` instead of `runtime`");
        }
        other => {
            diagnostics
                .error(origin, format!("ECS has no runtime `{other}`"))
                .fix("remove it, and use an image for `linux/amd64` or `linux/arm64`");
        }
    }
}
