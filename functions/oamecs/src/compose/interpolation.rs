//! [Interpolation](https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md): variables in the values
//! of a document.
//!
//! In: the tree as written, and `Variables`. Out: the tree without variables. Keys and functions of CloudFormation are
//! left alone; a variable that holds a function makes its text [`Kind::Deferred`].
//!
//! Compose warns of an unset variable and goes on with an empty text. Here it is an error, as a silently empty password is
//! worse than a failed deployment.

pub(super) mod host_paths;
mod needed;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value as Json;

use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node, Reader, suggestion};
use crate::expression::{Expr, Piece, concatenate};
pub use needed::needed_variables;
use template::{Empty, Part, Rule, TemplateError, Variable};

/// The variables of a document.
#[derive(Debug)]
pub(crate) struct Variables<'a> {
    /// The declaration's logical id, for messages.
    id: &'a str,
    given: &'a BTreeMap<String, Located<Expr<String>>>,
    /// Whether those that are given could be read.
    is_complete: bool,
    project: Option<Expr<String>>,
    /// What counts where `Variables` has nothing: the env files of an included document.
    defaults: Rc<Defaults>,
    used: BTreeSet<String>,
    reported: BTreeSet<String>,
}

/// Values of variables that `Variables` does not give, by name.
pub(crate) type Defaults = BTreeMap<String, Expr<String>>;

/// A variable without a value was reported.
#[derive(Debug)]
struct Reported;

impl<'a> Variables<'a> {
    /// Those that the declaration gives.
    pub(crate) fn new(id: &'a str, given: &'a BTreeMap<String, Located<Expr<String>>>, is_complete: bool) -> Self {
        Self {
            id,
            given,
            is_complete,
            project: None,
            defaults: Rc::default(),
            used: BTreeSet::new(),
            reported: BTreeSet::new(),
        }
    }

    /// Sets what Compose calls `COMPOSE_PROJECT_NAME`, which every document has.
    pub(crate) fn set_project(&mut self, name: &str) {
        self.project = Some(Expr::from(name));
    }

    /// The value of a variable, if it is set.
    pub(crate) fn get(&mut self, name: &str) -> Option<Expr<String>> {
        match self.given.get(name) {
            Some(given) => {
                self.used.insert(name.to_owned());
                Some(given.value.clone())
            }
            None if name == "COMPOSE_PROJECT_NAME" => self.project.clone(),
            None => self.defaults.get(name).cloned(),
        }
    }

    /// Whether a variable is set.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.contains_key(name) || name == "COMPOSE_PROJECT_NAME" || self.defaults.contains_key(name)
    }

    /// Sets what counts where `Variables` has nothing, and hands out what did.
    pub(crate) fn set_defaults(&mut self, defaults: Rc<Defaults>) -> Rc<Defaults> {
        std::mem::replace(&mut self.defaults, defaults)
    }

    /// The variables that nothing in the document asked for.
    pub(crate) fn unused(&self) -> impl Iterator<Item = (&str, Origin)> {
        self.given
            .iter()
            .filter(|(name, _)| !self.used.contains(*name))
            .map(|(name, given)| (name.as_str(), given.origin))
    }

    /// Reports a variable that is not set, once for the whole document.
    pub(crate) fn report_unset(
        &mut self,
        name: &str,
        message: &str,
        fix: &str,
        origin: Origin,
        reader: &mut Reader<'_>,
    ) {
        if !self.is_complete || !self.reported.insert(name.to_owned()) {
            return;
        }
        let near = suggestion(name, self.given.keys().map(String::as_str));
        let entry = reader.diagnostics.error(origin, message);
        match near {
            Some(near) => entry.fix(format!("did you mean `{near}`, which `Variables` has? Otherwise {fix}")),
            None => entry.fix(fix),
        }
    }

    /// The tree with its variables replaced.
    pub(crate) fn interpolate(&mut self, node: Node, reader: &mut Reader<'_>) -> Node {
        let Node { origin, kind } = node;
        let kind = match kind {
            Kind::Text(text) if text.contains('$') => self.text(&text, origin, reader),
            Kind::Sequence(items) => {
                Kind::Sequence(items.into_iter().map(|item| self.interpolate(item, reader)).collect())
            }
            Kind::Mapping(entries) => {
                Kind::Mapping(entries.into_iter().map(|(key, value)| (key, self.interpolate(value, reader))).collect())
            }
            Kind::Tagged(tag, value) => Kind::Tagged(tag, Box::new(self.interpolate(*value, reader))),
            other => other,
        };
        Node::new(origin, kind)
    }

    /// The text with its variables replaced; [`Kind::Faulty`] where one has no value, which is reported.
    pub(crate) fn text(&mut self, text: &str, origin: Origin, reader: &mut Reader<'_>) -> Kind {
        let parts = match template::parse(text) {
            Ok(parts) => parts,
            Err(error) => {
                let fix = fix(&error);
                reader.diagnostics.error(origin, error.to_string()).fix(fix);
                return Kind::Faulty;
            }
        };
        let mut pieces = Vec::new();
        match self.pieces(&parts, origin, reader, &mut pieces) {
            Ok(()) => match concatenate(pieces) {
                Expr::Known(text) => Kind::Text(text),
                Expr::Deferred(deferred) => Kind::Deferred(deferred),
            },
            Err(Reported) => Kind::Faulty,
        }
    }

    fn pieces(
        &mut self,
        parts: &[Part],
        origin: Origin,
        reader: &mut Reader<'_>,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), Reported> {
        let mut result = Ok(());
        for part in parts {
            match part {
                Part::Text(text) => pieces.push(Piece::Literal(text.clone())),
                // The rest is worked out all the same, so that all unset variables of a text are told at once.
                Part::Variable(variable) => {
                    if let Err(reported) = self.variable(variable, origin, reader, pieces) {
                        result = Err(reported);
                    }
                }
            }
        }
        result
    }

    fn variable(
        &mut self,
        variable: &Variable,
        origin: Origin,
        reader: &mut Reader<'_>,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), Reported> {
        let name = &variable.name;
        let value = self.get(name);
        let is_set = |empty: Empty, reader: &mut Reader<'_>| match &value {
            None => false,
            Some(value) => empty == Empty::Set || !is_empty(value, reader),
        };
        match &variable.rule {
            Rule::Value => {}
            Rule::Default(empty, default) => {
                if !is_set(*empty, reader) {
                    return self.pieces(default, origin, reader, pieces);
                }
            }
            Rule::Alternative(empty, alternative) => {
                if is_set(*empty, reader) {
                    return self.pieces(alternative, origin, reader, pieces);
                }
                return Ok(());
            }
            Rule::Required(empty, message) => {
                if !is_set(*empty, reader) {
                    let mut words = Vec::new();
                    self.pieces(message, origin, reader, &mut words)?;
                    let words = match concatenate(words) {
                        Expr::Known(words) if !words.is_empty() => format!(": {words}"),
                        _ => String::new(),
                    };
                    let fix = format!("give it under `Variables` of `{}`", self.id);
                    self.report_unset(
                        name,
                        &format!("the document requires the variable `{name}`{words}"),
                        &fix,
                        origin,
                        reader,
                    );
                    return Err(Reported);
                }
            }
        }
        match value {
            Some(Expr::Known(text)) => pieces.push(Piece::Literal(text)),
            Some(Expr::Deferred(deferred)) => pieces.extend(deferred.pieces().iter().cloned()),
            None => {
                let fix = format!("give it under `Variables` of `{}`, or write a default: `${{{name}:-…}}`", self.id);
                self.report_unset(name, &format!("the variable `{name}` is not set"), &fix, origin, reader);
                return Err(Reported);
            }
        }
        Ok(())
    }
}

/// Whether a variable's value is known to be empty. One that is known only when the stack is made counts as filled.
fn is_empty(value: &Expr<String>, reader: &mut Reader<'_>) -> bool {
    match value {
        Expr::Known(text) => text.is_empty(),
        Expr::Deferred(deferred) => match deferred.alone() {
            Some(function) => match reader.early.resolve(function) {
                Ok(Json::String(text)) => text.is_empty(),
                Ok(value) => value.is_null(),
                Err(_) => false,
            },
            None => false,
        },
    }
}

fn fix(error: &TemplateError) -> String {
    match error {
        TemplateError::CloudFormation(inside) => {
            let name = variable_name(inside);
            format!(
                "make the whole value a function (`!Sub`), or write `${{{name}}}` and give `{name}` under `Variables` as a function; \
                 for the characters themselves write `$${{{inside}}}`"
            )
        }
        TemplateError::Unclosed(inside) => format!("close it, `${{{inside}}}`; for a `$` itself write `$$`"),
        _ => "for the character itself write `$$`".to_owned(),
    }
}

/// A variable's name for one of CloudFormation's: `REGION` for `AWS::Region`, `QUEUE_ARN` for `Queue.Arn`.
fn variable_name(inside: &str) -> String {
    let name = inside.strip_prefix("AWS::").unwrap_or(inside);
    let name: String = name
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' })
        .collect();
    name
}
