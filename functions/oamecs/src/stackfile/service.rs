//! A service, with what is said of all of them.

use super::load::Defaults;
use super::model::{Constraint, Deployment, Service, Strategy};
use super::{Loader, logging};
use crate::diagnostic::Located;
use crate::document::{Fields, Node};
use crate::environment::domain_name;
use crate::expression::Expr;
use crate::options::arn::Arn;

const STRATEGIES: [(&str, Strategy); 2] = [("DAEMON", Strategy::Daemon), ("REPLICA", Strategy::Replica)];

/// Kinds of constraints: whether an expression belongs to it.
const CONSTRAINTS: [(&str, bool); 2] = [("distinctInstance", false), ("memberOf", true)];

/// The `type` of what is there until it is replaced.
const SERVICE: &str = "service";

impl Loader<'_, '_, '_> {
    /// Reads a service of a name, of which only mapped attributes are left.
    pub(super) fn service(&mut self, name: &str, mut fields: Fields, defaults: &Defaults) -> Service {
        let origin = fields.origin;
        let task = fields.take("type").and_then(|node| self.reader.known_text(&node));
        let own = self.environment(fields.take("environment"));
        let memory = fields.take("memory").and_then(|node| self.memory(&node));
        let healthcheck = match fields.take("healthcheck") {
            Some(node) => self.healthcheck(node),
            None => defaults.healthcheck.clone(),
        };
        let said = logging::said(fields.take("logging"), self);
        let deployment = fields.take("deployment_configuration");
        let deployment = deployment.and_then(|node| self.reader.fields(node, "a map with `maximum_percent`"));
        let (maximum_percent, minimum_healthy_percent) = match deployment {
            Some(mut fields) => {
                (self.said(&mut fields, "maximum_percent"), self.said(&mut fields, "minimum_healthy_percent"))
            }
            None => (None, None),
        };
        Service {
            origin,
            image: self.text(&mut fields, "image").filter(|image| image.value != Expr::from("")),
            task: task.filter(|kind| kind.value != SERVICE),
            ports: self.ports(fields.take("ports")),
            environment: defaults.complete(own),
            desired_count: fields
                .take("desired_count")
                .and_then(|node| self.reader.value(&node, "a whole number, 0 or more")),
            memory: memory.unwrap_or(defaults.memory(origin)),
            gpus: self.said(&mut fields, "gpus").filter(|gpus| gpus.value > 0),
            task_role: self.role(&mut fields, "task_role_arn"),
            execution_role: self.role(&mut fields, "task_execution_role_arn"),
            privileged: fields.take("privileged").and_then(|node| self.reader.any_bool(&node)),
            volumes: self.volumes(fields.take("volumes")),
            scheduling_strategy: fields
                .take("scheduling_strategy")
                .and_then(|node| self.reader.choice(&node, &STRATEGIES)),
            logging: logging::of_service(said, &defaults.logging, self),
            healthcheck,
            deployment: Deployment { maximum_percent, minimum_healthy_percent },
            placement_constraints: self.constraints(fields.take("placement_constraints")),
            dns_discovery: fields.take("dns_discovery").and_then(|node| self.dns_discovery(name, node)),
            elb: fields.take("elb").and_then(|node| self.elb(node)),
        }
    }

    fn role(&mut self, fields: &mut Fields, key: &str) -> Option<Located<Expr<String>>> {
        let role = self.text(fields, key)?;
        Arn::Role.check(&role, self.reader.diagnostics);
        Some(role)
    }

    fn constraints(&mut self, node: Option<Node>) -> Vec<Constraint> {
        let what = "a list of constraints, each with `type` and `expression`";
        let items = node.and_then(|node| self.reader.items(node, what)).unwrap_or_default();
        items.into_iter().filter_map(|item| self.constraint(item)).collect()
    }

    fn constraint(&mut self, item: Node) -> Option<Constraint> {
        let mut fields = self.reader.fields(item, "a constraint, with `type` and `expression`")?;
        let origin = fields.origin;
        let expression = self.text(&mut fields, "expression");
        let kind = self.needed(&mut fields, origin, "type", "write `type: memberOf` or `type: distinctInstance`")?;
        let is_member_of = self.reader.choice(&kind, &CONSTRAINTS)?;
        match (is_member_of.value, expression) {
            (true, Some(expression)) => Some(Constraint::MemberOf(expression)),
            (true, None) => {
                self.reader
                    .diagnostics
                    .error(origin, "`memberOf` has no `expression`")
                    .fix("write for example `expression: \"attribute:ecs.instance-type =~ p3.*\"`");
                None
            }
            (false, expression) => {
                if let Some(expression) = expression {
                    self.reader
                        .diagnostics
                        .note(expression.origin, "`expression` has no effect: `distinctInstance` has none");
                }
                Some(Constraint::DistinctInstance(is_member_of.origin))
            }
        }
    }

    fn dns_discovery(&mut self, service: &str, node: Node) -> Option<Located<String>> {
        let mut fields = self.reader.fields(node, "a map with `name`")?;
        let origin = fields.origin;
        let name = self.needed(&mut fields, origin, "name", &format!("write `name: {service}`"))?;
        domain_name(&name, self.reader)
    }
}
