//! skeleton
pub mod cloudformation;
pub mod diagnostic;
pub mod document;
pub mod expression;
pub mod ecs;
pub mod fragment;
pub mod installation;
pub mod program;
