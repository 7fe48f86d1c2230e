//! Where output goes: one log group an application, unless a workload says otherwise, and a stream for each container of each
//! task; or to a driver of another, or through a container that sends it on.
//!
//! In: an application. Out: a [`Destination`] for each workload, which its containers and its execution role name.

use std::collections::{BTreeMap, BTreeSet};

use super::role::Role;
use super::scope::Scope;
use super::secret::Secrets;
use super::{placement, tags};
use crate::cloudformation::resource::ecs::{LogConfiguration, LogDriver, Secret};
use crate::cloudformation::resource::logs::LogGroup;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, Keep, LogicalId};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::{Expr, Piece, concatenate};
use crate::gather::Gather;
use crate::program::platform::{Driver, Log, Logs, Machine, Retention};
use crate::program::{Application, Container, Workload};

/// Days for which output is kept.
const RETENTION: u32 = 30;

/// Where `CloudWatch` Logs has the output of a workload.
#[derive(Clone, Debug)]
pub(super) struct Destination {
    /// The name of the log group.
    pub(super) group: Text,
    /// Its ARN with `:*` at its end, as the streams in it are what is written to.
    pub(super) arn: Text,
    /// What the names of its streams begin with: streams are called `<prefix>/<container>/<task>`.
    pub(super) prefix: Text,
}

/// Makes the log groups of an application. What was logged is kept when the stack goes.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    application: &Application,
    attributes: &mut Attributes,
) -> BTreeMap<String, Destination> {
    let Logs { given, name: _, key: _, retention: _ } = &application.logs;
    check_given(given.as_ref(), &application.logs, scope.diagnostics);
    let mut shared: Option<(Text, Text)> = None;
    let mut destinations = BTreeMap::new();
    let mut names = BTreeSet::new();
    for (name, workload) in &application.workloads {
        let own = own(workload);
        check_given(own.given.as_ref(), &own, scope.diagnostics);
        let (group, arn) = if let Some(given) = &own.given {
            existing(&given.value)
        } else if is_apart(&own, &application.logs) {
            let tags = tags::fit(&workload.tags, workload.origin, &mut Diagnostics::default());
            let logs = own.or(Logs { given: None, name: None, ..application.logs.clone() });
            check_name(logs.name.as_ref(), &mut names, scope.diagnostics);
            made(&group(&mut scope.tagged(&tags), Some(name), workload.origin, &logs))
        } else {
            let known = shared.take().unwrap_or_else(|| {
                if let Some(given) = given {
                    return existing(&given.value);
                }
                check_name(application.logs.name.as_ref(), &mut names, scope.diagnostics);
                made(&group(scope, None, application.origin, &application.logs))
            });
            shared.insert(known).clone()
        };
        let prefix = workload.platform.log_prefix.as_ref();
        let prefix = prefix.map_or_else(|| name.clone().into(), |prefix| (&prefix.value).into());
        destinations.insert(name.clone(), Destination { group, arn, prefix });
    }
    if let Some((group, _)) = shared {
        attributes.insert("LogGroup".to_owned(), group);
    }
    destinations
}

/// What a workload says of a log group of its own.
fn own(workload: &Workload) -> Logs {
    let options = &workload.platform;
    Logs {
        given: options.log_group.clone(),
        name: options.log_group_name.clone(),
        key: options.log_kms_key.clone(),
        retention: options.log_retention.clone(),
    }
}

/// Whether what a workload says takes a log group apart from that of its application.
fn is_apart(own: &Logs, shared: &Logs) -> bool {
    let Logs { given: _, name, key, retention } = own;
    let differs = |own: &Option<Located<Expr<String>>>, shared: &Option<Located<Expr<String>>>| {
        own.as_ref().is_some_and(|own| shared.as_ref().is_none_or(|shared| shared.value != own.value))
    };
    let kept = retention.as_ref().is_some_and(|own| days(Some(own)) != days(shared.retention.as_ref()));
    differs(name, &shared.name) || differs(key, &shared.key) || kept
}

/// Nothing is changed on a log group that exists.
fn check_given(given: Option<&Located<Expr<String>>>, logs: &Logs, diagnostics: &mut Diagnostics) {
    if given.is_none() {
        return;
    }
    let places = [
        logs.name.as_ref().map(|name| name.origin),
        logs.key.as_ref().map(|key| key.origin),
        logs.retention.as_ref().map(|retention| retention.origin),
    ];
    for origin in places.into_iter().flatten() {
        diagnostics.note(origin, "this has no effect: the logs go to a group that exists, which is not changed");
    }
}

fn check_name(name: Option<&Located<Expr<String>>>, names: &mut BTreeSet<String>, diagnostics: &mut Diagnostics) {
    let Some(name) = name else { return };
    if let Some(text) = name.value.known() {
        let is_allowed = |character: char| character.is_ascii_alphanumeric() || "._-/#".contains(character);
        if text.is_empty() || text.len() > 512 || !text.chars().all(is_allowed) {
            diagnostics
                .error(name.origin, format!("`{text}` is no name for a log group"))
                .fix("write letters, digits and `._-/#`, 512 at most");
        }
        if !names.insert(text.clone()) {
            diagnostics
                .error(name.origin, format!("two log groups would be called `{text}`"))
                .fix("give it once, under `Defaults`, and the services share it");
        }
    }
    diagnostics.advice(
        name.origin,
        "the log group is kept when the stack is deleted, and its name is taken until somebody deletes it: to go on with it in another stack, give it as `LogGroup`",
    );
}

fn days(retention: Option<&Located<Retention>>) -> Option<u32> {
    match retention.map(|retention| retention.value) {
        None => Some(RETENTION),
        Some(Retention::Days(days)) => Some(days),
        Some(Retention::Forever) => None,
    }
}

fn group(scope: &mut Scope<'_>, workload: Option<&str>, origin: Origin, logs: &Logs) -> LogicalId {
    let Logs { given: _, name, key, retention } = logs;
    let text = |text: &Option<Located<Expr<String>>>| text.as_ref().map(|text| (&text.value).into());
    let properties =
        LogGroup { retention_in_days: days(retention.as_ref()), log_group_name: text(name), kms_key_id: text(key) };
    let added = match workload {
        Some(name) => scope.add_for(name, Role::Logs, origin, &properties),
        None => scope.add(Role::LogGroup, origin, &properties),
    };
    // Others may write to what has a name without referring to it.
    let added = if name.is_some() { added } else { added.on_demand() };
    added.kept(Keep::Record).id()
}

/// The name and the ARN of a group that is made.
fn made(id: &LogicalId) -> (Text, Text) {
    (Function::reference(id).into(), Function::GetAtt(id.clone(), "Arn").into())
}

/// The name and the ARN of a group that exists. What a function gives is its name, as `Ref` of a group does.
fn existing(given: &Expr<String>) -> (Text, Text) {
    let name = given.known().and_then(|arn| arn.split_once(":log-group:"));
    let Some((start, name)) = name else { return (given.into(), arn(given, None)) };
    let name = name.split(':').next().unwrap_or(name);
    (name.to_owned().into(), format!("{start}:log-group:{name}:*").into())
}

/// The ARN of a log group by its name, in the stack's Region or another.
pub(super) fn arn(group: &Expr<String>, region: Option<&Expr<String>>) -> Text {
    let function = |name: &str| Piece::Function(serde_json::json!({ "Ref": name }));
    let literal = |text: &str| Piece::Literal(text.to_owned());
    let pieces = |text: &Expr<String>| match text {
        Expr::Known(text) => vec![literal(text)],
        Expr::Deferred(deferred) => deferred.pieces().to_vec(),
    };
    let region = region.map_or_else(|| vec![function("AWS::Region")], pieces);
    let mut arn = vec![literal("arn:"), function("AWS::Partition"), literal(":logs:")];
    arn.extend(region);
    arn.extend([literal(":"), function("AWS::AccountId"), literal(":log-group:")]);
    arn.extend(pieces(group));
    arn.push(literal(":*"));
    Text::from(&concatenate(arn))
}

/// How a container logs whose output goes to `CloudWatch` Logs.
pub(super) fn to_cloud_watch(
    destination: &Destination,
    options: &BTreeMap<String, Located<Expr<String>>>,
) -> LogConfiguration {
    let mut all = BTreeMap::from([
        ("awslogs-group".into(), destination.group.clone()),
        ("awslogs-region".into(), Function::Pseudo("AWS::Region").into()),
        ("awslogs-stream-prefix".into(), destination.prefix.clone()),
    ]);
    all.extend(options.iter().map(|(name, value)| (name.clone().into(), (&value.value).into())));
    LogConfiguration { log_driver: LogDriver::Awslogs, options: all, secret_options: Vec::new() }
}

/// What takes the output of a container of a workload.
pub(super) fn driver(container: &Container, workload: &Workload) -> Driver {
    match &container.log {
        Some(log) => log.driver,
        None if workload.platform.firelens.is_some() => Driver::Router,
        None => Driver::CloudWatch,
    }
}

/// Whether a container writes to the log group of its workload, and to no other.
pub(super) fn is_in_group(container: &Container, workload: &Workload) -> bool {
    let names_other = || container.log.as_ref().is_some_and(|log| log.options.contains_key("awslogs-group"));
    driver(container, workload) == Driver::CloudWatch && !names_other()
}

/// How a container of a workload logs; `None`: its output is lost.
pub(super) fn configuration(
    container: &Container,
    workload: &Workload,
    destination: &Destination,
    secrets: &Secrets,
    diagnostics: &mut Diagnostics,
) -> Option<LogConfiguration> {
    let none = BTreeMap::new();
    let router = workload.platform.firelens.as_ref().map_or(&none, |router| &router.value.options);
    let (options, secret_options) = match &container.log {
        Some(Log { origin: _, driver: _, options, secrets }) => (options, Some(secrets)),
        None => (router, None),
    };
    let driver = driver(container, workload);
    let log_driver = match driver {
        Driver::Nowhere => return None,
        Driver::CloudWatch => {
            return Some(to_cloud_watch(destination, if container.log.is_some() { options } else { &none }));
        }
        Driver::Router => LogDriver::Awsfirelens,
        Driver::Splunk => LogDriver::Splunk,
        Driver::Fluentd => LogDriver::Fluentd,
        Driver::Gelf => LogDriver::Gelf,
        Driver::Journald => LogDriver::Journald,
        Driver::JsonFile => LogDriver::JsonFile,
        Driver::Syslog => LogDriver::Syslog,
    };
    if let Some(log) = &container.log {
        check_driver(driver, &written(log_driver), workload, log.origin, diagnostics);
    }
    let secret_options = secret_options
        .into_iter()
        .flatten()
        .filter_map(|(name, part)| Some(Secret { name: name.clone(), value_from: secrets.value_from(&part.value)? }));
    Some(LogConfiguration {
        log_driver,
        options: options.iter().map(|(name, value)| (name.clone().into(), (&value.value).into())).gather(),
        secret_options: secret_options.collect(),
    })
}

/// Fargate has few drivers; instances have those that their agent knows of.
fn check_driver(driver: Driver, name: &str, workload: &Workload, origin: Origin, diagnostics: &mut Diagnostics) {
    let is_everywhere = matches!(driver, Driver::CloudWatch | Driver::Router | Driver::Splunk | Driver::Nowhere);
    match workload.machine() {
        Machine::Fargate if !is_everywhere => {
            diagnostics
                .error(origin, format!("Fargate has no log driver `{name}`"))
                .fix("remove it, and the output goes to CloudWatch Logs; or write `driver: awsfirelens`, and a log router sends it on");
        }
        Machine::Instance if is_extra(driver) && !placement::are_made(workload) => {
            diagnostics.advice(
                origin,
                format!("the instances must know the log driver `{name}`: those of AWS's images do where `ECS_AVAILABLE_LOGGING_DRIVERS` in `/etc/ecs/ecs.config` lists it"),
            );
        }
        Machine::Instance | Machine::Fargate => {}
    }
}

/// Whether a driver is none of those that the [images of AWS](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html)
/// are set up for.
fn is_extra(driver: Driver) -> bool {
    match driver {
        Driver::Gelf | Driver::Journald | Driver::Splunk => true,
        Driver::CloudWatch | Driver::Fluentd | Driver::JsonFile | Driver::Nowhere | Driver::Router | Driver::Syslog => {
            false
        }
    }
}

/// Whether a workload needs instances that are set up for its log drivers.
pub(super) fn needs_setup(workload: &Workload) -> bool {
    workload.containers().any(|container| is_extra(driver(container, workload)))
}

fn written(driver: LogDriver) -> String {
    serde_json::to_value(driver).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
