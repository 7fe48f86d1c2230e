//! Secrets: those of the documents, and those that exist.

use super::Lowering;
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;
use crate::program::secret::{Part, Source};
use crate::program::{Secret, Tags};
use crate::settings::SecretSource;

/// A key of a secret, or all of it. What the declaration says of it under `Secrets` counts before what a document does, and one
/// of which nothing is said exists under its name.
pub(super) fn part(name: &str, key: Option<String>, origin: Origin, lowering: &mut Lowering<'_>) -> Option<Part> {
    let said = lowering.settings.secrets.by_name.get(name);
    let document = lowering.documents.get(name);
    let generated = || Source::generated(None, None);
    match said {
        Some(Located { origin, value: SecretSource::Given(given) }) => {
            insert(name, *origin, Source::Given(Located::new(*origin, given.clone())), lowering);
            return Some(Part { secret: name.to_owned(), key });
        }
        Some(Located { origin, value: SecretSource::Generated }) => {
            return Some(of_key(name, key.as_deref(), *origin, generated(), lowering));
        }
        None => {}
    }
    if let Some(document) = document {
        let Some(key) = key else {
            lowering
                .diagnostics
                .error(origin, format!("`{name}` is a `Secret` of keys, and this says not which of them is meant"))
                .fix("name the key");
            return None;
        };
        if let Some(value) = document.values.get(&key) {
            return Some(of_key(name, Some(&key), value.origin, Source::Value(value.clone()), lowering));
        }
        if lowering.settings.secrets.generates {
            return Some(of_key(name, Some(&key), document.origin, generated(), lowering));
        }
        if !lowering.valueless.insert(name.to_owned()) {
            return None;
        }
        let id = lowering.settings.id;
        lowering
            .diagnostics
            .error(origin, format!("the secret `{name}` has no value for `{key}` that a template may hold"))
            .fix(format!("write `Secrets: {{ {name}: generate }}` beside `Document` of `{id}` for a new value, or the name or ARN of a secret for `generate`"));
        return None;
    }
    if lowering.settings.secrets.generates {
        return Some(of_key(name, key.as_deref(), origin, generated(), lowering));
    }
    insert(name, origin, Source::Given(Located::new(origin, Expr::from(name))), lowering);
    Some(Part { secret: name.to_owned(), key })
}

/// A secret of its own for a key: what is made here is one text.
fn of_key(name: &str, key: Option<&str>, origin: Origin, source: Source, lowering: &mut Lowering<'_>) -> Part {
    let own = key.map_or_else(|| name.to_owned(), |key| format!("{name}:{key}"));
    insert(&own, origin, source, lowering);
    Part { secret: own, key: None }
}

fn insert(name: &str, origin: Origin, source: Source, lowering: &mut Lowering<'_>) {
    lowering.secrets.entry(name.to_owned()).or_insert_with(|| Secret {
        origin,
        source,
        encryption_key: None,
        tags: Tags::new(),
    });
}

/// The secret with which an image is pulled, by name, ARN or function; one that a function names is called `otherwise`.
pub(super) fn credentials(
    otherwise: &str,
    given: &Located<Expr<String>>,
    lowering: &mut Lowering<'_>,
) -> Located<String> {
    let name = given.value.known().map_or(otherwise, String::as_str);
    let source = match lowering.settings.secrets.by_name.get(name) {
        Some(Located { origin, value: SecretSource::Given(given) }) => Located::new(*origin, given.clone()),
        Some(Located { value: SecretSource::Generated, .. }) | None => given.clone(),
    };
    insert(name, given.origin, Source::Given(source), lowering);
    Located::new(given.origin, name.to_owned())
}
