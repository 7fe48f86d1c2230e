//! How health is found out: by a load balancer where there is one, else by ECS in the container itself.
//!
//! On Kubernetes one probe starts a container again and another keeps calls from it. ECS replaces a task whose container, or whose
//! target, is unhealthy; so a container that a load balancer reaches is asked what tells whether it can be called, and any
//! other what tells whether it lives.

use std::ops::RangeInclusive;

use crate::diagnostic::{Diagnostics, Located};
use crate::expression::{Expr, Piece, concatenate};
use crate::oam::model::Container;
use crate::oam::model::probe::{Check, Probe as Asked};
use crate::program::exposure::Protocol;
use crate::program::probe::Command;
use crate::program::reach::HealthProtocol;
use crate::program::{Exposure, Probe};

/// What oam-ecs took where nothing is said: a probe's own seconds between checks are those of the specification, while its
/// single second of patience is less than ECS takes.
const PERIOD: u32 = 10;
const TIMEOUT: u32 = 2;
const RETRIES: u32 = 3;

/// What it took for load balancers besides.
const BALANCER_TIMEOUT: u32 = 6;
const BALANCER_SUCCESSES: u32 = 2;

/// Seconds of grace that a service behind a load balancer has where nothing is said; delays of probes only make it longer.
const GRACE: u32 = 300;

/// The method of gRPC's own health service, and the code of its good answers.
const GRPC_HEALTH: &str = "/grpc.health.v1.Health/Check";
const GRPC_OK: &str = "0";

/// What load balancers take.
const BALANCER_PERIODS: RangeInclusive<u32> = 5..=300;
const BALANCER_TIMEOUTS: RangeInclusive<u32> = 2..=120;
const BALANCER_COUNTS: RangeInclusive<u32> = 2..=10;

/// Has a load balancer ask what the container's probes do.
pub(super) fn of_balancer(container: &Container, exposure: &mut Exposure, diagnostics: &mut Diagnostics) {
    let (readiness, liveness, startup) = (&container.readiness, &container.liveness, &container.startup);
    let health = &mut exposure.reach.health;
    let delays = readiness.iter().chain(liveness).filter_map(|probe| probe.initial_delay.clone());
    let longest = delays.chain(startup.iter().map(start_of)).max_by_key(|delay| delay.value);
    if let Some(longest) = longest.filter(|longest| longest.value > GRACE) {
        health.grace.get_or_insert(longest);
    }
    let asks = |probe: &&Asked| !matches!(probe.check, Check::Exec(_));
    let Some(probe) = readiness.iter().chain(liveness).find(asks) else { return };
    if let Some(liveness) = liveness.as_ref().filter(asks).filter(|liveness| !is_same(&probe.check, &liveness.check)) {
        diagnostics.note(
            liveness.origin,
            "a load balancer asks one thing, and that is `readinessProbe`: a task that fails it is replaced",
        );
    }
    let Asked { origin, check, initial_delay: _, period, timeout, success_threshold, failure_threshold } = probe;
    let is_http = exposure.protocol != Some(Protocol::Opaque);
    match check {
        Check::HttpGet { path, port, headers, is_https } => {
            if let Some((name, _)) = headers.first() {
                diagnostics
                    .note(name.origin, format!("a load balancer sends no header `{}` with its checks", name.value));
            }
            let spoken = if *is_https { HealthProtocol::Https } else { HealthProtocol::Http };
            health.path.get_or_insert_with(|| path.clone());
            health.protocol.get_or_insert(Located::new(path.origin, spoken));
            if port.value != exposure.target {
                health.port.get_or_insert(port.clone());
            }
        }
        // What answers it speaks gRPC.
        Check::Grpc { port } if is_http && port.value == exposure.target => {
            exposure.protocol = Some(Protocol::Grpc);
            health.path.get_or_insert_with(|| Located::new(port.origin, GRPC_HEALTH.into()));
            health.codes.get_or_insert_with(|| Located::new(port.origin, GRPC_OK.to_owned()));
        }
        Check::TcpSocket { .. } if exposure.protocol == Some(Protocol::Grpc) => {}
        Check::TcpSocket { port } | Check::Grpc { port } if is_http => {
            diagnostics
                .note(
                    port.origin,
                    "a load balancer for HTTP requests a path and does not just connect: it requests `/`",
                )
                .fix("write an `httpGet` probe of a path that is answered with 200 to 399");
        }
        Check::TcpSocket { port } | Check::Grpc { port } => {
            health.protocol.get_or_insert(Located::new(port.origin, HealthProtocol::Tcp));
            if port.value != exposure.target {
                health.port.get_or_insert(port.clone());
            }
        }
        // It is run in the container.
        Check::Exec(_) => {}
    }
    let interval =
        fit(period.as_ref(), PERIOD, BALANCER_PERIODS, "a load balancer checks every 5 to 300 seconds", diagnostics);
    let longest = interval.saturating_sub(1).clamp(*BALANCER_TIMEOUTS.start(), *BALANCER_TIMEOUTS.end());
    let timeout = fit(
        // One second is the specification's own value, which says nothing.
        timeout.as_ref().filter(|timeout| timeout.value != 1),
        BALANCER_TIMEOUT,
        *BALANCER_TIMEOUTS.start()..=longest,
        "a load balancer waits for 2 to 120 seconds, and less than from one check to the next",
        diagnostics,
    );
    let counts = "a load balancer counts 2 to 10 checks";
    let successes = success_threshold.as_ref().filter(|threshold| threshold.value > 1);
    let healthy = fit(successes, BALANCER_SUCCESSES, BALANCER_COUNTS, counts, diagnostics);
    let unhealthy = fit(failure_threshold.as_ref(), RETRIES, BALANCER_COUNTS, counts, diagnostics);
    for (own, value) in [
        (&mut health.interval, interval),
        (&mut health.timeout, timeout),
        (&mut health.healthy, healthy),
        (&mut health.unhealthy, unhealthy),
    ] {
        own.get_or_insert(Located::new(*origin, value));
    }
}

/// Whether two probes ask the same.
fn is_same(one: &Check, other: &Check) -> bool {
    match (one, other) {
        (Check::HttpGet { path, port, .. }, Check::HttpGet { path: other_path, port: other_port, .. }) => {
            path == other_path && port == other_port
        }
        (Check::TcpSocket { port }, Check::TcpSocket { port: other })
        | (Check::Grpc { port }, Check::Grpc { port: other }) => port == other,
        _ => false,
    }
}

/// Seconds that a container has to start, by the probe for that.
fn start_of(probe: &Asked) -> Located<u32> {
    let tries = probe.failure_threshold.as_ref().map_or(RETRIES, |tries| tries.value);
    let period = probe.period.as_ref().map_or(PERIOD, |period| period.value);
    let delay = probe.initial_delay.as_ref().map_or(0, |delay| delay.value);
    Located::new(probe.origin, tries.saturating_mul(period).saturating_add(delay))
}

/// The check that ECS makes in the container.
pub(super) fn of_container(
    liveness: Option<Asked>,
    readiness: Option<Asked>,
    startup: Option<Asked>,
    is_balanced: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Probe> {
    let start = startup.as_ref().map(start_of);
    // What asks from outside is the load balancer's.
    let is_left = |probe: &Asked| !is_balanced || matches!(probe.check, Check::Exec(_));
    let both = liveness.is_some() && readiness.is_some();
    let probe = match (liveness.filter(is_left), readiness.filter(is_left)) {
        (Some(liveness), readiness) => {
            if let Some(readiness) = readiness.filter(|_| both) {
                diagnostics.note(
                    readiness.origin,
                    "readiness has no effect here: ECS knows one check of a container, and that is `livenessProbe`",
                );
            }
            liveness
        }
        (None, Some(readiness)) if !both => {
            diagnostics.note(
                readiness.origin,
                "ECS knows one check of a container: one that is not ready in time is started anew",
            );
            readiness
        }
        (None, _) => startup.filter(is_left)?,
    };
    let Asked { origin, check, initial_delay, period, timeout, success_threshold, failure_threshold } = probe;
    if let Some(threshold) = success_threshold.filter(|threshold| threshold.value > 1) {
        diagnostics.note(threshold.origin, "ECS takes a container for healthy after one success");
    }
    let start_period = match (initial_delay, start) {
        (Some(delay), Some(start)) => Some(if delay.value >= start.value { delay } else { start }),
        (delay, start) => delay.or(start),
    };
    let timeout = timeout.filter(|timeout| timeout.value > 1);
    let mut within = |asked: Option<Located<u32>>, default: u32, bounds: RangeInclusive<u32>, what: &str| {
        let asked = asked.unwrap_or(Located::new(origin, default));
        let fitting = asked.value.clamp(*bounds.start(), *bounds.end());
        if fitting != asked.value {
            diagnostics.note(asked.origin, format!("{what}: `{}` becomes `{fitting}`", asked.value));
        }
        Some(Located::new(asked.origin, fitting))
    };
    let interval = within(period, PERIOD, 5..=300, "ECS checks a container every 5 to 300 seconds");
    let timeout = within(timeout, TIMEOUT, 2..=60, "ECS waits for a check for 2 to 60 seconds");
    let retries = within(failure_threshold, RETRIES, 1..=10, "ECS counts 1 to 10 failures of a container");
    let start_period = within(start_period, 0, 0..=300, "ECS gives a container at most 300 seconds to start");
    Some(Probe { origin, command: command(check, diagnostics), interval, timeout, retries, start_period, http: None })
}

/// What is run in the container to ask what a probe asks.
fn command(check: Check, diagnostics: &mut Diagnostics) -> Command {
    match check {
        Check::Exec(words) => Command::Program(words),
        Check::HttpGet { path, port, headers, is_https } => {
            diagnostics.note(
                path.origin,
                "ECS runs checks in the container: its image must have `curl` or `wget` for this one",
            );
            let scheme = if is_https { "https" } else { "http" };
            let mut curl = vec![Piece::Literal("curl -fsk".to_owned())];
            let mut wget = vec![Piece::Literal("wget -q --spider".to_owned())];
            for (name, value) in headers {
                for (pieces, option) in [(&mut curl, "-H"), (&mut wget, "--header")] {
                    pieces.push(Piece::Literal(format!(" {option} '{}: ", name.value)));
                    pieces.extend(quoted(&value));
                    pieces.push(Piece::Literal("'".to_owned()));
                }
            }
            for pieces in [&mut curl, &mut wget] {
                pieces.push(Piece::Literal(format!(" '{scheme}://localhost:{}", port.value)));
                pieces.extend(quoted(&path.value));
            }
            curl.push(Piece::Literal("' || ".to_owned()));
            curl.append(&mut wget);
            curl.push(Piece::Literal("' || exit 1".to_owned()));
            Command::Shell(concatenate(curl))
        }
        Check::TcpSocket { port } => {
            diagnostics
                .note(port.origin, "ECS runs checks in the container: its image must have `nc` or `bash` for this one");
            let port = port.value;
            Command::Shell(format!("nc -z localhost {port} || bash -c '</dev/tcp/localhost/{port}' || exit 1").into())
        }
        Check::Grpc { port } => {
            diagnostics.note(
                port.origin,
                "ECS runs checks in the container: its image must have `grpc_health_probe` for this one",
            );
            let address = format!("-addr=localhost:{}", port.value);
            Command::Program(vec!["grpc_health_probe".into(), address.into()])
        }
    }
}

/// Text between single quotes of a shell.
fn quoted(text: &Expr<String>) -> Vec<Piece> {
    let quote = |text: &str| Piece::Literal(text.replace('\'', "'\\''"));
    match text {
        Expr::Known(text) => vec![quote(text)],
        Expr::Deferred(deferred) => deferred
            .pieces()
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => quote(text),
                Piece::Function(_) => piece.clone(),
            })
            .collect(),
    }
}

/// The nearest value to what is asked for that there is, noted where it is another; to the default where nothing is asked for.
fn fit(
    asked: Option<&Located<u32>>,
    default: u32,
    bounds: RangeInclusive<u32>,
    why: &str,
    diagnostics: &mut Diagnostics,
) -> u32 {
    let value = asked.map_or(default, |asked| asked.value);
    let fitting = value.clamp(*bounds.start(), *bounds.end());
    if let Some(asked) = asked.filter(|_| value != fitting) {
        diagnostics.note(asked.origin, format!("{why}: `{value}` becomes `{fitting}`"));
    }
    fitting
}
