//! Who reaches servers from outside, where no trait says so.
//!
//! oam-ecs put each server behind a public Network Load Balancer; the reference implementation on Kubernetes none, and had
//! traits lead requests to them. A configuration without such a trait is read as oam-ecs did, one with it as the other did, and
//! `DefaultExposure` decides where it is given.

use std::collections::BTreeMap;

use crate::oam::Loader;
use crate::oam::model::service::Callers;
use crate::oam::model::{Component, Workload};
use crate::oam::settings::DefaultExposure;
use crate::program::port_table;

/// Opens ports of servers to the world, where that is the default.
pub(in crate::oam) fn decide(components: &mut BTreeMap<String, Component>, loader: &mut Loader<'_, '_, '_>) {
    let said = loader.settings.own.default_exposure.as_ref().map(|said| said.value);
    let has_rules = components.values().any(|component| !component.rules.is_empty());
    match said {
        Some(DefaultExposure::Internal) => return,
        None if has_rules => return,
        Some(DefaultExposure::NetworkLoadBalancer) | None => {}
    }
    let mut opened = Vec::new();
    for (name, component) in components.iter_mut() {
        let is_server = match component.workload.value {
            Workload::Server => true,
            // Known to no author of oam-ecs: there only if it is asked for.
            Workload::SingletonServer => said.is_some(),
            _ => false,
        };
        if !is_server || !component.rules.is_empty() {
            continue;
        }
        let mut is_open = false;
        for port in &mut component.ports {
            let listener = port_table::withheld(port.target).filter(|_| said.is_none());
            if let Some(listener) = listener {
                let message = format!(
                    "the port is not put on a load balancer, as `{}` is the port of {listener}; the other components reach it",
                    port.target
                );
                let fix = "to open all servers without an `ingress` trait to the world, write `DefaultExposure: nlb` beside `Document`";
                loader.reader.diagnostics.note(port.origin, message).fix(fix);
                continue;
            }
            port.reach = Callers::World;
            is_open = true;
        }
        if is_open {
            opened.push((name.clone(), component.origin));
        }
    }
    if said.is_none() {
        for (name, origin) in opened {
            loader
                .reader
                .diagnostics
                .advice(origin, format!("the world reaches the ports of `{name}` by a Network Load Balancer, as with oam-ecs"))
                .fix("to keep it inside, write `DefaultExposure: internal` beside `Document`, or lead requests to a component by an `ingress` trait");
        }
    }
}
