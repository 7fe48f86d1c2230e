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
mod namespace;
mod network;
mod protocol;
mod random;
mod rollout;
mod secret;
mod task;
mod task_lives;
mod watchdog;
mod world;
