//! Where a value came from, as an opaque number that is carried for nothing.

use std::rc::Rc;

/// A place in what the author wrote. Opaque and cheap to copy: only the renderer looks behind it, through [`Origins`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(u32);

impl Origin {
    /// The template as a whole.
    pub const TEMPLATE: Self = Self(0);
}

/// A value and the place it came from. Two are equal when their values are, wherever they came from.
#[derive(Clone, Debug)]
pub struct Located<T> {
    /// Where the author wrote it, or what they wrote that it follows from.
    pub origin: Origin,
    /// The value.
    pub value: T,
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> Located<T> {
    /// A value at its place.
    pub fn new(origin: Origin, value: T) -> Self {
        Self { origin, value }
    }

    /// The same place, another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Located<U> {
        Located { origin: self.origin, value: change(self.value) }
    }
}

/// What a declaration wants done with notes and with unknown keys (design, section 2, rule 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// `Strict: true`: notes are errors.
    pub strict: bool,
    /// `Unknown: note`: unknown keys are notes.
    pub unknown_is_note: bool,
}

/// What stands at the top of a path.
#[derive(Clone, Debug)]
pub enum Root {
    /// The template.
    Template,
    /// A pseudo resource, by its logical id.
    Declaration(String),
    /// A document of a declaration. `text` and `index` (which document of the stream) are there where it was a string.
    Document {
        /// The string that the document was parsed from.
        text: Option<Rc<str>>,
        /// Its position in the stream of documents of that string, from 0.
        index: usize,
    },
}

#[derive(Clone, Debug)]
enum Step {
    Root(Root),
    Key(Rc<str>),
    Index(usize),
    /// To a line and a column of a text that could not be read.
    Mark(usize, usize),
}

/// Where in a template a place is, for who has its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The way from the top of the template.
    pub path: Vec<Segment>,
    /// How many steps of it lead to the text of a document, where it is in one.
    pub text: Option<usize>,
}

/// A step from a value into one of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// To the value under a key.
    Key(Rc<str>),
    /// To the item at an index, from 0.
    Index(usize),
}

/// The places behind the origins: a tree that grows as documents are read.
#[derive(Clone, Debug)]
pub struct Origins {
    places: Vec<(Origin, Step)>,
    policies: Vec<(Origin, Policy)>,
}

impl Default for Origins {
    fn default() -> Self {
        Self { places: vec![(Origin::TEMPLATE, Step::Root(Root::Template))], policies: Vec::new() }
    }
}

impl Origins {
    /// A new top of paths, under `parent`.
    pub fn root(&mut self, parent: Origin, root: Root) -> Origin {
        self.push(parent, Step::Root(root))
    }

    /// The value under `key` of `parent`.
    pub fn key(&mut self, parent: Origin, key: &str) -> Origin {
        self.push(parent, Step::Key(Rc::from(key)))
    }

    /// The value at `index` of `parent`, from 0.
    pub fn index(&mut self, parent: Origin, index: usize) -> Origin {
        self.push(parent, Step::Index(index))
    }

    /// A line and a column, from 1, of the text at `parent`, which could not be read.
    pub fn mark(&mut self, parent: Origin, (line, column): (usize, usize)) -> Origin {
        self.push(parent, Step::Mark(line, column))
    }

    /// Sets the policy of the declaration at `origin`.
    pub fn set_policy(&mut self, origin: Origin, policy: Policy) {
        self.policies.push((origin, policy));
    }

    /// The logical id of the declaration that holds `origin`, with its policy.
    pub(crate) fn declaration(&self, origin: Origin) -> Option<(&str, Policy)> {
        let mut at = origin;
        loop {
            let (parent, step) = self.place(at)?;
            match step {
                Step::Root(Root::Declaration(id)) => {
                    let policy = self.policies.iter().find(|(of, _)| *of == at).map(|(_, policy)| *policy);
                    return Some((id, policy.unwrap_or_default()));
                }
                Step::Root(Root::Template) => return None,
                _ => at = *parent,
            }
        }
    }

    /// Line and column, where they came with the origin itself.
    pub(crate) fn marked(&self, origin: Origin) -> Option<(usize, usize)> {
        match self.place(origin)? {
            (_, Step::Mark(line, column)) => Some((*line, *column)),
            _ => None,
        }
    }

    /// The way from the top of the template.
    pub(crate) fn way(&self, origin: Origin) -> Place {
        let mut path = Vec::new();
        let mut below = self.marked(origin).map(|_| 0);
        let mut at = origin;
        while let Some((parent, step)) = self.place(at) {
            match step {
                Step::Root(Root::Template) => break,
                Step::Root(Root::Declaration(id)) => {
                    path.push(Segment::Key(id.as_str().into()));
                    path.push(Segment::Key("Resources".into()));
                }
                Step::Root(Root::Document { text, .. }) => below = text.as_ref().map(|_| path.len()),
                Step::Key(key) => path.push(Segment::Key(Rc::clone(key))),
                Step::Index(index) => path.push(Segment::Index(*index)),
                Step::Mark(..) => {}
            }
            at = *parent;
        }
        path.reverse();
        Place { text: below.map(|below| path.len() - below), path }
    }

    /// The path from the nearest root down to `origin`, and that root.
    pub(crate) fn path(&self, origin: Origin) -> (Option<&Root>, Vec<Segment>) {
        let mut segments = Vec::new();
        let mut at = origin;
        while let Some((parent, step)) = self.place(at) {
            match step {
                Step::Root(root) => {
                    segments.reverse();
                    return (Some(root), segments);
                }
                Step::Key(key) => segments.push(Segment::Key(Rc::clone(key))),
                Step::Index(index) => segments.push(Segment::Index(*index)),
                Step::Mark(..) => {}
            }
            at = *parent;
        }
        (None, segments)
    }

    /// The value that the document of `origin` is, or is the text of.
    pub(crate) fn document(&self, origin: Origin) -> Option<Origin> {
        let mut at = origin;
        loop {
            match self.place(at)? {
                (parent, Step::Root(Root::Document { .. })) => return Some(*parent),
                (_, Step::Root(_)) => return None,
                (parent, _) => at = *parent,
            }
        }
    }

    fn place(&self, origin: Origin) -> Option<&(Origin, Step)> {
        self.places.get(usize::try_from(origin.0).ok()?)
    }

    fn push(&mut self, parent: Origin, step: Step) -> Origin {
        let origin = Origin(u32::try_from(self.places.len()).unwrap_or(0));
        self.places.push((parent, step));
        origin
    }
}
