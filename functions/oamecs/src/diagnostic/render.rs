pub const MESSAGE_LIMIT: usize = 1500;
pub struct Rendered;
pub fn message() {}
