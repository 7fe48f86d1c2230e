//! `logging`, of all services and of one.
//!
//! Where both name one driver, or the service none, the options of the service are laid over those of all. Where a service names
//! another driver, nothing of the other's options is left, which ecs-compose mixed.

use std::collections::BTreeMap;

use super::Loader;
use super::model::Logging;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::expression::Expr;

/// What is said in one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    origin: Option<Origin>,
    driver: Option<Located<String>>,
    options: BTreeMap<String, Located<Expr<String>>>,
}

/// Reads what is said in one place.
pub(super) fn said(node: Option<Node>, loader: &mut Loader<'_, '_, '_>) -> Said {
    let Some(mut fields) = node.and_then(|node| loader.reader.fields(node, "a map with `log_driver` and `options`"))
    else {
        return Said::default();
    };
    let mut said = Said { origin: Some(fields.origin), ..Said::default() };
    said.driver = fields.take("log_driver").and_then(|node| loader.reader.known_text(&node));
    let options = fields.take("options").and_then(|node| loader.reader.fields(node, "a map of options"));
    for (name, node) in options.map(Fields::rest).unwrap_or_default() {
        if let Some(value) = loader.reader.text(&node) {
            said.options.insert(name, value);
        }
    }
    said
}

/// Where the output of a service goes, which says `own` of it; `None`: nothing is said.
pub(super) fn of_service(own: Said, all: &Said, loader: &mut Loader<'_, '_, '_>) -> Option<Logging> {
    let is_other = matches!((&own.driver, &all.driver), (Some(own), Some(all)) if own.value != all.value);
    let mut options = if is_other { BTreeMap::new() } else { all.options.clone() };
    options.extend(own.options);
    let origin = own.origin.or(all.origin)?;
    let Some(driver) = own.driver.or_else(|| all.driver.clone()) else {
        if !options.is_empty() {
            loader
                .reader
                .diagnostics
                .error(origin, "the options are those of a driver, and none is named")
                .fix("add `log_driver`, for example `log_driver: awslogs`");
        }
        return None;
    };
    Some(Logging { origin, driver, options })
}
