//! The health check of a container, within the bounds of
//! [ECS](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html).

use crate::cloudformation::resource::ecs::HealthCheck;
use crate::cloudformation::value::Text;
use crate::diagnostic::Diagnostics;
use crate::program::Probe;
use crate::program::probe::Command;

/// A number of a health check: what ECS takes, in seconds or times.
struct Bound {
    name: &'static str,
    least: u32,
    most: u32,
}

const INTERVAL: Bound = Bound { name: "the seconds between checks", least: 5, most: 300 };
const TIMEOUT: Bound = Bound { name: "the seconds that a check may take", least: 2, most: 120 };
const RETRIES: Bound = Bound { name: "the failures in a row that make a container unhealthy", least: 1, most: 10 };
const START_PERIOD: Bound = Bound { name: "the seconds at the start in which failures do not count", least: 0, most: 300 };

/// Lowers a probe.
pub(super) fn health_check(probe: &Probe, diagnostics: &mut Diagnostics) -> HealthCheck {
    // What the probe asks of HTTP is for the load balancer: `load_balancer/target_group.rs`.
    let Probe { origin: _, command, interval, timeout, retries, start_period, http: _ } = probe;
    let command: Vec<Text> = match command {
        Command::Program(words) => std::iter::once("CMD".into()).chain(words.iter().map(Text::from)).collect(),
        Command::Shell(line) => vec!["CMD-SHELL".into(), line.into()],
    };
    let mut fit = |value: Option<u32>, bound: &Bound| value.map(|value| bound.fit(value, probe, diagnostics).into());
    HealthCheck {
        command,
        interval: fit(*interval, &INTERVAL),
        timeout: fit(*timeout, &TIMEOUT),
        retries: fit(*retries, &RETRIES),
        start_period: fit(*start_period, &START_PERIOD),
    }
}

impl Bound {
    /// The nearest value that ECS takes. Rarer or more patient checks are noted; less patience than the author asked for
    /// would stop healthy containers, so that is an error.
    fn fit(&self, value: u32, probe: &Probe, diagnostics: &mut Diagnostics) -> u32 {
        let Self { name, least, most } = self;
        if value > *most {
            diagnostics
                .error(probe.origin, format!("{name} are {value}, and ECS takes {most} at most"))
                .fix(format!("write {most} or less, and check more seldom or wait longer at the start instead"));
        } else if value < *least {
            diagnostics.note(probe.origin, format!("{name} are {value}, and ECS takes {least} at least: {least} it is"));
        }
        value.clamp(*least, *most)
    }
}
