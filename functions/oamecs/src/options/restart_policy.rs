//! `RestartPolicy`: whether the container that a workload is named for is started again within its task.
//!
//! Without it ECS starts another task, and a deployment whose tasks end again and again is given up; a container that starts
//! again within its task hides that.

use super::Given;
use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node, Reader};
use crate::program::container::Restart;

const KEYS: [&str; 2] = ["IgnoredExitCodes", "RestartAttemptPeriod"];

/// Reads the option: `on-failure`, `always`, or a map of what [ECS](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html)
/// takes.
pub(super) fn read(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Restart>> {
    let node = given.take("RestartPolicy")?;
    let origin = node.origin;
    let restart = if let Kind::Mapping(_) = &node.kind {
        let mut map = given.map(node, "`always`, `on-failure`, or a map", reader)?;
        let codes = map.take("IgnoredExitCodes").and_then(|node| codes(node, reader));
        let period = map.known("RestartAttemptPeriod", "a number of seconds", "60", reader);
        map.finish(&KEYS, reader.diagnostics);
        Restart { unless: codes.unwrap_or_default(), after: period }
    } else {
        named(&node, origin, reader)?
    };
    Some(Located::new(origin, restart))
}

fn named(node: &Node, origin: Origin, reader: &mut Reader<'_>) -> Option<Restart> {
    let text = reader.known_text(node)?;
    match text.value.as_str() {
        "always" => Some(Restart::default()),
        "on-failure" => Some(Restart { unless: vec![0], after: None }),
        other => {
            reader
                .diagnostics
                .error(origin, format!("`{other}` is no restart policy"))
                .fix("write `always`, `on-failure`, or a map with the exit codes that are ignored");
            None
        }
    }
}

fn codes(node: Node, reader: &mut Reader<'_>) -> Option<Vec<u8>> {
    let items = reader.items(node, "a list of exit codes")?;
    Some(items.iter().filter_map(|item| reader.known(item, "an exit code, 0 to 255")).map(|code| code.value).collect())
}
