//! What containers are told: secrets, and files that are there when they start.

use super::Tags;
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// A text that only those are told who need it.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Where it is declared.
    pub origin: Origin,
    /// Where its value comes from.
    pub source: Source,
    /// The ARN of the key that encrypts it, where it is one of the account's own.
    pub encryption_key: Option<Located<Expr<String>>>,
    /// Labels of what is made for it, the application's not repeated.
    pub tags: Tags,
}

/// How many characters a value has that is made up, where nothing is said.
const LENGTH: u32 = 32;

/// What it does not have then: characters that mean something to a shell, in a URL or in a connection string.
const EXCLUDED: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// Where the value of a secret comes from. No template holds the value itself.
#[derive(Clone, Debug)]
pub enum Source {
    /// It is made up once, when the secret is.
    Generated {
        /// How many characters it has.
        length: u32,
        /// Characters that it must not have.
        excluded: String,
    },
    /// A function that gives it when the stack is made: a parameter that is not echoed, or a dynamic reference.
    Value(Located<Expr<String>>),
    /// A secret that exists, by name or ARN, or a parameter, by ARN.
    Given(Located<Expr<String>>),
    /// A parameter that exists, by name; nothing about it is confidential.
    Parameter(Located<Expr<String>>),
}

impl Source {
    /// A value that is made up, with what is said of it.
    pub fn generated(length: Option<u32>, excluded: Option<String>) -> Self {
        Self::Generated { length: length.unwrap_or(LENGTH), excluded: excluded.unwrap_or_else(|| EXCLUDED.to_owned()) }
    }
}

/// A secret, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The secret's name in [`super::Application::secrets`].
    pub secret: String,
    /// The key of a secret that is a JSON object; `None`: all of its text.
    pub key: Option<String>,
}

/// A file that is there when a container starts.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it is declared.
    pub origin: Origin,
    /// What is in it.
    pub content: Content,
    /// Its absolute path in the container.
    pub path: String,
    /// The user that owns it, by number.
    pub user: Option<u32>,
    /// The group that owns it, by number.
    pub group: Option<u32>,
    /// Its permissions, as in `0o444`.
    pub mode: u32,
    /// The directory at or above it that holds nothing but the files that name it: what the image has there is hidden.
    /// `None`: the file joins what the image has beside it.
    pub replaces: Option<String>,
}

/// What is in a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// A text, which whoever reads the template sees.
    Text(Expr<String>),
    /// A secret.
    Secret(Part),
    /// Every key of a secret that is a JSON object: the path is a directory, with a file for each.
    Keys(String),
}
