//! How values are read, beyond what every format has: [`Reader`](crate::document::Reader) knows Compose's spellings not.

use super::super::Loader;
use super::duration;
use crate::diagnostic::Located;
use crate::document::{Fields, Form, Kind, Node, list, suggestion};
use crate::expression::Expr;

impl Loader<'_, '_, '_> {
    /// The entries of a map; `example` is what to write.
    pub(super) fn fields(&mut self, node: Node, what: &str, example: &str) -> Option<Fields> {
        match node.kind {
            Kind::Mapping(entries) => Some(Fields::new(node.origin, entries)),
            _ => self.shape(&node, what, example),
        }
    }

    /// The items of a list; `example` is what to write.
    pub(super) fn items(&mut self, node: Node, what: &str, example: &str) -> Option<Vec<Node>> {
        match node.kind {
            Kind::Sequence(items) => Some(items),
            _ => self.shape(&node, what, example),
        }
    }

    /// Reports that `node` should have been `what`, unless something was reported there.
    pub(super) fn shape<T>(&mut self, node: &Node, what: &str, example: &str) -> Option<T> {
        if !matches!(node.kind, Kind::Faulty) {
            let message = format!("this must be {what}, not {}", node.description());
            let fix = match example.strip_prefix("for example ") {
                Some(example) => format!("write {example}, for example"),
                None => format!("write {example}"),
            };
            self.reader.diagnostics.error(node.origin, message).fix(fix);
        }
        None
    }

    /// A whole number that may be known late.
    pub(super) fn count(&mut self, node: &Node, fix: &str) -> Option<Located<Expr<u32>>> {
        if let Kind::Deferred(deferred) = &node.kind {
            return Some(Located::new(node.origin, Expr::Deferred(deferred.clone())));
        }
        self.known_count(node, fix).map(|count| count.map(Expr::Known))
    }

    /// A whole number that must be known now.
    pub(super) fn known_count(&mut self, node: &Node, fix: &str) -> Option<Located<u32>> {
        self.parsed(node, |text| text.trim().parse().ok(), "a whole number", fix)
    }

    /// Text as Compose would print it, which may be known late.
    pub(super) fn text(&mut self, node: &Node) -> Option<Located<Expr<String>>> {
        match &node.kind {
            Kind::Number(number) if number.is_f64() => {
                let printed = number.as_f64().unwrap_or_default().to_string();
                self.reader
                    .diagnostics
                    .note(
                        node.origin,
                        format!("an unquoted number with a point loses its last zeros; the value is `{printed}`"),
                    )
                    .fix("write it in quotes, to have it as it is written");
                Some(Located::new(node.origin, Expr::Known(printed)))
            }
            Kind::Bool(value) if self.scope.form == Form::Map => {
                let also = if *value { "`yes` and `on`" } else { "`no` and `off`" };
                self.reader
                    .diagnostics
                    .note(
                        node.origin,
                        format!("the value is `{value}`; CloudFormation turns unquoted {also} into `{value}` too"),
                    )
                    .fix("write it in quotes, to have it as it is written");
                Some(Located::new(node.origin, Expr::Known(value.to_string())))
            }
            _ => self.reader.text(node),
        }
    }

    /// The words of a command.
    pub(super) fn words(&mut self, node: Node, what: &str, example: &str) -> Option<Vec<Expr<String>>> {
        let items = self.items(node, what, example)?;
        Some(items.iter().filter_map(|item| self.text(item)).map(|word| word.value).collect())
    }

    /// A value that `parse` finds in known text; `what` names it, and `fix` says how it is written.
    pub(in super::super) fn parsed<T>(
        &mut self,
        node: &Node,
        parse: impl FnOnce(&str) -> Option<T>,
        what: &str,
        fix: &str,
    ) -> Option<Located<T>> {
        let text = self.reader.known_text(node)?;
        if let Some(value) = parse(&text.value) {
            return Some(Located::new(node.origin, value));
        }
        self.reader.diagnostics.error(node.origin, format!("`{}` is not {what}", text.value)).fix(fix);
        None
    }

    /// One of the values that an attribute takes.
    pub(super) fn choice<T: Copy>(&mut self, node: &Node, choices: &[(&str, T)]) -> Option<Located<T>> {
        let text = self.reader.known_text(node)?;
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text.value) {
            return Some(Located::new(node.origin, *value));
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let error =
            self.reader.diagnostics.error(node.origin, format!("`{}` is not one of {}", text.value, list(&names)));
        // `healthy` is meant to be `service_healthy`.
        let ending = names.iter().find(|name| !text.value.is_empty() && name.ends_with(&format!("_{}", text.value)));
        match ending.copied().or_else(|| suggestion(&text.value, names.iter().copied())) {
            Some(near) => error.fix(format!("did you mean `{near}`?")),
            None => error.fix("write one of these"),
        }
        None
    }

    /// Seconds, rounded up.
    pub(super) fn seconds(&mut self, node: &Node) -> Option<Located<u32>> {
        let fix = "write a number with its unit, for example `30s` or `1m30s`";
        let seconds = self.parsed(node, duration::seconds, "a duration", fix)?;
        if seconds.value.rounded {
            self.reader.diagnostics.note(
                node.origin,
                format!("ECS counts in whole seconds, so that this becomes `{}s`", seconds.value.whole),
            );
        }
        Some(seconds.map(|seconds| seconds.whole))
    }
}
