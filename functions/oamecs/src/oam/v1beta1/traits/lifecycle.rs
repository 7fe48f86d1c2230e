//! How containers start and stop: `lifecycle`, `startup-probe`.

use super::super::super::Loader;
use super::super::super::model::Component;
use crate::diagnostic::{Located, Origin};
use crate::document::Fields;
use crate::expression::Expr;

/// What shells are called.
const SHELLS: [&str; 3] = ["sh", "bash", "ash"];

impl Loader<'_, '_, '_> {
    /// Reads what is to happen before a container stops. On Kubernetes most often it sleeps, until no requests come any more; ECS
    /// takes a task out of its load balancer, and waits, before it asks it to stop.
    pub(in crate::oam) fn lifecycle(&mut self, mut fields: Fields) {
        let Some(mut hook) = self.map(fields.take("preStop"), "a map with `exec`") else { return };
        let Some(mut exec) = self.map(hook.take("exec"), "a map with `command`") else { return };
        let Some(command) = self.words(exec.take("command")) else { return };
        let Located { origin, value: words } = command;
        if sleeps(&words) {
            self.note_sleep(origin);
            return;
        }
        self.reader
            .diagnostics
            .error(origin, "`preStop` is not available on ECS: it runs no command in a container that is to stop")
            .fix("do it in the program, when it gets `SIGTERM`");
    }

    pub(in crate::oam) fn note_sleep(&mut self, origin: Origin) {
        let message = "`preStop` has no effect: ECS takes a task out of its load balancer, and waits until its requests are answered, before it asks it to stop";
        self.reader.diagnostics.note(origin, message);
    }

    /// Sets the probes of containers that tell whether they have started.
    pub(super) fn startup_probe(&mut self, fields: Fields, component: &mut Component) {
        for (index, fields) in self.of_containers(fields, "probes", component) {
            let Some(container) = component.pod.containers.get_mut(index) else { continue };
            if let Some(probe) = self.probe_of(fields, &container.ports) {
                container.startup = Some(probe);
            }
        }
    }
}

/// Whether all that a command does is to wait.
fn sleeps(words: &[Expr<String>]) -> bool {
    let words: Option<Vec<&str>> = words.iter().map(|word| word.known().map(String::as_str)).collect();
    let words = words.unwrap_or_default();
    let name = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    match words.as_slice() {
        [program, _] if name(program) == "sleep" => true,
        [shell, "-c", script] if SHELLS.contains(&name(shell).as_str()) => {
            let parts: Vec<&str> = script.split_whitespace().collect();
            matches!(parts.as_slice(), [program, seconds] if name(program) == "sleep" && seconds.parse::<f64>().is_ok())
        }
        _ => false,
    }
}
