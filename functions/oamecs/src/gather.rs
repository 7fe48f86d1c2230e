//! Collecting into maps and sets that are sorted.

/// Iterators whose items go into a collection one by one.
pub(crate) trait Gather: Iterator + Sized {
    /// Collects the items, as `collect` does.
    ///
    /// Into a `BTreeMap` or a `BTreeSet` that would sort the items first, to build in bulk, and bring a sort of its own into the
    /// binary for each type of item: a twentieth of the macro. What is collected here is small.
    fn gather<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Gather for I {}
