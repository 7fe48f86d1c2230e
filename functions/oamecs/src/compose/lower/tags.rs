//! Labels as tags, beside those that Compose gives its containers, networks and volumes.

use super::super::model::Labels;
use crate::gather::Gather;
use crate::program::Tags;

/// The author's labels with one of Compose's own.
pub(super) fn lower(labels: Labels, key: &str, value: &str) -> Tags {
    let mut tags: Tags = labels.into_iter().map(|(key, value)| (key, value.value)).gather();
    tags.insert(key.to_owned(), value.into());
    tags
}
