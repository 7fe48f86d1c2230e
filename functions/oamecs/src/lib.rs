//! skeleton
pub mod cloudformation;
pub mod compose;
pub mod diagnostic;
pub mod document;
pub mod expression;
pub mod fragment;
pub mod program;
