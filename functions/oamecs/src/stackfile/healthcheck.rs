//! `healthcheck` of a container: a command, and when it runs.

use super::Loader;
use super::model::Healthcheck;
use crate::document::{Kind, Node};
use crate::expression::Expr;

impl Loader<'_, '_, '_> {
    /// A health check, with ecs-compose's values where nothing is said.
    pub(super) fn healthcheck(&mut self, node: Node) -> Option<Healthcheck> {
        let mut fields = self.reader.fields(node, "a map with `command`")?;
        let command = fields.take("command").map(|node| match node.kind {
            // A line for the shell.
            Kind::Text(_) | Kind::Deferred(_) => {
                let mut words: Vec<_> = self.reader.text(&node).into_iter().collect();
                words.insert(0, crate::diagnostic::Located::new(node.origin, Expr::from("CMD-SHELL")));
                words
            }
            _ => self.texts(Some(node), "a list, `[CMD-SHELL, command]`"),
        });
        Some(Healthcheck {
            origin: fields.origin,
            command: command.filter(|words| !words.is_empty()),
            interval: self.number(&mut fields, "interval", 30),
            timeout: self.number(&mut fields, "timeout", 5),
            retries: self.number(&mut fields, "retries", 3),
            start_period: self.number(&mut fields, "start_period", 0),
        })
    }
}
