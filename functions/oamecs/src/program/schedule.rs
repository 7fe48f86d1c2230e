//! Times at which something runs.

pub mod cron;

use crate::diagnostic::Located;
use crate::expression::Expr;

/// Times at which something runs.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// `rate(1 hour)`, `cron(0 3 * * ? *)` or `at(2027-01-01T00:00:00)`, as
    /// [EventBridge Scheduler](https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html) takes it.
    pub expression: Expr<String>,
    /// More times, where one expression cannot say all: a crontab that names days of the month runs on days of the week besides.
    pub further: Option<Expr<String>>,
    /// The time zone of the expression, `Europe/Berlin`; `None`: UTC.
    pub time_zone: Option<Located<Expr<String>>>,
    /// Whether it is in force.
    pub enabled: bool,
    /// Seconds after which a run that could not be started is given up; `None`: the platform's choice.
    pub deadline: Option<u32>,
}
