//! `x-aws-secrets`, environment variables whose values are secret, and `x-aws-pull_credentials`: both name a secret of the
//! document, or one that exists.

use std::collections::BTreeMap;

use super::super::model::Labels;
use super::Lowering;
use crate::diagnostic::Located;
use crate::expression::Expr;
use crate::program::secret::{Part, Source};
use crate::program::{Secret, Tags};

/// The secret variables of a service with this `environment`.
pub(super) fn lower(
    service: &str,
    variables: Labels,
    environment: &Labels,
    lowering: &mut Lowering<'_>,
) -> BTreeMap<String, Located<Part>> {
    let mut secrets = BTreeMap::new();
    for (name, given) in variables {
        if environment.contains_key(&name) {
            lowering
                .diagnostics
                .error(given.origin, format!("`environment` has a value for `{name}` too"))
                .fix(format!("remove `{name}` from one of the two"));
            continue;
        }
        // The colon is in no name of the document's secrets.
        if let Some(part) = part(format!("{service}:{name}"), &given, lowering) {
            secrets.insert(name, Located::new(given.origin, part));
        }
    }
    secrets
}

/// The secret with the credentials of a service's registry.
pub(super) fn credentials(
    service: &str,
    given: Option<Located<Expr<String>>>,
    lowering: &mut Lowering<'_>,
) -> Option<Located<String>> {
    let given = given?;
    let Part { secret, key } = part(format!("{service}:"), &given, lowering)?;
    if key.is_some() {
        lowering
            .diagnostics
            .error(given.origin, "credentials are a whole secret, with the keys `username` and `password`")
            .fix(format!("write `{secret}`, without a key"));
    }
    Some(Located::new(given.origin, secret))
}

/// The secret that is named; one that is not the document's is called by its own name, or where a function gives it, `otherwise`.
pub(super) fn part(otherwise: String, given: &Located<Expr<String>>, lowering: &mut Lowering<'_>) -> Option<Part> {
    let Some(text) = given.value.known() else {
        insert(&otherwise, given.clone(), lowering);
        return Some(Part { secret: otherwise, key: None });
    };
    if text.starts_with("arn:") {
        insert(text, given.clone(), lowering);
        return Some(Part { secret: text.clone(), key: None });
    }
    let (name, key) = match text.split_once(':') {
        Some((name, key)) => (name, Some(key)),
        None => (text.as_str(), None),
    };
    if name.is_empty() || key.is_some_and(|key| key.is_empty() || key.contains(':')) {
        lowering
            .diagnostics
            .error(given.origin, format!("`{text}` is neither a secret nor a key of one"))
            .fix("write the name of a secret, a colon and a key after it, or an ARN");
        return None;
    }
    if !lowering.secrets.contains_key(name) {
        insert(name, Located::new(given.origin, Expr::from(name)), lowering);
    }
    Some(Part { secret: name.to_owned(), key: key.map(str::to_owned) })
}

fn insert(name: &str, given: Located<Expr<String>>, lowering: &mut Lowering<'_>) {
    let origin = given.origin;
    let secret = || Secret { origin, source: Source::Given(given), encryption_key: None, tags: Tags::new() };
    lowering.others.entry(name.to_owned()).or_insert_with(secret);
}
