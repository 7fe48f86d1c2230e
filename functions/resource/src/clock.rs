//! The time of day, as a run of the function sees it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// The time of day, which moves with tokio's clock: what waits for an hour in a test has waited for an hour by this one too.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: SystemTime,
    since: Instant,
}

impl Clock {
    /// It is this time now.
    pub fn starting_at(start: SystemTime) -> Self {
        Self { start, since: Instant::now() }
    }

    /// The time.
    pub fn now(&self) -> SystemTime {
        self.start + self.since.elapsed()
    }

    /// The instant of tokio's clock at which it will be this time; at once for what is over.
    pub fn instant(&self, time: SystemTime) -> Instant {
        self.since + time.duration_since(self.start).unwrap_or_default()
    }

    /// How long it is until then; nothing for what is over.
    pub fn until(&self, time: SystemTime) -> Duration {
        time.duration_since(self.now()).unwrap_or_default()
    }
}

/// Whole seconds since 1970, which is how times are kept between runs.
pub fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The time that [`seconds`] made a number of.
pub fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}
