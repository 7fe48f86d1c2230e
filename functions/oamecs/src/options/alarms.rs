//! `RollbackAlarms`: alarms that end a deployment.
//!
//! In: a list of names, ARNs and functions of alarms that exist, or a map with the thresholds of alarms that are to be made
//! (`{ Cpu: 90, Http5xx: 10, Names: […] }`). Out: [`Alarms`].

use super::Given;
use crate::diagnostic::Located;
use crate::document::{Kind, Reader, list};
use crate::program::platform::{Alarms, Watched};

const KEYS: [&str; 4] = ["Cpu", "Http5xx", "Memory", "Names"];

/// Reads the option.
pub(super) fn read(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Alarms>> {
    let is_map = matches!(given.peek("RollbackAlarms")?.kind, Kind::Mapping(_));
    if !is_map {
        let names = given.texts("RollbackAlarms", reader)?;
        return Some(names.map(|given| Alarms { given, ..Alarms::default() }));
    }
    let node = given.take("RollbackAlarms")?;
    let origin = node.origin;
    let mut map = given.map(node, "a list of alarms, or a map with thresholds", reader)?;
    let mut alarms =
        Alarms { given: map.texts("Names", reader).map(|names| names.value).unwrap_or_default(), ..Alarms::default() };
    for (key, what, watched, most) in [
        ("Cpu", "a percentage", Watched::Cpu, Some(100.0)),
        ("Http5xx", "a number of answers a minute", Watched::Http5xx, None),
        ("Memory", "a percentage", Watched::Memory, Some(100.0)),
    ] {
        let Some(threshold) = map.known::<f64>(key, what, "90", reader) else { continue };
        if !(threshold.value > 0.0 && threshold.value <= most.unwrap_or(f64::MAX)) {
            let fix = match most {
                Some(most) => format!("write a number greater than 0, up to {most}"),
                None => "write a number greater than 0".to_owned(),
            };
            reader.diagnostics.error(threshold.origin, "the alarm would go off always, or never").fix(fix);
        }
        alarms.made.insert(watched, threshold);
    }
    if alarms.given.is_empty() && alarms.made.is_empty() {
        let keys = KEYS.map(|key| map.spelled(key));
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        reader.diagnostics.error(origin, "this names no alarm").fix(format!("write at least one of {}", list(&keys)));
    }
    map.finish(&KEYS, reader.diagnostics);
    Some(Located::new(origin, alarms))
}
