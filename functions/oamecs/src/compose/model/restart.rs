//! [`restart`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#restart).

use super::super::Loader;
use crate::diagnostic::Located;
use crate::document::Node;

/// When Docker starts a container again that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// `no`.
    No,
    /// `always`.
    Always,
    /// `on-failure`, at most so many times.
    OnFailure(Option<u32>),
    /// `unless-stopped`.
    UnlessStopped,
}

impl Restart {
    pub(super) fn read(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Self>> {
        loader.parsed(
            node,
            parse,
            "a restart policy",
            "write `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:3`",
        )
    }
}

fn parse(text: &str) -> Option<Restart> {
    match text {
        "no" => Some(Restart::No),
        "always" => Some(Restart::Always),
        "unless-stopped" => Some(Restart::UnlessStopped),
        "on-failure" => Some(Restart::OnFailure(None)),
        _ => text.strip_prefix("on-failure:")?.parse().ok().map(|tries| Restart::OnFailure(Some(tries))),
    }
}
