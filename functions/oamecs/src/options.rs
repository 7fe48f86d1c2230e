//! Options of the platform, the same for every format and wherever they are written.
//!
//! In: a map beside a document (`Defaults: { ExecuteCommand: true }`), or keys within one (`x-aws-execute_command: true`).
//! Out: [`platform::Options`](Options). To add an option: its field in `program/platform.rs`, its name in [`KEYS`], its line
//! in [`read`], its attribute in `compose/support/service.rs`, and its lowering in `ecs`.

mod given;
pub mod reach;

pub use given::{Given, Spelling};

use crate::diagnostic::Located;
use crate::document::{Node, Reader, suggestion};
use crate::program::platform::{Capacity, Options};

/// Every option, by its name beside a document, sorted.
pub const KEYS: [&str; 17] = [
    "AllowFrom",
    "Capacity",
    "Certificate",
    "Cpu",
    "DeregistrationDelay",
    "DnsRecords",
    "Domain",
    "ExecuteCommand",
    "HealthCheck",
    "Listener",
    "LoadBalancer",
    "Memory",
    "Path",
    "Priority",
    "Scheme",
    "SlowStart",
    "Stickiness",
];

/// Reads all options of a map; what else is in it is left there.
pub fn read(given: &mut Given, reader: &mut Reader<'_>) -> Options {
    Options {
        capacity: given.take("Capacity").and_then(|node| capacity(&node, reader)),
        cpu: given.known("Cpu", "a number of CPU units, of which 1024 are one processor", "512", reader),
        execute_command: given.known("ExecuteCommand", "`true` or `false`", "true", reader),
        memory: given.known("Memory", "a number of MiB", "1024", reader),
        reach: reach::read(given, reader),
    }
}

fn capacity(node: &Node, reader: &mut Reader<'_>) -> Option<Located<Capacity>> {
    let text = reader.known_text(node)?;
    let capacity = match text.value.as_str() {
        "FARGATE" => Capacity::Fargate,
        "FARGATE_SPOT" => Capacity::FargateSpot,
        other => {
            let near = suggestion(other, ["FARGATE", "FARGATE_SPOT"]);
            let entry =
                reader.diagnostics.error(text.origin, format!("`{other}` is no capacity that this version knows"));
            match near {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry.fix("write `FARGATE` or `FARGATE_SPOT`"),
            }
            return None;
        }
    };
    Some(Located::new(text.origin, capacity))
}
