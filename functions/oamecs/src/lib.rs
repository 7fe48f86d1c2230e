//! skeleton
pub mod cloudformation;
pub mod diagnostic;
pub mod expression;
