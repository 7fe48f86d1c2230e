//! Reads a configuration: shapes, ranges, and what excludes each other.

use super::keys::{fields, required};
use super::lists::{containers, each_id, ids, items};
use super::model::{Configuration, LaunchType, Network, Provider, Service, Task};
use super::support;
use crate::diagnostic::Located;
use crate::document::{Fields, Kind, Node, Reader};
use crate::expression::Expr;

/// The most tasks of a family that are run at once.
const MOST_TASKS: u32 = 10;
/// The most capacity providers of a strategy.
const MOST_PROVIDERS: usize = 6;
const MOST_BASE: u32 = 100_000;
const MOST_WEIGHT: u32 = 1_000;
/// Minutes of `max_wait`: the least that the tool took, and the most that CloudFormation waits.
const LEAST_WAIT: u32 = 5;
const MOST_WAIT: u32 = 58;
const GROUPS: (&str, usize) = ("security groups", 5);
const SUBNETS: (&str, usize) = ("subnets", 16);

const LAUNCH_TYPES: [(&str, LaunchType); 3] =
    [("ec2", LaunchType::Ec2), ("external", LaunchType::External), ("fargate", LaunchType::Fargate)];

/// Reads a configuration. What can be read of a faulty one is, so that all is reported at once.
pub(super) fn configuration(node: Node, reader: &mut Reader<'_>) -> Option<Configuration> {
    let mut fields = fields(node, support::CONFIGURATION, reader)?;
    version(&mut fields, reader);
    let cluster = required(&mut fields, "cluster", "production", reader).and_then(|node| name(&node, reader));
    let mut tasks = fields.take("tasks").and_then(|node| self::fields(node, support::TASKS, reader));
    let mut stage = |key: &str| tasks.as_mut().and_then(|tasks| tasks.take(key)).map(items).unwrap_or_default();
    let (pre, post) = (stage("pre"), stage("post"));
    let services = fields.take("services").map(items).unwrap_or_default();
    if pre.is_empty() && services.is_empty() && post.is_empty() {
        reader.diagnostics.note(fields.origin, "there are no tasks and no services, so that nothing is done");
    }
    let pre = pre.into_iter().filter_map(|node| task(node, reader)).collect();
    let services = services.into_iter().filter_map(|node| service(node, reader)).collect();
    let post = post.into_iter().filter_map(|node| task(node, reader)).collect();
    Some(Configuration { cluster: cluster?, pre, services, post })
}

/// A number is another version to the tool, whatever follows.
fn version(fields: &mut Fields, reader: &mut Reader<'_>) {
    let Some(node) = required(fields, "version", "v1", reader) else { return };
    let Some(version) = reader.known_text(&node).filter(|version| version.value != "v1") else { return };
    let message = format!("`{}` is no version of this format: the only one is `v1`", version.value);
    reader.diagnostics.error(version.origin, message).fix("write `version: v1`");
}

fn name(node: &Node, reader: &mut Reader<'_>) -> Option<Located<Expr<String>>> {
    let name = reader.text(node)?;
    if name.value.known().is_some_and(|name| name.trim().is_empty()) {
        reader.diagnostics.error(name.origin, "this is empty").fix("write a name, or an ARN");
        return None;
    }
    Some(name)
}

fn task(node: Node, reader: &mut Reader<'_>) -> Option<Task> {
    let mut fields = fields(node, support::TASK, reader)?;
    let origin = fields.origin;
    let family = required(&mut fields, "family", "shop-migrate", reader).and_then(|node| name(&node, reader));
    let count = required(&mut fields, "count", "1", reader).and_then(|node| count(&node, reader));
    let containers = required(&mut fields, "containers", "[app]", reader).and_then(|node| containers(node, reader));
    let launch_type = fields.take("launch_type").and_then(|node| reader.choice(&node, &LAUNCH_TYPES));
    let providers = fields.take("capacity_provider_strategies").map(|node| providers(node, reader));
    let has_network = fields.has("network_configuration");
    let network = fields.take("network_configuration").and_then(|node| network(node, reader));
    let launch_type = launch_type.filter(|launch_type| {
        let excluded = providers.as_ref().is_some_and(|providers| !providers.is_empty());
        if excluded {
            reader
                .diagnostics
                .error(launch_type.origin, "tasks have a launch type or capacity providers, not both")
                .fix("leave out `launch_type`, or `capacity_provider_strategies`");
        }
        !excluded
    });
    let is_fargate = |name: &str| matches!(name, "FARGATE" | "FARGATE_SPOT");
    let by_provider =
        providers.iter().flatten().find(|each| each.name.value.known().is_some_and(|name| is_fargate(name)));
    let by_launch_type = launch_type.as_ref().filter(|each| each.value == LaunchType::Fargate);
    let on_fargate = by_launch_type.map(|each| each.origin).or(by_provider.map(|each| each.name.origin));
    if let Some(origin) = on_fargate.filter(|_| !has_network) {
        reader
            .diagnostics
            .error(origin, "each task on Fargate has a network interface of its own, and `network_configuration` is missing")
            .fix("write `network_configuration: { vpc_configuration: { assign_public_ip: false, security_groups: [sg-…], subnets: [subnet-…] } }`");
    }
    Some(Task {
        origin,
        family: family?,
        count: count?,
        containers: containers?,
        launch_type: launch_type.map(|launch_type| launch_type.value),
        providers: providers.unwrap_or_default(),
        network,
    })
}

fn count(node: &Node, reader: &mut Reader<'_>) -> Option<Located<Expr<u32>>> {
    let count = reader.value::<u32>(node, "a number of tasks from 1 to 10")?;
    if let Some(number) = count.value.known().filter(|number| !(1..=MOST_TASKS).contains(*number)) {
        reader
            .diagnostics
            .error(count.origin, format!("1 to {MOST_TASKS} tasks can be run at once, not {number}"))
            .fix("leave the task out, or write `SkipTasks` beside the document, to run none");
        return None;
    }
    Some(count)
}

fn providers(node: Node, reader: &mut Reader<'_>) -> Vec<Provider> {
    let origin = node.origin;
    let nodes = items(node);
    if nodes.len() > MOST_PROVIDERS {
        reader
            .diagnostics
            .error(
                origin,
                format!("there are {} capacity providers, and at most {MOST_PROVIDERS} are possible", nodes.len()),
            )
            .fix("leave some of them out");
    }
    let providers: Vec<Provider> = nodes.into_iter().filter_map(|node| provider(node, reader)).collect();
    let mut bases = providers.iter().filter_map(|each| each.base.as_ref()).filter(|base| base.value > 0);
    if let (Some(_), Some(second)) = (bases.next(), bases.next()) {
        reader
            .diagnostics
            .error(second.origin, "only one of the capacity providers has a `base`")
            .fix("leave this one out");
    }
    if providers.len() > 1 && providers.iter().all(|each| each.weight.unwrap_or(0) == 0) {
        reader
            .diagnostics
            .error(origin, "none of several capacity providers has a `weight`, and ECS refuses them if all are 0")
            .fix("write `weight: 1` where most of the tasks are to run");
    }
    providers
}

fn provider(node: Node, reader: &mut Reader<'_>) -> Option<Provider> {
    let mut fields = fields(node, support::PROVIDER, reader)?;
    let name = required(&mut fields, "capacity_provider", "FARGATE_SPOT", reader).and_then(|node| name(&node, reader));
    let base = fields.take("base").and_then(|node| within(&node, "a number of tasks", 0, MOST_BASE, reader));
    let weight = fields.take("weight").and_then(|node| within(&node, "a weight", 0, MOST_WEIGHT, reader));
    Some(Provider { name: name?, base, weight: weight.map(|weight| weight.value) })
}

/// A whole number in a range, which must be known now.
fn within(node: &Node, what: &str, least: u32, most: u32, reader: &mut Reader<'_>) -> Option<Located<u32>> {
    let what = format!("{what} from {least} to {most}");
    let number = reader.known::<u32>(node, &what)?;
    if !(least..=most).contains(&number.value) {
        reader.diagnostics.error(number.origin, format!("`{}` is not {what}", number.value));
        return None;
    }
    Some(number)
}

fn network(node: Node, reader: &mut Reader<'_>) -> Option<Network> {
    let mut outer = fields(node, support::NETWORK, reader)?;
    let example = "{ assign_public_ip: false, security_groups: [sg-…], subnets: [subnet-…] }";
    let node = required(&mut outer, "vpc_configuration", example, reader)?;
    let mut fields = fields(node, support::VPC, reader)?;
    let public = required(&mut fields, "assign_public_ip", "false", reader).and_then(|node| boolean(&node, reader));
    let groups = required(&mut fields, "security_groups", "[sg-…]", reader);
    let groups = groups.and_then(|node| each_id(node, GROUPS, reader));
    let subnets = required(&mut fields, "subnets", "[subnet-…]", reader).and_then(|node| ids(node, SUBNETS, reader));
    Some(Network { assign_public_ip: public?.value, security_groups: groups?, subnets: subnets? })
}

/// A boolean, for which the tool took numbers too.
fn boolean(node: &Node, reader: &mut Reader<'_>) -> Option<Located<bool>> {
    match &node.kind {
        Kind::Number(number) => Some(Located::new(node.origin, number.as_u64() != Some(0))),
        _ => reader.any_bool(node),
    }
}

fn service(node: Node, reader: &mut Reader<'_>) -> Option<Service> {
    let mut fields = fields(node, support::SERVICE, reader)?;
    let origin = fields.origin;
    let name = required(&mut fields, "name", "shop-web", reader).and_then(|node| name(&node, reader));
    let containers = required(&mut fields, "containers", "[app]", reader).and_then(|node| containers(node, reader));
    let force = fields.take("force").and_then(|node| boolean(&node, reader));
    let max_wait =
        fields.take("max_wait").and_then(|node| within(&node, "a number of minutes", LEAST_WAIT, MOST_WAIT, reader));
    Some(Service { origin, name: name?, containers: containers?, force, max_wait })
}
