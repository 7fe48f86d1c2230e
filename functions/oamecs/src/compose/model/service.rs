//! [Services](https://github.com/compose-spec/compose-spec/blob/main/05-services.md).

use std::collections::BTreeMap;

use super::super::Loader;
use super::bytes::bytes;
use super::cpus::cpus;
use super::deploy::COUNT;
use super::image;
use super::port::Exposed;
use super::restart::Restart;
use super::runtime::Runtime;
use super::ulimit;
use super::{
    Dependency, Deploy, Grant, Healthcheck, Labels, Link, Logging, Membership, Mount, Port, Tmpfs, VolumesFrom, labels,
};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::expression::Expr;
use crate::options::{self, Given};
use crate::program::container::{Bytes, Limit, MilliCpu};
use crate::program::platform::Options;
use crate::program::platform::Processor;

/// What keys begin with that are ours.
pub(super) const PREFIX: &str = "x-aws-";

/// A service. Each field is the attribute of its name; what is absent is `None` or empty.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its place.
    pub origin: Origin,
    /// [`build`](https://github.com/compose-spec/compose-spec/blob/main/build.md): that there is something to build, and the
    /// directory that it is built from.
    pub build: Option<Located<String>>,
    /// [`command`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#command), in words.
    pub command: Option<Located<Vec<Expr<String>>>>,
    /// [`configs`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#configs).
    pub configs: Vec<Grant>,
    /// [`container_name`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#container_name).
    pub container_name: Option<Located<String>>,
    /// [`cpus`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#cpus).
    pub cpus: Option<Located<MilliCpu>>,
    /// [`depends_on`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#depends_on), by service.
    pub depends_on: BTreeMap<String, Dependency>,
    /// [`deploy`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md).
    pub deploy: Option<Deploy>,
    /// [`entrypoint`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#entrypoint), in words.
    pub entrypoint: Option<Located<Vec<Expr<String>>>>,
    /// [`env_file`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#env_file): ARNs of objects; what files
    /// hold is in `environment`.
    pub env_file: Vec<Located<Expr<String>>>,
    /// [`environment`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#environment).
    pub environment: Labels,
    /// [`expose`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#expose).
    pub expose: Vec<Exposed>,
    /// [`healthcheck`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#healthcheck).
    pub healthcheck: Option<Healthcheck>,
    /// [`hostname`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#hostname).
    pub hostname: Option<Located<String>>,
    /// [`image`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#image).
    pub image: Option<Located<Expr<String>>>,
    /// [`init`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#init).
    pub init: Option<Located<bool>>,
    /// [`labels`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#labels).
    pub labels: Labels,
    /// [`links`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#links); each is in `depends_on` too.
    pub links: Vec<Link>,
    /// [`logging`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#logging).
    pub logging: Option<Logging>,
    /// [`mem_limit`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#mem_limit).
    pub mem_limit: Option<Located<Bytes>>,
    /// [`mem_reservation`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#mem_reservation).
    pub mem_reservation: Option<Located<Bytes>>,
    /// [`network_mode`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#network_mode).
    pub network_mode: Option<Located<String>>,
    /// [`networks`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#networks), by key.
    pub networks: Option<BTreeMap<String, Membership>>,
    /// [`platform`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#platform).
    pub platform: Option<Located<Processor>>,
    /// [`ports`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports).
    pub ports: Vec<Port>,
    /// [`read_only`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#read_only).
    pub read_only: Option<Located<bool>>,
    /// [`restart`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#restart).
    pub restart: Option<Located<Restart>>,
    /// What it asks of the kernel and of its machine.
    pub runtime: Runtime,
    /// [`scale`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#scale).
    pub scale: Option<Located<Expr<u32>>>,
    /// [`secrets`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#secrets).
    pub secrets: Vec<Grant>,
    /// [`stdin_open`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#stdin_open).
    pub stdin_open: Option<Located<bool>>,
    /// [`stop_grace_period`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#stop_grace_period), in
    /// seconds.
    pub stop_grace_period: Option<Located<u32>>,
    /// [`stop_signal`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#stop_signal).
    pub stop_signal: Option<Located<String>>,
    /// [`storage_opt`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#storage_opt): `size`.
    pub storage_size: Option<Located<Bytes>>,
    /// [`tmpfs`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#tmpfs).
    pub tmpfs: Vec<Tmpfs>,
    /// [`tty`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#tty).
    pub tty: Option<Located<bool>>,
    /// [`ulimits`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ulimits), by name.
    pub ulimits: BTreeMap<String, Located<Limit>>,
    /// [`user`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#user).
    pub user: Option<Located<Expr<String>>>,
    /// [`volumes`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes).
    pub volumes: Vec<Mount>,
    /// [`volumes_from`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes_from).
    pub volumes_from: Vec<VolumesFrom>,
    /// [`working_dir`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#working_dir).
    pub working_dir: Option<Located<Expr<String>>>,
    /// `x-aws-pull_credentials`: the secret with the user and password of the image's registry.
    pub pull_credentials: Option<Located<Expr<String>>>,
    /// `x-aws-secrets`: environment variables whose values are secrets.
    pub secret_variables: Labels,
    /// `x-aws-…`: options of the platform.
    pub options: Options,
}

impl Service {
    pub(super) fn read(node: Node, name: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        if node.is_null() {
            loader.reader.diagnostics.error(origin, format!("the service `{name}` is empty")).fix("add `image: …`");
            return None;
        }
        let what = format!("the service `{name}`, a map with `image`");
        let mut fields = loader.fields(node, &what, &format!("`{name}: {{ image: … }}`"))?;
        let options = options(&mut fields, loader);
        let links = fields.take("links").map(|node| Link::read(node, loader)).unwrap_or_default();
        let service = Self {
            origin,
            build: fields.take("build").map(|node| Located::new(node.origin, context(&node))),
            command: command(&mut fields, "command", loader),
            configs: fields.take("configs").map(|node| Grant::read(node, "configs", loader)).unwrap_or_default(),
            container_name: known_text(&mut fields, "container_name", loader),
            cpus: fields.take("cpus").and_then(|node| processors(&node, loader)),
            depends_on: Dependency::with_links(fields.take("depends_on"), &links, loader),
            deploy: fields.take("deploy").and_then(|node| Deploy::read(node, loader)),
            entrypoint: command(&mut fields, "entrypoint", loader),
            env_file: fields.take("env_file").map(|node| env_file(node, loader)).unwrap_or_default(),
            environment: fields
                .take("environment")
                .map(|node| labels::read(node, "variables", loader))
                .unwrap_or_default(),
            expose: fields.take("expose").map(|node| Exposed::read(node, loader)).unwrap_or_default(),
            healthcheck: fields.take("healthcheck").map(|node| Healthcheck::read(node, loader)),
            hostname: known_text(&mut fields, "hostname", loader),
            image: image(&mut fields, loader),
            init: flag(&mut fields, "init", loader),
            labels: fields.take("labels").map(|node| labels::read(node, "labels", loader)).unwrap_or_default(),
            links,
            logging: fields.take("logging").and_then(|node| Logging::read(node, loader)),
            mem_limit: fields.take("mem_limit").and_then(|node| memory(&node, loader)),
            mem_reservation: fields.take("mem_reservation").and_then(|node| memory(&node, loader)),
            network_mode: known_text(&mut fields, "network_mode", loader),
            networks: fields.take("networks").map(|node| Membership::read(node, loader)),
            platform: fields.take("platform").and_then(|node| platform(&node, loader)),
            ports: fields.take("ports").map(|node| Port::read(node, loader)).unwrap_or_default(),
            read_only: flag(&mut fields, "read_only", loader),
            restart: fields.take("restart").and_then(|node| Restart::read(&node, loader)),
            runtime: Runtime::read(&mut fields, loader),
            scale: fields.take("scale").and_then(|node| loader.count(&node, COUNT)),
            secrets: fields.take("secrets").map(|node| Grant::read(node, "secrets", loader)).unwrap_or_default(),
            stdin_open: flag(&mut fields, "stdin_open", loader),
            stop_grace_period: fields.take("stop_grace_period").and_then(|node| loader.seconds(&node)),
            stop_signal: known_text(&mut fields, "stop_signal", loader),
            storage_size: fields.take("storage_opt").and_then(|node| storage_size(node, loader)),
            tmpfs: fields.take("tmpfs").map(|node| Tmpfs::read(node, loader)).unwrap_or_default(),
            tty: flag(&mut fields, "tty", loader),
            ulimits: fields.take("ulimits").map(|node| ulimit::read(node, loader)).unwrap_or_default(),
            user: text(&mut fields, "user", loader),
            volumes: fields.take("volumes").map(|node| Mount::read(node, loader)).unwrap_or_default(),
            volumes_from: fields.take("volumes_from").map(|node| VolumesFrom::read(node, loader)).unwrap_or_default(),
            working_dir: text(&mut fields, "working_dir", loader),
            pull_credentials: text(&mut fields, "x-aws-pull_credentials", loader),
            secret_variables: fields
                .take("x-aws-secrets")
                .map(|node| labels::read(node, "secrets", loader))
                .unwrap_or_default(),
            options,
        };
        let left = fields.rest();
        debug_assert!(
            left.values().all(Node::is_null),
            "mapped in the support matrix, but not read: {:?}",
            left.keys()
        );
        Some(service)
    }
}

/// The directory that an image is built from; what is no path of the author's machine is the project's own.
fn context(build: &Node) -> String {
    let context = build.get("context").unwrap_or(build);
    match &context.kind {
        Kind::Text(context) if !context.contains("://") => context.clone(),
        _ => ".".to_owned(),
    }
}

/// The ARNs that reading the files left.
fn env_file(node: Node, loader: &mut Loader<'_, '_, '_>) -> Vec<Located<Expr<String>>> {
    let items = loader.reader.items(node, "a list of ARNs").unwrap_or_default();
    items.iter().filter_map(|item| loader.text(item)).collect()
}

/// The options of the platform among the attributes of a service.
fn options(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Options {
    let mut given = Given::among(fields, &options::KEYS, PREFIX);
    options::read(&mut given, loader.reader)
}

fn text(fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Expr<String>>> {
    fields.take(key).and_then(|node| loader.text(&node))
}

fn known_text(fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Located<String>> {
    fields.take(key).and_then(|node| loader.reader.known_text(&node)).filter(|text| !text.value.is_empty())
}

fn flag(fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Located<bool>> {
    fields.take(key).and_then(|node| loader.reader.any_bool(&node))
}

/// The image. An empty text stands in for one that an error was reported for, so that it is not missed besides.
fn image(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Expr<String>>> {
    let node = fields.take("image")?;
    let reported = Some(Located::new(node.origin, Expr::from("")));
    if matches!(node.kind, Kind::Sequence(_) | Kind::Mapping(_)) {
        let example = match &node.kind {
            Kind::Sequence(items) => match items.as_slice() {
                [Node { kind: Kind::Text(image), .. }] => format!("`image: {image}`"),
                _ => "one image, for example `image: nginx:1.27`".to_owned(),
            },
            _ => "for example `image: nginx:1.27`".to_owned(),
        };
        loader.shape::<()>(&node, "text", &example);
        return reported;
    }
    let Some(image) = loader.reader.text(&node) else { return reported };
    if let Some(fault) = image.value.known().and_then(|text| image::fault(text)) {
        loader.reader.diagnostics.error(image.origin, fault.message).fix(fault.fix);
        return reported;
    }
    Some(image)
}

fn command(fields: &mut Fields, key: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Vec<Expr<String>>>> {
    let node = fields.take(key)?;
    let origin = node.origin;
    let example = format!("for example `{key}: [\"sh\", \"-c\", \"…\"]`");
    let words = loader.words(node, "a line, or a list of words", &example)?;
    if words.is_empty() {
        loader
            .reader
            .diagnostics
            .error(origin, format!("an empty `{key}` would take the image's own away, which ECS cannot"))
            .fix(format!("remove `{key}`, or write what is to run instead"));
        return None;
    }
    Some(Located::new(origin, words))
}

pub(super) fn processors(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<MilliCpu>> {
    let value = loader.parsed(node, cpus, "a number of processors", "write a decimal number, for example `0.5`")?;
    // For Docker 0 is no limit.
    Some(value).filter(|value| value.value.0 > 0)
}

pub(super) fn memory(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Bytes>> {
    let fix = "write a number with its unit, for example `512m` or `1.5g`";
    let parse = |text: &str| bytes(text).map(|bytes| (bytes, text.trim().to_owned()));
    let Located { origin, value: (amount, text) } = loader.parsed(node, parse, "an amount of memory", fix)?;
    match amount {
        Bytes(0) => None,
        Bytes(bytes) if bytes < LEAST_MEMORY => {
            // A number without a unit was meant to have one.
            let fix = match text.parse::<u64>() {
                Ok(number @ 1..6) => format!("write `{number}g`"),
                Ok(number @ 6..=131_072) => format!("write `{number}m`"),
                _ => "write `6m` or more".to_owned(),
            };
            let message = format!("`{text}` is {bytes} bytes, and a container takes at least 6 MiB");
            loader.reader.diagnostics.error(origin, message).fix(fix);
            None
        }
        amount => Some(Located::new(origin, amount)),
    }
}

/// The size of a container's disk.
fn storage_size(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Bytes>> {
    let mut fields = loader.fields(node, "a map of options", "for example `storage_opt: { size: 50g }`")?;
    let node = fields.take("size")?;
    loader.parsed(&node, bytes, "a size of a disk", "write a number with its unit, for example `50g`")
}

/// What a container takes at least: 6 MiB, for Docker and for ECS.
const LEAST_MEMORY: u64 = 6 << 20;

fn platform(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Processor>> {
    let text = loader.reader.known_text(node)?;
    let name = text.value.to_ascii_lowercase();
    let processor = match name.as_str() {
        "linux" | "linux/amd64" | "linux/x86_64" | "linux/x86-64" | "amd64" | "x86_64" => Processor::Amd64,
        "linux/arm64" | "linux/arm64/v8" | "linux/aarch64" | "arm64" | "arm64/v8" | "aarch64" => Processor::Arm64,
        _ => {
            let message = if name.starts_with("windows") {
                format!(
                    "`{}` is not available: what is made here, from name service to volumes, is for Linux",
                    text.value
                )
            } else {
                format!("`{}` is not a platform that ECS has", text.value)
            };
            loader
                .reader
                .diagnostics
                .error(text.origin, message)
                .fix("use an image for `linux/amd64` or `linux/arm64`");
            return None;
        }
    };
    Some(Located::new(text.origin, processor))
}
