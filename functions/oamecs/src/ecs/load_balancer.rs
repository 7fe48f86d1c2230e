//! How published ports are reached: load balancers, their listeners, and the target groups behind them.
//!
//! In: the exposures of an application's workloads. Out: for each workload, the target groups that its service registers
//! with, what it waits for, and who may reach its ports; and the application's addresses. HTTP shares one Application
//! Load Balancer (the environment's, if it has one), everything else one Network Load Balancer, unless a workload is to have
//! one to itself; workloads that are not reached from where the others are have load balancers of their own. What applications
//! share of a load balancer belongs to their environment.

mod address;
mod balancer;
mod claim;
mod domain;
mod full_name;
mod http;
mod network;
mod plan;
mod rule;
mod shared;
mod target_group;
mod unreached;

use std::collections::BTreeMap;

pub(super) use balancer::{application_load_balancer, group};
pub(super) use claim::{Claim, claims};
pub(super) use plan::SHARE;
pub(super) use shared::{agree, lower as lower_shared};

use self::address::Address;
use self::plan::{Share, Target};
use super::measured::Requests;
use super::scope::Scope;
use super::security_group::Caller;
use super::site::Site;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, LogicalId};
use crate::installation::Installation;
use crate::program::Application;
use crate::program::exposure::Transport;

/// How a workload is reached.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached {
    /// The target groups that its service registers with, by container and port.
    pub(super) target_groups: Vec<(String, u16, LogicalId)>,
    /// The listeners and rules that must be there before its service.
    pub(super) after: Vec<LogicalId>,
    /// Who may reach its ports.
    pub(super) callers: Vec<Caller>,
    /// Seconds in which a new task may fail its checks, where it is said.
    pub(super) grace: Option<u32>,
    /// Where requests to it are counted.
    pub(super) requests: Option<Requests>,
    /// Where a load balancer is that is there for it alone: the published ports, and the names and ports in DNS.
    pub(super) endpoints: Vec<(u16, Text)>,
    addresses: Vec<Address>,
}

impl Reached {
    /// Its address for people.
    pub(super) fn url(&self) -> Option<&Text> {
        Address::best(self.addresses.iter()).map(|address| &address.text)
    }

    fn register(&mut self, target: &Target<'_>, group: LogicalId, caller: &Text, speaks_http: bool) {
        let exposure = target.exposure;
        self.target_groups.push((exposure.container.clone(), exposure.target, group));
        let (port, transport) = (exposure.target, exposure.transport);
        self.admit(Caller { group: caller.clone(), port, transport, speaks_http });
        let health = &target.reach.health;
        if let Some(port) = &health.port {
            let (port, transport) = (port.value, Transport::Tcp);
            self.admit(Caller { group: caller.clone(), port, transport, speaks_http });
        }
        self.grace = self.grace.max(health.grace.as_ref().map(|grace| grace.value));
    }

    /// Notes where requests are counted: by the first target group of an Application Load Balancer.
    fn count(&mut self, load_balancer: Text, group: &LogicalId) {
        self.requests.get_or_insert_with(|| Requests { load_balancer, target_group: group.clone() });
    }

    fn admit(&mut self, caller: Caller) {
        if !self.callers.contains(&caller) {
            self.callers.push(caller);
        }
    }
}

/// Lowers the exposures of all workloads of an application.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    application: &Application,
    site: &Site,
    installation: &Installation,
    attributes: &mut Attributes,
) -> BTreeMap<String, Reached> {
    let plan = plan::plan(application, site, scope.diagnostics);
    let context = http::Context { application, site, installation };
    let mut reached: BTreeMap<String, Reached> = BTreeMap::new();
    // Certificates of a listener that belongs to an environment are the environment's too.
    let is_own = |share: Share<'_>| !(share == Share::MAIN && shared::is_owned(site));
    let listeners = plan.http.iter().filter(|((share, _), _)| is_own(*share));
    let targets = listeners.flat_map(|(_, listener)| &listener.targets).chain(plan.network.values());
    domain::make_certificates(scope, targets, site);
    http::lower(scope, &plan, &context, attributes, &mut reached);
    http::foreign(scope, &plan, &context, &mut reached);
    network::lower(scope, &plan, &context, attributes, &mut reached);
    let addresses = reached.values().flat_map(|reached| &reached.addresses);
    attributes.extend(Address::best(addresses).map(|address| ("Url".to_owned(), address.text.clone())));
    reached
}
