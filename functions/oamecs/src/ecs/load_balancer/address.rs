//! Addresses of workloads, as people type them.

use super::domain::hosts;
use super::plan::Target;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, Value};
use crate::expression::{Expr, Piece, concatenate};
use crate::program::reach::Path;

/// An address, and how good it is.
#[derive(Clone, Debug)]
pub(in crate::ecs) struct Address {
    /// HTTPS before HTTP, customary ports before others, the whole before a part of it.
    rank: (bool, bool, bool),
    /// The address.
    pub(in crate::ecs) text: Text,
}

impl Address {
    /// The address of a target at a load balancer whose name is given: its domain name, if it has one.
    pub(super) fn of(target: &Target<'_>, secure: bool, port: u16, dns_name: Option<&Text>) -> Option<Self> {
        let named = hosts(target).find(|host| host.value.known().is_none_or(|host| !host.contains(['*', '?'])));
        let path = match target.routes.first().map(|route| route.paths.as_slice()) {
            Some([Path::Prefix(path) | Path::Exact(path), ..]) if path != "/" => path.as_str(),
            _ => "",
        };
        let scheme = if secure { "https" } else { "http" };
        let customary = matches!((secure, port), (true, 443) | (false, 80));
        let end = if customary { path.to_owned() } else { format!(":{port}{path}") };
        let start = format!("{scheme}://");
        let text = match named {
            Some(host) => {
                let host = match &host.value {
                    Expr::Known(host) => vec![Piece::Literal(host.clone())],
                    Expr::Deferred(late) => late.pieces().to_vec(),
                };
                let pieces = [Piece::Literal(start)].into_iter().chain(host).chain([Piece::Literal(end)]);
                Text::from(&concatenate(pieces))
            }
            None => match dns_name? {
                Value::Function(Function::GetAtt(id, attribute)) => {
                    Function::Sub(format!("{start}${{{id}.{attribute}}}{end}").into()).into()
                }
                other => Function::Join("", vec![start.into(), other.clone(), end.into()]).into(),
            },
        };
        Some(Self { rank: (!secure, !customary, !path.is_empty()), text })
    }

    /// The best of several.
    pub(super) fn best<'a>(addresses: impl Iterator<Item = &'a Self>) -> Option<&'a Self> {
        addresses.min_by_key(|address| (address.rank, serde_json::to_string(&address.text).unwrap_or_default()))
    }
}
