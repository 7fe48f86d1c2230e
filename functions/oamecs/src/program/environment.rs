//! Where applications run: a network, a cluster, and what applications share of both.

use ipnet::Ipv4Net;

use super::Tags;
use crate::diagnostic::{Located, Origin};
use crate::expression::{Deferred, Expr};

/// An environment: made here, or one that exists.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The declaration, or the first application that implies it.
    pub origin: Origin,
    /// Its network.
    pub network: Network,
    /// Its cluster.
    pub cluster: Cluster,
    /// The load balancer for HTTP that its applications share; `None`: each has its own.
    pub load_balancer: Option<LoadBalancer>,
    /// The name space that its applications share; `None`: each has its own.
    pub namespace: Option<Namespace>,
    /// The certificate with which its load balancers terminate TLS.
    pub certificate: Option<Located<Expr<String>>>,
    /// The zone of the domain names in it.
    pub hosted_zone: Option<Located<Expr<String>>>,
    /// The prefix of the names under which other stacks import it; `None`: it is not exported.
    pub export_prefix: Option<Expr<String>>,
    /// Labels of everything that is made for it.
    pub tags: Tags,
}

/// A network.
#[derive(Clone, Debug, PartialEq)]
pub enum Network {
    /// One that is made.
    Made {
        /// Its addresses.
        addresses: Ipv4Net,
        /// In how many availability zones it has subnets.
        zones: u8,
        /// How its private subnets reach the internet.
        gateways: Gateways,
    },
    /// One that another stack exports: `<prefix>-VpcId`, `<prefix>-PublicSubnets`, `<prefix>-PrivateSubnets`.
    Imported {
        /// The prefix of the exports.
        prefix: Expr<String>,
        /// How many subnets of each kind the stack has.
        zones: u8,
    },
    /// One that exists, whose subnets are found when the stack is made.
    Found {
        /// Its id; `None`: the default one of the account.
        id: Option<Located<Expr<String>>>,
        /// In how many availability zones it is used.
        zones: u8,
    },
    /// One that exists.
    Given {
        /// Its id.
        id: Located<Expr<String>>,
        /// Subnets with a route to an internet gateway.
        public: Option<Subnets>,
        /// Subnets without.
        private: Option<Subnets>,
    },
}

/// How many NAT gateways give private subnets their way out. Each has a monthly price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gateways {
    /// One for all zones.
    #[default]
    One,
    /// One in each zone: a zone's failure takes no other with it.
    PerZone,
    /// None: no private subnets; tasks are in the public ones and have public addresses.
    None,
}

/// Subnets that exist.
#[derive(Clone, Debug, PartialEq)]
pub enum Subnets {
    /// Each by its id.
    Each(Vec<Expr<String>>),
    /// A list that is known late, and how many it holds.
    List {
        /// The list.
        list: Deferred,
        /// Its length.
        length: u8,
    },
}

/// A cluster.
#[derive(Clone, Debug, PartialEq)]
pub enum Cluster {
    /// One that is made.
    Made {
        /// What is measured of its containers.
        insights: Insights,
    },
    /// One that another stack exports: `<prefix>-ECSCluster`.
    Imported {
        /// The prefix of the exports.
        prefix: Expr<String>,
    },
    /// One that exists, by name or ARN.
    Given(Located<Expr<String>>),
}

/// Container Insights of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Insights {
    /// Metrics of clusters, services and tasks.
    #[default]
    Enabled,
    /// Metrics of containers besides.
    Enhanced,
    /// None.
    Disabled,
}

/// A load balancer for HTTP that applications share.
#[derive(Clone, Debug)]
pub enum LoadBalancer {
    /// One that is made.
    Made {
        /// Who reaches it.
        scheme: Scheme,
    },
    /// One that exists.
    Given {
        /// Its ARN.
        arn: Located<Expr<String>>,
        /// The security group that it sends from.
        security_group: Located<Expr<String>>,
    },
}

/// Who reaches a load balancer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// The internet.
    #[default]
    InternetFacing,
    /// The network it is in.
    Internal,
}

/// A name space for workloads.
#[derive(Clone, Debug)]
pub enum Namespace {
    /// One that is made, with the domain name.
    Made(Located<String>),
    /// The network's own of this domain name: it is made where the network has none yet. Others may use it too.
    Shared(Located<String>),
    /// One that exists.
    Given {
        /// Its id.
        id: Located<Expr<String>>,
        /// Its domain name.
        name: Located<String>,
    },
}
