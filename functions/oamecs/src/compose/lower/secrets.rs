//! [Secrets](https://github.com/compose-spec/compose-spec/blob/main/09-secrets.md): where their values come from.
//!
//! Compose reads a value from a file or from its environment. A template must hold none, so that here it is made up, found in
//! Secrets Manager, or a function gives it.

use std::collections::BTreeMap;

use super::super::model;
use super::super::model::secret::{Generate, Text, Variable};
use super::{Lowering, tags};
use crate::diagnostic::{Located, Origin};
use crate::document::{list_some, suggestion};
use crate::expression::Expr;
use crate::program::Secret;
use crate::program::secret::Source;
use crate::settings::{Content, SecretSource};

/// The secrets of the document, without those that errors were reported for.
pub(super) fn lower(lowering: &mut Lowering<'_>) -> BTreeMap<String, Secret> {
    report_unknown(lowering);
    let mut secrets = BTreeMap::new();
    for (key, secret) in lowering.secrets {
        let model::Secret { text, keys, generate, kms_key } = secret;
        let Some(source) = source(key, text, generate.as_ref(), lowering) else { continue };
        if let (Source::Generated { .. }, Some(keys)) = (&source, keys) {
            lowering
                .diagnostics
                .error(keys.origin, format!("`{key}` is made up, and a value that is made up is one word without keys"))
                .fix("remove `x-aws-keys`, or give a secret that exists and is a JSON object");
        }
        check_name(key, text, &source, lowering);
        secrets.insert(
            key.clone(),
            Secret {
                origin: text.origin,
                source,
                encryption_key: kms_key.clone(),
                tags: tags::lower(text.labels.clone(), "com.docker.compose.secret", key),
            },
        );
    }
    secrets
}

/// Where the value of a secret comes from: what the declaration says counts before what the document does.
fn source(key: &str, text: &Text, generate: Option<&Located<Generate>>, lowering: &mut Lowering<'_>) -> Option<Source> {
    let Text { origin, environment, external, file, labels: _, name } = text;
    let generated = || {
        let Generate { length, exclude } = generate.map(|generate| generate.value.clone()).unwrap_or_default();
        Source::generated(length.map(|length| length.value), exclude.map(|exclude| exclude.value))
    };
    if let Some(Located { origin, value }) = lowering.settings.secrets.by_name.get(key) {
        return Some(match value {
            SecretSource::Generated => generated(),
            SecretSource::Given(given) => Source::Given(Located::new(*origin, given.clone())),
        });
    }
    if let Some(external) = external {
        report_beside_external(text, generate, lowering);
        let name = name.clone().unwrap_or_else(|| Located::new(*external, Expr::from(key)));
        return Some(Source::Given(name));
    }
    if generate.is_some() {
        return Some(generated());
    }
    if let Some(Located { origin, value: Variable { name, value } }) = environment {
        if let Some(value) = value {
            return late(key, *origin, value, &format!("`{name}` under `Variables`"), lowering);
        }
        if lowering.settings.secrets.generates {
            return Some(generated());
        }
        if lowering.settings.is_complete {
            let message = format!("`{key}` has its value in the variable `{name}`, which a template has not");
            report(key, *origin, message, &format!("give `{name}` under `Variables` as"), lowering);
        }
        return None;
    }
    if let Some(Located { origin, value: path }) = file {
        if let Some(entry) = lowering.settings.files.get(path) {
            let given = match &entry.content {
                Content::Text(given) => Some(given),
                Content::Map(_) => entry.text(lowering.diagnostics),
            }?;
            return late(key, entry.origin, given, &format!("`{}` under `Files`", entry.path), lowering);
        }
        if lowering.settings.secrets.generates {
            return Some(generated());
        }
        if lowering.settings.is_complete {
            let message = format!("`{key}` has its value in the file `{path}`, and a template has no files beside it");
            report(key, *origin, message, &format!("give `{path}` under `Files` as"), lowering);
        }
        return None;
    }
    if lowering.settings.secrets.generates {
        return Some(generated());
    }
    lowering
        .diagnostics
        .error(*origin, format!("`{key}` says not where its value comes from"))
        .fix("write `x-aws-generate: true` for one that is made up, or `external: true` and the `name` of a secret that exists");
    None
}

/// A value that the template must know as a function only.
fn late(key: &str, origin: Origin, value: &Expr<String>, place: &str, lowering: &mut Lowering<'_>) -> Option<Source> {
    if value.known().is_none() {
        return Some(Source::Value(Located::new(origin, value.clone())));
    }
    let id = lowering.settings.id;
    lowering
        .diagnostics
        .error(origin, format!("the value of the secret `{key}` would stand in the template for everybody to read"))
        .fix(format!(
            "write {place} as `!Ref` of a `NoEcho` parameter, or leave it out and write `Secrets: {{ {key}: generate }}` in `{id}`"
        ));
    None
}

/// Reports a value that the template lacks, with the ways to give it.
fn report(key: &str, origin: Origin, message: String, how: &str, lowering: &mut Lowering<'_>) {
    let id = lowering.settings.id;
    lowering.diagnostics.error(origin, message).fix(format!(
        "write `Secrets: {{ {key}: generate }}` beside `Document` of `{id}` for a new value, or the name or ARN of a secret for `generate`; or {how} `!Ref` of a `NoEcho` parameter"
    ));
}

fn report_beside_external(text: &Text, generate: Option<&Located<Generate>>, lowering: &mut Lowering<'_>) {
    let others = [
        ("environment", text.environment.as_ref().map(|value| value.origin)),
        ("file", text.file.as_ref().map(|value| value.origin)),
        ("x-aws-generate", generate.map(|value| value.origin)),
    ];
    for (attribute, origin) in others {
        if let Some(origin) = origin {
            lowering
                .diagnostics
                .error(
                    origin,
                    format!("`{attribute}` contradicts `external`, as what is external has its value already"),
                )
                .fix(format!("remove `{attribute}`, or `external`"));
        }
    }
    if let Some(label) = text.labels.values().next() {
        lowering.diagnostics.note(label.origin, "`labels` has no effect: what is external is not changed");
    }
}

/// What is made here has no name of the author's, so that it can be replaced.
fn check_name(key: &str, text: &Text, source: &Source, lowering: &mut Lowering<'_>) {
    if let (Source::Generated { .. } | Source::Value(_), Some(name)) = (source, &text.name) {
        lowering.diagnostics.note(
            name.origin,
            format!(
                "`name` has no effect: the secret is found by `!GetAtt {}.Secrets.{key}.Arn`",
                lowering.settings.id
            ),
        );
    }
}

/// Names under `Secrets` that the document does not have.
fn report_unknown(lowering: &mut Lowering<'_>) {
    for (name, choice) in &lowering.settings.secrets.by_name {
        if lowering.secrets.contains_key(name) || lowering.unused.secrets.contains(name) {
            continue;
        }
        let names: Vec<&str> = lowering.secrets.keys().map(String::as_str).collect();
        let error = lowering.diagnostics.error(choice.origin, format!("the document has no secret `{name}`"));
        error.fix(match suggestion(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => "remove it".to_owned(),
            None => format!("the secrets are {}", list_some(&names)),
        });
    }
}
