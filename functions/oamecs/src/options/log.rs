//! Options of where output goes: how long it is kept, and the container that sends it on.
//!
//! In: `LogRetention: 90`, `Firelens: { Options: { Name: datadog } }`. Out: a [`Retention`], a [`Router`].

use std::collections::BTreeMap;

use super::Given;
use crate::diagnostic::Located;
use crate::document::{Fields, Kind, Node, Reader};
use crate::gather::Gather;
use crate::program::platform::{RETENTION_DAYS, Retention, Router, RouterKind};

const ROUTER_KEYS: [&str; 5] = ["ConfigFile", "Image", "Metadata", "Options", "Type"];

/// Reads how long a log group keeps what it has: days, or `never` for without end.
pub fn retention(node: &Node, reader: &mut Reader<'_>) -> Option<Located<Retention>> {
    let text = reader.known_text(node)?;
    let value = text.value.trim();
    if ["never", "forever"].contains(&value) {
        return Some(Located::new(node.origin, Retention::Forever));
    }
    let days = value.parse::<u32>().ok();
    if let Some(days) = days.filter(|days| RETENTION_DAYS.contains(days)) {
        return Some(Located::new(node.origin, Retention::Days(days)));
    }
    let Some(days) = days else {
        reader
            .diagnostics
            .error(node.origin, format!("`{value}` is no number of days"))
            .fix("write for example `30`, or `never` to keep logs for ever");
        return None;
    };
    let less = RETENTION_DAYS.iter().rev().find(|known| **known < days);
    let more = RETENTION_DAYS.iter().find(|known| **known > days);
    let fix = match (less, more) {
        // AWS's own word for without end.
        _ if days == 0 => "write `never` to keep logs for ever, or `1` for a day".to_owned(),
        (Some(less), Some(more)) => format!("the nearest are `{less}` and `{more}`"),
        (None, Some(near)) => format!("write `{near}`"),
        (_, None) => "write `3653`, which are ten years, or `never` to keep logs for ever".to_owned(),
    };
    reader.diagnostics.error(node.origin, format!("CloudWatch Logs cannot keep logs for {days} days")).fix(fix);
    None
}

/// Reads the option `Firelens`: `true`, or a map.
pub(super) fn router(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Router>> {
    let node = given.take("Firelens")?;
    let origin = node.origin;
    if let Kind::Bool(true) = node.kind {
        return Some(Located::new(origin, Router::default()));
    }
    let mut map = given.map(node, "a map with `options`, `image` and the like", reader)?;
    let router = Router {
        image: map.text("Image", reader),
        kind: map.take("Type").and_then(|node| kind(&node, reader)).unwrap_or_default(),
        config_file: map.text("ConfigFile", reader),
        metadata: map
            .known("Metadata", "`true` or `false`", "true", reader)
            .is_none_or(|value: Located<bool>| value.value),
        options: map.take("Options").map(|node| options(node, reader)).unwrap_or_default(),
    };
    map.finish(&ROUTER_KEYS, reader.diagnostics);
    Some(Located::new(origin, router))
}

fn kind(node: &Node, reader: &mut Reader<'_>) -> Option<RouterKind> {
    let text = reader.known_text(node)?;
    match text.value.as_str() {
        "fluentbit" => Some(RouterKind::FluentBit),
        "fluentd" => Some(RouterKind::Fluentd),
        other => {
            let message = format!("`{other}` is no log router that ECS knows");
            reader.diagnostics.error(node.origin, message).fix("write `fluentbit` or `fluentd`");
            None
        }
    }
}

fn options(node: Node, reader: &mut Reader<'_>) -> BTreeMap<String, Located<crate::expression::Expr<String>>> {
    let entries = reader.fields(node, "a map of options").map(Fields::rest).unwrap_or_default();
    entries
        .into_iter()
        .filter(|(_, node)| !node.is_null())
        .filter_map(|(name, node)| Some((name, reader.text(&node)?)))
        .gather()
}

#[cfg(test)]
mod tests {
    use super::RETENTION_DAYS;

    #[test]
    fn days_are_sorted() {
        assert!(RETENTION_DAYS.is_sorted());
    }
}
