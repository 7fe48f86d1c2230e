//! Annotations of what leads to components: what the controllers of a cluster would make of them.
//!
//! In: annotations of an ingress or a service. Out: a [`Reach`], as far as a load balancer of AWS does the same. What limits who
//! gets in is never left out: it is mapped or an error, whichever controller it is for.

use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Kind, Node};
use crate::oam::Loader;
use crate::oam::object::Annotations;
use crate::options::reach::caller;
use crate::program::environment::Scheme;
use crate::program::exposure::Protocol;
use crate::program::reach::{Caller, Certificates, Reach};

/// What has annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::oam) enum Annotated {
    /// What leads requests over HTTP.
    Requests,
    /// What leads connections.
    Connections,
}

/// What annotations say of how something is reached.
#[derive(Clone, Debug, Default)]
pub(in crate::oam) struct Said {
    /// What a load balancer does.
    pub(in crate::oam) reach: Reach,
    /// What containers speak.
    pub(in crate::oam) protocol: Option<Located<Protocol>>,
}

const SCHEMES: [(&str, Scheme); 2] = [("internal", Scheme::Internal), ("internet-facing", Scheme::InternetFacing)];

/// What the controller for load balancers of AWS has before its annotations.
const AWS: &str = "alb.ingress.kubernetes.io/";

/// What puts a load balancer where only its network reaches it, in the words of many clouds, with the values that say so; none:
/// all do.
const INTERNAL: [(&str, &[&str]); 16] = [
    ("appgw.ingress.kubernetes.io/use-private-ip", &["true"]),
    ("cloud.google.com/load-balancer-type", &["internal"]),
    ("kubernetes.io/ingress.class", &["gce-internal"]),
    ("networking.gke.io/load-balancer-type", &["internal"]),
    ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", &["intranet"]),
    ("service.beta.kubernetes.io/alicloud-loadbalancer-address-type", &["intranet"]),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", &["true", "0.0.0.0/0"]),
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", &["internal"]),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", &["true"]),
    ("service.beta.kubernetes.io/azure-load-balancer-internal-subnet", &[]),
    ("service.beta.kubernetes.io/cce-load-balancer-internal-vpc", &["true"]),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", &["true"]),
    ("service.beta.kubernetes.io/openstack-internal-load-balancer", &["true"]),
    ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", &["private"]),
    ("service.kubernetes.io/qcloud-loadbalancer-internal", &[]),
    ("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", &[]),
];

/// What names the blocks of addresses that get in, by what it is called after its controller.
const ALLOWED: [&str; 8] = [
    "allow-list",
    "allowlist-source-range",
    "azure-allowed-ip-ranges",
    "inbound-cidrs",
    "ip-whitelist",
    "load-balancer-source-ranges",
    "whitelist",
    "whitelist-source-range",
];

/// What limits who gets in and cannot be had: by how its names begin or what they are, why, and what to do.
struct Barrier {
    names: &'static [&'static str],
    why: &'static str,
    fix: &'static str,
}

const BARRIERS: [Barrier; 3] = [
    Barrier {
        names: &["auth-", "jwt-validation", "mutual-authentication"],
        why: "a load balancer here does not ask who calls",
        fix: "have the program ask, or limit who reaches it, for example by `alb.ingress.kubernetes.io/inbound-cidrs`; then remove this",
    },
    Barrier {
        names: &[
            "enable-modsecurity",
            "enable-owasp-",
            "modsecurity-",
            "shield-advanced-protection",
            "waf-",
            "wafv2-",
            "web-acl-id",
        ],
        why: "no firewall is put before a load balancer here",
        fix: "give the load balancer its firewall by resources of the template, such as `AWS::WAFv2::WebACLAssociation` with `ResourceArn: !GetAtt <application>.LoadBalancer.Arn`, and remove this",
    },
    Barrier {
        names: &[
            "aws-load-balancer-extra-security-groups",
            "aws-load-balancer-security-groups",
            "azure-allowed-service-tags",
            "blacklist-source-range",
            "conditions.",
            "deny-list",
            "denylist-source-range",
            "security-groups",
        ],
        why: "who gets in is said by blocks of addresses, or beside `Document`",
        fix: "write `Workloads: { <component>: { AllowFrom: [203.0.113.0/24] } }` beside `Document`, with blocks or security groups, and remove this",
    },
];

/// Values that switch something off.
const OFF: [&str; 4] = ["", "false", "none", "off"];

/// What containers speak, by the names that several controllers have for it.
const PROTOCOLS: [(&str, Protocol); 7] = [
    ("GRPC", Protocol::Grpc),
    ("GRPCS", Protocol::Grpc),
    ("H2C", Protocol::Http2),
    ("HTTP", Protocol::Http),
    ("HTTP1", Protocol::Http),
    ("HTTP2", Protocol::Http2),
    ("HTTPS", Protocol::Https),
];

/// Annotations of which the result depends: another path would be requested, or another answer given.
const REWRITES: [&str; 6] = [
    "nginx.ingress.kubernetes.io/app-root",
    "nginx.ingress.kubernetes.io/configuration-snippet",
    "nginx.ingress.kubernetes.io/rewrite-target",
    "nginx.ingress.kubernetes.io/server-snippet",
    "nginx.ingress.kubernetes.io/use-regex",
    "traefik.ingress.kubernetes.io/router.middlewares",
];

impl Loader<'_, '_, '_> {
    /// What annotations say of how something is reached.
    pub(in crate::oam) fn of_balancer(&mut self, annotations: Annotations, of: Annotated) -> Said {
        let mut said = Said::default();
        let mut barred: [Vec<(Origin, String)>; BARRIERS.len()] = Default::default();
        for (key, node) in annotations {
            let name = key.rsplit('/').next().unwrap_or(&key);
            if let Some((_, values)) = INTERNAL.iter().find(|(known, _)| *known == key) {
                let Some(value) = self.reader.known_text(&node) else { continue };
                if values.is_empty() || values.iter().any(|known| value.value.eq_ignore_ascii_case(known)) {
                    said.reach.scheme = Some(Located::new(node.origin, Scheme::Internal));
                }
                continue;
            }
            if ALLOWED.contains(&name) {
                self.admit(&node, &mut said.reach);
                continue;
            }
            let is_named = |known: &&str| name == *known || known.ends_with(['-', '.']) && name.starts_with(known);
            let barrier = BARRIERS.iter().zip(&mut barred).find(|(barrier, _)| barrier.names.iter().any(is_named));
            if let Some((_, barred)) = barrier {
                let Some(value) = self.reader.text(&node) else { continue };
                let is_off =
                    value.value.known().is_some_and(|value| OFF.iter().any(|off| value.eq_ignore_ascii_case(off)));
                if !is_off {
                    barred.push((node.origin, key));
                }
                continue;
            }
            if of == Annotated::Connections || !self.of_requests(&key, &node, &mut said) {
                let message = format!("`{key}` has no effect: it is for a controller of a cluster");
                self.reader.diagnostics.note(node.origin, message);
            }
        }
        for (Barrier { names: _, why, fix }, barred) in BARRIERS.iter().zip(barred) {
            let Some((origin, _)) = barred.first() else { continue };
            let keys: Vec<String> = barred.iter().map(|(_, key)| format!("`{key}`")).collect();
            let message = format!(
                "{} {} not available on ECS: {why}",
                keys.join(", "),
                if keys.len() > 1 { "are" } else { "is" }
            );
            self.reader.diagnostics.error(*origin, message).fix(*fix);
        }
        said
    }

    /// What an annotation says of how requests are led; whether it says something.
    fn of_requests(&mut self, key: &str, node: &Node, said: &mut Said) -> bool {
        let Said { reach, protocol } = said;
        if REWRITES.contains(&key) {
            let message = format!("`{key}` is not available on ECS: a load balancer hands requests on as they are");
            self.reader
                .diagnostics
                .error(node.origin, message)
                .fix("have the program answer at the path that is requested, and remove it");
            return true;
        }
        if key == "nginx.ingress.kubernetes.io/backend-protocol" {
            *protocol = self.spoken(node);
            return true;
        }
        let Some(known) = key.strip_prefix(AWS) else { return false };
        match known {
            "scheme" => reach.scheme = self.reader.choice(node, &SCHEMES),
            "certificate-arn" => reach.certificates = self.certificates(node),
            // The version counts where both are said: of the protocol there is only whether it is over TLS.
            "backend-protocol" => *protocol = protocol.take().or_else(|| self.spoken(node)),
            "backend-protocol-version" => {
                let spoken = self.spoken(node);
                *protocol = spoken.filter(|spoken| spoken.value != Protocol::Http).or_else(|| protocol.take());
            }
            "healthcheck-path" => reach.health.path = self.reader.text(node),
            "healthcheck-port" if !matches!(&node.kind, Kind::Text(text) if text == "traffic-port") => {
                reach.health.port = self.port(node);
            }
            "healthcheck-interval-seconds" => reach.health.interval = self.number(node),
            "healthcheck-timeout-seconds" => reach.health.timeout = self.number(node),
            "healthy-threshold-count" => reach.health.healthy = self.number(node),
            "unhealthy-threshold-count" => reach.health.unhealthy = self.number(node),
            "success-codes" => reach.health.codes = self.reader.known_text(node),
            "healthcheck-port" | "target-type" => {}
            _ => return false,
        }
        true
    }

    fn spoken(&mut self, node: &Node) -> Option<Located<Protocol>> {
        let text = self.reader.known_text(node)?;
        let known = PROTOCOLS.iter().find(|(name, _)| text.value.eq_ignore_ascii_case(name));
        if known.is_none() {
            let message = format!("`{}` is nothing that a load balancer speaks with containers", text.value);
            self.reader.diagnostics.error(text.origin, message).fix("write `HTTP`, `HTTPS` or `GRPC`");
        }
        known.map(|(_, protocol)| Located::new(text.origin, *protocol))
    }

    /// Lets in blocks of addresses, separated by commas, and nobody else.
    fn admit(&mut self, node: &Node, reach: &mut Reach) {
        let Some(text) = self.reader.known_text(node) else { return };
        let blocks = text.value.split([',', ' ']).map(str::trim).filter(|block| !block.is_empty());
        let blocks: Vec<Located<String>> = blocks.map(|block| Located::new(text.origin, block.to_owned())).collect();
        self.admit_only(text.origin, &blocks, reach);
    }

    /// Lets in these blocks of addresses, and nobody else.
    pub(in crate::oam) fn admit_only(&mut self, origin: Origin, blocks: &[Located<String>], reach: &mut Reach) {
        if blocks.is_empty() {
            self.reader
                .diagnostics
                .error(origin, "this names nobody who may call")
                .fix("name somebody, such as `10.0.0.0/8`, or remove it");
            return;
        }
        let callers = blocks
            .iter()
            .filter_map(|block| Some(Located::new(block.origin, caller(&block.value, block.origin, self.reader)?)));
        let callers = Located::new(origin, callers.collect());
        limit(&mut reach.callers, Some(callers), self.reader.diagnostics);
    }

    /// ARNs of certificates, separated by commas.
    fn certificates(&mut self, node: &Node) -> Option<Located<Certificates>> {
        let text = self.reader.text(node)?;
        let origin = text.origin;
        let given = match text.value.known() {
            Some(known) => {
                let arns = known.split(',').map(str::trim).filter(|arn| !arn.is_empty());
                arns.map(|arn| Located::new(origin, arn.into())).collect()
            }
            None => vec![text],
        };
        Some(Located::new(origin, Certificates::Given(given)))
    }
}

/// Has `more` say who may call as well; two that differ are an error, as neither is what both of their authors want.
pub(in crate::oam) fn limit(
    known: &mut Option<Located<Vec<Located<Caller>>>>,
    more: Option<Located<Vec<Located<Caller>>>>,
    diagnostics: &mut Diagnostics,
) {
    let values = |callers: &Located<Vec<Located<Caller>>>| -> Vec<Caller> {
        callers.value.iter().map(|caller| caller.value.clone()).collect()
    };
    match (&known, more) {
        (Some(known), Some(more)) if values(known) != values(&more) => {
            diagnostics
                .error(more.origin, "who may call is said twice, and not alike")
                .fix("say it once, or the same at both places");
        }
        (None, more) => *known = more,
        _ => {}
    }
}
