//! Ports in a map, which CloudFormation's YAML 1.1 reads: an unquoted `22:22` is 22 × 60 + 22, the number 1342.
//!
//! The places after the first are below 60, so that a number has one reading as two ports, and is a port besides.

use super::super::super::Loader;
use crate::document::{Form, Kind, Node};
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
    let pair = pair(number);
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

/// The two ports of which YAML 1.1 makes this number.
fn pair(number: u64) -> Option<(u64, u64)> {
    let (published, target) = (number / 60, number % 60);
    ((1..=65535).contains(&published) && target > 0).then_some((published, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_pairs() {
        let cases = [
            (59, None),
            (80, Some((1, 20))),
            (120, None),
            (1342, Some((22, 22))),
            (4822, Some((80, 22))),
            (133_342, Some((2222, 22))),
            (65536 * 60 + 1, None),
        ];
        for (number, expected) in cases {
            assert_eq!(pair(number), expected, "{number}");
        }
    }
}
