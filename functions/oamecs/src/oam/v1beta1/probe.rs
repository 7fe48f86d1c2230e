//! Probes, in the words of Kubernetes.

use super::super::Loader;
use super::super::model::Probe;
use super::super::model::probe::Check;
use crate::diagnostic::Located;
use crate::document::{Fields, Node};
use crate::expression::Expr;

/// The ways to ask.
const CHECKS: [&str; 4] = ["exec", "grpc", "httpGet", "tcpSocket"];

const SCHEMES: [(&str, bool); 2] = [("HTTP", false), ("HTTPS", true)];

impl Loader<'_, '_, '_> {
    /// A probe. `None` where it asks nothing, which was reported.
    pub(super) fn probe(&mut self, node: Node) -> Option<Probe> {
        let fields = self.reader.fields(node, "a probe, a map with `exec`, `httpGet` or `tcpSocket`")?;
        self.probe_of(fields)
    }

    /// The same, of a map that may say other things besides.
    pub(super) fn probe_of(&mut self, mut fields: Fields) -> Option<Probe> {
        let origin = fields.origin;
        let mut seconds = |key: &str| fields.take(key).and_then(|node| self.number(&node));
        let initial_delay = seconds("initialDelaySeconds");
        let period = seconds("periodSeconds");
        let timeout = seconds("timeoutSeconds");
        let success_threshold = seconds("successThreshold");
        let failure_threshold = seconds("failureThreshold");
        let asked: Vec<&str> = CHECKS.into_iter().filter(|check| fields.has(check)).collect();
        let check = match asked.as_slice() {
            [only] => {
                let node = fields.take(only)?;
                self.check(only, node)?
            }
            [] => {
                self.reader
                    .diagnostics
                    .error(origin, "the probe asks nothing")
                    .fix("write one of `exec`, `httpGet` and `tcpSocket`");
                return None;
            }
            [first, second, ..] => {
                let message = format!("a probe asks in one way, and this one has both `{first}` and `{second}`");
                self.reader.diagnostics.error(origin, message).fix("remove one of the two");
                return None;
            }
        };
        Some(Probe { origin, check, initial_delay, period, timeout, success_threshold, failure_threshold })
    }

    fn check(&mut self, kind: &str, node: Node) -> Option<Check> {
        let mut fields = self.reader.fields(node, "a map")?;
        if kind == "exec" {
            let command = self.needed(&mut fields, "command", "command: [\"pg_isready\"]");
            let words = self.words(command)?;
            if words.value.is_empty() {
                self.reader.diagnostics.error(words.origin, "the command has no words").fix("write what is to be run");
                return None;
            }
            return Some(Check::Exec(words.value));
        }
        let port = self.needed(&mut fields, "port", "port: 8080").and_then(|node| self.port(&node))?;
        Some(match kind {
            "tcpSocket" => Check::TcpSocket { port },
            "grpc" => Check::Grpc { port },
            _ => {
                let path = fields.take("path").and_then(|node| self.reader.text(&node));
                let scheme = fields.take("scheme").and_then(|node| self.reader.choice(&node, &SCHEMES));
                Check::HttpGet {
                    path: path.unwrap_or_else(|| Located::new(fields.origin, Expr::from("/"))),
                    port,
                    headers: self.headers(fields.take("httpHeaders")),
                    is_https: scheme.is_some_and(|scheme| scheme.value),
                }
            }
        })
    }

    fn headers(&mut self, node: Option<Node>) -> Vec<(Located<String>, Expr<String>)> {
        let mut headers = Vec::new();
        for node in self.list(node, "a list of headers with `name` and `value`") {
            let Some(mut fields) = self.reader.fields(node, "a header, a map with `name` and `value`") else { continue };
            let name = self.required(&mut fields, "name", "name: X-Probe");
            let value = self.needed(&mut fields, "value", "value: ready").and_then(|node| self.reader.text(&node));
            headers.extend(name.zip(value.map(|value| value.value)));
        }
        headers
    }
}
