//! Service Connect, the proxy beside each task of a service.

use serde::Serialize;

use super::LogConfiguration;
use crate::cloudformation::value::Text;

/// Whether a service has the proxy, and what others reach through it. With no services it is a client only.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceConnectConfiguration {
    /// `false` undoes an earlier `true`.
    pub enabled: bool,
    /// Name or ARN of a Cloud Map namespace; the cluster's default when absent.
    pub namespace: Option<Text>,
    /// What others reach. Clients only see what was there when they were deployed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceConnectService>,
    /// Where the proxy's own output goes; nowhere when absent.
    pub log_configuration: Option<LogConfiguration>,
}

/// A port that others reach.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceConnectService {
    /// The name of a [port mapping](super::PortMapping).
    pub port_name: String,
    /// The Cloud Map service that ECS makes; the port's name when absent. Once in a namespace.
    pub discovery_name: Option<String>,
    /// The name and the port by which clients reach it: at most one. `<discovery name>.<namespace>` when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub client_aliases: Vec<ServiceConnectClientAlias>,
    /// The port on which the proxy listens in the task; any when absent.
    pub ingress_port_override: Option<u16>,
    /// How long the proxy waits.
    pub timeout: Option<TimeoutConfiguration>,
}

/// A name and a port by which clients reach a service.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceConnectClientAlias {
    /// Need not be that of the container.
    pub port: u16,
    /// Up to 127 characters; `<discovery name>.<namespace>` when absent.
    pub dns_name: Option<String>,
}

/// How long the proxy waits. 0 is for ever.
#[serde_with::skip_serializing_none]
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimeoutConfiguration {
    /// Seconds in which nothing is sent: 300 for HTTP, HTTP/2 and gRPC, 3,600 for TCP when absent.
    pub idle_timeout_seconds: Option<u32>,
    /// Seconds until an answer is complete: 15 when absent. Not for TCP.
    pub per_request_timeout_seconds: Option<u32>,
}
