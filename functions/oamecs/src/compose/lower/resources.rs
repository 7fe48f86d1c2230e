//! [`deploy.resources`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#resources) and the older `cpus`,
//! `mem_limit` and `mem_reservation`: how much a container may use.

use super::super::model::deploy::Amounts;
use crate::diagnostic::{Diagnostics, Located};
use crate::program::container::{Bytes, MilliCpu, Resources};

/// What a container may use: a limit where there is one, else a reservation.
pub(super) fn lower(
    limits: Amounts,
    reservations: Amounts,
    cpus: Option<Located<MilliCpu>>,
    mem_limit: Option<Located<Bytes>>,
    mem_reservation: Option<Located<Bytes>>,
    diagnostics: &mut Diagnostics,
) -> Resources {
    let Amounts { cpus: cpu_limit, memory: memory_limit } = limits;
    let Amounts { cpus: cpu_reservation, memory: memory_reservation } = reservations;
    let cpu = one(cpus, cpu_limit, "cpus", "deploy.resources.limits.cpus", diagnostics);
    let memory = one(mem_limit, memory_limit, "mem_limit", "deploy.resources.limits.memory", diagnostics);
    let memory_reservation = one(
        mem_reservation,
        memory_reservation,
        "mem_reservation",
        "deploy.resources.reservations.memory",
        diagnostics,
    );
    if let (Some(limit), Some(reservation)) = (&memory, &memory_reservation)
        && reservation.value > limit.value
    {
        diagnostics
            .error(reservation.origin, "more memory is set aside than the limit allows")
            .fix("lower the reservation, or raise the limit");
    }
    if let (Some(limit), Some(reservation)) = (&cpu, &cpu_reservation)
        && reservation.value > limit.value
    {
        diagnostics
            .error(reservation.origin, "more processors are set aside than the limit allows")
            .fix("lower the reservation, or raise the limit");
    }
    Resources { cpu, cpu_reservation, memory, memory_reservation }
}

/// `cpus`, or what `cpu_quota` comes to.
pub(super) fn processors(
    cpus: Option<Located<MilliCpu>>,
    quota: Option<Located<MilliCpu>>,
    diagnostics: &mut Diagnostics,
) -> Option<Located<MilliCpu>> {
    one(quota, cpus, "cpu_quota", "cpus", diagnostics)
}

/// The value of two attributes that say the same; that they say different things is an error, as with Compose.
fn one<T: PartialEq>(
    short: Option<Located<T>>,
    long: Option<Located<T>>,
    short_name: &str,
    long_name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Located<T>> {
    if let (Some(short), Some(long)) = (&short, &long)
        && short.value != long.value
    {
        diagnostics
            .error(short.origin, format!("`{short_name}` and `{long_name}` differ"))
            .fix(format!("remove `{short_name}`"));
    }
    long.or(short)
}
