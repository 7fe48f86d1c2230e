//! Objects of Kubernetes, as far as they say what an ECS service or a task is.
//!
//! In: objects among the documents or within components, of which the [support matrix](super::support) has left what is mapped.
//! Out: parts of the canonical model. What leads to a component or scales it ([`service`], [`ingress`], [`autoscaler`]) is read
//! without looking for the component that it names: that is for whoever knows them all.

pub(super) mod annotations;
pub(super) mod autoscaler;
mod container;
pub(super) mod environment;
pub(super) mod ingress;
pub(super) mod pod;
pub(super) mod ports;
pub(super) mod resources;
mod schedule;
pub(super) mod service;
mod volumes;
pub(super) mod workload;
