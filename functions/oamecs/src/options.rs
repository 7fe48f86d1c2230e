//! Options of the platform, the same for every format and wherever they are written.
//!
//! In: a map beside a document (`Defaults: { ExecuteCommand: true }`), or keys within one (`x-aws-execute_command: true`).
//! Out: [`platform::Options`](Options). To add an option: its field in `program/platform.rs`, its name in [`KEYS`], its line
//! in [`read`], its attribute in `compose/support/service.rs`, and its lowering in `ecs`.

pub mod capacity;
mod given;
mod subnets;

pub use given::{Given, Spelling};

use crate::document::Reader;
use crate::program::platform::Options;

/// Every option, by its name beside a document, sorted.
pub const KEYS: [&str; 6] = ["Capacity", "Cpu", "ExecuteCommand", "Memory", "PublicAddress", "Subnets"];

/// Reads all options of a map; what else is in it is left there.
pub fn read(given: &mut Given, reader: &mut Reader<'_>) -> Options {
    Options {
        capacity: given.take("Capacity").and_then(|node| capacity::read(node, given, reader)),
        cpu: given.known("Cpu", "a number of CPU units, of which 1024 are one processor", "512", reader),
        execute_command: given.known("ExecuteCommand", "`true` or `false`", "true", reader),
        memory: given.known("Memory", "a number of MiB", "1024", reader),
        public_address: given.known("PublicAddress", "`true` or `false`", "true", reader),
        subnets: given.take("Subnets").and_then(|node| subnets::read(node, reader)),
    }
}
