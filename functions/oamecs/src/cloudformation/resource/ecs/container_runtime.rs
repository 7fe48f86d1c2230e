//! What a container asks of the kernel and of the container runtime.

use serde::Serialize;

use crate::cloudformation::value::Text;

/// Options of Linux containers.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LinuxParameters {
    /// Whether process 1 is a small `init` that forwards signals and reaps; off when absent.
    pub init_process_enabled: Option<bool>,
    /// Beyond and below Docker's default capabilities.
    pub capabilities: Option<KernelCapabilities>,
    /// Directories in memory.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tmpfs: Vec<Tmpfs>,
    /// MiB of `/dev/shm`. Refused on Fargate.
    pub shared_memory_size: Option<u32>,
    /// Devices of the instance. Refused on Fargate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    /// MiB of swap beyond its memory: twice its memory when absent, none with 0. Refused on Fargate.
    pub max_swap: Option<u32>,
    /// How readily it swaps, 0 to 100: 60 when absent; only with `max_swap`. Refused on Fargate.
    pub swappiness: Option<u32>,
}

/// Capabilities in the kernel's names without `CAP_`: `NET_BIND_SERVICE`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct KernelCapabilities {
    /// Fargate has `SYS_PTRACE` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// Any of them, or `ALL`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
}

/// A device of the instance in a container.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Device {
    /// `/dev/…` on the instance.
    pub host_path: String,
    /// The same when absent.
    pub container_path: Option<String>,
    /// All of them when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<DevicePermission>,
}

/// What a container may do with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DevicePermission {
    /// Make it.
    Mknod,
    /// Read it.
    Read,
    /// Write it.
    Write,
}

/// A directory in memory.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tmpfs {
    /// An absolute path.
    pub container_path: String,
    /// MiB, which AWS requires.
    pub size: u32,
    /// As `mount -o` takes them: `ro`, `noexec`, `mode=1777`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mount_options: Vec<String>,
}

/// A kernel parameter of the container's own namespace.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SystemControl {
    /// `net.core.somaxconn`; with `awsvpc` a `net.` parameter is the whole task's.
    pub namespace: String,
    /// As `sysctl -w` takes it.
    pub value: Text,
}

/// A resource limit. AWS requires all three fields.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ulimit {
    /// `nofile` and the other fourteen; Fargate has `nofile` only.
    pub name: String,
    /// What a process starts with: bytes, seconds or a count, as the name has it; -1 is no limit.
    pub soft_limit: i64,
    /// What a process can raise it to.
    pub hard_limit: i64,
}

/// A line of `/etc/hosts`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HostEntry {
    /// The name that is looked up.
    pub hostname: Text,
    /// What it stands for.
    pub ip_address: Text,
}
