//! Ports in a map, which CloudFormation's YAML 1.1 reads: an unquoted `22:22` is the number 1342.

use super::super::super::Loader;
use crate::document::{Form, Kind, Node};
use crate::port_notation::sexagesimal;
use crate::program::port_table;

/// What a number is that stands for a port.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// Not a number of a map.
    Plain,
    /// Two ports for sure, which was reported.
    Damaged,
    /// A port, which may have been written as two: its author was told.
    Port(u16),
}

/// Looks at an item of `ports`.
pub(super) fn read(item: &Node, loader: &mut Loader<'_, '_, '_>) -> Number {
    let (Form::Map, Kind::Number(number)) = (loader.scope.form, &item.kind) else { return Number::Plain };
    let Some(number) = number.as_u64() else { return Number::Plain };
    let pair = sexagesimal(number);
    let diagnostics = &mut *loader.reader.diagnostics;
    match (u16::try_from(number), pair) {
        (Ok(_), None) => Number::Plain,
        // Nobody writes 134:40 and gets 8080 of it.
        (Ok(port), Some(_)) if port_table::is_known(port) => Number::Plain,
        (Ok(port), Some((published, target))) if published == target => {
            diagnostics
                .error(
                    item.origin,
                    format!("`{port}` is what CloudFormation makes of an unquoted `{published}:{target}`"),
                )
                .fix(format!(
                    "write it in quotes, `\"{published}:{target}\"`; or `\"{port}:{port}\"` if that port is meant"
                ));
            Number::Damaged
        }
        (Ok(port), Some((published, target))) => {
            diagnostics
                .note(item.origin, format!("the port is published as `{port}`"))
                .fix(format!("if you wrote `{published}:{target}`, put it in quotes; else write `\"{port}:{port}\"`"));
            Number::Port(port)
        }
        (Err(_), Some((published, target))) => {
            diagnostics
                .error(
                    item.origin,
                    format!("`{number}` is what CloudFormation makes of an unquoted `{published}:{target}`"),
                )
                .fix(format!("write it in quotes, `\"{published}:{target}\"`"));
            Number::Damaged
        }
        (Err(_), None) => {
            diagnostics
                .error(item.origin, format!("`{number}` is not a port: ports are 1 to 65535, and CloudFormation makes larger numbers of unquoted text like `2222:22`"))
                .fix("write the ports in quotes, for example `\"2222:22\"`");
            Number::Damaged
        }
    }
}
