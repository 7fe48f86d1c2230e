//! Shared by the test programs of this folder.

pub mod build;
pub mod fixture;
pub mod runtime_api;
pub mod tools;
pub mod verifier;
