//! Shared by the test programs of this folder.

pub mod account;
pub mod build;
pub mod fixture;
pub mod http;
pub mod runtime_api;
pub mod stand_in;
pub mod tools;
pub mod verifier;
