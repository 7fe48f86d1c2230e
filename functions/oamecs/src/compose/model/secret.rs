//! [Secrets](https://github.com/compose-spec/compose-spec/blob/main/09-secrets.md) and
//! [configs](https://github.com/compose-spec/compose-spec/blob/main/08-configs.md): texts that services get as files.

use super::super::Loader;
use super::{Labels, labels};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::expression::Expr;

/// A secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Where its value comes from.
    pub text: Text,
    /// `x-aws-keys`: the keys of a JSON object, each of which is a file.
    pub keys: Option<Located<Keys>>,
    /// `x-aws-generate`: that its value is made up.
    pub generate: Option<Located<Generate>>,
    /// `x-aws-kms_key`: the key that encrypts it.
    pub kms_key: Option<Located<Expr<String>>>,
}

/// A config.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where its content comes from.
    pub text: Text,
    /// `content`.
    pub content: Option<Located<Expr<String>>>,
    /// `x-aws-kms_key`: the key that encrypts it, where it is external.
    pub kms_key: Option<Located<Expr<String>>>,
}

/// What secrets and configs have in common.
#[derive(Clone, Debug)]
pub struct Text {
    /// The place of the secret or config.
    pub origin: Origin,
    /// `environment`: the variable that holds it, with its value where it has one.
    pub environment: Option<Located<Variable>>,
    /// `external`: whether it exists; the place is what says so.
    pub external: Option<Origin>,
    /// `file`: the path of the file that holds it.
    pub file: Option<Located<String>>,
    /// `labels`.
    pub labels: Labels,
    /// `name`.
    pub name: Option<Located<Expr<String>>>,
}

/// A variable of the environment that Compose runs in, for which `Variables` stand.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Option<Expr<String>>,
}

/// The keys of a secret that is a JSON object.
#[derive(Clone, Debug, PartialEq)]
pub enum Keys {
    /// `*`.
    All,
    /// These.
    Some(Vec<Located<String>>),
}

/// How a value is made up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generate {
    /// `length`, in characters.
    pub length: Option<Located<u32>>,
    /// `exclude`: characters that it must not have.
    pub exclude: Option<Located<String>>,
}

impl Secret {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let mut fields = fields(node, "a secret", loader)?;
        Some(Self {
            text: Text::read(&mut fields, loader),
            keys: fields.take("x-aws-keys").and_then(|node| keys(node, loader)),
            generate: fields.take("x-aws-generate").and_then(|node| generate(node, loader)),
            kms_key: fields.take("x-aws-kms_key").and_then(|node| loader.text(&node)),
        })
    }
}

impl Config {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let mut fields = fields(node, "a config", loader)?;
        Some(Self {
            text: Text::read(&mut fields, loader),
            content: fields.take("content").and_then(|node| loader.text(&node)),
            kms_key: fields.take("x-aws-kms_key").and_then(|node| loader.text(&node)),
        })
    }
}

impl Text {
    fn read(fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Self {
        let environment = fields.take("environment").and_then(|node| loader.reader.known_text(&node));
        let (external, external_name) = fields.take("external").map(|node| external(node, loader)).unwrap_or_default();
        Self {
            origin: fields.origin,
            environment: environment.map(|name| {
                let value = loader.variables.get(&name.value);
                name.map(|name| Variable { name, value })
            }),
            external,
            file: fields.take("file").and_then(|node| loader.reader.known_text(&node)),
            labels: fields.take("labels").map(|node| labels::read(node, "labels", loader)).unwrap_or_default(),
            name: fields.take("name").and_then(|node| loader.text(&node)).or(external_name),
        }
    }
}

/// The attributes; an empty entry (`db-password:`) has none.
fn fields(node: Node, what: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Fields> {
    if node.is_null() {
        return Some(Fields::new(node.origin, indexmap::IndexMap::new()));
    }
    loader.fields(node, &format!("{what}, a map"), "for example `{ external: true, name: … }`")
}

/// `external: true`, and its older form `external: { name: … }`.
fn external(node: Node, loader: &mut Loader<'_, '_, '_>) -> (Option<Origin>, Option<Located<Expr<String>>>) {
    let origin = node.origin;
    if let Kind::Mapping(entries) = node.kind {
        let mut fields = Fields::new(origin, entries);
        let name = fields.take("name").and_then(|node| loader.text(&node));
        fields.finish(&["name"], loader.reader.diagnostics);
        return (Some(origin), name);
    }
    (loader.reader.any_bool(&node).filter(|external| external.value).map(|_| origin), None)
}

fn keys(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Keys>> {
    let origin = node.origin;
    let items = match node.kind {
        Kind::Sequence(items) => items,
        _ => vec![node],
    };
    let mut keys = Vec::new();
    for item in &items {
        let Some(key) = loader.reader.known_text(item) else { continue };
        if key.value == "*" {
            return Some(Located::new(origin, Keys::All));
        }
        if key.value.is_empty() || key.value.contains(['/', ':']) || key.value == "." || key.value == ".." {
            loader
                .reader
                .diagnostics
                .error(key.origin, format!("`{}` cannot be the name of a file with a key's value", key.value))
                .fix("rename the key in the secret: without `/` and `:`");
            continue;
        }
        keys.push(key);
    }
    (!keys.is_empty()).then(|| Located::new(origin, Keys::Some(keys)))
}

fn generate(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Generate>> {
    let origin = node.origin;
    let Kind::Mapping(entries) = node.kind else {
        return loader.reader.any_bool(&node).filter(|flag| flag.value).map(|flag| flag.map(|_| Generate::default()));
    };
    let mut fields = Fields::new(origin, entries);
    let length = |text: &str| text.trim().parse().ok().filter(|length| (8..=4096).contains(length));
    let length = fields.take("length").and_then(|node| {
        loader.parsed(&node, length, "a length from 8 to 4096", "write a number of characters, for example `32`")
    });
    let exclude = fields.take("exclude").and_then(|node| loader.reader.known_text(&node));
    fields.finish(&["exclude", "length"], loader.reader.diagnostics);
    Some(Located::new(origin, Generate { length, exclude }))
}
