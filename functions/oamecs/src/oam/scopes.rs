//! What scopes do to the components in them, the same for all versions.
//!
//! In: the properties of a scope, which its version has read, and its members. Out: what the application has of it.

pub(super) mod health;
pub(super) mod network;

use std::collections::BTreeMap;

use crate::diagnostic::Origin;

/// The components that are in a scope, and where they say so.
pub(super) type Members = BTreeMap<String, Origin>;
