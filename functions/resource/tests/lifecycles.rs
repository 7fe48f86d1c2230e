//! Resources through their lives: what CloudFormation asks, what AWS is then asked, and what is answered.
//!
//! The function runs in this process against [`oamecs_tests::stand_in`], on a clock that jumps over every wait: an hour takes
//! milliseconds, and faults come when a test wants them.

// The futures of the SDK's calls lie deep in each other.
#![recursion_limit = "256"]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails so"
)]

mod dns_record;
mod dns_record_back;
mod namespace;
mod network;
mod protocol;
mod random;
mod rollback;
mod rollout;
mod rollout_back;
mod secret;
mod task;
mod task_faults;
mod task_lives;
mod task_starts;
mod unanswered;
mod watchdog;
mod world;
