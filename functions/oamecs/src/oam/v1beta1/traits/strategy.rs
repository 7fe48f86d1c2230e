//! How a new version takes the place of the old one: `k8s-update-strategy`.

use super::super::super::Loader;
use super::super::super::model::Component;
use super::super::super::model::component::Share;
use crate::diagnostic::Located;
use crate::document::{Fields, Node};

/// The ways to update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    OnDelete,
    Recreate,
    RollingUpdate,
}

const WAYS: [(&str, Way); 3] =
    [("OnDelete", Way::OnDelete), ("Recreate", Way::Recreate), ("RollingUpdate", Way::RollingUpdate)];

impl Loader<'_, '_, '_> {
    /// Sets how a new version takes over.
    pub(super) fn update_strategy(&mut self, mut fields: Fields, component: &mut Component) {
        let Some(mut strategy) = self.map(fields.take("strategy"), "a map with `type` and `rollingStrategy`") else {
            return;
        };
        let way = strategy.take("type").and_then(|node| self.reader.choice(&node, &WAYS));
        let rolling = self.map(strategy.take("rollingStrategy"), "a map with `maxSurge` and `maxUnavailable`");
        match way {
            Some(Located { origin, value: Way::Recreate }) => {
                component.strategy.recreate = Some(Located::new(origin, true));
            }
            Some(Located { origin, value: Way::OnDelete }) => {
                let message = "`OnDelete` has no effect: tasks get a new version by themselves";
                self.reader.diagnostics.note(origin, message);
            }
            Some(Located { value: Way::RollingUpdate, .. }) | None => {
                let Some(mut rolling) = rolling else { return };
                component.strategy.max_surge = rolling.take("maxSurge").and_then(|node| self.share(&node));
                component.strategy.max_unavailable = rolling.take("maxUnavailable").and_then(|node| self.share(&node));
            }
        }
    }

    /// A number of replicas, or a share of them.
    pub(in crate::oam) fn share(&mut self, node: &Node) -> Option<Located<Share>> {
        let text = self.reader.known_text(node)?;
        let share = match text.value.trim().strip_suffix('%') {
            Some(percent) => percent.trim().parse().ok().map(Share::Percent),
            None => text.value.trim().parse().ok().map(Share::Count),
        };
        if share.is_none() {
            self.reader
                .diagnostics
                .error(node.origin, format!("`{}` is no number of replicas and no share of them", text.value))
                .fix("write a number, or a percentage such as `25%`");
        }
        share.map(|share| Located::new(node.origin, share))
    }
}
