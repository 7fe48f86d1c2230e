//! What traits do to a component, the same for all versions.
//!
//! In: a component, and a trait whose properties its version has read. Out: the component with it. Traits are applied in the
//! author's order, and of each type there is one (`5. Traits` of the specification).
