//! When a `CronJob` runs, and a `cron-task`, which is one.

use super::super::Loader;
use super::super::model::component::CronTask;
use crate::diagnostic::Located;
use crate::document::Fields;
use crate::expression::Expr;
use crate::options::schedule::times;
use crate::program::schedule::{Schedule, cron};

/// What becomes of a run whose predecessor has not ended yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Concurrency {
    Allow,
    Forbid,
    Replace,
}

const CONCURRENCIES: [(&str, Concurrency); 3] =
    [("Allow", Concurrency::Allow), ("Forbid", Concurrency::Forbid), ("Replace", Concurrency::Replace)];

/// What stands before the fields of a line to say its time zone.
const ZONES: [&str; 2] = ["CRON_TZ=", "TZ="];

impl Loader<'_, '_, '_> {
    /// The times of a `cron-task`. `None` where there are none, which was reported.
    pub(in crate::oam) fn cron_task(&mut self, fields: &mut Fields) -> Option<CronTask> {
        let policy = fields.take("concurrencyPolicy").and_then(|node| self.reader.choice(&node, &CONCURRENCIES));
        if let Some(policy) = policy.filter(|policy| policy.value != Concurrency::Allow) {
            self.reader.diagnostics.note(
                policy.origin,
                "`concurrencyPolicy` has no effect: EventBridge Scheduler starts a task at each time, whether the last one has ended or not",
            );
        }
        let starting_deadline = fields.take("startingDeadlineSeconds").and_then(|node| self.number(&node));
        let suspend = fields.take("suspend").and_then(|node| self.reader.any_bool(&node));
        let zone = fields.take("timeZone").and_then(|node| self.reader.text(&node));
        let node = self.needed(fields, "schedule", "schedule: \"0 3 * * *\"")?;
        let line = self.reader.known_text(&node)?;
        let origin = line.origin;
        let (own_zone, line) = split_zone(line.value.trim());
        let time_zone = own_zone.map(|zone| Located::new(origin, Expr::from(zone))).or(zone);
        let cron::Times { expression, further } = times(line, origin, self.reader.diagnostics)?;
        let schedule = Schedule {
            expression: expression.into(),
            further: further.map(Expr::from),
            time_zone,
            enabled: suspend.is_none_or(|suspend| !suspend.value),
            deadline: None,
        };
        Some(CronTask { schedule: Located::new(origin, schedule), starting_deadline })
    }
}

/// The time zone at the start of a line, and the rest of it.
fn split_zone(line: &str) -> (Option<&str>, &str) {
    for start in ZONES {
        if let Some((zone, rest)) = line.strip_prefix(start).and_then(|rest| rest.split_once(char::is_whitespace)) {
            return (Some(zone), rest.trim_start());
        }
    }
    (None, line)
}
