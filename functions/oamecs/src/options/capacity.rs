//! The option `Capacity`: what tasks run on.
//!
//! In: `FARGATE`, `FARGATE_SPOT`, `EC2`, `REGISTERED`, the name of a capacity provider that the cluster has, a list of providers with
//! their parts, or `{ EC2: { … } }` with what the instances are like. Out: [`Capacity`].

use std::collections::BTreeMap;

use super::Given;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Early, Kind, Node, Reader, suggestion};
use crate::expression::{Expr, Piece};
use crate::program::platform::{Capacity, Instances, Machine, Provider, Share};

/// What instances are like, by their keys.
const INSTANCE_KEYS: [&str; 12] = [
    "Ami",
    "Attributes",
    "InstanceType",
    "InstanceTypes",
    "Max",
    "Min",
    "Name",
    "Spot",
    "TargetCapacity",
    "TerminationProtection",
    "UserData",
    "VolumeSize",
];

/// What a provider's part is, by its keys.
const SHARE_KEYS: [&str; 3] = ["Base", "Provider", "Weight"];

/// The capacities that have names of their own.
const NAMES: [&str; 4] = ["EC2", "FARGATE", "FARGATE_SPOT", "REGISTERED"];

const EXAMPLE: &str = "write `FARGATE`, `FARGATE_SPOT`, `EC2`, `REGISTERED`, or the name of a capacity provider";

/// Instances: with these characteristics, or with those of ours.
const INSTANCES: &str = "EC2";

/// Instances that are registered with the cluster, by whichever way.
const REGISTERED: &str = "REGISTERED";

/// The most that can be said of a provider's part: the service's own limits.
const MOST_BASE: u32 = 100_000;
const MOST_WEIGHT: u32 = 1000;
const MOST_SHARES: usize = 20;

/// The kind of machine that a capacity asks for, without a word on what is wrong with it. `None` where it says nothing.
pub fn machine(node: &Node, early: &mut dyn Early) -> Option<Machine> {
    match &node.kind {
        Kind::Null | Kind::Faulty => None,
        Kind::Sequence(items) => items.first().and_then(|first| machine(first, early)),
        Kind::Mapping(_) => match node.get("Provider").or_else(|| node.get("provider")) {
            Some(provider) => machine(provider, early),
            None => Some(Machine::Instance),
        },
        _ => {
            let is_fargate = known_early(node, early).is_some_and(|name| name.starts_with("FARGATE"));
            Some(if is_fargate { Machine::Fargate } else { Machine::Instance })
        }
    }
}

/// Reads a capacity; `given` is the map that it is of.
pub(super) fn read(node: Node, given: &Given, reader: &mut Reader<'_>) -> Option<Located<Capacity>> {
    let origin = node.origin;
    let capacity = match node.kind {
        Kind::Sequence(items) => strategy(origin, items, given, reader)?,
        Kind::Mapping(_) if node.get("Provider").or_else(|| node.get("provider")).is_some() => {
            strategy(origin, vec![node], given, reader)?
        }
        Kind::Mapping(mut entries) => {
            let key = entries.keys().find(|key| key.eq_ignore_ascii_case(INSTANCES)).cloned();
            let Some(characteristics) = key.and_then(|key| entries.shift_remove(&key)) else {
                let node = Node::new(origin, Kind::Mapping(entries));
                let message = format!(
                    "this must be the name of a capacity, a list of them, or `EC2` with what its instances are like, not {}",
                    node.description()
                );
                reader
                    .diagnostics
                    .error(origin, message)
                    .fix(format!("{EXAMPLE}, or `{INSTANCES}: {{ {}: … }}`", given.spelling_of("InstanceTypes")));
                return None;
            };
            if let Some((key, node)) = entries.first() {
                reader.diagnostics.error(node.origin, format!("`{key}` cannot stand beside `{INSTANCES}`")).fix(
                    format!("write it below `{INSTANCES}`, if it is about the instances; mixing instances with other capacity is not possible"),
                );
            }
            Capacity::Instances(Box::new(instances(characteristics, given, reader)?))
        }
        _ => named(&node, reader)?,
    };
    Some(Located::new(origin, capacity))
}

/// A capacity that is a word.
fn named(node: &Node, reader: &mut Reader<'_>) -> Option<Capacity> {
    match known_early(node, reader.early).as_deref() {
        Some(INSTANCES) => Some(Capacity::Instances(Box::default())),
        Some(REGISTERED) => Some(Capacity::Registered),
        _ => provider(node, reader).map(Capacity::provider),
    }
}

/// The text of a value that is known now. `None`: it is known late, or it is no text.
fn known_early(node: &Node, early: &mut dyn Early) -> Option<String> {
    match &node.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Deferred(deferred) => {
            let mut text = String::new();
            for piece in deferred.pieces() {
                match piece {
                    Piece::Literal(literal) => text.push_str(literal),
                    Piece::Function(function) => text.push_str(early.resolve(function).ok()?.as_str()?),
                }
            }
            Some(text)
        }
        _ => None,
    }
}

fn provider(node: &Node, reader: &mut Reader<'_>) -> Option<Provider> {
    let Some(name) = known_early(node, reader.early) else {
        return reader.text(node).map(|name| Provider::Named(name.value));
    };
    match name.as_str() {
        "FARGATE" => return Some(Provider::Fargate),
        "FARGATE_SPOT" => return Some(Provider::FargateSpot),
        "EXTERNAL" => {
            reader
                .diagnostics
                .error(node.origin, "`EXTERNAL` is not available: machines of your own have neither the network interfaces nor the load balancers nor the name service that everything here is built on")
                .fix("run it on `FARGATE` or `EC2`");
        }
        // What these words begin is kept for AWS: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html
        other if ["aws", "ecs", "fargate"].iter().any(|word| starts_with(other, word)) || is_misspelt(other) => {
            let entry = reader.diagnostics.error(node.origin, format!("`{other}` is no capacity"));
            match suggestion(other, NAMES) {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry.fix(EXAMPLE),
            }
        }
        "" => {
            reader.diagnostics.error(node.origin, "the capacity is empty").fix(EXAMPLE);
        }
        _ => return reader.text(node).map(|name| Provider::Named(name.value)),
    }
    None
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

fn is_misspelt(text: &str) -> bool {
    [INSTANCES, REGISTERED].iter().any(|word| text.eq_ignore_ascii_case(word))
        || suggestion(text, ["FARGATE", "FARGATE_SPOT"]).is_some()
}

fn strategy(origin: Origin, items: Vec<Node>, given: &Given, reader: &mut Reader<'_>) -> Option<Capacity> {
    let count = items.len();
    let shares: Vec<Share> = items.into_iter().filter_map(|item| share(item, given, reader)).collect();
    if shares.len() < count {
        return None;
    }
    check(origin, &shares, reader.diagnostics).then_some(Capacity::Providers(shares))
}

fn share(item: Node, given: &Given, reader: &mut Reader<'_>) -> Option<Share> {
    let origin = item.origin;
    if !matches!(item.kind, Kind::Mapping(_)) {
        if refuse_instances(&item, reader) {
            return None;
        }
        return provider(&item, reader).map(|provider| Share { provider, base: None, weight: 1 });
    }
    let mut fields = given.map(item, "a map with `Provider`, `Base` and `Weight`", reader)?;
    let base = fields.known("Base", "a number of tasks", "1", reader);
    let weight = fields.known("Weight", "a number, the provider's part", "1", reader);
    let provider = match fields.take("Provider") {
        Some(node) if refuse_instances(&node, reader) => None,
        Some(node) => provider(&node, reader),
        None => {
            let key = given.spelling_of("Provider");
            reader.diagnostics.error(origin, format!("the part has no `{key}`")).fix(format!("add `{key}: FARGATE`"));
            None
        }
    };
    fields.finish(&SHARE_KEYS, reader.diagnostics);
    for (number, most) in [(&base, MOST_BASE), (&weight, MOST_WEIGHT)] {
        if let Some(number) = number.as_ref().filter(|number: &&Located<u32>| number.value > most) {
            reader
                .diagnostics
                .error(number.origin, format!("`{}` is more than ECS takes", number.value))
                .fix(format!("write a number from 0 to {most}"));
        }
    }
    Some(Share {
        provider: provider?,
        base: base.map(|base| base.value),
        weight: weight.map_or(1, |weight| weight.value),
    })
}

/// Whether a part of a list is no provider but instances, which is reported.
fn refuse_instances(node: &Node, reader: &mut Reader<'_>) -> bool {
    let (message, fix) = match known_early(node, reader.early).as_deref() {
        Some(INSTANCES) => (
            "instances that are made here cannot be part of a list",
            "write `EC2` alone; Spot and several types are said below it: `EC2: { Spot: true }`",
        ),
        Some(REGISTERED) => ("instances of no capacity provider cannot be part of a list", "write `REGISTERED` alone"),
        _ => return false,
    };
    reader.diagnostics.error(node.origin, message).fix(fix);
    true
}

/// What ECS demands of a strategy as a whole.
fn check(origin: Origin, shares: &[Share], diagnostics: &mut Diagnostics) -> bool {
    let is_mixed = |pair: &[Share]| matches!(pair, [one, other] if one.provider.machine() != other.provider.machine());
    let (message, fix) = if shares.is_empty() {
        ("the list of capacity providers is empty", EXAMPLE)
    } else if shares.len() > MOST_SHARES {
        ("ECS takes 20 capacity providers at most", "name fewer")
    } else if shares.windows(2).any(is_mixed) {
        ("a service runs on Fargate or on instances, not on both", "name providers of one kind only")
    } else if shares.iter().filter(|share| share.base.is_some_and(|base| base > 0)).count() > 1 {
        ("only one provider can run tasks before all others", "leave `Base` to one of them")
    } else if shares.iter().all(|share| share.weight == 0) {
        ("no provider has a part of the tasks", "give one of them a `Weight` of 1 or more")
    } else {
        return true;
    };
    diagnostics.error(origin, message).fix(fix);
    false
}

fn instances(node: Node, given: &Given, reader: &mut Reader<'_>) -> Option<Instances> {
    if node.is_null() {
        return Some(Instances::default());
    }
    let mut fields = given.map(node, "a map with `InstanceTypes`, `Min`, `Max` and the like", reader)?;
    let one = fields.take("InstanceType");
    let several = fields.take("InstanceTypes");
    if let (Some(one), Some(_)) = (&one, &several) {
        reader
            .diagnostics
            .error(one.origin, "`InstanceType` and `InstanceTypes` say the same")
            .fix("keep `InstanceTypes`, a list whose first is preferred");
    }
    let several = match several.map(|node| (node.kind, node.origin)) {
        Some((Kind::Sequence(items), _)) => items,
        Some((kind, origin)) => vec![Node::new(origin, kind)],
        None => Vec::new(),
    };
    let types = several.iter().chain(&one).filter_map(|node| instance_type(node, reader)).collect();
    let instances = Instances {
        name: fields.known::<String>("Name", "a name", "batch", reader).map(|name| name.value),
        types,
        minimum: count(&mut fields, "Min", reader),
        maximum: count(&mut fields, "Max", reader),
        spot: fields.known("Spot", "`true` or `false`", "true", reader).is_some_and(|spot| spot.value),
        image: fields.take("Ami").and_then(|node| image(&node, reader)),
        volume_size: bounded(&mut fields, "VolumeSize", "a number of GiB", 30, 16_384, reader),
        target: bounded(&mut fields, "TargetCapacity", "a percentage", 1, 100, reader),
        protected: fields
            .known("TerminationProtection", "`true` or `false`", "true", reader)
            .is_some_and(|protected| protected.value),
        attributes: fields.take("Attributes").map(|node| attributes(node, reader)).unwrap_or_default(),
        start_script: fields.text("UserData", reader).map(|script| script.value),
    };
    if let (Some(Expr::Known(least)), Some(Expr::Known(most))) = (&instances.minimum, &instances.maximum)
        && least > most
    {
        let origin = fields.origin();
        reader
            .diagnostics
            .error(origin, format!("there are to be {least} instances at least, and {most} at most"))
            .fix("let `Min` be no more than `Max`");
    }
    fields.finish(&INSTANCE_KEYS, reader.diagnostics);
    Some(instances)
}

fn instance_type(node: &Node, reader: &mut Reader<'_>) -> Option<Expr<String>> {
    let value = reader.text(node)?;
    // `t0.femto`: a family and a size.
    let is_type = |text: &str| {
        let mut parts = text.split('.');
        let is_part = |part: Option<&str>| {
            part.is_some_and(|part| {
                !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            })
        };
        is_part(parts.next()) && is_part(parts.next()) && parts.next().is_none()
    };
    if let Some(text) = value.value.known().filter(|text| !is_type(text)) {
        reader
            .diagnostics
            .error(value.origin, format!("`{text}` is no instance type"))
            .fix("write a family and a size, for example `m7i.large`");
        return None;
    }
    Some(value.value)
}

fn image(node: &Node, reader: &mut Reader<'_>) -> Option<Expr<String>> {
    let value = reader.text(node)?;
    let is_image = |text: &str| text.starts_with("ami-") || text.starts_with('/');
    if let Some(text) = value.value.known().filter(|text| !is_image(text)) {
        reader
            .diagnostics
            .error(
                value.origin,
                format!("`{text}` is neither the id of an image nor the name of a parameter that holds one"),
            )
            .fix("write `ami-…`, or the parameter's name with `/` at its start");
        return None;
    }
    Some(value.value)
}

fn count(fields: &mut Given, name: &str, reader: &mut Reader<'_>) -> Option<Expr<u32>> {
    let node = fields.take(name)?;
    reader.value(&node, "a number of instances").map(|count| count.value)
}

fn bounded(fields: &mut Given, name: &str, what: &str, least: u32, most: u32, reader: &mut Reader<'_>) -> Option<u32> {
    let number: Located<u32> = fields.known(name, what, &least.to_string(), reader)?;
    if !(least..=most).contains(&number.value) {
        reader
            .diagnostics
            .error(number.origin, format!("`{}` is not {what} from {least} to {most}", number.value))
            .fix(format!("write a number from {least} to {most}"));
    }
    Some(number.value)
}

/// Names and values of an instance's own attributes:
/// [their alphabet](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html).
fn attributes(node: Node, reader: &mut Reader<'_>) -> BTreeMap<String, String> {
    let Some(fields) = reader.fields(node, "a map of attributes by name") else { return BTreeMap::new() };
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_-./\\: @".contains(c);
    let mut attributes = BTreeMap::new();
    for (name, node) in fields.rest() {
        let Some(value) = reader.known_text(&node) else { continue };
        if name.is_empty() || !name.chars().chain(value.value.chars()).all(is_allowed) {
            reader
                .diagnostics
                .error(value.origin, format!("`{name}={}` cannot be an attribute of an instance", value.value))
                .fix("write letters, digits, hyphens, underscores, points and slashes");
            continue;
        }
        attributes.insert(name, value.value);
    }
    attributes
}
