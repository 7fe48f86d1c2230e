//! What the rules of a listener look at, and what they do.
//!
//! Sources: Elastic Load Balancing API Reference, `CreateRule`, `RuleCondition`; Application Load Balancers user guide,
//! "Condition types for listener rules" and "Action types for listener rules".

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::forwarding::{LISTENER, LISTENER_RULE, LOAD_BALANCER, forwarders, is_application};
use crate::verifier::reading::policy::matches;
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{elements, number, objects, part, shape, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("rule-conditions", rule_conditions),
    Rule::new("rule-condition-text", rule_condition_text),
    Rule::new("rule-of-application-listener", rule_of_application_listener),
    Rule::new("rule-actions", rule_actions),
    Rule::new("rule-not-shadowed", rule_not_shadowed),
];

/// The literal values that a condition compares, and whether these are all.
fn values<'a>(condition: &'a Value, field: &str) -> (Vec<&'a str>, bool) {
    let place = match field {
        "host-header" => "HostHeaderConfig",
        "path-pattern" => "PathPatternConfig",
        "http-request-method" => "HttpRequestMethodConfig",
        "source-ip" => "SourceIpConfig",
        "http-header" => "HttpHeaderConfig",
        _ => "QueryStringConfig",
    };
    let listed = if part(condition, "Values").is_null() { part(condition, place) } else { condition };
    let given = elements(listed, "Values");
    let known: Vec<_> = given.known.iter().filter_map(|value| value.as_str()).collect();
    let complete = given.complete && known.len() == given.known.len();
    (known, complete)
}

/// A rule looks at something, at most once at the host, the path, the method and the address.
fn rule_conditions(template: &Template<'_>, report: &mut Report) {
    for rule in template.of(LISTENER_RULE) {
        let conditions = objects(rule.properties, "Conditions");
        if conditions.complete && conditions.known.is_empty() {
            report.add(rule.id, "has no condition: what holds for all requests is the listener's default");
        }
        let mut seen = Vec::new();
        for condition in conditions.known {
            let Some(field) = text(condition, "Field") else {
                continue;
            };
            let (known, complete) = values(condition, field);
            if complete && known.is_empty() && field != "query-string" {
                report.add(rule.id, format!("{field} has no value"));
            }
            if !matches!(field, "http-header" | "query-string") && seen.contains(&field) {
                report.add(rule.id, format!("looks twice at {field}"));
            }
            seen.push(field);
        }
    }
}

/// Hosts are names, paths begin at the root or with a wildcard, addresses are blocks; none is longer than 128 characters.
fn rule_condition_text(template: &Template<'_>, report: &mut Report) {
    for rule in template.of(LISTENER_RULE) {
        for condition in objects(rule.properties, "Conditions").known {
            let Some(field) = text(condition, "Field") else {
                continue;
            };
            for value in values(condition, field).0 {
                let fits = match field {
                    "host-header" => {
                        let letter = |letter: char| letter.is_ascii_alphanumeric() || "-.*?_".contains(letter);
                        value.chars().all(letter) && value.contains('.') || matches!(value, "*")
                    }
                    "path-pattern" => value.starts_with(['/', '*', '?']) && !value.contains([' ', '#']),
                    "source-ip" => super::domains::is_block(value),
                    _ => true,
                };
                if !fits || value.len() > 128 {
                    report.add(rule.id, format!("{field} is never {value}"));
                }
            }
        }
    }
}

/// Listeners of network load balancers have no rules.
fn rule_of_application_listener(template: &Template<'_>, report: &mut Report) {
    for rule in template.of(LISTENER_RULE) {
        let listener = template.named(part(rule.properties, "ListenerArn"), LISTENER);
        let balancer =
            listener.and_then(|listener| template.named(part(listener.properties, "LoadBalancerArn"), LOAD_BALANCER));
        if let Some(balancer) = balancer.filter(|balancer| !is_application(*balancer)) {
            report.add(rule.id, format!("{} takes no rules", balancer.id));
        }
    }
}

/// One action ends a request, as the last one; who it is from is asked over HTTPS only.
fn rule_actions(template: &Template<'_>, report: &mut Report) {
    for forwarder in forwarders(template) {
        let property = if forwarder.resource.kind == LISTENER { "DefaultActions" } else { "Actions" };
        if !objects(forwarder.resource.properties, property).complete {
            continue;
        }
        let kinds: Vec<_> = forwarder.actions().into_iter().map(|action| text(action, "Type")).collect();
        let ends = kinds.iter().filter(|kind| matches!(kind, Some("forward" | "redirect" | "fixed-response"))).count();
        if !kinds.contains(&None) && ends != 1 {
            report.add(forwarder.resource.id, format!("{ends} actions answer a request"));
        }
        let asks = kinds.iter().flatten().any(|kind| kind.starts_with("authenticate-"));
        let plain = forwarder.listener.is_some_and(|found| text(found.properties, "Protocol") == Some("HTTP"));
        if asks && plain {
            report.add(forwarder.resource.id, "asks who a request is from where anyone may listen");
        }
    }
}

/// A rule that comes later sees some requests that the earlier ones leave.
fn rule_not_shadowed(template: &Template<'_>, report: &mut Report) {
    let mut by_listener: BTreeMap<String, Vec<(i64, Resource<'_>)>> = BTreeMap::new();
    for rule in template.of(LISTENER_RULE) {
        if let Some(priority) = number(rule.properties, "Priority") {
            by_listener.entry(shape(part(rule.properties, "ListenerArn"))).or_default().push((priority, rule));
        }
    }
    for rules in by_listener.values() {
        for (priority, later) in rules {
            let first = rules
                .iter()
                .find(|(earlier, rule)| earlier < priority && covers(*rule, *later) && !covers(*later, *rule));
            if let Some((_, first)) = first {
                report.add(later.id, format!("never sees a request, as {} comes first", first.id));
            }
        }
    }
}

/// Whether every request of one rule is also one of another, as far as literal hosts and paths say.
fn covers(wide: Resource<'_>, narrow: Resource<'_>) -> bool {
    let [wide, narrow] = [wide, narrow].map(|rule| objects(rule.properties, "Conditions"));
    wide.complete
        && !wide.known.is_empty()
        && wide.known.iter().all(|condition| {
            let Some(field @ ("host-header" | "path-pattern")) = text(condition, "Field") else {
                return false;
            };
            let (patterns, complete) = values(condition, field);
            let narrower = narrow.known.iter().find(|other| text(other, "Field") == Some(field));
            let texts = narrower.map(|other| values(other, field));
            complete
                && texts.is_some_and(|(texts, complete)| {
                    complete && texts.iter().all(|text| patterns.iter().any(|pattern| matches(pattern, text)))
                })
        })
}
