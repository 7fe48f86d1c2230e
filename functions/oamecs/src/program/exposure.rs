//! How a workload is reached from outside its networks.

use super::port_table;
use super::reach::{Reach, Route};
use crate::diagnostic::Origin;

/// A port of a workload that is published.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    /// Where it is declared.
    pub origin: Origin,
    /// The container of the workload that listens.
    pub container: String,
    /// The port that the world sees.
    pub published: u16,
    /// The port that the container listens on.
    pub target: u16,
    /// What tells it from another port of the workload that is published at the same one, for other requests; `None` where
    /// there is no other, and for one of them.
    pub name: Option<String>,
    /// The protocol below.
    pub transport: Transport,
    /// The protocol above, where the document says it; `None`: the port's number tells, see [`Exposure::speaks`].
    pub protocol: Option<Protocol>,
    /// Whether it goes on a load balancer, or is left to the members of the workload's networks. Where a document does not
    /// say, front ends ask [`super::port_table::withheld`].
    pub public: bool,
    /// The requests that are for it, where the document says so in a way of its own; empty: what `reach` says.
    pub routes: Vec<Route>,
    /// How it is reached, where that is said of this port; the workload's [`super::platform::Options::reach`] fills the gaps.
    pub reach: Reach,
}

impl Exposure {
    /// The protocol that is spoken: the document's word, else by custom of the container's port.
    pub fn speaks(&self) -> Protocol {
        match self.protocol {
            Some(protocol) => protocol,
            None if self.transport == Transport::Udp => Protocol::Opaque,
            None if port_table::speaks_https(self.target) => Protocol::Https,
            None if port_table::speaks_http(self.target) => Protocol::Http,
            None => Protocol::Opaque,
        }
    }
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
}

/// An application protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// HTTP/1.1.
    Http,
    /// HTTP/1.1 over TLS, which the container terminates.
    Https,
    /// HTTP/2 without TLS.
    Http2,
    /// gRPC.
    Grpc,
    /// Anything else within TLS, which the load balancer ends where it has a certificate.
    Tls,
    /// Anything else: bytes are passed on.
    Opaque,
}
