//! Where a walk over the template stands: a chain on the stack, made into an origin only when there is something to tell.

use crate::diagnostic::{Origin, Origins};

/// A place in the template.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// A section or a declaration; what is below it has a path of its own.
    Author(Origin),
    /// A generated resource: all of it follows from one place, as its properties are not the author's.
    Generated(Origin),
    /// The value under a key.
    Key(&'a Place<'a>, &'a str),
    /// The item at an index.
    Index(&'a Place<'a>, usize),
}

impl Place<'_> {
    /// The place as an origin.
    pub(super) fn origin(&self, origins: &mut Origins) -> Origin {
        if let Some(origin) = self.generated() {
            return origin;
        }
        match self {
            Self::Author(origin) | Self::Generated(origin) => *origin,
            Self::Key(parent, key) => {
                let parent = parent.origin(origins);
                origins.key(parent, key)
            }
            Self::Index(parent, index) => {
                let parent = parent.origin(origins);
                origins.index(parent, *index)
            }
        }
    }

    fn generated(&self) -> Option<Origin> {
        match self {
            Self::Author(_) => None,
            Self::Generated(origin) => Some(*origin),
            Self::Key(parent, _) | Self::Index(parent, _) => parent.generated(),
        }
    }
}
