//! Shared by the test programs.

pub mod tools;
