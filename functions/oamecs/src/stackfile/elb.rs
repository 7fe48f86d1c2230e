//! `elb`: the load balancer of a service.

use std::ops::RangeInclusive;

use super::Loader;
use super::model::{Dns, Elb, ElbProtocol, ElbType, TargetHealth};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::expression::Expr;
use crate::options::arn::Arn;

const TYPES: [(&str, ElbType); 2] = [("private", ElbType::Private), ("public", ElbType::Public)];
const PROTOCOLS: [(&str, ElbProtocol); 2] = [("HTTP", ElbProtocol::Http), ("HTTPS", ElbProtocol::Https)];

impl Loader<'_, '_, '_> {
    /// A load balancer; `None` where it lacks something, which was reported.
    pub(super) fn elb(&mut self, node: Node) -> Option<Elb> {
        let mut fields = self.reader.fields(node, "a map with `type` and `ports`")?;
        let origin = fields.origin;
        let kind = self
            .needed(
                &mut fields,
                origin,
                "type",
                "write `type: public` for the world, or `type: private` for the network",
            )
            .and_then(|node| self.reader.choice(&node, &TYPES));
        let protocol = self.protocol(&mut fields);
        let ports = self.needed(&mut fields, origin, "ports", "write `ports: { public: 80, container: 8080 }`");
        let ports = ports.and_then(|node| self.elb_ports(node));
        let certificates = self.texts(fields.take("certificates"), "a list of ARNs");
        for certificate in &certificates {
            Arn::Certificate.check(certificate, self.reader.diagnostics);
        }
        let dns = fields.take("dns").and_then(|node| self.dns(node));
        let health = self.target_health(origin, fields.take("healthcheck"));
        let (public, container) = ports?;
        Some(Elb { origin, kind: kind?, protocol, public, container, certificates, dns, health })
    }

    fn protocol(&mut self, fields: &mut Fields) -> Located<ElbProtocol> {
        let said = fields.take("protocol").and_then(|node| self.reader.choice(&node, &PROTOCOLS));
        said.unwrap_or(Located::new(fields.origin, ElbProtocol::Http))
    }

    fn elb_ports(&mut self, node: Node) -> Option<(Located<u16>, Located<u16>)> {
        let mut fields = self.reader.fields(node, "a map with `public` and `container`")?;
        let origin = fields.origin;
        let public = self.needed(&mut fields, origin, "public", "write the port that the load balancer listens on");
        let container = self.needed(&mut fields, origin, "container", "write the port that the container listens on");
        let public = public.and_then(|node| self.port(&node));
        let container = container.and_then(|node| self.port(&node));
        public.zip(container)
    }

    fn dns(&mut self, node: Node) -> Option<Dns> {
        let mut fields = self.reader.fields(node, "a map with `hosted_zone_id` and `record_name`")?;
        let origin = fields.origin;
        let zone = self.needed(&mut fields, origin, "hosted_zone_id", "write the id of the zone that the name is in");
        let name = self.needed(
            &mut fields,
            origin,
            "record_name",
            "write the name, for example `record_name: shop.example.com`",
        );
        let hosted_zone_id = zone.and_then(|node| self.reader.text(&node));
        let record_name = name.and_then(|node| self.reader.text(&node));
        // A dot at the end says that the name is whole, which it is in any case.
        let record_name =
            record_name.map(|name| name.map(|name| name.map(|name| name.trim_end_matches('.').to_owned())));
        Some(Dns { hosted_zone_id: hosted_zone_id?, record_name: record_name? })
    }

    fn target_health(&mut self, elb: Origin, node: Option<Node>) -> TargetHealth {
        let fields = node.and_then(|node| self.reader.fields(node, "a map with `path`"));
        let mut fields = fields.unwrap_or_else(|| Fields::new(elb, indexmap::IndexMap::new()));
        let path = self.text(&mut fields, "path").unwrap_or(Located::new(fields.origin, Expr::from("/")));
        if let Some(known) = path.value.known().filter(|path| !path.starts_with('/')) {
            self.reader
                .diagnostics
                .error(path.origin, format!("`{known}` is no path that could be requested"))
                .fix(format!("write it with a `/` at the start: `/{known}`"));
        }
        let health = TargetHealth {
            origin: fields.origin,
            protocol: self.protocol(&mut fields),
            port: fields.take("port").and_then(|node| self.port(&node)),
            path,
            interval: self.within(&mut fields, "interval_seconds", 5..=300, 30),
            timeout: self.within(&mut fields, "timeout_seconds", 2..=120, 5),
            healthy: self.within(&mut fields, "healthy_threshold_count", 2..=10, 2),
            unhealthy: self.within(&mut fields, "unhealthy_threshold_count", 2..=10, 10),
        };
        let (timeout, interval) = (&health.timeout, &health.interval);
        if timeout.value >= interval.value {
            let message = format!("a check that may take {} seconds is made every {}", timeout.value, interval.value);
            self.reader.diagnostics.error(timeout.origin, message).fix("let the timeout be less than the interval");
        }
        health
    }

    /// A whole number that is in the bounds of
    /// [target groups](https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
    fn within(&mut self, fields: &mut Fields, key: &str, bounds: RangeInclusive<u32>, otherwise: u32) -> Located<u32> {
        let number = self.number(fields, key, otherwise);
        if !bounds.contains(&number.value) {
            let (least, most) = (bounds.start(), bounds.end());
            self.reader
                .diagnostics
                .error(number.origin, format!("a load balancer takes {least} to {most} here, not {}", number.value))
                .fix(format!("write a number from {least} to {most}"));
        }
        number
    }
}
