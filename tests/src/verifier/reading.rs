//! The template as the services will read it; no rule here.

pub(crate) mod conditions;
pub(crate) mod forwarding;
pub(crate) mod group;
pub(crate) mod machine;
pub(crate) mod policy;
pub(crate) mod reference;
pub(crate) mod routing;
pub(crate) mod schedule;
pub(crate) mod service;
pub(crate) mod task;
pub(crate) mod template;
pub(crate) mod value;
