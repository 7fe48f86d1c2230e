//! [Configs](https://github.com/compose-spec/compose-spec/blob/main/08-configs.md): texts that services get as files.

use std::collections::BTreeMap;

use super::super::model;
use super::super::model::secret::{Text, Variable};
use super::Lowering;
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;
use crate::program::secret::{Content, Part, Source};
use crate::program::{Secret, Tags};

/// What is in the configs of the document; without those that errors were reported for.
pub(super) fn lower(lowering: &mut Lowering<'_>) -> BTreeMap<String, Content> {
    let mut contents = BTreeMap::new();
    for (key, config) in lowering.configs {
        if let Some(content) = content(key, config, lowering) {
            contents.insert(key.clone(), content);
        }
    }
    contents
}

fn content(key: &str, config: &model::Config, lowering: &mut Lowering<'_>) -> Option<Content> {
    let model::Config { text, content, kms_key } = config;
    let Text { origin, environment, external, file, labels, name } = text;
    let is_external = external.is_some();
    let of_own: [(&str, Option<Origin>); 3] = [
        ("content", content.as_ref().map(|value| value.origin)),
        ("environment", environment.as_ref().map(|value| value.origin)),
        ("file", file.as_ref().map(|value| value.origin)),
    ];
    let mut given = of_own.into_iter().filter_map(|(attribute, origin)| Some((attribute, origin?)));
    let spare = if is_external { given.next() } else { given.nth(1) };
    if let Some((attribute, origin)) = spare {
        lowering
            .diagnostics
            .error(origin, format!("`{attribute}` is a second place for the content of `{key}` to come from"))
            .fix("keep one of them");
        return None;
    }
    if let Some(label) = labels.values().next() {
        lowering.diagnostics.note(label.origin, "`labels` has no effect: a config is part of its services' tasks");
    }
    if let Some(external) = external {
        let name = name.clone().unwrap_or_else(|| Located::new(*external, Expr::from(key)));
        // The colon is in no name of the document's secrets.
        let secret = format!("config:{key}");
        let source = Source::Parameter(name);
        let made = Secret { origin: *origin, source, encryption_key: kms_key.clone(), tags: Tags::new() };
        lowering.others.insert(secret.clone(), made);
        return Some(Content::Secret(Part { secret, key: None }));
    }
    if let Some(name) = name {
        lowering.diagnostics.note(name.origin, "`name` has no effect: a config is part of its services' tasks");
    }
    if let Some(kms_key) = kms_key {
        lowering.diagnostics.note(kms_key.origin, "`x-aws-kms_key` has no effect: the content is in the template");
    }
    if let Some(content) = content {
        return Some(Content::Text(content.value.clone()));
    }
    if let Some(Located { origin, value: Variable { name, value } }) = environment {
        if value.is_none() && lowering.settings.is_complete {
            lowering
                .diagnostics
                .error(*origin, format!("`{key}` has its content in the variable `{name}`, which a template has not"))
                .fix(format!("give `{name}` under `Variables` of `{}`", lowering.settings.id));
        }
        return value.clone().map(Content::Text);
    }
    let Some(Located { origin, value: path }) = file else {
        lowering
            .diagnostics
            .error(*origin, format!("`{key}` says not what is in it"))
            .fix("write `content: |` and the text below it");
        return None;
    };
    if let Some(entry) = lowering.settings.files.get(path) {
        return entry.text(lowering.diagnostics).cloned().map(Content::Text);
    }
    if lowering.settings.is_complete {
        lowering
            .diagnostics
            .error(
                *origin,
                format!("`{key}` has its content in the file `{path}`, and a template has no files beside it"),
            )
            .fix(format!("give it under `Files` of `{}`: `{path}: |` and the text below it", lowering.settings.id));
    }
    None
}
