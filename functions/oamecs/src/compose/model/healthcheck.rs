//! [`healthcheck`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#healthcheck).

use super::super::Loader;
use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node};
use crate::expression::Expr;

/// How the health of a service's containers is found out.
#[derive(Clone, Debug)]
pub struct Healthcheck {
    /// Its place.
    pub origin: Origin,
    /// `disable: true`.
    pub disable: bool,
    /// `test`; `None` where there is none and `disable` says why, or where an error was reported.
    pub test: Option<Test>,
    /// `interval`, in seconds.
    pub interval: Option<Located<u32>>,
    /// `timeout`, in seconds.
    pub timeout: Option<Located<u32>>,
    /// `retries`.
    pub retries: Option<Located<u32>>,
    /// `start_period`, in seconds.
    pub start_period: Option<Located<u32>>,
}

/// What is run.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `["NONE"]`: nothing.
    None,
    /// `["CMD", …]`: a program.
    Program(Vec<Expr<String>>),
    /// `["CMD-SHELL", line]`: a line for the shell.
    Shell(Expr<String>),
}

impl Healthcheck {
    /// One that could not be read is still there: others may wait for it.
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Self {
        let origin = node.origin;
        let unreadable = Self {
            origin,
            disable: false,
            test: None,
            interval: None,
            timeout: None,
            retries: None,
            start_period: None,
        };
        let Some(mut fields) = loader.fields(node, "a map with `test`", "`healthcheck: { test: … }`") else {
            return unreadable;
        };
        let disable =
            fields.take("disable").and_then(|node| loader.reader.any_bool(&node)).is_some_and(|disable| disable.value);
        let test = match fields.take("test") {
            Some(node) => Test::read(node, loader),
            None if disable => None,
            None => {
                loader
                    .reader
                    .diagnostics
                    .error(
                        origin,
                        "the health check has no `test`, and ECS does not run the one that an image may have",
                    )
                    .fix("add `test`, for example `test: curl -f http://localhost/ || exit 1`, or `disable: true`");
                None
            }
        };
        // For Docker 0 is the default.
        let above_zero = |value: &Located<u32>| value.value > 0;
        Self {
            origin,
            disable,
            test,
            interval: fields.take("interval").and_then(|node| loader.seconds(&node)).filter(above_zero),
            timeout: fields.take("timeout").and_then(|node| loader.seconds(&node)).filter(above_zero),
            retries: fields
                .take("retries")
                .and_then(|node| loader.known_count(&node, "write a whole number, from 1 to 10"))
                .filter(above_zero),
            start_period: fields.take("start_period").and_then(|node| loader.seconds(&node)),
        }
    }
}

impl Test {
    fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        if let Kind::Sequence(items) = &node.kind
            && items.is_empty()
        {
            return Some(Self::None);
        }
        let first = match &node.kind {
            Kind::Sequence(items) => items.first().and_then(|first| loader.reader.known_text(first))?.value,
            _ => String::new(),
        };
        let mut words = loader.words(
            node,
            "a line, or a list that starts with `CMD` or `CMD-SHELL`",
            "for example `test: curl -f http://localhost/ || exit 1`",
        )?;
        words = words.split_off(1.min(words.len()));
        match (first.as_str(), words.len()) {
            ("NONE", 0) => Some(Self::None),
            ("CMD", 1..) => Some(Self::Program(words)),
            ("CMD-SHELL", 1) => words.pop().map(Self::Shell),
            ("CMD-SHELL", 2..) => {
                loader
                    .reader
                    .diagnostics
                    .error(origin, "`CMD-SHELL` takes one line, but several texts follow it")
                    .fix("write the line as one text, or `CMD` for a program and its arguments");
                None
            }
            ("CMD" | "CMD-SHELL", _) => {
                loader.reader.diagnostics.error(origin, format!("nothing follows `{first}`")).fix("write what is run");
                None
            }
            _ => {
                loader
                    .reader
                    .diagnostics
                    .error(origin, format!("the list starts with `{first}`, which does not say how it is run"))
                    .fix("put `CMD` first (a program and its arguments), `CMD-SHELL` (a line for the shell), or write `[\"NONE\"]`");
                None
            }
        }
    }
}
