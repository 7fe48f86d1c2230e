//! A container of a workload.

use std::collections::BTreeMap;

use super::platform::Log;
use super::secret::{File, Part};
use super::workload::Dependency;
use super::{Mount, Probe, exposure::Transport};
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// A container.
#[derive(Clone, Debug)]
pub struct Container {
    /// Where it is declared.
    pub origin: Origin,
    /// Its name within the workload.
    pub name: String,
    /// The image: `nginx:1.27`, or a repository's address.
    pub image: Located<Expr<String>>,
    /// Replaces the image's entry point.
    pub entrypoint: Option<Vec<Expr<String>>>,
    /// Replaces the image's command; arguments of the entry point.
    pub command: Option<Vec<Expr<String>>>,
    /// The name, in [`super::Application::secrets`], of the secret with the `username` and `password` of the image's
    /// registry.
    pub credentials: Option<Located<String>>,
    /// Environment variables by name.
    pub environment: BTreeMap<String, Located<Expr<String>>>,
    /// Environment variables whose values are secret, by name; none of them is in `environment` too.
    pub secrets: BTreeMap<String, Located<Part>>,
    /// Objects with environment variables, `NAME=value` a line, by address: a later one wins over those before it, and what
    /// is in `environment` over all of them.
    pub environment_files: Vec<Located<Expr<String>>>,
    /// Files that are there when it starts.
    pub files: Vec<File>,
    /// The directory in which it starts.
    pub working_directory: Option<Located<Expr<String>>>,
    /// User and group, `1000:1000` or by name.
    pub user: Option<Located<Expr<String>>>,
    /// Whether its root file system refuses writes.
    pub read_only: Option<Located<bool>>,
    /// Whether a small init process passes signals on and reaps children.
    pub init: Option<Located<bool>>,
    /// Whether standard input stays open.
    pub interactive: Option<Located<bool>>,
    /// Whether it has a terminal.
    pub terminal: Option<Located<bool>>,
    /// Labels that its runtime sees.
    pub labels: BTreeMap<String, Expr<String>>,
    /// The ports it listens on that are declared.
    pub ports: Vec<Located<Port>>,
    /// Directories that come from elsewhere, in the author's order.
    pub mounts: Vec<Mount>,
    /// How its health is found out.
    pub probe: Option<Probe>,
    /// What it may use of the machine.
    pub resources: Resources,
    /// Limits of the kernel by name (`nofile`).
    pub limits: BTreeMap<String, Located<Limit>>,
    /// The seconds between the request to stop and the end by force.
    pub stop_grace: Option<Located<u32>>,
    /// Whether it is started again when it ends, within its replica.
    pub restart: Option<Located<Restart>>,
    /// Whether its end ends the replica.
    pub essential: bool,
    /// The containers of its replica that it starts after.
    pub after: BTreeMap<String, Dependency>,
    /// What it may do beyond, and what less than, containers in general.
    pub privileges: Privileges,
    /// Parameters of the kernel by name (`net.core.somaxconn`).
    pub kernel_parameters: BTreeMap<String, Located<Expr<String>>>,
    /// Devices of the machine that it uses.
    pub devices: Vec<Located<Device>>,
    /// The graphics processors that it has to itself.
    pub gpus: Option<Located<Gpus>>,
    /// The size of its shared memory.
    pub shared_memory: Option<Located<Bytes>>,
    /// Where its output goes; `None`: where the workload's options say, or the application's log group.
    pub log: Option<Log>,
}

/// A port that a container listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// Its number.
    pub number: u16,
    /// Its protocol.
    pub transport: Transport,
}

/// What a container may use.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Thousandths of a processor that it may use at most.
    pub cpu: Option<Located<MilliCpu>>,
    /// Thousandths of a processor that are set aside for it.
    pub cpu_reservation: Option<Located<MilliCpu>>,
    /// Bytes that it may use at most.
    pub memory: Option<Located<Bytes>>,
    /// Bytes that are set aside for it.
    pub memory_reservation: Option<Located<Bytes>>,
}

impl Resources {
    /// What it needs of processors: what it may use, or else what is set aside for it.
    pub fn cpu_needed(&self) -> Option<&Located<MilliCpu>> {
        self.cpu.as_ref().or(self.cpu_reservation.as_ref())
    }

    /// What it needs of memory: what it may use, or else what is set aside for it.
    pub fn memory_needed(&self) -> Option<&Located<Bytes>> {
        self.memory.as_ref().or(self.memory_reservation.as_ref())
    }
}

/// Thousandths of a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MilliCpu(pub u64);

/// Bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl MilliCpu {
    /// Units of which a processor has 1,024, rounded up.
    pub fn units(self) -> u64 {
        (self.0 * 1024).div_ceil(1000)
    }
}

impl Bytes {
    /// MiB, rounded up.
    pub fn mebibytes(self) -> u64 {
        self.0.div_ceil(1024 * 1024)
    }
}

/// How many graphics processors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gpus {
    /// So many.
    Count(u32),
    /// As many as its machine has.
    All,
}

/// A limit of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What applies; the process may raise it to `hard`.
    pub soft: i64,
    /// What it may be raised to; -1 for no limit.
    pub hard: i64,
}

/// When a container that ended is started again within its replica.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restart {
    /// The exit codes after which it is not.
    pub unless: Vec<u8>,
    /// The seconds that it must have run; `None`: as the platform thinks fit. One that ends sooner has ended.
    pub after: Option<Located<u32>>,
}

/// What a container may do beyond, and what less than, containers in general.
#[derive(Clone, Debug, Default)]
pub struct Privileges {
    /// Whether it may do all that its machine may.
    pub all: Option<Located<bool>>,
    /// Capabilities of the kernel that are added, without `CAP_`: `SYS_PTRACE`.
    pub added: Vec<Located<String>>,
    /// Capabilities that are taken away; `ALL` for all.
    pub dropped: Vec<Located<String>>,
    /// Labels of the machine's security modules: `no-new-privileges`.
    pub labels: Vec<Located<String>>,
}

/// A device of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its path on the machine.
    pub host: String,
    /// Its path in the container; `None`: the same.
    pub container: Option<String>,
    /// What the container may do with it: of `r`, `w` and `m`.
    pub permissions: String,
}
