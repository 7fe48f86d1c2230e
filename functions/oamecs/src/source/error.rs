//! Why a text is no template.

use thiserror::Error;

use crate::document::Fault;

/// Why a text is no template.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SourceError {
    /// The text is JSON or YAML with a fault.
    #[error("{}", .0.message)]
    Syntax(Fault),
    /// The text is empty, a list or a scalar.
    #[error("this is no template, which is a map with `Resources`")]
    NoMap,
    /// A Compose document.
    #[error("this is a Compose document, not a template")]
    Compose,
    /// A map without `Resources`; it may have a key that was meant to be it.
    #[error("the template has no `Resources`")]
    NoResources(Option<String>),
    /// A key that is a list or a map.
    #[error("a key of a map must be text")]
    Key,
    /// A merge key, with its line and column.
    #[error("CloudFormation's YAML has no merge keys (`<<`)")]
    Merge(Option<(usize, usize)>),
    /// A tag that CloudFormation does not know.
    #[error("`{0}` is no function of CloudFormation")]
    Tag(String),
    /// A value is given for what is no parameter; one may have been meant.
    #[error("the template has no parameter `{0}`")]
    Parameter(String, Option<String>),
}

impl SourceError {
    /// Line and column, from 1, where they are known.
    pub fn position(&self) -> Option<(usize, usize)> {
        match self {
            Self::Syntax(fault) => fault.position,
            Self::Merge(position) => *position,
            _ => None,
        }
    }

    /// What to write or to run instead, the text being that of `file`.
    pub fn fix(&self, file: &str) -> Option<String> {
        match self {
            Self::Syntax(fault) => fault.fix.clone(),
            Self::NoMap => {
                Some("write a template around a Compose document with `oamecs embed compose.yaml`".to_owned())
            }
            Self::Compose => Some(format!("`oamecs embed {file} > template.yaml`")),
            Self::NoResources(near) => Some(match near {
                Some(near) => format!("did you mean `Resources` for `{near}`?"),
                None => "write the template's resources below `Resources:`, each by its logical id".to_owned(),
            }),
            Self::Key => Some("write the key in quotes".to_owned()),
            Self::Merge(_) => Some("put the document in a block string (`Document: |`)".to_owned()),
            Self::Tag(_) => {
                Some("remove the tag, or use one of CloudFormation's functions (`!Ref`, `!Sub`, …)".to_owned())
            }
            Self::Parameter(_, Some(near)) => Some(format!("did you mean `{near}`?")),
            Self::Parameter(_, None) => Some("declare it under `Parameters`, or leave it out".to_owned()),
        }
    }
}
