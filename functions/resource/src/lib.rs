//! The function that serves `Custom::OamEcs…`: what no resource of AWS's does.
//!
//! In: what CloudFormation asks, or what an earlier run of the function left to a later one. Out: one answer, put to the
//! address that CloudFormation gave.
//!
//! ```text
//!  event ─► Request ─► claim ─► work: start, then poll until it is done ─► Answer ─► ResponseURL
//!                                 └─► Continuation, to a run of its own, where the time of this one ends
//! ```
//!
//! | module | what it does |
//! |---|---|
//! | [`request`] | reads what was asked, however odd it is, so that there is always somebody to answer |
//! | [`properties`] | reads properties, all of whose scalars CloudFormation has made text, as the contract's types |
//! | [`work`] | what a type of resource is to the rest: something that starts, and is polled |
//! | [`types`] | which module serves which type, one of them each |
//! | [`driver`] | polls until the work is done, the time of the run ends, or that of the resource does |
//! | [`settled`] | what follows from the end of the work: in a stack that goes back, no failure |
//! | [`ledger`] | who works on a request, and what it was answered: nothing is done twice, nor answered twice |
//! | [`answer`] | the answer, in no more bytes than CloudFormation takes, and how it gets there |
//! | [`aws`] | the interfaces of AWS that all of them use |
//! | [`deployment`] | how far a deployment of a service is, and why it does not get on |
//! | [`copy`], [`image`] | task definitions of other owners, with other images |
//!
//! The properties of each type are [`oamecs::cloudformation::resource::custom`]'s, which the compiler writes.

pub mod answer;
pub mod aws;
pub mod clock;
pub mod continuation;
pub mod copy;
pub mod deployment;
pub mod dns_record;
pub mod driver;
pub mod function;
pub mod image;
pub mod ledger;
pub mod namespace;
pub mod network;
pub mod properties;
pub mod request;
pub mod rollout;
pub mod secret;
pub mod settled;
pub mod stack;
pub mod task;
pub mod types;
pub mod watchdog;
pub mod work;

pub use function::{Function, Invocation};
