//! How and under which name neighbours find a workload: `Discovery: { Ttl: 60, Answer: one }`, `DiscoveryName: users.staging`.

use super::Given;
use crate::diagnostic::Located;
use crate::document::Reader;
use crate::program::host_name::is_host_name;
use crate::program::platform::{Answer, Discovery};
use crate::program::workload::Found;

const KEYS: [&str; 2] = ["Answer", "Ttl"];

/// The most seconds that a name server keeps an answer: what fits into the record.
const MOST: u32 = 2_147_483_647;

/// Reads the option `Discovery`.
pub(super) fn read(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Discovery>> {
    let node = given.take("Discovery")?;
    let origin = node.origin;
    let mut map = given.map(node, "a map with `Ttl` and `Answer`", reader)?;
    let ttl: Option<Located<u32>> = map.known("Ttl", "a number of seconds", "60", reader);
    if let Some(ttl) = ttl.as_ref().filter(|ttl| ttl.value > MOST) {
        reader
            .diagnostics
            .error(ttl.origin, format!("`{}` is more seconds than a record of DNS can have", ttl.value))
            .fix("write a number of seconds, for example `60`");
    }
    let answer = map
        .take("Answer")
        .and_then(|node| reader.choice(&node, &[("one", Answer::One), ("several", Answer::Several)]))
        .map(|answer| answer.value);
    map.finish(&KEYS, reader.diagnostics);
    Some(Located::new(origin, Discovery { ttl: ttl.map(|ttl| ttl.value), answer }))
}

/// Reads the option `DiscoveryName`: a name in DNS, which may have dots, or `none`.
pub(super) fn name(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Found>> {
    let node = given.take("DiscoveryName")?;
    let name = reader.known_text(&node)?;
    if name.value == "none" {
        return Some(Located::new(name.origin, Found::Nowhere));
    }
    if !is_host_name(&name.value) {
        reader
            .diagnostics
            .error(name.origin, format!("`{}` is no name in DNS", name.value))
            .fix("write letters, digits, `-` and `_`, in parts of 63 at most with dots between them; or `none`");
        return None;
    }
    Some(Located::new(name.origin, Found::As(name)))
}
