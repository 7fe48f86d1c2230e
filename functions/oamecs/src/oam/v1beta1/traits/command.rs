//! What containers run: `command`, `container-image`.

use super::super::super::Loader;
use super::super::super::model::{Component, Container};
use crate::diagnostic::Located;
use crate::document::Fields;
use crate::expression::Expr;

impl Loader<'_, '_, '_> {
    /// Changes commands and their arguments.
    pub(super) fn command(&mut self, fields: Fields, component: &mut Component) {
        self.change(fields, component, Self::change_command);
    }

    fn change_command(&mut self, mut fields: Fields, container: &mut Container) {
        let origin = fields.origin;
        if let Some(command) = self.words(fields.take("command")) {
            container.command = Some(command);
        }
        let args = self.words(fields.take("args"));
        let (added, removed) = (self.words(fields.take("addArgs")), self.words(fields.take("delArgs")));
        if let (Some(args), true) = (&args, added.is_some() || removed.is_some()) {
            self.reader
                .diagnostics
                .error(
                    args.origin,
                    "`args` says all arguments, and `addArgs` and `delArgs` change those that there are",
                )
                .fix("write `args`, or the other two");
            return;
        }
        if let Some(args) = args {
            container.args = Some(args);
            return;
        }
        if added.is_none() && removed.is_none() {
            return;
        }
        let words = |words: Option<Located<Vec<Expr<String>>>>| words.map(|words| words.value).unwrap_or_default();
        let (added, removed) = (words(added), words(removed));
        let mut args = words(container.args.take());
        for word in added {
            if !args.contains(&word) {
                args.push(word);
            }
        }
        args.retain(|word| !removed.contains(word));
        container.args = Some(Located::new(origin, args));
    }

    /// Changes images.
    pub(super) fn container_image(&mut self, fields: Fields, component: &mut Component) {
        self.change(fields, component, |loader, mut fields, container| {
            if let Some(image) = loader.image(&mut fields, false) {
                container.image = Some(image);
            }
        });
    }
}
